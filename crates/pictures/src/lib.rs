//! Picture files as upright sRGB pixels: JPEG, PNG, WebP, GIF, BMP, PNM, TIFF, HEIC and AVIF.

mod collect;
mod frame;
mod picture;
mod picture_error;

pub use collect::{collect_pictures, looks_like_picture, unreadable_among};
pub use frame::Frame;
pub use picture::{Picture, decode_picture, load_picture};
pub use picture_error::{MOST_BYTES, MOST_MEGAPIXELS, MOST_PIXELS_A_SIDE, PictureError};
