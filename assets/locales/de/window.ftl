## Ages

age = Alter { $age }
age-of-face = Alter { $age }, Gesicht { $face }
age-in-progress = { $age }: in Arbeit
in-progress = in Arbeit
years = { $years ->
    [one] { $years } Jahr
   *[other] { $years } Jahre
}
ages-count = { $count } Alter
age-slider = Alter
age-slider-tip = Beliebiges Alter: ziehen, oder Pfeil links und rechts
age-slider-groups-tip = Eine Altersgruppe: ziehen, oder Pfeil links und rechts
play-through-ages = Durch die Alter laufen
stop-playing = Anhalten
female = Frau
male = Mann
age-as-a-woman = Als Frau altern
age-as-a-man = Als Mann altern
before = Vorher
before-and-after = Vorher und nachher
tiles = Kacheln
ten-groups-tip = Zehn Altersgruppen
four-groups-tip = Vier Altersgruppen
own-groups-tip = Die Altersgruppen des Modells
large = Groß
large-tip = Große Ansicht, vorher und nachher
sweep = Zeitreise
sweep-tip = Zeitreise: aufnehmen, dann durch die Alter laufen

## Words used in several places

camera = Kamera
model = Modell
weights = Gewichte
window = Fenster
settings = Einstellungen
shortcuts = Tastenkürzel
pictures = Bilder
picture = Bild
videos = Videos
video = Video
readings = Schätzungen
measurements = Messwerte
language = Sprache
cancel = Abbrechen
close = Schließen
save = Speichern
open = Öffnen
play = Abspielen
pause = Pause
folder = Ordner
one-moment = Einen Moment
just-now = gerade eben
seconds = { $seconds ->
    [one] eine Sekunde
   *[other] { $seconds } Sekunden
}
minutes = { $minutes ->
    [one] eine Minute
   *[other] { $minutes } Minuten
}
seconds-ago = { $seconds ->
    [one] vor { $seconds } Sekunde
   *[other] vor { $seconds } Sekunden
}
minutes-ago = { $minutes ->
    [one] vor { $minutes } Minute
   *[other] vor { $minutes } Minuten
}
pictures-count = { $count ->
    [one] { $count } Bild
   *[other] { $count } Bilder
}
picture-of = { $index } von { $count }  ·  { $name }
name-and-value = { $name }: { $value }
two-parts = { $one }, { $two }

## The top bar

save-tip = Alle Kacheln speichern
copy = Kopieren
copy-tip = Kopieren, was gezeigt wird
record-tip = Aufzeichnen, was zu sehen ist
stop-recording = Aufzeichnung beenden
theme-is-system = Design: wie das System
theme-is-light = Design: hell
theme-is-dark = Design: dunkel
no-camera = Keine Kamera
no-camera-found = Keine Kamera gefunden – erneut versuchen
no-model = Kein Modell
weight-file = Gewichtsdatei
model-ready = bereit
model-weights-missing = Gewichte fehlen – auswählen zeigt, welche
model-weights-damaged = Gewichte beschädigt – auswählen zeigt den Grund

introduction = Einführung
introduction-what = agemirror zeigt Sie in einem anderen Alter, live aus der Kamera oder in einem Bild oder Video, das Sie öffnen.
introduction-where = Alles wird auf diesem Rechner berechnet; kein Bild verlässt ihn.
introduction-guess = Die Bilder sind eine Vermutung, keine Vorhersage.
introduction-close = Verstanden
introduction-close-tip = Nicht mehr anzeigen

## The input

live = Live
back-to-live = Zurück zur Kamera
back-to-live-tip = Wieder die Kamera zeigen
first-picture-coming = Das erste Bild kommt gleich.
frozen = Angehalten
frozen-badge = Angehalten – weiter mit der Leertaste
loading = Lädt …
freeze = Anhalten
freeze-tip = Dieses Bild anhalten
all-faces = Alle
all-faces-tip = Alle Gesichter altern, bis zu vier
whole-frame = Ganzes Bild
whole-frame-tip = Das ganze Bild mit dem gealterten Gesicht zeigen
face-of = Gesicht { $index } von { $count }
face-of-aged = Gesicht { $index } von { $count }, gealtert
age-this-face = Dieses Gesicht altern
looks-age = wirkt wie { $age }
play-video = Video abspielen
pause-video = Video anhalten
video-not-played = Das Video lässt sich nicht abspielen
video-position = Stelle im Video
video-position-tip = An eine andere Stelle ziehen
rotate-video = Video drehen
loop = Schleife
loop-tip = Am Ende von vorn beginnen

