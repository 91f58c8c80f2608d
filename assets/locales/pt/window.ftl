## Ages

age = Idade { $age }
age-of-face = Idade { $age }, rosto { $face }
age-in-progress = { $age }: em andamento
in-progress = em andamento
years = { $years ->
    [one] { $years } ano
   *[other] { $years } anos
}
ages-count = { $count ->
    [one] { $count } idade
   *[other] { $count } idades
}
age-slider = Idade
age-slider-tip = Qualquer idade: arraste, ou setas esquerda e direita
age-slider-groups-tip = Uma faixa etária: arraste, ou setas esquerda e direita
play-through-ages = Percorrer as idades
stop-playing = Parar
female = Mulher
male = Homem
age-as-a-woman = Envelhecer como mulher
age-as-a-man = Envelhecer como homem
before = Antes
before-and-after = Antes e depois
tiles = Miniaturas
ten-groups-tip = Dez faixas etárias
four-groups-tip = Quatro faixas etárias
own-groups-tip = As faixas etárias do modelo
large = Grande
large-tip = Vista grande, antes e depois
sweep = Viagem
sweep-tip = Viagem: capturar e depois percorrer as idades

## Words used in several places

camera = Câmera
model = Modelo
weights = Pesos
window = Janela
settings = Configurações
shortcuts = Atalhos
pictures = Imagens
picture = Imagem
videos = Vídeos
video = Vídeo
readings = Estimativas
measurements = Medições
language = Idioma
cancel = Cancelar
close = Fechar
save = Salvar
open = Abrir
play = Reproduzir
pause = Pausar
folder = Pasta
one-moment = Um momento
just-now = agora mesmo
seconds = { $seconds ->
    [one] um segundo
   *[other] { $seconds } segundos
}
minutes = { $minutes ->
    [one] um minuto
   *[other] { $minutes } minutos
}
seconds-ago = { $seconds ->
    [one] há { $seconds } segundo
   *[other] há { $seconds } segundos
}
minutes-ago = { $minutes ->
    [one] há { $minutes } minuto
   *[other] há { $minutes } minutos
}
pictures-count = { $count ->
    [one] { $count } imagem
   *[other] { $count } imagens
}
picture-of = { $index } de { $count }  ·  { $name }
name-and-value = { $name }: { $value }
two-parts = { $one }, { $two }

## The top bar

save-tip = Salvar todas as miniaturas
copy = Copiar
copy-tip = Copiar o que é mostrado
record-tip = Gravar o que é mostrado
stop-recording = Parar a gravação
theme-is-system = Tema: do sistema
theme-is-light = Tema: claro
theme-is-dark = Tema: escuro
no-camera = Sem câmera
no-camera-found = Nenhuma câmera encontrada – tentar de novo
no-model = Sem modelo
weight-file = arquivo de pesos
model-ready = pronto
model-weights-missing = faltam pesos – selecione para ver quais
model-weights-damaged = pesos danificados – selecione para ver por quê

introduction = Introdução
introduction-what = O agemirror mostra você em outras idades, ao vivo pela câmera, ou em uma imagem ou um vídeo que você abrir.
introduction-where = Tudo é calculado neste computador; nenhuma imagem sai dele.
introduction-guess = As imagens são uma suposição, não uma previsão.
introduction-close = Entendi
introduction-close-tip = Não mostrar novamente

## The input

