//! Reads a picture file of any content.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use image::error::ImageError;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use super::color::{Raster, to_srgb};
use super::guard::guarded;
use super::kind::{Kind, detect_kind, unsupported_by_extension};
use super::orientation::orientation_in_file;
use crate::decoded::{DecodeError, Decoded, fits, too_large};
use crate::error::{MAX_BYTES, PictureError};
use crate::{heif, jpeg, tiff};

/// A picture from a file or the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The pixels: upright, sRGB, 8 bits per channel; transparency is blended with white.
    pub picture: RgbImage,
    /// Name of the file, for the user.
    pub name: String,
    /// Remarks for the user, as sentences that name the file: that parts are lost, or that it was read at a
    /// smaller size. Usually empty.
    pub remarks: Vec<String>,
}

/// Loads the picture in the file `path`. Its content determines the format, not its extension. Of an
/// animation, the first picture is read. The orientation in EXIF or XMP and the colour profile are applied. A JPEG that
/// is too large is read at a smaller size.
///
/// # Errors
/// [`PictureError`], naming the file, when it cannot be read, is not a picture of a supported format, is cut
/// short or damaged, or has more than [`MAX_SIDE`](crate::MAX_SIDE) pixels per side or [`MAX_BYTES`] bytes.
pub fn load_picture(path: &Path) -> Result<Picture, PictureError> {
    let bytes = read_file(path)?;
    let (picture, remarks) = decode_named(&bytes, &path.display().to_string())?;
    Ok(Picture { picture, name: short_name(path), remarks })
}

/// Decodes the picture in `bytes`, from elsewhere (such as the clipboard); `name` is for messages.
///
/// # Errors
/// See [`load_picture`].
pub fn decode_picture(bytes: &[u8], name: &str) -> Result<Picture, PictureError> {
    let (picture, remarks) = decode_named(bytes, name)?;
    Ok(Picture { picture, name: name.to_owned(), remarks })
}

/// The name of a file without its folders.
#[must_use]
pub fn short_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Reads a whole file of limited size. Refuses devices and pipes, which may never end.
fn read_file(path: &Path) -> Result<Vec<u8>, PictureError> {
    let name = path.display().to_string();
    let unreadable = |cause: io::Error| PictureError::Unreadable { name: name.clone(), cause };
    // Check before opening: opening a pipe waits for its other end.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(PictureError::NotAFile { name });
    }
    if metadata.len() > MAX_BYTES {
        return Err(PictureError::TooManyBytes { name });
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(PictureError::TooManyBytes { name });
    }
    Ok(bytes)
}

fn decode_named(bytes: &[u8], name: &str) -> Result<(RgbImage, Vec<String>), PictureError> {
    // The decoders are careful, but a picture from a stranger must not end the program.
    guarded(|| decode_unguarded(bytes, name))
        .unwrap_or_else(|| Err(DecodeError::damaged("its decoder crashed").for_file(name)))
}

pub(crate) fn decode_unguarded(bytes: &[u8], name: &str) -> Result<(RgbImage, Vec<String>), PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty { name: name.to_owned() });
    }
    let decoded = match detect_kind(bytes, name) {
        Some(Kind::Jpeg) => jpeg::file::decode(bytes),
        Some(Kind::Tiff) => tiff::file::decode(bytes),
        Some(Kind::Heif) => heif::decode(bytes),
        Some(Kind::Other(format)) => decode_with_image(bytes, format),
        Some(Kind::Unsupported(kind)) => Err(DecodeError::Unsupported(kind.to_owned())),
        None => match unsupported_by_extension(Path::new(name)) {
            Some(kind) => Err(DecodeError::Unsupported(kind.to_owned())),
            None => return Err(PictureError::NotAPicture { name: name.to_owned() }),
        },
    };
    let Decoded { raster, profile, orientation, remarks } =
        decoded.map_err(|problem| problem.for_file(name))?;
    let mut picture = to_srgb(raster, profile.as_deref());
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    let remarks = remarks.into_iter().map(|remark| format!("“{name}” {remark}.")).collect();
    Ok((blend_with_white(picture), remarks))
}

/// Decodes a format with the crate `image`.
fn decode_with_image(bytes: &[u8], format: ImageFormat) -> Result<Decoded, DecodeError> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(decode_error)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(DecodeError::damaged("it has no pixels"));
    }
    let pixels = u64::from(width) * u64::from(height);
    let bytes_per_pixel = decoder.total_bytes().div_ceil(pixels).max(3);
    if !fits(width, height, bytes_per_pixel) {
        return Err(too_large(width, height, bytes_per_pixel));
    }
    let profile = decoder.icc_profile().ok().flatten();
    let picture = DynamicImage::from_decoder(decoder).map_err(decode_error)?;
    let orientation = orientation_in_file(bytes, format);
    Ok(Decoded { raster: Raster::Picture(picture), profile, orientation, remarks: Vec::new() })
}

fn decode_error(error: ImageError) -> DecodeError {
    match error {
        ImageError::Limits(_) => DecodeError::TooManyBytes,
        other if is_cut_short(&other) => DecodeError::CutShort,
        other => DecodeError::Damaged(other.to_string()),
    }
}

/// Whether the data ended too early. Some decoders report it directly, some deep in the chain of causes.
fn is_cut_short(error: &ImageError) -> bool {
    let is_eof = |error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof;
    if let ImageError::IoError(error) = error {
        return is_eof(error);
    }
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.downcast_ref().is_some_and(is_eof) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Converts to 8-bit RGB; blends transparency with white.
fn blend_with_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let with_alpha = picture.into_rgba8();
    let mut out = RgbImage::new(with_alpha.width(), with_alpha.height());
    for (to, from) in out.pixels_mut().zip(with_alpha.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        to.0 = [red, green, blue].map(|value| ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    out
}

#[cfg(test)]
#[path = "open_tests.rs"]
pub(crate) mod tests;