## The gallery

drop-anywhere = Bilder oder Ordner hierher ziehen
open-or-paste = Bilder öffnen oder einfügen
drop-one = Ablegen, um Bild, Ordner oder Gewichte zu öffnen
drop-files = Ablegen, um { $count } Dateien zu öffnen
open-a-picture = Bild öffnen
open-pictures = Bilder öffnen
open-a-folder = Ordner öffnen
open-folder-of-pictures = Ordner mit Bildern öffnen
paste = Einfügen
paste-a-picture = Bild einfügen
sample = Beispiel
try-a-sample = Beispielporträt zeigen
sample-tip = Eileen Collins, von der NASA
sample-portrait = Beispielporträt
pasted-picture = Eingefügtes Bild
close-all-pictures = Alle Bilder schließen
previous-picture = Voriges Bild
next-picture = Nächstes Bild
show-picture = { $name } zeigen
gallery-full = Nur { $limit } Bilder werden aufgeführt; { $count } weitere wurden ausgelassen.
videos-left-out = Nur ein Video wird abgespielt, „{ $name }“; nicht geöffnete Videos: { $count }.
folder-videos = Videos in einem Ordner werden nicht zusammen mit seinen Bildern abgespielt, etwa „{ $name }“; Videos: { $count }. Öffnen Sie ein Video einzeln, um es abzuspielen.
video-rotated = „{ $name }“ wird gedreht gezeigt, weil die Gesichter darin nicht aufrecht sind.

## Captured pictures: tiles of a slow model, and sweeps

capture = Aufnehmen
capture-again = Neu aufnehmen
capture-tip = Das aktuelle Bild aufnehmen
cancel-tiles = Die übrigen Kacheln abbrechen
tiles-source-tip = Das Bild, aus dem die Kacheln entstehen
analysing-face = Das Gesicht wird untersucht …
tiles-made = { $count ->
    [one] { $made } von { $count } Kachel fertig, Bild aufgenommen { $ago }
   *[other] { $made } von { $count } Kacheln fertig, Bild aufgenommen { $ago }
}
tiles-making = { $count ->
    [one] { $age } in Arbeit: { $made } von { $count } Kachel fertig
   *[other] { $age } in Arbeit: { $made } von { $count } Kacheln fertig
}
tiles-making-time = { $count ->
    [one] { $age }: { $made } von { $count } Kachel, noch etwa { $time }
   *[other] { $age }: { $made } von { $count } Kacheln, noch etwa { $time }
}
tiles-stopping = { $count ->
    [one] Endet nach dieser: { $made } von { $count } Kachel fertig
   *[other] Endet nach dieser: { $made } von { $count } Kacheln fertig
}
tiles-stopped = { $count ->
    [one] Abgebrochen: { $made } von { $count } Kachel fertig
   *[other] Abgebrochen: { $made } von { $count } Kacheln fertig
}
sweep-title = Eine Zeitreise durch die Alter
sweep-invitation = Nimmt das aktuelle Bild auf, macht daraus { $count } Bilder von { $youngest } bis { $oldest } und spielt sie vor und zurück ab.
sweep-takes = Mit diesem Modell dauert das etwa { $time }.
picture-being-captured = Das Bild wird aufgenommen.
captured-picture = Das aufgenommene Bild
sweep-stopping = Endet nach diesem Bild
sweep-made = { $made } von { $count } Bildern fertig
sweep-made-time = { $made } von { $count } Bildern fertig, noch etwa { $time }
leave-sweep = Zeitreise verlassen
back-to-tiles = Zurück zu den Kacheln
back-to-tiles-tip = Wieder die Kacheln zeigen
sweep-plays-when-made = Die Bilder laufen, sobald alle fertig sind.
sweep-hint = C nimmt das aktuelle Bild auf, Esc führt zu den Kacheln zurück.
sweep-cancel-tip = Abspielen, was bisher fertig ist
save-sweep = Zeitreise speichern
save-sweep-tip = Die Bilder und eine Animation speichern
step-back = Ein Bild zurück
step-forward = Ein Bild vor
sweep-position = Bild der Zeitreise

## Measurements and readings

