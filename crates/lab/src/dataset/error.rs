//! Errors of data sets, from folders of labelled pictures to batches.

use std::path::PathBuf;

use agemirror_pictures::PictureError;

/// A data set error; its text names the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatasetError {
    /// A file could not be read or written.
    #[error("{file} could not be {action}: {cause}; check that it exists and may be accessed", file = file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// The attempted action, such as "read".
        action: &'static str,
        /// The system's error.
        cause: std::io::Error,
    },
    /// The table of labels is not well-formed CSV.
    #[error("{file} is not a readable table: {reason}; it must be CSV with a header line", file = file.display())]
    Table {
        /// The table.
        file: PathBuf,
        /// The problem.
        reason: String,
    },
    /// The table of labels lacks a column.
    #[error("{file} has no column `{column}`; the first line must name it, but has {found}", file = file.display())]
    MissingColumn {
        /// The table.
        file: PathBuf,
        /// The column.
        column: &'static str,
        /// The columns that it has.
        found: String,
    },
    /// A field of the table of labels is invalid.
    #[error("{file}, line {line}, column `{column}`: `{value}` is not {expected}; correct or remove the line", file = file.display())]
    Field {
        /// The table.
        file: PathBuf,
        /// The line, the header being line 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// The value.
        value: String,
        /// The expected kind of value.
        expected: &'static str,
    },
    /// There are no faces to pack.
    #[error("{file} has no usable picture for this split; check the column `split` and the pictures", file = file.display())]
    NoFaces {
        /// The table.
        file: PathBuf,
    },
    /// A folder has no pictures.
    #[error("{folder} has no pictures; choose a folder with pictures", folder = folder.display())]
    NoPictures {
        /// The folder.
        folder: PathBuf,
    },
    /// A folder has more files than the limit.
    #[error(
        "{folder} has more than {max_files} files; choose a folder with fewer, or name those to use in a labels.csv or in \
         lists",
        folder = folder.display()
    )]
    TooManyFiles {
        /// The folder.
        folder: PathBuf,
        /// The limit.
        max_files: usize,
    },
    /// The ages in the names of the pictures and of their folders differ.
    #[error(
        "{folder}: file names and folders contradict each other in {count} of {all} pictures, such as {example}; move \
         them, or choose the right labels with --convention {by_name} or --convention folders",
        folder = folder.display()
    )]
    Contradiction {
        /// The folder of the data set.
        folder: PathBuf,
        /// Pictures whose name and folder contradict each other.
        count: usize,
        /// Pictures with an age in their name.
        all: usize,
        /// One of them, with both ages.
        example: String,
        /// The convention of the names as a command-line value.
        by_name: String,
    },
    /// No convention yields ages for the pictures in a folder.
    #[error(
        "{folder} has no pictures with known ages (for example {example}): name them like UTKFace, CACD, FG-NET \
         or IMDB-WIKI, sort them into folders of age groups, or add a labels.csv{hint}",
        folder = folder.display()
    )]
    Unlabelled {
        /// The folder.
        folder: PathBuf,
        /// One of the pictures.
        example: String,
        /// An addition to the text, continuing the sentence.
        hint: String,
    },
    /// There are fewer faces than training needs.
    #[error(
        "{found} faces of {what} are too few: at least {needed} are required; add some or lower the batch size"
    )]
    TooFew {
        /// The kind of faces, such as an age group or a folder.
        what: String,
        /// Number of faces.
        found: usize,
        /// Required number.
        needed: usize,
    },
    /// A folder of pictures cannot be used.
    #[error(transparent)]
    Pictures(#[from] PictureError),
    /// A picture can no longer be read.
    #[error("{file} can no longer be read: {reason}; put it back, or start a new run without it", file = file.display())]
    Picture {
        /// The picture.
        file: PathBuf,
        /// The reason.
        reason: String,
    },
    /// A packed file is damaged or of another kind.
    #[error("{file} is not a usable face pack: {reason}; build it again", file = file.display())]
    BadPack {
        /// The file.
        file: PathBuf,
        /// The reason.
        reason: String,
    },
    /// A batch is larger than the pack's crops.
    #[error("a pack of {packed} pixels cannot provide a batch of {side} pixels; choose at most {packed}")]
    BatchSide {
        /// The requested side in pixels.
        side: u32,
        /// The pack's side in pixels.
        packed: u32,
    },
}

impl DatasetError {
    pub(super) fn io(file: &std::path::Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let file = file.to_owned();
        move |cause| Self::Io { file, action, cause }
    }

    pub(super) fn bad_pack(file: &std::path::Path, reason: impl Into<String>) -> Self {
        Self::BadPack { file: file.to_owned(), reason: reason.into() }
    }
}
