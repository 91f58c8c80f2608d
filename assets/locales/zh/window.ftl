## Ages

age = { $age } 岁
age-of-face = { $age } 岁，人脸 { $face }
age-in-progress = { $age }：生成中
in-progress = 生成中
years = { $years } 岁
ages-count = { $count } 个年龄
age-slider = 年龄
age-slider-tip = 任意年龄：拖动，或按左右方向键
age-slider-groups-tip = 年龄段：拖动，或按左右方向键
play-through-ages = 依次播放各年龄
stop-playing = 停止
female = 女
male = 男
age-as-a-woman = 按女性变化
age-as-a-man = 按男性变化
before = 变化前
before-and-after = 变化前后
tiles = 小图
ten-groups-tip = 十个年龄段
four-groups-tip = 四个年龄段
own-groups-tip = 模型的年龄段
large = 大图
large-tip = 大图，变化前后对比
sweep = 岁月之旅
sweep-tip = 岁月之旅：拍摄，然后依次播放各年龄

## Words used in several places

camera = 摄像头
model = 模型
weights = 权重
window = 窗口
settings = 设置
shortcuts = 快捷键
pictures = 图片
picture = 图片
videos = 视频
video = 视频
readings = 估计
measurements = 测量
language = 语言
cancel = 取消
close = 关闭
save = 保存
open = 打开
play = 播放
pause = 暂停
folder = 文件夹
one-moment = 请稍候
just-now = 刚刚
seconds = { $seconds } 秒
minutes = { $minutes } 分钟
seconds-ago = { $seconds } 秒前
minutes-ago = { $minutes } 分钟前
pictures-count = { $count } 张图片
picture-of = { $index } / { $count }  ·  { $name }
name-and-value = { $name }：{ $value }
two-parts = { $one }，{ $two }

## The top bar

save-tip = 保存所有小图
copy = 复制
copy-tip = 复制显示的内容
record-tip = 录制显示的内容
stop-recording = 停止录制
theme-is-system = 主题：跟随系统
theme-is-light = 主题：浅色
theme-is-dark = 主题：深色
no-camera = 没有摄像头
no-camera-found = 未找到摄像头 – 重试
no-model = 没有模型
weight-file = 权重文件
model-ready = 可用
model-weights-missing = 缺少权重 – 选择以查看
model-weights-damaged = 权重已损坏 – 选择以查看原因

introduction = 简介
introduction-what = agemirror 显示您在其他年龄的样子：来自摄像头的实时画面，或您打开的图片或视频。
introduction-where = 一切都在这台电脑上计算，图片不会离开它。
introduction-guess = 这些图片是猜测，不是预言。
introduction-close = 知道了
introduction-close-tip = 不再显示

## The input

live = 实时
back-to-live = 返回实时
back-to-live-tip = 重新显示摄像头
first-picture-coming = 第一帧画面即将到来。
frozen = 已定格
frozen-badge = 已定格 – 按空格键继续
loading = 正在加载…
freeze = 定格
freeze-tip = 定格此画面
all-faces = 所有人
all-faces-tip = 变化所有人脸，最多四张
whole-frame = 整幅画面
whole-frame-tip = 显示含有变化后人脸的整幅画面
face-of = 人脸 { $index } / { $count }
face-of-aged = 人脸 { $index } / { $count }，已选
age-this-face = 变化这张脸
looks-age = 看起来 { $age } 岁
play-video = 播放视频
pause-video = 暂停视频
video-not-played = 无法播放视频
video-position = 视频位置
video-position-tip = 拖动到其他时刻
rotate-video = 旋转视频
loop = 循环
loop-tip = 播完后从头开始

## The gallery

drop-anywhere = 将图片或文件夹拖到此处
open-or-paste = 打开或粘贴图片
drop-one = 松开以打开图片、文件夹或权重
drop-files = 松开以打开 { $count } 个文件
open-a-picture = 打开图片
open-pictures = 打开图片
open-a-folder = 打开文件夹
open-folder-of-pictures = 打开图片文件夹
paste = 粘贴
paste-a-picture = 粘贴图片
sample = 示例
try-a-sample = 试试示例肖像
sample-tip = 艾琳·柯林斯（NASA）
sample-portrait = 示例肖像
pasted-picture = 粘贴的图片
close-all-pictures = 关闭所有图片
previous-picture = 上一张图片
next-picture = 下一张图片
show-picture = 显示 { $name }
gallery-full = 最多列出 { $limit } 张图片；另有 { $count } 张未列出。
videos-left-out = 一次只播放一个视频（“{ $name }”）；未打开的视频：{ $count } 个。
folder-videos = 文件夹中的视频不会与图片一起播放（例如“{ $name }”）；视频：{ $count } 个。要播放，请单独打开视频。
video-rotated = “{ $name }”已旋转显示，因为其中的人脸不是正向的。

