## Ages

age = Âge { $age }
age-of-face = Âge { $age }, visage { $face }
age-in-progress = { $age } : en cours
in-progress = en cours
years = { $years ->
    [one] { $years } an
   *[other] { $years } ans
}
ages-count = { $count ->
    [one] { $count } âge
   *[other] { $count } âges
}
age-slider = Âge
age-slider-tip = N'importe quel âge : faites glisser, ou flèches gauche et droite
age-slider-groups-tip = Un groupe d'âge : faites glisser, ou flèches gauche et droite
play-through-ages = Parcourir les âges
stop-playing = Arrêter
female = Femme
male = Homme
age-as-a-woman = Vieillir en femme
age-as-a-man = Vieillir en homme
before = Avant
before-and-after = Avant et après
tiles = Vignettes
ten-groups-tip = Dix groupes d'âge
four-groups-tip = Quatre groupes d'âge
own-groups-tip = Les groupes d'âge du modèle
large = Grand
large-tip = Grande vue, avant et après
sweep = Voyage
sweep-tip = Voyage : capturer, puis parcourir les âges

## Words used in several places

camera = Caméra
model = Modèle
weights = Poids
window = Fenêtre
settings = Réglages
shortcuts = Raccourcis
pictures = Images
picture = Image
videos = Vidéos
video = Vidéo
readings = Estimations
measurements = Mesures
language = Langue
cancel = Annuler
close = Fermer
save = Enregistrer
open = Ouvrir
play = Lire
pause = Pause
folder = Dossier
one-moment = Un instant
just-now = à l'instant
seconds = { $seconds ->
    [one] une seconde
   *[other] { $seconds } secondes
}
minutes = { $minutes ->
    [one] une minute
   *[other] { $minutes } minutes
}
seconds-ago = { $seconds ->
    [one] il y a { $seconds } seconde
   *[other] il y a { $seconds } secondes
}
minutes-ago = { $minutes ->
    [one] il y a { $minutes } minute
   *[other] il y a { $minutes } minutes
}
pictures-count = { $count ->
    [one] { $count } image
   *[other] { $count } images
}
picture-of = { $index } sur { $count }  ·  { $name }
name-and-value = { $name } : { $value }
two-parts = { $one }, { $two }

## The top bar

save-tip = Enregistrer toutes les vignettes
copy = Copier
copy-tip = Copier ce qui est affiché
record-tip = Filmer ce qui est affiché
stop-recording = Arrêter l'enregistrement
theme-is-system = Thème : système
theme-is-light = Thème : clair
theme-is-dark = Thème : sombre
no-camera = Aucune caméra
no-camera-found = Aucune caméra trouvée – réessayer
no-model = Aucun modèle
weight-file = fichier de poids
model-ready = prêt
model-weights-missing = poids manquants – choisir pour voir lesquels
model-weights-damaged = poids endommagés – choisir pour voir pourquoi

introduction = Introduction
introduction-what = agemirror vous montre à d'autres âges, en direct par la caméra, ou dans une image ou une vidéo que vous ouvrez.
introduction-where = Tout est calculé sur cet ordinateur ; aucune image ne le quitte.
introduction-guess = Les images sont une supposition, pas une prédiction.
introduction-close = Compris
introduction-close-tip = Ne plus afficher

## The input

live = En direct
back-to-live = Retour au direct
back-to-live-tip = Réafficher la caméra
first-picture-coming = La première image arrive.
frozen = Figé
frozen-badge = Figé – Espace pour reprendre
loading = Chargement…
freeze = Figer
freeze-tip = Figer cette image
all-faces = Tous
all-faces-tip = Vieillir tous les visages, quatre au plus
whole-frame = Image entière
whole-frame-tip = Afficher l'image entière avec le visage vieilli
face-of = Visage { $index } sur { $count }
face-of-aged = Visage { $index } sur { $count }, vieilli
age-this-face = Vieillir ce visage
looks-age = paraît { $age }
play-video = Lire la vidéo
pause-video = Mettre la vidéo en pause
video-not-played = La vidéo ne peut pas être lue
video-position = Position dans la vidéo
video-position-tip = Faire glisser vers un autre moment
rotate-video = Faire pivoter la vidéo
loop = Boucle
loop-tip = Recommencer à la fin

