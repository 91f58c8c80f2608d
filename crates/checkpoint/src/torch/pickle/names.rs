//! Which functions a pickle may name.

/// Modules whose functions act on the machine they run on. No weights need them.
const ACTING_MODULES: &[&str] = &[
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

/// Python's own functions that run text as a program or reach for files.
const ACTING_FUNCTIONS: &[&str] =
    &["__import__", "compile", "eval", "exec", "execfile", "exit", "file", "input", "open", "quit"];

/// Whether a pickle that names this function was made to do harm. Nothing would be run here in any case;
/// but who made such a file is not to be trusted with the weights in it.
pub(super) fn acts_on_the_machine(module: &str, name: &str) -> bool {
    let room = module.split('.').next().unwrap_or(module);
    let own = matches!(room, "builtins" | "__builtin__");
    ACTING_MODULES.contains(&room) || own && ACTING_FUNCTIONS.contains(&name)
}
