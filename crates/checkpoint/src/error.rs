//! Errors of reading a checkpoint, with their location.

use std::path::{Path, PathBuf};

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Defect {
    /// The system cannot read it.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// Its content matches no known format.
    #[error("unknown format; supported are safetensors, PyTorch, TensorFlow and HDF5")]
    UnknownFormat,
    /// It ends too early.
    #[error("the file ends before {0}; copy or download it again")]
    Truncated(&'static str),
    /// Its content contradicts the format.
    #[error("the file is damaged: {0}")]
    Malformed(String),
    /// A checksum does not match.
    #[error("the checksum does not match, so the file is damaged; copy or download it again")]
    Checksum,
    /// It is valid but uses something that is not supported.
    #[error("not supported: {0}")]
    Unsupported(String),
    /// It references a function that only a malicious pickle needs.
    #[error(
        "the file references the Python function {0}, which weights never need: loading it in Python would run \
         its author's code. Nothing was run here; get the file from the weights' original authors"
    )]
    UnsafeFunction(String),
    /// It contains no tensor of that name.
    #[error("no such tensor in the file")]
    NoSuchTensor,
    /// candle rejected the values.
    #[error("its values cannot be used: {0}")]
    Values(#[from] candle_core::Error),
}

/// A defect with its location: file, tensor and byte.
#[derive(Debug)]
pub struct CheckpointError {
    /// The file.
    pub file: PathBuf,
    /// The tensor that was being read, if any.
    pub tensor: Option<String>,
    /// The byte of the file, if known.
    pub offset: Option<u64>,
    /// What is wrong.
    pub defect: Box<Defect>,
}

impl CheckpointError {
    /// `defect`, found in `file`.
    pub fn new(file: &Path, defect: impl Into<Defect>) -> Self {
        Self { file: file.to_owned(), tensor: None, offset: None, defect: Box::new(defect.into()) }
    }

    /// The same error with the tensor's name.
    #[must_use]
    pub fn tensor(self, name: &str) -> Self {
        Self { tensor: Some(name.to_owned()), ..self }
    }

    /// The same error with the byte's offset in the file.
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

/// It has no source: its own text is complete, and printing the source too would repeat it.
impl std::error::Error for CheckpointError {}
