//! Picture files as upright sRGB pixels: JPEG, PNG, WebP, GIF, BMP, PNM, TIFF, HEIC and AVIF.

mod collect;
mod color;
mod decoded;
mod error;
mod exif;
mod frame;
mod guard;
mod heif;
mod jpeg;
mod kind;
mod open;
mod tiff;

pub use collect::{collect_pictures, looks_like_picture, unreadable_among};
pub use error::{MOST_BYTES, MOST_MEGAPIXELS, MOST_PIXELS_A_SIDE, PictureError};
pub use frame::Frame;
pub use open::{Picture, decode_picture, load_picture};
