## Ages

age = Вік { $age }
age-of-face = Вік { $age }, обличчя { $face }
age-in-progress = { $age }: виконується
in-progress = виконується
years = { $years ->
    [one] { $years } рік
    [few] { $years } роки
    [many] { $years } років
   *[other] { $years } року
}
ages-count = { $count ->
    [one] { $count } група
    [few] { $count } групи
    [many] { $count } груп
   *[other] { $count } групи
}
age-slider = Вік
age-slider-tip = Будь-який вік: перетягніть або стрілки ліворуч і праворуч
age-slider-groups-tip = Вікова група: перетягніть або стрілки ліворуч і праворуч
play-through-ages = Пройти крізь роки
stop-playing = Зупинити
female = Жінка
male = Чоловік
age-as-a-woman = Змінювати вік як жінці
age-as-a-man = Змінювати вік як чоловікові
before = До
before-and-after = До і після
tiles = Плитки
ten-groups-tip = Десять вікових груп
four-groups-tip = Чотири вікові групи
own-groups-tip = Вікові групи моделі
large = Великий
large-tip = Великий вигляд, до і після
sweep = Подорож
sweep-tip = Подорож: зробити знімок і пройти крізь роки

## Words used in several places

camera = Камера
model = Модель
weights = Ваги
window = Вікно
settings = Налаштування
shortcuts = Клавіші
pictures = Знімки
picture = Знімок
videos = Відео
video = Відео
readings = Оцінки
measurements = Вимірювання
language = Мова
cancel = Скасувати
close = Закрити
save = Зберегти
open = Відкрити
play = Відтворити
pause = Призупинити
folder = Тека
one-moment = Хвилинку
just-now = щойно
seconds = { $seconds ->
    [one] { $seconds } секунда
    [few] { $seconds } секунди
    [many] { $seconds } секунд
   *[other] { $seconds } секунди
}
minutes = { $minutes ->
    [one] { $minutes } хвилина
    [few] { $minutes } хвилини
    [many] { $minutes } хвилин
   *[other] { $minutes } хвилини
}
seconds-ago = { $seconds ->
    [one] { $seconds } секунду тому
    [few] { $seconds } секунди тому
    [many] { $seconds } секунд тому
   *[other] { $seconds } секунди тому
}
minutes-ago = { $minutes ->
    [one] { $minutes } хвилину тому
    [few] { $minutes } хвилини тому
    [many] { $minutes } хвилин тому
   *[other] { $minutes } хвилини тому
}
pictures-count = { $count ->
    [one] { $count } знімок
    [few] { $count } знімки
    [many] { $count } знімків
   *[other] { $count } знімка
}
picture-of = { $index } з { $count }  ·  { $name }
name-and-value = { $name }: { $value }
two-parts = { $one }, { $two }

## The top bar

save-tip = Зберегти всі плитки
copy = Копіювати
copy-tip = Копіювати показане
record-tip = Записувати те, що показано
stop-recording = Зупинити запис
theme-is-system = Тема: системна
theme-is-light = Тема: світла
theme-is-dark = Тема: темна
no-camera = Немає камери
no-camera-found = Камеру не знайдено – спробувати ще раз
no-model = Немає моделі
weight-file = файл ваг
model-ready = готова
model-weights-missing = бракує ваг – виберіть, щоб побачити яких
model-weights-damaged = ваги пошкоджено – виберіть, щоб побачити причину

introduction = Вступ
introduction-what = agemirror показує вас в іншому віці: наживо з камери або на знімку чи у відео, які ви відкриєте.
introduction-where = Усе обчислюється на цьому комп’ютері; жоден знімок його не залишає.
introduction-guess = Зображення — це припущення, а не пророцтво.
introduction-close = Зрозуміло
introduction-close-tip = Більше не показувати

## The input