milliseconds = Millisekunden
milliseconds-tip = In der Tabelle: Median / 95. Perzentil
milliseconds-short = { $count } ms
rates = { $pictures } Bilder/s, { $refreshes } Durchgänge/s
close-measurements = Messwerte schließen
stage-camera-to-tile = Kamera–Kachel
stage-input = Eingabe gezeigt
stage-face = Gesicht
stage-encode = Kodieren
stage-decode = Dekodieren
stage-compose = Einsetzen
stage-spoken = { $stage }: Median { $median } ms, 95. Perzentil { $high } ms
median-and-95th = { $median } / { $high }
now = jetzt
seconds-short = { $seconds } s
readings-about = Die Alter schätzt ein Netz, gegen das mirror nicht trainiert wurde; die Ähnlichkeit misst eine Gesichtserkennung, gegen die es trainiert wurde. Beide irren sich: die Alter um einige Jahre, bei sehr jungen und sehr alten Menschen um mehr.
readings-note = geschätztes gegen gewünschtes Alter
close-readings = Schätzungen schließen
reading-tiles = Die Kacheln werden geschätzt …
no-tiles-to-read = Es gibt keine Kacheln zum Schätzen.
reading-long = wirkt wie { $age } · gleiche Person { $same }
reading-short = { $age } · { $same }
tile-spoken = { $label }, wirkt wie { $age }, gleiche Person { $same }
input-reads = Eingabe wirkt wie
mean-error = Mittlerer Fehler
same-person-lowest = Gleiche Person, min.
same-person-highest = Gleiche Person, max.

## The status line

camera-tip = Die Kamera und ihre gemessene Bildrate
damaged-frames = { $count ->
    [one] { $count } beschädigtes Bild übersprungen
   *[other] { $count } beschädigte Bilder übersprungen
}
of-frames = { $count ->
    [one] Von { $count } Bild
   *[other] Von { $count } Bildern
}
restarted = { $count ->
    [one] Einmal neu gestartet
   *[other] { $count }-mal neu gestartet
}
recording = Aufzeichnung { $time }  { $size } MB
recording-dropped = Aufzeichnung { $time }  { $size } MB, { $count } ausgelassen
recording-tip = Bilder werden ausgelassen, wenn der Kodierer zu langsam ist
virtual-camera-waiting = Virtuelle Kamera: wartet
virtual-camera-starting = Virtuelle Kamera: startet
virtual-camera-device = Virtuelle Kamera: { $device }
pictures-sent = { $count ->
    [one] { $count } Bild gesendet
   *[other] { $count } Bilder gesendet
}
device-tip = Das Gerät, auf dem das Netz rechnet, und warum
device-cpu = { $count ->
    [one] CPU, { $count } Thread ({ $reason })
   *[other] CPU, { $count } Threads ({ $reason })
}
device-cpu-no-gpu-build = { $count ->
    [one] CPU, { $count } Thread (ohne CUDA gebaut)
   *[other] CPU, { $count } Threads (ohne CUDA gebaut)
}
device-cpu-chosen = { $count ->
    [one] CPU, { $count } Thread (wie gewählt)
   *[other] CPU, { $count } Threads (wie gewählt)
}
slow-model = { $seconds } s je Kachel, zu langsam für die Kamera
slow-model-tip = Die Kacheln entstehen einzeln aus einem angehaltenen Bild
latency = Kamera bis Kachel { $median } ms (95 %: { $high } ms)
latency-tip = Vom Kamerabild bis zu seinen Kacheln: Median und 95. Perzentil
refreshes = { $rate } Durchgänge/s
refreshes-tip = Wie oft alle Kacheln neu entstehen
restraint-battery = Akkubetrieb: seltener erneuert
restraint-load = Rechner ausgelastet: seltener erneuert
restraint-tip = Die Kacheln entstehen seltener neu, damit die Kamera flüssig bleibt und der Akku länger hält
source-frozen = { $name }: angehalten
source-opening = { $name }: wird geöffnet
source-streaming = { $name }  { $size } { $format }, { $rate } fps
source-stalled = { $name }: keine Bilder, wird neu gestartet
source-unplugged = { $name }: getrennt, wird erwartet
source-busy = { $name }: von einem anderen Programm belegt
source-denied = { $name }: keine Berechtigung
source-format = { $name }: { $formats } nicht lesbar

## The state of the camera

