# The texts of the window and of the exhibit. English is the source; the other languages have the same keys
# with the same arguments. docs/languages.md says how to add a language.

## Ages

# $age is a number of years or a group, such as 30–39.
age = Age { $age }
age-of-face = Age { $age }, face { $face }
age-in-progress = { $age }: in progress
in-progress = in progress
years = { $years ->
    [one] { $years } year
   *[other] { $years } years
}
ages-count = { $count ->
    [one] { $count } age
   *[other] { $count } ages
}
age-slider = Age
age-slider-tip = Any age: drag, or press Left and Right
age-slider-groups-tip = An age group: drag, or press Left and Right
play-through-ages = Play through the ages
stop-playing = Stop playing
female = Female
male = Male
age-as-a-woman = Age as a woman
age-as-a-man = Age as a man
before = Before
before-and-after = Before and after
tiles = Tiles
ten-groups-tip = Ten age groups
four-groups-tip = Four age groups
own-groups-tip = The age groups of the model
large = Large
large-tip = Large view, before and after
sweep = Sweep
sweep-tip = Sweep: capture, then play through the ages

## Words used in several places

camera = Camera
model = Model
weights = Weights
window = Window
settings = Settings
shortcuts = Shortcuts
pictures = Pictures
picture = Picture
videos = Videos
video = Video
readings = Readings
measurements = Measurements
language = Language
cancel = Cancel
close = Close
save = Save
open = Open
play = Play
pause = Pause
folder = Folder
one-moment = One moment
just-now = just now
seconds = { $seconds ->
    [one] a second
   *[other] { $seconds } seconds
}
minutes = { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
}
seconds-ago = { $seconds ->
    [one] { $seconds } second ago
   *[other] { $seconds } seconds ago
}
minutes-ago = { $minutes ->
    [one] { $minutes } minute ago
   *[other] { $minutes } minutes ago
}
pictures-count = { $count ->
    [one] { $count } picture
   *[other] { $count } pictures
}
picture-of = { $index } of { $count }  ·  { $name }
name-and-value = { $name }: { $value }
two-parts = { $one }, { $two }

## The top bar

save-tip = Save every tile
copy = Copy
copy-tip = Copy what is shown
record-tip = Record what is shown
stop-recording = Stop recording
theme-is-system = Theme: system
theme-is-light = Theme: light
theme-is-dark = Theme: dark
no-camera = No camera
no-camera-found = No camera found – try again
no-model = No model
weight-file = weight file
model-ready = ready
model-weights-missing = weights missing – select to see which
model-weights-damaged = weights damaged – select to see why

## The introduction at the first start

introduction = Introduction
introduction-what = agemirror shows you at other ages, live from the camera, or in a picture or a video that you open.
introduction-where = Everything is computed on this machine; no picture leaves it.
introduction-guess = The pictures are a guess, not a prophecy.
introduction-close = Got it
introduction-close-tip = Do not show this again

## The input

live = Live
back-to-live = Back to live
back-to-live-tip = Show the camera again
first-picture-coming = The first picture is on its way.
frozen = Frozen
frozen-badge = Frozen – press Space to resume
loading = Loading…
freeze = Freeze
freeze-tip = Freeze this picture
all-faces = All faces
all-faces-tip = Age every face, up to four
whole-frame = Whole frame
whole-frame-tip = Show the whole picture with the aged face in it
face-of = Face { $index } of { $count }
face-of-aged = Face { $index } of { $count }, aged
age-this-face = Age this face
looks-age = looks { $age }
play-video = Play the video
pause-video = Pause the video
video-not-played = The video cannot be played
video-position = Position in the video
video-position-tip = Drag to another moment
rotate-video = Rotate the video
loop = Loop
loop-tip = Begin again at the end

## The gallery

drop-anywhere = Drop pictures or folders anywhere
open-or-paste = Open or paste pictures
drop-one = Drop to open the picture, the folder or the weights
drop-files = Drop to open { $count } files
open-a-picture = Open a picture
open-pictures = Open pictures
open-a-folder = Open a folder
open-folder-of-pictures = Open a folder of pictures
paste = Paste
paste-a-picture = Paste a picture
sample = Sample
try-a-sample = Try a sample portrait
sample-tip = Eileen Collins, by NASA
sample-portrait = Sample portrait
pasted-picture = Pasted picture
close-all-pictures = Close all pictures
previous-picture = Previous picture
next-picture = Next picture
show-picture = Show { $name }
gallery-full = Only { $limit } pictures are listed; { $count } more were left out.
videos-left-out = Only one video plays at a time, “{ $name }”; videos not opened: { $count }.
folder-videos = Videos in a folder are not played with its pictures, such as “{ $name }”; videos: { $count }. Open a video alone to play it.
video-rotated = “{ $name }” is shown rotated, because its faces do not stand upright.

