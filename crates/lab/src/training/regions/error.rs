//! Errors of heads in a data folder.

use std::path::PathBuf;

/// Why a head is skipped, or a table cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RegionDataError {
    /// The table cannot be read.
    #[error("{file} cannot be read as a table: {reason}", file = file.display())]
    Table {
        /// The table.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The picture cannot be read.
    #[error(transparent)]
    Picture(#[from] agemirror_pictures::PictureError),
    /// The picture is not square.
    #[error("the picture is {width} x {height} pixels; heads must be square")]
    NotSquare {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
    },
    /// The mask cannot be read.
    #[error("the mask {file} cannot be used: {reason}", file = file.display())]
    Mask {
        /// The mask.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// No face was found, and the table has no landmarks.
    #[error("no face was found, and the table has no landmarks")]
    NoFace,
    /// The face finder failed.
    #[error(transparent)]
    Finder(#[from] agemirror_faces::face::FaceError),
    /// A network failed.
    #[error("a network failed: {0}")]
    Network(#[from] candle_core::Error),
}
