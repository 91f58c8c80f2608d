//! Errors of training runs.

use std::path::PathBuf;

use crate::dataset::DatasetError;
use agemirror_checkpoint::CheckpointError;
use agemirror_storage::SaveError;

/// Why a training run stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrainingError {
    /// The data set cannot be used.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// A network operation failed.
    #[error("the network failed: {0}")]
    Network(#[from] candle_core::Error),
    /// A checkpoint does not fit.
    #[error("checkpoint {file} cannot be loaded: {reason}; choose another folder to start a new run", file = file.display())]
    Checkpoint {
        /// The file.
        file: PathBuf,
        /// Why it does not fit.
        reason: candle_core::Error,
    },
    /// A new run was started in a folder that already holds one.
    #[error("{} already holds a run; resume it or choose another folder", .0.display())]
    RunExists(PathBuf),
    /// A run was resumed in a folder that holds none.
    #[error("{} holds no checkpoint; start a new run there, or choose another folder", .0.display())]
    NoRun(PathBuf),
    /// The settings contradict each other or are out of range.
    #[error("{0}")]
    Settings(String),
    /// A required network cannot be opened.
    #[error(transparent)]
    Weights(#[from] CheckpointError),
    /// A file could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// A loss is not finite.
    #[error(
        "training diverged at step {step}: {term} is {value}; resume from the last checkpoint with a lower learning rate"
    )]
    Diverged {
        /// The step, counted from 0.
        step: u64,
        /// Name of the loss term.
        term: &'static str,
        /// Its value.
        value: f32,
    },
}
