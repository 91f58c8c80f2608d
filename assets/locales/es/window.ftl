## Ages

age = Edad { $age }
age-of-face = Edad { $age }, cara { $face }
age-in-progress = { $age }: en curso
in-progress = en curso
years = { $years ->
    [one] { $years } año
   *[other] { $years } años
}
ages-count = { $count ->
    [one] { $count } edad
   *[other] { $count } edades
}
age-slider = Edad
age-slider-tip = Cualquier edad: arrastre, o flechas izquierda y derecha
age-slider-groups-tip = Un grupo de edad: arrastre, o flechas izquierda y derecha
play-through-ages = Recorrer las edades
stop-playing = Detener
female = Mujer
male = Hombre
age-as-a-woman = Envejecer como mujer
age-as-a-man = Envejecer como hombre
before = Antes
before-and-after = Antes y después
tiles = Miniaturas
ten-groups-tip = Diez grupos de edad
four-groups-tip = Cuatro grupos de edad
own-groups-tip = Los grupos de edad del modelo
large = Grande
large-tip = Vista grande, antes y después
sweep = Recorrido
sweep-tip = Recorrido: capturar y luego recorrer las edades

## Words used in several places

camera = Cámara
model = Modelo
weights = Pesos
window = Ventana
settings = Ajustes
shortcuts = Atajos
pictures = Imágenes
picture = Imagen
videos = Vídeos
video = Vídeo
readings = Estimaciones
measurements = Medidas
language = Idioma
cancel = Cancelar
close = Cerrar
save = Guardar
open = Abrir
play = Reproducir
pause = Pausa
folder = Carpeta
one-moment = Un momento
just-now = ahora mismo
seconds = { $seconds ->
    [one] un segundo
   *[other] { $seconds } segundos
}
minutes = { $minutes ->
    [one] un minuto
   *[other] { $minutes } minutos
}
seconds-ago = { $seconds ->
    [one] hace { $seconds } segundo
   *[other] hace { $seconds } segundos
}
minutes-ago = { $minutes ->
    [one] hace { $minutes } minuto
   *[other] hace { $minutes } minutos
}
pictures-count = { $count ->
    [one] { $count } imagen
   *[other] { $count } imágenes
}
picture-of = { $index } de { $count }  ·  { $name }
name-and-value = { $name }: { $value }
two-parts = { $one }, { $two }

## The top bar

save-tip = Guardar todas las miniaturas
copy = Copiar
copy-tip = Copiar lo que se muestra
record-tip = Grabar lo que se muestra
stop-recording = Detener la grabación
theme-is-system = Tema: del sistema
theme-is-light = Tema: claro
theme-is-dark = Tema: oscuro
no-camera = Sin cámara
no-camera-found = No se encontró ninguna cámara – reintentar
no-model = Sin modelo
weight-file = archivo de pesos
model-ready = listo
model-weights-missing = faltan pesos – selecciónelo para ver cuáles
model-weights-damaged = pesos dañados – selecciónelo para ver por qué

introduction = Introducción
introduction-what = agemirror le muestra a otras edades, en directo desde la cámara, o en una imagen o un vídeo que abra.
introduction-where = Todo se calcula en este equipo; ninguna imagen sale de él.
introduction-guess = Las imágenes son una suposición, no una predicción.
introduction-close = Entendido
introduction-close-tip = No volver a mostrar

## The input

live = En directo
back-to-live = Volver al directo
back-to-live-tip = Mostrar de nuevo la cámara
first-picture-coming = La primera imagen está en camino.
frozen = Congelado
frozen-badge = Congelado – Espacio para continuar
loading = Cargando…
freeze = Congelar
freeze-tip = Congelar esta imagen
all-faces = Todas
all-faces-tip = Envejecer todas las caras, hasta cuatro
whole-frame = Imagen entera
whole-frame-tip = Mostrar la imagen entera con la cara envejecida
face-of = Cara { $index } de { $count }
face-of-aged = Cara { $index } de { $count }, envejecida
age-this-face = Envejecer esta cara
looks-age = aparenta { $age }
play-video = Reproducir el vídeo
pause-video = Pausar el vídeo
video-not-played = No se puede reproducir el vídeo
video-position = Posición en el vídeo
video-position-tip = Arrastre a otro momento
rotate-video = Girar el vídeo
loop = Bucle
loop-tip = Empezar de nuevo al final

