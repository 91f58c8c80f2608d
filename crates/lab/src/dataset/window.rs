//! The part of a crop that shows the picture, not the repeated pixels of its edge.

use serde::{Deserialize, Serialize};

use agemirror_faces::face::Similarity;

/// The part of a packed crop inside its source picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ValidWindow {
    /// `a, b, tx, ty` of the similarity from pixels of the picture to pixels of the packed crop.
    pub picture_to_crop: [f32; 4],
    /// Left, top, right and bottom edge of the picture's content, in its pixels.
    pub bounds: [f32; 4],
}

impl ValidWindow {
    /// The similarity from pixels of the picture to pixels of the packed crop.
    pub(crate) fn similarity(&self) -> Similarity {
        let [a, b, tx, ty] = self.picture_to_crop;
        Similarity { a, b, tx, ty }
    }

    /// The mask of a picture of `side` pixels cut from the packed crop of `packed_side` pixels, row by row: 0
    /// outside the source picture, rising to 1 over `feather` pixels inside it.
    ///
    /// `to_packed` maps its pixels to those of the packed crop. Beyond the packed crop's edge, where only
    /// edge pixels are repeated, the mask falls to 0 over `feather` pixels.
    pub(crate) fn mask(&self, to_packed: &Similarity, packed_side: u32, side: u32, feather: f32) -> Vec<f32> {
        let to_picture = self.similarity().inverse();
        let per_packed = 1.0 / to_packed.scale();
        let per_picture = per_packed / to_picture.scale();
        let far = packed_side as f32;
        let feather = feather.max(1e-3);
        let mut mask = Vec::with_capacity(side as usize * side as usize);
        for y in 0..side {
            for x in 0..side {
                let packed = to_packed.apply([x as f32 + 0.5, y as f32 + 0.5]);
                let in_packed = inside(packed, [0.0, 0.0, far, far]) * per_packed;
                let in_picture = inside(to_picture.apply(packed), self.bounds) * per_picture;
                let depth = (in_picture / feather).min(1.0 + in_packed / feather);
                mask.push(depth.clamp(0.0, 1.0));
            }
        }
        mask
    }
}

/// Distance of `point` from the edge of a box (left, top, right, bottom); negative outside.
fn inside([x, y]: [f32; 2], [left, top, right, bottom]: [f32; 4]) -> f32 {
    (x - left).min(right - x).min(y - top).min(bottom - y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_shows_the_picture_in_the_crop() {
        // A picture of 20 x 40 pixels, doubled and placed 24 pixels from the left: it fills 24..64.
        let window = ValidWindow { picture_to_crop: [2.0, 0.0, 24.0, 0.0], bounds: [0.0, 0.0, 20.0, 40.0] };
        let mask = window.mask(&Similarity::IDENTITY, 64, 64, 4.0);
        let row = &mask[32 * 64..33 * 64];
        assert_eq!(row[23], 0.0);
        assert!((row[24] - 0.125).abs() < 1e-5 && (row[26] - 0.625).abs() < 1e-5);
        assert_eq!((row[28], row[59]), (1.0, 1.0));
        assert!((row[63] - 0.125).abs() < 1e-5);
    }

    #[test]
    fn a_smaller_side_shows_the_same_part() {
        let window = ValidWindow { picture_to_crop: [2.0, 0.0, 24.0, 0.0], bounds: [0.0, 0.0, 20.0, 40.0] };
        let half = Similarity { a: 2.0, ..Similarity::IDENTITY };
        let mask = window.mask(&half, 64, 32, 1.0);
        assert_eq!((mask[16 * 32 + 11], mask[16 * 32 + 13]), (0.0, 1.0));
        assert!((mask[16 * 32 + 12] - 0.5).abs() < 1e-5);
    }

    #[test]
    fn the_mask_fades_beyond_the_packed_crop() {
        let whole = ValidWindow { picture_to_crop: [1.0, 0.0, 0.0, 0.0], bounds: [-99.0, -99.0, 99.0, 99.0] };
        let shifted = Similarity { tx: -6.0, ..Similarity::IDENTITY };
        let mask = whole.mask(&shifted, 32, 32, 4.0);
        assert_eq!((mask[0], mask[6], mask[31]), (0.0, 1.0, 1.0));
        assert!((mask[4] - 0.625).abs() < 1e-5);
    }
}