## The gallery

drop-anywhere = Déposez ici des images ou des dossiers
open-or-paste = Ouvrez ou collez des images
drop-one = Déposer pour ouvrir l'image, le dossier ou les poids
drop-files = Déposer pour ouvrir { $count } fichiers
open-a-picture = Ouvrir une image
open-pictures = Ouvrir des images
open-a-folder = Ouvrir un dossier
open-folder-of-pictures = Ouvrir un dossier d'images
paste = Coller
paste-a-picture = Coller une image
sample = Exemple
try-a-sample = Essayer un portrait d'exemple
sample-tip = Eileen Collins, par la NASA
sample-portrait = Portrait d'exemple
pasted-picture = Image collée
close-all-pictures = Fermer toutes les images
previous-picture = Image précédente
next-picture = Image suivante
show-picture = Afficher { $name }
gallery-full = Seules { $limit } images sont listées ; { $count } autres ont été laissées de côté.
videos-left-out = Une seule vidéo est lue à la fois, « { $name } » ; vidéos non ouvertes : { $count }.
folder-videos = Les vidéos d'un dossier ne sont pas lues avec ses images, par exemple « { $name } » ; vidéos : { $count }. Ouvrez une vidéo seule pour la lire.
video-rotated = « { $name } » est affichée pivotée, car les visages n'y sont pas droits.

## Captured pictures: tiles of a slow model, and sweeps

capture = Capturer
capture-again = Recapturer
capture-tip = Capturer l'image actuelle
cancel-tiles = Annuler les vignettes restantes
tiles-source-tip = L'image dont sont tirées les vignettes
analysing-face = Analyse du visage…
tiles-made = { $count ->
    [one] { $made } vignette sur { $count } faite, image capturée { $ago }
   *[other] { $made } vignettes sur { $count } faites, image capturée { $ago }
}
tiles-making = { $count ->
    [one] { $age } en cours : { $made } vignette sur { $count } faite
   *[other] { $age } en cours : { $made } vignettes sur { $count } faites
}
tiles-making-time = { $count ->
    [one] { $age } en cours : { $made } vignette sur { $count } faite, encore { $time } environ
   *[other] { $age } en cours : { $made } vignettes sur { $count } faites, encore { $time } environ
}
tiles-stopping = { $count ->
    [one] Arrêt après celle-ci : { $made } vignette sur { $count } faite
   *[other] Arrêt après celle-ci : { $made } vignettes sur { $count } faites
}
tiles-stopped = { $count ->
    [one] Arrêté : { $made } vignette sur { $count } faite
   *[other] Arrêté : { $made } vignettes sur { $count } faites
}
sweep-title = Un voyage à travers les âges
sweep-invitation = Capture l'image actuelle, en fait { $count } images de { $youngest } à { $oldest } et les joue en aller-retour.
sweep-takes = Avec ce modèle, cela prend environ { $time }.
picture-being-captured = L'image est en cours de capture.
captured-picture = L'image capturée
sweep-stopping = Arrêt après cette image
sweep-made = { $made } images sur { $count } faites
sweep-made-time = { $made } images sur { $count } faites, encore { $time } environ
leave-sweep = Quitter le voyage
back-to-tiles = Retour aux vignettes
back-to-tiles-tip = Réafficher les vignettes
sweep-plays-when-made = La lecture commence quand toutes les images sont faites.
sweep-hint = C capture l'image actuelle, Échap revient aux vignettes.
sweep-cancel-tip = Lire ce qui est déjà fait
save-sweep = Enregistrer le voyage
save-sweep-tip = Enregistrer les images et une animation
step-back = Image précédente
step-forward = Image suivante
sweep-position = Image du voyage

## Measurements and readings

