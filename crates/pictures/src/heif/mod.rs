//! Decodes HEIC and AVIF: one container with two codecs.

mod av1;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use heifer::heifer_hevc_dec::nal::NalUnit;
use heifer::heifer_hevc_dec::params::{ParameterSets, Sps};
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{Error as ContainerError, HeifFile, ItemId};
use image::{DynamicImage, RgbImage, RgbaImage};
use moxcms::{CicpColorPrimaries, CicpProfile, ColorProfile, MatrixCoefficients, TransferCharacteristics};

use crate::color::Raster;
use crate::decoded::{DecodeError, Decoded, fits, too_large};
use crate::error::MAX_BYTES;

/// Maximum number of pictures that compose one picture, tiles and layers included.
const MAX_PARTS: usize = 4096;

/// Maximum number of pixels of all these pictures together. Bounds the time.
const MAX_CODED_PIXELS: u64 = 2 * MAX_PIXELS;

/// Maximum depth of composition.
const MAX_DEPTH: usize = 4;

/// Maximum number of layers; each is a whole picture in memory.
const MAX_LAYERS: usize = 4;

/// Codec of the parts of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Codec {
    Hevc,
    Av1,
}

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
        Codec::Av1 => av1_item(&file, main)?,
    };
    let profile = profile(&file, main)?;
    let raster = Raster::Picture(
        as_image(picture).ok_or_else(|| DecodeError::damaged("its pixel data has the wrong size"))?,
    );
    Ok(Decoded { raster, profile, orientation: None, remarks: Vec::new() })
}

type Pixels = heifer::Image<u8>;

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

/// Maximum number of pixels of one picture.
const MAX_PIXELS: u64 = MAX_BYTES / 3;

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

/// The pictures that compose a picture.
#[derive(Default)]
struct Parts {
    count: usize,
    /// Pixels of all parts coded as HEVC.
    pixels: u64,
    codecs: BTreeSet<[u8; 4]>,
}

/// Checks everything that composes the main picture before decoding any of it: that it is within the limits,
/// and how it is coded.
fn inspect(file: &HeifFile<'_>) -> Result<Codec, DecodeError> {
    let mut parts = Parts::default();
    parts.visit(file, file.primary_id, 0)?;
    match (parts.codecs.len(), parts.codecs.first()) {
        (1, Some(b"hvc1")) => Ok(Codec::Hevc),
        (1, Some(b"av01")) => Ok(Codec::Av1),
        (_, Some(other)) => {
            let name = String::from_utf8_lossy(other).trim().to_owned();
            Err(DecodeError::Unsupported(format!("a HEIF picture coded as {name}")))
        }
        (_, None) => Err(DecodeError::damaged("it has no main picture")),
    }
}

impl Parts {
    fn visit(&mut self, file: &HeifFile<'_>, id: ItemId, depth: usize) -> Result<(), DecodeError> {
        self.count += 1;
        if self.count > MAX_PARTS || depth > MAX_DEPTH {
            return Err(DecodeError::damaged("it is composed of too many parts"));
        }
        let kind = file.item(id).map_err(container_error)?.item_type.0;
        let sources = file.referenced_items(id, b"dimg");
        match &kind {
            b"grid" | b"iovl" | b"iden" => {
                if &kind == b"iovl" && sources.len() > MAX_LAYERS {
                    return Err(DecodeError::damaged("it has too many layers"));
                }
                return sources.iter().try_for_each(|&source| self.visit(file, source, depth + 1));
            }
            b"hvc1" => self.pixels = self.pixels.saturating_add(hevc_pixels(file, id)?),
            _ => {}
        }
        if self.pixels > MAX_CODED_PIXELS {
            return Err(DecodeError::damaged("its parts are larger than the whole"));
        }
        self.codecs.insert(kind);
        Ok(())
    }
}

/// Number of pixels of an HEVC item according to the headers in its properties. Its data must not contain
/// headers, which could contradict them.
fn hevc_pixels(file: &HeifFile<'_>, id: ItemId) -> Result<u64, DecodeError> {
    let lacks_headers = || DecodeError::damaged("one of its parts lacks its headers");
    let config = file.hevc_config(id).map_err(container_error)?.ok_or_else(lacks_headers)?;
    let data = file.item_data(id).map_err(container_error)?;
    let mut rest: &[u8] = &data;
    while let Some((length, after)) = rest.split_at_checked(usize::from(config.nal_length_size)) {
        let length = length.iter().fold(0, |length: usize, &byte| length << 8 | usize::from(byte));
        let Some((unit, after)) = after.split_at_checked(length) else { return Err(DecodeError::CutShort) };
        if unit.first().is_some_and(|&head| (32..=34).contains(&(head >> 1 & 63))) {
            return Err(DecodeError::damaged("one of its parts contains headers in its data"));
        }
        rest = after;
    }
    let mut sets = ParameterSets::default();
    for unit in &config.nal_units {
        let added = NalUnit::parse(unit).and_then(|unit| sets.add(&unit));
        added.map_err(|error| DecodeError::Damaged(error.to_string()))?;
    }
    let pixels =
        |sps: &Sps| u64::from(sps.pic_width_in_luma_samples) * u64::from(sps.pic_height_in_luma_samples);
    sets.sps.iter().flatten().map(pixels).max().ok_or_else(lacks_headers)
}

