## Ages

age = Wiek { $age }
age-of-face = Wiek { $age }, twarz { $face }
age-in-progress = { $age }: w toku
in-progress = w toku
years = { $years ->
    [one] { $years } rok
    [few] { $years } lata
    [many] { $years } lat
   *[other] { $years } roku
}
ages-count = { $count ->
    [one] { $count } grupa
    [few] { $count } grupy
    [many] { $count } grup
   *[other] { $count } grupy
}
age-slider = Wiek
age-slider-tip = Dowolny wiek: przeciągnij albo strzałki w lewo i w prawo
age-slider-groups-tip = Grupa wiekowa: przeciągnij albo strzałki w lewo i w prawo
play-through-ages = Przejdź przez lata
stop-playing = Zatrzymaj
female = Kobieta
male = Mężczyzna
age-as-a-woman = Postarzaj jako kobietę
age-as-a-man = Postarzaj jako mężczyznę
before = Przed
before-and-after = Przed i po
tiles = Kafelki
ten-groups-tip = Dziesięć grup wiekowych
four-groups-tip = Cztery grupy wiekowe
own-groups-tip = Grupy wiekowe modelu
large = Duży
large-tip = Duży widok, przed i po
sweep = Podróż
sweep-tip = Podróż: zrób zdjęcie i przejdź przez lata

## Words used in several places

camera = Kamera
model = Model
weights = Wagi
window = Okno
settings = Ustawienia
shortcuts = Skróty
pictures = Zdjęcia
picture = Zdjęcie
videos = Filmy
video = Film
readings = Oceny
measurements = Pomiary
language = Język
cancel = Anuluj
close = Zamknij
save = Zapisz
open = Otwórz
play = Odtwórz
pause = Wstrzymaj
folder = Folder
one-moment = Chwileczkę
just-now = przed chwilą
seconds = { $seconds ->
    [one] { $seconds } sekunda
    [few] { $seconds } sekundy
    [many] { $seconds } sekund
   *[other] { $seconds } sekundy
}
minutes = { $minutes ->
    [one] { $minutes } minuta
    [few] { $minutes } minuty
    [many] { $minutes } minut
   *[other] { $minutes } minuty
}
seconds-ago = { $seconds ->
    [one] { $seconds } sekundę temu
    [few] { $seconds } sekundy temu
    [many] { $seconds } sekund temu
   *[other] { $seconds } sekundy temu
}
minutes-ago = { $minutes ->
    [one] { $minutes } minutę temu
    [few] { $minutes } minuty temu
    [many] { $minutes } minut temu
   *[other] { $minutes } minuty temu
}
pictures-count = { $count ->
    [one] { $count } zdjęcie
    [few] { $count } zdjęcia
    [many] { $count } zdjęć
   *[other] { $count } zdjęcia
}
picture-of = { $index } z { $count }  ·  { $name }
name-and-value = { $name }: { $value }
two-parts = { $one }, { $two }

## The top bar

save-tip = Zapisz wszystkie kafelki
copy = Kopiuj
copy-tip = Kopiuj to, co widać
record-tip = Nagrywaj to, co widać
stop-recording = Zatrzymaj nagrywanie
theme-is-system = Motyw: systemowy
theme-is-light = Motyw: jasny
theme-is-dark = Motyw: ciemny
no-camera = Brak kamery
no-camera-found = Nie znaleziono kamery – spróbuj ponownie
no-model = Brak modelu
weight-file = plik wag
model-ready = gotowy
model-weights-missing = brak wag – wybierz, aby zobaczyć których
model-weights-damaged = wagi uszkodzone – wybierz, aby zobaczyć przyczynę

introduction = Wprowadzenie
introduction-what = agemirror pokazuje Cię w innym wieku, na żywo z kamery albo na zdjęciu lub filmie, które otworzysz.
introduction-where = Wszystko jest obliczane na tym komputerze; żadne zdjęcie go nie opuszcza.
introduction-guess = Te obrazy to przypuszczenie, nie przepowiednia.
introduction-close = Rozumiem
introduction-close-tip = Nie pokazuj ponownie

## The input

