## Ages

age = Età { $age }
age-of-face = Età { $age }, volto { $face }
age-in-progress = { $age }: in corso
in-progress = in corso
years = { $years ->
    [one] { $years } anno
   *[other] { $years } anni
}
ages-count = { $count } età
age-slider = Età
age-slider-tip = Qualsiasi età: trascina, o frecce sinistra e destra
age-slider-groups-tip = Una fascia d'età: trascina, o frecce sinistra e destra
play-through-ages = Scorri le età
stop-playing = Ferma
female = Donna
male = Uomo
age-as-a-woman = Invecchia come donna
age-as-a-man = Invecchia come uomo
before = Prima
before-and-after = Prima e dopo
tiles = Riquadri
ten-groups-tip = Dieci fasce d'età
four-groups-tip = Quattro fasce d'età
own-groups-tip = Le fasce d'età del modello
large = Grande
large-tip = Vista grande, prima e dopo
sweep = Viaggio
sweep-tip = Viaggio: cattura, poi scorri le età

## Words used in several places

camera = Fotocamera
model = Modello
weights = Pesi
window = Finestra
settings = Impostazioni
shortcuts = Scorciatoie
pictures = Immagini
picture = Immagine
videos = Video
video = Video
readings = Stime
measurements = Misure
language = Lingua
cancel = Annulla
close = Chiudi
save = Salva
open = Apri
play = Riproduci
pause = Pausa
folder = Cartella
one-moment = Un momento
just-now = proprio ora
seconds = { $seconds ->
    [one] un secondo
   *[other] { $seconds } secondi
}
minutes = { $minutes ->
    [one] un minuto
   *[other] { $minutes } minuti
}
seconds-ago = { $seconds ->
    [one] { $seconds } secondo fa
   *[other] { $seconds } secondi fa
}
minutes-ago = { $minutes ->
    [one] { $minutes } minuto fa
   *[other] { $minutes } minuti fa
}
pictures-count = { $count ->
    [one] { $count } immagine
   *[other] { $count } immagini
}
picture-of = { $index } di { $count }  ·  { $name }
name-and-value = { $name }: { $value }
two-parts = { $one }, { $two }

## The top bar

save-tip = Salva tutti i riquadri
copy = Copia
copy-tip = Copia ciò che è mostrato
record-tip = Registra ciò che è mostrato
stop-recording = Ferma la registrazione
theme-is-system = Tema: di sistema
theme-is-light = Tema: chiaro
theme-is-dark = Tema: scuro
no-camera = Nessuna fotocamera
no-camera-found = Nessuna fotocamera trovata – riprova
no-model = Nessun modello
weight-file = file di pesi
model-ready = pronto
model-weights-missing = pesi mancanti – seleziona per vedere quali
model-weights-damaged = pesi danneggiati – seleziona per vedere perché

introduction = Introduzione
introduction-what = agemirror ti mostra ad altre età, dal vivo dalla fotocamera, o in un'immagine o un video che apri.
introduction-where = Tutto è calcolato su questo computer; nessuna immagine lo lascia.
introduction-guess = Le immagini sono una supposizione, non una previsione.
introduction-close = Ho capito
introduction-close-tip = Non mostrare più

## The input

live = Dal vivo
back-to-live = Torna dal vivo
back-to-live-tip = Mostra di nuovo la fotocamera
first-picture-coming = La prima immagine sta arrivando.
frozen = Bloccato
frozen-badge = Bloccato – Spazio per riprendere
loading = Caricamento…
freeze = Blocca
freeze-tip = Blocca questa immagine
all-faces = Tutti
all-faces-tip = Invecchia tutti i volti, fino a quattro
whole-frame = Immagine intera
whole-frame-tip = Mostra l'immagine intera con il volto invecchiato
face-of = Volto { $index } di { $count }
face-of-aged = Volto { $index } di { $count }, invecchiato
age-this-face = Invecchia questo volto
looks-age = dimostra { $age }
play-video = Riproduci il video
pause-video = Metti in pausa il video
video-not-played = Il video non può essere riprodotto
video-position = Posizione nel video
video-position-tip = Trascina a un altro momento
rotate-video = Ruota il video
loop = Ripeti
loop-tip = Ricomincia alla fine