## Captured pictures: tiles of a slow model, and sweeps

capture = 拍摄
capture-again = 重新拍摄
capture-tip = 拍摄当前画面
cancel-tiles = 取消其余小图
tiles-source-tip = 生成小图所用的画面
analysing-face = 正在分析人脸…
tiles-made = 已完成 { $made } / { $count } 张小图，画面拍摄于{ $ago }
tiles-making = 正在生成 { $age }：已完成 { $made } / { $count } 张小图
tiles-making-time = 正在生成 { $age }：已完成 { $made } / { $count } 张小图，约剩 { $time }
tiles-stopping = 此张后停止：已完成 { $made } / { $count } 张小图
tiles-stopped = 已停止：已完成 { $made } / { $count } 张小图
sweep-title = 穿越岁月之旅
sweep-invitation = 拍摄当前画面，生成从 { $youngest } 到 { $oldest } 的 { $count } 张图片，并来回播放。
sweep-takes = 使用此模型大约需要 { $time }。
picture-being-captured = 正在拍摄画面。
captured-picture = 拍摄的画面
sweep-stopping = 此张图片后停止
sweep-made = 已完成 { $made } / { $count } 张图片
sweep-made-time = 已完成 { $made } / { $count } 张图片，约剩 { $time }
leave-sweep = 退出岁月之旅
back-to-tiles = 返回小图
back-to-tiles-tip = 重新显示小图
sweep-plays-when-made = 所有图片完成后开始播放。
sweep-hint = 按 C 拍摄当前画面，按 Esc 返回小图。
sweep-cancel-tip = 播放已完成的部分
save-sweep = 保存旅程
save-sweep-tip = 保存图片及其动画
step-back = 后退一张
step-forward = 前进一张
sweep-position = 旅程中的图片

## Measurements and readings

milliseconds = 毫秒
milliseconds-tip = 表中：中位数 / 第 95 百分位
milliseconds-short = { $count } ms
rates = { $pictures } 帧/秒，刷新 { $refreshes } 次/秒
close-measurements = 关闭测量
stage-camera-to-tile = 摄像头到小图
stage-input = 显示输入
stage-face = 人脸
stage-encode = 编码
stage-decode = 解码
stage-compose = 合成
stage-spoken = { $stage }：中位数 { $median } 毫秒，第 95 百分位 { $high } 毫秒
median-and-95th = { $median } / { $high }
now = 现在
seconds-short = { $seconds } 秒
readings-about = 年龄由一个未用于训练 mirror 的网络估计，身份由一个曾用于训练的人脸识别网络估计。两者都会出错：年龄相差数岁，对幼儿和高龄者误差更大。
readings-note = 估计年龄与目标年龄
close-readings = 关闭估计
reading-tiles = 正在估计小图…
no-tiles-to-read = 没有可估计的小图。
reading-long = 估计 { $age } · 同一人 { $same }
reading-short = { $age } · { $same }
tile-spoken = { $label }，估计 { $age }，同一人 { $same }
input-reads = 输入估计
mean-error = 平均误差
same-person-lowest = 同一人，最低
same-person-highest = 同一人，最高

## The status line

camera-tip = 摄像头及其实测帧率
damaged-frames = 跳过 { $count } 个损坏的帧
of-frames = 共 { $count } 帧
restarted = 已重启 { $count } 次
recording = 录制中 { $time }  { $size } MB
recording-dropped = 录制中 { $time }  { $size } MB，丢弃 { $count } 帧
recording-tip = 编码器过慢时会丢弃画面
virtual-camera-waiting = 虚拟摄像头：等待中
virtual-camera-starting = 虚拟摄像头：启动中
virtual-camera-device = 虚拟摄像头：{ $device }
pictures-sent = 已发送 { $count } 帧
device-tip = 运行网络的设备及原因
device-cpu = CPU，{ $count } 个线程（{ $reason }）
device-cpu-no-gpu-build = CPU，{ $count } 个线程（构建时未启用 CUDA）
device-cpu-chosen = CPU，{ $count } 个线程（按所选）
slow-model = 每张小图 { $seconds } 秒，跟不上摄像头
slow-model-tip = 小图由定格画面逐张生成
latency = 摄像头到小图 { $median } ms（95%：{ $high } ms）
latency-tip = 从摄像头画面到小图：中位数和第 95 百分位
refreshes = 刷新 { $rate } 次/秒
refreshes-tip = 所有小图的刷新频率
restraint-battery = 使用电池：减少刷新
restraint-load = 电脑繁忙：减少刷新
restraint-tip = 减少图块的刷新次数，以保持摄像头流畅并延长电池续航
source-frozen = { $name }：已定格
source-opening = { $name }：正在打开
source-streaming = { $name }  { $size } { $format }，{ $rate } fps
source-stalled = { $name }：没有画面，正在重启
source-unplugged = { $name }：已断开，等待连接
source-busy = { $name }：被其他程序占用
source-denied = { $name }：没有权限
source-format = { $name }：无法读取 { $formats }