live = Наживо
back-to-live = До камери
back-to-live-tip = Знову показати камеру
first-picture-coming = Перше зображення вже надходить.
frozen = Зупинено
frozen-badge = Зупинено – пробіл, щоб продовжити
loading = Завантаження…
freeze = Зупинити
freeze-tip = Зупинити це зображення
all-faces = Усі
all-faces-tip = Змінювати вік усім обличчям, не більш як чотирьом
whole-frame = Весь кадр
whole-frame-tip = Показати весь кадр зі зміненим обличчям
face-of = Обличчя { $index } з { $count }
face-of-aged = Обличчя { $index } з { $count }, вік змінено
age-this-face = Змінювати вік цього обличчя
looks-age = на вигляд { $age }
play-video = Відтворити відео
pause-video = Призупинити відео
video-not-played = Відео не вдається відтворити
video-position = Місце у відео
video-position-tip = Перетягніть до іншого моменту
rotate-video = Повернути відео
loop = Повтор
loop-tip = Після кінця почати спочатку

## The gallery

drop-anywhere = Перетягніть сюди знімки чи теки
open-or-paste = Відкрийте або вставте знімки
drop-one = Відпустіть, щоб відкрити знімок, теку чи ваги
drop-files = { $count ->
    [one] Відпустіть, щоб відкрити { $count } файл
    [few] Відпустіть, щоб відкрити { $count } файли
    [many] Відпустіть, щоб відкрити { $count } файлів
   *[other] Відпустіть, щоб відкрити { $count } файлу
}
open-a-picture = Відкрити знімок
open-pictures = Відкрити знімки
open-a-folder = Відкрити теку
open-folder-of-pictures = Відкрити теку зі знімками
paste = Вставити
paste-a-picture = Вставити знімок
sample = Зразок
try-a-sample = Спробувати зразок портрета
sample-tip = Айлін Коллінз, знімок NASA
sample-portrait = Зразок портрета
pasted-picture = Вставлений знімок
close-all-pictures = Закрити всі знімки
previous-picture = Попередній знімок
next-picture = Наступний знімок
show-picture = Показати { $name }
gallery-full = У списку не більш як { $limit } знімків; пропущено ще { $count }.
videos-left-out = Відтворюється лише одне відео, «{ $name }»; не відкрито відео: { $count }.
folder-videos = Відео з теки не відтворюються разом з її знімками, наприклад «{ $name }»; відео: { $count }. Щоб відтворити відео, відкрийте його окремо.
video-rotated = «{ $name }» показано повернутим, бо обличчя в ньому розташовані не вертикально.

## Captured pictures: tiles of a slow model, and sweeps

capture = Зробити знімок
capture-again = Зробити знову
capture-tip = Зробити знімок поточного зображення
cancel-tiles = Скасувати решту плиток
tiles-source-tip = Знімок, з якого зроблено плитки
analysing-face = Аналіз обличчя…
tiles-made = Готово плиток: { $made } з { $count }, знімок зроблено { $ago }
tiles-making = { $age } виконується, готово плиток: { $made } з { $count }
tiles-making-time = { $age } виконується, готово плиток: { $made } з { $count }, залишилося: { $time }
tiles-stopping = Кінець після цієї плитки, готово: { $made } з { $count }
tiles-stopped = Зупинено, готово плиток: { $made } з { $count }
sweep-title = Подорож крізь роки
sweep-invitation = Робить знімок поточного зображення, створює з нього серію в різному віці, від { $youngest } до { $oldest } (кількість знімків: { $count }), і відтворює її вперед і назад.
sweep-takes = Приблизний час для цієї моделі: { $time }.
picture-being-captured = Знімок робиться.
captured-picture = Зроблений знімок
sweep-stopping = Кінець після цього знімка
sweep-made = Готово знімків: { $made } з { $count }
sweep-made-time = Готово знімків: { $made } з { $count }, залишилося: { $time }
leave-sweep = Завершити подорож
back-to-tiles = До плиток
back-to-tiles-tip = Знову показати плитки
sweep-plays-when-made = Відтворення почнеться, коли всі знімки будуть готові.
sweep-hint = C робить знімок поточного зображення, Esc повертає до плиток.
sweep-cancel-tip = Відтворити те, що вже готове
save-sweep = Зберегти подорож
save-sweep-tip = Зберегти знімки та анімацію
step-back = Крок назад
step-forward = Крок уперед
sweep-position = Знімок подорожі

