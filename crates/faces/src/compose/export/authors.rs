//! Grids and file names like those of the published systems' own test programs.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use image::{RgbImage, imageops};

use crate::compose::file_name;

/// Arranges pictures of equal size row by row without gaps; an incomplete last row ends in black.
pub fn mosaic(pictures: &[RgbImage], columns: usize) -> RgbImage {
    let Some((width, height)) = pictures.first().map(RgbImage::dimensions) else {
        return RgbImage::new(0, 0);
    };
    let columns = columns.clamp(1, pictures.len());
    let rows = pictures.len().div_ceil(columns);
    let mut grid = RgbImage::new(width * columns as u32, height * rows as u32);
    for (i, picture) in pictures.iter().enumerate() {
        let (row, column) = ((i / columns) as i64, (i % columns) as i64);
        imageops::replace(&mut grid, picture, column * i64::from(width), row * i64::from(height));
    }
    grid
}

/// IPCGAN's name for the picture of an age class made from the file `source`: `face.jpg_3.jpg`.
pub fn class_file(source: &OsStr, class: usize) -> OsString {
    file_name(source, &format!("_{class}.jpg"))
}

/// cGAN's name for the row of `source` and its four classes: `15_Name_0009.jpg_1x5.jpg` for
/// `15_Name_0009.jpg_0.jpg`; for other names, the name without its extension instead.
pub fn strip_file(source: &OsStr) -> OsString {
    let prefix = source.to_str().and_then(|name| name.split_once("_0.jpg")).map(|(prefix, _)| prefix);
    let stem = || Path::new(source).file_stem().unwrap_or(source).to_owned();
    file_name(&prefix.map_or_else(stem, OsString::from), "_1x5.jpg")
}

/// PAGAN's name for the folder of `source`: its name up to the first dot.
pub fn first_stem(source: &OsStr) -> OsString {
    match source.to_str().and_then(|name| name.split_once('.')) {
        Some((stem, _)) if !stem.is_empty() => stem.into(),
        _ => source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn a_mosaic_has_no_gaps() {
        let flat = |value| RgbImage::from_pixel(4, 3, Rgb([value; 3]));
        let grid = mosaic(&[flat(1), flat(2), flat(3), flat(4), flat(5)], 2);
        assert_eq!(grid.dimensions(), (8, 9));
        let at = |x, y| grid.get_pixel(x, y).0[0];
        assert_eq!([at(3, 2), at(4, 2), at(0, 3), at(7, 5), at(3, 8), at(4, 8)], [1, 2, 3, 4, 5, 0]);
        assert_eq!(mosaic(&[], 3).dimensions(), (0, 0));
        assert_eq!(mosaic(&[flat(1)], 0).dimensions(), (4, 3));
    }

    #[test]
    fn names_match_the_authors() {
        let source = OsStr::new("15_Chris_Colfer_0009.jpg_0.jpg");
        assert_eq!(class_file(source, 3), "15_Chris_Colfer_0009.jpg_0.jpg_3.jpg");
        assert_eq!(strip_file(source), "15_Chris_Colfer_0009.jpg_1x5.jpg");
        assert_eq!(strip_file(OsStr::new("me.png")), "me_1x5.jpg");
        assert_eq!(first_stem(OsStr::new("001A16.jpg.chip.jpg")), "001A16");
        assert_eq!(first_stem(OsStr::new(".hidden")), ".hidden");
    }
}
