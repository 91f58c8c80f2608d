//! What decoders return: pixels with their profile and orientation, or what is wrong with the file.

use image::metadata::Orientation;

use crate::color::Raster;
use crate::error::{MOST_BYTES, MOST_PIXELS_A_SIDE, PictureError};

/// What a decoder has made of a file.
pub(crate) struct Decoded {
    pub(crate) raster: Raster,
    /// The ICC profile of the pixels.
    pub(crate) profile: Option<Vec<u8>>,
    pub(crate) orientation: Option<Orientation>,
    /// What the user should know, as predicates of the file's name.
    pub(crate) remarks: Vec<String>,
}

/// What is wrong with a file, before its name is known.
#[derive(Debug)]
pub(crate) enum Problem {
    CutShort,
    Damaged(String),
    DamagedFrom(u32),
    /// A picture that is not read; what is special about it, with an article where it needs one.
    Unsupported(String),
    TooManyPixels {
        width: u32,
        height: u32,
        most_megapixels: u64,
    },
    TooManyBytes,
}

impl Problem {
    pub(crate) fn damaged(cause: &str) -> Self {
        Self::Damaged(cause.to_owned())
    }

    pub(crate) fn named(self, name: &str) -> PictureError {
        let name = name.to_owned();
        match self {
            Self::CutShort => PictureError::CutShort { name },
            Self::Damaged(cause) => PictureError::Damaged { name, cause },
            Self::DamagedFrom(row) => PictureError::DamagedFrom { name, row },
            Self::Unsupported(kind) => PictureError::UnreadableKind { name, kind },
            Self::TooManyPixels { width, height, most_megapixels } => {
                PictureError::TooManyPixels { name, width, height, most_megapixels }
            }
            Self::TooManyBytes => PictureError::TooManyBytes { name },
        }
    }
}

/// A picture with too many pixels, each of which takes that many bytes.
pub(crate) fn too_large(width: u32, height: u32, bytes_a_pixel: u64) -> Problem {
    Problem::TooManyPixels { width, height, most_megapixels: MOST_BYTES / bytes_a_pixel / 1_000_000 }
}

/// Whether a picture of that size keeps the limits.
pub(crate) fn fits(width: u32, height: u32, bytes_a_pixel: u64) -> bool {
    let pixels = u64::from(width) * u64::from(height);
    width.max(height) <= MOST_PIXELS_A_SIDE && pixels.saturating_mul(bytes_a_pixel) <= MOST_BYTES
}