camera-opening-title = Kamera wird geöffnet
camera-opening = Die Kamera „{ $name }“ wird geöffnet.
camera-opening-unnamed = Die Kamera wird geöffnet.
camera-stalled-title = Die Kamera sendet keine Bilder
camera-stalled = Die Kamera „{ $name }“ sendet keine Bilder mehr und wird neu gestartet; hilft das nicht, ziehen Sie den Stecker und stecken ihn wieder ein.
camera-unplugged-title = Die Kamera ist getrennt
camera-unplugged = Die Kamera „{ $name }“ ist nicht angeschlossen; stecken Sie sie ein, dann startet sie hier von selbst.
camera-busy-title = Die Kamera ist belegt
camera-busy = Ein anderes Programm benutzt die Kamera „{ $name }“; schließen Sie es, dann startet sie hier von selbst.
camera-denied-title = Keine Berechtigung
camera-denied = Sie dürfen die Kamera „{ $name }“ nicht benutzen; erlauben Sie es in den Datenschutzeinstellungen des Systems.
camera-denied-linux = Sie dürfen die Kamera „{ $name }“ nicht benutzen; führen Sie „sudo usermod -aG video $USER“ im Terminal aus und melden Sie sich neu an.
camera-denied-macos = Sie dürfen die Kamera „{ $name }“ nicht benutzen; erlauben Sie es in den Systemeinstellungen unter „Datenschutz & Sicherheit“, „Kamera“.
no-camera-text = Es gibt keine Kamera; schließen Sie eine an, dann startet sie hier von selbst, oder öffnen Sie ein Bild.
camera-format-title = Die Bilder der Kamera sind nicht lesbar
camera-format = Die Kamera „{ $name }“ sendet { $formats }; lesbar sind nur MJPEG, YUYV, NV12, YU12 und GREY. Wählen Sie eine andere Kamera.
camera-format-linux = Die Kamera „{ $name }“ sendet { $formats }; lesbar sind nur MJPEG, YUYV, NV12, YU12 und GREY. Wählen Sie eine andere Kamera, oder wandeln Sie ihre Bilder mit ffmpeg und v4l2loopback um.
camera-failed-title = Die Kamera funktioniert nicht
camera-failed = Die Kamera „{ $name }“ funktioniert nicht ({ $reason }); stecken Sie sie neu ein, oder wählen Sie eine andere.
camera-streaming = Die Kamera „{ $name }“ sendet { $size } Pixel als { $format }, { $rate } Bilder pro Sekunde.
camera-streaming-unmeasured = Die Kamera „{ $name }“ sendet { $size } Pixel als { $format }.
showing-picture = Gezeigt wird das Bild „{ $name }“.

## Why a face is not aged

no-face = Kein Gesicht
no-face-camera = Es ist kein Gesicht zu sehen; schauen Sie in die Kamera, oder wählen Sie ein anderes Bild.
no-face-still = Es wurde kein Gesicht gefunden, weder aufrecht noch gedreht; wählen Sie ein Bild, auf dem ein Gesicht zur Kamera schaut.
no-face-video = In diesem Teil des Videos ist kein Gesicht. Liegt das Bild auf der Seite, drehen Sie es mit dem Knopf darunter.
face-far = Zu weit weg
face-far-camera = Das Gesicht ist zu klein; kommen Sie näher.
face-small = Zu klein
face-small-still = Das Gesicht ist zu klein: Zwischen den Augen liegen weniger als 24 Pixel. Wählen Sie eine größere Fassung des Bildes.
face-small-video = Das Gesicht ist zu klein, mit weniger als 24 Pixeln zwischen den Augen; wählen Sie eine größere Kopie des Videos.
face-cut = Am Rand abgeschnitten
face-cut-camera = Das Gesicht ist am Rand abgeschnitten; gehen Sie weiter ins Bild.
face-cut-still = Das Gesicht ist am Bildrand abgeschnitten; wählen Sie ein Bild, das es ganz zeigt.
face-cut-video = Das Gesicht ist in diesem Teil des Videos vom Rand abgeschnitten; springen Sie zu einem anderen Teil.
face-turned = Abgewandt
face-turned-camera = Das Gesicht ist abgewandt; schauen Sie in die Kamera.
face-turned-still = Das Gesicht ist abgewandt; wählen Sie ein Bild, auf dem es zur Kamera schaut.
face-turned-video = Das Gesicht ist in diesem Teil des Videos abgewandt; springen Sie zu einem anderen Teil.
face-dark = Zu dunkel
face-dark-camera = Das Bild ist zu dunkel für ein Gesicht; machen Sie Licht.
face-dark-still = Das Bild ist zu dunkel für ein Gesicht; wählen Sie ein helleres.
face-dark-video = Dieser Teil des Videos ist zu dunkel, um ein Gesicht zu erkennen; springen Sie zu einem anderen Teil.