live = Na żywo
back-to-live = Wróć do kamery
back-to-live-tip = Pokaż znowu obraz z kamery
first-picture-coming = Pierwszy obraz zaraz się pojawi.
frozen = Zatrzymano
frozen-badge = Zatrzymano – spacja wznawia
loading = Wczytywanie…
freeze = Zatrzymaj
freeze-tip = Zatrzymaj ten obraz
all-faces = Wszyscy
all-faces-tip = Postarzaj wszystkie twarze, najwyżej cztery
whole-frame = Cały kadr
whole-frame-tip = Pokaż cały obraz z postarzoną twarzą
face-of = Twarz { $index } z { $count }
face-of-aged = Twarz { $index } z { $count }, postarzona
age-this-face = Postarzaj tę twarz
looks-age = wygląda na { $age }
play-video = Odtwórz film
pause-video = Wstrzymaj film
video-not-played = Filmu nie można odtworzyć
video-position = Miejsce w filmie
video-position-tip = Przeciągnij w inne miejsce
rotate-video = Obróć film
loop = Pętla
loop-tip = Na końcu zacznij od nowa

## The gallery

drop-anywhere = Upuść tu zdjęcia lub foldery
open-or-paste = Otwórz lub wklej zdjęcia
drop-one = Upuść, aby otworzyć zdjęcie, folder lub wagi
drop-files = { $count ->
    [one] Upuść, aby otworzyć { $count } plik
    [few] Upuść, aby otworzyć { $count } pliki
    [many] Upuść, aby otworzyć { $count } plików
   *[other] Upuść, aby otworzyć { $count } pliku
}
open-a-picture = Otwórz zdjęcie
open-pictures = Otwórz zdjęcia
open-a-folder = Otwórz folder
open-folder-of-pictures = Otwórz folder ze zdjęciami
paste = Wklej
paste-a-picture = Wklej zdjęcie
sample = Przykład
try-a-sample = Pokaż przykładowy portret
sample-tip = Eileen Collins, zdjęcie NASA
sample-portrait = Przykładowy portret
pasted-picture = Wklejone zdjęcie
close-all-pictures = Zamknij wszystkie zdjęcia
previous-picture = Poprzednie zdjęcie
next-picture = Następne zdjęcie
show-picture = Pokaż { $name }
gallery-full = Lista mieści najwyżej { $limit } zdjęć; liczba pominiętych: { $count }.
videos-left-out = Odtwarzany jest tylko jeden film, „{ $name }”; liczba nieotwartych filmów: { $count }.
folder-videos = Filmy z folderu nie są odtwarzane razem z jego zdjęciami, na przykład „{ $name }”; filmów: { $count }. Aby odtworzyć film, otwórz go osobno.
video-rotated = Film „{ $name }” jest pokazywany po obróceniu, ponieważ twarze nie są w nim ustawione pionowo.

## Captured pictures: tiles of a slow model, and sweeps

capture = Zrób zdjęcie
capture-again = Zrób ponownie
capture-tip = Zrób zdjęcie bieżącego obrazu
cancel-tiles = Anuluj pozostałe kafelki
tiles-source-tip = Zdjęcie, z którego powstają kafelki
analysing-face = Analiza twarzy…
tiles-made = Gotowe kafelki: { $made } z { $count }, zdjęcie zrobiono { $ago }
tiles-making = { $age } w toku, gotowe kafelki: { $made } z { $count }
tiles-making-time = { $age } w toku, gotowe kafelki: { $made } z { $count }, pozostało: { $time }
tiles-stopping = Koniec po tym kafelku, gotowe: { $made } z { $count }
tiles-stopped = Zatrzymano, gotowe kafelki: { $made } z { $count }
sweep-title = Podróż przez lata
sweep-invitation = Robi zdjęcie bieżącego obrazu, tworzy z niego serię w różnym wieku, od { $youngest } do { $oldest } (liczba zdjęć: { $count }), i odtwarza ją tam i z powrotem.
sweep-takes = Przybliżony czas dla tego modelu: { $time }.
picture-being-captured = Trwa robienie zdjęcia.
captured-picture = Zrobione zdjęcie
sweep-stopping = Koniec po tym zdjęciu
sweep-made = Gotowe zdjęcia: { $made } z { $count }
sweep-made-time = Gotowe zdjęcia: { $made } z { $count }, pozostało: { $time }
leave-sweep = Zakończ podróż
back-to-tiles = Wróć do kafelków
back-to-tiles-tip = Pokaż znowu kafelki
sweep-plays-when-made = Odtwarzanie zacznie się, gdy wszystkie zdjęcia będą gotowe.
sweep-hint = C robi zdjęcie bieżącego obrazu, Esc wraca do kafelków.
sweep-cancel-tip = Odtwórz to, co już gotowe
save-sweep = Zapisz podróż
save-sweep-tip = Zapisz zdjęcia i animację
step-back = Krok wstecz
step-forward = Krok naprzód
sweep-position = Zdjęcie podróży

