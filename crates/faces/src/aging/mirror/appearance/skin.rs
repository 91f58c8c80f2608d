//! Skin evens out towards a younger age: the person's own lines, folds and spots fade, including their
//! colour.

use super::low_res::LowRes;
use super::plane::{Plane, blurred_within};
use super::row_reader::RowReader;
use super::rows::{SkinPlanes, signed_byte};
use crate::face::regions::Region;
use crate::interpolation::interpolate;
use agemirror_kernels::widest;

/// Standard deviation that separates lines from coarser structure, in eye distances.
const LINES: f32 = 0.035;
/// Standard deviation that separates folds from coarser structure, in eye distances.
const FOLDS: f32 = 0.13;
/// How lined skin is by age in years, relative to old skin.
const LINED_BY: [(f32, f32); 9] = [
    (3.0, 0.0),
    (12.0, 0.06),
    (20.0, 0.18),
    (30.0, 0.32),
    (40.0, 0.48),
    (50.0, 0.66),
    (60.0, 0.84),
    (70.0, 1.0),
    (86.0, 1.15),
];
/// Maximum fractions of lines and of folds that fade.
const FADING: [f32; 2] = [0.72, 0.66];
/// Maximum difference of lines and folds from their surroundings, of 255; more is a facial feature.
const MAX_DIFFERENCE: f32 = 40.0;

/// Fractions of lines and of folds that fade from age `from` to age `to` (years).
pub(super) fn fading(from: f32, to: f32) -> [f32; 2] {
    let less = interpolate(from, &LINED_BY) - interpolate(to, &LINED_BY);
    FADING.map(|most| most * (1.6 * less).clamp(0.0, 1.0))
}

/// Even skin at low resolution.
pub(super) struct EvenSkin {
    /// Without lines.
    smooth: [Plane; 3],
    /// Without folds.
    even: [Plane; 3],
}

impl EvenSkin {
    pub(super) fn of(small: &LowRes) -> Self {
        Self { smooth: without(small, LINES), even: without(&small.halved(), FOLDS) }
    }

    /// A reader of the planes for [`fill`], at the crop's side.
    pub(super) fn rows(&self, side: usize) -> RowReader<'_, 6> {
        let ([a, b, c], [d, e, f]) = (&self.smooth, &self.even);
        RowReader::new([a, b, c, d, e, f], side)
    }
}

/// Fills a row of skin with these colours and coverage (0..=1), given its row of [`EvenSkin::rows`].
pub(super) fn fill(to: SkinPlanes<&mut [u8]>, crop: [&[u8]; 3], skin: &[f32], row: &[Vec<f32>; 6]) {
    let (smooth, even) = row.split_at(3);
    for ((to, crop), smooth) in to.lines.into_iter().zip(crop).zip(smooth) {
        fill_lines(to, crop, skin, smooth);
    }
    for ((to, smooth), even) in to.folds.into_iter().zip(smooth).zip(even) {
        fill_folds(to, skin, smooth, even);
    }
}

widest! {
    fn fill_lines(to: &mut [u8], crop: &[u8], skin: &[f32], smooth: &[f32]) {
        for (((to, crop), skin), smooth) in to.iter_mut().zip(crop).zip(skin).zip(smooth) {
            *to = signed_byte(skin * (f32::from(*crop) - smooth).clamp(-MAX_DIFFERENCE, MAX_DIFFERENCE));
        }
    }
}

widest! {
    fn fill_folds(to: &mut [u8], skin: &[f32], smooth: &[f32], even: &[f32]) {
        for (((to, skin), smooth), even) in to.iter_mut().zip(skin).zip(smooth).zip(even) {
            *to = signed_byte(skin * (smooth - even).clamp(-MAX_DIFFERENCE, MAX_DIFFERENCE));
        }
    }
}

/// Skin without structure finer than `length` (eye distances).
fn without(small: &LowRes, length: f32) -> [Plane; 3] {
    let skin = small.mask(&[Region::Skin, Region::Neck]).map(|share| (share * share).max(1e-4));
    blurred_within(small.colours.each_ref(), &skin, small.length(length))
}

#[cfg(test)]
mod tests {
    use super::super::rows::signed;
    use super::*;

    #[test]
    fn lines_fade_only_towards_a_younger_age() {
        assert_eq!(fading(30.0, 60.0), [0.0; 2]);
        assert_eq!(fading(30.0, 30.0), [0.0; 2]);
        let [near, far] = [fading(60.0, 50.0), fading(60.0, 10.0)];
        assert!(near[0] > 0.1 && far[0] > near[0] && far[1] > near[1] && far[0] <= FADING[0]);
    }

    #[test]
    fn even_skin_has_no_lines_and_darker_pixels_have() {
        let row = [180.0, 140.0, 120.0, 180.0, 130.0, 120.0].map(|value| vec![value; 2]);
        let mut bytes = [[0u8; 2]; 6];
        let [a, b, c, d, e, f] = bytes.each_mut().map(|plane| plane.as_mut_slice());
        let crop: [&[u8]; 3] = [&[180, 160], &[140, 120], &[120, 20]];
        fill(SkinPlanes { lines: [a, b, c], folds: [d, e, f] }, crop, &[1.0, 0.5], &row);
        let values = bytes.map(|plane| plane.map(signed));
        assert_eq!(values, [[0.0, -10.0], [0.0, -10.0], [0.0, -20.0], [0.0, 0.0], [10.0, 5.0], [0.0, 0.0]]);
    }
}