/// Decodes an item coded as AV1, or composed of such items.
fn av1_item(file: &HeifFile<'_>, id: ItemId) -> Result<Pixels, DecodeError> {
    let kind = file.item(id).map_err(container_error)?.item_type.0;
    let mut picture = match &kind {
        b"av01" => av1_picture(file, id)?,
        b"grid" => av1_grid(file, id)?,
        _ => return Err(DecodeError::Unsupported("an AVIF picture of several layers".to_owned())),
    };
    if let Some(alpha) = alpha_of(file, id)? {
        let premultiplied = !file.referenced_items(id, b"prem").is_empty();
        let alpha = if file.item(alpha).map_err(container_error)?.item_type.0 == *b"grid" {
            av1_grid(file, alpha)?
        } else {
            av1_picture(file, alpha)?
        };
        attach_alpha(&mut picture, &alpha, premultiplied)?;
    }
    for property in file.item_properties(id).map_err(container_error)? {
        picture = match *property {
            Property::CleanAperture { width, height, horiz_offset, vert_offset } => {
                cropped(&picture, width, height, horiz_offset, vert_offset)
            }
            Property::Rotation(quarters) if quarters > 0 => picture.rotate_ccw(quarters),
            Property::Mirror(top_bottom) => picture.mirror(top_bottom),
            _ => picture,
        };
    }
    Ok(picture)
}

fn av1_picture(file: &HeifFile<'_>, id: ItemId) -> Result<Pixels, DecodeError> {
    let data = file.item_data(id).map_err(container_error)?;
    let nclx = nclx(file, id)?.map(|(_, _, matrix, full)| (matrix, full));
    let frame = av1::decode(&data, MAX_PIXELS as u32)?;
    let (width, height) = (frame.width as u32, frame.height as u32);
    Ok(Pixels { width, height, bit_depth: 8, has_alpha: false, data: frame.to_rgba(nclx) })
}

fn av1_grid(file: &HeifFile<'_>, id: ItemId) -> Result<Pixels, DecodeError> {
    let grid = file.grid(id).map_err(container_error)?;
    let (width, height) = (grid.output_width, grid.output_height);
    if width == 0 || height == 0 || !fits(width, height, 3) {
        return Err(too_large(width, height, 3));
    }
    let tiles = file.referenced_items(id, b"dimg");
    let (columns, rows) = (usize::from(grid.columns), usize::from(grid.rows));
    if tiles.len() != columns * rows {
        return Err(DecodeError::damaged("it lacks some of its tiles"));
    }
    let mut canvas = Pixels::filled_samples(width, height, 8, [0, 0, 0, 255]);
    let mut size = None;
    for (index, &tile) in tiles.iter().enumerate() {
        let tile = av1_picture(file, tile)?;
        let (tile_width, tile_height) = *size.get_or_insert((tile.width, tile.height));
        // Bounds the work: the tiles must not be larger than the area they cover requires.
        let covers = u64::from(tile_width) * columns as u64 >= u64::from(width)
            && u64::from(tile_height) * rows as u64 >= u64::from(height)
            && u64::from(tile_width) * (columns as u64 - 1) < u64::from(width)
            && u64::from(tile_height) * (rows as u64 - 1) < u64::from(height);
        if (tile.width, tile.height) != (tile_width, tile_height) || !covers {
            return Err(DecodeError::damaged("its tiles do not fit together"));
        }
        let (x, y) = ((index % columns) as i64, (index / columns) as i64);
        canvas.draw(&tile, x * i64::from(tile_width), y * i64::from(tile_height));
    }
    Ok(canvas)
}

/// The item with the alpha channel of `id`.
fn alpha_of(file: &HeifFile<'_>, id: ItemId) -> Result<Option<ItemId>, DecodeError> {
    const ALPHA: [&str; 2] = ["urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1"];
    for auxiliary in file.referencing_items(id, b"auxl") {
        let mut properties = file.item_properties(auxiliary).map_err(container_error)?;
        if properties.any(
            |property| matches!(property, Property::AuxiliaryType(kind) if ALPHA.contains(&kind.as_str())),
        ) {
            return Ok(Some(auxiliary));
        }
    }
    Ok(None)
}

