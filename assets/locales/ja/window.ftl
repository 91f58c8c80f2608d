## Ages

age = 年齢 { $age }
age-of-face = 年齢 { $age }、顔 { $face }
age-in-progress = { $age }：作成中
in-progress = 作成中
years = { $years } 歳
ages-count = { $count } 年齢
age-slider = 年齢
age-slider-tip = 好きな年齢に：ドラッグ、または左右の矢印キー
age-slider-groups-tip = 年齢層を選択：ドラッグ、または左右の矢印キー
play-through-ages = 年齢を順に再生
stop-playing = 停止
female = 女性
male = 男性
age-as-a-woman = 女性として変化させる
age-as-a-man = 男性として変化させる
before = 変化前
before-and-after = 変化の前と後
tiles = タイル
ten-groups-tip = 10 の年齢層
four-groups-tip = 4 つの年齢層
own-groups-tip = モデルの年齢層
large = 拡大
large-tip = 拡大表示、変化の前と後
sweep = 年齢の旅
sweep-tip = 年齢の旅：撮影して年齢を順に再生

## Words used in several places

camera = カメラ
model = モデル
weights = 重み
window = ウィンドウ
settings = 設定
shortcuts = ショートカット
pictures = 画像
picture = 画像
videos = 動画
video = 動画
readings = 推定
measurements = 計測
language = 言語
cancel = キャンセル
close = 閉じる
save = 保存
open = 開く
play = 再生
pause = 一時停止
folder = フォルダー
one-moment = お待ちください
just-now = たった今
seconds = { $seconds } 秒
minutes = { $minutes } 分
seconds-ago = { $seconds } 秒前
minutes-ago = { $minutes } 分前
pictures-count = 画像 { $count } 枚
picture-of = { $index } / { $count }  ·  { $name }
name-and-value = { $name }：{ $value }
two-parts = { $one }、{ $two }

## The top bar

save-tip = すべてのタイルを保存
copy = コピー
copy-tip = 表示中のものをコピー
record-tip = 表示内容を録画
stop-recording = 録画を停止
theme-is-system = テーマ：システム
theme-is-light = テーマ：ライト
theme-is-dark = テーマ：ダーク
no-camera = カメラなし
no-camera-found = カメラが見つかりません – 再試行
no-model = モデルなし
weight-file = 重みファイル
model-ready = 使用可能
model-weights-missing = 重みがありません – 選択して確認
model-weights-damaged = 重みが壊れています – 選択して確認

introduction = はじめに
introduction-what = agemirror は、カメラの映像や、開いた画像・動画の中のあなたを、別の年齢で映します。
introduction-where = すべてこのコンピューターで計算され、画像が外に出ることはありません。
introduction-guess = 画像は推測であり、予言ではありません。
introduction-close = わかりました
introduction-close-tip = 今後表示しない

## The input

live = ライブ
back-to-live = ライブに戻る
back-to-live-tip = カメラの映像に戻る
first-picture-coming = 最初の映像を待っています。
frozen = 静止中
frozen-badge = 静止中 – スペースキーで再開
loading = 読み込み中…
freeze = 静止
freeze-tip = この映像を静止
all-faces = 全員
all-faces-tip = すべての顔を変化させる（最大 4 人）
whole-frame = 全体
whole-frame-tip = 変化した顔を含む全体を表示
face-of = 顔 { $index } / { $count }
face-of-aged = 顔 { $index } / { $count }、変化中
age-this-face = この顔を変化させる
looks-age = 見た目 { $age } 歳
play-video = 動画を再生
pause-video = 動画を一時停止
video-not-played = 動画を再生できません
video-position = 動画の位置
video-position-tip = ドラッグして移動
rotate-video = 動画を回転
loop = 繰り返し
loop-tip = 最後まで来たら最初に戻る

## The gallery

