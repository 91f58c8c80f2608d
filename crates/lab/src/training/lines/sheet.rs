//! A sheet of all lines of an atlas, for inspection.

use image::{GrayImage, Luma, RgbImage};

use agemirror_faces::aging::mirror::{ATLAS_SIDE, LineAtlas};

/// Faces per row.
const COLUMNS: usize = 8;

/// The lines and pores of each face; grey means none.
pub(crate) fn atlas_sheet(atlas: &LineAtlas) -> RgbImage {
    let side = ATLAS_SIDE as u32;
    let rows = atlas.faces.len().div_ceil(COLUMNS) as u32;
    let mut sheet = GrayImage::from_pixel(COLUMNS as u32 * side, rows * side, Luma([128]));
    for (i, face) in atlas.faces.iter().enumerate() {
        let (left, top) = ((i % COLUMNS) as u32 * side, (i / COLUMNS) as u32 * side);
        let (lines, pores) = face.planes.split_at(ATLAS_SIDE * ATLAS_SIDE);
        for (at, (line, pore)) in (0..).zip(lines.iter().zip(pores)) {
            let value = (i32::from(*line) + i32::from(*pore) - 128).clamp(0, 255) as u8;
            sheet.put_pixel(left + at % side, top + at / side, Luma([value]));
        }
    }
    image::DynamicImage::ImageLuma8(sheet).into_rgb8()
}
