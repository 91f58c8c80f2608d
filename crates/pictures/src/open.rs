//! Reading a picture file that may be anything.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use image::error::ImageError;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use super::color::{Raster, to_srgb};
use super::exif::orientation_in_file;
use super::guard::guarded;
use super::kind::{Kind, foreign_by_ending, kind_of};
use crate::decoded::{Decoded, Problem, fits, too_large};
use crate::error::{MOST_BYTES, PictureError};
use crate::{heif, jpeg, tiff};

/// A picture from a file or the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Upright, sRGB, 8 bits a channel; what was transparent is white.
    pub picture: RgbImage,
    /// The file's name, for the user.
    pub name: String,
    /// What the user should know, in whole sentences that name the file: that parts of it are lost, or that
    /// it was read at a smaller size. Most often empty.
    pub remarks: Vec<String>,
}

/// Reads the picture in the file `path`. The content tells what it is, not the file's extension; of an
/// animation the first picture is taken; the orientation that the camera noted and the colour profile are
/// honoured. A JPEG that is too large is read at a smaller size.
///
/// # Errors
/// [`PictureError`], naming the file, when it cannot be read, is no picture or one of a kind that is not
/// read, is cut short or damaged, or is larger than [`MOST_PIXELS_A_SIDE`] pixels a side or [`MOST_BYTES`].
pub fn load_picture(path: &Path) -> Result<Picture, PictureError> {
    let bytes = read_file(path)?;
    let (picture, remarks) = decode_named(&bytes, &path.display().to_string())?;
    Ok(Picture { picture, name: short_name(path), remarks })
}

/// Reads the picture in `bytes`, which came from elsewhere (the clipboard, a drop) under `name`.
///
/// # Errors
/// As [`load_picture`].
pub fn decode_picture(bytes: &[u8], name: &str) -> Result<Picture, PictureError> {
    let (picture, remarks) = decode_named(bytes, name)?;
    Ok(Picture { picture, name: name.to_owned(), remarks })
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

fn decode_named(bytes: &[u8], name: &str) -> Result<(RgbImage, Vec<String>), PictureError> {
    // The decoders are careful, but a picture from a stranger must not end the program.
    guarded(|| decode_unguarded(bytes, name))
        .unwrap_or_else(|| Err(Problem::damaged("its decoder gave up").named(name)))
}

pub(crate) fn decode_unguarded(bytes: &[u8], name: &str) -> Result<(RgbImage, Vec<String>), PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty { name: name.to_owned() });
    }
    let decoded = match kind_of(bytes, name) {
        Some(Kind::Jpeg) => jpeg::file::decode(bytes),
        Some(Kind::Tiff) => tiff::file::decode(bytes),
        Some(Kind::Heif) => heif::decode(bytes),
        Some(Kind::Plain(format)) => decode_plain(bytes, format),
        Some(Kind::Foreign(kind)) => Err(Problem::Unsupported(kind.to_owned())),
        None => match foreign_by_ending(Path::new(name)) {
            Some(kind) => Err(Problem::Unsupported(kind.to_owned())),
            None => return Err(PictureError::NotAPicture { name: name.to_owned() }),
        },
    };
    let Decoded { raster, profile, orientation, remarks } = decoded.map_err(|problem| problem.named(name))?;
    let mut picture = to_srgb(raster, profile.as_deref());
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    let remarks = remarks.into_iter().map(|remark| format!("“{name}” {remark}.")).collect();
    Ok((over_white(picture), remarks))
}

/// Decodes one of the kinds that `image` reads.
fn decode_plain(bytes: &[u8], format: ImageFormat) -> Result<Decoded, Problem> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(explain)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Problem::damaged("it has no pixels"));
    }
    let pixels = u64::from(width) * u64::from(height);
    let bytes_a_pixel = decoder.total_bytes().div_ceil(pixels).max(3);
    if !fits(width, height, bytes_a_pixel) {
        return Err(too_large(width, height, bytes_a_pixel));
    }
    let profile = decoder.icc_profile().ok().flatten();
    let picture = DynamicImage::from_decoder(decoder).map_err(explain)?;
    let orientation = orientation_in_file(bytes, format);
    Ok(Decoded { raster: Raster::Light(picture), profile, orientation, remarks: Vec::new() })
}

fn explain(error: ImageError) -> Problem {
    match error {
        ImageError::Limits(_) => Problem::TooManyBytes,
        other if is_cut_short(&other) => Problem::CutShort,
        other => Problem::Damaged(other.to_string()),
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
#[path = "open_tests.rs"]
pub(crate) mod tests;
