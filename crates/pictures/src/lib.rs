//! Reads picture files as upright 8-bit sRGB pixels: JPEG, PNG, WebP, GIF, BMP, PNM, TIFF, HEIC and AVIF.
//!
//! The reader is meant for files from strangers: every format has limits on memory and time, a panic of a
//! decoder becomes an error of one picture, and each error is a sentence that names the file and says what to
//! do. AV1's decoder is the exception: its panic aborts the process. A program calls [`use_avif_worker`] at its
//! start, so that this process is another one.
//!
//! ```
//! use agemirror_pictures::{PictureError, decode_picture};
//!
//! let pgm = b"P2 2 1 255  0 255";
//! let picture = decode_picture(pgm, "two.pgm")?.picture;
//! assert_eq!(picture.as_raw(), &[0, 0, 0, 255, 255, 255]);
//!
//! let error = decode_picture(b"8BPS\0\x01", "a.psd").unwrap_err();
//! assert_eq!(error.to_string(), "“a.psd” is a Photoshop document, which cannot be read; save it as JPEG or PNG.");
//! # Ok::<(), PictureError>(())
//! ```

mod collect;
mod color;
mod decoded;
mod directory;
mod error;
mod frame;
mod guard;
mod heif;
mod jpeg;
mod kind;
mod open;
mod orientation;
mod tiff;

pub use collect::{Found, collect_files, collect_pictures, looks_like_picture, unreadable_among};
pub use error::{MAX_BYTES, MAX_MEGAPIXELS, MAX_SIDE, PictureError};
pub use frame::Frame;
pub use heif::worker::{serve_avif, use_avif_worker};
pub use jpeg::survey::next_marker as next_jpeg_marker;
pub use open::{Picture, decode_picture, load_picture, short_name};