## The gallery

drop-anywhere = Trascina qui immagini o cartelle
open-or-paste = Apri o incolla immagini
drop-one = Rilascia per aprire l'immagine, la cartella o i pesi
drop-files = Rilascia per aprire { $count } file
open-a-picture = Apri un'immagine
open-pictures = Apri immagini
open-a-folder = Apri una cartella
open-folder-of-pictures = Apri una cartella di immagini
paste = Incolla
paste-a-picture = Incolla un'immagine
sample = Esempio
try-a-sample = Prova un ritratto di esempio
sample-tip = Eileen Collins, della NASA
sample-portrait = Ritratto di esempio
pasted-picture = Immagine incollata
close-all-pictures = Chiudi tutte le immagini
previous-picture = Immagine precedente
next-picture = Immagine successiva
show-picture = Mostra { $name }
gallery-full = Sono elencate solo { $limit } immagini; altre { $count } sono state tralasciate.
videos-left-out = Si riproduce un solo video alla volta, «{ $name }»; video non aperti: { $count }.
folder-videos = I video di una cartella non si riproducono con le sue immagini, ad esempio «{ $name }»; video: { $count }. Apri un video da solo per riprodurlo.
video-rotated = «{ $name }» viene mostrato ruotato, perché i volti non sono diritti.

## Captured pictures: tiles of a slow model, and sweeps

capture = Cattura
capture-again = Cattura di nuovo
capture-tip = Cattura l'immagine attuale
cancel-tiles = Annulla i riquadri rimanenti
tiles-source-tip = L'immagine da cui nascono i riquadri
analysing-face = Analisi del volto…
tiles-made = { $count ->
    [one] { $made } di { $count } riquadro pronto, immagine catturata { $ago }
   *[other] { $made } di { $count } riquadri pronti, immagine catturata { $ago }
}
tiles-making = { $count ->
    [one] { $age } in corso: { $made } di { $count } riquadro pronto
   *[other] { $age } in corso: { $made } di { $count } riquadri pronti
}
tiles-making-time = { $count ->
    [one] { $age } in corso: { $made } di { $count } riquadro pronto, ancora { $time } circa
   *[other] { $age } in corso: { $made } di { $count } riquadri pronti, ancora { $time } circa
}
tiles-stopping = { $count ->
    [one] Si ferma dopo questo: { $made } di { $count } riquadro pronto
   *[other] Si ferma dopo questo: { $made } di { $count } riquadri pronti
}
tiles-stopped = { $count ->
    [one] Fermato: { $made } di { $count } riquadro pronto
   *[other] Fermato: { $made } di { $count } riquadri pronti
}
sweep-title = Un viaggio attraverso le età
sweep-invitation = Cattura l'immagine attuale, ne fa { $count } immagini da { $youngest } a { $oldest } e le riproduce avanti e indietro.
sweep-takes = Con questo modello ci vuole { $time } circa.
picture-being-captured = L'immagine viene catturata.
captured-picture = L'immagine catturata
sweep-stopping = Si ferma dopo questa immagine
sweep-made = { $made } di { $count } immagini pronte
sweep-made-time = { $made } di { $count } immagini pronte, ancora { $time } circa
leave-sweep = Esci dal viaggio
back-to-tiles = Torna ai riquadri
back-to-tiles-tip = Mostra di nuovo i riquadri
sweep-plays-when-made = La riproduzione inizia quando tutte le immagini sono pronte.
sweep-hint = C cattura l'immagine attuale, Esc torna ai riquadri.
sweep-cancel-tip = Riproduci ciò che è già pronto
save-sweep = Salva il viaggio
save-sweep-tip = Salva le immagini e un'animazione
step-back = Indietro
step-forward = Avanti
sweep-position = Immagine del viaggio