## The gallery

drop-anywhere = Suelte aquí imágenes o carpetas
open-or-paste = Abra o pegue imágenes
drop-one = Suelte para abrir la imagen, la carpeta o los pesos
drop-files = Suelte para abrir { $count } archivos
open-a-picture = Abrir una imagen
open-pictures = Abrir imágenes
open-a-folder = Abrir una carpeta
open-folder-of-pictures = Abrir una carpeta de imágenes
paste = Pegar
paste-a-picture = Pegar una imagen
sample = Ejemplo
try-a-sample = Probar un retrato de ejemplo
sample-tip = Eileen Collins, de la NASA
sample-portrait = Retrato de ejemplo
pasted-picture = Imagen pegada
close-all-pictures = Cerrar todas las imágenes
previous-picture = Imagen anterior
next-picture = Imagen siguiente
show-picture = Mostrar { $name }
gallery-full = Solo se listan { $limit } imágenes; se omitieron { $count } más.
videos-left-out = Solo se reproduce un vídeo a la vez, «{ $name }»; vídeos no abiertos: { $count }.
folder-videos = Los vídeos de una carpeta no se reproducen junto con sus imágenes, como «{ $name }»; vídeos: { $count }. Abra un vídeo solo para reproducirlo.
video-rotated = «{ $name }» se muestra girado, porque las caras no están derechas.

## Captured pictures: tiles of a slow model, and sweeps

capture = Capturar
capture-again = Capturar otra vez
capture-tip = Capturar la imagen actual
cancel-tiles = Cancelar las miniaturas restantes
tiles-source-tip = La imagen de la que salen las miniaturas
analysing-face = Analizando la cara…
tiles-made = { $count ->
    [one] { $made } de { $count } miniatura hecha, imagen capturada { $ago }
   *[other] { $made } de { $count } miniaturas hechas, imagen capturada { $ago }
}
tiles-making = { $count ->
    [one] { $age } en curso: { $made } de { $count } miniatura hecha
   *[other] { $age } en curso: { $made } de { $count } miniaturas hechas
}
tiles-making-time = { $count ->
    [one] { $age } en curso: { $made } de { $count } miniatura hecha, tiempo restante: { $time }
   *[other] { $age } en curso: { $made } de { $count } miniaturas hechas, tiempo restante: { $time }
}
tiles-stopping = { $count ->
    [one] Se detiene tras esta: { $made } de { $count } miniatura hecha
   *[other] Se detiene tras esta: { $made } de { $count } miniaturas hechas
}
tiles-stopped = { $count ->
    [one] Detenido: { $made } de { $count } miniatura hecha
   *[other] Detenido: { $made } de { $count } miniaturas hechas
}
sweep-title = Un recorrido por las edades
sweep-invitation = Captura la imagen actual, hace { $count } imágenes de { $youngest } a { $oldest } y las reproduce hacia delante y hacia atrás.
sweep-takes = Con este modelo se tarda aproximadamente { $time }.
picture-being-captured = Se está capturando la imagen.
captured-picture = La imagen capturada
sweep-stopping = Se detiene tras esta imagen
sweep-made = { $made } de { $count } imágenes hechas
sweep-made-time = { $made } de { $count } imágenes hechas, tiempo restante: { $time }
leave-sweep = Salir del recorrido
back-to-tiles = Volver a las miniaturas
back-to-tiles-tip = Mostrar de nuevo las miniaturas
sweep-plays-when-made = Se reproduce cuando todas las imágenes están hechas.
sweep-hint = C captura la imagen actual, Esc vuelve a las miniaturas.
sweep-cancel-tip = Reproducir lo hecho hasta ahora
save-sweep = Guardar recorrido
save-sweep-tip = Guardar las imágenes y una animación
step-back = Retroceder
step-forward = Avanzar
sweep-position = Imagen del recorrido