## Measurements and readings

milliseconds = Мілісекунди
milliseconds-tip = У таблиці: медіана / 95-й процентиль
milliseconds-short = { $count } мс
rates = { $pictures } кадрів/с, { $refreshes } серій/с
close-measurements = Закрити вимірювання
stage-camera-to-tile = Від камери до плитки
stage-input = Показ кадру
stage-face = Обличчя
stage-encode = Кодування
stage-decode = Декодування
stage-compose = Складання
stage-spoken = { $stage }: медіана { $median } мс, 95-й процентиль { $high } мс
median-and-95th = { $median } / { $high }
now = зараз
seconds-short = { $seconds } с
readings-about = Вік визначає мережа, проти якої mirror не навчали, а схожість — мережа розпізнавання облич, проти якої навчали. Обидві помиляються: вік на кілька років, а для дуже молодих і дуже старих більше.
readings-note = оцінений і заданий вік
close-readings = Закрити оцінки
reading-tiles = Оцінювання плиток…
no-tiles-to-read = Немає плиток для оцінювання.
reading-long = на вигляд { $age } · та сама особа { $same }
reading-short = { $age } · { $same }
tile-spoken = { $label }, на вигляд { $age }, та сама особа { $same }
input-reads = Кадр на вигляд
mean-error = Середня похибка
same-person-lowest = Та сама особа, мін.
same-person-highest = Та сама особа, макс.

## The status line

camera-tip = Камера та її виміряна частота
damaged-frames = { $count ->
    [one] пропущено { $count } пошкоджений кадр
    [few] пропущено { $count } пошкоджені кадри
    [many] пропущено { $count } пошкоджених кадрів
   *[other] пропущено { $count } пошкодженого кадру
}
of-frames = { $count ->
    [one] З { $count } кадру
    [few] З { $count } кадрів
    [many] З { $count } кадрів
   *[other] З { $count } кадру
}
restarted = Кількість перезапусків: { $count }
recording = Запис { $time }  { $size } МБ
recording-dropped = Запис { $time }  { $size } МБ, пропущено { $count }
recording-tip = Кадри пропускаються, коли кодувальник надто повільний
virtual-camera-waiting = Віртуальна камера: очікує
virtual-camera-starting = Віртуальна камера: запускається
virtual-camera-device = Віртуальна камера: { $device }
pictures-sent = Надіслано кадрів: { $count }
device-tip = Пристрій, на якому працює мережа, і чому
device-cpu = { $count ->
    [one] CPU, { $count } потік ({ $reason })
    [few] CPU, { $count } потоки ({ $reason })
    [many] CPU, { $count } потоків ({ $reason })
   *[other] CPU, { $count } потоку ({ $reason })
}
device-cpu-no-gpu-build = { $count ->
    [one] CPU, { $count } потік (зібрано без CUDA)
    [few] CPU, { $count } потоки (зібрано без CUDA)
    [many] CPU, { $count } потоків (зібрано без CUDA)
   *[other] CPU, { $count } потоку (зібрано без CUDA)
}
device-cpu-chosen = { $count ->
    [one] CPU, { $count } потік (за вибором)
    [few] CPU, { $count } потоки (за вибором)
    [many] CPU, { $count } потоків (за вибором)
   *[other] CPU, { $count } потоку (за вибором)
}
slow-model = { $seconds } с на плитку, надто повільно для камери
slow-model-tip = Плитки створюються по одній із зупиненого кадру
latency = від камери до плитки { $median } мс (95 %: { $high } мс)
latency-tip = Від кадру камери до його плиток: медіана і 95-й процентиль
refreshes = { $rate } серій/с
refreshes-tip = Як часто оновлюються всі плитки
restraint-battery = Від батареї: рідше оновлення
restraint-load = Комп’ютер зайнятий: рідше оновлення
restraint-tip = Плитки оновлюються рідше, щоб камера працювала плавно, а батарея тривала довше
source-frozen = { $name }: зупинено
source-opening = { $name }: відкривається
source-streaming = { $name }  { $size } { $format }, { $rate } к/с
source-stalled = { $name }: немає кадрів, перезапуск
source-unplugged = { $name }: від’єднано, очікування
source-busy = { $name }: використовує інша програма
source-denied = { $name }: немає дозволу
source-format = { $name }: { $formats } не читається