## Measurements and readings

milliseconds = Millisecondi
milliseconds-tip = Nella tabella: mediana / 95º percentile
milliseconds-short = { $count } ms
rates = { $pictures } immagini/s, { $refreshes } serie/s
close-measurements = Chiudi le misure
stage-camera-to-tile = Da fotocamera a riquadro
stage-input = Ingresso mostrato
stage-face = Volto
stage-encode = Codifica
stage-decode = Decodifica
stage-compose = Composizione
stage-spoken = { $stage }: mediana { $median } ms, 95º percentile { $high } ms
median-and-95th = { $median } / { $high }
now = ora
seconds-short = { $seconds } s
readings-about = Le età vengono da una rete contro cui mirror non è stato addestrato, l'identità da una rete di riconoscimento contro cui lo è stato. Entrambe sbagliano: le età di qualche anno, e di più per i molto giovani e i molto anziani.
readings-note = età stimata ed età richiesta
close-readings = Chiudi le stime
reading-tiles = Stima dei riquadri…
no-tiles-to-read = Non ci sono riquadri da stimare.
reading-long = dimostra { $age } · stessa persona { $same }
reading-short = { $age } · { $same }
tile-spoken = { $label }, dimostra { $age }, stessa persona { $same }
input-reads = L'ingresso dimostra
mean-error = Errore medio
same-person-lowest = Stessa persona, min.
same-person-highest = Stessa persona, max.

## The status line

camera-tip = La fotocamera e la sua frequenza misurata
damaged-frames = { $count ->
    [one] { $count } fotogramma danneggiato saltato
   *[other] { $count } fotogrammi danneggiati saltati
}
of-frames = { $count ->
    [one] Su { $count } fotogramma
   *[other] Su { $count } fotogrammi
}
restarted = { $count ->
    [one] Riavviato una volta
   *[other] Riavviato { $count } volte
}
recording = Registrazione { $time }  { $size } MB
recording-dropped = Registrazione { $time }  { $size } MB, { $count } perse
recording-tip = Si perdono immagini quando il codificatore è troppo lento
virtual-camera-waiting = Fotocamera virtuale: in attesa
virtual-camera-starting = Fotocamera virtuale: avvio
virtual-camera-device = Fotocamera virtuale: { $device }
pictures-sent = { $count ->
    [one] { $count } immagine inviata
   *[other] { $count } immagini inviate
}
device-tip = Il dispositivo che esegue la rete, e perché
device-cpu = { $count ->
    [one] CPU, { $count } thread ({ $reason })
   *[other] CPU, { $count } thread ({ $reason })
}
device-cpu-no-gpu-build = { $count ->
    [one] CPU, { $count } thread (compilato senza CUDA)
   *[other] CPU, { $count } thread (compilato senza CUDA)
}
device-cpu-chosen = { $count ->
    [one] CPU, { $count } thread (scelta)
   *[other] CPU, { $count } thread (scelta)
}
slow-model = { $seconds } s per riquadro, troppo lento per la fotocamera
slow-model-tip = I riquadri sono fatti uno a uno da un'immagine bloccata
latency = da fotocamera a riquadro { $median } ms (95%: { $high } ms)
latency-tip = Da un fotogramma ai suoi riquadri: mediana e 95º percentile
refreshes = { $rate } serie/s
refreshes-tip = Ogni quanto si rinnovano tutti i riquadri
restraint-battery = A batteria: meno aggiornamenti
restraint-load = Computer occupato: meno aggiornamenti
restraint-tip = I riquadri si rinnovano meno spesso, così la fotocamera resta fluida e la batteria dura di più
source-frozen = { $name }: bloccato
source-opening = { $name }: apertura
source-streaming = { $name }  { $size } { $format }, { $rate } fps
source-stalled = { $name }: nessuna immagine, riavvio
source-unplugged = { $name }: scollegata, in attesa
source-busy = { $name }: usata da un altro programma
source-denied = { $name }: nessun permesso
source-format = { $name }: { $formats } non leggibile

