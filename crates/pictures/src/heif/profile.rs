//! The colour profile of a picture.

use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};
use moxcms::{CicpColorPrimaries, CicpProfile, ColorProfile, MatrixCoefficients, TransferCharacteristics};

use super::container_error;
use super::parts::MAX_DEPTH;
use crate::decoded::DecodeError;

/// The colour profile of the main picture: an ICC profile, or one made from its code points.
pub(super) fn of_picture(file: &HeifFile<'_>, main: ItemId) -> Result<Option<Vec<u8>>, DecodeError> {
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
        if let Some(points) = code_points(file, id)? {
            return profile_of_code_points(points.primaries, points.transfer);
        }
        match file.referenced_items(id, b"dimg").first() {
            Some(&source) => id = source,
            None => break,
        }
    }
    Ok(None)
}

/// Colour code points of ITU-T H.273.
#[derive(Clone, Copy)]
pub(super) struct CodePoints {
    primaries: u16,
    transfer: u16,
    pub matrix: u16,
    pub full_range: bool,
}

/// The colour code points that the container states for an item.
pub(super) fn code_points(file: &HeifFile<'_>, id: ItemId) -> Result<Option<CodePoints>, DecodeError> {
    Ok(file.item_properties(id).map_err(container_error)?.find_map(|property| match property {
        Property::Color(ColorInfo::Nclx { primaries, transfer, matrix, full_range }) => Some(CodePoints {
            primaries: *primaries,
            transfer: *transfer,
            matrix: *matrix,
            full_range: *full_range,
        }),
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
