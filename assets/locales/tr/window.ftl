## Ages

age = Yaş { $age }
age-of-face = Yaş { $age }, yüz { $face }
age-in-progress = { $age }: hazırlanıyor
in-progress = hazırlanıyor
years = { $years } yaş
ages-count = { $count } yaş
age-slider = Yaş
age-slider-tip = Herhangi bir yaş: sürükleyin ya da sol ve sağ ok
age-slider-groups-tip = Bir yaş grubu: sürükleyin ya da sol ve sağ ok
play-through-ages = Yaşları gez
stop-playing = Durdur
female = Kadın
male = Erkek
age-as-a-woman = Kadın olarak yaşlandır
age-as-a-man = Erkek olarak yaşlandır
before = Önce
before-and-after = Önce ve sonra
tiles = Kareler
ten-groups-tip = On yaş grubu
four-groups-tip = Dört yaş grubu
own-groups-tip = Modelin yaş grupları
large = Büyük
large-tip = Büyük görünüm, önce ve sonra
sweep = Yolculuk
sweep-tip = Yolculuk: yakala, sonra yaşları gez

## Words used in several places

camera = Kamera
model = Model
weights = Ağırlıklar
window = Pencere
settings = Ayarlar
shortcuts = Kısayollar
pictures = Resimler
picture = Resim
videos = Videolar
video = Video
readings = Tahminler
measurements = Ölçümler
language = Dil
cancel = İptal
close = Kapat
save = Kaydet
open = Aç
play = Oynat
pause = Duraklat
folder = Klasör
one-moment = Bir dakika
just-now = az önce
seconds = { $seconds } saniye
minutes = { $minutes } dakika
seconds-ago = { $seconds } saniye önce
minutes-ago = { $minutes } dakika önce
pictures-count = { $count } resim
picture-of = { $index } / { $count }  ·  { $name }
name-and-value = { $name }: { $value }
two-parts = { $one }, { $two }

## The top bar

save-tip = Tüm kareleri kaydet
copy = Kopyala
copy-tip = Gösterileni kopyala
record-tip = Görüneni kaydet
stop-recording = Kaydı durdur
theme-is-system = Tema: sistem
theme-is-light = Tema: açık
theme-is-dark = Tema: koyu
no-camera = Kamera yok
no-camera-found = Kamera bulunamadı – yeniden dene
no-model = Model yok
weight-file = ağırlık dosyası
model-ready = hazır
model-weights-missing = ağırlıklar eksik – hangileri için seçin
model-weights-damaged = ağırlıklar bozuk – nedeni için seçin

introduction = Giriş
introduction-what = agemirror sizi başka yaşlarda gösterir: kameradan canlı olarak ya da açtığınız bir resimde veya videoda.
introduction-where = Her şey bu bilgisayarda hesaplanır; hiçbir resim buradan çıkmaz.
introduction-guess = Resimler bir tahmindir, kehanet değildir.
introduction-close = Anladım
introduction-close-tip = Bir daha gösterme

## The input

live = Canlı
back-to-live = Canlıya dön
back-to-live-tip = Kamerayı yeniden göster
first-picture-coming = İlk görüntü geliyor.
frozen = Donduruldu
frozen-badge = Donduruldu – devam için Boşluk
loading = Yükleniyor…
freeze = Dondur
freeze-tip = Bu görüntüyü dondur
all-faces = Tümü
all-faces-tip = Dört kişiye kadar tüm yüzleri yaşlandır
whole-frame = Tam kare
whole-frame-tip = Tüm görüntüyü yaşlandırılmış yüzle göster
face-of = Yüz { $index } / { $count }
face-of-aged = Yüz { $index } / { $count }, yaşlandırıldı
age-this-face = Bu yüzü yaşlandır
looks-age = { $age } gösteriyor
play-video = Videoyu oynat
pause-video = Videoyu duraklat
video-not-played = Video oynatılamıyor
video-position = Videodaki konum
video-position-tip = Başka bir ana sürükleyin
rotate-video = Videoyu döndür
loop = Döngü
loop-tip = Sonunda baştan başla