## The state of the camera

camera-opening-title = 正在打开摄像头
camera-opening = 正在打开摄像头“{ $name }”。
camera-opening-unnamed = 正在打开摄像头。
camera-stalled-title = 摄像头没有画面
camera-stalled = 摄像头“{ $name }”停止发送画面，正在重启；如果一直如此，请拔下后重新插入。
camera-unplugged-title = 摄像头已断开
camera-unplugged = 摄像头“{ $name }”未连接；插入后会自动开始。
camera-busy-title = 摄像头正在使用中
camera-busy = 摄像头“{ $name }”被其他程序占用；关闭该程序后会自动开始。
camera-denied-title = 没有权限
camera-denied = 您没有使用摄像头“{ $name }”的权限；请在系统的隐私设置中允许。
camera-denied-linux = 您没有使用摄像头“{ $name }”的权限；请在终端运行“sudo usermod -aG video $USER”并重新登录。
camera-denied-macos = 您没有使用摄像头“{ $name }”的权限；请在系统设置的“隐私与安全性”、“摄像头”中允许。
no-camera-text = 没有摄像头；插入后会自动开始，也可以打开一张图片。
camera-format-title = 无法读取摄像头的画面
camera-format = 摄像头“{ $name }”发送 { $formats }，无法读取（支持 MJPEG、YUYV、NV12、YU12 和 GREY）；请选择其他摄像头。
camera-format-linux = 摄像头“{ $name }”发送 { $formats }，无法读取（支持 MJPEG、YUYV、NV12、YU12 和 GREY）；请选择其他摄像头，或用 ffmpeg 和 v4l2loopback 转换其画面。
camera-failed-title = 摄像头无法工作
camera-failed = 摄像头“{ $name }”无法工作（{ $reason }）；请重新插拔，或选择其他摄像头。
camera-streaming = 摄像头“{ $name }”发送 { $size } 像素的 { $format }，每秒 { $rate } 帧。
camera-streaming-unmeasured = 摄像头“{ $name }”发送 { $size } 像素的 { $format }。
showing-picture = 正在显示图片“{ $name }”。

## Why a face is not aged

no-face = 没有人脸
no-face-camera = 画面中没有人脸；请看向摄像头，或选择其他图片。
no-face-still = 无论正向还是旋转都未找到人脸；请选择人脸朝向镜头的图片。
no-face-video = 视频的这一部分没有人脸。如果画面是横躺的，请用下方的按钮旋转。
face-far = 太远
face-far-camera = 人脸太小；请靠近摄像头。
face-small = 太小
face-small-still = 人脸太小，双眼间距不足 24 像素；请选择更大的图片。
face-small-video = 人脸太小，两眼之间不足 24 像素；请选择更大的视频副本。
face-cut = 被边缘截断
face-cut-camera = 人脸被边缘截断；请移到画面中。
face-cut-still = 人脸被图片边缘截断；请选择能看到整张脸的图片。
face-cut-video = 在视频的这一部分，人脸被边缘截断；请跳到其他部分。
face-turned = 侧脸
face-turned-camera = 脸转向了一侧；请看向摄像头。
face-turned-still = 脸转向了一侧；请选择看向镜头的图片。
face-turned-video = 在视频的这一部分，人脸转向一侧；请跳到其他部分。
face-dark = 太暗
face-dark-camera = 画面太暗，看不清人脸；请开灯。
face-dark-still = 图片太暗，看不清人脸；请选择更亮的图片。
face-dark-video = 视频的这一部分太暗，看不清人脸；请跳到其他部分。

## The settings

