//! What in a face is hair of beard or brows: bristles, by their darkness and colour.

use crate::interpolation::smooth_step_between;
use crate::pixels::luma;

/// Luma of skin, 0..=255, below which differences count less than their ratio.
const DARK_SKIN: f32 = 75.0;
/// Fraction by which the saturation of a shadow reduces what counts as beard.
const SHADOW: f32 = 0.8;

/// Darkness up to which skin has no stubble.
const SHAVEN: f32 = 0.1;
/// Fraction of the light of skin that dark hair hides.
pub(super) const HIDDEN: f32 = 0.85;
/// Fraction of the stubble that greys with the hair.
const GREY_STUBBLE: f32 = 0.9;
/// Density of a beard between which all in it that is as dark as skin or darker greys.
const DENSE: [f32; 2] = [0.38, 0.75];
/// Darkness between which skin is seldom a shadow: brown hair is as saturated, but darker.
const DARKEST_SHADOW: [f32; 2] = [0.4, 0.62];

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

/// Fraction of a beard pixel that is dark hair rather than the skin `beneath`, 0..=1, if it is no shadow: stubble is
/// only slightly darker than skin. Hair lighter than skin is already grey.
#[inline(always)]
pub(super) fn dark_hair(own: [f32; 3], beneath: [f32; 3]) -> f32 {
    smooth_step_between([0.3, 0.65], darkness(luma(own), luma(beneath)))
}

/// [`dark_hair`] without shadows on skin.
#[inline(always)]
pub(super) fn bristles(own: [f32; 3], beneath: [f32; 3]) -> f32 {
    dark_hair(own, beneath) * (1.0 - SHADOW * shadow(own, beneath))
}

/// Fraction of a stubbly pixel that stubble covers, 0..=1, from how dark it makes the skin `beneath`, of which the
/// fraction `shadow` is a shadow.
#[inline(always)]
fn stubble(own: [f32; 3], beneath: [f32; 3], shadow: f32) -> f32 {
    let covered = (darkness(luma(own), luma(beneath)) - SHAVEN) / (HIDDEN - SHAVEN);
    covered.clamp(0.0, 1.0) * (1.0 - SHADOW * shadow)
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

/// Fraction of a beard pixel that greys with the hair or regains its colour, 0..=1: in a dense beard all that is white
/// or not lighter than the skin `beneath`, which is itself shaded there, and as much of stubble as it covers. In a dense
/// beard, what is dark is no shadow: brown hair is as saturated.
#[inline(always)]
pub(super) fn beard_hair(own: [f32; 3], beneath: [f32; 3], density: f32) -> f32 {
    let dense = smooth_step_between(DENSE, density);
    let darker = 1.0 - smooth_step_between([0.85, 1.05], luma(own) / luma(beneath).max(1.0));
    let hair = dense * darker.max(white_hair(own, beneath));
    hair.max(GREY_STUBBLE * stubble(own, beneath, (1.0 - dense) * shadow(own, beneath)))
}

/// Fraction of a pixel's darkness that is a shadow on skin rather than hair, 0..=1: a shadow is as saturated as the skin
/// itself and not very dark. Unknown, and 0, where the skin has no colour.
#[inline(always)]
pub(super) fn shadow(own: [f32; 3], beneath: [f32; 3]) -> f32 {
    let dark = smooth_step_between(DARKEST_SHADOW, darkness(luma(own), luma(beneath)));
    let beneath = saturation(beneath);
    let saturated = smooth_step_between([0.9, 1.2], saturation(own) / beneath);
    (1.0 - dark) * saturated * smooth_step_between([0.08, 0.2], beneath)
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
        assert!(beard_hair(own, shaded, 0.0) < 0.01 && beard_hair([190.0; 3], [150.0; 3], 1.0) == 0.0);
    }

    #[test]
    fn brown_hair_is_no_shadow_in_a_dense_beard_and_stubble_greys_by_its_darkness() {
        let (skin, brown) = ([190.0, 150.0, 130.0], [110.0, 78.0, 62.0]);
        assert!(beard_hair(brown, skin, 1.0) > 0.9 && beard_hair(brown, skin, 0.0) < 0.2);
        let stubble = [[60.0, 52.0, 48.0], [110.0, 92.0, 84.0], [185.0, 146.0, 127.0]];
        let [dark, light, shaven] = stubble.map(|own| beard_hair(own, skin, 0.0));
        assert!(dark > 0.5 && (0.1..0.4).contains(&light) && shaven == 0.0, "{dark} {light} {shaven}");
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