## The gallery

drop-anywhere = Resim ya da klasörleri buraya bırakın
open-or-paste = Resim açın ya da yapıştırın
drop-one = Resmi, klasörü ya da ağırlıkları açmak için bırakın
drop-files = { $count } dosyayı açmak için bırakın
open-a-picture = Resim aç
open-pictures = Resim aç
open-a-folder = Klasör aç
open-folder-of-pictures = Resim klasörü aç
paste = Yapıştır
paste-a-picture = Resim yapıştır
sample = Örnek
try-a-sample = Örnek portreyi dene
sample-tip = Eileen Collins, NASA fotoğrafı
sample-portrait = Örnek portre
pasted-picture = Yapıştırılan resim
close-all-pictures = Tüm resimleri kapat
previous-picture = Önceki resim
next-picture = Sonraki resim
show-picture = { $name } göster
gallery-full = Yalnızca { $limit } resim listelenir; { $count } resim dışarıda kaldı.
videos-left-out = Aynı anda yalnızca bir video oynatılır: “{ $name }”; açılmayan video sayısı: { $count }.
folder-videos = Bir klasördeki videolar resimleriyle birlikte oynatılmaz, örneğin “{ $name }”; video sayısı: { $count }. Oynatmak için bir videoyu tek başına açın.
video-rotated = “{ $name }” döndürülmüş olarak gösteriliyor, çünkü yüzler dik durmuyor.

## Captured pictures: tiles of a slow model, and sweeps

capture = Yakala
capture-again = Yeniden yakala
capture-tip = Şu anki görüntüyü yakala
cancel-tiles = Kalan kareleri iptal et
tiles-source-tip = Karelerin yapıldığı görüntü
analysing-face = Yüz inceleniyor…
tiles-made = { $count } kareden { $made } tanesi hazır, görüntü { $ago } yakalandı
tiles-making = { $age } hazırlanıyor: { $count } kareden { $made } tanesi hazır
tiles-making-time = { $age } hazırlanıyor: { $count } kareden { $made } tanesi hazır, kalan süre yaklaşık { $time }
tiles-stopping = Bundan sonra duracak: { $count } kareden { $made } tanesi hazır
tiles-stopped = Durduruldu: { $count } kareden { $made } tanesi hazır
sweep-title = Yaşlar arasında yolculuk
sweep-invitation = Şu anki görüntüyü yakalar, ondan { $youngest } ile { $oldest } arasında { $count } resim yapar ve ileri geri oynatır.
sweep-takes = Bu modelle yaklaşık { $time } sürer.
picture-being-captured = Görüntü yakalanıyor.
captured-picture = Yakalanan görüntü
sweep-stopping = Bu resimden sonra duracak
sweep-made = { $count } resimden { $made } tanesi hazır
sweep-made-time = { $count } resimden { $made } tanesi hazır, kalan süre yaklaşık { $time }
leave-sweep = Yolculuktan çık
back-to-tiles = Karelere dön
back-to-tiles-tip = Kareleri yeniden göster
sweep-plays-when-made = Tüm resimler hazır olunca oynatılır.
sweep-hint = C şu anki görüntüyü yakalar, Esc karelere döner.
sweep-cancel-tip = Şimdiye kadar hazır olanı oynat
save-sweep = Yolculuğu kaydet
save-sweep-tip = Resimleri ve bir animasyonu kaydet
step-back = Geri
step-forward = İleri
sweep-position = Yolculuğun resmi

## Measurements and readings