## The settings

saving = Speichern
picture-size = Bildgröße
frame-rate = Bildrate
per-second = { $rate } pro Sekunde
rotation = Drehung
rotation-none = Nicht gedreht
rotation-quarter = Um 90° im Uhrzeigersinn gedreht
rotation-half = Um 180° gedreht
rotation-three-quarters = Um 90° gegen den Uhrzeigersinn gedreht
mirrored = Gespiegelt
mirrored-tip = Links und rechts wie im Spiegel
virtual-camera = Virtuelle Kamera
virtual-camera-loopback-tip = Das gealterte Bild allen Programmen als Kamera anbieten; braucht das Kernelmodul v4l2loopback
virtual-camera-pipewire-tip = Das gealterte Bild über PipeWire als Kamera anbieten, für Browser und OBS
off = Aus
change = Ändern
change-folder = Ordner ändern
open-the-folder = Ordner öffnen
open-the-folder-tip = Im Dateimanager öffnen
theme = Design
theme-system = System
theme-system-tip = Wie das System
theme-light = Hell
theme-dark = Dunkel
language-system = System ({ $language })
language-system-untranslated = System ({ $locale }, nicht übersetzt)
side-panel = Seitenleiste
pictures-tip = Die Bilder
measurements-tip = Verzögerung und Alter jeder Kachel
readings-tip = Welches Alter andere Netze sehen
training-button = Training …
watch-training = Ein Training beobachten
watch-training-tip = Verluste und Proben eines Trainings
no-model-built-in = Keines ist eingebaut
runs-on = Rechnet auf
automatic = Automatisch
automatic-tip = Das schnellste Gerät
cpu-tip = Der Prozessor

## The models and their weights

model-mirror = das mitgelieferte Netz: jedes Alter von 1 bis 85, live auf einem Laptop
model-agetransgan = zehn Gruppen von 0–2 bis 70 und älter, oder vier, und Alter dazwischen, 1024 Pixel
model-caae = zehn Gruppen von 0–5 bis 71 und älter, als Frau oder Mann, weich, 128 Pixel
model-ipcgan = vier Gruppen von 21–30 bis 51 und älter, für junge Gesichter, 128 Pixel
model-cgan = das Netz von IPCGAN auf anders ausgerichteten Gesichtern, vier Gruppen, 128 Pixel
model-pagan = drei Gruppen von 31–40 bis 51 und älter, für Gesichter bis 30 Jahre, 224 Pixel
model-opening = { $model } wird geöffnet
weights-being-read = Die Gewichte werden gelesen.
model-is-ready = { $model } ist bereit
model-has-damaged-weights = { $model } hat beschädigte Gewichte
model-needs-weights = { $model } braucht seine Gewichte
keeps-running = Bis dahin läuft { $model } weiter.
weights-damaged = { $reason }. Importieren Sie die Datei erneut.
weights-drop-or-choose = Ziehen Sie die Dateien in dieses Fenster, oder wählen Sie sie hier aus.
weights-choose = Wählen Sie die Dateien hier aus.
weights-are-copied = Die nötigen Teile werden kopiert; die heruntergeladenen Dateien können danach gelöscht werden.
choose-files = Dateien auswählen …
choose-files-tip = Gewichtsdateien von diesem Computer importieren
file-imported = { $title }  –  importiert
files = { $count ->
    [one] Datei
   *[other] Dateien
}
source = Quelle
licence = Lizenz
next-step = Danach
copy-address = Adresse kopieren
copy-address-of = Adresse der Datei { $file } kopieren
copy-address-tip = In die Zwischenablage kopieren
open-page = Seite öffnen
open-page-of = Seite der Datei { $file } öffnen
open-page-tip = Im Browser öffnen
checking-weights = Gewichte werden geprüft …
importing = { $name } wird importiert: { $percent } %
cancel-import = Import abbrechen
import-cancelled = Der Import der Gewichte wurde abgebrochen.
weights-imported = Die Gewichte von { $model } wurden importiert.
weights-imported-and-chosen = Die Gewichte von { $model } wurden importiert; es ist jetzt das Modell.
weights-still-missing = Eine Datei von { $model } wurde importiert. Es fehlen noch: { $files }.
weights-unknown = { $file } enthält Gewichte eines unbekannten Systems. Unterstützt werden { $systems }.
weights-no-model = { $file } ist { $system }. Es dient dem Training oder der Messung und kann kein Gesicht altern.
weights-graph-only = { $file } ist der Graph eines Netzes ohne seine Gewichte. Legen Sie { $stem }.index und { $stem }.data-00000-of-00001 in seinen Ordner, und fügen Sie sie erneut hinzu.
weights-half = { $file } ist ein halber Checkpoint. Legen Sie { $stem }.index und { $stem }.data-00000-of-00001 in seinen Ordner, und fügen Sie sie erneut hinzu.