## The state of the camera

camera-opening-title = Apertura della fotocamera
camera-opening = Apertura della fotocamera «{ $name }».
camera-opening-unnamed = Apertura della fotocamera.
camera-stalled-title = La fotocamera non invia immagini
camera-stalled = La fotocamera «{ $name }» non invia più immagini e viene riavviata; se continua, scollegala e ricollegala.
camera-unplugged-title = La fotocamera è scollegata
camera-unplugged = La fotocamera «{ $name }» non è collegata; collegala e partirà qui da sola.
camera-busy-title = La fotocamera è in uso
camera-busy = La fotocamera «{ $name }» è usata da un altro programma; chiudilo e partirà qui da sola.
camera-denied-title = Nessun permesso
camera-denied = Non hai il permesso di usare la fotocamera «{ $name }»; concedilo nelle impostazioni di privacy del sistema.
camera-denied-linux = Non hai il permesso di usare la fotocamera «{ $name }»; esegui «sudo usermod -aG video $USER» in un terminale e accedi di nuovo.
camera-denied-macos = Non hai il permesso di usare la fotocamera «{ $name }»; concedilo in Impostazioni di Sistema, in «Privacy e sicurezza», «Fotocamera».
no-camera-text = Non c'è nessuna fotocamera; collegane una e partirà qui da sola, oppure apri un'immagine.
camera-format-title = Le immagini della fotocamera non sono leggibili
camera-format = La fotocamera «{ $name }» invia { $formats }; sono leggibili solo MJPEG, YUYV, NV12, YU12 e GREY. Scegli un'altra fotocamera.
camera-format-linux = La fotocamera «{ $name }» invia { $formats }; sono leggibili solo MJPEG, YUYV, NV12, YU12 e GREY. Scegli un'altra fotocamera, o converti le sue immagini con ffmpeg e v4l2loopback.
camera-failed-title = La fotocamera non funziona
camera-failed = La fotocamera «{ $name }» non funziona ({ $reason }); scollegala e ricollegala, o scegline un'altra.
camera-streaming = La fotocamera «{ $name }» invia { $size } pixel in { $format }, { $rate } al secondo.
camera-streaming-unmeasured = La fotocamera «{ $name }» invia { $size } pixel in { $format }.
showing-picture = È mostrata l'immagine «{ $name }».

## Why a face is not aged

no-face = Nessun volto
no-face-camera = Nell'immagine non c'è nessun volto; guarda la fotocamera o scegli un'altra immagine.
no-face-still = Non è stato trovato nessun volto, né dritto né girato; scegli un'immagine in cui un volto guarda verso l'obiettivo.
no-face-video = Nessun volto in questa parte del video. Se l'immagine è coricata, ruotala con il pulsante sottostante.
face-far = Troppo lontano
face-far-camera = Il volto è troppo piccolo; avvicinati alla fotocamera.
face-small = Troppo piccolo
face-small-still = Il volto è troppo piccolo, con meno di 24 pixel tra gli occhi; scegli una copia più grande dell'immagine.
face-small-video = Il volto è troppo piccolo, con meno di 24 pixel tra gli occhi; scegli una copia più grande del video.
face-cut = Tagliato dal bordo
face-cut-camera = Il volto è tagliato dal bordo; spostati dentro l'immagine.
face-cut-still = Il volto è tagliato dal bordo dell'immagine; scegline una che lo mostri tutto.
face-cut-video = Il volto è tagliato dal bordo in questa parte del video; passa a un'altra parte.
face-turned = Girato
face-turned-camera = Il volto è girato; guarda verso la fotocamera.
face-turned-still = Il volto è girato; scegli un'immagine in cui guarda verso l'obiettivo.
face-turned-video = Il volto è girato in questa parte del video; passa a un'altra parte.
face-dark = Troppo buio
face-dark-camera = L'immagine è troppo buia per vedere un volto; accendi una luce.
face-dark-still = L'immagine è troppo buia per vedere un volto; scegline una più chiara.
face-dark-video = Questa parte del video è troppo scura per vedere un volto; passa a un'altra parte.