milliseconds = Millisecondes
milliseconds-tip = Dans le tableau : médiane / 95e centile
milliseconds-short = { $count } ms
rates = { $pictures } images/s, { $refreshes } séries/s
close-measurements = Fermer les mesures
stage-camera-to-tile = Caméra à vignette
stage-input = Image affichée
stage-face = Visage
stage-encode = Codage
stage-decode = Décodage
stage-compose = Composition
stage-spoken = { $stage } : médiane { $median } ms, 95e centile { $high } ms
median-and-95th = { $median } / { $high }
now = maintenant
seconds-short = { $seconds } s
readings-about = Les âges viennent d'un réseau contre lequel mirror n'a pas été entraîné, l'identité d'un réseau de reconnaissance contre lequel il l'a été. Les deux se trompent : de quelques années pour les âges, et davantage pour les très jeunes et les très vieux.
readings-note = âge estimé et âge demandé
close-readings = Fermer les estimations
reading-tiles = Estimation des vignettes…
no-tiles-to-read = Il n'y a pas de vignette à estimer.
reading-long = paraît { $age } · même personne { $same }
reading-short = { $age } · { $same }
tile-spoken = { $label }, paraît { $age }, même personne { $same }
input-reads = L'image paraît
mean-error = Erreur moyenne
same-person-lowest = Même personne, min.
same-person-highest = Même personne, max.

## The status line

camera-tip = La caméra et sa cadence mesurée
damaged-frames = { $count ->
    [one] { $count } image endommagée ignorée
   *[other] { $count } images endommagées ignorées
}
of-frames = { $count ->
    [one] Sur { $count } image
   *[other] Sur { $count } images
}
restarted = { $count ->
    [one] Redémarré une fois
   *[other] Redémarré { $count } fois
}
recording = Enregistrement { $time }  { $size } Mo
recording-dropped = Enregistrement { $time }  { $size } Mo, { $count } perdues
recording-tip = Des images sont perdues quand l'encodeur est trop lent
virtual-camera-waiting = Caméra virtuelle : en attente
virtual-camera-starting = Caméra virtuelle : démarrage
virtual-camera-device = Caméra virtuelle : { $device }
pictures-sent = { $count ->
    [one] { $count } image envoyée
   *[other] { $count } images envoyées
}
device-tip = L'appareil qui exécute le réseau, et pourquoi
device-cpu = { $count ->
    [one] CPU, { $count } fil ({ $reason })
   *[other] CPU, { $count } fils ({ $reason })
}
device-cpu-no-gpu-build = { $count ->
    [one] CPU, { $count } fil (compilé sans CUDA)
   *[other] CPU, { $count } fils (compilé sans CUDA)
}
device-cpu-chosen = { $count ->
    [one] CPU, { $count } fil (choisi)
   *[other] CPU, { $count } fils (choisi)
}
slow-model = { $seconds } s par vignette, trop lent pour suivre la caméra
slow-model-tip = Les vignettes sont faites une à une à partir d'une image figée
latency = caméra à vignette { $median } ms (95 % : { $high } ms)
latency-tip = D'une image de la caméra à ses vignettes : médiane et 95e centile
refreshes = { $rate } séries/s
refreshes-tip = Fréquence de renouvellement de toutes les vignettes
restraint-battery = Sur batterie : moins de mises à jour
restraint-load = Ordinateur occupé : moins de mises à jour
restraint-tip = Les vignettes se renouvellent moins souvent, pour que la caméra reste fluide et que la batterie dure
source-frozen = { $name } : figé
source-opening = { $name } : ouverture
source-streaming = { $name }  { $size } { $format }, { $rate } i/s
source-stalled = { $name } : pas d'image, redémarrage
source-unplugged = { $name } : débranchée, attendue
source-busy = { $name } : utilisée par un autre programme
source-denied = { $name } : accès refusé
source-format = { $name } : { $formats } illisible

## The state of the camera