## The state of the camera

camera-opening-title = Відкривається камера
camera-opening = Відкривається камера «{ $name }».
camera-opening-unnamed = Відкривається камера.
camera-stalled-title = Камера не надсилає зображення
camera-stalled = Камера «{ $name }» перестала надсилати зображення і перезапускається; якщо це не допоможе, від’єднайте її та під’єднайте знову.
camera-unplugged-title = Камеру від’єднано
camera-unplugged = Камеру «{ $name }» не під’єднано; під’єднайте її, і вона запуститься тут сама.
camera-busy-title = Камера зайнята
camera-busy = Камеру «{ $name }» використовує інша програма; закрийте її, і камера запуститься тут сама.
camera-denied-title = Немає дозволу
camera-denied = Ви не маєте дозволу на камеру «{ $name }»; надайте його в налаштуваннях приватності системи.
camera-denied-linux = Ви не маєте дозволу на камеру «{ $name }»; виконайте в терміналі «sudo usermod -aG video $USER» і ввійдіть знову.
camera-denied-macos = Ви не маєте дозволу на камеру «{ $name }»; надайте його в Системних параметрах: «Приватність і безпека», «Камера».
no-camera-text = Камери немає; під’єднайте її, і вона запуститься тут сама, або відкрийте знімок.
camera-format-title = Зображення камери не читається
camera-format = Камера «{ $name }» надсилає { $formats }; читаються лише MJPEG, YUYV, NV12, YU12 і GREY. Виберіть іншу камеру.
camera-format-linux = Камера «{ $name }» надсилає { $formats }; читаються лише MJPEG, YUYV, NV12, YU12 і GREY. Виберіть іншу камеру або перетворіть її зображення за допомогою ffmpeg і v4l2loopback.
camera-failed-title = Камера не працює
camera-failed = Камера «{ $name }» не працює ({ $reason }); від’єднайте її та під’єднайте знову або виберіть іншу.
camera-streaming = Камера «{ $name }» надсилає { $size } пікселів як { $format }, { $rate } за секунду.
camera-streaming-unmeasured = Камера «{ $name }» надсилає { $size } пікселів як { $format }.
showing-picture = Показано знімок «{ $name }».

## Why a face is not aged

no-face = Немає обличчя
no-face-camera = На зображенні немає обличчя; подивіться в камеру або виберіть інший знімок.
no-face-still = Обличчя не знайдено, ні прямого, ні поверненого; виберіть знімок, на якому хтось дивиться в камеру.
no-face-video = У цій частині відео немає обличчя. Якщо зображення лежить на боці, поверніть його кнопкою під ним.
face-far = Надто далеко
face-far-camera = Обличчя надто мале; підійдіть ближче до камери.
face-small = Надто мале
face-small-still = Обличчя надто мале: між очима менш як 24 пікселі; виберіть більшу копію знімка.
face-small-video = Обличчя замале, між очима менше 24 пікселів; виберіть більшу копію відео.
face-cut = Обрізане краєм
face-cut-camera = Обличчя обрізане краєм; станьте ближче до середини.
face-cut-still = Обличчя обрізане краєм знімка; виберіть знімок, на якому його видно повністю.
face-cut-video = У цій частині відео обличчя обрізане краєм; перейдіть до іншої частини.
face-turned = Відвернене
face-turned-camera = Обличчя відвернене; подивіться в бік камери.
face-turned-still = Обличчя відвернене; виберіть знімок, на якому воно дивиться в камеру.
face-turned-video = У цій частині відео обличчя відвернуте; перейдіть до іншої частини.
face-dark = Надто темно
face-dark-camera = Зображення надто темне, обличчя не видно; увімкніть світло.
face-dark-still = Знімок надто темний, обличчя не видно; виберіть світліший.
face-dark-video = Ця частина відео надто темна, щоб побачити обличчя; перейдіть до іншої частини.

