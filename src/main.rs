//! The `agemirror` program: parses the command line and hands over.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Candle's own threads wait by spinning, which on two cores costs more than they bring; the
    // kernels that matter run on rayon's.
    if std::env::var_os("CANDLE_NUM_THREADS").is_none() {
        // SAFETY: this is the first statement of the program; no other thread reads the environment yet.
        unsafe { std::env::set_var("CANDLE_NUM_THREADS", "1") };
    }
    agemirror::cli::run()
}