drop-anywhere = 画像やフォルダーをここにドロップ
open-or-paste = 画像を開くか貼り付け
drop-one = ドロップして画像、フォルダー、重みを開く
drop-files = ドロップして { $count } 個のファイルを開く
open-a-picture = 画像を開く
open-pictures = 画像を開く
open-a-folder = フォルダーを開く
open-folder-of-pictures = 画像のフォルダーを開く
paste = 貼り付け
paste-a-picture = 画像を貼り付け
sample = サンプル
try-a-sample = サンプルの肖像を試す
sample-tip = アイリーン・コリンズ（NASA）
sample-portrait = サンプルの肖像
pasted-picture = 貼り付けた画像
close-all-pictures = すべての画像を閉じる
previous-picture = 前の画像
next-picture = 次の画像
show-picture = { $name } を表示
gallery-full = 一覧は { $limit } 枚までです。残りの { $count } 枚は省略しました。
videos-left-out = 再生できる動画は一度に 1 本です（「{ $name }」）。開かなかった動画: { $count } 本。
folder-videos = フォルダー内の動画は画像と一緒には再生されません（「{ $name }」など { $count } 本）。再生するには動画だけを開いてください。
video-rotated = 顔が正しい向きではないため、「{ $name }」を回転して表示しています。

## Captured pictures: tiles of a slow model, and sweeps

capture = 撮影
capture-again = 撮り直す
capture-tip = 現在の映像を撮影
cancel-tiles = 残りのタイルをキャンセル
tiles-source-tip = タイルの元になった画像
analysing-face = 顔を分析中…
tiles-made = タイル { $made } / { $count } 完成（{ $ago }に撮影した画像）
tiles-making = { $age } を作成中：タイル { $made } / { $count } 完成
tiles-making-time = { $age } を作成中：タイル { $made } / { $count } 完成、残り約 { $time }
tiles-stopping = このタイルで停止します：{ $made } / { $count } 完成
tiles-stopped = 停止しました：タイル { $made } / { $count } 完成
sweep-title = 年齢をたどる旅
sweep-invitation = 現在の映像を撮影し、{ $youngest } から { $oldest } まで { $count } 枚の画像を作り、行きつ戻りつ再生します。
sweep-takes = このモデルでは約 { $time }かかります。
picture-being-captured = 撮影しています。
captured-picture = 撮影した画像
sweep-stopping = この画像で停止します
sweep-made = 画像 { $made } / { $count } 枚完成
sweep-made-time = 画像 { $made } / { $count } 枚完成、残り約 { $time }
leave-sweep = 年齢の旅を終了
back-to-tiles = タイルに戻る
back-to-tiles-tip = タイルの表示に戻る
sweep-plays-when-made = すべての画像ができると再生が始まります。
sweep-hint = C で現在の映像を撮影、Esc でタイルに戻ります。
sweep-cancel-tip = できたところまで再生
save-sweep = 旅を保存
save-sweep-tip = 画像とアニメーションを保存
step-back = 1 枚戻る
step-forward = 1 枚進む
sweep-position = 旅の画像

## Measurements and readings

milliseconds = ミリ秒
milliseconds-tip = 表の値：中央値 / 95 パーセンタイル
milliseconds-short = { $count } ms
rates = 映像 { $pictures } 回/秒、更新 { $refreshes } 回/秒
close-measurements = 計測を閉じる
stage-camera-to-tile = カメラからタイル
stage-input = 入力の表示
stage-face = 顔
stage-encode = 符号化
stage-decode = 復号
stage-compose = 合成
stage-spoken = { $stage }：中央値 { $median } ms、95 パーセンタイル { $high } ms
median-and-95th = { $median } / { $high }
now = 現在
seconds-short = { $seconds } 秒
readings-about = 年齢は mirror の学習に使われていないネットワークが、本人らしさは学習に使われた顔認識ネットワークが推定します。どちらも誤ることがあり、年齢は数歳、幼い人や高齢の人ではそれ以上ずれます。
readings-note = 推定年齢と指定年齢
close-readings = 推定を閉じる
reading-tiles = タイルを推定中…
no-tiles-to-read = 推定するタイルがありません。
reading-long = 推定 { $age } · 本人らしさ { $same }
reading-short = { $age } · { $same }
tile-spoken = { $label }、推定 { $age }、本人らしさ { $same }
input-reads = 入力の推定
mean-error = 平均誤差
same-person-lowest = 本人らしさ、最低
same-person-highest = 本人らしさ、最高