live = Ao vivo
back-to-live = Voltar ao vivo
back-to-live-tip = Mostrar a câmera de novo
first-picture-coming = A primeira imagem está a caminho.
frozen = Congelado
frozen-badge = Congelado – Espaço para continuar
loading = Carregando…
freeze = Congelar
freeze-tip = Congelar esta imagem
all-faces = Todos
all-faces-tip = Envelhecer todos os rostos, até quatro
whole-frame = Imagem inteira
whole-frame-tip = Mostrar a imagem inteira com o rosto envelhecido
face-of = Rosto { $index } de { $count }
face-of-aged = Rosto { $index } de { $count }, envelhecido
age-this-face = Envelhecer este rosto
looks-age = aparenta { $age }
play-video = Reproduzir o vídeo
pause-video = Pausar o vídeo
video-not-played = Não é possível reproduzir o vídeo
video-position = Posição no vídeo
video-position-tip = Arraste para outro momento
rotate-video = Girar o vídeo
loop = Repetir
loop-tip = Recomeçar no fim

## The gallery

drop-anywhere = Solte imagens ou pastas aqui
open-or-paste = Abra ou cole imagens
drop-one = Solte para abrir a imagem, a pasta ou os pesos
drop-files = Solte para abrir { $count } arquivos
open-a-picture = Abrir uma imagem
open-pictures = Abrir imagens
open-a-folder = Abrir uma pasta
open-folder-of-pictures = Abrir uma pasta de imagens
paste = Colar
paste-a-picture = Colar uma imagem
sample = Exemplo
try-a-sample = Testar um retrato de exemplo
sample-tip = Eileen Collins, da NASA
sample-portrait = Retrato de exemplo
pasted-picture = Imagem colada
close-all-pictures = Fechar todas as imagens
previous-picture = Imagem anterior
next-picture = Próxima imagem
show-picture = Mostrar { $name }
gallery-full = Apenas { $limit } imagens são listadas; outras { $count } ficaram de fora.
videos-left-out = Apenas um vídeo é reproduzido por vez, “{ $name }”; vídeos não abertos: { $count }.
folder-videos = Os vídeos de uma pasta não são reproduzidos com as imagens dela, como “{ $name }”; vídeos: { $count }. Abra um vídeo sozinho para reproduzi-lo.
video-rotated = “{ $name }” é mostrado girado, porque os rostos não estão na vertical.

## Captured pictures: tiles of a slow model, and sweeps

capture = Capturar
capture-again = Capturar de novo
capture-tip = Capturar a imagem atual
cancel-tiles = Cancelar as miniaturas restantes
tiles-source-tip = A imagem da qual as miniaturas são feitas
analysing-face = Analisando o rosto…
tiles-made = { $count ->
    [one] { $made } de { $count } miniatura pronta, imagem capturada { $ago }
   *[other] { $made } de { $count } miniaturas prontas, imagem capturada { $ago }
}
tiles-making = { $count ->
    [one] { $age } em andamento: { $made } de { $count } miniatura pronta
   *[other] { $age } em andamento: { $made } de { $count } miniaturas prontas
}
tiles-making-time = { $count ->
    [one] { $age } em andamento: { $made } de { $count } miniatura pronta, tempo restante: { $time }
   *[other] { $age } em andamento: { $made } de { $count } miniaturas prontas, tempo restante: { $time }
}
tiles-stopping = { $count ->
    [one] Para depois desta: { $made } de { $count } miniatura pronta
   *[other] Para depois desta: { $made } de { $count } miniaturas prontas
}
tiles-stopped = { $count ->
    [one] Parado: { $made } de { $count } miniatura pronta
   *[other] Parado: { $made } de { $count } miniaturas prontas
}
sweep-title = Uma viagem pelas idades
sweep-invitation = Captura a imagem atual, faz { $count } imagens de { $youngest } a { $oldest } e as reproduz para frente e para trás.
sweep-takes = Com este modelo, isso leva cerca de { $time }.
picture-being-captured = A imagem está sendo capturada.
captured-picture = A imagem capturada
sweep-stopping = Para depois desta imagem
sweep-made = { $made } de { $count } imagens prontas
sweep-made-time = { $made } de { $count } imagens prontas, tempo restante: { $time }
leave-sweep = Sair da viagem
back-to-tiles = Voltar às miniaturas
back-to-tiles-tip = Mostrar as miniaturas de novo
sweep-plays-when-made = A reprodução começa quando todas as imagens estão prontas.
sweep-hint = C captura a imagem atual, Esc volta às miniaturas.
sweep-cancel-tip = Reproduzir o que já está pronto
save-sweep = Salvar viagem
save-sweep-tip = Salvar as imagens e uma animação
step-back = Retroceder
step-forward = Avançar
sweep-position = Imagem da viagem