## Measurements and readings

milliseconds = Milisegundos
milliseconds-tip = En la tabla: mediana / percentil 95
milliseconds-short = { $count } ms
rates = { $pictures } imágenes/s, { $refreshes } series/s
close-measurements = Cerrar las medidas
stage-camera-to-tile = Cámara a miniatura
stage-input = Imagen mostrada
stage-face = Cara
stage-encode = Codificar
stage-decode = Decodificar
stage-compose = Componer
stage-spoken = { $stage }: mediana { $median } ms, percentil 95 { $high } ms
median-and-95th = { $median } / { $high }
now = ahora
seconds-short = { $seconds } s
readings-about = Las edades vienen de una red contra la que mirror no se entrenó; la identidad, de una red de reconocimiento facial contra la que sí. Ambas se equivocan: las edades en unos años, y más en los muy jóvenes y los muy mayores.
readings-note = edad estimada y edad pedida
close-readings = Cerrar las estimaciones
reading-tiles = Estimando las miniaturas…
no-tiles-to-read = No hay miniaturas que estimar.
reading-long = aparenta { $age } · misma persona { $same }
reading-short = { $age } · { $same }
tile-spoken = { $label }, aparenta { $age }, misma persona { $same }
input-reads = La imagen aparenta
mean-error = Error medio
same-person-lowest = Misma persona, mín.
same-person-highest = Misma persona, máx.

## The status line

camera-tip = La cámara y su frecuencia medida
damaged-frames = { $count ->
    [one] { $count } imagen dañada omitida
   *[other] { $count } imágenes dañadas omitidas
}
of-frames = { $count ->
    [one] De { $count } imagen
   *[other] De { $count } imágenes
}
restarted = { $count ->
    [one] Reiniciado una vez
   *[other] Reiniciado { $count } veces
}
recording = Grabando { $time }  { $size } MB
recording-dropped = Grabando { $time }  { $size } MB, { $count } perdidas
recording-tip = Se pierden imágenes cuando el codificador es demasiado lento
virtual-camera-waiting = Cámara virtual: en espera
virtual-camera-starting = Cámara virtual: iniciando
virtual-camera-device = Cámara virtual: { $device }
pictures-sent = { $count ->
    [one] { $count } imagen enviada
   *[other] { $count } imágenes enviadas
}
device-tip = El dispositivo que ejecuta la red, y por qué
device-cpu = { $count ->
    [one] CPU, { $count } hilo ({ $reason })
   *[other] CPU, { $count } hilos ({ $reason })
}
device-cpu-no-gpu-build = { $count ->
    [one] CPU, { $count } hilo (compilado sin CUDA)
   *[other] CPU, { $count } hilos (compilado sin CUDA)
}
device-cpu-chosen = { $count ->
    [one] CPU, { $count } hilo (elegida)
   *[other] CPU, { $count } hilos (elegida)
}
slow-model = { $seconds } s por miniatura, demasiado lento para seguir la cámara
slow-model-tip = Las miniaturas se hacen una a una a partir de una imagen congelada
latency = cámara a miniatura { $median } ms (95 %: { $high } ms)
latency-tip = De una imagen de la cámara a sus miniaturas: mediana y percentil 95
refreshes = { $rate } series/s
refreshes-tip = Con qué frecuencia se renuevan todas las miniaturas
restraint-battery = Con batería: menos actualizaciones
restraint-load = Equipo ocupado: menos actualizaciones
restraint-tip = Las miniaturas se renuevan con menos frecuencia para que la cámara siga fluida y la batería dure más
source-frozen = { $name }: congelado
source-opening = { $name }: abriendo
source-streaming = { $name }  { $size } { $format }, { $rate } fps
source-stalled = { $name }: sin imágenes, reiniciando
source-unplugged = { $name }: desconectada, esperando
source-busy = { $name }: en uso por otro programa
source-denied = { $name }: sin permiso
source-format = { $name }: { $formats } no se puede leer