## A training run

training = Training
training-run = Training
training-invitation = Wählen Sie den Ordner, in den ein Training schreibt. Seine Verluste und sein neuestes Probenblatt erscheinen hier, während es läuft.
choose-a-folder = Ordner wählen
choose-run-folder = Ordner eines Trainings wählen
another-run = Anderes Training
another-run-tip = Ordner eines anderen Trainings wählen
reading-run = Das Training wird gelesen.
nothing-to-show = Nichts zu zeigen
losses = Verluste
no-losses = Noch keine Verluste
log-empty = Das Protokoll hat noch keine Werte.
log-written = geschrieben { $ago }
step = Schritt { $step }
term-spoken = { $name }: { $value } bei Schritt { $step }
samples = Proben
no-samples = Noch kein Probenblatt
no-samples-text = Ein Training schreibt sein erstes Blatt mit seinem ersten Checkpoint.
sheet-of-samples = Probenblatt, { $name }
run-not-opened = { $folder } lässt sich nicht öffnen. Wählen Sie den Ordner eines Trainings.
run-no-log = { $folder } enthält kein { $log }. Ein Training schreibt es nach seinen ersten Schritten. Ist dies nicht der Ordner eines Trainings, wählen Sie einen anderen.
log-too-long = { $file } ist zu lang für das Protokoll eines Trainings. Wählen Sie einen anderen Ordner.
log-unreadable = { $file } ist nicht lesbar: { $cause }
log-invalid = { $file } ist nicht das Protokoll eines Trainings: { $cause }
log-no-header = die erste Zeile beginnt nicht mit „step“
log-no-step = „{ $text }“ ist kein Schritt

## The list of shortcuts

group-ages = Alter
group-input = Eingabe
group-sweep = Zeitreise und Kacheln langsamer Modelle
shortcut-ten = Zehn Altersgruppen, oder die des Modells
shortcut-large = Große Ansicht, vorher und nachher
shortcut-year = Ein Jahr jünger, älter
shortcut-decade = Zehn Jahre jünger, älter
shortcut-sweep = Zeitreise: viele Schritte eines Bildes
shortcut-gender = Als Frau altern, als Mann
shortcut-freeze = Bild anhalten, Video anhalten
shortcut-faces = Alle Gesichter altern, oder eines
shortcut-frame = Ganzes Bild, oder nur Gesichter
shortcut-back = Zurück: zu den Kacheln, zur Kamera
shortcut-step-picture = Voriges Bild, nächstes Bild
shortcut-record = Aufzeichnen, beenden
shortcut-sweep-play = Zeitreise abspielen, anhalten
shortcut-sweep-step = Ein Bild zurück, vor
shortcut-sweep-ten = Zehn Bilder zurück, vor
shortcut-readings = Schätzungen anderer Netze
shortcut-theme = Hell, dunkel, oder wie das System
shortcut-fullscreen = Vollbild
shortcut-list = Diese Liste
shortcut-tab = Nächstes Element, auslösen
key-ctrl = Strg
key-shift = Umschalt
key-space = Leertaste
key-left = Links
key-right = Rechts
key-up = Auf
key-down = Ab
key-page-up = Bild auf
key-page-down = Bild ab
key-escape = Esc
key-tab = Tab
key-enter = Eingabe
key-comma = Komma

## Messages in the corner