fn attach_alpha(picture: &mut Pixels, alpha: &Pixels, premultiplied: bool) -> Result<(), DecodeError> {
    if (alpha.width, alpha.height) != (picture.width, picture.height) {
        return Err(DecodeError::damaged("its alpha channel has another size"));
    }
    picture.has_alpha = true;
    for (pixel, alpha) in picture.data.as_chunks_mut::<4>().0.iter_mut().zip(alpha.data.as_chunks::<4>().0) {
        pixel[3] = alpha[0];
        if premultiplied && alpha[0] > 0 {
            let alpha = u32::from(alpha[0]);
            pixel[..3]
                .iter_mut()
                .for_each(|value| *value = ((u32::from(*value) * 255 + alpha / 2) / alpha).min(255) as u8);
        }
    }
    Ok(())
}

/// Crops to the clean aperture; its centre is an offset from the centre of the picture.
fn cropped(
    picture: &Pixels,
    width: (u32, u32),
    height: (u32, u32),
    across: (i32, u32),
    down: (i32, u32),
) -> Pixels {
    if [width.1, height.1, across.1, down.1].contains(&0) {
        return picture.clone();
    }
    let ratio = |(over, under): (u32, u32)| f64::from(over) / f64::from(under);
    let offset = |(over, under): (i32, u32)| f64::from(over) / f64::from(under);
    let (wide, high) = (ratio(width), ratio(height));
    let left = offset(across) + (f64::from(picture.width) - wide) / 2.0;
    let top = offset(down) + (f64::from(picture.height) - high) / 2.0;
    picture.crop(
        left.round().max(0.0) as u32,
        top.round().max(0.0) as u32,
        wide.round() as u32,
        high.round() as u32,
    )
}

/// The colour profile of the main picture: an ICC profile, or one made from its code points.
fn profile(file: &HeifFile<'_>, main: ItemId) -> Result<Option<Vec<u8>>, DecodeError> {
    let mut id = main;
    for _ in 0..=MAX_DEPTH {
        let mut properties = file.item_properties(id).map_err(container_error)?;
        let icc = properties.find_map(|property| match property {
            Property::Color(ColorInfo::Icc(icc)) if !icc.is_empty() => Some(icc.clone()),
            _ => None,
        });
        if icc.is_some() {
            return Ok(icc);
        }
        if let Some((primaries, transfer, _, _)) = nclx(file, id)? {
            return profile_of_code_points(primaries, transfer);
        }
        match file.referenced_items(id, b"dimg").first() {
            Some(&source) => id = source,
            None => break,
        }
    }
    Ok(None)
}

/// The colour code points of an item: primaries, transfer, matrix, and whether the range is full.
fn nclx(file: &HeifFile<'_>, id: ItemId) -> Result<Option<(u16, u16, u16, bool)>, DecodeError> {
    Ok(file.item_properties(id).map_err(container_error)?.find_map(|property| match property {
        Property::Color(ColorInfo::Nclx { primaries, transfer, matrix, full_range }) => {
            Some((*primaries, *transfer, *matrix, *full_range))
        }
        _ => None,
    }))
}

/// A profile for the primaries and transfer code points of ITU-T H.273; `None` for sRGB and what viewers
/// treat as sRGB.
fn profile_of_code_points(primaries: u16, transfer: u16) -> Result<Option<Vec<u8>>, DecodeError> {
    if matches!(transfer, 16 | 18) {
        return Err(DecodeError::Unsupported("a picture of high dynamic range (PQ or HLG)".to_owned()));
    }
    // Television curves are shown like sRGB.
    let like_srgb = matches!(transfer, 0 | 1 | 2 | 6 | 13 | 14 | 15);
    if matches!(primaries, 0..=2) && like_srgb {
        return Ok(None);
    }
    let transfer = if like_srgb { 13 } else { transfer };
    let of = |number: u16| u8::try_from(number).ok();
    let (Some(primaries), Some(transfer)) = (of(primaries), of(transfer)) else { return Ok(None) };
    let (Ok(color_primaries), Ok(transfer_characteristics)) =
        (CicpColorPrimaries::try_from(primaries), TransferCharacteristics::try_from(transfer))
    else {
        return Ok(None);
    };
    let cicp = CicpProfile {
        color_primaries,
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    };
    Ok(ColorProfile::new_from_cicp(cicp).encode().ok())
}