## Measurements and readings

milliseconds = Milissegundos
milliseconds-tip = Na tabela: mediana / percentil 95
milliseconds-short = { $count } ms
rates = { $pictures } imagens/s, { $refreshes } séries/s
close-measurements = Fechar as medições
stage-camera-to-tile = Câmera à miniatura
stage-input = Imagem exibida
stage-face = Rosto
stage-encode = Codificar
stage-decode = Decodificar
stage-compose = Compor
stage-spoken = { $stage }: mediana { $median } ms, percentil 95 { $high } ms
median-and-95th = { $median } / { $high }
now = agora
seconds-short = { $seconds } s
readings-about = As idades vêm de uma rede contra a qual o mirror não foi treinado; a identidade, de uma rede de reconhecimento contra a qual foi. Ambas erram: as idades por alguns anos, e mais nos muito jovens e nos muito velhos.
readings-note = idade estimada e idade pedida
close-readings = Fechar as estimativas
reading-tiles = Estimando as miniaturas…
no-tiles-to-read = Não há miniaturas para estimar.
reading-long = aparenta { $age } · mesma pessoa { $same }
reading-short = { $age } · { $same }
tile-spoken = { $label }, aparenta { $age }, mesma pessoa { $same }
input-reads = A imagem aparenta
mean-error = Erro médio
same-person-lowest = Mesma pessoa, mín.
same-person-highest = Mesma pessoa, máx.

## The status line

camera-tip = A câmera e sua taxa medida
damaged-frames = { $count ->
    [one] { $count } quadro danificado ignorado
   *[other] { $count } quadros danificados ignorados
}
of-frames = { $count ->
    [one] De { $count } quadro
   *[other] De { $count } quadros
}
restarted = { $count ->
    [one] Reiniciado uma vez
   *[other] Reiniciado { $count } vezes
}
recording = Gravando { $time }  { $size } MB
recording-dropped = Gravando { $time }  { $size } MB, { $count } perdidas
recording-tip = Imagens são perdidas quando o codificador é lento demais
virtual-camera-waiting = Câmera virtual: aguardando
virtual-camera-starting = Câmera virtual: iniciando
virtual-camera-device = Câmera virtual: { $device }
pictures-sent = { $count ->
    [one] { $count } imagem enviada
   *[other] { $count } imagens enviadas
}
device-tip = O dispositivo que executa a rede, e por quê
device-cpu = { $count ->
    [one] CPU, { $count } thread ({ $reason })
   *[other] CPU, { $count } threads ({ $reason })
}
device-cpu-no-gpu-build = { $count ->
    [one] CPU, { $count } thread (compilado sem CUDA)
   *[other] CPU, { $count } threads (compilado sem CUDA)
}
device-cpu-chosen = { $count ->
    [one] CPU, { $count } thread (escolhida)
   *[other] CPU, { $count } threads (escolhida)
}
slow-model = { $seconds } s por miniatura, lento demais para a câmera
slow-model-tip = As miniaturas são feitas uma a uma de uma imagem congelada
latency = câmera à miniatura { $median } ms (95%: { $high } ms)
latency-tip = De um quadro da câmera às suas miniaturas: mediana e percentil 95
refreshes = { $rate } séries/s
refreshes-tip = Com que frequência todas as miniaturas são renovadas
restraint-battery = Na bateria: menos atualizações
restraint-load = Computador ocupado: menos atualizações
restraint-tip = As miniaturas são renovadas com menos frequência, para que a câmera continue fluida e a bateria dure mais
source-frozen = { $name }: congelado
source-opening = { $name }: abrindo
source-streaming = { $name }  { $size } { $format }, { $rate } fps
source-stalled = { $name }: sem imagens, reiniciando
source-unplugged = { $name }: desconectada, aguardando
source-busy = { $name }: em uso por outro programa
source-denied = { $name }: sem permissão
source-format = { $name }: { $formats } não pode ser lido

