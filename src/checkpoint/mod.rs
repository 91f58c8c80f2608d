//! Readers that turn weight files of any origin into named tensors.
//!
//! A file from a stranger is read with suspicion: nothing in it is executed, and no length it claims is
//! believed before it was compared with the file's own size.

mod backend;
mod entry;
mod error;

use std::path::{Path, PathBuf};

use candle_core::Tensor;

pub use backend::var_builder;
pub use entry::{ElementType, Format, TensorEntry};
pub use error::{CheckpointError, Defect};

/// What a reader of one format offers: which tensors there are, and each one when it is asked for.
pub(crate) trait TensorReader: Send + Sync {
    /// Every tensor in the file, in the file's order.
    fn entries(&self) -> &[TensorEntry];

    /// Reads the tensor at `index` of [`TensorReader::entries`] onto the CPU, in its own element type.
    ///
    /// # Errors
    /// When its bytes are not all there, are damaged, or cannot be read.
    fn read(&self, index: usize) -> Result<Tensor, CheckpointError>;
}

/// An open weight file: its tensors' names and shapes are known, their values are read when asked for.
pub struct Checkpoint {
    path: PathBuf,
    format: Format,
    reader: Box<dyn TensorReader>,
}

impl Checkpoint {
    /// Opens the file or folder at `path`; its format is told from its content.
    ///
    /// # Errors
    /// When it cannot be read, has no known format, or is damaged.
    pub fn open(path: &Path) -> Result<Self, CheckpointError> {
        Err(CheckpointError::new(path, Defect::UnknownFormat))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The format it is in.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Every tensor in the file, in the file's order.
    pub fn entries(&self) -> &[TensorEntry] {
        self.reader.entries()
    }

    /// The tensor called `name`, without its values.
    pub fn entry(&self, name: &str) -> Option<&TensorEntry> {
        self.entries().iter().find(|entry| entry.name == name)
    }

    /// Reads the tensor called `name` onto the CPU, in its own element type.
    ///
    /// # Errors
    /// When there is none of that name, or its values are damaged or cannot be read.
    pub fn tensor(&self, name: &str) -> Result<Tensor, CheckpointError> {
        let index = self.entries().iter().position(|entry| entry.name == name);
        let index = index.ok_or_else(|| self.missing(name))?;
        self.reader.read(index)
    }

    fn missing(&self, name: &str) -> CheckpointError {
        CheckpointError::new(&self.path, Defect::NoSuchTensor).tensor(name)
    }
}