## The status line

camera-tip = カメラと実測フレームレート
damaged-frames = 壊れたフレーム { $count } 個を飛ばしました
of-frames = 全 { $count } フレーム中
restarted = { $count } 回再起動
recording = 録画中 { $time }  { $size } MB
recording-dropped = 録画中 { $time }  { $size } MB、{ $count } 枚欠落
recording-tip = エンコーダーが遅いと画像が欠落します
virtual-camera-waiting = 仮想カメラ：待機中
virtual-camera-starting = 仮想カメラ：開始中
virtual-camera-device = 仮想カメラ：{ $device }
pictures-sent = { $count } 枚送信
device-tip = ネットワークを実行する装置とその理由
device-cpu = CPU、{ $count } スレッド（{ $reason }）
device-cpu-no-gpu-build = CPU、{ $count } スレッド（CUDA なしでビルド）
device-cpu-chosen = CPU、{ $count } スレッド（選択どおり）
slow-model = 1 タイル { $seconds } 秒、カメラに追いつけません
slow-model-tip = タイルは静止した映像から 1 枚ずつ作られます
latency = カメラからタイル { $median } ms（95%：{ $high } ms）
latency-tip = カメラのフレームからタイルまで：中央値と 95 パーセンタイル
refreshes = 更新 { $rate } 回/秒
refreshes-tip = すべてのタイルが更新される頻度
restraint-battery = バッテリー駆動：更新を減らしています
restraint-load = 負荷が高い：更新を減らしています
restraint-tip = カメラの滑らかさとバッテリーを優先し、タイルの更新回数を減らしています
source-frozen = { $name }：静止中
source-opening = { $name }：開いています
source-streaming = { $name }  { $size } { $format }、{ $rate } fps
source-stalled = { $name }：映像なし、再起動中
source-unplugged = { $name }：未接続、待機中
source-busy = { $name }：他のプログラムが使用中
source-denied = { $name }：許可がありません
source-format = { $name }：{ $formats } は読み取れません

## The state of the camera

camera-opening-title = カメラを開いています
camera-opening = カメラ「{ $name }」を開いています。
camera-opening-unnamed = カメラを開いています。
camera-stalled-title = カメラから映像が来ません
camera-stalled = カメラ「{ $name }」の映像が止まったため再起動しています。直らない場合は、いったん外してつなぎ直してください。
camera-unplugged-title = カメラが外れています
camera-unplugged = カメラ「{ $name }」が接続されていません。つなぐと自動的に始まります。
camera-busy-title = カメラは使用中です
camera-busy = カメラ「{ $name }」は他のプログラムが使用中です。そのプログラムを閉じると自動的に始まります。
camera-denied-title = 許可がありません
camera-denied = カメラ「{ $name }」を使う許可がありません。システムのプライバシー設定で許可してください。
camera-denied-linux = カメラ「{ $name }」を使う許可がありません。端末で「sudo usermod -aG video $USER」を実行し、ログインし直してください。
camera-denied-macos = カメラ「{ $name }」を使う許可がありません。システム設定の「プライバシーとセキュリティ」、「カメラ」で許可してください。
no-camera-text = カメラがありません。つなぐと自動的に始まります。画像を開くこともできます。
camera-format-title = カメラの映像を読み取れません
camera-format = カメラ「{ $name }」の { $formats } は読み取れません（MJPEG、YUYV、NV12、YU12、GREY に対応）。別のカメラを選んでください。
camera-format-linux = カメラ「{ $name }」の { $formats } は読み取れません（MJPEG、YUYV、NV12、YU12、GREY に対応）。別のカメラを選ぶか、ffmpeg と v4l2loopback で変換してください。
camera-failed-title = カメラが動作しません
camera-failed = カメラ「{ $name }」が動作しません（{ $reason }）。つなぎ直すか、別のカメラを選んでください。
camera-streaming = カメラ「{ $name }」は { $size } ピクセルの { $format } を毎秒 { $rate } 枚送っています。
camera-streaming-unmeasured = カメラ「{ $name }」は { $size } ピクセルの { $format } を送っています。
showing-picture = 画像「{ $name }」を表示しています。