saving = 保存
picture-size = 画面尺寸
frame-rate = 帧率
per-second = 每秒 { $rate } 帧
rotation = 旋转
rotation-none = 不旋转
rotation-quarter = 顺时针旋转 90°
rotation-half = 旋转 180°
rotation-three-quarters = 逆时针旋转 90°
mirrored = 镜像
mirrored-tip = 像镜子一样左右相反
virtual-camera = 虚拟摄像头
virtual-camera-loopback-tip = 将变化后的画面作为摄像头提供给所有程序；需要内核模块 v4l2loopback
virtual-camera-pipewire-tip = 将变化后的画面作为 PipeWire 摄像头提供给浏览器和 OBS
off = 关
change = 更改
change-folder = 更改文件夹
open-the-folder = 打开文件夹
open-the-folder-tip = 在文件管理器中打开
theme = 主题
theme-system = 系统
theme-system-tip = 跟随系统
theme-light = 浅色
theme-dark = 深色
language-system = 系统（{ $language }）
language-system-untranslated = 系统（{ $locale } 尚无翻译）
side-panel = 侧栏
pictures-tip = 图库
measurements-tip = 每张小图的延迟和时间
readings-tip = 其他网络看到的年龄
training-button = 训练…
watch-training = 查看训练
watch-training-tip = 训练的损失和样本
no-model-built-in = 没有内置模型
runs-on = 运行于
automatic = 自动
automatic-tip = 最快的设备
cpu-tip = 处理器

## The models and their weights

model-mirror = 自带网络：1 至 85 岁任意年龄，可在笔记本电脑上实时运行
model-agetransgan = 从 0–2 到 70 岁以上的十个年龄段，或四个及其间的年龄，1024 像素
model-caae = 从 0–5 到 71 岁以上的十个年龄段，按女性或男性，较柔和，128 像素
model-ipcgan = 从 21–30 到 51 岁以上的四个年龄段，适合年轻人脸，128 像素
model-cgan = 以另一种方式对齐人脸的 IPCGAN 网络，四个年龄段，128 像素
model-pagan = 从 31–40 到 51 岁以上的三个年龄段，适合 30 岁以下的人脸，224 像素
model-opening = 正在打开 { $model }
weights-being-read = 正在读取权重。
model-is-ready = { $model } 可用
model-has-damaged-weights = { $model } 的权重已损坏
model-needs-weights = { $model } 需要权重
keeps-running = 在此之前继续使用 { $model }。
weights-damaged = { $reason }。请重新导入文件。
weights-drop-or-choose = 将文件拖到此窗口，或在此选择。
weights-choose = 请在此选择文件。
weights-are-copied = 所需部分会被复制，之后可以删除下载的文件。
choose-files = 选择文件…
choose-files-tip = 从本机导入权重文件
file-imported = { $title }  –  已导入
files = { $count ->
   *[other] 文件
}
source = 来源
licence = 许可
next-step = 下一步
copy-address = 复制地址
copy-address-of = 复制文件 { $file } 的地址
copy-address-tip = 复制到剪贴板
open-page = 打开网页
open-page-of = 打开文件 { $file } 的网页
open-page-tip = 在浏览器中打开
checking-weights = 正在检查权重…
importing = 正在导入 { $name }：{ $percent }%
cancel-import = 取消导入
import-cancelled = 已取消导入权重。
weights-imported = 已导入 { $model } 的权重。
weights-imported-and-chosen = 已导入 { $model } 的权重，现在使用该模型。
weights-still-missing = 已导入 { $model } 的一个文件。仍缺少：{ $files }。
weights-unknown = { $file } 是未知系统的权重。支持：{ $systems }。
weights-no-model = { $file } 是 { $system }。它用于训练或测量，不能变化人脸年龄。
weights-graph-only = { $file } 是不含权重的网络图。请将 { $stem }.index 和 { $stem }.data-00000-of-00001 放入同一文件夹并重新添加。
weights-half = { $file } 只是检查点的一半。请将 { $stem }.index 和 { $stem }.data-00000-of-00001 放入同一文件夹并重新添加。

## A training run