## The settings

saving = Salvataggio
picture-size = Dimensione
frame-rate = Frequenza
per-second = { $rate } al secondo
rotation = Rotazione
rotation-none = Non ruotato
rotation-quarter = Ruotato di 90° in senso orario
rotation-half = Ruotato di 180°
rotation-three-quarters = Ruotato di 90° in senso antiorario
mirrored = Specchio
mirrored-tip = Sinistra e destra come allo specchio
virtual-camera = Cam virtuale
virtual-camera-loopback-tip = Offri l'immagine invecchiata come fotocamera a tutti i programmi; serve il modulo del kernel v4l2loopback
virtual-camera-pipewire-tip = Offri l'immagine invecchiata come fotocamera di PipeWire, a browser e OBS
off = Disattiva
change = Cambia
change-folder = Cambia la cartella
open-the-folder = Apri la cartella
open-the-folder-tip = Aprila nel gestore di file
theme = Tema
theme-system = Sistema
theme-system-tip = Come il sistema
theme-light = Chiaro
theme-dark = Scuro
language-system = Sistema ({ $language })
language-system-untranslated = Sistema ({ $locale }, non tradotto)
side-panel = Pannello
pictures-tip = La galleria
measurements-tip = Latenza ed età di ogni riquadro
readings-tip = Età viste da altre reti
training-button = Addestramento…
watch-training = Segui un addestramento
watch-training-tip = Perdite e campioni di un addestramento
no-model-built-in = Nessuno è integrato
runs-on = Esegue su
automatic = Automatico
automatic-tip = Il dispositivo più veloce
cpu-tip = Il processore

## The models and their weights

model-mirror = la rete inclusa: ogni età da 1 a 85, dal vivo su un portatile
model-agetransgan = dieci fasce da 0–2 a 70 e oltre, o quattro, e le età intermedie, 1024 pixel
model-caae = dieci fasce da 0–5 a 71 e oltre, come donna o uomo, morbido, 128 pixel
model-ipcgan = quattro fasce da 21–30 a 51 e oltre, per volti giovani, 128 pixel
model-cgan = la rete di IPCGAN su volti allineati in altro modo, quattro fasce, 128 pixel
model-pagan = tre fasce da 31–40 a 51 e oltre, per volti fino a 30 anni, 224 pixel
model-opening = Apertura di { $model }
weights-being-read = I suoi pesi vengono letti.
model-is-ready = { $model } è pronto
model-has-damaged-weights = I pesi di { $model } sono danneggiati
model-needs-weights = { $model } ha bisogno dei suoi pesi
keeps-running = Fino ad allora continua { $model }.
weights-damaged = { $reason }. Importa di nuovo il file.
weights-drop-or-choose = Trascina i file in questa finestra, o sceglili qui.
weights-choose = Scegli i file qui.
weights-are-copied = Le parti necessarie vengono copiate; poi i file scaricati si possono eliminare.
choose-files = Scegli i file…
choose-files-tip = Importa file di pesi da questo computer
file-imported = { $title }  –  importato
files = { $count ->
    [one] File
   *[other] File
}
source = Origine
licence = Licenza
next-step = Poi
copy-address = Copia l'indirizzo
copy-address-of = Copia l'indirizzo del file { $file }
copy-address-tip = Copialo negli appunti
open-page = Apri la pagina
open-page-of = Apri la pagina del file { $file }
open-page-tip = Aprila nel browser
checking-weights = Controllo dei pesi…
importing = Importazione di { $name }: { $percent }%
cancel-import = Annulla l'importazione
import-cancelled = L'importazione dei pesi è stata annullata.
weights-imported = I pesi di { $model } sono stati importati.
weights-imported-and-chosen = I pesi di { $model } sono stati importati, e ora è il modello.
weights-still-missing = È stato importato un file di { $model }. Mancano ancora: { $files }.
weights-unknown = { $file } contiene pesi di un sistema sconosciuto. Sono supportati { $systems }.
weights-no-model = { $file } è { $system }. Serve ad addestrare o misurare e non può invecchiare un volto.
weights-graph-only = { $file } è il grafo di una rete senza i suoi pesi. Metti { $stem }.index e { $stem }.data-00000-of-00001 nella sua cartella e aggiungili di nuovo.
weights-half = { $file } è metà di un checkpoint. Metti { $stem }.index e { $stem }.data-00000-of-00001 nella sua cartella e aggiungili di nuovo.

