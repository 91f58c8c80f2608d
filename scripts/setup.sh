# Sourced by ./run and ./check: makes sure that everything a build and a window need is installed.

# What building needs: a C compiler and the headers that the camera's bindings are made from.
build_packages="gcc libc6-dev pkg-config libclang1-14 nasm"
# What the window needs to open (X11 or Wayland, OpenGL in software where there is no other).
window_packages="libx11-6 libx11-xcb1 libxcb1 libxcursor1 libxi6 libxrandr2 libxkbcommon0 libxkbcommon-x11-0 libgl1 libegl1 libgl1-mesa-dri"
# What videos and recordings need; tests make clips and the virtual camera's frames with it.
video_packages="ffmpeg"
# What gates and tests need as well: a C++ compiler for the fuzzer, a software renderer, and a tool from PyPI.
test_packages="fonts-droid-fallback g++ libvulkan1 mesa-vulkan-drivers python3-venv"

# Debian 12 has libclang 14; later releases number it differently. libclang-cpp is another library.
libclang_here() {
    { ldconfig -p; ls /usr/lib/llvm-*/lib 2>/dev/null; } | grep -Eq '(^|[[:space:]])libclang(-[0-9.]+)?\.so'
}

missing_packages() {
    for package in "$@"; do
        case $package in libclang1-*) libclang_here && continue ;; esac
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf '%s ' "$package"
    done
}

newest_libclang() {
    apt-cache search --names-only '^libclang1-[0-9]+$' | cut -d' ' -f1 | sort -t- -k2 -n | tail -n 1
}

install_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "This is no Debian system, so nothing was installed. These must be there, under the names of your system:" >&2
        echo "  $*" >&2
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -z "$missing" ] && return 0
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "These packages are missing, and there is no sudo to install them with. As root, run:" >&2
            echo "  apt-get install $missing" >&2
            return 1
        fi
        as_root="sudo"
    fi
    echo "Installing what is missing: $missing"
    $as_root apt-get update -qq
    case $missing in
        *libclang1-14*)
            if ! apt-cache show libclang1-14 >/dev/null 2>&1; then
                missing=$(echo "$missing" | sed "s/libclang1-14/$(newest_libclang)/")
            fi ;;
    esac
    # shellcheck disable=SC2086  # a list of names, to be split
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
}

require_cargo() {
    if ! command -v cargo >/dev/null 2>&1; then
        echo "There is no Rust toolchain here. Install one (https://rustup.rs, version 1.95 or later) and run this again." >&2
        return 1
    fi
}

# Versions of the tools that `./check` runs.
typos_version=1.52.0
cargo_deny_version=0.20.2

# Installs the tools of `./check` that are missing, into `target/tools`.
install_check_tools() {
    tools="$PWD/target/tools"
    export PATH="$tools/bin:$PATH"
    for component in rustfmt clippy; do
        command -v "cargo-${component#rust}" >/dev/null 2>&1 || rustup component add "$component"
    done
    command -v typos >/dev/null 2>&1 || install_typos
    command -v cargo-deny >/dev/null 2>&1 ||
        cargo install cargo-deny --version "$cargo_deny_version" --locked --root "$tools"
}

# PyPI carries typos ready-made; where there is no Python, it is built.
install_typos() {
    { python3 -m venv "$tools/python" && "$tools/python/bin/pip" install --quiet "typos==$typos_version" &&
        mkdir -p "$tools/bin" && ln -sf "$tools/python/bin/typos" "$tools/bin/typos"; } ||
        cargo install typos-cli --version "$typos_version" --locked --root "$tools"
}

# The advisories need a database from the network; without it, the rest is checked. That reads the manifests of all
# crates, which a fresh machine has to download first.
check_dependencies() {
    cargo fetch --locked --quiet
    if cargo deny fetch db 2>/dev/null; then
        cargo deny --locked check
    else
        echo "The database of advisories cannot be fetched; licences, bans and sources are checked without it."
        cargo deny --locked --offline check licenses bans sources
    fi
}
