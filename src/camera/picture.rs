//! Reading a picture file that may be anything.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::error::ImageError;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use super::jpeg::outline;
use super::picture_error::{MOST_BYTES, MOST_PIXELS_A_SIDE, PictureError};

/// A picture from a file or the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Upright, 8 bits a channel; what was transparent is white.
    pub picture: RgbImage,
    /// The file's name, for the user.
    pub name: String,
}

/// Reads the picture in the file `path`. The content tells what it is, not the file's extension; of an
/// animation the first picture is taken; the orientation that the camera noted is honoured.
///
/// # Errors
/// [`PictureError`], naming the file, when it cannot be read, is no picture, is cut short or damaged,
/// or is larger than [`MOST_PIXELS_A_SIDE`] pixels a side or [`MOST_BYTES`].
pub fn load_picture(path: &Path) -> Result<Picture, PictureError> {
    let bytes = read_file(path)?;
    let picture = decode_named(&bytes, &path.display().to_string())?;
    Ok(Picture { picture, name: short_name(path) })
}

/// Reads the picture in `bytes`, which came from elsewhere (the clipboard, a drop) under `name`.
///
/// # Errors
/// As [`load_picture`].
pub fn decode_picture(bytes: &[u8], name: &str) -> Result<Picture, PictureError> {
    let picture = decode_named(bytes, name)?;
    Ok(Picture { picture, name: name.to_owned() })
}

fn short_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Reads a whole file, but no device or pipe, which may never end, and no more than the limit.
fn read_file(path: &Path) -> Result<Vec<u8>, PictureError> {
    let name = path.display().to_string();
    let unreadable = |cause: io::Error| PictureError::Unreadable { name: name.clone(), cause };
    // Looked at before it is opened: opening a pipe waits for its other end.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(PictureError::NotAFile { name });
    }
    if metadata.len() > MOST_BYTES {
        return Err(PictureError::TooManyBytes { name });
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(PictureError::TooManyBytes { name });
    }
    Ok(bytes)
}

fn decode_named(bytes: &[u8], name: &str) -> Result<RgbImage, PictureError> {
    let damaged = |cause: &str| PictureError::Damaged { name: name.to_owned(), cause: cause.to_owned() };
    // The decoders are careful, but a picture from a stranger must not end the program.
    catch_unwind(AssertUnwindSafe(|| decode_unguarded(bytes, name)))
        .unwrap_or_else(|_| Err(damaged("its decoder gave up")))
}

fn decode_unguarded(bytes: &[u8], name: &str) -> Result<RgbImage, PictureError> {
    let understood = |error: ImageError| explain(error, name);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|cause| understood(cause.into()))?;
    let Some(format) = reader.format() else {
        return Err(PictureError::NotAPicture { name: name.to_owned() });
    };
    // The decoder fills what is missing of a JPEG with grey.
    if format == ImageFormat::Jpeg && outline(bytes).is_none() {
        return Err(PictureError::CutShort { name: name.to_owned() });
    }
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(understood)?;
    check_size(&decoder, name)?;
    // A note that cannot be read says nothing.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(understood)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(over_white(picture))
}

fn check_size(decoder: &impl ImageDecoder, name: &str) -> Result<(), PictureError> {
    let (width, height) = decoder.dimensions();
    let name = name.to_owned();
    if width == 0 || height == 0 {
        return Err(PictureError::Damaged { name, cause: "it has no pixels".to_owned() });
    }
    let as_rgb = u64::from(width) * u64::from(height) * 3;
    let sides_fit = width <= MOST_PIXELS_A_SIDE && height <= MOST_PIXELS_A_SIDE;
    if !sides_fit || decoder.total_bytes().max(as_rgb) > MOST_BYTES {
        return Err(PictureError::TooManyPixels { name, width, height });
    }
    Ok(())
}

fn explain(error: ImageError, name: &str) -> PictureError {
    let name = name.to_owned();
    match error {
        ImageError::Limits(_) => PictureError::TooManyBytes { name },
        other if is_cut_short(&other) => PictureError::CutShort { name },
        other => PictureError::Damaged { name, cause: other.to_string() },
    }
}

/// Whether the data ended too soon: some decoders say so themselves, some deep in the chain of causes.
fn is_cut_short(error: &ImageError) -> bool {
    let too_soon = |error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof;
    if let ImageError::IoError(error) = error {
        return too_soon(error);
    }
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.downcast_ref().is_some_and(too_soon) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Any kind of pixels to 8-bit RGB, transparent ones blended with white.
fn over_white(picture: DynamicImage) -> RgbImage {
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
#[path = "picture_tests.rs"]
mod tests;