## The state of the camera

camera-opening-title = Abriendo la cámara
camera-opening = Abriendo la cámara «{ $name }».
camera-opening-unnamed = Abriendo la cámara.
camera-stalled-title = La cámara no envía imágenes
camera-stalled = La cámara «{ $name }» ha dejado de enviar imágenes y se está reiniciando; si sigue así, desconéctela y vuelva a conectarla.
camera-unplugged-title = La cámara está desconectada
camera-unplugged = La cámara «{ $name }» no está conectada; conéctela y empezará aquí por sí sola.
camera-busy-title = La cámara está en uso
camera-busy = Otro programa usa la cámara «{ $name }»; ciérrelo y empezará aquí por sí sola.
camera-denied-title = Sin permiso
camera-denied = No tiene permiso para usar la cámara «{ $name }»; concédalo en los ajustes de privacidad del sistema.
camera-denied-linux = No tiene permiso para usar la cámara «{ $name }»; ejecute «sudo usermod -aG video $USER» en un terminal y vuelva a iniciar sesión.
camera-denied-macos = No tiene permiso para usar la cámara «{ $name }»; concédalo en Ajustes del Sistema, en «Privacidad y seguridad», «Cámara».
no-camera-text = No hay ninguna cámara; conecte una y empezará aquí por sí sola, o abra una imagen.
camera-format-title = No se pueden leer las imágenes de la cámara
camera-format = La cámara «{ $name }» envía { $formats }; solo se pueden leer MJPEG, YUYV, NV12, YU12 y GREY. Elija otra cámara.
camera-format-linux = La cámara «{ $name }» envía { $formats }; solo se pueden leer MJPEG, YUYV, NV12, YU12 y GREY. Elija otra cámara, o convierta sus imágenes con ffmpeg y v4l2loopback.
camera-failed-title = La cámara no funciona
camera-failed = La cámara «{ $name }» no funciona ({ $reason }); desconéctela y vuelva a conectarla, o elija otra.
camera-streaming = La cámara «{ $name }» envía { $size } píxeles en { $format }, { $rate } por segundo.
camera-streaming-unmeasured = La cámara «{ $name }» envía { $size } píxeles en { $format }.
showing-picture = Se muestra la imagen «{ $name }».

## Why a face is not aged

no-face = Ninguna cara
no-face-camera = No hay ninguna cara en la imagen; mire a la cámara o elija otra imagen.
no-face-still = No se encontró ninguna cara, ni derecha ni girada; elija una imagen en la que una cara mire a la cámara.
no-face-video = No hay ninguna cara en esta parte del vídeo. Si la imagen está de lado, gírela con el botón de debajo.
face-far = Demasiado lejos
face-far-camera = La cara es demasiado pequeña; acérquese a la cámara.
face-small = Demasiado pequeña
face-small-still = La cara es demasiado pequeña, con menos de 24 píxeles entre los ojos; elija una copia más grande de la imagen.
face-small-video = La cara es demasiado pequeña, con menos de 24 píxeles entre los ojos; elija una copia más grande del vídeo.
face-cut = Cortada por el borde
face-cut-camera = La cara está cortada por el borde; colóquese dentro de la imagen.
face-cut-still = La cara está cortada por el borde de la imagen; elija una imagen que la muestre entera.
face-cut-video = El borde corta la cara en esta parte del vídeo; vaya a otra parte.
face-turned = Girada
face-turned-camera = La cara está girada; mire hacia la cámara.
face-turned-still = La cara está girada; elija una imagen en la que mire a la cámara.
face-turned-video = La cara está vuelta en esta parte del vídeo; vaya a otra parte.
face-dark = Demasiado oscuro
face-dark-camera = La imagen es demasiado oscura para ver una cara; encienda una luz.
face-dark-still = La imagen es demasiado oscura para ver una cara; elija una imagen más clara.
face-dark-video = Esta parte del vídeo es demasiado oscura para ver una cara; vaya a otra parte.