## Measurements and readings

milliseconds = Milisekundy
milliseconds-tip = W tabeli: mediana / 95. percentyl
milliseconds-short = { $count } ms
rates = { $pictures } obrazów/s, { $refreshes } serii/s
close-measurements = Zamknij pomiary
stage-camera-to-tile = Od kamery do kafelka
stage-input = Pokazanie obrazu
stage-face = Twarz
stage-encode = Kodowanie
stage-decode = Dekodowanie
stage-compose = Składanie
stage-spoken = { $stage }: mediana { $median } ms, 95. percentyl { $high } ms
median-and-95th = { $median } / { $high }
now = teraz
seconds-short = { $seconds } s
readings-about = Wiek podaje sieć, wobec której mirror nie był uczony, a tożsamość sieć rozpoznająca twarze, wobec której był. Obie się mylą: wiek o kilka lat, a u bardzo młodych i bardzo starych o więcej.
readings-note = wiek oceniony i zadany
close-readings = Zamknij oceny
reading-tiles = Ocenianie kafelków…
no-tiles-to-read = Nie ma kafelków do oceny.
reading-long = wygląda na { $age } · ta sama osoba { $same }
reading-short = { $age } · { $same }
tile-spoken = { $label }, wygląda na { $age }, ta sama osoba { $same }
input-reads = Obraz wygląda na
mean-error = Średni błąd
same-person-lowest = Ta sama osoba, min.
same-person-highest = Ta sama osoba, maks.

## The status line

camera-tip = Kamera i jej zmierzona częstość
damaged-frames = { $count ->
    [one] pominięto { $count } uszkodzoną klatkę
    [few] pominięto { $count } uszkodzone klatki
    [many] pominięto { $count } uszkodzonych klatek
   *[other] pominięto { $count } uszkodzonej klatki
}
of-frames = { $count ->
    [one] Z { $count } klatki
    [few] Z { $count } klatek
    [many] Z { $count } klatek
   *[other] Z { $count } klatki
}
restarted = Liczba ponownych uruchomień: { $count }
recording = Nagrywanie { $time }  { $size } MB
recording-dropped = Nagrywanie { $time }  { $size } MB, pominięto { $count }
recording-tip = Obrazy są pomijane, gdy koder jest za wolny
virtual-camera-waiting = Kamera wirtualna: czeka
virtual-camera-starting = Kamera wirtualna: uruchamia się
virtual-camera-device = Kamera wirtualna: { $device }
pictures-sent = Wysłane obrazy: { $count }
device-tip = Urządzenie, na którym działa sieć, i dlaczego
device-cpu = { $count ->
    [one] CPU, { $count } wątek ({ $reason })
    [few] CPU, { $count } wątki ({ $reason })
    [many] CPU, { $count } wątków ({ $reason })
   *[other] CPU, { $count } wątku ({ $reason })
}
device-cpu-no-gpu-build = { $count ->
    [one] CPU, { $count } wątek (bez CUDA)
    [few] CPU, { $count } wątki (bez CUDA)
    [many] CPU, { $count } wątków (bez CUDA)
   *[other] CPU, { $count } wątku (bez CUDA)
}
device-cpu-chosen = { $count ->
    [one] CPU, { $count } wątek (zgodnie z wyborem)
    [few] CPU, { $count } wątki (zgodnie z wyborem)
    [many] CPU, { $count } wątków (zgodnie z wyborem)
   *[other] CPU, { $count } wątku (zgodnie z wyborem)
}
slow-model = { $seconds } s na kafelek, za wolno, by nadążyć za kamerą
slow-model-tip = Kafelki powstają jeden po drugim z zatrzymanego obrazu
latency = od kamery do kafelka { $median } ms (95%: { $high } ms)
latency-tip = Od klatki z kamery do jej kafelków: mediana i 95. percentyl
refreshes = { $rate } serii/s
refreshes-tip = Jak często odświeżane są wszystkie kafelki
restraint-battery = Na baterii: rzadsze odświeżanie
restraint-load = Komputer zajęty: rzadsze odświeżanie
restraint-tip = Kafelki są odświeżane rzadziej, aby obraz z kamery był płynny, a bateria działała dłużej
source-frozen = { $name }: zatrzymano
source-opening = { $name }: otwieranie
source-streaming = { $name }  { $size } { $format }, { $rate } kl./s
source-stalled = { $name }: brak obrazu, ponowne uruchamianie
source-unplugged = { $name }: odłączona, oczekiwanie
source-busy = { $name }: używa jej inny program
source-denied = { $name }: brak uprawnień
source-format = { $name }: nie można odczytać { $formats }