## The settings

saving = Збереження
picture-size = Розмір кадру
frame-rate = Частота кадрів
per-second = { $rate } за секунду
rotation = Поворот
rotation-none = Без повороту
rotation-quarter = Поворот на 90° праворуч
rotation-half = Поворот на 180°
rotation-three-quarters = Поворот на 90° ліворуч
mirrored = Дзеркало
mirrored-tip = Ліве і праве, як у дзеркалі
virtual-camera = Вірт. камера
virtual-camera-loopback-tip = Надати змінене зображення всім програмам як камеру; потрібен модуль ядра v4l2loopback
virtual-camera-pipewire-tip = Надати змінене зображення як камеру PipeWire, браузерам і OBS
off = Вимк.
change = Змінити
change-folder = Змінити теку
open-the-folder = Відкрити теку
open-the-folder-tip = Відкрити у файловому менеджері
theme = Тема
theme-system = Система
theme-system-tip = Як у системі
theme-light = Світла
theme-dark = Темна
language-system = Система ({ $language })
language-system-untranslated = Система ({ $locale }, без перекладу)
side-panel = Бічна панель
pictures-tip = Галерея
measurements-tip = Затримка і вік кожної плитки
readings-tip = Вік, який бачать інші мережі
training-button = Навчання…
watch-training = Стежити за навчанням
watch-training-tip = Втрати і зразки навчання
no-model-built-in = Жодної не вбудовано
runs-on = Працює на
automatic = Автоматично
automatic-tip = Найшвидший пристрій
cpu-tip = Процесор

## The models and their weights

model-mirror = вбудована мережа: будь-який вік від 1 до 85, наживо на ноутбуці
model-agetransgan = десять груп від 0–2 до 70 і старше, або чотири, і вік між ними, 1024 пікселі
model-caae = десять груп від 0–5 до 71 і старше, як жінка чи чоловік, м’яко, 128 пікселів
model-ipcgan = чотири групи від 21–30 до 51 і старше, для молодих облич, 128 пікселів
model-cgan = мережа IPCGAN на інакше вирівняних обличчях, чотири групи, 128 пікселів
model-pagan = три групи від 31–40 до 51 і старше, для облич до 30 років, 224 пікселі
model-opening = Відкривається { $model }
weights-being-read = Читаються її ваги.
model-is-ready = { $model }: готово
model-has-damaged-weights = { $model }: ваги пошкоджено
model-needs-weights = { $model }: потрібні ваги
keeps-running = Доти працює { $model }.
weights-damaged = { $reason }. Імпортуйте файл знову.
weights-drop-or-choose = Перетягніть файли в це вікно або виберіть їх тут.
weights-choose = Виберіть файли тут.
weights-are-copied = Потрібні частини буде скопійовано; завантажені файли потім можна видалити.
choose-files = Вибрати файли…
choose-files-tip = Імпортувати файли ваг із цього комп’ютера
file-imported = { $title }  –  імпортовано
files = { $count ->
    [one] Файл
    [few] Файли
    [many] Файли
   *[other] Файли
}
source = Джерело
licence = Ліцензія
next-step = Далі
copy-address = Копіювати адресу
copy-address-of = Копіювати адресу файлу { $file }
copy-address-tip = Скопіювати в буфер обміну
open-page = Відкрити сторінку
open-page-of = Відкрити сторінку файлу { $file }
open-page-tip = Відкрити у браузері
checking-weights = Перевірка ваг…
importing = Імпортується { $name }: { $percent } %
cancel-import = Скасувати імпорт
import-cancelled = Імпорт ваг скасовано.
weights-imported = Ваги { $model } імпортовано.
weights-imported-and-chosen = Ваги { $model } імпортовано; тепер це поточна модель.
weights-still-missing = Імпортовано один файл { $model }. Ще бракує: { $files }.
weights-unknown = { $file } містить ваги невідомої системи. Підтримуються: { $systems }.
weights-no-model = { $file } — це { $system }. Служить для навчання чи вимірювання і не змінює вік обличчя.
weights-graph-only = { $file } — це граф мережі без її ваг. Покладіть { $stem }.index і { $stem }.data-00000-of-00001 у ту саму теку і додайте їх знову.
weights-half = { $file } — це половина контрольної точки. Покладіть { $stem }.index і { $stem }.data-00000-of-00001 у ту саму теку і додайте їх знову.

