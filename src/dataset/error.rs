//! What can go wrong between a folder of labelled pictures and a batch.

use std::path::PathBuf;

use crate::camera::PictureError;

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
    /// No convention tells the ages of the pictures in a folder.
    #[error(
        "{folder} has no pictures whose ages are known (an example: {example}): name them as UTKFace, CACD, FG-NET \
         or IMDB-WIKI do, sort them into folders of groups, or put a labels.csv beside them",
        folder = folder.display()
    )]
    Unlabelled {
        /// The folder.
        folder: PathBuf,
        /// A picture that is there.
        example: String,
    },
    /// There are fewer faces than training needs.
    #[error(
        "{found} faces of {what} are too few: {needed} are needed at least; add some or lower the batch size"
    )]
    TooFew {
        /// What they are, such as a group of ages or a folder.
        what: String,
        /// How many there are.
        found: usize,
        /// How many there must be.
        needed: usize,
    },
    /// A folder of pictures cannot be used.
    #[error(transparent)]
    Pictures(#[from] PictureError),
    /// A picture could not be read any more.
    #[error("{file} could not be read any more: {reason}; put it back, or begin anew without it", file = file.display())]
    Picture {
        /// The picture.
        file: PathBuf,
        /// Why.
        reason: String,
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
