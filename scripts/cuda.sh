# Sourced by ./check and scripts/cuda-build: NVIDIA's compiler for building with CUDA, which needs no GPU.

# 13.0: drivers refuse the code of newer compilers.
install_toolkit() {
    python3 -m venv "$toolkit.python" >&2
    "$toolkit.python/bin/pip" install --quiet --no-deps --target "$toolkit.new" \
        nvidia-cuda-nvcc==13.0.88 nvidia-nvvm==13.0.88 nvidia-cuda-crt==13.0.88 nvidia-cuda-cccl==13.0.85 \
        nvidia-cuda-runtime==13.0.96 nvidia-curand==10.4.0.35 >&2
    mv "$toolkit.new/nvidia/cu13" "$toolkit"
    rm -rf "$toolkit.new" "$toolkit.python"
}

# candle's kernels for quantised weights take most of the compiler's time, and no network here calls them. This compiler
# replaces them by functions that abort.
write_compiler() {
    cat >"$toolkit/bin/nvcc-without-quantisation" <<'NVCC'
#!/usr/bin/env bash
folder=$(dirname "$(readlink -f "$0")")
object= directory=. source= before=
for argument in "$@"; do
    case $before in -o) object=$argument ;; --output-directory) directory=$argument ;; esac
    case $argument in *.cu) source=$argument ;; esac
    before=$argument
done
case $source in
*mmvq_gguf.cu)
    { echo '#include <stdlib.h>'
      grep -oE 'pub fn [a-zA-Z0-9_]+' src/ffi.rs | sort -u | awk '{ print "void " $3 "(void) { abort(); }" }'
    } | cc -x c -c -O1 -fPIC -o "$object" - ;;
*mmq_gguf/* | */moe/*) echo | cc -x c -c -fPIC -o "$object" - ;;
*quantized.cu) printf '.version 8.0\n.target sm_80\n.address_size 64\n' >"${object:-$directory/quantized.ptx}" ;;
*) exec "$folder/nvcc" "$@" ;;
esac
NVCC
    chmod +x "$toolkit/bin/nvcc-without-quantisation"
}

# Sets what candle's build needs. Where there is no CUDA toolkit, NVIDIA's compiler is installed from PyPI.
use_cuda_toolkit() {
    export CUDA_COMPUTE_CAP=${CUDA_COMPUTE_CAP:-80}
    command -v nvcc >/dev/null 2>&1 && return 0
    toolkit=$1/cuda-toolkit
    if [ ! -x "$toolkit/bin/nvcc" ]; then install_toolkit; fi
    write_compiler
    export CUDA_HOME=$toolkit CUDA_PATH=$toolkit CUDARC_CUDA_VERSION=13000 PATH=$toolkit/bin:$PATH
    export NVCC=$toolkit/bin/nvcc-without-quantisation
}
