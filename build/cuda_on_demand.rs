//! Link-time stand-ins for NVIDIA's libraries, which load the real libraries on the first call.
//!
//! cudarc asks the linker for `libcuda`, `libcublas` and so on, and a program linked to them does not even
//! start where they are missing. So this gives the linker archives of the same names. Each function in them
//! jumps through a slot. The first call fills the slot from the real library or, if that is missing, with a
//! function that returns the library's own error for "not available". The program then starts everywhere, and
//! asking for a CUDA device fails with an error. The names come from cudarc's bindings.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A library: its name for the linker, cudarc's folder with its functions, the files to try at run time, and
/// the value that a function returns if none of them exists.
struct Library {
    name: &'static str,
    bindings: &'static str,
    files: &'static [&'static str],
    missing: i32,
}

const LIBRARIES: &[Library] = &[
    // CUDA_ERROR_NO_DEVICE
    Library { name: "cuda", bindings: "driver", files: &["libcuda.so.1", "libcuda.so"], missing: 100 },
    // CUBLAS_STATUS_NOT_INITIALIZED
    Library {
        name: "cublas",
        bindings: "cublas",
        files: &["libcublas.so.13", "libcublas.so.12", "libcublas.so"],
        missing: 1,
    },
    Library {
        name: "cublasLt",
        bindings: "cublaslt",
        files: &["libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"],
        missing: 1,
    },
    // CURAND_STATUS_NOT_INITIALIZED
    Library { name: "curand", bindings: "curand", files: &["libcurand.so.10", "libcurand.so"], missing: 101 },
    // NVRTC_ERROR_INTERNAL_ERROR
    Library {
        name: "nvrtc",
        bindings: "nvrtc",
        files: &["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"],
        missing: 11,
    },
    // CUDNN_STATUS_NOT_INITIALIZED
    Library { name: "cudnn", bindings: "cudnn", files: &["libcudnn.so.9", "libcudnn.so"], missing: 1001 },
];

/// Builds the archives and puts their folder first in the linker's search path.
pub(crate) fn link() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed=CUDA_HOME");
    println!("cargo:rerun-if-env-changed=CUDA_PATH");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let sources = cudarc_sources()?;
    for library in LIBRARIES {
        let functions = functions(&sources.join(library.bindings).join("sys/mod.rs"))?;
        let (loader, jumps) =
            (out.join(format!("{}.c", library.name)), out.join(format!("{}_jumps.s", library.name)));
        std::fs::write(&loader, loader_source(library, &functions)?)?;
        std::fs::write(&jumps, jumps_source(library, &functions)?)?;
        // The archive is found by the `-l` that cudarc's own build script passes to the linker.
        let mut archive = cc::Build::new();
        archive.cargo_metadata(false).file(loader).file(jumps).try_compile(library.name)?;
    }
    static_runtime(&out)?;
    println!("cargo:rustc-link-search=native={}", out.display());
    Ok(())
}

/// Links CUDA's runtime statically: it is small, and the toolkit includes it as an archive.
fn static_runtime(out: &Path) -> Result<(), Box<dyn Error>> {
    let home = std::env::var("CUDA_HOME").or_else(|_| std::env::var("CUDA_PATH"));
    let home = PathBuf::from(home.unwrap_or_else(|_| "/usr/local/cuda".into()));
    let folders = ["lib64", "lib", "targets/x86_64-linux/lib"];
    let archives = folders.iter().map(|folder| home.join(folder).join("libcudart_static.a"));
    let Some(archive) = archives.into_iter().find(|path| path.exists()) else {
        let home = home.display();
        return Err(format!(
            "libcudart_static.a was not found in {home}; set CUDA_HOME to the folder of the CUDA toolkit"
        )
        .into());
    };
    std::fs::copy(archive, out.join("libcudart.a"))?;
    Ok(())
}

/// The folder of cudarc's sources in Cargo's registry.
fn cudarc_sources() -> Result<PathBuf, Box<dyn Error>> {
    let metadata = Command::new(std::env::var("CARGO")?)
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--features", "cuda"])
        .args(["--filter-platform", &std::env::var("TARGET")?])
        .current_dir(std::env::var("CARGO_MANIFEST_DIR")?)
        .output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout)?;
    let manifest = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "cudarc")
        .and_then(|package| package["manifest_path"].as_str())
        .ok_or("cargo does not know cudarc's sources; run `cargo fetch` first")?;
    Ok(Path::new(manifest).with_file_name("src"))
}

