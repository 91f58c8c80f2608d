//! What can go wrong between a folder of labelled pictures and a batch.

use std::path::PathBuf;

use agemirror_pictures::PictureError;

/// An error of the data set, in one sentence that names the file.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A file could not be read or written.
    #[error("{file} could not be {action}: {cause}; check that it exists and may be accessed", file = file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What was tried, as in "read".
        action: &'static str,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The table of labels is no well-formed CSV.
    #[error("{file} is not a readable table: {reason}; it must be CSV with a header line", file = file.display())]
    Table {
        /// The table.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The table of labels lacks a column.
    #[error("{file} has no column `{column}`; its first line must name it, and names {found}", file = file.display())]
    MissingColumn {
        /// The table.
        file: PathBuf,
        /// The column.
        column: &'static str,
        /// The columns that it names.
        found: String,
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
    /// There is no picture in a folder.
    #[error("{folder} has no pictures in it; choose a folder with pictures", folder = folder.display())]
    NoPictures {
        /// The folder.
        folder: PathBuf,
    },
    /// There are more files in a folder than are looked at.
    #[error(
        "{folder} has more than {max_files} files; choose a folder with fewer, or name those to use in a labels.csv or in \
         lists",
        folder = folder.display()
    )]
    TooManyFiles {
        /// The folder.
        folder: PathBuf,
        /// Files that are looked at.
        max_files: usize,
    },
    /// The names of the pictures and of the folders that they are in state different ages.
    #[error(
        "{folder}: names and folders contradict each other in {count} of {all} pictures, such as {example}; sort them \
         out, or say which to believe with --convention {by_name} or --convention folders",
        folder = folder.display()
    )]
    Contradiction {
        /// The folder of the data set.
        folder: PathBuf,
        /// Pictures whose name and folder differ.
        count: usize,
        /// Pictures with an age in their name.
        all: usize,
        /// One of them, with what both say.
        example: String,
        /// The convention of the names, as the command line writes it.
        by_name: String,
    },
    /// No convention tells the ages of the pictures in a folder.
    #[error(
        "{folder} has no pictures whose ages are known (an example: {example}): name them as UTKFace, CACD, FG-NET \
         or IMDB-WIKI do, sort them into folders of groups, or put a labels.csv beside them{hint}",
        folder = folder.display()
    )]
    Unlabelled {
        /// The folder.
        folder: PathBuf,
        /// A picture that is there.
        example: String,
        /// What else there is to say, from the end of the sentence on.
        hint: String,
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
        move |cause| Self::Io { file, action, cause }
    }

    pub(super) fn bad_pack(file: &std::path::Path, reason: impl Into<String>) -> Self {
        Self::BadPack { file: file.to_owned(), reason: reason.into() }
    }
}