## The settings

saving = Guardar
picture-size = Tamaño de imagen
frame-rate = Frecuencia
per-second = { $rate } por segundo
rotation = Rotación
rotation-none = Sin girar
rotation-quarter = Girado 90° a la derecha
rotation-half = Girado 180°
rotation-three-quarters = Girado 90° a la izquierda
mirrored = Espejo
mirrored-tip = Izquierda y derecha como en un espejo
virtual-camera = Cámara virtual
virtual-camera-loopback-tip = Ofrecer la imagen envejecida como cámara a todos los programas; necesita el módulo del núcleo v4l2loopback
virtual-camera-pipewire-tip = Ofrecer la imagen envejecida como cámara de PipeWire, a navegadores y OBS
off = Desactivada
change = Cambiar
change-folder = Cambiar la carpeta
open-the-folder = Abrir la carpeta
open-the-folder-tip = Abrirla en el gestor de archivos
theme = Tema
theme-system = Sistema
theme-system-tip = Como el sistema
theme-light = Claro
theme-dark = Oscuro
language-system = Sistema ({ $language })
language-system-untranslated = Sistema ({ $locale }, sin traducir)
side-panel = Panel lateral
pictures-tip = La galería
measurements-tip = Latencia y edad de cada miniatura
readings-tip = Edades que ven otras redes
training-button = Entrenamiento…
watch-training = Seguir un entrenamiento
watch-training-tip = Pérdidas y muestras de un entrenamiento
no-model-built-in = No hay ninguno integrado
runs-on = Se ejecuta en
automatic = Automático
automatic-tip = El dispositivo más rápido
cpu-tip = El procesador

## The models and their weights

model-mirror = la red incluida: cualquier edad de 1 a 85, en directo en un portátil
model-agetransgan = diez grupos de 0–2 a 70 y más, o cuatro, y edades entre ellos, 1024 píxeles
model-caae = diez grupos de 0–5 a 71 y más, como mujer u hombre, suave, 128 píxeles
model-ipcgan = cuatro grupos de 21–30 a 51 y más, para caras jóvenes, 128 píxeles
model-cgan = la red de IPCGAN con caras alineadas de otra forma, cuatro grupos, 128 píxeles
model-pagan = tres grupos de 31–40 a 51 y más, para caras de hasta 30 años, 224 píxeles
model-opening = Abriendo { $model }
weights-being-read = Se están leyendo sus pesos.
model-is-ready = { $model } está listo
model-has-damaged-weights = Los pesos de { $model } están dañados
model-needs-weights = { $model } necesita sus pesos
keeps-running = Hasta entonces sigue { $model }.
weights-damaged = { $reason }. Importe el archivo de nuevo.
weights-drop-or-choose = Suelte los archivos en esta ventana, o elíjalos aquí.
weights-choose = Elija los archivos aquí.
weights-are-copied = Se copian las partes necesarias; después puede borrar las descargas.
choose-files = Elegir archivos…
choose-files-tip = Importar archivos de pesos de este ordenador
file-imported = { $title }  –  importado
files = { $count ->
    [one] Archivo
   *[other] Archivos
}
source = Origen
licence = Licencia
next-step = Después
copy-address = Copiar la dirección
copy-address-of = Copiar la dirección del archivo { $file }
copy-address-tip = Copiarla al portapapeles
open-page = Abrir la página
open-page-of = Abrir la página del archivo { $file }
open-page-tip = Abrirla en el navegador
checking-weights = Comprobando los pesos…
importing = Importando { $name }: { $percent } %
cancel-import = Cancelar la importación
import-cancelled = Se canceló la importación de pesos.
weights-imported = Se importaron los pesos de { $model }.
weights-imported-and-chosen = Se importaron los pesos de { $model }, que ahora es el modelo.
weights-still-missing = Se importó un archivo de { $model }. Aún faltan: { $files }.
weights-unknown = { $file } contiene pesos de un sistema desconocido. Se admiten { $systems }.
weights-no-model = { $file } es { $system }. Sirve para entrenar o medir y no puede envejecer una cara.
weights-graph-only = { $file } es el grafo de una red sin sus pesos. Ponga { $stem }.index y { $stem }.data-00000-of-00001 en su carpeta y añádalos de nuevo.
weights-half = { $file } es la mitad de un punto de control. Ponga { $stem }.index y { $stem }.data-00000-of-00001 en su carpeta y añádalos de nuevo.

