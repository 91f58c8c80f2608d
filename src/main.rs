//! The `agemirror` program: calls the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Candle's own threads spin while they wait, which on two cores costs more than they gain. The kernels
    // that matter run on rayon's threads.
    set_default("CANDLE_NUM_THREADS", 1);
    // Without this, candle reads /proc/cpuinfo before every matrix product.
    set_default("RAYON_NUM_THREADS", std::thread::available_parallelism().map_or(1, usize::from));
    agemirror::allocator::configure();
    agemirror::cli::run()
}

/// Sets an environment variable that is not set.
fn set_default(name: &str, value: usize) {
    if std::env::var_os(name).is_none() {
        // SAFETY: no other thread exists yet that could read the environment.
        unsafe { std::env::set_var(name, value.to_string()) };
    }
}
