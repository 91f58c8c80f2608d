//! Errors of pictures, as sentences for the user.

use std::io;

use thiserror::Error;

/// Maximum side of a picture, in pixels.
pub const MAX_SIDE: u32 = 16_384;

/// Maximum size of a file and of a decoded picture, in bytes.
pub const MAX_BYTES: u64 = 256 << 20;

/// Maximum size of a decoded picture, in megapixels: [`MAX_BYTES`] at three bytes per pixel.
pub const MAX_MEGAPIXELS: u64 = MAX_BYTES / 3_000_000;

/// Why a picture cannot be shown. Each message names the file and says what to do.
#[derive(Debug, Error)]
pub enum PictureError {
    /// The file cannot be read.
    #[error("“{name}” cannot be read ({cause}); check that it exists and that you may open it.")]
    Unreadable {
        /// The file.
        name: String,
        /// The system's error.
        cause: io::Error,
    },
    /// It is not a regular file, but a device, a pipe or similar.
    #[error("“{name}” is not a file; choose a picture file.")]
    NotAFile {
        /// The path.
        name: String,
    },
    /// It is empty.
    #[error("“{name}” is empty (0 bytes); copy or download it again.")]
    Empty {
        /// The file.
        name: String,
    },
    /// Its content is not a picture of a known format.
    #[error(
        "“{name}” is not a picture of a known kind; choose a JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, BMP or PNM \
         file."
    )]
    NotAPicture {
        /// The file.
        name: String,
    },
    /// It is a picture of an unsupported format.
    #[error("“{name}” is {kind}, which cannot be read; save it as JPEG or PNG.")]
    UnreadableKind {
        /// The file.
        name: String,
        /// The format, with its article.
        kind: String,
    },
    /// Its end is missing.
    #[error("“{name}” is cut short; copy or download it again.")]
    CutShort {
        /// The file.
        name: String,
    },
    /// Its data is damaged in the middle.
    #[error("“{name}” is damaged from row {row} on; copy or download it again.")]
    DamagedFrom {
        /// The file.
        name: String,
        /// First row of pixels that cannot be read, counted from 0 at the top of the stored picture.
        row: u32,
    },
    /// It does not decode.
    #[error("“{name}” is damaged or of an unusual kind ({cause}); save it again as PNG or JPEG.")]
    Damaged {
        /// The file.
        name: String,
        /// The decoder's message.
        cause: String,
    },
    /// It has too many pixels.
    #[error(
        "“{name}” is too large ({width} × {height} pixels); make it smaller than {max_megapixels} megapixels \
         and {MAX_SIDE} pixels a side."
    )]
    TooManyPixels {
        /// The file.
        name: String,
        /// Width in pixels, according to the file.
        width: u32,
        /// Height in pixels, according to the file.
        height: u32,
        /// Maximum number of megapixels for its kind of pixels.
        max_megapixels: u64,
    },
    /// It needs too much memory.
    #[error("“{name}” is too large; make it smaller than 256 MiB and {MAX_MEGAPIXELS} megapixels.")]
    TooManyBytes {
        /// The file.
        name: String,
    },
    /// The system refuses a process or a thread for its decoder.
    #[error(
        "“{name}” cannot be decoded, because its decoder does not start ({cause}); close other programs and try again."
    )]
    DecoderNotStarted {
        /// The file.
        name: String,
        /// The system's error.
        cause: String,
    },
    /// The folder contains neither a picture nor a video.
    #[error("The folder “{name}” has no picture or video in it; choose another one.")]
    EmptyFolder {
        /// The folder.
        name: String,
    },
    /// The folder contains too many files.
    #[error("The folder “{name}” has too many files; choose one with fewer.")]
    TooManyFiles {
        /// The folder.
        name: String,
    },
}