## A training run

training = Навчання
training-run = Навчання
training-invitation = Виберіть теку, у яку пише навчання. Його втрати і найновіший аркуш зразків буде показано під час роботи.
choose-a-folder = Вибрати теку
choose-run-folder = Вибрати теку навчання
another-run = Інше навчання
another-run-tip = Вибрати теку іншого навчання
reading-run = Читаються дані навчання.
nothing-to-show = Немає чого показати
losses = Втрати
no-losses = Втрат ще немає
log-empty = У журналі ще немає значень.
log-written = записано { $ago }
step = Крок { $step }
term-spoken = { $name }: { $value } на кроці { $step }
samples = Зразки
no-samples = Аркуша зразків ще немає
no-samples-text = Навчання пише перший аркуш із першою контрольною точкою.
sheet-of-samples = Аркуш зразків, { $name }
run-not-opened = Не вдається відкрити { $folder }. Виберіть теку навчання.
run-no-log = У { $folder } немає файлу { $log }. Навчання пише його після перших кроків. Якщо це не та тека, виберіть іншу.
log-too-long = { $file } надто довгий для журналу навчання. Виберіть іншу теку.
log-unreadable = Не вдається прочитати { $file }: { $cause }
log-invalid = { $file } не є журналом навчання: { $cause }
log-no-header = його перший рядок не починається зі «step»
log-no-step = «{ $text }» не є кроком

## The list of shortcuts

group-ages = Вік
group-input = Вхід
group-sweep = Подорож і плитки повільної моделі
shortcut-ten = Десять вікових груп або групи моделі
shortcut-large = Великий вигляд, до і після
shortcut-year = На рік молодше, старше
shortcut-decade = На десять років молодше, старше
shortcut-sweep = Подорож: багато кроків одного знімка
shortcut-gender = Як жінка, як чоловік
shortcut-freeze = Зупинити кадр, призупинити відео
shortcut-faces = Усі обличчя або одне
shortcut-frame = Весь кадр або лише обличчя
shortcut-back = Назад: до плиток, до камери
shortcut-step-picture = Попередній, наступний знімок
shortcut-record = Записувати або зупинити
shortcut-sweep-play = Відтворити або призупинити подорож
shortcut-sweep-step = Один знімок назад, уперед
shortcut-sweep-ten = Десять знімків назад, уперед
shortcut-readings = Оцінки інших мереж
shortcut-theme = Світла, темна або як у системі
shortcut-fullscreen = На весь екран
shortcut-list = Цей список
shortcut-tab = Наступний елемент, натиснути
key-ctrl = Ctrl
key-shift = Shift
key-space = Пробіл
key-left = Ліворуч
key-right = Праворуч
key-up = Вгору
key-down = Вниз
key-page-up = Page Up
key-page-down = Page Down
key-escape = Esc
key-tab = Tab
key-enter = Enter
key-comma = Кома