## A training run

training = Addestramento
training-run = Addestramento
training-invitation = Scegli la cartella in cui scrive un addestramento. Le perdite e il foglio di campioni più recente sono mostrati mentre procede.
choose-a-folder = Scegli una cartella
choose-run-folder = Scegli la cartella di un addestramento
another-run = Altro addestramento
another-run-tip = Scegli la cartella di un altro addestramento
reading-run = Lettura dell'addestramento.
nothing-to-show = Niente da mostrare
losses = Perdite
no-losses = Ancora nessuna perdita
log-empty = Il registro non ha ancora valori.
log-written = scritto { $ago }
step = Passo { $step }
term-spoken = { $name }: { $value } al passo { $step }
samples = Campioni
no-samples = Ancora nessun foglio di campioni
no-samples-text = Un addestramento scrive il primo foglio con il primo checkpoint.
sheet-of-samples = Foglio di campioni, { $name }
run-not-opened = { $folder } non si apre. Scegli la cartella di un addestramento.
run-no-log = { $folder } non ha { $log }. Un addestramento lo scrive dopo i primi passi. Se non è la cartella di un addestramento, scegline un'altra.
log-too-long = { $file } è troppo lungo per il registro di un addestramento. Scegli un'altra cartella.
log-unreadable = { $file } non è leggibile: { $cause }
log-invalid = { $file } non è il registro di un addestramento: { $cause }
log-no-header = la prima riga non inizia con «step»
log-no-step = «{ $text }» non è un passo

## The list of shortcuts

group-ages = Età
group-input = Ingresso
group-sweep = Viaggio, e riquadri di un modello lento
shortcut-ten = Dieci fasce d'età, o quelle del modello
shortcut-large = Vista grande, prima e dopo
shortcut-year = Un anno in meno, in più
shortcut-decade = Dieci anni in meno, in più
shortcut-sweep = Viaggio: i passi di un'immagine
shortcut-gender = Invecchia come donna, come uomo
shortcut-freeze = Blocca l'immagine, metti in pausa
shortcut-faces = Tutti i volti, o uno
shortcut-frame = Immagine intera, o solo volti
shortcut-back = Indietro: ai riquadri, alla fotocamera
shortcut-step-picture = Immagine precedente, successiva
shortcut-record = Registra, o ferma
shortcut-sweep-play = Riproduci il viaggio, o pausa
shortcut-sweep-step = Un'immagine indietro, avanti
shortcut-sweep-ten = Dieci immagini indietro, avanti
shortcut-readings = Stime di altre reti
shortcut-theme = Chiaro, scuro, o come il sistema
shortcut-fullscreen = Schermo intero
shortcut-list = Questo elenco
shortcut-tab = Controllo successivo, attivalo
key-ctrl = Ctrl
key-shift = Maiusc
key-space = Spazio
key-left = Sinistra
key-right = Destra
key-up = Su
key-down = Giù
key-page-up = Pag su
key-page-down = Pag giù
key-escape = Esc
key-tab = Tab
key-enter = Invio
key-comma = Virgola

