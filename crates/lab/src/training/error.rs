//! What can go wrong while training.

use std::path::PathBuf;

use crate::dataset::DatasetError;
use agemirror_checkpoint::CheckpointError;
use agemirror_storage::SaveError;

/// Why a training run stopped.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// The faces could not be used.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The network failed.
    #[error("the network failed: {0}")]
    Network(#[from] candle_core::Error),
    /// A checkpoint does not fit.
    #[error("the checkpoint {file} cannot be taken up: {reason}; give another folder to start anew", file = file.display())]
    Checkpoint {
        /// The file.
        file: PathBuf,
        /// What does not fit.
        reason: candle_core::Error,
    },
    /// A new run was to begin where there is one.
    #[error("{} holds a run already; resume it, or give another folder", .0.display())]
    RunExists(PathBuf),
    /// A run was to be taken up where there is none.
    #[error("{} holds no checkpoint of a run; leave resuming out to begin one, or give another folder", .0.display())]
    NoRun(PathBuf),
    /// The settings make no sense together.
    #[error("{0}")]
    Settings(String),
    /// A network that is needed cannot be opened.
    #[error(transparent)]
    Weights(#[from] CheckpointError),
    /// A file could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// A loss is no longer a number.
    #[error(
        "training diverged at step {step}: {term} is {value}; resume from the last checkpoint with smaller rates"
    )]
    Diverged {
        /// The step.
        step: u64,
        /// The term.
        term: &'static str,
        /// Its value.
        value: f32,
    },
}