dismiss = Ausblenden
open-folder = Ordner öffnen
saved = { $count ->
    [one] { $count } Datei gespeichert in { $folder }
   *[other] { $count } Dateien gespeichert in { $folder }
}
recorded = { $file } aufgezeichnet
nothing-to-save = Es gibt noch nichts zu speichern. Speichern Sie, sobald die Kacheln ein Gesicht zeigen.
copied = Ein Bild mit { $size } Pixeln wurde kopiert. Fügen Sie es ein, wo Sie möchten.
nothing-to-copy = Es gibt noch nichts zu kopieren. Kopieren Sie, sobald die Kacheln ein Gesicht zeigen.
not-copied = Das Bild ließ sich nicht in die Zwischenablage kopieren ({ $cause }). Speichern Sie es stattdessen.
no-sweep-to-save = Es gibt noch keine Zeitreise. Drücken Sie C, und speichern Sie, wenn sie läuft.
cannot-save-training = Während ein Training gezeigt wird, lässt sich nichts speichern. T führt zu den Kacheln zurück.
cannot-record-this = Aufzeichnen lassen sich die Kacheln und die große Ansicht; drücken Sie zuerst 1 oder L.
too-slow-to-play = Dieses Modell ist hier zu langsam dafür. Drücken Sie E für eine Zeitreise.
recording-disk-full = Die Aufzeichnung wurde beendet, weil der Datenträger fast voll ist; schaffen Sie Platz.
recording-empty = Es wurde nichts aufgezeichnet, weil kein Bild kam; beginnen Sie neu, sobald die Kacheln ein Gesicht zeigen.
recording-panic = Die Aufzeichnung ist an einem internen Fehler gescheitert; starten Sie sie neu.
language-untranslated = Für { $locale } gibt es keine Übersetzung, deshalb ist das Fenster englisch. Wählen Sie eine Sprache in den Einstellungen.
language-without-font = Keine Schrift dieses Computers kann { $language } zeigen, deshalb bleibt das Fenster englisch. Installieren Sie eine, etwa Noto Sans CJK, und starten Sie neu.
no-such-folder = Den Ordner { $folder } gibt es noch nicht. Er entsteht, sobald Sie etwas speichern.
no-file-manager = Kein Dateimanager ließ sich öffnen. Der Ordner ist { $folder }.
no-web-browser = Kein Browser ließ sich öffnen. Die Adresse ist { $address }
clipboard-closed = Die Zwischenablage ist nicht lesbar ({ $cause }). Öffnen Sie das Bild aus einer Datei.
clipboard-empty = In der Zwischenablage ist kein Bild. Kopieren Sie zuerst eines.
clipboard-too-large = Das Bild in der Zwischenablage ist zu groß oder beschädigt. Öffnen Sie es aus einer Datei.
no-thread = Das System kann keinen weiteren Thread starten ({ $cause }). Schließen Sie andere Programme, und versuchen Sie es erneut.
task-panic = Ein interner Fehler hat eine Aufgabe beendet ({ $name }). Näheres steht im Protokoll.
weights-panic = Eine Gewichtsdatei war nicht lesbar (interner Fehler; siehe Protokoll).
import-panic = Der Import ist gescheitert (interner Fehler; siehe Protokoll).
save-panic = Das Speichern ist gescheitert (interner Fehler; siehe Protokoll). Versuchen Sie es erneut.
camera-list-panic = Die Liste der Kameras wird nicht mehr erneuert (interner Fehler).
settings-panic = Die Einstellungen werden nicht mehr gespeichert (interner Fehler).
pictures-panic = Bilder können nicht mehr gelesen werden (interner Fehler).
picture-panic = Das Bild ist beschädigt und nicht lesbar. Öffnen Sie ein anderes.
readings-failed = Die Kacheln lassen sich nicht schätzen: { $cause }
readings-panic = Das Schätzen ist gescheitert (interner Fehler; siehe Protokoll). Es wurde abgeschaltet.
training-panic = Trainings werden nicht mehr beobachtet (interner Fehler).
run-panic = Eine Datei des Trainings war nicht lesbar (interner Fehler; siehe Protokoll). Wählen Sie das Training erneut.

## Dialogs of the system

dialog-pictures = Bilder oder ein Video öffnen
dialog-weights = Gewichtsdateien öffnen
dialog-save = Speicherort
dialog-run = Der Ordner eines Trainings
all-files = Alle Dateien

## Files that cannot be read or written