## Messages in the corner

dismiss = Відхилити
open-folder = Відкрити теку
saved = { $count ->
    [one] Збережено { $count } файл у { $folder }
    [few] Збережено { $count } файли у { $folder }
    [many] Збережено { $count } файлів у { $folder }
   *[other] Збережено { $count } файлу у { $folder }
}
recorded = Записано { $file }
nothing-to-save = Ще немає чого зберігати. Збережіть, коли плитки покажуть обличчя.
copied = Скопійовано знімок розміром { $size } пікселів. Вставте його, де забажаєте.
nothing-to-copy = Ще немає чого копіювати. Скопіюйте, коли плитки покажуть обличчя.
not-copied = Не вдалося скопіювати знімок до буфера обміну ({ $cause }). Натомість збережіть його.
no-sweep-to-save = Ще немає подорожі для збереження. Натисніть C і збережіть під час відтворення.
cannot-save-training = Поки відкрите навчання, зберігати не можна. T повертає до плиток.
cannot-record-this = Записувати можна плитки і великий вигляд; спершу натисніть 1 або L.
too-slow-to-play = Ця модель тут надто повільна для цього. Натисніть E для подорожі.
recording-disk-full = Запис зупинено, бо диск майже заповнений; звільніть місце.
recording-empty = Нічого не записано, бо не надійшло жодного кадру; почніть знову, коли плитки покажуть обличчя.
recording-panic = Запис перервала внутрішня помилка; почніть його знову.
language-untranslated = Немає перекладу для { $locale }, тому вікно англійською. Виберіть мову в налаштуваннях.
language-without-font = Жоден шрифт на цьому комп’ютері не містить знаків мови { $language }, тому вікно залишається англійською. Встановіть шрифт, наприклад Noto Sans CJK, і запустіть програму знову.
no-such-folder = Теки { $folder } ще немає. Вона з’явиться, коли ви щось збережете.
no-file-manager = Не вдалося відкрити файловий менеджер. Тека: { $folder }.
no-web-browser = Не вдалося відкрити браузер. Адреса: { $address }
clipboard-closed = Не вдається прочитати буфер обміну ({ $cause }). Відкрийте знімок із файлу.
clipboard-empty = У буфері обміну немає знімка. Спершу скопіюйте його.
clipboard-too-large = Знімок у буфері обміну надто великий або пошкоджений. Відкрийте його з файлу.
no-thread = Система не може запустити ще один потік ({ $cause }). Закрийте інші програми і спробуйте знову.
task-panic = Внутрішня помилка зупинила завдання ({ $name }). Дивіться журнал.
weights-panic = Не вдалося прочитати файл ваг (внутрішня помилка; дивіться журнал).
import-panic = Імпорт не вдався (внутрішня помилка; дивіться журнал).
save-panic = Збереження не вдалося (внутрішня помилка; дивіться журнал). Спробуйте ще раз.
camera-list-panic = Список камер більше не оновлюється (внутрішня помилка).
settings-panic = Налаштування більше не зберігаються (внутрішня помилка).
pictures-panic = Знімки більше не читаються (внутрішня помилка).
picture-panic = Знімок пошкоджено, його не вдається прочитати. Відкрийте інший.
readings-failed = Не вдається оцінити плитки: { $cause }
readings-panic = Оцінювання не вдалося (внутрішня помилка; дивіться журнал). Його вимкнено.
training-panic = За навчанням більше не стежать (внутрішня помилка).
run-panic = Не вдалося прочитати файл навчання (внутрішня помилка; дивіться журнал). Виберіть навчання знову.

## Dialogs of the system

dialog-pictures = Відкрити знімки або відео
dialog-weights = Відкрити файли ваг
dialog-save = Куди зберегти
dialog-run = Тека навчання
all-files = Усі файли

## Files that cannot be read or written