training = 训练
training-run = 训练
training-invitation = 选择训练写入的文件夹。运行时会显示其损失和最新的样本页。
choose-a-folder = 选择文件夹
choose-run-folder = 选择训练的文件夹
another-run = 其他训练
another-run-tip = 选择其他训练的文件夹
reading-run = 正在读取训练。
nothing-to-show = 没有可显示的内容
losses = 损失
no-losses = 尚无损失
log-empty = 日志中尚无数值。
log-written = 写入于{ $ago }
step = 第 { $step } 步
term-spoken = { $name }：第 { $step } 步为 { $value }
samples = 样本
no-samples = 尚无样本页
no-samples-text = 训练会随第一个检查点写入第一张样本页。
sheet-of-samples = 样本页，{ $name }
run-not-opened = 无法打开 { $folder }。请选择训练的文件夹。
run-no-log = { $folder } 中没有 { $log }。训练在最初几步后写入。如果这不是训练的文件夹，请选择其他文件夹。
log-too-long = { $file } 作为训练日志过长。请选择其他文件夹。
log-unreadable = 无法读取 { $file }：{ $cause }
log-invalid = { $file } 不是训练日志：{ $cause }
log-no-header = 首行不以“step”开头
log-no-step = “{ $text }”不是步数

## The list of shortcuts

group-ages = 年龄
group-input = 输入
group-sweep = 岁月之旅，以及慢速模型的小图
shortcut-ten = 十个年龄段，或模型自带的
shortcut-large = 大图，变化前后对比
shortcut-year = 年轻一岁、年长一岁
shortcut-decade = 年轻十岁、年长十岁
shortcut-sweep = 岁月之旅：一张画面的多个步骤
shortcut-gender = 按女性、按男性变化
shortcut-freeze = 定格画面，暂停视频
shortcut-faces = 所有人脸，或一张
shortcut-frame = 整幅画面，或仅人脸
shortcut-back = 返回：到小图，到摄像头
shortcut-step-picture = 上一张、下一张图片
shortcut-record = 录制，或停止
shortcut-sweep-play = 播放或暂停旅程
shortcut-sweep-step = 后退、前进一张
shortcut-sweep-ten = 后退、前进十张
shortcut-readings = 其他网络的估计
shortcut-theme = 浅色、深色或跟随系统
shortcut-fullscreen = 全屏
shortcut-list = 此列表
shortcut-tab = 下一个控件，激活
key-ctrl = Ctrl
key-shift = Shift
key-space = 空格
key-left = 左
key-right = 右
key-up = 上
key-down = 下
key-page-up = PageUp
key-page-down = PageDown
key-escape = Esc
key-tab = Tab
key-enter = Enter
key-comma = 逗号

## Messages in the corner

dismiss = 关闭
open-folder = 打开文件夹
saved = 已将 { $count } 个文件保存到 { $folder }
recorded = 已录制 { $file }
nothing-to-save = 还没有可保存的内容。小图中出现人脸后再保存。
copied = 已复制一张 { $size } 像素的图片。可以粘贴到任何地方。
nothing-to-copy = 还没有可复制的内容。等小图中出现人脸后再复制。
not-copied = 无法将图片复制到剪贴板（{ $cause }）。请改为保存。
no-sweep-to-save = 还没有可保存的旅程。按 C，播放时再保存。
cannot-save-training = 查看训练时无法保存。按 T 返回小图。
cannot-record-this = 可以录制小图和大图；请先按 1 或 L。
too-slow-to-play = 此模型在这里太慢，无法实时播放。按 E 开始岁月之旅。
recording-disk-full = 磁盘将满，录制已停止；请释放空间。
recording-empty = 没有画面，因此未录制任何内容；小图中出现人脸后再试。
recording-panic = 内部错误导致录制失败；请重新开始。
language-untranslated = 没有 { $locale } 的翻译，因此窗口使用英文。请在设置中选择语言。
language-without-font = 本机没有可显示 { $language } 的字体，因此窗口仍使用英文。请安装字体（如 Noto Sans CJK）后重新启动。
no-such-folder = 文件夹 { $folder } 尚不存在。保存内容后会自动创建。
no-file-manager = 无法打开文件管理器。文件夹是 { $folder }。
no-web-browser = 无法打开浏览器。地址是 { $address }
clipboard-closed = 无法读取剪贴板（{ $cause }）。请从文件打开图片。
clipboard-empty = 剪贴板中没有图片。请先复制一张。
clipboard-too-large = 剪贴板中的图片过大或已损坏。请从文件打开。
no-thread = 系统无法启动新线程（{ $cause }）。请关闭其他程序后重试。
task-panic = 内部错误中止了一项任务（{ $name }）。请查看日志。
weights-panic = 无法读取权重文件（内部错误，请查看日志）。
import-panic = 导入失败（内部错误，请查看日志）。
save-panic = 保存失败（内部错误，请查看日志）。请重试。
camera-list-panic = 摄像头列表不再更新（内部错误）。
settings-panic = 设置不再保存（内部错误）。
pictures-panic = 无法再读取图片（内部错误）。
picture-panic = 图片已损坏，无法读取。请打开其他图片。
readings-failed = 无法估计小图：{ $cause }
readings-panic = 估计失败（内部错误，请查看日志），已关闭。
training-panic = 不再监视训练（内部错误）。
run-panic = 无法读取训练的文件（内部错误，请查看日志）。请重新选择训练。