## Why a face is not aged

no-face = 顔がありません
no-face-camera = 映像に顔がありません。カメラを見るか、別の画像を選んでください。
no-face-still = 正面でも回転しても顔が見つかりません。顔がカメラのほうを向いた画像を選んでください。
no-face-video = 動画のこの部分には顔がありません。映像が横向きの場合は、下のボタンで回転してください。
face-far = 遠すぎます
face-far-camera = 顔が小さすぎます。カメラに近づいてください。
face-small = 小さすぎます
face-small-still = 顔が小さすぎ、目の間が 24 ピクセル未満です。もっと大きな画像を選んでください。
face-small-video = 顔が小さすぎます（両目の間が 24 ピクセル未満）。より大きな動画を選んでください。
face-cut = 端で切れています
face-cut-camera = 顔が端で切れています。映像の中に入ってください。
face-cut-still = 顔が画像の端で切れています。顔全体が写った画像を選んでください。
face-cut-video = 動画のこの部分では顔が端で切れています。別の部分に移動してください。
face-turned = 横を向いています
face-turned-camera = 顔が横を向いています。カメラのほうを見てください。
face-turned-still = 顔が横を向いています。カメラのほうを見ている画像を選んでください。
face-turned-video = 動画のこの部分では顔が横を向いています。別の部分に移動してください。
face-dark = 暗すぎます
face-dark-camera = 暗くて顔が見えません。明かりをつけてください。
face-dark-still = 画像が暗くて顔が見えません。もっと明るい画像を選んでください。
face-dark-video = 動画のこの部分は暗すぎて顔が見えません。別の部分に移動してください。

## The settings

saving = 保存
picture-size = 画像サイズ
frame-rate = フレームレート
per-second = 毎秒 { $rate }
rotation = 回転
rotation-none = 回転なし
rotation-quarter = 右に 90° 回転
rotation-half = 180° 回転
rotation-three-quarters = 左に 90° 回転
mirrored = 左右反転
mirrored-tip = 鏡のように左右を反転
virtual-camera = 仮想カメラ
virtual-camera-loopback-tip = 変化した映像をすべてのプログラムにカメラとして渡す（カーネルモジュール v4l2loopback が必要）
virtual-camera-pipewire-tip = 変化した映像を PipeWire のカメラとしてブラウザーや OBS に渡す
off = オフ
change = 変更
change-folder = フォルダーを変更
open-the-folder = フォルダーを開く
open-the-folder-tip = ファイルマネージャーで開く
theme = テーマ
theme-system = システム
theme-system-tip = システムに合わせる
theme-light = ライト
theme-dark = ダーク
language-system = システム（{ $language }）
language-system-untranslated = システム（{ $locale } は未翻訳）
side-panel = サイドパネル
pictures-tip = ギャラリー
measurements-tip = 各タイルの遅延と経過時間
readings-tip = 他のネットワークが見る年齢
training-button = 学習…
watch-training = 学習を見る
watch-training-tip = 学習の損失とサンプル
no-model-built-in = 組み込みのモデルなし
runs-on = 実行装置
automatic = 自動
automatic-tip = 最も速い装置
cpu-tip = プロセッサー

## The models and their weights

