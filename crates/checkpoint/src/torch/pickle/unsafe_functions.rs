//! Functions that no honest checkpoint references.

/// Modules whose functions act on the computer. No weights need them.
const UNSAFE_MODULES: &[&str] = &[
    "_posixsubprocess",
    "asyncio",
    "code",
    "commands",
    "ctypes",
    "importlib",
    "io",
    "multiprocessing",
    "nt",
    "os",
    "pip",
    "posix",
    "pty",
    "requests",
    "runpy",
    "shutil",
    "socket",
    "subprocess",
    "sys",
    "urllib",
    "webbrowser",
];

/// Built-in functions that execute text or access files.
const UNSAFE_FUNCTIONS: &[&str] =
    &["__import__", "compile", "eval", "exec", "execfile", "exit", "file", "input", "open", "quit"];

/// Whether a pickle that references this function is malicious. Nothing would be executed here in any case,
/// but the weights from such an author cannot be trusted.
pub(super) fn is_unsafe_function(module: &str, name: &str) -> bool {
    let package = module.split('.').next().unwrap_or(module);
    let is_builtin = matches!(package, "builtins" | "__builtin__");
    UNSAFE_MODULES.contains(&package) || is_builtin && UNSAFE_FUNCTIONS.contains(&name)
}
