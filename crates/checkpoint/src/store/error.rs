//! Errors of importing weights.

use std::io;
use std::path::{Path, PathBuf};

use crate::{CheckpointError, ConvertError, System};

/// Why weights could not be imported into the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system has no data folder.
    #[error("there is no data folder; set the environment variable AGEMIRROR_WEIGHTS to one")]
    NoFolder,
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] CheckpointError),
    /// It cannot be converted.
    #[error(transparent)]
    Convert(#[from] ConvertError),
    /// A file of the store cannot be read or written.
    #[error("{file}: {error}")]
    Io {
        /// The file.
        file: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// The tensors match no known system.
    #[error("{0} holds weights of an unknown system; `agemirror inspect` lists its tensors")]
    UnknownSystem(PathBuf),
    /// The weights are for the bundled model.
    #[error("{0} holds weights for mirror, whose weights are built in; use them with `--model {0}`")]
    ForMirror(PathBuf),
    /// Tensors of a recognised system are missing.
    #[error(
        "{file} looks like {system}, but {count} of its tensors are missing or have the wrong shape, first \
         {first}; `agemirror inspect` lists them all"
    )]
    Incomplete {
        /// The file.
        file: PathBuf,
        /// The system that it resembles.
        system: System,
        /// Number of missing tensors.
        count: usize,
        /// Name of the first missing tensor.
        first: String,
    },
    /// There are infinite or NaN values.
    #[error(
        "{file}: {count} tensors have infinite or NaN values, first {first}; it was saved after its training \
         diverged, use an earlier file"
    )]
    NotFinite {
        /// The file.
        file: PathBuf,
        /// Number of tensors with such values.
        count: usize,
        /// Name of the first of them.
        first: String,
    },
    /// One of PAGAN's three files, but its age cluster is unknown.
    #[error(
        "{0} is one of PAGAN's three generators; put its cluster at the end of its name: 1 for ages 31 to \
         40, 2 for 41 to 50, 3 for 51 and over (such as pagan_3.pth)"
    )]
    UnknownCluster(PathBuf),
}

impl StoreError {
    pub(super) fn io(file: &Path, error: io::Error) -> Self {
        Self::Io { file: file.to_owned(), error }
    }
}