model-mirror = 付属のネットワーク：1 歳から 85 歳まで自由に、ノートパソコンでライブに
model-agetransgan = 0–2 歳から 70 歳以上まで 10 層、または 4 層とその間の年齢、1024 ピクセル
model-caae = 0–5 歳から 71 歳以上まで 10 層、女性または男性、柔らかめ、128 ピクセル
model-ipcgan = 21–30 歳から 51 歳以上まで 4 層、若い顔向け、128 ピクセル
model-cgan = 別の方法で位置合わせした顔での IPCGAN、4 層、128 ピクセル
model-pagan = 31–40 歳から 51 歳以上まで 3 層、30 歳までの顔向け、224 ピクセル
model-opening = { $model } を開いています
weights-being-read = 重みを読み込んでいます。
model-is-ready = { $model } は使用可能です
model-has-damaged-weights = { $model } の重みが壊れています
model-needs-weights = { $model } には重みが必要です
keeps-running = それまでは { $model } が動作します。
weights-damaged = { $reason }。ファイルを取り込み直してください。
weights-drop-or-choose = ファイルをこのウィンドウにドロップするか、ここで選んでください。
weights-choose = ここでファイルを選んでください。
weights-are-copied = 必要な部分はコピーされるので、ダウンロードしたファイルは後で削除できます。
choose-files = ファイルを選択…
choose-files-tip = このコンピューターの重みファイルを取り込む
file-imported = { $title }  –  取り込み済み
files = { $count ->
   *[other] ファイル
}
source = 入手先
licence = ライセンス
next-step = 次に
copy-address = アドレスをコピー
copy-address-of = ファイル { $file } のアドレスをコピー
copy-address-tip = クリップボードにコピー
open-page = ページを開く
open-page-of = ファイル { $file } のページを開く
open-page-tip = ブラウザーで開く
checking-weights = 重みを確認中…
importing = { $name } を取り込み中：{ $percent }%
cancel-import = 取り込みをキャンセル
import-cancelled = 重みの取り込みをキャンセルしました。
weights-imported = { $model } の重みを取り込みました。
weights-imported-and-chosen = { $model } の重みを取り込み、モデルを切り替えました。
weights-still-missing = { $model } のファイルを 1 つ取り込みました。残り：{ $files }。
weights-unknown = { $file } は未知のシステムの重みです。対応：{ $systems }。
weights-no-model = { $file } は { $system } です。学習や計測用で、顔を変化させることはできません。
weights-graph-only = { $file } は重みのないネットワークのグラフです。{ $stem }.index と { $stem }.data-00000-of-00001 を同じフォルダーに入れて追加し直してください。
weights-half = { $file } はチェックポイントの片方です。{ $stem }.index と { $stem }.data-00000-of-00001 を同じフォルダーに入れて追加し直してください。

## A training run

training = 学習
training-run = 学習
training-invitation = 学習の書き込み先フォルダーを選ぶと、損失と最新のサンプルシートが実行中に表示されます。
choose-a-folder = フォルダーを選択
choose-run-folder = 学習のフォルダーを選択
another-run = 別の学習
another-run-tip = 別の学習のフォルダーを選択
reading-run = 学習を読み込んでいます。
nothing-to-show = 表示するものがありません
losses = 損失
no-losses = 損失はまだありません
log-empty = ログにまだ値がありません。
log-written = { $ago }に書き込み
step = ステップ { $step }
term-spoken = { $name }：ステップ { $step } で { $value }
samples = サンプル
no-samples = サンプルシートはまだありません
no-samples-text = 最初のシートは最初のチェックポイントと一緒に書かれます。
sheet-of-samples = サンプルシート、{ $name }
run-not-opened = { $folder } を開けません。学習のフォルダーを選んでください。
run-no-log = { $folder } に { $log } がありません。学習は最初の数ステップの後に書き込みます。学習のフォルダーでない場合は別のフォルダーを選んでください。
log-too-long = { $file } は学習のログとしては長すぎます。別のフォルダーを選んでください。
log-unreadable = { $file } を読み取れません：{ $cause }
log-invalid = { $file } は学習のログではありません：{ $cause }
log-no-header = 最初の行が「step」で始まっていません
log-no-step = 「{ $text }」はステップではありません

## The list of shortcuts