## Captured pictures: tiles of a slow model, and sweeps

capture = Capture
capture-again = Capture again
capture-tip = Capture the current picture
cancel-tiles = Cancel the remaining tiles
tiles-source-tip = The picture that the tiles are made from
analysing-face = Analysing the face…
# $ago is just-now, seconds-ago or minutes-ago; $time is seconds or minutes.
tiles-made = { $count ->
    [one] { $made } of { $count } tile made from the picture captured { $ago }
   *[other] { $made } of { $count } tiles made from the picture captured { $ago }
}
tiles-making = { $count ->
    [one] Making { $age }: { $made } of { $count } tile made
   *[other] Making { $age }: { $made } of { $count } tiles made
}
tiles-making-time = { $count ->
    [one] Making { $age }: { $made } of { $count } tile made, about { $time } to go
   *[other] Making { $age }: { $made } of { $count } tiles made, about { $time } to go
}
tiles-stopping = { $count ->
    [one] Stopping after this one: { $made } of { $count } tile made
   *[other] Stopping after this one: { $made } of { $count } tiles made
}
tiles-stopped = { $count ->
    [one] Stopped: { $made } of { $count } tile made
   *[other] Stopped: { $made } of { $count } tiles made
}
sweep-title = A sweep through the ages
sweep-invitation = Captures the current picture, makes { $count } pictures from { $youngest } to { $oldest } of it, and plays them back and forth.
sweep-takes = With this model that takes about { $time }.
picture-being-captured = The picture is being captured.
captured-picture = The captured picture
sweep-stopping = Stopping after this picture
sweep-made = { $made } of { $count } pictures made
sweep-made-time = { $made } of { $count } pictures made, about { $time } to go
leave-sweep = Leave the sweep
back-to-tiles = Back to the tiles
back-to-tiles-tip = Show the tiles again
sweep-plays-when-made = The pictures play when all of them are made.
sweep-hint = Press C to capture the current picture, Esc to return to the tiles.
sweep-cancel-tip = Play what is made so far
save-sweep = Save sweep
save-sweep-tip = Save the pictures and an animation of them
step-back = Step back
step-forward = Step forward
sweep-position = Picture of the sweep

## Measurements and readings

milliseconds = Milliseconds
milliseconds-tip = In the table: median / 95th percentile
milliseconds-short = { $count } ms
rates = { $pictures } pictures/s, { $refreshes } refreshes/s
close-measurements = Close the measurements
stage-camera-to-tile = Camera to tile
stage-input = Input shown
stage-face = Face
stage-encode = Encode
stage-decode = Decode
stage-compose = Compose
stage-spoken = { $stage }: median { $median } ms, 95th percentile { $high } ms
median-and-95th = { $median } / { $high }
now = now
seconds-short = { $seconds } s
readings-about = Ages come from a network that mirror was not trained against, identity from a face recognition network that it was trained against. Both make errors; the ages are off by a few years, and by more for the very young and the very old.
readings-note = estimated against requested age
close-readings = Close the readings
reading-tiles = Reading the tiles…
no-tiles-to-read = There are no tiles to read.
reading-long = reads { $age } · same person { $same }
reading-short = { $age } · { $same }
tile-spoken = { $label }, reads { $age }, same person { $same }
input-reads = Input reads
mean-error = Mean error
same-person-lowest = Same person, lowest
same-person-highest = Same person, highest

## The status line