## The state of the camera

camera-opening-title = Abrindo a câmera
camera-opening = Abrindo a câmera “{ $name }”.
camera-opening-unnamed = Abrindo a câmera.
camera-stalled-title = A câmera não envia imagens
camera-stalled = A câmera “{ $name }” parou de enviar imagens e está sendo reiniciada; se continuar, desconecte-a e conecte-a de novo.
camera-unplugged-title = A câmera está desconectada
camera-unplugged = A câmera “{ $name }” não está conectada; conecte-a e ela começará aqui sozinha.
camera-busy-title = A câmera está em uso
camera-busy = A câmera “{ $name }” está em uso por outro programa; feche-o e ela começará aqui sozinha.
camera-denied-title = Sem permissão
camera-denied = Você não tem permissão para usar a câmera “{ $name }”; permita nas configurações de privacidade do sistema.
camera-denied-linux = Você não tem permissão para usar a câmera “{ $name }”; execute “sudo usermod -aG video $USER” em um terminal e entre de novo.
camera-denied-macos = Você não tem permissão para usar a câmera “{ $name }”; permita nos Ajustes do Sistema, em “Privacidade e Segurança”, “Câmera”.
no-camera-text = Não há câmera; conecte uma e ela começará aqui sozinha, ou abra uma imagem.
camera-format-title = As imagens da câmera não podem ser lidas
camera-format = A câmera “{ $name }” envia { $formats }; só MJPEG, YUYV, NV12, YU12 e GREY podem ser lidos. Escolha outra câmera.
camera-format-linux = A câmera “{ $name }” envia { $formats }; só MJPEG, YUYV, NV12, YU12 e GREY podem ser lidos. Escolha outra câmera, ou converta suas imagens com ffmpeg e v4l2loopback.
camera-failed-title = A câmera não funciona
camera-failed = A câmera “{ $name }” não funciona ({ $reason }); desconecte-a e conecte-a de novo, ou escolha outra.
camera-streaming = A câmera “{ $name }” envia { $size } pixels em { $format }, { $rate } por segundo.
camera-streaming-unmeasured = A câmera “{ $name }” envia { $size } pixels em { $format }.
showing-picture = Mostrando a imagem “{ $name }”.

## Why a face is not aged

no-face = Nenhum rosto
no-face-camera = Não há rosto na imagem; olhe para a câmera ou escolha outra imagem.
no-face-still = Nenhum rosto foi encontrado, nem reto nem virado; escolha uma imagem em que um rosto olhe para a câmera.
no-face-video = Não há rosto nesta parte do vídeo. Se a imagem estiver deitada, gire-a com o botão abaixo dela.
face-far = Longe demais
face-far-camera = O rosto é pequeno demais; chegue mais perto da câmera.
face-small = Pequeno demais
face-small-still = O rosto é pequeno demais, com menos de 24 pixels entre os olhos; escolha uma cópia maior da imagem.
face-small-video = O rosto é pequeno demais, com menos de 24 pixels entre os olhos; escolha uma cópia maior do vídeo.
face-cut = Cortado pela borda
face-cut-camera = O rosto está cortado pela borda; entre mais na imagem.
face-cut-still = O rosto está cortado pela borda da imagem; escolha uma que o mostre inteiro.
face-cut-video = O rosto é cortado pela borda nesta parte do vídeo; vá para outra parte.
face-turned = Virado
face-turned-camera = O rosto está virado; olhe para a câmera.
face-turned-still = O rosto está virado; escolha uma imagem em que ele olhe para a câmera.
face-turned-video = O rosto está virado nesta parte do vídeo; vá para outra parte.
face-dark = Escuro demais
face-dark-camera = A imagem está escura demais para ver um rosto; acenda uma luz.
face-dark-still = A imagem está escura demais para ver um rosto; escolha uma mais clara.
face-dark-video = Esta parte do vídeo é escura demais para ver um rosto; vá para outra parte.