group-ages = 年齢
group-input = 入力
group-sweep = 年齢の旅と遅いモデルのタイル
shortcut-ten = 10 の年齢層、またはモデルの層
shortcut-large = 拡大表示、変化の前と後
shortcut-year = 1 歳若く、年上に
shortcut-decade = 10 歳若く、年上に
shortcut-sweep = 年齢の旅：1 枚を細かく変化
shortcut-gender = 女性として、男性として
shortcut-freeze = 映像を静止、動画を一時停止
shortcut-faces = すべての顔、または 1 人
shortcut-frame = 全体、または顔だけ
shortcut-back = 戻る：タイルへ、カメラへ
shortcut-step-picture = 前の画像、次の画像
shortcut-record = 録画、停止
shortcut-sweep-play = 旅を再生、一時停止
shortcut-sweep-step = 1 枚戻る、進む
shortcut-sweep-ten = 10 枚戻る、進む
shortcut-readings = 他のネットワークの推定
shortcut-theme = ライト、ダーク、システム
shortcut-fullscreen = 全画面
shortcut-list = この一覧
shortcut-tab = 次の部品、実行
key-ctrl = Ctrl
key-shift = Shift
key-space = スペース
key-left = 左
key-right = 右
key-up = 上
key-down = 下
key-page-up = PageUp
key-page-down = PageDown
key-escape = Esc
key-tab = Tab
key-enter = Enter
key-comma = コンマ

## Messages in the corner

dismiss = 閉じる
open-folder = フォルダーを開く
saved = { $count } 個のファイルを { $folder } に保存しました
recorded = { $file } に録画しました
nothing-to-save = まだ保存するものがありません。タイルに顔が出たら保存してください。
copied = { $size } ピクセルの画像をコピーしました。好きな場所に貼り付けてください。
nothing-to-copy = まだコピーするものがありません。タイルに顔が出たらコピーしてください。
not-copied = 画像をクリップボードにコピーできませんでした（{ $cause }）。代わりに保存してください。
no-sweep-to-save = まだ保存する旅がありません。C を押し、再生中に保存してください。
cannot-save-training = 学習の表示中は保存できません。T でタイルに戻ります。
cannot-record-this = 録画できるのはタイルと拡大表示です。先に 1 または L を押してください。
too-slow-to-play = このモデルはここでは遅すぎます。E で年齢の旅を始めてください。
recording-disk-full = ディスクの空きが少ないため録画を停止しました。空きを増やしてください。
recording-empty = 映像が来なかったため録画されませんでした。タイルに顔が出たらやり直してください。
recording-panic = 内部エラーで録画に失敗しました。やり直してください。
language-untranslated = { $locale } の翻訳がないため、英語で表示しています。設定で言語を選んでください。
language-without-font = { $language } を表示できるフォントがないため、英語のまま表示しています。Noto Sans CJK などを入れて起動し直してください。
no-such-folder = フォルダー { $folder } はまだありません。何か保存すると作られます。
no-file-manager = ファイルマネージャーを開けませんでした。フォルダーは { $folder } です。
no-web-browser = ブラウザーを開けませんでした。アドレスは { $address }
clipboard-closed = クリップボードを読み取れません（{ $cause }）。画像をファイルから開いてください。
clipboard-empty = クリップボードに画像がありません。先にコピーしてください。
clipboard-too-large = クリップボードの画像が大きすぎるか壊れています。ファイルから開いてください。
no-thread = システムが新しいスレッドを開始できません（{ $cause }）。他のプログラムを閉じてやり直してください。
task-panic = 内部エラーで処理が止まりました（{ $name }）。ログを見てください。
weights-panic = 重みファイルを読み取れませんでした（内部エラー、ログを参照）。
import-panic = 取り込みに失敗しました（内部エラー、ログを参照）。
save-panic = 保存に失敗しました（内部エラー、ログを参照）。やり直してください。
camera-list-panic = カメラの一覧は更新されなくなりました（内部エラー）。
settings-panic = 設定は保存されなくなりました（内部エラー）。
pictures-panic = 画像を読み取れなくなりました（内部エラー）。
picture-panic = 画像が壊れていて読み取れません。別の画像を開いてください。
readings-failed = タイルを推定できません：{ $cause }
readings-panic = 推定に失敗しました（内部エラー、ログを参照）。オフにしました。
training-panic = 学習は監視されなくなりました（内部エラー）。
run-panic = 学習のファイルを読み取れませんでした（内部エラー、ログを参照）。学習を選び直してください。

## Dialogs of the system

dialog-pictures = 画像または動画を開く
dialog-weights = 重みファイルを開く
dialog-save = 保存先
dialog-run = 学習のフォルダー
all-files = すべてのファイル

## Files that cannot be read or written