milliseconds = Milisaniye
milliseconds-tip = Tabloda: ortanca / 95. yüzdelik
milliseconds-short = { $count } ms
rates = { $pictures } görüntü/sn, { $refreshes } yenileme/sn
close-measurements = Ölçümleri kapat
stage-camera-to-tile = Kameradan kareye
stage-input = Gösterilen görüntü
stage-face = Yüz
stage-encode = Kodlama
stage-decode = Kod çözme
stage-compose = Birleştirme
stage-spoken = { $stage }: ortanca { $median } ms, 95. yüzdelik { $high } ms
median-and-95th = { $median } / { $high }
now = şimdi
seconds-short = { $seconds } sn
readings-about = Yaşları, mirror'ın karşısında eğitilmediği bir ağ tahmin eder; kimliği, karşısında eğitildiği bir yüz tanıma ağı ölçer. İkisi de yanılır: yaşlar birkaç yıl, çok genç ve çok yaşlılarda daha fazla sapar.
readings-note = tahmin edilen ve istenen yaş
close-readings = Tahminleri kapat
reading-tiles = Kareler tahmin ediliyor…
no-tiles-to-read = Tahmin edilecek kare yok.
reading-long = { $age } gösteriyor · aynı kişi { $same }
reading-short = { $age } · { $same }
tile-spoken = { $label }, { $age } gösteriyor, aynı kişi { $same }
input-reads = Görüntüdeki yaş
mean-error = Ortalama hata
same-person-lowest = Aynı kişi, en az
same-person-highest = Aynı kişi, en çok

## The status line

camera-tip = Kamera ve ölçülen hızı
damaged-frames = { $count } bozuk kare atlandı
of-frames = { $count } kareden
restarted = { $count } kez yeniden başlatıldı
recording = Kayıt { $time }  { $size } MB
recording-dropped = Kayıt { $time }  { $size } MB, { $count } atlandı
recording-tip = Kodlayıcı yavaş kalınca görüntüler atlanır
virtual-camera-waiting = Sanal kamera: bekliyor
virtual-camera-starting = Sanal kamera: başlıyor
virtual-camera-device = Sanal kamera: { $device }
pictures-sent = { $count } görüntü gönderildi
device-tip = Ağı çalıştıran aygıt ve nedeni
device-cpu = CPU, { $count } iş parçacığı ({ $reason })
device-cpu-no-gpu-build = CPU, { $count } iş parçacığı (CUDA olmadan derlendi)
device-cpu-chosen = CPU, { $count } iş parçacığı (seçildiği gibi)
slow-model = Kare başına { $seconds } sn, kameraya yetişemiyor
slow-model-tip = Kareler dondurulmuş bir görüntüden tek tek yapılır
latency = kameradan kareye { $median } ms (%95: { $high } ms)
latency-tip = Bir kamera görüntüsünden karelerine: ortanca ve 95. yüzdelik
refreshes = { $rate } yenileme/sn
refreshes-tip = Tüm karelerin ne sıklıkla yenilendiği
restraint-battery = Pilde: daha seyrek yenileme
restraint-load = Bilgisayar meşgul: daha seyrek yenileme
restraint-tip = Kamera akıcı kalsın ve pil daha uzun dayansın diye kareler daha seyrek yenilenir
source-frozen = { $name }: donduruldu
source-opening = { $name }: açılıyor
source-streaming = { $name }  { $size } { $format }, { $rate } fps
source-stalled = { $name }: görüntü yok, yeniden başlatılıyor
source-unplugged = { $name }: bağlı değil, bekleniyor
source-busy = { $name }: başka bir program kullanıyor
source-denied = { $name }: izin yok
source-format = { $name }: { $formats } okunamıyor

## The state of the camera