## The settings

saving = Salvar
picture-size = Tamanho
frame-rate = Taxa de quadros
per-second = { $rate } por segundo
rotation = Rotação
rotation-none = Sem rotação
rotation-quarter = Girado 90° no sentido horário
rotation-half = Girado 180°
rotation-three-quarters = Girado 90° no sentido anti-horário
mirrored = Espelhado
mirrored-tip = Esquerda e direita como num espelho
virtual-camera = Câmera virtual
virtual-camera-loopback-tip = Oferecer a imagem envelhecida como câmera a todos os programas; requer o módulo do kernel v4l2loopback
virtual-camera-pipewire-tip = Oferecer a imagem envelhecida como câmera do PipeWire, a navegadores e ao OBS
off = Desligada
change = Alterar
change-folder = Alterar a pasta
open-the-folder = Abrir a pasta
open-the-folder-tip = Abrir no gerenciador de arquivos
theme = Tema
theme-system = Sistema
theme-system-tip = Como o sistema
theme-light = Claro
theme-dark = Escuro
language-system = Sistema ({ $language })
language-system-untranslated = Sistema ({ $locale }, sem tradução)
side-panel = Painel lateral
pictures-tip = A galeria
measurements-tip = Latência e idade de cada miniatura
readings-tip = Idades que outras redes veem
training-button = Treinamento…
watch-training = Acompanhar um treinamento
watch-training-tip = Perdas e amostras de um treinamento
no-model-built-in = Nenhum está incluído
runs-on = Executa em
automatic = Automático
automatic-tip = O dispositivo mais rápido
cpu-tip = O processador

## The models and their weights

model-mirror = a rede incluída: qualquer idade de 1 a 85, ao vivo em um laptop
model-agetransgan = dez faixas de 0–2 a 70 ou mais, ou quatro, e idades entre elas, 1024 pixels
model-caae = dez faixas de 0–5 a 71 ou mais, como mulher ou homem, suave, 128 pixels
model-ipcgan = quatro faixas de 21–30 a 51 ou mais, para rostos jovens, 128 pixels
model-cgan = a rede do IPCGAN com rostos alinhados de outra forma, quatro faixas, 128 pixels
model-pagan = três faixas de 31–40 a 51 ou mais, para rostos de até 30 anos, 224 pixels
model-opening = Abrindo { $model }
weights-being-read = Seus pesos estão sendo lidos.
model-is-ready = { $model } está pronto
model-has-damaged-weights = Os pesos de { $model } estão danificados
model-needs-weights = { $model } precisa de seus pesos
keeps-running = Até lá, { $model } continua.
weights-damaged = { $reason }. Importe o arquivo de novo.
weights-drop-or-choose = Solte os arquivos nesta janela, ou escolha-os aqui.
weights-choose = Escolha os arquivos aqui.
weights-are-copied = As partes necessárias são copiadas; depois os downloads podem ser apagados.
choose-files = Escolher arquivos…
choose-files-tip = Importar arquivos de pesos deste computador
file-imported = { $title }  –  importado
files = { $count ->
    [one] Arquivo
   *[other] Arquivos
}
source = Origem
licence = Licença
next-step = Depois
copy-address = Copiar o endereço
copy-address-of = Copiar o endereço do arquivo { $file }
copy-address-tip = Copiar para a área de transferência
open-page = Abrir a página
open-page-of = Abrir a página do arquivo { $file }
open-page-tip = Abrir no navegador
checking-weights = Verificando os pesos…
importing = Importando { $name }: { $percent }%
cancel-import = Cancelar a importação
import-cancelled = A importação dos pesos foi cancelada.
weights-imported = Os pesos de { $model } foram importados.
weights-imported-and-chosen = Os pesos de { $model } foram importados, e ele é agora o modelo.
weights-still-missing = Um arquivo de { $model } foi importado. Ainda faltam: { $files }.
weights-unknown = { $file } contém pesos de um sistema desconhecido. São aceitos { $systems }.
weights-no-model = { $file } é { $system }. Serve para treinar ou medir e não pode envelhecer um rosto.
weights-graph-only = { $file } é o grafo de uma rede sem os pesos. Ponha { $stem }.index e { $stem }.data-00000-of-00001 na mesma pasta e adicione-os de novo.
weights-half = { $file } é metade de um checkpoint. Ponha { $stem }.index e { $stem }.data-00000-of-00001 na mesma pasta e adicione-os de novo.

