//! The result of a decoder: pixels with their profile and orientation, or an error.

use image::metadata::Orientation;
use serde::{Deserialize, Serialize};

use crate::color::Raster;
use crate::error::{MAX_BYTES, MAX_SIDE, PictureError};

/// A decoded file.
pub(crate) struct Decoded {
    pub(crate) raster: Raster,
    /// ICC profile of the pixels.
    pub(crate) profile: Option<Vec<u8>>,
    pub(crate) orientation: Option<Orientation>,
    /// Remarks for the user, as predicates that follow the file's name.
    pub(crate) remarks: Vec<String>,
}

/// An error of a file whose name is not known yet.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum DecodeError {
    CutShort,
    Damaged(String),
    DamagedFrom(u32),
    /// An unsupported format: what it is, with an article if it needs one.
    Unsupported(String),
    TooManyPixels {
        width: u32,
        height: u32,
        max_megapixels: u64,
    },
    TooManyBytes,
    /// The system refuses a process or a thread for the decoder, for this reason.
    NotStarted(String),
}

impl DecodeError {
    pub(crate) fn damaged(cause: &str) -> Self {
        Self::Damaged(cause.to_owned())
    }

    pub(crate) fn for_file(self, name: &str) -> PictureError {
        let name = name.to_owned();
        match self {
            Self::CutShort => PictureError::CutShort { name },
            Self::Damaged(cause) => PictureError::Damaged { name, cause },
            Self::DamagedFrom(row) => PictureError::DamagedFrom { name, row },
            Self::Unsupported(kind) => PictureError::UnreadableKind { name, kind },
            Self::TooManyPixels { width, height, max_megapixels } => {
                PictureError::TooManyPixels { name, width, height, max_megapixels }
            }
            Self::TooManyBytes => PictureError::TooManyBytes { name },
            Self::NotStarted(cause) => PictureError::DecoderNotStarted { name, cause },
        }
    }
}

/// The error for a picture with too many pixels of `bytes_per_pixel` bytes.
pub(crate) fn too_large(width: u32, height: u32, bytes_per_pixel: u64) -> DecodeError {
    DecodeError::TooManyPixels { width, height, max_megapixels: MAX_BYTES / bytes_per_pixel / 1_000_000 }
}

/// Whether a picture of this size is within the limits.
pub(crate) fn fits(width: u32, height: u32, bytes_per_pixel: u64) -> bool {
    let pixels = u64::from(width) * u64::from(height);
    width.max(height) <= MAX_SIDE && pixels.saturating_mul(bytes_per_pixel) <= MAX_BYTES
}