picture-unreadable = „{ $name }“ ist nicht lesbar ({ $cause }); prüfen Sie, ob es die Datei gibt und ob Sie sie öffnen dürfen.
picture-not-a-file = „{ $name }“ ist keine Datei; wählen Sie eine Bilddatei.
file-empty = „{ $name }“ ist leer (0 Byte); kopieren oder laden Sie die Datei erneut.
picture-unknown-kind = „{ $name }“ ist kein Bild einer bekannten Art; wählen Sie eine Datei in JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP oder PNM.
picture-cut-short = „{ $name }“ ist unvollständig; kopieren oder laden Sie die Datei erneut.
picture-damaged = „{ $name }“ ist beschädigt oder ungewöhnlich ({ $cause }); speichern Sie das Bild neu als PNG oder JPEG.
picture-too-large = „{ $name }“ ist zu groß ({ $size } Pixel); verkleinern Sie das Bild unter { $megapixels } Megapixel und { $side } Pixel je Seite.
picture-too-many-bytes = „{ $name }“ ist zu groß; verkleinern Sie die Datei unter 256 MiB und { $megapixels } Megapixel.
folder-without-pictures = Im Ordner „{ $name }“ ist weder ein Bild noch ein Video; wählen Sie einen anderen.
folder-too-full = Der Ordner „{ $name }“ enthält zu viele Dateien; wählen Sie einen mit weniger.
save-denied = { $file } kann nicht geschrieben werden: kein Zugriff; wählen Sie einen anderen Ordner
disk-full = { $file } kann nicht geschrieben werden: der Datenträger ist voll; schaffen Sie Platz, oder wählen Sie einen anderen Ordner
save-no-folder = { $file } kann nicht geschrieben werden: der Ordner fehlt oder ist eine Datei; wählen Sie einen anderen Ordner
video-no-ffmpeg = Videos brauchen das Programm { $program }, das nicht gefunden wurde; installieren Sie FFmpeg (unter Debian und Ubuntu: apt install ffmpeg; sonst siehe https://ffmpeg.org/download.html), und versuchen Sie es erneut.
video-not-a-file = „{ $name }“ ist keine Datei; wählen Sie eine Videodatei.
video-unknown-kind = „{ $name }“ ist kein lesbares Video ({ $cause }); wählen Sie eine andere Datei, oder wandeln Sie sie in MP4 um.
video-cut-short = „{ $name }“ ist unvollständig, das Verzeichnis der Bilder fehlt; kopieren oder laden Sie die Datei erneut.
video-no-pictures = „{ $name }“ enthält keine Bilder; wählen Sie eine Datei mit einem Video.
video-encrypted = „{ $name }“ ist verschlüsselt (Kopierschutz); wählen Sie ein Video ohne Kopierschutz.
no-virtual-camera = Es gibt keine virtuelle Kamera; installieren Sie v4l2loopback (unter Debian und Ubuntu: apt install v4l2loopback-dkms), und führen Sie aus: sudo modprobe v4l2loopback exclusive_caps=1 card_label=agemirror
virtual-camera-missing = { $device } gibt es nicht; wählen Sie eine andere virtuelle Kamera, oder legen Sie sie an
virtual-camera-no-output = { $device } nimmt keine Bilder an und ist keine virtuelle Kamera; wählen Sie ein Gerät von v4l2loopback
virtual-camera-busy = Ein anderes Programm benutzt { $device }; schließen Sie es
virtual-camera-denied = { $device } lässt sich nicht öffnen, der Zugriff wird verweigert; nehmen Sie Ihren Benutzer in die Gruppe video auf
virtual-camera-no-reader = { $device } hat noch keinen Leser
virtual-camera-panic = Die virtuelle Kamera hat aufgehört (interner Fehler; siehe Protokoll); schalten Sie sie aus und wieder ein
pipewire-needs = { $name } wurde nicht gefunden; eine Kamera von PipeWire braucht es (unter Debian und Ubuntu: apt install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire)
pipewire-not-running = PipeWire läuft für diesen Benutzer nicht; starten Sie es (systemctl --user start pipewire wireplumber), oder wählen Sie v4l2loopback
pipewire-ended = Die Kamera von PipeWire wurde beendet ({ $cause }); sie wird neu gestartet

## The exhibit

exhibit-invitation = Treten Sie vor den Spiegel
exhibit-hint = Sehen Sie sich in anderem Alter
exhibit-nothing-kept = Nichts wird gespeichert. Kein Bild verlässt diesen Bildschirm.
exhibit-saved = Ihr Bildstreifen wird von dieser Ausstellung gespeichert.
exhibit-photo = Für ein Foto den Bildschirm berühren oder die Eingabetaste drücken
exhibit-no-camera = Der Spiegel ruht und ist gleich wieder da
exhibit-now = Heute