camera-opening-title = Ouverture de la caméra
camera-opening = Ouverture de la caméra « { $name } ».
camera-opening-unnamed = Ouverture de la caméra.
camera-stalled-title = La caméra n'envoie pas d'image
camera-stalled = La caméra « { $name } » n'envoie plus d'image et redémarre ; si cela dure, débranchez-la puis rebranchez-la.
camera-unplugged-title = La caméra est débranchée
camera-unplugged = La caméra « { $name } » n'est pas branchée ; branchez-la et elle démarrera ici d'elle-même.
camera-busy-title = La caméra est occupée
camera-busy = La caméra « { $name } » est utilisée par un autre programme ; fermez-le et elle démarrera ici d'elle-même.
camera-denied-title = Accès refusé
camera-denied = Vous ne pouvez pas utiliser la caméra « { $name } » ; autorisez-le dans les réglages de confidentialité du système.
camera-denied-linux = Vous ne pouvez pas utiliser la caméra « { $name } » ; lancez « sudo usermod -aG video $USER » dans un terminal, puis reconnectez-vous.
camera-denied-macos = Vous ne pouvez pas utiliser la caméra « { $name } » ; autorisez-la dans les Réglages Système, sous « Confidentialité et sécurité », « Caméra ».
no-camera-text = Il n'y a pas de caméra ; branchez-en une et elle démarrera ici d'elle-même, ou ouvrez une image.
camera-format-title = Les images de la caméra sont illisibles
camera-format = La caméra « { $name } » envoie { $formats } ; seuls MJPEG, YUYV, NV12, YU12 et GREY sont lisibles. Choisissez une autre caméra.
camera-format-linux = La caméra « { $name } » envoie { $formats } ; seuls MJPEG, YUYV, NV12, YU12 et GREY sont lisibles. Choisissez une autre caméra, ou convertissez ses images avec ffmpeg et v4l2loopback.
camera-failed-title = La caméra ne fonctionne pas
camera-failed = La caméra « { $name } » ne fonctionne pas ({ $reason }) ; rebranchez-la, ou choisissez-en une autre.
camera-streaming = La caméra « { $name } » envoie { $size } pixels en { $format }, { $rate } par seconde.
camera-streaming-unmeasured = La caméra « { $name } » envoie { $size } pixels en { $format }.
showing-picture = Affichage de l'image « { $name } ».

## Why a face is not aged

no-face = Aucun visage
no-face-camera = Aucun visage dans l'image ; regardez la caméra ou choisissez une autre image.
no-face-still = Aucun visage trouvé, ni droit ni tourné ; choisissez une image où un visage regarde l'appareil.
no-face-video = Aucun visage dans cette partie de la vidéo. Si l'image est couchée, faites-la pivoter avec le bouton situé dessous.
face-far = Trop loin
face-far-camera = Le visage est trop petit ; rapprochez-vous de la caméra.
face-small = Trop petit
face-small-still = Le visage est trop petit, avec moins de 24 pixels entre les yeux ; choisissez une version plus grande de l'image.
face-small-video = Le visage est trop petit, avec moins de 24 pixels entre les yeux ; choisissez une copie plus grande de la vidéo.
face-cut = Coupé par le bord
face-cut-camera = Le visage est coupé par le bord ; avancez dans l'image.
face-cut-still = Le visage est coupé par le bord de l'image ; choisissez une image qui le montre en entier.
face-cut-video = Le visage est coupé par le bord dans cette partie de la vidéo ; passez à une autre partie.
face-turned = Détourné
face-turned-camera = Le visage est détourné ; regardez vers la caméra.
face-turned-still = Le visage est détourné ; choisissez une image où il regarde l'appareil.
face-turned-video = Le visage est détourné dans cette partie de la vidéo ; passez à une autre partie.
face-dark = Trop sombre
face-dark-camera = L'image est trop sombre pour voir un visage ; allumez une lumière.
face-dark-still = L'image est trop sombre pour voir un visage ; choisissez une image plus claire.
face-dark-video = Cette partie de la vidéo est trop sombre pour voir un visage ; passez à une autre partie.

## The settings