## A training run

training = Entrenamiento
training-run = Entrenamiento
training-invitation = Elija la carpeta en la que escribe un entrenamiento. Sus pérdidas y su hoja de muestras más reciente se muestran mientras avanza.
choose-a-folder = Elegir una carpeta
choose-run-folder = Elegir la carpeta de un entrenamiento
another-run = Otro entrenamiento
another-run-tip = Elegir la carpeta de otro entrenamiento
reading-run = Leyendo el entrenamiento.
nothing-to-show = Nada que mostrar
losses = Pérdidas
no-losses = Aún no hay pérdidas
log-empty = El registro aún no tiene valores.
log-written = escrito { $ago }
step = Paso { $step }
term-spoken = { $name }: { $value } en el paso { $step }
samples = Muestras
no-samples = Aún no hay hoja de muestras
no-samples-text = Un entrenamiento escribe su primera hoja con su primer punto de control.
sheet-of-samples = Hoja de muestras, { $name }
run-not-opened = No se puede abrir { $folder }. Elija la carpeta de un entrenamiento.
run-no-log = { $folder } no tiene { $log }. Un entrenamiento lo escribe tras sus primeros pasos. Si no es la carpeta de un entrenamiento, elija otra.
log-too-long = { $file } es demasiado largo para el registro de un entrenamiento. Elija otra carpeta.
log-unreadable = No se puede leer { $file }: { $cause }
log-invalid = { $file } no es el registro de un entrenamiento: { $cause }
log-no-header = su primera línea no empieza por «step»
log-no-step = «{ $text }» no es un paso

## The list of shortcuts

group-ages = Edades
group-input = Entrada
group-sweep = Recorrido y miniaturas de un modelo lento
shortcut-ten = Diez grupos de edad, o los del modelo
shortcut-large = Vista grande, antes y después
shortcut-year = Un año menos, más
shortcut-decade = Diez años menos, más
shortcut-sweep = Recorrido: pasos de una imagen
shortcut-gender = Envejecer como mujer, como hombre
shortcut-freeze = Congelar la imagen, pausar un vídeo
shortcut-faces = Todas las caras, o una
shortcut-frame = Imagen entera, o solo caras
shortcut-back = Volver: a las miniaturas, a la cámara
shortcut-step-picture = Imagen anterior, siguiente
shortcut-record = Grabar, o detener
shortcut-sweep-play = Reproducir o pausar el recorrido
shortcut-sweep-step = Una imagen atrás, adelante
shortcut-sweep-ten = Diez imágenes atrás, adelante
shortcut-readings = Estimaciones de otras redes
shortcut-theme = Claro, oscuro, o como el sistema
shortcut-fullscreen = Pantalla completa
shortcut-list = Esta lista
shortcut-tab = Control siguiente, activarlo
key-ctrl = Ctrl
key-shift = Mayús
key-space = Espacio
key-left = Izquierda
key-right = Derecha
key-up = Arriba
key-down = Abajo
key-page-up = Re Pág
key-page-down = Av Pág
key-escape = Esc
key-tab = Tab
key-enter = Intro
key-comma = Coma