camera-tip = The camera and its measured rate
damaged-frames = { $count ->
    [one] { $count } damaged frame skipped
   *[other] { $count } damaged frames skipped
}
of-frames = { $count ->
    [one] Of { $count } frame
   *[other] Of { $count } frames
}
restarted = { $count ->
    [one] Restarted once
   *[other] Restarted { $count } times
}
recording = Recording { $time }  { $size } MB
recording-dropped = Recording { $time }  { $size } MB, { $count } dropped
recording-tip = Pictures are dropped when the encoder is too slow
virtual-camera-waiting = Virtual camera: waiting
virtual-camera-starting = Virtual camera: starting
virtual-camera-device = Virtual camera: { $device }
pictures-sent = { $count ->
    [one] { $count } picture sent
   *[other] { $count } pictures sent
}
device-tip = The device that runs the network, and why
device-cpu = { $count ->
    [one] CPU, { $count } thread ({ $reason })
   *[other] CPU, { $count } threads ({ $reason })
}
device-cpu-no-gpu-build = { $count ->
    [one] CPU, { $count } thread (built without CUDA)
   *[other] CPU, { $count } threads (built without CUDA)
}
device-cpu-chosen = { $count ->
    [one] CPU, { $count } thread (as chosen)
   *[other] CPU, { $count } threads (as chosen)
}
slow-model = { $seconds } s per tile, too slow to follow the camera
slow-model-tip = The tiles are made one by one from a held frame
latency = camera to tile { $median } ms (95%: { $high } ms)
latency-tip = From a camera frame to its tiles: median and 95th percentile
refreshes = { $rate } refreshes/s
refreshes-tip = How often all tiles are refreshed
restraint-battery = On battery: fewer refreshes
restraint-load = Computer busy: fewer refreshes
restraint-tip = Tiles are refreshed less often, so that the camera keeps its rate and the battery lasts longer
source-frozen = { $name }: frozen
source-opening = { $name }: opening
source-streaming = { $name }  { $size } { $format }, { $rate } fps
source-stalled = { $name }: no frames, restarting it
source-unplugged = { $name }: disconnected, waiting for it
source-busy = { $name }: in use by another program
source-denied = { $name }: no permission
source-format = { $name }: { $formats } cannot be decoded

## The state of the camera

camera-opening-title = Opening the camera
camera-opening = Opening the camera “{ $name }”.
camera-opening-unnamed = Opening the camera.
camera-stalled-title = The camera sends no frames
camera-stalled = The camera “{ $name }” has stopped sending pictures and is being restarted; if this stays, unplug it and plug it in again.
camera-unplugged-title = The camera is disconnected
camera-unplugged = The camera “{ $name }” is not plugged in; plug it in and it will start here by itself.
camera-busy-title = The camera is in use
camera-busy = The camera “{ $name }” is in use by another program; close that program and it will start here by itself.
camera-denied-title = No permission
camera-denied = You may not use the camera “{ $name }”; allow it in the system's privacy settings.
camera-denied-linux = You may not use the camera “{ $name }”; run “sudo usermod -aG video $USER” in a terminal and log in again.
camera-denied-macos = You may not use the camera “{ $name }”; allow it in System Settings under Privacy & Security, Camera.
no-camera-text = There is no camera; plug one in and it will start here by itself, or open a picture.
camera-format-title = The camera's pictures cannot be decoded
camera-format = The camera “{ $name }” sends { $formats }, which cannot be decoded (MJPEG, YUYV, NV12, YU12 and GREY can); choose another camera.
camera-format-linux = The camera “{ $name }” sends { $formats }, which cannot be decoded (MJPEG, YUYV, NV12, YU12 and GREY can); choose another camera, or convert its pictures with ffmpeg and v4l2loopback.
camera-failed-title = The camera does not work
camera-failed = The camera “{ $name }” does not work ({ $reason }); unplug it and plug it in again, or choose another camera.
camera-streaming = The camera “{ $name }” sends { $size } pixels as { $format }, { $rate } a second.
camera-streaming-unmeasured = The camera “{ $name }” sends { $size } pixels as { $format }.
showing-picture = Showing the picture “{ $name }”.

## Why a face is not aged

no-face = No face
no-face-camera = No face is in the picture; look at the camera or choose another picture.
no-face-still = No face was found in it, neither upright nor turned; choose a picture in which a face looks towards the camera.
no-face-video = No face is in this part of the video. If its picture lies sideways, rotate it with the button under it.
face-far = Too far away
face-far-camera = The face is too small; come closer to the camera.
face-small = Too small
face-small-still = The face is too small, with fewer than 24 pixels between the eyes; choose a larger copy of the picture.
face-small-video = The face is too small, with fewer than 24 pixels between the eyes; choose a larger copy of the video.
face-cut = Cut by the edge
face-cut-camera = The face is cut by the edge; move into the picture.
face-cut-still = The face is cut by the edge of the picture; choose a picture that shows all of it.
face-cut-video = The face is cut by the edge in this part of the video; seek to another part.
face-turned = Turned away
face-turned-camera = The face is turned away; look towards the camera.
face-turned-still = The face is turned away; choose a picture in which it looks towards the camera.
face-turned-video = The face is turned away in this part of the video; seek to another part.
face-dark = Too dark
face-dark-camera = The picture is too dark to see a face; turn on a light.
face-dark-still = The picture is too dark to see a face; choose a brighter picture.
face-dark-video = This part of the video is too dark to see a face; seek to another part.