saving = Enregistrement
picture-size = Taille d'image
frame-rate = Cadence
per-second = { $rate } par seconde
rotation = Rotation
rotation-none = Sans rotation
rotation-quarter = Tourné de 90° vers la droite
rotation-half = Tourné de 180°
rotation-three-quarters = Tourné de 90° vers la gauche
mirrored = Miroir
mirrored-tip = Gauche et droite comme dans un miroir
virtual-camera = Caméra virtuelle
virtual-camera-loopback-tip = Offrir l'image vieillie comme caméra à tous les programmes ; demande le module du noyau v4l2loopback
virtual-camera-pipewire-tip = Offrir l'image vieillie comme caméra de PipeWire, aux navigateurs et à OBS
off = Désactivée
change = Changer
change-folder = Changer de dossier
open-the-folder = Ouvrir le dossier
open-the-folder-tip = L'ouvrir dans le gestionnaire de fichiers
theme = Thème
theme-system = Système
theme-system-tip = Comme le système
theme-light = Clair
theme-dark = Sombre
language-system = Système ({ $language })
language-system-untranslated = Système ({ $locale }, non traduit)
side-panel = Volet
pictures-tip = La galerie
measurements-tip = Latence et âge de chaque vignette
readings-tip = Âges que voient d'autres réseaux
training-button = Entraînement…
watch-training = Suivre un entraînement
watch-training-tip = Pertes et échantillons d'un entraînement
no-model-built-in = Aucun n'est intégré
runs-on = Exécution
automatic = Automatique
automatic-tip = L'appareil le plus rapide
cpu-tip = Le processeur

## The models and their weights

model-mirror = le réseau fourni : tout âge de 1 à 85 ans, en direct sur un portable
model-agetransgan = dix groupes de 0–2 à 70 et plus, ou quatre, et les âges entre eux, 1024 pixels
model-caae = dix groupes de 0–5 à 71 et plus, en femme ou en homme, flou, 128 pixels
model-ipcgan = quatre groupes de 21–30 à 51 et plus, pour visages jeunes, 128 pixels
model-cgan = le réseau d'IPCGAN sur des visages alignés autrement, quatre groupes, 128 pixels
model-pagan = trois groupes de 31–40 à 51 et plus, pour visages jusqu'à 30 ans, 224 pixels
model-opening = Ouverture de { $model }
weights-being-read = Ses poids sont en cours de lecture.
model-is-ready = { $model } est prêt
model-has-damaged-weights = Les poids de { $model } sont endommagés
model-needs-weights = { $model } a besoin de ses poids
keeps-running = D'ici là, { $model } continue.
weights-damaged = { $reason }. Importez le fichier de nouveau.
weights-drop-or-choose = Déposez les fichiers sur cette fenêtre, ou choisissez-les ici.
weights-choose = Choisissez les fichiers ici.
weights-are-copied = Les parties utiles sont copiées ; les téléchargements peuvent ensuite être supprimés.
choose-files = Choisir des fichiers…
choose-files-tip = Importer des fichiers de poids de cet ordinateur
file-imported = { $title }  –  importé
files = { $count ->
    [one] Fichier
   *[other] Fichiers
}
source = Source
licence = Licence
next-step = Ensuite
copy-address = Copier l'adresse
copy-address-of = Copier l'adresse du fichier { $file }
copy-address-tip = La copier dans le presse-papiers
open-page = Ouvrir la page
open-page-of = Ouvrir la page du fichier { $file }
open-page-tip = L'ouvrir dans le navigateur
checking-weights = Vérification des poids…
importing = Importation de { $name } : { $percent } %
cancel-import = Annuler l'importation
import-cancelled = L'importation des poids a été annulée.
weights-imported = Les poids de { $model } ont été importés.
weights-imported-and-chosen = Les poids de { $model } ont été importés, et c'est maintenant le modèle.
weights-still-missing = Un fichier de { $model } a été importé. Il manque encore : { $files }.
weights-unknown = { $file } contient les poids d'un système inconnu. Sont pris en charge : { $systems }.
weights-no-model = { $file } est { $system }. Il sert à l'entraînement ou à la mesure et ne peut pas vieillir un visage.
weights-graph-only = { $file } est le graphe d'un réseau sans ses poids. Placez { $stem }.index et { $stem }.data-00000-of-00001 dans son dossier et ajoutez-les de nouveau.
weights-half = { $file } est la moitié d'un point de contrôle. Placez { $stem }.index et { $stem }.data-00000-of-00001 dans son dossier et ajoutez-les de nouveau.