picture-unreadable = 「{ $name }」を読み取れません（{ $cause }）。ファイルの有無と権限を確認してください。
picture-not-a-file = 「{ $name }」はファイルではありません。画像ファイルを選んでください。
file-empty = 「{ $name }」は空です（0 バイト）。コピーかダウンロードをやり直してください。
picture-unknown-kind = 「{ $name }」は対応する画像ではありません。JPEG、PNG、WebP、HEIC、AVIF、GIF、TIFF、BMP、PNM のファイルを選んでください。
picture-cut-short = 「{ $name }」は途中で切れています。コピーかダウンロードをやり直してください。
picture-damaged = 「{ $name }」は壊れているか特殊な形式です（{ $cause }）。PNG か JPEG で保存し直してください。
picture-too-large = 「{ $name }」は大きすぎます（{ $size } ピクセル）。{ $megapixels } メガピクセル、一辺 { $side } ピクセルより小さくしてください。
picture-too-many-bytes = 「{ $name }」は大きすぎます。256 MiB、{ $megapixels } メガピクセルより小さくしてください。
folder-without-pictures = フォルダー「{ $name }」に画像も動画もありません。別のフォルダーを選んでください。
folder-too-full = フォルダー「{ $name }」のファイルが多すぎます。少ないフォルダーを選んでください。
save-denied = { $file } に書き込めません：権限がありません。別のフォルダーを選んでください
disk-full = { $file } に書き込めません：ディスクがいっぱいです。空きを増やすか別のフォルダーを選んでください
save-no-folder = { $file } に書き込めません：フォルダーがないかファイルです。別のフォルダーを選んでください
video-no-ffmpeg = 動画にはプログラム { $program } が必要ですが、見つかりません。FFmpeg を入れて（Debian、Ubuntu では apt install ffmpeg、その他は https://ffmpeg.org/download.html を参照）やり直してください。
video-not-a-file = 「{ $name }」はファイルではありません。動画ファイルを選んでください。
video-unknown-kind = 「{ $name }」は読み取れる動画ではありません（{ $cause }）。別のファイルを選ぶか、MP4 に変換してください。
video-cut-short = 「{ $name }」は途中で切れていて、フレームの表がありません。コピーかダウンロードをやり直してください。
video-no-pictures = 「{ $name }」に映像がありません。動画の入ったファイルを選んでください。
video-encrypted = 「{ $name }」は暗号化されています（コピー防止）。保護のない動画を選んでください。
no-virtual-camera = 仮想カメラがありません。v4l2loopback を入れて（Debian、Ubuntu では apt install v4l2loopback-dkms）次を実行してください：sudo modprobe v4l2loopback exclusive_caps=1 card_label=agemirror
virtual-camera-missing = { $device } がありません。別の仮想カメラを選ぶか作成してください
virtual-camera-no-output = { $device } は映像を受け取れず、仮想カメラではありません。v4l2loopback の装置を選んでください
virtual-camera-busy = { $device } は他のプログラムが使用中です。そのプログラムを閉じてください
virtual-camera-denied = { $device } を開けません、権限がありません。ユーザーを video グループに追加してください
virtual-camera-no-reader = { $device } を読むプログラムはまだありません
virtual-camera-panic = 仮想カメラが停止しました（内部エラー。ログを参照）。オフにしてからもう一度オンにしてください
pipewire-needs = { $name } が見つかりません。PipeWire のカメラに必要です（Debian、Ubuntu では apt install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire）
pipewire-not-running = このユーザーの PipeWire が動いていません。起動する（systemctl --user start pipewire wireplumber）か、v4l2loopback を選んでください
pipewire-ended = PipeWire のカメラが終了しました（{ $cause }）。再び開始します

## The exhibit

exhibit-invitation = 鏡の前に立ってください
exhibit-hint = 別の年齢の自分に会えます
exhibit-nothing-kept = 何も保存しません。画像がこの画面の外に出ることはありません。
exhibit-saved = 写真はこの展示に保存されます。
exhibit-photo = 写真を撮るには画面に触れるか Enter を押してください
exhibit-no-camera = 鏡はお休み中です。すぐに戻ります
exhibit-now = 今