camera-opening-title = Kamera açılıyor
camera-opening = “{ $name }” kamerası açılıyor.
camera-opening-unnamed = Kamera açılıyor.
camera-stalled-title = Kamera görüntü göndermiyor
camera-stalled = “{ $name }” kamerası görüntü göndermeyi kesti ve yeniden başlatılıyor; düzelmezse çıkarıp yeniden takın.
camera-unplugged-title = Kamera bağlı değil
camera-unplugged = “{ $name }” kamerası takılı değil; takın, burada kendiliğinden başlar.
camera-busy-title = Kamera kullanımda
camera-busy = “{ $name }” kamerasını başka bir program kullanıyor; o programı kapatın, burada kendiliğinden başlar.
camera-denied-title = İzin yok
camera-denied = “{ $name }” kamerasını kullanma izniniz yok; sistemin gizlilik ayarlarından izin verin.
camera-denied-linux = “{ $name }” kamerasını kullanma izniniz yok; bir terminalde “sudo usermod -aG video $USER” çalıştırın ve yeniden oturum açın.
camera-denied-macos = “{ $name }” kamerasını kullanma izniniz yok; Sistem Ayarları'nda “Gizlilik ve Güvenlik”, “Kamera” altında izin verin.
no-camera-text = Kamera yok; bir kamera takın, burada kendiliğinden başlar, ya da bir resim açın.
camera-format-title = Kameranın görüntüsü okunamıyor
camera-format = “{ $name }” kamerası { $formats } gönderiyor; yalnızca MJPEG, YUYV, NV12, YU12 ve GREY okunabilir. Başka bir kamera seçin.
camera-format-linux = “{ $name }” kamerası { $formats } gönderiyor; yalnızca MJPEG, YUYV, NV12, YU12 ve GREY okunabilir. Başka bir kamera seçin ya da görüntüsünü ffmpeg ve v4l2loopback ile dönüştürün.
camera-failed-title = Kamera çalışmıyor
camera-failed = “{ $name }” kamerası çalışmıyor ({ $reason }); çıkarıp yeniden takın ya da başka bir kamera seçin.
camera-streaming = “{ $name }” kamerası { $size } piksel { $format } gönderiyor, saniyede { $rate }.
camera-streaming-unmeasured = “{ $name }” kamerası { $size } piksel { $format } gönderiyor.
showing-picture = “{ $name }” resmi gösteriliyor.

## Why a face is not aged

no-face = Yüz yok
no-face-camera = Görüntüde yüz yok; kameraya bakın ya da başka bir resim seçin.
no-face-still = Ne düz ne de dönük bir yüz bulundu; bir yüzün kameraya baktığı bir resim seçin.
no-face-video = Videonun bu bölümünde yüz yok. Görüntü yan yatıyorsa altındaki düğmeyle döndürün.
face-far = Çok uzak
face-far-camera = Yüz çok küçük; kameraya yaklaşın.
face-small = Çok küçük
face-small-still = Yüz çok küçük, gözler arasında 24 pikselden az var; resmin daha büyük bir kopyasını seçin.
face-small-video = Yüz çok küçük, gözler arasında 24 pikselden az var; videonun daha büyük bir kopyasını seçin.
face-cut = Kenarda kesik
face-cut-camera = Yüz kenarda kesiliyor; görüntünün içine doğru gelin.
face-cut-still = Yüz resmin kenarında kesiliyor; tümünü gösteren bir resim seçin.
face-cut-video = Videonun bu bölümünde yüz kenarda kesiliyor; başka bir bölüme geçin.
face-turned = Yana dönük
face-turned-camera = Yüz yana dönük; kameraya bakın.
face-turned-still = Yüz yana dönük; kameraya baktığı bir resim seçin.
face-turned-video = Videonun bu bölümünde yüz başka yöne dönük; başka bir bölüme geçin.
face-dark = Çok karanlık
face-dark-camera = Görüntü yüzü görmek için çok karanlık; bir ışık açın.
face-dark-still = Resim yüzü görmek için çok karanlık; daha aydınlık bir resim seçin.
face-dark-video = Videonun bu bölümü yüzü görmek için çok karanlık; başka bir bölüme geçin.

## The settings