## A training run

training = Entraînement
training-run = Entraînement
training-invitation = Choisissez le dossier dans lequel un entraînement écrit. Ses pertes et sa dernière planche d'échantillons s'affichent pendant qu'il tourne.
choose-a-folder = Choisir un dossier
choose-run-folder = Choisir le dossier d'un entraînement
another-run = Autre entraînement
another-run-tip = Choisir le dossier d'un autre entraînement
reading-run = Lecture de l'entraînement.
nothing-to-show = Rien à afficher
losses = Pertes
no-losses = Pas encore de pertes
log-empty = Le journal n'a pas encore de valeurs.
log-written = écrit { $ago }
step = Étape { $step }
term-spoken = { $name } : { $value } à l'étape { $step }
samples = Échantillons
no-samples = Pas encore de planche d'échantillons
no-samples-text = Un entraînement écrit sa première planche avec son premier point de contrôle.
sheet-of-samples = Planche d'échantillons, { $name }
run-not-opened = { $folder } ne peut pas être ouvert. Choisissez le dossier d'un entraînement.
run-no-log = { $folder } n'a pas de { $log }. Un entraînement l'écrit après ses premières étapes. Si ce n'est pas le bon dossier, choisissez-en un autre.
log-too-long = { $file } est trop long pour le journal d'un entraînement. Choisissez un autre dossier.
log-unreadable = { $file } est illisible : { $cause }
log-invalid = { $file } n'est pas le journal d'un entraînement : { $cause }
log-no-header = sa première ligne ne commence pas par « step »
log-no-step = « { $text } » n'est pas une étape

## The list of shortcuts

group-ages = Âges
group-input = Entrée
group-sweep = Voyage, et vignettes d'un modèle lent
shortcut-ten = Dix groupes d'âge, ou ceux du modèle
shortcut-large = Grande vue, avant et après
shortcut-year = Un an de moins, de plus
shortcut-decade = Dix ans de moins, de plus
shortcut-sweep = Voyage : les étapes d'une image
shortcut-gender = Vieillir en femme, en homme
shortcut-freeze = Figer l'image, arrêter une vidéo
shortcut-faces = Tous les visages, ou un seul
shortcut-frame = Image entière, ou visages seuls
shortcut-back = Retour : aux vignettes, à la caméra
shortcut-step-picture = Image précédente, suivante
shortcut-record = Filmer, arrêter
shortcut-sweep-play = Lire le voyage, ou pause
shortcut-sweep-step = Une image en arrière, en avant
shortcut-sweep-ten = Dix images en arrière, en avant
shortcut-readings = Estimations d'autres réseaux
shortcut-theme = Clair, sombre, ou comme le système
shortcut-fullscreen = Plein écran
shortcut-list = Cette liste
shortcut-tab = Contrôle suivant, l'activer
key-ctrl = Ctrl
key-shift = Maj
key-space = Espace
key-left = Gauche
key-right = Droite
key-up = Haut
key-down = Bas
key-page-up = Page préc.
key-page-down = Page suiv.
key-escape = Échap
key-tab = Tab
key-enter = Entrée
key-comma = Virgule

## Messages in the corner