## The state of the camera

camera-opening-title = Otwieranie kamery
camera-opening = Otwieranie kamery „{ $name }”.
camera-opening-unnamed = Otwieranie kamery.
camera-stalled-title = Kamera nie przesyła obrazu
camera-stalled = Kamera „{ $name }” przestała przesyłać obraz i jest uruchamiana ponownie; jeśli to nie pomoże, odłącz ją i podłącz jeszcze raz.
camera-unplugged-title = Kamera jest odłączona
camera-unplugged = Kamera „{ $name }” nie jest podłączona; podłącz ją, a sama się tu uruchomi.
camera-busy-title = Kamera jest zajęta
camera-busy = Kamery „{ $name }” używa inny program; zamknij go, a sama się tu uruchomi.
camera-denied-title = Brak uprawnień
camera-denied = Nie masz uprawnień do kamery „{ $name }”; zezwól na nią w ustawieniach prywatności systemu.
camera-denied-linux = Nie masz uprawnień do kamery „{ $name }”; uruchom w terminalu „sudo usermod -aG video $USER” i zaloguj się ponownie.
camera-denied-macos = Nie masz uprawnień do kamery „{ $name }”; zezwól na nią w Ustawieniach systemowych: „Prywatność i ochrona”, „Kamera”.
no-camera-text = Nie ma kamery; podłącz ją, a sama się tu uruchomi, albo otwórz zdjęcie.
camera-format-title = Nie można odczytać obrazu z kamery
camera-format = Kamera „{ $name }” przesyła { $formats }; można odczytać tylko MJPEG, YUYV, NV12, YU12 i GREY. Wybierz inną kamerę.
camera-format-linux = Kamera „{ $name }” przesyła { $formats }; można odczytać tylko MJPEG, YUYV, NV12, YU12 i GREY. Wybierz inną kamerę albo przekształć jej obraz za pomocą ffmpeg i v4l2loopback.
camera-failed-title = Kamera nie działa
camera-failed = Kamera „{ $name }” nie działa ({ $reason }); odłącz ją i podłącz ponownie albo wybierz inną.
camera-streaming = Kamera „{ $name }” przesyła { $size } pikseli jako { $format }, { $rate } na sekundę.
camera-streaming-unmeasured = Kamera „{ $name }” przesyła { $size } pikseli jako { $format }.
showing-picture = Pokazywane jest zdjęcie „{ $name }”.

## Why a face is not aged

no-face = Brak twarzy
no-face-camera = Na obrazie nie ma twarzy; spójrz w kamerę albo wybierz inne zdjęcie.
no-face-still = Nie znaleziono twarzy, ani prostej, ani obróconej; wybierz zdjęcie, na którym ktoś patrzy w obiektyw.
no-face-video = W tej części filmu nie ma twarzy. Jeśli obraz leży na boku, obróć go przyciskiem pod nim.
face-far = Za daleko
face-far-camera = Twarz jest za mała; podejdź bliżej kamery.
face-small = Za mała
face-small-still = Twarz jest za mała: między oczami jest mniej niż 24 piksele; wybierz większą wersję zdjęcia.
face-small-video = Twarz jest za mała, ma mniej niż 24 piksele między oczami; wybierz większą kopię filmu.
face-cut = Ucięta przez brzeg
face-cut-camera = Twarz jest ucięta przez brzeg; wejdź bardziej w kadr.
face-cut-still = Twarz jest ucięta przez brzeg zdjęcia; wybierz zdjęcie, na którym widać ją całą.
face-cut-video = W tej części filmu twarz jest ucięta przez krawędź; przejdź do innej części.
face-turned = Odwrócona
face-turned-camera = Twarz jest odwrócona; spójrz w stronę kamery.
face-turned-still = Twarz jest odwrócona; wybierz zdjęcie, na którym patrzy w obiektyw.
face-turned-video = W tej części filmu twarz jest odwrócona; przejdź do innej części.
face-dark = Za ciemno
face-dark-camera = Obraz jest za ciemny, by zobaczyć twarz; włącz światło.
face-dark-still = Zdjęcie jest za ciemne, by zobaczyć twarz; wybierz jaśniejsze.
face-dark-video = Ta część filmu jest zbyt ciemna, by zobaczyć twarz; przejdź do innej części.

