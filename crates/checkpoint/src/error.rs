//! What can be wrong with a weight file, and where.

use std::path::{Path, PathBuf};

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Defect {
    /// The system refused.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// Nothing known begins like that.
    #[error("it is in no format that is known here (safetensors, PyTorch, TensorFlow, HDF5)")]
    UnknownFormat,
    /// It ends too early.
    #[error("it ends before {0}; copy or download it again")]
    Truncated(&'static str),
    /// Something in it contradicts the format.
    #[error("it is damaged: {0}")]
    Malformed(String),
    /// A checksum does not fit.
    #[error("its checksum is wrong, so it was damaged on the way; copy or download it again")]
    Checksum,
    /// It is well-formed but asks for something that is not read here.
    #[error("it uses what is not read here: {0}")]
    Unsupported(String),
    /// It carries a program that was made to do harm.
    #[error(
        "it names the Python function {0}, which weights never need: whoever loads it with Python runs what \
         its maker wanted. Nothing of it was run here; take the file from its authors"
    )]
    Program(String),
    /// There is no tensor of that name.
    #[error("there is no tensor of that name in it")]
    NoSuchTensor,
    /// The values could not be made a tensor.
    #[error("its values cannot be used: {0}")]
    Values(#[from] candle_core::Error),
}

/// What is wrong with which file, in which tensor, at which byte.
#[derive(Debug)]
pub struct CheckpointError {
    /// The file.
    pub file: PathBuf,
    /// The tensor that was read, if it was one.
    pub tensor: Option<String>,
    /// The byte of the file, where one can be named.
    pub offset: Option<u64>,
    /// What is wrong.
    pub defect: Box<Defect>,
}

impl CheckpointError {
    /// `defect`, found in `file`.
    pub fn new(file: &Path, defect: impl Into<Defect>) -> Self {
        Self { file: file.to_owned(), tensor: None, offset: None, defect: Box::new(defect.into()) }
    }

    /// The same, with the tensor it was found in.
    #[must_use]
    pub fn tensor(self, name: &str) -> Self {
        Self { tensor: Some(name.to_owned()), ..self }
    }

    /// The same, with the byte it was found at.
    #[must_use]
    pub fn offset(self, offset: u64) -> Self {
        Self { offset: Some(offset), ..self }
    }
}

impl std::fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(tensor) = &self.tensor {
            write!(f, ", tensor {tensor}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, ", byte {offset}")?;
        }
        write!(f, ": {}", self.defect)
    }
}

/// It has no source: its own text says all that is wrong, and whoever prints the sources too would say it
/// twice.
impl std::error::Error for CheckpointError {}
