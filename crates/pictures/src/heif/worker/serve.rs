//! The worker's side.

use std::io::{self, Read};

use heifer::heifer_isobmff::HeifFile;

use super::super::{Pixels, avif, container_error};
use super::answer;
use crate::decoded::DecodeError;
use crate::error::MAX_BYTES;

/// Reads an AVIF from standard input and writes its pixels to standard output: the main function of a process
/// that [`use_avif_worker`](super::use_avif_worker) starts. On Unix, the process limits its own memory and
/// processor time.
///
/// # Errors
/// When reading or writing fails. A picture that does not decode is an answer, not an error.
pub fn serve_avif() -> io::Result<()> {
    #[cfg(unix)]
    limits::set();
    let mut file = Vec::new();
    io::stdin().lock().take(MAX_BYTES).read_to_end(&mut file)?;
    answer::write(decode_here(&file), io::stdout().lock())
}

/// Decodes the main picture of an AVIF in this process.
pub(super) fn decode_here(file: &[u8]) -> Result<Pixels, DecodeError> {
    let file = HeifFile::parse(file).map_err(container_error)?;
    avif::decode(&file, file.primary_id)
}

#[cfg(unix)]
mod limits {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    /// Maximum address space of a worker, in bytes. The largest picture needs less than half of it.
    const MAX_ADDRESS_SPACE: u64 = 4 << 30;

    /// Limits this process. Its crash writes no memory dump, and it ends even if its parent no longer does so.
    pub(super) fn set() {
        lower(Resource::As, MAX_ADDRESS_SPACE);
        lower(Resource::Cpu, super::super::MAX_SECONDS);
        lower(Resource::Core, 0);
    }

    /// Lowers a limit to at most `most`.
    fn lower(resource: Resource, most: u64) {
        let at_most = |limit: Option<u64>| Some(limit.map_or(most, |limit| limit.min(most)));
        let Rlimit { current, maximum } = getrlimit(resource);
        let limit = Rlimit { current: at_most(current), maximum: at_most(maximum) };
        if let Err(error) = setrlimit(resource, limit) {
            tracing::warn!("the limit of {resource:?} cannot be set: {error}");
        }
    }
}