saving = Kaydetme
picture-size = Görüntü boyutu
frame-rate = Kare hızı
per-second = Saniyede { $rate }
rotation = Döndürme
rotation-none = Döndürülmemiş
rotation-quarter = Saat yönünde 90° döndürülmüş
rotation-half = 180° döndürülmüş
rotation-three-quarters = Saat yönünün tersine 90° döndürülmüş
mirrored = Ayna
mirrored-tip = Sol ve sağ aynadaki gibi
virtual-camera = Sanal kamera
virtual-camera-loopback-tip = Yaşlandırılmış görüntüyü tüm programlara kamera olarak sun; v4l2loopback çekirdek modülü gerekir
virtual-camera-pipewire-tip = Yaşlandırılmış görüntüyü tarayıcılara ve OBS'ye PipeWire kamerası olarak sun
off = Kapalı
change = Değiştir
change-folder = Klasörü değiştir
open-the-folder = Klasörü aç
open-the-folder-tip = Dosya yöneticisinde aç
theme = Tema
theme-system = Sistem
theme-system-tip = Sistem gibi
theme-light = Açık
theme-dark = Koyu
language-system = Sistem ({ $language })
language-system-untranslated = Sistem ({ $locale } çevrilmedi)
side-panel = Yan panel
pictures-tip = Galeri
measurements-tip = Her karenin gecikmesi ve yaşı
readings-tip = Başka ağların gördüğü yaşlar
training-button = Eğitim…
watch-training = Bir eğitimi izle
watch-training-tip = Bir eğitimin kayıpları ve örnekleri
no-model-built-in = Yerleşik model yok
runs-on = Çalıştığı yer
automatic = Otomatik
automatic-tip = En hızlı aygıt
cpu-tip = İşlemci

## The models and their weights

model-mirror = birlikte gelen ağ: 1'den 85'e her yaş, dizüstü bilgisayarda canlı
model-agetransgan = 0–2'den 70 ve üstüne on grup ya da dört, ve aradaki yaşlar, 1024 piksel
model-caae = 0–5'ten 71 ve üstüne on grup, kadın ya da erkek olarak, yumuşak, 128 piksel
model-ipcgan = 21–30'dan 51 ve üstüne dört grup, genç yüzler için, 128 piksel
model-cgan = başka türlü hizalanmış yüzlerle IPCGAN ağı, dört grup, 128 piksel
model-pagan = 31–40'tan 51 ve üstüne üç grup, 30 yaşa kadar yüzler için, 224 piksel
model-opening = { $model } açılıyor
weights-being-read = Ağırlıkları okunuyor.
model-is-ready = { $model } hazır
model-has-damaged-weights = { $model } ağırlıkları bozuk
model-needs-weights = { $model } ağırlıklarına ihtiyaç duyuyor
keeps-running = O zamana kadar { $model } çalışmayı sürdürür.
weights-damaged = { $reason }. Dosyayı yeniden içe aktarın.
weights-drop-or-choose = Dosyaları bu pencereye bırakın ya da buradan seçin.
weights-choose = Dosyaları buradan seçin.
weights-are-copied = Gerekli parçalar kopyalanır; indirilen dosyalar sonra silinebilir.
choose-files = Dosya seç…
choose-files-tip = Bu bilgisayardan ağırlık dosyalarını içe aktar
file-imported = { $title }  –  içe aktarıldı
files = { $count ->
    [one] Dosya
   *[other] Dosyalar
}
source = Kaynak
licence = Lisans
next-step = Sonra
copy-address = Adresi kopyala
copy-address-of = { $file }. dosyanın adresini kopyala
copy-address-tip = Panoya kopyala
open-page = Sayfayı aç
open-page-of = { $file }. dosyanın sayfasını aç
open-page-tip = Tarayıcıda aç
checking-weights = Ağırlıklar denetleniyor…
importing = { $name } içe aktarılıyor: %{ $percent }
cancel-import = İçe aktarmayı iptal et
import-cancelled = Ağırlıkların içe aktarılması iptal edildi.
weights-imported = { $model } ağırlıkları içe aktarıldı.
weights-imported-and-chosen = { $model } ağırlıkları içe aktarıldı; artık kullanılan model bu.
weights-still-missing = { $model } için bir dosya içe aktarıldı. Hâlâ eksik: { $files }.
weights-unknown = { $file } bilinmeyen bir sistemin ağırlıklarını içeriyor. Desteklenenler: { $systems }.
weights-no-model = { $file }, { $system } dosyasıdır. Eğitim ya da ölçüm içindir, yüz yaşlandıramaz.
weights-graph-only = { $file } bir ağın ağırlıksız grafiğidir. { $stem }.index ve { $stem }.data-00000-of-00001 dosyalarını aynı klasöre koyup yeniden ekleyin.
weights-half = { $file } bir kontrol noktasının yarısıdır. { $stem }.index ve { $stem }.data-00000-of-00001 dosyalarını aynı klasöre koyup yeniden ekleyin.

