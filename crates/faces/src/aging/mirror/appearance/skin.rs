//! Skin evens out towards a younger age: the person's own lines, folds and spots fade, including their
//! colour.

use super::low_res::LowRes;
use super::plane::{Plane, RowReader, blurred_within};
use crate::face::regions::Region;
use crate::interpolation::interpolate;

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
const STEEPEST: f32 = 40.0;

/// One pixel of skin: contributions of lines and folds on top of even skin, of 255.
#[derive(Clone, Copy, Default)]
pub(super) struct SkinPixel {
    pub lines: [i8; 3],
    pub folds: [i8; 3],
}

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

    /// A reader of the planes for [`EvenSkin::pixel`], at the crop's side.
    pub(super) fn rows(&self, side: usize) -> RowReader<'_, 6> {
        let ([a, b, c], [d, e, f]) = (&self.smooth, &self.even);
        RowReader::new([a, b, c, d, e, f], side)
    }

    /// A pixel of this colour with skin coverage `skin` (0..=1).
    pub(super) fn pixel(colour: [u8; 3], skin: f32, [a, b, c, d, e, f]: [f32; 6]) -> SkinPixel {
        let (smooth, even) = ([a, b, c], [d, e, f]);
        let bounded = |value: f32| (skin * value.clamp(-STEEPEST, STEEPEST)).round() as i8;
        SkinPixel {
            lines: [0, 1, 2].map(|i: usize| bounded(f32::from(colour[i]) - smooth[i])),
            folds: [0, 1, 2].map(|i: usize| bounded(smooth[i] - even[i])),
        }
    }
}

/// Skin without structure finer than `length` (eye distances).
fn without(small: &LowRes, length: f32) -> [Plane; 3] {
    let skin = small.mask(&[Region::Skin, Region::Neck]).map(|share| (share * share).max(1e-4));
    blurred_within(small.colours.each_ref(), &skin, small.length(length))
}

/// Fades the lines and folds of a pixel by the fractions of [`fading`].
pub(super) fn even_pixel(pixel: &mut [f32; 3], skin: &SkinPixel, [lines, folds]: [f32; 2]) {
    for (value, (line, fold)) in pixel.iter_mut().zip(skin.lines.iter().zip(skin.folds)) {
        *value -= lines * f32::from(*line) + folds * f32::from(fold);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fade_only_towards_a_younger_age() {
        assert_eq!(fading(30.0, 60.0), [0.0; 2]);
        assert_eq!(fading(30.0, 30.0), [0.0; 2]);
        let [near, far] = [fading(60.0, 50.0), fading(60.0, 10.0)];
        assert!(near[0] > 0.1 && far[0] > near[0] && far[1] > near[1] && far[0] <= FADING[0]);
    }

    #[test]
    fn even_skin_keeps_its_colour_and_lines_on_it_fade() {
        let even = [180.0, 140.0, 120.0, 180.0, 140.0, 120.0];
        let pixel = EvenSkin::pixel([160, 120, 100], 1.0, even);
        let mut colour = [160.0, 120.0, 100.0];
        even_pixel(&mut colour, &pixel, [0.5, 0.5]);
        assert_eq!(colour, [170.0, 130.0, 110.0]);
        let mut skin = [180.0, 140.0, 120.0];
        even_pixel(&mut skin, &EvenSkin::pixel([180, 140, 120], 1.0, even), [0.7, 0.7]);
        assert_eq!(skin, [180.0, 140.0, 120.0]);
    }
}
