//! Why weights could not be taken into the store.

use std::io;
use std::path::{Path, PathBuf};

use super::super::{CheckpointError, ConvertError, System};

/// Why weights could not be taken into the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system names no folder for data.
    #[error("there is no folder for data; name one in the environment variable AGEMIRROR_WEIGHTS")]
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
        /// What the system says.
        error: io::Error,
    },
    /// No published system has such tensors.
    #[error("{0} holds weights of no system that is known here; `agemirror inspect` lists what is in it")]
    Unknown(PathBuf),
    /// They are for the model that carries its weights with it.
    #[error("{0} holds weights for mirror, which has its own; they are used where `--model {0}` names them")]
    ForMirror(PathBuf),
    /// Tensors of a recognised system are missing.
    #[error(
        "{file} looks like {system}, but {count} of its tensors are missing or have another shape, {first} \
         first; `agemirror inspect` lists them all"
    )]
    Incomplete {
        /// The file.
        file: PathBuf,
        /// What it looks like.
        system: System,
        /// How many tensors are missing.
        count: usize,
        /// The first of them.
        first: String,
    },
    /// There are values that are no numbers.
    #[error(
        "{file}: {count} tensors hold values that are no numbers, {first} first; it was saved after its \
         training failed, take an earlier file"
    )]
    NotNumbers {
        /// The file.
        file: PathBuf,
        /// How many tensors hold some.
        count: usize,
        /// The first of them.
        first: String,
    },
    /// One of PAGAN's three files, but which is not known.
    #[error(
        "{0} is one of PAGAN's three generators; put its cluster at the end of its name: 1 for ages 31 to \
         40, 2 for 41 to 50, 3 for 51 and more (such as pagan_3.pth)"
    )]
    WhichCluster(PathBuf),
}

impl StoreError {
    pub(super) fn io(file: &Path, error: io::Error) -> Self {
        Self::Io { file: file.to_owned(), error }
    }
}