## A training run

training = Eğitim
training-run = Eğitim
training-invitation = Bir eğitimin yazdığı klasörü seçin. Sürerken kayıpları ve en yeni örnek sayfası burada gösterilir.
choose-a-folder = Klasör seç
choose-run-folder = Bir eğitimin klasörünü seç
another-run = Başka eğitim
another-run-tip = Başka bir eğitimin klasörünü seç
reading-run = Eğitim okunuyor.
nothing-to-show = Gösterilecek bir şey yok
losses = Kayıplar
no-losses = Henüz kayıp yok
log-empty = Günlükte henüz değer yok.
log-written = { $ago } yazıldı
step = Adım { $step }
term-spoken = { $name }: { $step }. adımda { $value }
samples = Örnekler
no-samples = Henüz örnek sayfası yok
no-samples-text = Bir eğitim ilk sayfasını ilk kontrol noktasıyla yazar.
sheet-of-samples = Örnek sayfası, { $name }
run-not-opened = { $folder } açılamıyor. Bir eğitimin klasörünü seçin.
run-no-log = { $folder } içinde { $log } yok. Bir eğitim onu ilk adımlarından sonra yazar. Bu bir eğitimin klasörü değilse başka birini seçin.
log-too-long = { $file } bir eğitimin günlüğü için çok uzun. Başka bir klasör seçin.
log-unreadable = { $file } okunamıyor: { $cause }
log-invalid = { $file } bir eğitimin günlüğü değil: { $cause }
log-no-header = ilk satırı “step” ile başlamıyor
log-no-step = “{ $text }” bir adım değil

## The list of shortcuts

group-ages = Yaşlar
group-input = Giriş
group-sweep = Yolculuk ve yavaş modelin kareleri
shortcut-ten = On yaş grubu ya da modelinkiler
shortcut-large = Büyük görünüm, önce ve sonra
shortcut-year = Bir yaş genç, yaşlı
shortcut-decade = On yaş genç, yaşlı
shortcut-sweep = Yolculuk: bir resmin birçok adımı
shortcut-gender = Kadın, erkek olarak yaşlandır
shortcut-freeze = Görüntüyü dondur, videoyu duraklat
shortcut-faces = Tüm yüzler ya da biri
shortcut-frame = Tam kare ya da yalnız yüzler
shortcut-back = Geri: karelere, kameraya
shortcut-step-picture = Önceki, sonraki resim
shortcut-record = Kaydet ya da durdur
shortcut-sweep-play = Yolculuğu oynat ya da duraklat
shortcut-sweep-step = Bir resim geri, ileri
shortcut-sweep-ten = On resim geri, ileri
shortcut-readings = Başka ağların tahminleri
shortcut-theme = Açık, koyu ya da sistem gibi
shortcut-fullscreen = Tam ekran
shortcut-list = Bu liste
shortcut-tab = Sonraki denetim, kullan
key-ctrl = Ctrl
key-shift = Shift
key-space = Boşluk
key-left = Sol
key-right = Sağ
key-up = Yukarı
key-down = Aşağı
key-page-up = Page Up
key-page-down = Page Down
key-escape = Esc
key-tab = Sekme
key-enter = Enter
key-comma = Virgül

## Messages in the corner