## A training run

training = Treinamento
training-run = Treinamento
training-invitation = Escolha a pasta em que um treinamento escreve. Suas perdas e sua folha de amostras mais recente são mostradas enquanto ele corre.
choose-a-folder = Escolher uma pasta
choose-run-folder = Escolher a pasta de um treinamento
another-run = Outro treinamento
another-run-tip = Escolher a pasta de outro treinamento
reading-run = Lendo o treinamento.
nothing-to-show = Nada para mostrar
losses = Perdas
no-losses = Ainda sem perdas
log-empty = O registro ainda não tem valores.
log-written = escrito { $ago }
step = Passo { $step }
term-spoken = { $name }: { $value } no passo { $step }
samples = Amostras
no-samples = Ainda sem folha de amostras
no-samples-text = Um treinamento escreve a primeira folha com o primeiro checkpoint.
sheet-of-samples = Folha de amostras, { $name }
run-not-opened = { $folder } não pode ser aberta. Escolha a pasta de um treinamento.
run-no-log = { $folder } não tem { $log }. Um treinamento o escreve após os primeiros passos. Se esta não é a pasta de um treinamento, escolha outra.
log-too-long = { $file } é longo demais para o registro de um treinamento. Escolha outra pasta.
log-unreadable = { $file } não pode ser lido: { $cause }
log-invalid = { $file } não é o registro de um treinamento: { $cause }
log-no-header = a primeira linha não começa com “step”
log-no-step = “{ $text }” não é um passo

## The list of shortcuts

group-ages = Idades
group-input = Entrada
group-sweep = Viagem, e miniaturas de um modelo lento
shortcut-ten = Dez faixas etárias, ou as do modelo
shortcut-large = Vista grande, antes e depois
shortcut-year = Um ano a menos, a mais
shortcut-decade = Dez anos a menos, a mais
shortcut-sweep = Viagem: os passos de uma imagem
shortcut-gender = Envelhecer como mulher, como homem
shortcut-freeze = Congelar a imagem, pausar um vídeo
shortcut-faces = Todos os rostos, ou um
shortcut-frame = Imagem inteira, ou só rostos
shortcut-back = Voltar: às miniaturas, à câmera
shortcut-step-picture = Imagem anterior, próxima
shortcut-record = Gravar, ou parar
shortcut-sweep-play = Reproduzir ou pausar a viagem
shortcut-sweep-step = Uma imagem para trás, para frente
shortcut-sweep-ten = Dez imagens para trás, para frente
shortcut-readings = Estimativas de outras redes
shortcut-theme = Claro, escuro, ou como o sistema
shortcut-fullscreen = Tela cheia
shortcut-list = Esta lista
shortcut-tab = Próximo controle, acionar
key-ctrl = Ctrl
key-shift = Shift
key-space = Espaço
key-left = Esquerda
key-right = Direita
key-up = Acima
key-down = Abaixo
key-page-up = Page Up
key-page-down = Page Down
key-escape = Esc
key-tab = Tab
key-enter = Enter
key-comma = Vírgula