## The settings

saving = Zapisywanie
picture-size = Rozmiar obrazu
frame-rate = Częstość klatek
per-second = { $rate } na sekundę
rotation = Obrót
rotation-none = Bez obrotu
rotation-quarter = Obrót o 90° w prawo
rotation-half = Obrót o 180°
rotation-three-quarters = Obrót o 90° w lewo
mirrored = Lustro
mirrored-tip = Lewa i prawa strona jak w lustrze
virtual-camera = Kamera wirtualna
virtual-camera-loopback-tip = Udostępnij postarzony obraz wszystkim programom jako kamerę; wymaga modułu jądra v4l2loopback
virtual-camera-pipewire-tip = Udostępnij postarzony obraz jako kamerę PipeWire, przeglądarkom i OBS
off = Wył.
change = Zmień
change-folder = Zmień folder
open-the-folder = Otwórz folder
open-the-folder-tip = Otwórz w menedżerze plików
theme = Motyw
theme-system = System
theme-system-tip = Jak w systemie
theme-light = Jasny
theme-dark = Ciemny
language-system = System ({ $language })
language-system-untranslated = System ({ $locale }, bez tłumaczenia)
side-panel = Panel boczny
pictures-tip = Galeria
measurements-tip = Opóźnienie i wiek każdego kafelka
readings-tip = Wiek widziany przez inne sieci
training-button = Uczenie…
watch-training = Obserwuj uczenie
watch-training-tip = Straty i próbki uczenia
no-model-built-in = Żaden nie jest wbudowany
runs-on = Działa na
automatic = Automatycznie
automatic-tip = Najszybsze urządzenie
cpu-tip = Procesor

## The models and their weights

model-mirror = dołączona sieć: każdy wiek od 1 do 85 lat, na żywo na laptopie
model-agetransgan = dziesięć grup od 0–2 do 70 i więcej, albo cztery, i wiek pomiędzy, 1024 piksele
model-caae = dziesięć grup od 0–5 do 71 i więcej, jako kobieta lub mężczyzna, miękko, 128 pikseli
model-ipcgan = cztery grupy od 21–30 do 51 i więcej, dla młodych twarzy, 128 pikseli
model-cgan = sieć IPCGAN na inaczej ułożonych twarzach, cztery grupy, 128 pikseli
model-pagan = trzy grupy od 31–40 do 51 i więcej, dla twarzy do 30 lat, 224 piksele
model-opening = Otwieranie { $model }
weights-being-read = Trwa wczytywanie wag.
model-is-ready = { $model } jest gotowy
model-has-damaged-weights = { $model } ma uszkodzone wagi
model-needs-weights = { $model } potrzebuje wag
keeps-running = Do tego czasu działa dalej { $model }.
weights-damaged = { $reason }. Zaimportuj plik ponownie.
weights-drop-or-choose = Upuść pliki na to okno albo wybierz je tutaj.
weights-choose = Wybierz pliki tutaj.
weights-are-copied = Potrzebne części zostaną skopiowane; pobrane pliki można potem usunąć.
choose-files = Wybierz pliki…
choose-files-tip = Zaimportuj pliki wag z tego komputera
file-imported = { $title }  –  zaimportowano
files = { $count ->
    [one] Plik
    [few] Pliki
    [many] Pliki
   *[other] Pliki
}
source = Źródło
licence = Licencja
next-step = Potem
copy-address = Skopiuj adres
copy-address-of = Skopiuj adres pliku { $file }
copy-address-tip = Skopiuj do schowka
open-page = Otwórz stronę
open-page-of = Otwórz stronę pliku { $file }
open-page-tip = Otwórz w przeglądarce
checking-weights = Sprawdzanie wag…
importing = Importowanie { $name }: { $percent }%
cancel-import = Anuluj import
import-cancelled = Import wag anulowano.
weights-imported = Zaimportowano wagi { $model }.
weights-imported-and-chosen = Zaimportowano wagi { $model }; jest to teraz używany model.
weights-still-missing = Zaimportowano jeden plik { $model }. Brakuje jeszcze: { $files }.
weights-unknown = { $file } zawiera wagi nieznanego systemu. Obsługiwane są: { $systems }.
weights-no-model = { $file } to { $system }. Służy do uczenia lub pomiarów i nie postarza twarzy.
weights-graph-only = { $file } to graf sieci bez jej wag. Umieść { $stem }.index i { $stem }.data-00000-of-00001 w tym samym folderze i dodaj je ponownie.
weights-half = { $file } to połowa punktu kontrolnego. Umieść { $stem }.index i { $stem }.data-00000-of-00001 w tym samym folderze i dodaj je ponownie.

