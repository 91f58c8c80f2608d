//! What can be wrong with a picture, in words for the user.

use std::io;

use thiserror::Error;

/// Longest side of a picture, in pixels.
pub const MOST_PIXELS_A_SIDE: u32 = 16_384;

/// Largest file and largest decoded picture, in bytes.
pub const MOST_BYTES: u64 = 256 << 20;

/// Most megapixels of a decoded picture: [`MOST_BYTES`] at three bytes a pixel.
pub const MOST_MEGAPIXELS: u64 = MOST_BYTES / 3_000_000;

/// Why a picture cannot be shown. Each message names the file and says what to do.
#[derive(Debug, Error)]
pub enum PictureError {
    /// The file cannot be read.
    #[error("“{name}” cannot be read ({cause}); check that it exists and that you may open it.")]
    Unreadable {
        /// The file.
        name: String,
        /// What the system says.
        cause: io::Error,
    },
    /// It is a device, a pipe or the like.
    #[error("“{name}” is not a file; choose a picture file.")]
    NotAFile {
        /// The path.
        name: String,
    },
    /// It has no bytes.
    #[error("“{name}” is empty (0 bytes); copy or download it again.")]
    Empty {
        /// The file.
        name: String,
    },
    /// Its content is no picture of a known kind.
    #[error(
        "“{name}” is not a picture of a known kind; choose a JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP or PNM \
         file."
    )]
    NotAPicture {
        /// The file.
        name: String,
    },
    /// It is a picture of a kind that is not read.
    #[error("“{name}” is {kind}, which cannot be read; save it as JPEG or PNG.")]
    UnreadableKind {
        /// The file.
        name: String,
        /// The kind, with its article.
        kind: String,
    },
    /// Its end is missing.
    #[error("“{name}” is cut short; copy or download it again.")]
    CutShort {
        /// The file.
        name: String,
    },
    /// Its data are damaged in the middle.
    #[error("“{name}” is damaged from row {row} on; copy or download it again.")]
    DamagedFrom {
        /// The file.
        name: String,
        /// The first row of pixels, counted from 0 at the top of the stored picture, that cannot be read.
        row: u32,
    },
    /// It does not decode.
    #[error("“{name}” is damaged or of an unusual kind ({cause}); save it again as PNG or JPEG.")]
    Damaged {
        /// The file.
        name: String,
        /// What the decoder says.
        cause: String,
    },
    /// It has more pixels than the limit allows.
    #[error(
        "“{name}” is too large ({width} × {height} pixels); make it smaller than {most_megapixels} megapixels \
         and {MOST_PIXELS_A_SIDE} pixels a side."
    )]
    TooManyPixels {
        /// The file.
        name: String,
        /// Width in pixels that it claims.
        width: u32,
        /// Height in pixels that it claims.
        height: u32,
        /// Megapixels that a picture of its kind may have.
        most_megapixels: u64,
    },
    /// It takes more memory than the limit allows.
    #[error("“{name}” is too large; make it smaller than 256 MiB and {MOST_MEGAPIXELS} megapixels.")]
    TooManyBytes {
        /// The file.
        name: String,
    },
    /// There is no picture in the folder.
    #[error("The folder “{name}” has no picture in it; choose one with pictures.")]
    EmptyFolder {
        /// The folder.
        name: String,
    },
    /// There are more files in the folder than are looked at.
    #[error("The folder “{name}” has too many files; choose one with fewer.")]
    TooManyFiles {
        /// The folder.
        name: String,
    },
}
