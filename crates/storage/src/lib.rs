//! Files that are written completely or not at all, errors that say what to do, the program's folders, and timestamps.
//!
//! # Example
//! ```
//! use std::io::{self, Write};
//!
//! use agemirror_storage::{SaveError, write_atomically};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! let path = folder.path().join("settings.json");
//! write_atomically(&path, |out| out.write_all(b"{}"))?;
//!
//! // A write that fails half-way leaves the old content in place.
//! let failed = write_atomically(&path, |out| {
//!     out.write_all(b"{\"half\":")?;
//!     Err(io::ErrorKind::StorageFull.into())
//! });
//! assert!(matches!(failed, Err(SaveError::DiskFull(_))));
//! assert_eq!(std::fs::read(&path).unwrap(), b"{}");
//! # Ok::<(), SaveError>(())
//! ```

mod atomic_file;
mod clock;
mod error;
mod folders;
mod write;

pub use atomic_file::{AtomicFile, folder_of, sync_folder, temporary_builder};
pub use clock::{file_stamp, rfc3339};
pub use error::SaveError;
pub use folders::{config_folder, data_folder};
pub use write::write_atomically;

/// Name of the loss table in the folder of a training run; the trainer writes it, the window reads it.
pub const TRAINING_LOG: &str = "log.csv";
