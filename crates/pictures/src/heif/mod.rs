//! Decodes HEIC and AVIF: one container with two codecs.

mod av1;
mod avif;
mod parts;
mod profile;
#[cfg(test)]
mod tests;
pub(crate) mod worker;
mod ycbcr;

use heifer::heifer_isobmff::{Error as ContainerError, HeifFile};
use image::{DynamicImage, RgbImage, RgbaImage};

use crate::color::Raster;
use crate::decoded::{DecodeError, Decoded, fits, too_large};
use crate::error::MAX_BYTES;

use parts::{Codec, inspect};

/// Maximum number of pixels of one picture.
const MAX_PIXELS: u64 = MAX_BYTES / 3;

type Pixels = heifer::Image<u8>;

/// Decodes the main picture of the HEIC or AVIF in `bytes`.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let file = HeifFile::parse(bytes).map_err(container_error)?;
    let main = file.primary_id;
    if let Some((width, height)) = file.image_size(main).map_err(container_error)?
        && !fits(width, height, 3)
    {
        return Err(too_large(width, height, 3));
    }
    let codec = inspect(&file)?;
    let picture = match codec {
        Codec::Hevc => hevc(bytes)?,
        Codec::Av1 => worker::decode(bytes)?,
    };
    let profile = profile::of_picture(&file, main)?;
    let raster = Raster::Picture(
        as_image(picture).ok_or_else(|| DecodeError::damaged("its pixel data has the wrong size"))?,
    );
    Ok(Decoded { raster, profile, orientation: None, remarks: Vec::new() })
}

fn as_image(picture: Pixels) -> Option<DynamicImage> {
    let (width, height) = (picture.width, picture.height);
    if width == 0 || height == 0 {
        return None;
    }
    if picture.has_alpha {
        return RgbaImage::from_raw(width, height, picture.data).map(DynamicImage::from);
    }
    let rgb = picture
        .data
        .as_chunks::<4>()
        .0
        .iter()
        .flat_map(|&[red, green, blue, _]| [red, green, blue])
        .collect();
    RgbImage::from_raw(width, height, rgb).map(DynamicImage::from)
}

fn hevc(bytes: &[u8]) -> Result<Pixels, DecodeError> {
    // With one thread, the panic message of the decoder can be kept from the terminal.
    let options = heifer::Options { max_threads: 1, max_pixels: MAX_PIXELS };
    heifer::decode_rgba8(bytes, &options).map_err(|error| match error {
        heifer::Error::Container(error) => container_error(error),
        heifer::Error::Unsupported(what) => DecodeError::Unsupported(format!("a HEIC picture with {what}")),
        other => DecodeError::Damaged(other.to_string()),
    })
}

fn container_error(error: ContainerError) -> DecodeError {
    match error {
        ContainerError::UnexpectedEof => DecodeError::CutShort,
        ContainerError::MissingBox(_) => DecodeError::Damaged("it has no main picture".to_owned()),
        other => DecodeError::Damaged(other.to_string()),
    }
}