## Messages in the corner

dismiss = Dispensar
open-folder = Abrir pasta
saved = { $count ->
    [one] { $count } arquivo salvo em { $folder }
   *[other] { $count } arquivos salvos em { $folder }
}
recorded = Gravado: { $file }
nothing-to-save = Ainda não há nada para salvar. Salve quando as miniaturas mostrarem um rosto.
copied = Uma imagem de { $size } pixels foi copiada. Cole onde quiser.
nothing-to-copy = Ainda não há nada para copiar. Copie quando as miniaturas mostrarem um rosto.
not-copied = Não foi possível copiar a imagem para a área de transferência ({ $cause }). Salve-a em vez disso.
no-sweep-to-save = Ainda não há viagem para salvar. Pressione C, e salve durante a reprodução.
cannot-save-training = Nada pode ser salvo enquanto um treinamento está aberto. T volta às miniaturas.
cannot-record-this = As miniaturas e a vista grande podem ser gravadas; pressione antes 1 ou L.
too-slow-to-play = Este modelo é lento demais aqui para isso. Pressione E para uma viagem.
recording-disk-full = A gravação parou porque o disco está quase cheio; libere espaço.
recording-empty = Nada foi gravado porque não veio nenhuma imagem; comece de novo quando as miniaturas mostrarem um rosto.
recording-panic = A gravação falhou por um erro interno; inicie-a de novo.
language-untranslated = Não há tradução para { $locale }, por isso a janela está em inglês. Escolha um idioma nas configurações.
language-without-font = Nenhuma fonte deste computador pode mostrar { $language }, por isso a janela continua em inglês. Instale uma, como Noto Sans CJK, e reinicie.
no-such-folder = A pasta { $folder } ainda não existe. Salve algo para criá-la.
no-file-manager = Nenhum gerenciador de arquivos pôde ser aberto. A pasta é { $folder }.
no-web-browser = Nenhum navegador pôde ser aberto. O endereço é { $address }
clipboard-closed = A área de transferência não pode ser lida ({ $cause }). Abra a imagem de um arquivo.
clipboard-empty = Não há imagem na área de transferência. Copie uma primeiro.
clipboard-too-large = A imagem na área de transferência é grande demais ou está danificada. Abra-a de um arquivo.
no-thread = O sistema não pode iniciar outra thread ({ $cause }). Feche outros programas e tente de novo.
task-panic = Um erro interno parou uma tarefa ({ $name }). Veja o registro.
weights-panic = Um arquivo de pesos não pôde ser lido (erro interno; veja o registro).
import-panic = A importação falhou (erro interno; veja o registro).
save-panic = Não foi possível salvar (erro interno; veja o registro). Tente de novo.
camera-list-panic = A lista de câmeras não é mais atualizada (erro interno).
settings-panic = As configurações não são mais salvas (erro interno).
pictures-panic = As imagens não podem mais ser lidas (erro interno).
picture-panic = A imagem está danificada e não pode ser lida. Abra outra.
readings-failed = As miniaturas não podem ser estimadas: { $cause }
readings-panic = A estimativa falhou (erro interno; veja o registro). Ela foi desativada.
training-panic = Os treinamentos não são mais acompanhados (erro interno).
run-panic = Um arquivo do treinamento não pôde ser lido (erro interno; veja o registro). Escolha-o de novo.

## Dialogs of the system

dialog-pictures = Abrir imagens ou um vídeo
dialog-weights = Abrir arquivos de pesos
dialog-save = Onde salvar
dialog-run = A pasta de um treinamento
all-files = Todos os arquivos

## Files that cannot be read or written