dismiss = Masquer
open-folder = Ouvrir le dossier
saved = { $count ->
    [one] { $count } fichier enregistré dans { $folder }
   *[other] { $count } fichiers enregistrés dans { $folder }
}
recorded = { $file } enregistré
nothing-to-save = Il n'y a encore rien à enregistrer. Recommencez quand les vignettes montrent un visage.
copied = Une image de { $size } pixels a été copiée. Collez-la où vous voulez.
nothing-to-copy = Il n'y a encore rien à copier. Recommencez quand les vignettes montrent un visage.
not-copied = L'image n'a pas pu être copiée dans le presse-papiers ({ $cause }). Enregistrez-la plutôt.
no-sweep-to-save = Il n'y a pas encore de voyage. Appuyez sur C, et enregistrez quand il est lu.
cannot-save-training = Rien ne peut être enregistré pendant le suivi d'un entraînement. T revient aux vignettes.
cannot-record-this = On peut filmer les vignettes et la grande vue ; appuyez d'abord sur 1 ou L.
too-slow-to-play = Ce modèle est trop lent ici pour cela. Appuyez sur E pour un voyage.
recording-disk-full = L'enregistrement s'est arrêté car le disque est presque plein ; libérez de l'espace.
recording-empty = Rien n'a été enregistré car aucune image n'est venue ; recommencez quand les vignettes montrent un visage.
recording-panic = L'enregistrement a échoué sur une erreur interne ; relancez-le.
language-untranslated = Il n'y a pas de traduction pour { $locale }, la fenêtre est donc en anglais. Choisissez une langue dans les réglages.
language-without-font = Aucune police de cet ordinateur ne peut afficher { $language }, la fenêtre reste donc en anglais. Installez-en une, comme Noto Sans CJK, et redémarrez.
no-such-folder = Le dossier { $folder } n'existe pas encore. Enregistrez quelque chose pour le créer.
no-file-manager = Aucun gestionnaire de fichiers n'a pu être ouvert. Le dossier est { $folder }.
no-web-browser = Aucun navigateur n'a pu être ouvert. L'adresse est { $address }
clipboard-closed = Le presse-papiers est illisible ({ $cause }). Ouvrez plutôt l'image depuis un fichier.
clipboard-empty = Il n'y a pas d'image dans le presse-papiers. Copiez-en une d'abord.
clipboard-too-large = L'image du presse-papiers est trop grande ou endommagée. Ouvrez-la depuis un fichier.
no-thread = Le système ne peut pas lancer d'autre fil d'exécution ({ $cause }). Fermez d'autres programmes et réessayez.
task-panic = Une erreur interne a arrêté une tâche ({ $name }). Voir le journal.
weights-panic = Un fichier de poids n'a pas pu être lu (erreur interne ; voir le journal).
import-panic = L'importation a échoué (erreur interne ; voir le journal).
save-panic = L'enregistrement a échoué (erreur interne ; voir le journal). Réessayez.
camera-list-panic = La liste des caméras n'est plus mise à jour (erreur interne).
settings-panic = Les réglages ne sont plus enregistrés (erreur interne).
pictures-panic = Les images ne peuvent plus être lues (erreur interne).
picture-panic = L'image est endommagée et illisible. Ouvrez-en une autre.
readings-failed = Les vignettes ne peuvent pas être estimées : { $cause }
readings-panic = L'estimation a échoué (erreur interne ; voir le journal). Elle est désactivée.
training-panic = Les entraînements ne sont plus suivis (erreur interne).
run-panic = Un fichier de l'entraînement n'a pas pu être lu (erreur interne ; voir le journal). Choisissez-le de nouveau.

## Dialogs of the system

dialog-pictures = Ouvrir des images ou une vidéo
dialog-weights = Ouvrir des fichiers de poids
dialog-save = Où enregistrer
dialog-run = Le dossier d'un entraînement
all-files = Tous les fichiers

## Files that cannot be read or written

