//! Beards and stubble disappear towards a child's age; the skin beneath is inpainted from its surroundings.

use super::low_res::LowRes;
use super::plane::{Plane, RowReader};
use crate::aging::mirror::luma;
use crate::face::regions::Region;
use crate::interpolation::smooth_step_between;

/// Standard deviations of the inpainting, in eye distances: near skin, and skin anywhere on the face as a
/// fallback.
const REACH: [f32; 2] = [0.2, 0.7];
/// Weight of the fallback relative to near skin.
const FAR: f32 = 0.05;
/// Ages, in years, between which a beard grows.
const GROWS: [f32; 2] = [12.0, 17.0];

/// Ages, in years, between which brows become as thick as an adult's.
const BROWS_GROW: [f32; 2] = [2.0, 14.0];
/// Fraction of a brow that a small child lacks.
const THIN_BROWS: f32 = 0.5;

/// One pixel of beard at the crop's resolution.
#[derive(Clone, Copy, Default)]
pub(super) struct BeardPixel {
    /// Coverage by beard, of 255; 0 in brows, which only use the skin beneath.
    pub alpha: u8,
    /// Colour of the skin beneath.
    pub skin: [u8; 3],
}

/// Fraction of a beard at age `from` that is gone at age `to` (years): 0..=1.
pub(super) fn shaving(from: f32, to: f32) -> f32 {
    let grown = |age: f32| smooth_step_between(GROWS[0], GROWS[1], age);
    (grown(from) - grown(to)).max(0.0)
}

/// Fraction by which brows lighten between ages `from` and `to` (years): 0..=1. Children's brows are thin.
pub(super) fn brow_lightening(from: f32, to: f32) -> f32 {
    let grown = |age: f32| smooth_step_between(BROWS_GROW[0], BROWS_GROW[1], age);
    THIN_BROWS * (grown(from) - grown(to)).max(0.0)
}

/// A beard mask that also counts likely beard: stubble is thin, and any remainder shows.
pub(super) fn solid(mask: f32) -> f32 {
    smooth_step_between(0.1, 0.55, mask)
}

/// Fraction of a beard pixel of this colour that is hair rather than the skin `beneath`, 0..=1: stubble is
/// only slightly darker than skin and must not become a grey beard. Hair lighter than skin is already grey.
pub(super) fn bristles(colour: [u8; 3], beneath: [f32; 3]) -> f32 {
    let darker = 1.0 - luma(colour.map(f32::from)) / luma(beneath).max(1.0);
    smooth_step_between(0.2, 0.55, darker)
}

/// The skin beneath a beard, as red, green and blue at low resolution.
pub(super) fn skin_beneath(small: &LowRes) -> [Plane; 3] {
    let small = &small.halved();
    let skin = small.mask(&[Region::Skin]).map(|share| ((share - 0.6) / 0.4).max(0.0));
    let [near, far] = REACH.map(|length| small.length(length));
    let (near_weight, far_weight) = (skin.blurred(near), skin.blurred(far));
    small.colours.each_ref().map(|plane| {
        let lit = plane.zip(&skin, |value, share| value * share);
        let (near, far) = (lit.blurred(near), lit.blurred(far));
        let distant = far.zip(&far_weight, |sum, weight| sum / weight.max(1e-4));
        let sum = near.zip(&distant, |near, far| near + FAR * far);
        sum.zip(&near_weight, |sum, weight| sum / (weight + FAR))
    })
}

/// A reader of the skin beneath, at the crop's side.
pub(super) fn rows(skin: &[Plane; 3], side: usize) -> RowReader<'_, 3> {
    let [red, green, blue] = skin;
    RowReader::new([red, green, blue], side)
}

impl BeardPixel {
    /// A pixel with beard coverage `alpha` (0..=1) and the skin beneath.
    pub(super) fn new(alpha: f32, skin: [f32; 3]) -> Self {
        let byte = |value: f32| (value + 0.5).clamp(0.0, 255.0) as u8;
        Self { alpha: byte(255.0 * alpha), skin: skin.map(byte) }
    }

    /// Removes the fraction `gone` of the beard.
    pub(super) fn shave(&self, pixel: &mut [f32; 3], gone: f32) {
        self.uncover(pixel, gone * f32::from(self.alpha) / 255.0);
    }

    /// Blends `share` (0..=1) of the skin beneath into the pixel.
    pub(super) fn uncover(&self, pixel: &mut [f32; 3], share: f32) {
        pixel
            .iter_mut()
            .zip(self.skin)
            .for_each(|(value, skin)| *value += share * (f32::from(skin) - *value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brows_lighten_for_children_only() {
        assert_eq!((brow_lightening(40.0, 20.0), brow_lightening(5.0, 30.0)), (0.0, 0.0));
        let (small, large) = (brow_lightening(30.0, 4.0), brow_lightening(30.0, 10.0));
        assert!(small > large && large > 0.0 && small <= THIN_BROWS, "{small} {large}");
    }

    #[test]
    fn only_grown_beards_disappear_and_only_for_children() {
        assert_eq!((shaving(40.0, 25.0), shaving(10.0, 5.0), shaving(20.0, 50.0)), (0.0, 0.0, 0.0));
        assert_eq!(shaving(40.0, 8.0), 1.0);
        assert!((0.1..0.9).contains(&shaving(40.0, 14.5)));
    }

    #[test]
    fn stubble_is_less_hair_than_a_dark_beard() {
        let skin = [190.0, 150.0, 130.0];
        let [full, stubble, shaven] =
            [[50, 40, 35], [140, 112, 98], [188, 149, 130]].map(|colour| bristles(colour, skin));
        assert!(full > 0.95 && (0.05..0.6).contains(&stubble) && shaven == 0.0, "{full} {stubble} {shaven}");
    }
}