## A training run

training = Uczenie
training-run = Uczenie
training-invitation = Wybierz folder, do którego zapisuje uczenie. Jego straty i najnowszy arkusz próbek widać tu w trakcie pracy.
choose-a-folder = Wybierz folder
choose-run-folder = Wybierz folder uczenia
another-run = Inne uczenie
another-run-tip = Wybierz folder innego uczenia
reading-run = Wczytywanie danych uczenia.
nothing-to-show = Nie ma czego pokazać
losses = Straty
no-losses = Nie ma jeszcze strat
log-empty = Dziennik nie ma jeszcze wartości.
log-written = zapisano { $ago }
step = Krok { $step }
term-spoken = { $name }: { $value } w kroku { $step }
samples = Próbki
no-samples = Nie ma jeszcze arkusza próbek
no-samples-text = Uczenie zapisuje pierwszy arkusz z pierwszym punktem kontrolnym.
sheet-of-samples = Arkusz próbek, { $name }
run-not-opened = Nie można otworzyć { $folder }. Wybierz folder uczenia.
run-no-log = W { $folder } nie ma pliku { $log }. Uczenie zapisuje go po pierwszych krokach. Jeśli to nie ten folder, wybierz inny.
log-too-long = { $file } jest za długi na dziennik uczenia. Wybierz inny folder.
log-unreadable = Nie można odczytać { $file }: { $cause }
log-invalid = { $file } nie jest dziennikiem uczenia: { $cause }
log-no-header = pierwszy wiersz nie zaczyna się od „step”
log-no-step = „{ $text }” nie jest krokiem

## The list of shortcuts

group-ages = Wiek
group-input = Obraz wejściowy
group-sweep = Podróż i kafelki wolnego modelu
shortcut-ten = Dziesięć grup wiekowych albo grupy modelu
shortcut-large = Duży widok, przed i po
shortcut-year = O rok młodziej, starzej
shortcut-decade = O dziesięć lat młodziej, starzej
shortcut-sweep = Podróż: wiele kroków jednego zdjęcia
shortcut-gender = Postarzaj jako kobietę, mężczyznę
shortcut-freeze = Zatrzymaj obraz, wstrzymaj film
shortcut-faces = Wszystkie twarze albo jedna
shortcut-frame = Cały kadr albo same twarze
shortcut-back = Wróć: do kafelków, do kamery
shortcut-step-picture = Poprzednie, następne zdjęcie
shortcut-record = Nagrywaj albo zatrzymaj
shortcut-sweep-play = Odtwórz lub wstrzymaj podróż
shortcut-sweep-step = Jedno zdjęcie wstecz, naprzód
shortcut-sweep-ten = Dziesięć zdjęć wstecz, naprzód
shortcut-readings = Oceny innych sieci
shortcut-theme = Jasny, ciemny albo jak system
shortcut-fullscreen = Pełny ekran
shortcut-list = Ta lista
shortcut-tab = Następny element, użyj go
key-ctrl = Ctrl
key-shift = Shift
key-space = Spacja
key-left = W lewo
key-right = W prawo
key-up = W górę
key-down = W dół
key-page-up = Page Up
key-page-down = Page Down
key-escape = Esc
key-tab = Tab
key-enter = Enter
key-comma = Przecinek

## Messages in the corner