picture-unreadable = « { $name } » est illisible ({ $cause }) ; vérifiez que le fichier existe et que vous pouvez l'ouvrir.
picture-not-a-file = « { $name } » n'est pas un fichier ; choisissez un fichier d'image.
file-empty = « { $name } » est vide (0 octet) ; copiez-le ou téléchargez-le de nouveau.
picture-unknown-kind = « { $name } » n'est pas une image d'un type connu ; choisissez un fichier JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP ou PNM.
picture-cut-short = « { $name } » est incomplet ; copiez-le ou téléchargez-le de nouveau.
picture-damaged = « { $name } » est endommagé ou inhabituel ({ $cause }) ; enregistrez-le de nouveau en PNG ou JPEG.
picture-too-large = « { $name } » est trop grand ({ $size } pixels) ; réduisez-le à moins de { $megapixels } mégapixels et { $side } pixels par côté.
picture-too-many-bytes = « { $name } » est trop grand ; réduisez-le à moins de 256 Mio et { $megapixels } mégapixels.
folder-without-pictures = Le dossier « { $name } » ne contient ni image ni vidéo ; choisissez-en un autre.
folder-too-full = Le dossier « { $name } » contient trop de fichiers ; choisissez-en un avec moins de fichiers.
save-denied = { $file } ne peut pas être écrit : accès refusé ; choisissez un autre dossier
disk-full = { $file } ne peut pas être écrit : le disque est plein ; libérez de l'espace ou choisissez un autre dossier
save-no-folder = { $file } ne peut pas être écrit : son dossier n'existe pas ou est un fichier ; choisissez un autre dossier
video-no-ffmpeg = Les vidéos ont besoin du programme { $program }, introuvable ; installez FFmpeg (sous Debian et Ubuntu : apt install ffmpeg ; ailleurs, voir https://ffmpeg.org/download.html) et réessayez.
video-not-a-file = « { $name } » n'est pas un fichier ; choisissez un fichier vidéo.
video-unknown-kind = « { $name } » n'est pas une vidéo lisible ({ $cause }) ; choisissez un autre fichier, ou convertissez-le en MP4.
video-cut-short = « { $name } » est incomplet, la table de ses images manque ; copiez-le ou téléchargez-le de nouveau.
video-no-pictures = « { $name } » n'a pas de flux d'images ; choisissez un fichier qui contient une vidéo.
video-encrypted = « { $name } » est chiffré (protection contre la copie) ; choisissez une vidéo sans protection.
no-virtual-camera = Il n'y a pas de caméra virtuelle ; installez v4l2loopback (sous Debian et Ubuntu : apt install v4l2loopback-dkms) et lancez : sudo modprobe v4l2loopback exclusive_caps=1 card_label=agemirror
virtual-camera-missing = { $device } n'existe pas ; choisissez une autre caméra virtuelle ou créez-la
virtual-camera-no-output = { $device } n'accepte pas d'images, ce n'est pas une caméra virtuelle ; choisissez un périphérique de v4l2loopback
virtual-camera-busy = { $device } est utilisé par un autre programme ; fermez-le
virtual-camera-denied = { $device } ne peut pas être ouvert, l'accès est refusé ; ajoutez votre utilisateur au groupe video
virtual-camera-no-reader = { $device } n'a pas encore de lecteur
virtual-camera-panic = La caméra virtuelle s'est arrêtée (erreur interne ; voir le journal) ; désactivez-la puis réactivez-la
pipewire-needs = { $name } est introuvable ; une caméra de PipeWire en a besoin (sous Debian et Ubuntu : apt install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire)
pipewire-not-running = PipeWire ne tourne pas pour cet utilisateur ; lancez-le (systemctl --user start pipewire wireplumber) ou choisissez v4l2loopback
pipewire-ended = La caméra de PipeWire s'est arrêtée ({ $cause }) ; elle est relancée

## The exhibit

exhibit-invitation = Placez-vous devant le miroir
exhibit-hint = Voyez-vous à d'autres âges
exhibit-nothing-kept = Rien n'est conservé. Aucune image ne quitte cet écran.
exhibit-saved = Votre planche est enregistrée par cette exposition.
exhibit-photo = Touchez l'écran ou appuyez sur Entrée pour une photo
exhibit-no-camera = Le miroir se repose et revient dans un instant
exhibit-now = Aujourd'hui