picture-unreadable = Не вдається прочитати «{ $name }» ({ $cause }); перевірте, чи файл існує і чи можна його відкрити.
picture-not-a-file = «{ $name }» не є файлом; виберіть файл зі знімком.
file-empty = «{ $name }» порожній (0 байтів); скопіюйте або завантажте його знову.
picture-unknown-kind = «{ $name }» не є знімком відомого типу; виберіть файл JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP або PNM.
picture-cut-short = «{ $name }» неповний; скопіюйте або завантажте його знову.
picture-damaged = «{ $name }» пошкоджений або незвичний ({ $cause }); збережіть його знову як PNG або JPEG.
picture-too-large = «{ $name }» надто великий ({ $size } пікселів); зменшіть його до { $megapixels } мегапікселів і { $side } пікселів на сторону.
picture-too-many-bytes = «{ $name }» надто великий; зменшіть його до 256 МіБ і { $megapixels } мегапікселів.
folder-without-pictures = У теці «{ $name }» немає ні знімків, ні відео; виберіть іншу.
folder-too-full = У теці «{ $name }» забагато файлів; виберіть теку, де їх менше.
save-denied = Не вдається записати { $file }: доступ заборонено; виберіть іншу теку
disk-full = Не вдається записати { $file }: диск заповнений; звільніть місце або виберіть іншу теку
save-no-folder = Не вдається записати { $file }: теки немає або це файл; виберіть іншу теку
video-no-ffmpeg = Для відео потрібна програма { $program }, її не знайдено; встановіть FFmpeg (у Debian та Ubuntu: apt install ffmpeg; деінде див. https://ffmpeg.org/download.html) і спробуйте знову.
video-not-a-file = «{ $name }» не є файлом; виберіть файл із відео.
video-unknown-kind = «{ $name }» не є відео, яке можна прочитати ({ $cause }); виберіть інший файл або перетворіть його на MP4.
video-cut-short = «{ $name }» неповний, бракує таблиці кадрів; скопіюйте або завантажте його знову.
video-no-pictures = «{ $name }» не містить зображення; виберіть файл із відео.
video-encrypted = «{ $name }» зашифрований (захист від копіювання); виберіть відео без захисту.
no-virtual-camera = Віртуальної камери немає; встановіть v4l2loopback (у Debian та Ubuntu: apt install v4l2loopback-dkms) і виконайте: sudo modprobe v4l2loopback exclusive_caps=1 card_label=agemirror
virtual-camera-missing = { $device } не існує; виберіть іншу віртуальну камеру або створіть її
virtual-camera-no-output = { $device } не приймає зображення, це не віртуальна камера; виберіть пристрій v4l2loopback
virtual-camera-busy = { $device } використовує інша програма; закрийте її
virtual-camera-denied = Не вдається відкрити { $device }, доступ заборонено; додайте свого користувача до групи video
virtual-camera-no-reader = { $device } ще ніхто не читає
virtual-camera-panic = Віртуальна камера зупинилася (внутрішня помилка; див. журнал); вимкніть і знову увімкніть її
pipewire-needs = { $name } не знайдено; це потрібно для камери PipeWire (у Debian та Ubuntu: apt install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire)
pipewire-not-running = PipeWire не працює для цього користувача; запустіть його (systemctl --user start pipewire wireplumber) або виберіть v4l2loopback
pipewire-ended = Камера PipeWire завершила роботу ({ $cause }); вона запускається знову

## The exhibit

exhibit-invitation = Станьте перед дзеркалом
exhibit-hint = Побачте себе в іншому віці
exhibit-nothing-kept = Нічого не зберігається. Жодне зображення не залишає цей екран.
exhibit-saved = Ця виставка зберігає вашу стрічку знімків.
exhibit-photo = Торкніться екрана або натисніть Enter, щоб зробити знімок
exhibit-no-camera = Дзеркало відпочиває і скоро повернеться
exhibit-now = Сьогодні