## Messages in the corner

dismiss = Descartar
open-folder = Abrir carpeta
saved = { $count ->
    [one] { $count } archivo guardado en { $folder }
   *[other] { $count } archivos guardados en { $folder }
}
recorded = Grabado: { $file }
nothing-to-save = Aún no hay nada que guardar. Guarde cuando las miniaturas muestren una cara.
copied = Se ha copiado una imagen de { $size } píxeles. Péguela donde quiera.
nothing-to-copy = Aún no hay nada que copiar. Copie cuando las miniaturas muestren una cara.
not-copied = No se pudo copiar la imagen al portapapeles ({ $cause }). Guárdela en su lugar.
no-sweep-to-save = Aún no hay ningún recorrido. Pulse C, y guarde cuando se reproduzca.
cannot-save-training = No se puede guardar nada mientras se muestra un entrenamiento. T vuelve a las miniaturas.
cannot-record-this = Se pueden grabar las miniaturas y la vista grande; pulse antes 1 o L.
too-slow-to-play = Este modelo es demasiado lento aquí para eso. Pulse E para un recorrido.
recording-disk-full = La grabación se detuvo porque el disco está casi lleno; libere espacio.
recording-empty = No se grabó nada porque no llegó ninguna imagen; empiece de nuevo cuando las miniaturas muestren una cara.
recording-panic = La grabación falló por un error interno; iníciela de nuevo.
language-untranslated = No hay traducción para { $locale }, por eso la ventana está en inglés. Elija un idioma en los ajustes.
language-without-font = Ninguna fuente de este ordenador puede mostrar { $language }, por eso la ventana sigue en inglés. Instale una, como Noto Sans CJK, y reinicie.
no-such-folder = La carpeta { $folder } aún no existe. Guarde algo para crearla.
no-file-manager = No se pudo abrir ningún gestor de archivos. La carpeta es { $folder }.
no-web-browser = No se pudo abrir ningún navegador. La dirección es { $address }
clipboard-closed = No se puede leer el portapapeles ({ $cause }). Abra la imagen desde un archivo.
clipboard-empty = No hay ninguna imagen en el portapapeles. Copie una primero.
clipboard-too-large = La imagen del portapapeles es demasiado grande o está dañada. Ábrala desde un archivo.
no-thread = El sistema no puede iniciar otro hilo ({ $cause }). Cierre otros programas e inténtelo de nuevo.
task-panic = Un error interno detuvo una tarea ({ $name }). Vea el registro.
weights-panic = No se pudo leer un archivo de pesos (error interno; vea el registro).
import-panic = La importación falló (error interno; vea el registro).
save-panic = No se pudo guardar (error interno; vea el registro). Inténtelo de nuevo.
camera-list-panic = La lista de cámaras ya no se actualiza (error interno).
settings-panic = Los ajustes ya no se guardan (error interno).
pictures-panic = Ya no se pueden leer imágenes (error interno).
picture-panic = La imagen está dañada y no se puede leer. Abra otra.
readings-failed = No se pueden estimar las miniaturas: { $cause }
readings-panic = La estimación falló (error interno; vea el registro). Se ha desactivado.
training-panic = Ya no se siguen los entrenamientos (error interno).
run-panic = No se pudo leer un archivo del entrenamiento (error interno; vea el registro). Elíjalo de nuevo.

## Dialogs of the system

dialog-pictures = Abrir imágenes o un vídeo
dialog-weights = Abrir archivos de pesos
dialog-save = Dónde guardar
dialog-run = La carpeta de un entrenamiento
all-files = Todos los archivos

## Files that cannot be read or written