## The settings

saving = Saving
picture-size = Picture size
frame-rate = Frame rate
per-second = { $rate } per second
rotation = Rotation
rotation-none = Not rotated
rotation-quarter = Rotated by 90° clockwise
rotation-half = Rotated by 180°
rotation-three-quarters = Rotated by 90° counter-clockwise
mirrored = Mirrored
mirrored-tip = Left and right as in a mirror
virtual-camera = Virtual camera
virtual-camera-loopback-tip = Show the aged picture as a camera to all programs; needs the kernel module v4l2loopback
virtual-camera-pipewire-tip = Show the aged picture as a camera of PipeWire, to browsers and OBS
off = Off
change = Change
change-folder = Change the folder
open-the-folder = Open the folder
open-the-folder-tip = Open it in the file manager
theme = Theme
theme-system = System
theme-system-tip = Follow the system
theme-light = Light
theme-dark = Dark
# $language is the name of a language in that language.
language-system = System ({ $language })
language-system-untranslated = System ({ $locale } is not translated)
side-panel = Side panel
pictures-tip = The gallery
measurements-tip = Latency and age of each tile
readings-tip = Ages that other networks see
training-button = Training…
watch-training = Watch a training run
watch-training-tip = Losses and samples of a training run
no-model-built-in = None is built in
runs-on = Runs on
automatic = Automatic
automatic-tip = The fastest device
cpu-tip = The CPU

## The models and their weights

model-mirror = the bundled network: any age from 1 to 85, live on a laptop's processor
model-agetransgan = ten groups from 0-2 to 70 and older, or four, and ages between them, 1024 pixels
model-caae = ten groups from 0-5 to 71 and older, as a woman or as a man, soft, 128 pixels
model-ipcgan = four groups from 21-30 to 51 and older, for young faces, 128 pixels
model-cgan = IPCGAN's network on faces aligned in another way, four groups, 128 pixels
model-pagan = three groups from 31-40 to 51 and older, for faces of up to 30 years, 224 pixels
model-opening = Opening { $model }
weights-being-read = Its weights are being read.
model-is-ready = { $model } is ready
model-has-damaged-weights = { $model } has damaged weights
model-needs-weights = { $model } needs its weights
keeps-running = Until then, { $model } keeps running.
weights-damaged = { $reason }. Import the file again.
weights-drop-or-choose = Drop the files on this window, or choose them here.
weights-choose = Choose the files here.
weights-are-copied = The required parts are copied, so the downloads can be deleted afterwards.
choose-files = Choose files…
choose-files-tip = Import weight files from this computer
file-imported = { $title }  –  imported
files = { $count ->
    [one] File
   *[other] Files
}
source = Source
licence = Licence
next-step = Next
copy-address = Copy the address
copy-address-of = Copy the address of file { $file }
copy-address-tip = Copy it to the clipboard
open-page = Open the page
open-page-of = Open the page of file { $file }
open-page-tip = Open it in the web browser
checking-weights = Checking the weights…
importing = Importing { $name }: { $percent } %
cancel-import = Cancel the import
import-cancelled = The import of weights was cancelled.
weights-imported = The weights of { $model } were imported.
weights-imported-and-chosen = The weights of { $model } were imported, and it is now the model.
weights-still-missing = One file of { $model } was imported. Still missing: { $files }.
weights-unknown = { $file } holds weights of an unknown system. Supported are { $systems }.
weights-no-model = { $file } is { $system }. It serves training or measuring and cannot age a face.
weights-graph-only = { $file } is the graph of a network without its weights. Put { $stem }.index and { $stem }.data-00000-of-00001 into its folder and add them again.
weights-half = { $file } is half of a checkpoint. Put { $stem }.index and { $stem }.data-00000-of-00001 into its folder and add them again.