dismiss = Kapat
open-folder = Klasörü aç
saved = { $count } dosya { $folder } içine kaydedildi
recorded = { $file } kaydedildi
nothing-to-save = Henüz kaydedilecek bir şey yok. Kareler bir yüz gösterince kaydedin.
copied = { $size } piksellik bir resim kopyalandı. İstediğiniz yere yapıştırın.
nothing-to-copy = Henüz kopyalanacak bir şey yok. Kareler bir yüz gösterince kopyalayın.
not-copied = Resim panoya kopyalanamadı ({ $cause }). Bunun yerine kaydedin.
no-sweep-to-save = Henüz kaydedilecek bir yolculuk yok. C'ye basın ve oynarken kaydedin.
cannot-save-training = Bir eğitim açıkken kaydedilemez. T karelere döner.
cannot-record-this = Kareler ve büyük görünüm kaydedilebilir; önce 1 ya da L'ye basın.
too-slow-to-play = Bu model burada bunun için çok yavaş. Yolculuk için E'ye basın.
recording-disk-full = Disk neredeyse dolu olduğu için kayıt durdu; yer açın.
recording-empty = Hiç görüntü gelmediği için bir şey kaydedilmedi; kareler bir yüz gösterince yeniden başlayın.
recording-panic = Kayıt bir iç hata yüzünden başarısız oldu; yeniden başlatın.
language-untranslated = { $locale } için çeviri yok, bu yüzden pencere İngilizce. Ayarlardan bir dil seçin.
language-without-font = Bu bilgisayardaki hiçbir yazı tipi { $language } gösteremiyor, bu yüzden pencere İngilizce kalıyor. Noto Sans CJK gibi bir yazı tipi kurun ve yeniden başlatın.
no-such-folder = { $folder } klasörü henüz yok. Bir şey kaydedince oluşur.
no-file-manager = Dosya yöneticisi açılamadı. Klasör: { $folder }.
no-web-browser = Tarayıcı açılamadı. Adres: { $address }
clipboard-closed = Pano okunamıyor ({ $cause }). Resmi bir dosyadan açın.
clipboard-empty = Panoda resim yok. Önce bir tane kopyalayın.
clipboard-too-large = Panodaki resim çok büyük ya da bozuk. Bir dosyadan açın.
no-thread = Sistem başka bir iş parçacığı başlatamıyor ({ $cause }). Başka programları kapatıp yeniden deneyin.
task-panic = Bir iç hata bir görevi durdurdu ({ $name }). Günlüğe bakın.
weights-panic = Bir ağırlık dosyası okunamadı (iç hata; günlüğe bakın).
import-panic = İçe aktarma başarısız oldu (iç hata; günlüğe bakın).
save-panic = Kaydetme başarısız oldu (iç hata; günlüğe bakın). Yeniden deneyin.
camera-list-panic = Kamera listesi artık güncellenmiyor (iç hata).
settings-panic = Ayarlar artık kaydedilmiyor (iç hata).
pictures-panic = Resimler artık okunamıyor (iç hata).
picture-panic = Resim bozuk ve okunamıyor. Başka bir tane açın.
readings-failed = Kareler tahmin edilemiyor: { $cause }
readings-panic = Tahmin başarısız oldu (iç hata; günlüğe bakın). Kapatıldı.
training-panic = Eğitimler artık izlenmiyor (iç hata).
run-panic = Eğitimin bir dosyası okunamadı (iç hata; günlüğe bakın). Eğitimi yeniden seçin.

## Dialogs of the system

dialog-pictures = Resim ya da video aç
dialog-weights = Ağırlık dosyası aç
dialog-save = Nereye kaydedilsin
dialog-run = Bir eğitimin klasörü
all-files = Tüm dosyalar

## Files that cannot be read or written