picture-unreadable = No se puede leer «{ $name }» ({ $cause }); compruebe que existe y que puede abrirlo.
picture-not-a-file = «{ $name }» no es un archivo; elija un archivo de imagen.
file-empty = «{ $name }» está vacío (0 bytes); cópielo o descárguelo de nuevo.
picture-unknown-kind = «{ $name }» no es una imagen de un tipo conocido; elija un archivo JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP o PNM.
picture-cut-short = «{ $name }» está incompleto; cópielo o descárguelo de nuevo.
picture-damaged = «{ $name }» está dañado o es inusual ({ $cause }); guárdelo de nuevo como PNG o JPEG.
picture-too-large = «{ $name }» es demasiado grande ({ $size } píxeles); redúzcalo a menos de { $megapixels } megapíxeles y { $side } píxeles por lado.
picture-too-many-bytes = «{ $name }» es demasiado grande; redúzcalo a menos de 256 MiB y { $megapixels } megapíxeles.
folder-without-pictures = La carpeta «{ $name }» no contiene imágenes ni vídeos; elija otra.
folder-too-full = La carpeta «{ $name }» contiene demasiados archivos; elija una con menos.
save-denied = No se puede escribir { $file }: acceso denegado; elija otra carpeta
disk-full = No se puede escribir { $file }: el disco está lleno; libere espacio o elija otra carpeta
save-no-folder = No se puede escribir { $file }: su carpeta no existe o es un archivo; elija otra carpeta
video-no-ffmpeg = Los vídeos necesitan el programa { $program }, que no se encontró; instale FFmpeg (en Debian y Ubuntu: apt install ffmpeg; en otros, vea https://ffmpeg.org/download.html) e inténtelo de nuevo.
video-not-a-file = «{ $name }» no es un archivo; elija un archivo de vídeo.
video-unknown-kind = «{ $name }» no es un vídeo legible ({ $cause }); elija otro archivo, o conviértalo a MP4.
video-cut-short = «{ $name }» está incompleto, falta la tabla de sus imágenes; cópielo o descárguelo de nuevo.
video-no-pictures = «{ $name }» no tiene imágenes; elija un archivo que contenga un vídeo.
video-encrypted = «{ $name }» está cifrado (protección de copia); elija un vídeo sin ella.
no-virtual-camera = No hay cámara virtual; instale v4l2loopback (en Debian y Ubuntu: apt install v4l2loopback-dkms) y ejecute: sudo modprobe v4l2loopback exclusive_caps=1 card_label=agemirror
virtual-camera-missing = { $device } no existe; elija otra cámara virtual o créela
virtual-camera-no-output = { $device } no acepta imágenes, no es una cámara virtual; elija un dispositivo de v4l2loopback
virtual-camera-busy = Otro programa usa { $device }; ciérrelo
virtual-camera-denied = No se puede abrir { $device }, acceso denegado; añada su usuario al grupo video
virtual-camera-no-reader = { $device } aún no tiene lector
virtual-camera-panic = La cámara virtual se ha detenido (error interno; vea el registro); apáguela y vuelva a encenderla
pipewire-needs = No se encontró { $name }; una cámara de PipeWire lo necesita (en Debian y Ubuntu: apt install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire)
pipewire-not-running = PipeWire no está en marcha para este usuario; inícielo (systemctl --user start pipewire wireplumber) o elija v4l2loopback
pipewire-ended = La cámara de PipeWire ha terminado ({ $cause }); se inicia de nuevo

## The exhibit

exhibit-invitation = Póngase delante del espejo
exhibit-hint = Véase a otras edades
exhibit-nothing-kept = No se guarda nada. Ninguna imagen sale de esta pantalla.
exhibit-saved = Esta exposición guarda su tira de fotos.
exhibit-photo = Toque la pantalla o pulse Intro para una foto
exhibit-no-camera = El espejo descansa y vuelve enseguida
exhibit-now = Hoy