## A training run

training = Training
training-run = Training run
training-invitation = Choose the folder that a training run writes to. Its losses and its newest sheet of samples are shown while it runs.
choose-a-folder = Choose a folder
choose-run-folder = Choose the folder of a run
another-run = Another run
another-run-tip = Choose another run's folder
reading-run = Reading the run.
nothing-to-show = Nothing to show
losses = Losses
no-losses = No losses yet
log-empty = The log has no values yet.
# $ago is just-now, seconds-ago or minutes-ago.
log-written = written { $ago }
step = Step { $step }
term-spoken = { $name }: { $value } at step { $step }
samples = Samples
no-samples = No sheet of samples yet
no-samples-text = A run writes its first sheet with its first checkpoint.
sheet-of-samples = Sheet of samples, { $name }
run-not-opened = { $folder } cannot be opened. Choose the folder of a run.
run-no-log = { $folder } has no { $log }. A run writes it after its first steps. If this is not the folder of a run, choose another one.
log-too-long = { $file } is too long for the log of a run. Choose another folder.
log-unreadable = { $file } cannot be read: { $cause }
log-invalid = { $file } is not the log of a run: { $cause }
log-no-header = its first line does not begin with “step”
log-no-step = “{ $text }” is not a step

## The list of shortcuts

group-ages = Ages
group-input = Input
group-sweep = Sweep, and tiles of a slow model
shortcut-ten = Ten age groups, or the model's own
shortcut-large = Large view, with before and after
shortcut-year = One year younger, older
shortcut-decade = Ten years younger, older
shortcut-sweep = Sweep: many steps of one picture
shortcut-gender = Age as a woman, as a man
shortcut-freeze = Freeze the input, pause a video
shortcut-faces = Age all faces, or one
shortcut-frame = Whole frame, or faces only
shortcut-back = Back: to the tiles, to the camera
shortcut-step-picture = Previous picture, next picture
shortcut-record = Record, or stop
shortcut-sweep-play = Play or pause the sweep
shortcut-sweep-step = One picture back, forward
shortcut-sweep-ten = Ten pictures back, forward
shortcut-readings = Readings: ages that other networks see
shortcut-theme = Light, dark, or as the system
shortcut-fullscreen = Full screen
shortcut-list = This list
shortcut-tab = Next control, press it
key-ctrl = Ctrl
key-shift = Shift
key-space = Space
key-left = Left
key-right = Right
key-up = Up
key-down = Down
key-page-up = PageUp
key-page-down = PageDown
key-escape = Escape
key-tab = Tab
key-enter = Enter
key-comma = Comma

## Messages in the corner

dismiss = Dismiss
open-folder = Open folder
saved = { $count ->
    [one] Saved { $count } file in { $folder }
   *[other] Saved { $count } files in { $folder }
}
recorded = Recorded { $file }
nothing-to-save = There is nothing to save yet. Save again when the tiles show a face.
copied = Copied a picture of { $size } pixels. Paste it where you like.
nothing-to-copy = There is nothing to copy yet. Copy again when the tiles show a face.
not-copied = The picture could not be copied to the clipboard ({ $cause }). Save it instead.
no-sweep-to-save = There is no sweep to save yet. Press C, and save when it plays.
cannot-save-training = Nothing can be saved while a training run is open. Press T to return to the tiles.
cannot-record-this = The tiles and the large view can be recorded; press 1 or L first.
too-slow-to-play = This model is too slow here to play live. Press E for a sweep.
recording-disk-full = The recording stopped because the disk is nearly full; free some space.
recording-empty = Nothing was recorded because there was no picture; start again when the tiles show a face.
recording-panic = The recording failed (internal error; see the log); start it again.
language-untranslated = There is no translation for { $locale }, so the window is in English. Choose a language in the settings.
language-without-font = No font on this computer can show { $language }, so the window stays in English. Install one, such as Noto Sans CJK, and start again.
no-such-folder = The folder { $folder } does not exist yet. Save something to create it.
no-file-manager = No file manager could be opened. The folder is { $folder }.
no-web-browser = No web browser could be opened. The address is { $address }
clipboard-closed = The clipboard cannot be read ({ $cause }). Open the picture from a file instead.
clipboard-empty = There is no picture in the clipboard. Copy one first.
clipboard-too-large = The picture in the clipboard is too large or damaged. Open it from a file.
no-thread = The system cannot start another thread ({ $cause }). Close other programs and try again.
task-panic = An internal error has stopped a task ({ $name }). See the log.
weights-panic = A weight file could not be read (internal error; see the log).
import-panic = The import has failed (internal error; see the log).
save-panic = Saving has failed (internal error; see the log). Try again.
camera-list-panic = The list of cameras is no longer updated (internal error).
settings-panic = The settings are no longer stored (internal error).
pictures-panic = Pictures can no longer be read (internal error).
picture-panic = The picture is damaged and cannot be read. Open another one.
readings-failed = The tiles cannot be read: { $cause }
readings-panic = Reading the tiles has failed (internal error; see the log). It is switched off.
training-panic = Training runs are no longer watched (internal error).
run-panic = A file of the training run could not be read (internal error; see the log). Choose the run again.

