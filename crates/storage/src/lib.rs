//! Files that are written whole or not at all, errors that say what to do, and the dates in their names.

mod atomic_file;
mod clock;
mod error;
mod write;

pub use atomic_file::{AtomicFile, folder_of, sync_folder, unfinished};
pub use clock::{file_stamp, rfc3339};
pub use error::SaveError;
pub use write::write_atomically;
