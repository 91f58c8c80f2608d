//! Files that are written whole or not at all, errors that say what to do, and the dates in their names.

mod atomic_file;
mod clock;
mod error;
mod write;

pub use atomic_file::{AtomicFile, folder_of, sync_folder, unfinished};
pub use clock::{file_stamp, rfc3339};
pub use error::SaveError;
pub use write::write_atomically;

/// The table of losses in the folder of a training run: the trainer writes it, the window reads it.
pub const TRAINING_LOG: &str = "log.csv";