picture-unreadable = “{ $name }” okunamıyor ({ $cause }); var olduğunu ve açabildiğinizi denetleyin.
picture-not-a-file = “{ $name }” bir dosya değil; bir resim dosyası seçin.
file-empty = “{ $name }” boş (0 bayt); yeniden kopyalayın ya da indirin.
picture-unknown-kind = “{ $name }” bilinen türde bir resim değil; JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP ya da PNM dosyası seçin.
picture-cut-short = “{ $name }” eksik; yeniden kopyalayın ya da indirin.
picture-damaged = “{ $name }” bozuk ya da alışılmadık ({ $cause }); PNG ya da JPEG olarak yeniden kaydedin.
picture-too-large = “{ $name }” çok büyük ({ $size } piksel); { $megapixels } megapikselin ve kenar başına { $side } pikselin altına küçültün.
picture-too-many-bytes = “{ $name }” çok büyük; 256 MiB ve { $megapixels } megapikselin altına küçültün.
folder-without-pictures = “{ $name }” klasöründe resim veya video yok; başka birini seçin.
folder-too-full = “{ $name }” klasöründe çok fazla dosya var; daha azı olan birini seçin.
save-denied = { $file } yazılamıyor: erişim reddedildi; başka bir klasör seçin
disk-full = { $file } yazılamıyor: disk dolu; yer açın ya da başka bir klasör seçin
save-no-folder = { $file } yazılamıyor: klasörü yok ya da bir dosya; başka bir klasör seçin
video-no-ffmpeg = Videolar için { $program } programı gerekir, ama bulunamadı; FFmpeg kurun (Debian ve Ubuntu'da: apt install ffmpeg; diğerlerinde bkz. https://ffmpeg.org/download.html) ve yeniden deneyin.
video-not-a-file = “{ $name }” bir dosya değil; bir video dosyası seçin.
video-unknown-kind = “{ $name }” okunabilir bir video değil ({ $cause }); başka bir dosya seçin ya da MP4'e dönüştürün.
video-cut-short = “{ $name }” eksik, kare tablosu yok; yeniden kopyalayın ya da indirin.
video-no-pictures = “{ $name }” görüntü içermiyor; video içeren bir dosya seçin.
video-encrypted = “{ $name }” şifreli (kopya koruması); korumasız bir video seçin.
no-virtual-camera = Sanal kamera yok; v4l2loopback kurun (Debian ve Ubuntu'da: apt install v4l2loopback-dkms) ve çalıştırın: sudo modprobe v4l2loopback exclusive_caps=1 card_label=agemirror
virtual-camera-missing = { $device } yok; başka bir sanal kamera seçin ya da oluşturun
virtual-camera-no-output = { $device } görüntü almıyor, sanal kamera değil; bir v4l2loopback aygıtı seçin
virtual-camera-busy = { $device } aygıtını başka bir program kullanıyor; o programı kapatın
virtual-camera-denied = { $device } açılamıyor, erişim reddedildi; kullanıcınızı video grubuna ekleyin
virtual-camera-no-reader = { $device } aygıtının henüz okuyucusu yok
virtual-camera-panic = Sanal kamera durdu (iç hata; günlüğe bakın); kapatıp yeniden açın
pipewire-needs = { $name } bulunamadı; PipeWire kamerası için gereklidir (Debian ve Ubuntu'da: apt install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire)
pipewire-not-running = PipeWire bu kullanıcı için çalışmıyor; başlatın (systemctl --user start pipewire wireplumber) ya da v4l2loopback seçin
pipewire-ended = PipeWire kamerası sona erdi ({ $cause }); yeniden başlatılıyor

## The exhibit

exhibit-invitation = Aynanın önüne geçin
exhibit-hint = Kendinizi başka yaşlarda görün
exhibit-nothing-kept = Hiçbir şey saklanmaz. Hiçbir görüntü bu ekrandan çıkmaz.
exhibit-saved = Fotoğraf şeridiniz bu sergi tarafından kaydedilir.
exhibit-photo = Fotoğraf için ekrana dokunun ya da Enter'a basın
exhibit-no-camera = Ayna dinleniyor, birazdan dönecek
exhibit-now = Bugün
