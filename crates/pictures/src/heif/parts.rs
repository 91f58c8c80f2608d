//! Checks everything that composes a picture before any of it is decoded.

use std::collections::BTreeSet;

use heifer::heifer_hevc_dec::nal::NalUnit;
use heifer::heifer_hevc_dec::params::{ParameterSets, Sps};
use heifer::heifer_isobmff::{HeifFile, ItemId};

use super::{MAX_PIXELS, container_error};
use crate::decoded::DecodeError;

/// Maximum number of pictures that compose one picture, tiles and layers included.
const MAX_PARTS: usize = 4096;

/// Maximum number of pixels of all these pictures together. Bounds the time.
const MAX_CODED_PIXELS: u64 = 2 * MAX_PIXELS;

/// Maximum depth of composition.
pub(super) const MAX_DEPTH: usize = 4;

/// Maximum number of layers; each is a whole picture in memory.
const MAX_LAYERS: usize = 4;

/// Codec of the parts of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Hevc,
    Av1,
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
pub(super) fn inspect(file: &HeifFile<'_>) -> Result<Codec, DecodeError> {
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

/// Number of pixels of an HEVC item: the most that its headers state. They are in its properties and, as some
/// cameras write them, among its data.
pub(super) fn hevc_pixels(file: &HeifFile<'_>, id: ItemId) -> Result<u64, DecodeError> {
    let lacks_headers = || DecodeError::damaged("one of its parts lacks its headers");
    let config = file.hevc_config(id).map_err(container_error)?.ok_or_else(lacks_headers)?;
    let mut headers = Headers::default();
    config.nal_units.iter().try_for_each(|unit| headers.add(unit))?;
    let data = file.item_data(id).map_err(container_error)?;
    let mut rest: &[u8] = &data;
    while let Some((length, after)) = rest.split_at_checked(usize::from(config.nal_length_size)) {
        let length = length.iter().fold(0, |length: usize, &byte| length << 8 | usize::from(byte));
        let Some((unit, after)) = after.split_at_checked(length) else { return Err(DecodeError::CutShort) };
        if unit.first().is_some_and(|&head| (32..=34).contains(&(head >> 1 & 63))) {
            headers.add(unit)?;
        }
        rest = after;
    }
    headers.pixels.ok_or_else(lacks_headers)
}

/// The headers (parameter sets) of an HEVC item, and the most pixels that any of them states: a later one may
/// replace an earlier one.
#[derive(Default)]
struct Headers {
    sets: ParameterSets,
    pixels: Option<u64>,
}

impl Headers {
    fn add(&mut self, unit: &[u8]) -> Result<(), DecodeError> {
        let added = NalUnit::parse(unit).and_then(|unit| self.sets.add(&unit));
        added.map_err(|error| DecodeError::Damaged(error.to_string()))?;
        let pixels =
            |sps: &Sps| u64::from(sps.pic_width_in_luma_samples) * u64::from(sps.pic_height_in_luma_samples);
        self.pixels = self.pixels.max(self.sets.sps.iter().flatten().map(pixels).max());
        Ok(())
    }
}
