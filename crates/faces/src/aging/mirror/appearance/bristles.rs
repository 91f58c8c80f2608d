//! What in a face is hair of beard or brows: bristles, by their darkness and colour.

use crate::interpolation::smooth_step_between;
use crate::pixels::luma;

/// Luma of skin, 0..=255, below which differences count less than their ratio.
const DARK_SKIN: f32 = 75.0;
/// Fraction by which the saturation of a shadow reduces what counts as beard.
const SHADOW: f32 = 0.8;

/// How much darker a pixel is than the skin beneath, by their luma: at most 1, negative where it is lighter. On dark
/// skin, small differences are shadows.
#[inline(always)]
fn darkness(own: f32, beneath: f32) -> f32 {
    (beneath - own) / beneath.max(DARK_SKIN)
}

/// Range of the channels as a fraction of the largest.
#[inline(always)]
fn saturation([red, green, blue]: [f32; 3]) -> f32 {
    let (lowest, highest) = (red.min(green).min(blue), red.max(green).max(blue));
    (highest - lowest + 2.0) / (highest + 8.0)
}

/// Fraction of a beard pixel that is hair rather than the skin `beneath`, 0..=1: stubble is only slightly darker than
/// skin and must not become a grey beard. Hair lighter than skin is already grey. A shadow on skin is as saturated as
/// the skin itself; a beard is greyer.
#[inline(always)]
pub(super) fn bristles(own: [f32; 3], beneath: [f32; 3]) -> f32 {
    smooth_step_between([0.3, 0.65], darkness(luma(own), luma(beneath)))
        * (1.0 - SHADOW * shadow(own, beneath))
}

/// Fraction of a beard pixel that is white or light grey hair rather than the skin `beneath`, 0..=1: as light as the
/// skin and much paler. Unknown, and 0, where the skin has no colour.
#[inline(always)]
pub(super) fn white_hair(own: [f32; 3], beneath: [f32; 3]) -> f32 {
    let colour = saturation(beneath);
    let pale = 1.0 - smooth_step_between([0.45, 0.8], saturation(own) / colour);
    let light = smooth_step_between([0.6, 0.95], luma(own) / luma(beneath).max(1.0));
    pale * light * smooth_step_between([0.08, 0.2], colour)
}

/// Fraction of a beard pixel that greys with the hair or regains its colour, 0..=1: in a thick beard all that is white
/// or not lighter than the skin `beneath`, which is itself shaded there, and nothing outside one.
#[inline(always)]
pub(super) fn beard_hair(own: [f32; 3], beneath: [f32; 3], thickness: f32) -> f32 {
    let darker = 1.0 - smooth_step_between([0.85, 1.05], luma(own) / luma(beneath).max(1.0));
    let hair = bristles(own, beneath).max(thickness * darker.max(white_hair(own, beneath)));
    smooth_step_between([0.0, 0.3], thickness) * hair
}

/// Fraction of a pixel's darkness that is a shadow on skin rather than hair, 0..=1. Unknown, and 0, where the skin has
/// no colour.
#[inline(always)]
pub(super) fn shadow(own: [f32; 3], beneath: [f32; 3]) -> f32 {
    let beneath = saturation(beneath);
    smooth_step_between([0.9, 1.2], saturation(own) / beneath) * smooth_step_between([0.08, 0.2], beneath)
}

/// Fraction of a pixel in a brow that is hair rather than the skin `beneath`, 0..=1: the lids and the bone around a
/// brow do not grey with it.
#[inline(always)]
pub(super) fn brow_hair(own: [f32; 3], beneath: [f32; 3]) -> f32 {
    smooth_step_between([0.06, 0.35], darkness(luma(own), luma(beneath)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_hair_is_light_and_pale_and_skin_and_its_highlights_are_not() {
        let skin = [190.0, 150.0, 130.0];
        let [white, own, highlight] =
            [[200.0, 197.0, 190.0], skin, [225.0, 185.0, 165.0]].map(|colour| white_hair(colour, skin));
        assert!(white > 0.95 && own == 0.0 && highlight < 0.1, "{white} {own} {highlight}");
    }

    #[test]
    fn a_thick_beard_greys_also_in_the_shadow_of_the_jaw() {
        let (own, shaded) = ([50.0, 42.0, 38.0], [62.0, 48.0, 42.0]);
        assert!(bristles(own, shaded) < 0.1 && beard_hair(own, shaded, 1.0) > 0.8);
        assert!(
            beard_hair([200.0, 197.0, 190.0], [190.0, 150.0, 130.0], 1.0) > 0.95,
            "white beards were dark once"
        );
        assert_eq!((beard_hair(own, shaded, 0.0), beard_hair([190.0; 3], [150.0; 3], 1.0)), (0.0, 0.0));
    }

    #[test]
    fn stubble_is_less_hair_than_a_dark_beard_and_a_shadow_is_none() {
        let skin = [190.0, 150.0, 130.0];
        let [full, stubble, shaven, shadow] =
            [[50.0, 40.0, 35.0], [110.0, 92.0, 84.0], [188.0, 149.0, 130.0], [110.0, 78.0, 62.0]]
                .map(|colour| bristles(colour, skin));
        assert!(full > 0.6 && (0.05..0.6).contains(&stubble) && shaven == 0.0, "{full} {stubble} {shaven}");
        assert!(shadow < 0.2, "{shadow}");
        assert!(bristles([50.0; 3], [150.0; 3]) > 0.6, "a black-and-white picture has beards too");
        assert!(brow_hair([60.0, 50.0, 45.0], skin) > 0.95 && brow_hair([182.0, 144.0, 125.0], skin) < 0.05);
    }
}
