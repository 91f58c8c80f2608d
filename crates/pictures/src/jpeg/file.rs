//! Decodes JPEG files: intact ones, and what can be recovered of damaged ones.

use std::borrow::Cow;

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use jpeg_decoder::PixelFormat;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::patch::apply_patches;
use super::survey::{State, Survey, survey};
use crate::color::Raster;
use crate::decoded::{DecodeError, Decoded, fits, too_large};
use crate::orientation::{orientation_in_exif, orientation_in_xmp};

/// Maximum memory for the coefficients of a JPEG that cannot be decoded row by row, in bytes.
const MAX_COEFFICIENTS: u64 = 1 << 30;

/// Maximum number of scans, each a pass over the whole picture.
const MAX_SCANS: usize = 100;

/// Decodes the JPEG in `bytes`. One with too many pixels is decoded at 1/2, 1/4 or 1/8 of its size.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let survey = survey(bytes).ok_or_else(|| DecodeError::damaged("its headers are invalid"))?;
    match survey.state {
        State::Complete => {}
        State::CutShort => return Err(DecodeError::CutShort),
        State::TooLarge => return Err(too_large(survey.width, survey.height, 3)),
        State::DamagedFrom(row) => return Err(DecodeError::DamagedFrom(row)),
        State::Unsupported(what) => return Err(DecodeError::Unsupported(format!("JPEG with {what}"))),
    }
    let whole = with_end(bytes, &survey);
    let (profile, orientation) = read_metadata(&whole);
    let (raster, mut remarks) = pixels(&whole, &survey)?;
    if let (Some(first), Some(last)) = (survey.patches.first(), survey.patches.last()) {
        let (from, to) = (first.rows.start, last.rows.end);
        remarks.push(format!("is damaged in parts of the rows {from} to {to}; the rest was recovered"));
    }
    Ok(Decoded { raster, profile, orientation, remarks })
}

/// The picture alone: repaired, with an end marker, without a trailer.
fn with_end<'a>(bytes: &'a [u8], survey: &Survey) -> Cow<'a, [u8]> {
    let end = survey.end.min(bytes.len());
    if survey.patches.is_empty() && bytes.get(end..end + 2) == Some(&[0xff, 0xd9]) {
        return Cow::Borrowed(&bytes[..end + 2]);
    }
    let mut whole = apply_patches(&bytes[..end], &survey.patches);
    whole.extend([0xff, 0xd9]);
    Cow::Owned(whole)
}

/// The colour profile and the orientation from the headers.
fn read_metadata(bytes: &[u8]) -> (Option<Vec<u8>>, Option<Orientation>) {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options());
    if decoder.decode_headers().is_err() {
        return (None, None);
    }
    let orientation = decoder.exif().and_then(|exif| orientation_in_exif(exif));
    let orientation = orientation.or_else(|| decoder.xmp().and_then(|xmp| orientation_in_xmp(xmp)));
    (decoder.icc_profile(), orientation)
}

fn options() -> DecoderOptions {
    DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(MAX_SCANS)
}

fn pixels(bytes: &[u8], survey: &Survey) -> Result<(Raster, Vec<String>), DecodeError> {
    let sampled =
        survey.components.iter().any(|component| component.sampling != survey.components[0].sampling);
    let colours = survey.components.len();
    let small_enough = fits(survey.width, survey.height, 3);
    if small_enough && matches!(colours, 1 | 3) && (survey.interleaved || !sampled) {
        return Ok((at_full_size(bytes, survey)?, Vec::new()));
    }
    scaled(bytes, survey)
}

fn at_full_size(bytes: &[u8], survey: &Survey) -> Result<Raster, DecodeError> {
    let grey = survey.components.len() == 1;
    let colours = if grey { ColorSpace::Luma } else { ColorSpace::RGB };
    let options = options().jpeg_set_out_colorspace(colours);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let pixels = decoder.decode().map_err(|error| DecodeError::damaged(&error.to_string()))?;
    raster(survey.width, survey.height, grey, pixels)
}

fn raster(width: u32, height: u32, grey: bool, pixels: Vec<u8>) -> Result<Raster, DecodeError> {
    let picture = if grey {
        GrayImage::from_raw(width, height, pixels).map(DynamicImage::from)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::from)
    };
    picture.map(Raster::Picture).ok_or_else(|| DecodeError::damaged("its pixel data has the wrong size"))
}

/// Decodes at the largest of the sizes 1, 1/2, 1/4 and 1/8 that is within the limits.
fn scaled(bytes: &[u8], survey: &Survey) -> Result<(Raster, Vec<String>), DecodeError> {
    let (width, height) = (survey.width, survey.height);
    let by_rows = !survey.progressive && survey.interleaved;
    let coefficients = u64::from(width) * u64::from(height) * survey.components.len() as u64 * 2;
    if !by_rows && coefficients > MAX_COEFFICIENTS {
        return Err(too_large(width, height, 3));
    }
    let shrunk = |side: u32, by: u32| side.div_ceil(by);
    let by = [1, 2, 4, 8].into_iter().find(|&by| fits(shrunk(width, by), shrunk(height, by), 4));
    let by = by.ok_or_else(|| too_large(width, height, 3))?;
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    let failed = |error: jpeg_decoder::Error| DecodeError::damaged(&error.to_string());
    let wanted = [width, height].map(|side| u16::try_from(shrunk(side, by)).unwrap_or(u16::MAX));
    let (made_width, made_height) = decoder.scale(wanted[0], wanted[1]).map_err(failed)?;
    let (made_width, made_height) = (u32::from(made_width), u32::from(made_height));
    if !fits(made_width, made_height, 4) {
        return Err(too_large(width, height, 3));
    }
    let pixels = decoder.decode().map_err(failed)?;
    let format = decoder.info().map(|info| info.pixel_format);
    let raster = match format {
        Some(PixelFormat::CMYK32) => Raster::Cmyk { width: made_width, height: made_height, cmyk: pixels },
        Some(PixelFormat::L8) => raster(made_width, made_height, true, pixels)?,
        Some(PixelFormat::RGB24) => raster(made_width, made_height, false, pixels)?,
        _ => return Err(DecodeError::Unsupported("JPEG with 16 bits per sample".to_owned())),
    };
    let mut remarks = Vec::new();
    if by > 1 {
        remarks.push(format!(
            "has {width} × {height} pixels and was read at 1/{by} of its size, {made_width} × {made_height}"
        ));
    }
    Ok((raster, remarks))
}