## Messages in the corner

dismiss = Chiudi
open-folder = Apri cartella
saved = { $count ->
    [one] Salvato { $count } file in { $folder }
   *[other] Salvati { $count } file in { $folder }
}
recorded = Registrato { $file }
nothing-to-save = Non c'è ancora niente da salvare. Salva quando i riquadri mostrano un volto.
copied = Copiata un'immagine di { $size } pixel. Incollala dove vuoi.
nothing-to-copy = Non c'è ancora niente da copiare. Copia quando i riquadri mostrano un volto.
not-copied = Non è stato possibile copiare l'immagine negli appunti ({ $cause }). Salvala invece.
no-sweep-to-save = Non c'è ancora un viaggio da salvare. Premi C, e salva durante la riproduzione.
cannot-save-training = Non si può salvare mentre è aperto un addestramento. T torna ai riquadri.
cannot-record-this = Si possono registrare i riquadri e la vista grande; prima premi 1 o L.
too-slow-to-play = Qui questo modello è troppo lento per farlo. Premi E per un viaggio.
recording-disk-full = La registrazione si è fermata perché il disco è quasi pieno; libera spazio.
recording-empty = Non è stato registrato nulla perché non è arrivata nessuna immagine; ricomincia quando i riquadri mostrano un volto.
recording-panic = La registrazione è fallita per un errore interno; avviala di nuovo.
language-untranslated = Non c'è una traduzione per { $locale }, perciò la finestra è in inglese. Scegli una lingua nelle impostazioni.
language-without-font = Nessun carattere di questo computer può mostrare { $language }, perciò la finestra resta in inglese. Installane uno, come Noto Sans CJK, e riavvia.
no-such-folder = La cartella { $folder } non esiste ancora. Salva qualcosa per crearla.
no-file-manager = Nessun gestore di file si è aperto. La cartella è { $folder }.
no-web-browser = Nessun browser si è aperto. L'indirizzo è { $address }
clipboard-closed = Gli appunti non sono leggibili ({ $cause }). Apri l'immagine da un file.
clipboard-empty = Negli appunti non c'è nessuna immagine. Copiane prima una.
clipboard-too-large = L'immagine negli appunti è troppo grande o danneggiata. Aprila da un file.
no-thread = Il sistema non può avviare un altro thread ({ $cause }). Chiudi altri programmi e riprova.
task-panic = Un errore interno ha fermato un'attività ({ $name }). Vedi il registro.
weights-panic = Non è stato possibile leggere un file di pesi (errore interno; vedi il registro).
import-panic = L'importazione è fallita (errore interno; vedi il registro).
save-panic = Il salvataggio è fallito (errore interno; vedi il registro). Riprova.
camera-list-panic = L'elenco delle fotocamere non viene più aggiornato (errore interno).
settings-panic = Le impostazioni non vengono più salvate (errore interno).
pictures-panic = Le immagini non si possono più leggere (errore interno).
picture-panic = L'immagine è danneggiata e non leggibile. Aprine un'altra.
readings-failed = I riquadri non si possono stimare: { $cause }
readings-panic = La stima è fallita (errore interno; vedi il registro). È stata disattivata.
training-panic = Gli addestramenti non vengono più seguiti (errore interno).
run-panic = Non è stato possibile leggere un file dell'addestramento (errore interno; vedi il registro). Sceglilo di nuovo.

## Dialogs of the system

dialog-pictures = Apri immagini o un video
dialog-weights = Apri file di pesi
dialog-save = Dove salvare
dialog-run = La cartella di un addestramento
all-files = Tutti i file

## Files that cannot be read or written