## Dialogs of the system

dialog-pictures = Open pictures or a video
dialog-weights = Open weight files
dialog-save = Where to save
dialog-run = The folder of a training run
all-files = All files

## Files that cannot be read or written

picture-unreadable = “{ $name }” cannot be read ({ $cause }); check that it exists and that you may open it.
picture-not-a-file = “{ $name }” is not a file; choose a picture file.
file-empty = “{ $name }” is empty (0 bytes); copy or download it again.
picture-unknown-kind = “{ $name }” is not a picture of a known kind; choose a JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP or PNM file.
picture-cut-short = “{ $name }” is cut short; copy or download it again.
picture-damaged = “{ $name }” is damaged or of an unusual kind ({ $cause }); save it again as PNG or JPEG.
picture-too-large = “{ $name }” is too large ({ $size } pixels); make it smaller than { $megapixels } megapixels and { $side } pixels a side.
picture-too-many-bytes = “{ $name }” is too large; make it smaller than 256 MiB and { $megapixels } megapixels.
folder-without-pictures = The folder “{ $name }” has no picture or video in it; choose another one.
folder-too-full = The folder “{ $name }” has too many files; choose one with fewer.
save-denied = { $file } cannot be written: access is denied; choose another folder
disk-full = { $file } cannot be written: the disk is full; free some space or choose another folder
save-no-folder = { $file } cannot be written: its folder does not exist or is a file; choose another folder
video-no-ffmpeg = Videos need the program { $program }, which was not found; install FFmpeg (on Debian and Ubuntu: apt install ffmpeg; elsewhere see https://ffmpeg.org/download.html) and try again.
video-not-a-file = “{ $name }” is not a file; choose a video file.
video-unknown-kind = “{ $name }” is not a video that can be read ({ $cause }); choose another file, or convert it to MP4.
video-cut-short = “{ $name }” is cut short: the table of its frames is missing; copy or download it again.
video-no-pictures = “{ $name }” has no video stream; choose another file.
video-encrypted = “{ $name }” is encrypted (copy protection); choose a video without it.
no-virtual-camera = there is no virtual camera; install v4l2loopback (on Debian and Ubuntu: apt install v4l2loopback-dkms) and run: sudo modprobe v4l2loopback exclusive_caps=1 card_label=agemirror
virtual-camera-missing = { $device } does not exist; choose another virtual camera or create it
virtual-camera-no-output = { $device } is not a virtual camera: it does not accept pictures; choose a v4l2loopback device
virtual-camera-busy = { $device } is in use by another program; close that program
virtual-camera-denied = you may not open { $device }; add your user to the group video
virtual-camera-no-reader = { $device } has no reader yet
virtual-camera-panic = The virtual camera has stopped (internal error; see the log); switch it off and on again
pipewire-needs = { $name } was not found; a camera of PipeWire needs it (on Debian and Ubuntu: apt install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire)
pipewire-not-running = PipeWire is not running for this user; start it (systemctl --user start pipewire wireplumber) or choose v4l2loopback
pipewire-ended = the camera of PipeWire has ended ({ $cause }); it is started again

## The exhibit

exhibit-invitation = Step in front of the mirror
exhibit-hint = See yourself at other ages
exhibit-nothing-kept = Nothing is kept. No picture leaves this screen.
exhibit-saved = Your strip is saved by this exhibit.
exhibit-photo = Touch the screen or press Enter for a photograph
exhibit-no-camera = The mirror is resting and will be back in a moment
exhibit-now = Today
