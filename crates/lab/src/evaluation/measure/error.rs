//! Errors of an evaluation.

use std::path::PathBuf;

use crate::dataset::DatasetError;
use agemirror_faces::aging::AgingError;
use agemirror_storage::SaveError;

/// Why an evaluation stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EvaluationError {
    /// The labels cannot be used.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// A table from the user cannot be used.
    #[error(transparent)]
    Table(#[from] crate::evaluation::csv_table::TableError),
    /// Face detection failed.
    #[error(transparent)]
    Face(#[from] agemirror_faces::face::FaceError),
    /// The model failed.
    #[error(transparent)]
    Aging(#[from] AgingError),
    /// A judging network failed.
    #[error("a judging network failed: {0}")]
    Judge(#[from] candle_core::Error),
    /// A result cannot be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// A file cannot be read or written.
    #[error("{file} could not be {action}: {source}; check that it exists and may be accessed", file = file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// The failed action, such as "read".
        action: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
    /// The folder holds another run.
    #[error("{folder} holds the results of another run ({difference}); give another --out", folder = folder.display())]
    OtherRun {
        /// The folder.
        folder: PathBuf,
        /// The difference between the runs.
        difference: String,
    },
    /// A results file is damaged.
    #[error("{file}, line {line}: {reason}; remove the line or the file and run again", file = file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// Line number, from 1.
        line: usize,
        /// What is damaged.
        reason: String,
    },
    /// There is nothing to measure.
    #[error("{table} has no {what} in the validation split; nothing can be measured", table = table.display())]
    Nothing {
        /// Table of labels.
        table: PathBuf,
        /// What is missing.
        what: String,
    },
    /// Parts of a run do not belong together.
    #[error("{0}")]
    Parts(String),
}

impl EvaluationError {
    pub(in crate::evaluation) fn io(
        file: &std::path::Path,
        action: &'static str,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let file = file.to_owned();
        move |source| Self::Io { file, action, source }
    }
}