dismiss = Odrzuć
open-folder = Otwórz folder
saved = { $count ->
    [one] Zapisano { $count } plik w { $folder }
    [few] Zapisano { $count } pliki w { $folder }
    [many] Zapisano { $count } plików w { $folder }
   *[other] Zapisano { $count } pliku w { $folder }
}
recorded = Nagrano { $file }
nothing-to-save = Nie ma jeszcze czego zapisać. Zapisz, gdy kafelki pokażą twarz.
copied = Skopiowano zdjęcie o wymiarach { $size } pikseli. Wklej je, gdzie chcesz.
nothing-to-copy = Nie ma jeszcze czego kopiować. Skopiuj, gdy kafelki pokażą twarz.
not-copied = Nie udało się skopiować zdjęcia do schowka ({ $cause }). Zapisz je zamiast tego.
no-sweep-to-save = Nie ma jeszcze podróży do zapisania. Naciśnij C i zapisz, gdy się odtwarza.
cannot-save-training = Nie można zapisywać, gdy otwarte jest uczenie. T wraca do kafelków.
cannot-record-this = Nagrywać można kafelki i duży widok; najpierw naciśnij 1 lub L.
too-slow-to-play = Ten model jest tu na to za wolny. Naciśnij E, aby zacząć podróż.
recording-disk-full = Nagrywanie zatrzymano, bo dysk jest prawie pełny; zwolnij miejsce.
recording-empty = Nic nie nagrano, bo nie pojawił się żaden obraz; zacznij ponownie, gdy kafelki pokażą twarz.
recording-panic = Nagrywanie przerwał błąd wewnętrzny; uruchom je ponownie.
language-untranslated = Nie ma tłumaczenia dla { $locale }, więc okno jest po angielsku. Wybierz język w ustawieniach.
language-without-font = Żadna czcionka na tym komputerze nie zawiera znaków języka { $language }, więc okno pozostaje po angielsku. Zainstaluj czcionkę, na przykład Noto Sans CJK, i uruchom program ponownie.
no-such-folder = Folder { $folder } jeszcze nie istnieje. Powstanie, gdy coś zapiszesz.
no-file-manager = Nie udało się otworzyć menedżera plików. Folder to { $folder }.
no-web-browser = Nie udało się otworzyć przeglądarki. Adres to { $address }
clipboard-closed = Nie można odczytać schowka ({ $cause }). Otwórz zdjęcie z pliku.
clipboard-empty = W schowku nie ma zdjęcia. Najpierw je skopiuj.
clipboard-too-large = Zdjęcie w schowku jest za duże lub uszkodzone. Otwórz je z pliku.
no-thread = System nie może uruchomić kolejnego wątku ({ $cause }). Zamknij inne programy i spróbuj ponownie.
task-panic = Błąd wewnętrzny przerwał zadanie ({ $name }). Zobacz dziennik.
weights-panic = Nie udało się odczytać pliku wag (błąd wewnętrzny; zobacz dziennik).
import-panic = Import nie powiódł się (błąd wewnętrzny; zobacz dziennik).
save-panic = Zapis nie powiódł się (błąd wewnętrzny; zobacz dziennik). Spróbuj ponownie.
camera-list-panic = Lista kamer nie jest już odświeżana (błąd wewnętrzny).
settings-panic = Ustawienia nie są już zapisywane (błąd wewnętrzny).
pictures-panic = Nie można już odczytywać zdjęć (błąd wewnętrzny).
picture-panic = Zdjęcie jest uszkodzone i nie można go odczytać. Otwórz inne.
readings-failed = Nie można ocenić kafelków: { $cause }
readings-panic = Ocenianie nie powiodło się (błąd wewnętrzny; zobacz dziennik). Zostało wyłączone.
training-panic = Uczenie nie jest już obserwowane (błąd wewnętrzny).
run-panic = Nie udało się odczytać pliku uczenia (błąd wewnętrzny; zobacz dziennik). Wybierz je ponownie.

## Dialogs of the system

dialog-pictures = Otwórz zdjęcia lub film
dialog-weights = Otwórz pliki wag
dialog-save = Gdzie zapisać
dialog-run = Folder uczenia
all-files = Wszystkie pliki

## Files that cannot be read or written

