//! Decodes AVIF in a process of its own. Its decoder has C interfaces, through which a panic must not unwind:
//! a panic aborts the process. In a process of its own that costs one picture, and time and memory have limits.

mod answer;
mod process;
mod serve;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use super::Pixels;
use crate::decoded::DecodeError;
use process::Worker;

pub use serve::serve_avif;

/// Maximum time for a picture, in seconds. The largest one takes a few seconds on one core.
const MAX_SECONDS: u64 = 60;

static WORKER: OnceLock<Worker> = OnceLock::new();

/// Decodes every AVIF from now on in a process of its own: `program`, started with the one argument
/// `argument`, which must call [`serve_avif`]. A second call changes nothing.
///
/// Without this call, AVIF is decoded in the calling process, which a panic of the AV1 decoder aborts.
pub fn use_avif_worker(program: PathBuf, argument: &str) {
    let worker = Worker {
        program,
        arguments: vec![argument.to_owned()],
        max_duration: Duration::from_secs(MAX_SECONDS),
    };
    // Fails if a worker is set already; that one stays.
    let _ = WORKER.set(worker);
}

/// Decodes the main picture of an AVIF, without its colour profile.
pub(super) fn decode(file: &[u8]) -> Result<Pixels, DecodeError> {
    match WORKER.get() {
        Some(worker) => worker.decode(file),
        None => serve::decode_here(file),
    }
}
