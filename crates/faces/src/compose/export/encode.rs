//! Encodes pictures into file formats.

use std::io::{self, Write};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder, ImageError, RgbImage};
use image_webp::WebPEncoder;
use moxcms::ColorProfile;

use super::provenance::Provenance;
use agemirror_storage::SaveError;

/// JPEG quality: visually lossless.
const JPEG_QUALITY: u8 = 95;

/// A picture format for writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// Lossless, fast compression.
    Png,
    /// Lossy.
    Jpeg,
    /// Lossless.
    WebP,
}

impl PictureFormat {
    /// The format of a file's extension, ignoring case.
    ///
    /// # Errors
    /// [`SaveError::UnknownFormat`] when the extension names none.
    pub fn of(path: &Path) -> Result<Self, SaveError> {
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        match ending.as_deref() {
            Some("png") => Ok(Self::Png),
            Some("jpg" | "jpeg") => Ok(Self::Jpeg),
            Some("webp") => Ok(Self::WebP),
            _ => Err(SaveError::UnknownFormat(path.to_owned())),
        }
    }

    /// Writes a picture in this format, tagged as sRGB, with its origin if it was aged.
    ///
    /// # Errors
    /// The writer's error; [`io::ErrorKind::InvalidInput`] when the format cannot represent the picture.
    pub fn write(
        self,
        picture: &RgbImage,
        provenance: Option<&Provenance>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        match self {
            Self::Png => write_png(picture, provenance, out),
            Self::Jpeg => write_jpeg(picture, provenance, out),
            Self::WebP => write_webp(picture, provenance, out),
        }
    }
}

fn srgb_profile() -> io::Result<Vec<u8>> {
    ColorProfile::new_srgb().encode().map_err(io::Error::other)
}

fn write_jpeg(picture: &RgbImage, provenance: Option<&Provenance>, out: &mut dyn Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
    encoder.set_icc_profile(srgb_profile()?).map_err(io::Error::other)?;
    picture.write_with_encoder(encoder).map_err(jpeg_error)?;
    match provenance {
        Some(provenance) => provenance.write_jpeg(&bytes, out),
        None => out.write_all(&bytes),
    }
}

/// Uses the `image-webp` crate directly, because `image` does not write XMP.
fn write_webp(picture: &RgbImage, provenance: Option<&Provenance>, out: &mut dyn Write) -> io::Result<()> {
    let mut encoder = WebPEncoder::new(out);
    encoder.set_icc_profile(srgb_profile()?);
    if let Some(provenance) = provenance {
        encoder.set_xmp_metadata(provenance.xmp().into_bytes());
    }
    let (width, height) = picture.dimensions();
    encoder.encode(picture.as_raw(), width, height, image_webp::ColorType::Rgb8).map_err(
        |error| match error {
            image_webp::EncodingError::IoError(error) => error,
            other => io::Error::new(io::ErrorKind::InvalidInput, other),
        },
    )
}

/// Uses the `png` crate directly, because `image` hides whether the disk is full.
fn write_png(picture: &RgbImage, provenance: Option<&Provenance>, out: &mut dyn Write) -> io::Result<()> {
    let mut encoder = png::Encoder::new(out, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::Adaptive);
    if let Some(provenance) = provenance {
        provenance.tag_png(&mut encoder).map_err(png_error)?;
    }
    let mut writer = encoder.write_header().map_err(png_error)?;
    writer.write_image_data(picture.as_raw()).map_err(png_error)?;
    writer.finish().map_err(png_error)
}

pub(crate) fn png_error(error: png::EncodingError) -> io::Error {
    match error {
        png::EncodingError::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidInput, other),
    }
}

fn jpeg_error(error: ImageError) -> io::Error {
    match error {
        ImageError::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidInput, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn picture() -> RgbImage {
        RgbImage::from_fn(40, 30, |x, y| Rgb([(x * 6) as u8, (y * 8) as u8, (x + y) as u8]))
    }

    #[test]
    fn extensions_name_formats() {
        assert_eq!(PictureFormat::of(Path::new("a/b.JPEG")).unwrap(), PictureFormat::Jpeg);
        for bad in ["a", "a.gif", ".png", "png"] {
            assert!(matches!(PictureFormat::of(Path::new(bad)), Err(SaveError::UnknownFormat(_))), "{bad}");
        }
    }

    #[test]
    fn lossless_formats_are_bit_exact_and_jpeg_is_close() {
        for format in [PictureFormat::Png, PictureFormat::WebP, PictureFormat::Jpeg] {
            let mut bytes = Vec::new();
            format.write(&picture(), None, &mut bytes).unwrap();
            let back = image::load_from_memory(&bytes).unwrap().to_rgb8();
            let worst = back.iter().zip(picture().iter()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(worst <= if format == PictureFormat::Jpeg { 16 } else { 0 }, "{format:?}: {worst}");
        }
    }

    #[test]
    fn written_pictures_are_tagged_as_srgb() {
        for format in [PictureFormat::WebP, PictureFormat::Jpeg] {
            let mut bytes = Vec::new();
            format.write(&picture(), None, &mut bytes).unwrap();
            let reader = image::ImageReader::new(io::Cursor::new(bytes)).with_guessed_format().unwrap();
            let icc = image::ImageDecoder::icc_profile(&mut reader.into_decoder().unwrap()).unwrap().unwrap();
            let (written, srgb) = (ColorProfile::new_from_slice(&icc).unwrap(), ColorProfile::new_srgb());
            let apart = (written.red_colorant.x - srgb.red_colorant.x).abs();
            assert!(apart < 1e-3, "{format:?}");
        }
        let mut bytes = Vec::new();
        PictureFormat::Png.write(&picture(), None, &mut bytes).unwrap();
        let reader = png::Decoder::new(io::Cursor::new(bytes)).read_info().unwrap();
        assert_eq!(reader.info().srgb, Some(png::SrgbRenderingIntent::Perceptual));
    }

    #[test]
    fn a_picture_without_pixels_is_an_error() {
        for format in [PictureFormat::Png, PictureFormat::WebP, PictureFormat::Jpeg] {
            assert!(format.write(&RgbImage::new(0, 0), None, &mut Vec::new()).is_err(), "{format:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_distinguished_from_other_errors() {
        let mut full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        for format in [PictureFormat::Png, PictureFormat::WebP, PictureFormat::Jpeg] {
            let error = format.write(&picture(), None, &mut full).unwrap_err();
            assert!(matches!(SaveError::at(Path::new("x"), error), SaveError::DiskFull(_)), "{format:?}");
        }
    }
}