## Dialogs of the system

dialog-pictures = 打开图片或视频
dialog-weights = 打开权重文件
dialog-save = 保存位置
dialog-run = 训练的文件夹
all-files = 所有文件

## Files that cannot be read or written

picture-unreadable = 无法读取“{ $name }”（{ $cause }）；请检查文件是否存在以及您是否有权打开。
picture-not-a-file = “{ $name }”不是文件；请选择图片文件。
file-empty = “{ $name }”是空文件（0 字节）；请重新复制或下载。
picture-unknown-kind = “{ $name }”不是已知类型的图片；请选择 JPEG、PNG、WebP、HEIC、AVIF、GIF、TIFF、BMP 或 PNM 文件。
picture-cut-short = “{ $name }”不完整；请重新复制或下载。
picture-damaged = “{ $name }”已损坏或类型特殊（{ $cause }）；请重新保存为 PNG 或 JPEG。
picture-too-large = “{ $name }”过大（{ $size } 像素）；请缩小到 { $megapixels } 百万像素、每边 { $side } 像素以内。
picture-too-many-bytes = “{ $name }”过大；请缩小到 256 MiB、{ $megapixels } 百万像素以内。
folder-without-pictures = 文件夹“{ $name }”中没有图片或视频；请选择其他文件夹。
folder-too-full = 文件夹“{ $name }”中的文件过多；请选择文件较少的文件夹。
save-denied = 无法写入 { $file }：访问被拒绝；请选择其他文件夹
disk-full = 无法写入 { $file }：磁盘已满；请释放空间或选择其他文件夹
save-no-folder = 无法写入 { $file }：文件夹不存在或是一个文件；请选择其他文件夹
video-no-ffmpeg = 视频需要程序 { $program }，但未找到；请安装 FFmpeg（Debian 和 Ubuntu：apt install ffmpeg；其他系统见 https://ffmpeg.org/download.html）后重试。
video-not-a-file = “{ $name }”不是文件；请选择视频文件。
video-unknown-kind = “{ $name }”不是可读取的视频（{ $cause }）；请选择其他文件，或转换为 MP4。
video-cut-short = “{ $name }”不完整，缺少帧表；请重新复制或下载。
video-no-pictures = “{ $name }”没有画面；请选择含有视频的文件。
video-encrypted = “{ $name }”已加密（复制保护）；请选择没有保护的视频。
no-virtual-camera = 没有虚拟摄像头；请安装 v4l2loopback（Debian 和 Ubuntu：apt install v4l2loopback-dkms）并运行：sudo modprobe v4l2loopback exclusive_caps=1 card_label=agemirror
virtual-camera-missing = { $device } 不存在；请选择其他虚拟摄像头或创建一个
virtual-camera-no-output = { $device } 不接收画面，不是虚拟摄像头；请选择 v4l2loopback 设备
virtual-camera-busy = { $device } 被其他程序占用；请关闭该程序
virtual-camera-denied = 无法打开 { $device }，访问被拒绝；请将您的用户加入 video 组
virtual-camera-no-reader = { $device } 尚无读取者
virtual-camera-panic = 虚拟摄像头已停止（内部错误；请查看日志）；请将其关闭后重新打开
pipewire-needs = 找不到 { $name }；PipeWire 摄像头需要它（Debian 和 Ubuntu：apt install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire）
pipewire-not-running = 该用户的 PipeWire 未运行；请启动它（systemctl --user start pipewire wireplumber）或选择 v4l2loopback
pipewire-ended = PipeWire 摄像头已结束（{ $cause }）；正在重新启动

## The exhibit

exhibit-invitation = 请站到镜子前
exhibit-hint = 看看不同年龄的自己
exhibit-nothing-kept = 不保存任何内容。画面不会离开此屏幕。
exhibit-saved = 您的照片由本展览保存。
exhibit-photo = 触摸屏幕或按 Enter 键拍照
exhibit-no-camera = 镜子正在休息，马上回来
exhibit-now = 今天