picture-unreadable = Nie można odczytać „{ $name }” ({ $cause }); sprawdź, czy plik istnieje i czy wolno ci go otworzyć.
picture-not-a-file = „{ $name }” nie jest plikiem; wybierz plik ze zdjęciem.
file-empty = „{ $name }” jest pusty (0 bajtów); skopiuj lub pobierz go ponownie.
picture-unknown-kind = „{ $name }” nie jest zdjęciem znanego rodzaju; wybierz plik JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP lub PNM.
picture-cut-short = „{ $name }” jest niepełny; skopiuj lub pobierz go ponownie.
picture-damaged = „{ $name }” jest uszkodzony lub nietypowy ({ $cause }); zapisz go ponownie jako PNG lub JPEG.
picture-too-large = „{ $name }” jest za duży ({ $size } pikseli); zmniejsz go poniżej { $megapixels } megapikseli i { $side } pikseli na bok.
picture-too-many-bytes = „{ $name }” jest za duży; zmniejsz go poniżej 256 MiB i { $megapixels } megapikseli.
folder-without-pictures = W folderze „{ $name }” nie ma zdjęć ani filmów; wybierz inny.
folder-too-full = Folder „{ $name }” zawiera za dużo plików; wybierz folder z mniejszą ich liczbą.
save-denied = Nie można zapisać { $file }: odmowa dostępu; wybierz inny folder
disk-full = Nie można zapisać { $file }: dysk jest pełny; zwolnij miejsce lub wybierz inny folder
save-no-folder = Nie można zapisać { $file }: folder nie istnieje lub jest plikiem; wybierz inny folder
video-no-ffmpeg = Do filmów potrzebny jest program { $program }, którego nie znaleziono; zainstaluj FFmpeg (w Debianie i Ubuntu: apt install ffmpeg; gdzie indziej zobacz https://ffmpeg.org/download.html) i spróbuj ponownie.
video-not-a-file = „{ $name }” nie jest plikiem; wybierz plik z filmem.
video-unknown-kind = „{ $name }” nie jest filmem, który można odczytać ({ $cause }); wybierz inny plik lub przekształć go w MP4.
video-cut-short = „{ $name }” jest niepełny, brakuje tabeli klatek; skopiuj lub pobierz go ponownie.
video-no-pictures = „{ $name }” nie zawiera obrazu; wybierz plik z filmem.
video-encrypted = „{ $name }” jest zaszyfrowany (ochrona przed kopiowaniem); wybierz film bez niej.
no-virtual-camera = Nie ma kamery wirtualnej; zainstaluj v4l2loopback (w Debianie i Ubuntu: apt install v4l2loopback-dkms) i uruchom: sudo modprobe v4l2loopback exclusive_caps=1 card_label=agemirror
virtual-camera-missing = { $device } nie istnieje; wybierz inną kamerę wirtualną lub ją utwórz
virtual-camera-no-output = { $device } nie przyjmuje obrazu, nie jest kamerą wirtualną; wybierz urządzenie v4l2loopback
virtual-camera-busy = { $device } używa inny program; zamknij go
virtual-camera-denied = Nie można otworzyć { $device }, odmowa dostępu; dodaj swojego użytkownika do grupy video
virtual-camera-no-reader = { $device } nie ma jeszcze odbiorcy
virtual-camera-panic = Kamera wirtualna przestała działać (błąd wewnętrzny; zobacz dziennik); wyłącz ją i włącz ponownie
pipewire-needs = Nie znaleziono { $name }; wymaga tego kamera PipeWire (w Debianie i Ubuntu: apt install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire)
pipewire-not-running = PipeWire nie działa dla tego użytkownika; uruchom go (systemctl --user start pipewire wireplumber) lub wybierz v4l2loopback
pipewire-ended = Kamera PipeWire zakończyła działanie ({ $cause }); jest uruchamiana ponownie

## The exhibit

exhibit-invitation = Stań przed lustrem
exhibit-hint = Zobacz siebie w innym wieku
exhibit-nothing-kept = Nic nie jest przechowywane. Żaden obraz nie opuszcza tego ekranu.
exhibit-saved = Ta wystawa zapisuje twój pasek zdjęć.
exhibit-photo = Dotknij ekranu lub naciśnij Enter, aby zrobić zdjęcie
exhibit-no-camera = Lustro odpoczywa i zaraz wróci
exhibit-now = Dzisiaj