picture-unreadable = “{ $name }” não pode ser lido ({ $cause }); verifique se existe e se você pode abri-lo.
picture-not-a-file = “{ $name }” não é um arquivo; escolha um arquivo de imagem.
file-empty = “{ $name }” está vazio (0 bytes); copie-o ou baixe-o de novo.
picture-unknown-kind = “{ $name }” não é uma imagem de um tipo conhecido; escolha um arquivo JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP ou PNM.
picture-cut-short = “{ $name }” está incompleto; copie-o ou baixe-o de novo.
picture-damaged = “{ $name }” está danificado ou é incomum ({ $cause }); salve-o de novo como PNG ou JPEG.
picture-too-large = “{ $name }” é grande demais ({ $size } pixels); reduza-o a menos de { $megapixels } megapixels e { $side } pixels por lado.
picture-too-many-bytes = “{ $name }” é grande demais; reduza-o a menos de 256 MiB e { $megapixels } megapixels.
folder-without-pictures = A pasta “{ $name }” não contém imagens nem vídeos; escolha outra.
folder-too-full = A pasta “{ $name }” contém arquivos demais; escolha uma com menos.
save-denied = Não é possível gravar { $file }: acesso negado; escolha outra pasta
disk-full = Não é possível gravar { $file }: o disco está cheio; libere espaço ou escolha outra pasta
save-no-folder = Não é possível gravar { $file }: a pasta não existe ou é um arquivo; escolha outra pasta
video-no-ffmpeg = Vídeos precisam do programa { $program }, que não foi encontrado; instale o FFmpeg (no Debian e Ubuntu: apt install ffmpeg; em outros, veja https://ffmpeg.org/download.html) e tente de novo.
video-not-a-file = “{ $name }” não é um arquivo; escolha um arquivo de vídeo.
video-unknown-kind = “{ $name }” não é um vídeo legível ({ $cause }); escolha outro arquivo, ou converta-o para MP4.
video-cut-short = “{ $name }” está incompleto, falta a tabela de quadros; copie-o ou baixe-o de novo.
video-no-pictures = “{ $name }” não contém imagens; escolha um arquivo que contenha um vídeo.
video-encrypted = “{ $name }” está criptografado (proteção contra cópia); escolha um vídeo sem ela.
no-virtual-camera = Não há câmera virtual; instale o v4l2loopback (no Debian e Ubuntu: apt install v4l2loopback-dkms) e execute: sudo modprobe v4l2loopback exclusive_caps=1 card_label=agemirror
virtual-camera-missing = { $device } não existe; escolha outra câmera virtual ou crie-a
virtual-camera-no-output = { $device } não aceita imagens, não é uma câmera virtual; escolha um dispositivo do v4l2loopback
virtual-camera-busy = { $device } está em uso por outro programa; feche-o
virtual-camera-denied = { $device } não pode ser aberto, acesso negado; adicione seu usuário ao grupo video
virtual-camera-no-reader = { $device } ainda não tem leitor
virtual-camera-panic = A câmera virtual parou (erro interno; veja o registro); desligue-a e ligue-a novamente
pipewire-needs = { $name } não foi encontrado; uma câmera do PipeWire precisa dele (no Debian e Ubuntu: apt install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-pipewire)
pipewire-not-running = O PipeWire não está em execução para este usuário; inicie-o (systemctl --user start pipewire wireplumber) ou escolha v4l2loopback
pipewire-ended = A câmera do PipeWire terminou ({ $cause }); ela é iniciada de novo

## The exhibit

exhibit-invitation = Fique em frente ao espelho
exhibit-hint = Veja-se em outras idades
exhibit-nothing-kept = Nada é guardado. Nenhuma imagem sai desta tela.
exhibit-saved = Sua tira de fotos é salva por esta exposição.
exhibit-photo = Toque na tela ou pressione Enter para uma foto
exhibit-no-camera = O espelho está descansando e volta em um instante
exhibit-now = Hoje
