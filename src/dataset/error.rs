//! What can go wrong between a folder of labelled pictures and a batch.

use std::path::PathBuf;

/// An error of the data set, in one sentence that names the file.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A file could not be read or written.
    #[error("{file} could not be {action}: {source}; check that it exists and may be accessed", file = file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What was tried, as in "read".
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The table of labels is no well-formed CSV.
    #[error("{file} is not a readable table: {source}; it must be CSV with a header line", file = file.display())]
    Table {
        /// The table.
        file: PathBuf,
        /// What the reader said.
        source: csv::Error,
    },
    /// The table of labels lacks a column.
    #[error("{file} has no column `{column}`; its first line must name it", file = file.display())]
    MissingColumn {
        /// The table.
        file: PathBuf,
        /// The column.
        column: &'static str,
    },
    /// A field of the table of labels makes no sense.
    #[error("{file}, line {line}, column `{column}`: `{value}` is not {wanted}; correct or remove the line", file = file.display())]
    Field {
        /// The table.
        file: PathBuf,
        /// The line, the header being line 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
        /// What should stand there.
        wanted: &'static str,
    },
    /// No face is left to pack.
    #[error("{file} has no usable picture for this split; check the column `split` and the pictures", file = file.display())]
    NoFaces {
        /// The table.
        file: PathBuf,
    },
    /// A packed file is damaged or of another kind.
    #[error("{file} is not a usable face pack: {reason}; build it again", file = file.display())]
    BadPack {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// A batch was asked for that the pack cannot give.
    #[error(
        "a batch of {side} pixels a side cannot be made from a pack of {packed}: choose at most {packed}"
    )]
    BatchSide {
        /// The side asked for.
        side: u32,
        /// The pack's side.
        packed: u32,
    },
}

impl DatasetError {
    pub(super) fn io(file: &std::path::Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let file = file.to_owned();
        move |source| Self::Io { file, action, source }
    }

    pub(super) fn bad_pack(file: &std::path::Path, reason: impl Into<String>) -> Self {
        Self::BadPack { file: file.to_owned(), reason: reason.into() }
    }
}