/// The functions that cudarc declares, each with whether it returns a string.
fn functions(bindings: &Path) -> Result<BTreeMap<String, bool>, Box<dyn Error>> {
    let text = std::fs::read_to_string(bindings)?;
    let mut functions = BTreeMap::new();
    for rest in text.split("fn ").skip(1) {
        let (name, rest) = rest.split_once('(').unwrap_or((rest, ""));
        let is_library_function = name.starts_with("cu") || name.starts_with("nvrtc");
        if is_library_function
            && name != "culib"
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            let signature = rest.split(['{', ';']).next().unwrap_or_default();
            let result = signature.rsplit_once("->").map_or("", |(_, result)| result);
            functions.insert(name.to_owned(), result.contains("c_char"));
        }
    }
    if functions.is_empty() {
        return Err(format!("{} declares no functions", bindings.display()).into());
    }
    Ok(functions)
}

/// The C source that looks up a function of the real library.
fn loader_source(library: &Library, functions: &BTreeMap<String, bool>) -> Result<String, std::fmt::Error> {
    let name = library.name;
    let mut c = String::from("#include <dlfcn.h>\n#include <stddef.h>\n");
    writeln!(c, "static long missing(void) {{ return {}; }}", library.missing)?;
    writeln!(c, "static const char *missing_text(void) {{ return \"lib{name} was not found\"; }}")?;
    let list = |items: Vec<String>| items.join(", ");
    let quoted = |text: &str| format!("\"{text}\"");
    writeln!(
        c,
        "static const char *const files[] = {{ {} }};",
        list(library.files.iter().map(|f| quoted(f)).collect())
    )?;
    writeln!(
        c,
        "static const char *const names[] = {{ {} }};",
        list(functions.keys().map(|n| quoted(n)).collect())
    )?;
    writeln!(
        c,
        "static const char texts[] = {{ {} }};",
        list(functions.values().map(|&t| u8::from(t).to_string()).collect())
    )?;
    writeln!(c, "extern void *on_demand_{name}_slots[];")?;
    c.push_str("static void *library(void) {\n    void *handle = NULL;\n");
    c.push_str("    for (size_t i = 0; handle == NULL && i < sizeof files / sizeof *files; i++)\n");
    c.push_str("        handle = dlopen(files[i], RTLD_NOW | RTLD_GLOBAL);\n    return handle;\n}\n");
    writeln!(c, "void *on_demand_{name}_find(long index) {{")?;
    c.push_str("    void *handle = library();\n");
    c.push_str("    void *found = handle == NULL ? NULL : dlsym(handle, names[index]);\n");
    c.push_str("    if (found == NULL) found = texts[index] ? (void *)missing_text : (void *)missing;\n");
    writeln!(c, "    __atomic_store_n(&on_demand_{name}_slots[index], found, __ATOMIC_RELEASE);")?;
    c.push_str("    return found;\n}\n");
    Ok(c)
}

/// The assembly of the functions: each is a jump through its slot, which initially leads to `find` above with
/// all argument registers saved (System V calling convention of x86-64).
fn jumps_source(library: &Library, functions: &BTreeMap<String, bool>) -> Result<String, std::fmt::Error> {
    let slots = format!("on_demand_{}_slots", library.name);
    let integers = ["rdi", "rsi", "rdx", "rcx", "r8", "r9", "rax"];
    let mut s = String::from(".text\n");
    for (index, function) in functions.keys().enumerate() {
        writeln!(s, ".globl {function}\n.type {function}, @function\n.p2align 4")?;
        writeln!(s, "{function}:\n    jmp *{slots}+{}(%rip)", 8 * index)?;
        writeln!(s, ".Lfirst{index}:\n    pushq ${index}\n    jmp .Lfirst")?;
    }
    s.push_str(".Lfirst:\n");
    for register in integers {
        writeln!(s, "    pushq %{register}")?;
    }
    // Index, return address and registers are 72 bytes; 136 more keep the stack aligned.
    s.push_str("    subq $136, %rsp\n");
    for i in 0..8 {
        writeln!(s, "    movups %xmm{i}, {}(%rsp)", 16 * i)?;
    }
    writeln!(s, "    movq 192(%rsp), %rdi\n    call on_demand_{}_find\n    movq %rax, %r11", library.name)?;
    for i in 0..8 {
        writeln!(s, "    movups {}(%rsp), %xmm{i}", 16 * i)?;
    }
    s.push_str("    addq $136, %rsp\n");
    for register in integers.iter().rev() {
        writeln!(s, "    popq %{register}")?;
    }
    s.push_str("    addq $8, %rsp\n    jmp *%r11\n");
    writeln!(s, ".data\n.p2align 3\n.globl {slots}\n.hidden {slots}\n{slots}:")?;
    for index in 0..functions.len() {
        writeln!(s, "    .quad .Lfirst{index}")?;
    }
    s.push_str(".section .note.GNU-stack, \"\", @progbits\n");
    Ok(s)
}