picture-unreadable = «{ $name }» non è leggibile ({ $cause }); controlla che esista e di poterlo aprire.
picture-not-a-file = «{ $name }» non è un file; scegli un file di immagine.
file-empty = «{ $name }» è vuoto (0 byte); copialo o scaricalo di nuovo.
picture-unknown-kind = «{ $name }» non è un'immagine di un tipo noto; scegli un file JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP o PNM.
picture-cut-short = «{ $name }» è incompleto; copialo o scaricalo di nuovo.
picture-damaged = «{ $name }» è danneggiato o insolito ({ $cause }); salvalo di nuovo come PNG o JPEG.
picture-too-large = «{ $name }» è troppo grande ({ $size } pixel); riducilo sotto { $megapixels } megapixel e { $side } pixel per lato.
picture-too-many-bytes = «{ $name }» è troppo grande; riducilo sotto 256 MiB e { $megapixels } megapixel.
folder-without-pictures = La cartella «{ $name }» non contiene immagini né video; scegline un'altra.
folder-too-full = La cartella «{ $name }» contiene troppi file; scegline una con meno file.
save-denied = Impossibile scrivere { $file }: accesso negato; scegli un'altra cartella
disk-full = Impossibile scrivere { $file }: il disco è pieno; libera spazio o scegli un'altra cartella
save-no-folder = Impossibile scrivere { $file }: la cartella non esiste o è un file; scegli un'altra cartella
video-no-ffmpeg = I video richiedono il programma { $program }, che non è stato trovato; installa FFmpeg (su Debian e Ubuntu: apt install ffmpeg; altrove vedi https://ffmpeg.org/download.html) e riprova.
video-not-a-file = «{ $name }» non è un file; scegli un file video.
video-unknown-kind = «{ $name }» non è un video leggibile ({ $cause }); scegli un altro file, o convertilo in MP4.
video-cut-short = «{ $name }» è incompleto, manca la tabella dei fotogrammi; copialo o scaricalo di nuovo.
video-no-pictures = «{ $name }» non contiene immagini; scegli un file che contenga un video.
video-encrypted = «{ $name }» è cifrato (protezione dalla copia); scegli un video senza protezione.
no-virtual-camera = Non c'è una fotocamera virtuale; installa v4l2loopback (su Debian e Ubuntu: apt install v4l2loopback-dkms) ed esegui: sudo modprobe v4l2loopback exclusive_caps=1 card_label=agemirror
virtual-camera-missing = { $device } non esiste; scegli un'altra fotocamera virtuale o creala
virtual-camera-no-output = { $device } non accetta immagini, non è una fotocamera virtuale; scegli un dispositivo di v4l2loopback
virtual-camera-busy = Un altro programma usa { $device }; chiudilo
virtual-camera-denied = { $device } non si apre, l'accesso è negato; aggiungi il tuo utente al gruppo video
virtual-camera-no-reader = { $device } non ha ancora un lettore
virtual-camera-panic = La fotocamera virtuale si è fermata (errore interno; vedi il registro); spegnila e riaccendila
pipewire-needs = { $name } non è stato trovato; serve per una fotocamera di PipeWire (su Debian e Ubuntu: apt install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire)
pipewire-not-running = PipeWire non è in esecuzione per questo utente; avvialo (systemctl --user start pipewire wireplumber) o scegli v4l2loopback
pipewire-ended = La fotocamera di PipeWire è terminata ({ $cause }); viene riavviata

## The exhibit

exhibit-invitation = Mettiti davanti allo specchio
exhibit-hint = Guardati ad altre età
exhibit-nothing-kept = Niente viene conservato. Nessuna immagine lascia questo schermo.
exhibit-saved = La tua striscia viene salvata da questa mostra.
exhibit-photo = Tocca lo schermo o premi Invio per una foto
exhibit-no-camera = Lo specchio riposa e torna tra un momento
exhibit-now = Oggi
