//! How bright hair is when it is grey: it is lit as the skin beside it is, however dark it was.

use super::super::low_res::{FLOOR, LowRes};
use super::super::plane::Plane;
use super::former::DARK_SKIN;
use crate::face::regions::Region;
use crate::interpolation::smooth_step_between;

/// Luma of black hair when it is grey, as a fraction of the skin's.
const OF_SKIN: f32 = 1.0;
/// Maximum of that luma, 0..=255, so that strands still differ in bright light.
const MAX_LUMA: f32 = 165.0;
/// Fraction of the mean luma of lighter hair that is added.
const OF_HAIR: f32 = 0.1;
/// Mean luma of hair as a fraction of the skin's between which its own shading shows how it is lit.
const BRIGHT: [f32; 2] = [0.3, 1.0];
/// Shares of hair, squared, between which what a pixel shows is hair rather than the skin beside it.
const INSIDE: [f32; 2] = [0.35, 0.85];
/// Fraction by which hair darkens where it ends at skin: it is thin there, and shades itself.
const ROOTS: f32 = 0.1;
/// Luma of grey hair from which light makes it brighter more slowly, and how far above it it can get: strands need room
/// above.
const DULL_FROM: f32 = 140.0;
const DULL_RANGE: f32 = 60.0;
/// Fraction by which beards are darker: they hang in the face's own shadow, and skin shows through.
const BEARD: f32 = 0.16;
/// How much brighter the whitest hair is than average.
const WHITENESS: f32 = 0.15;
/// Exponents of hair's own shading in grey hair: of black hair, most of whose shading is shine, and of hair as bright as
/// skin.
const SHADING: [f32; 2] = [0.42, 0.66];
/// Limits of that shading.
const SHADED: [f32; 2] = [0.56, 1.2];
/// Standard deviations of the distances from which skin shows the light on hair, in eye distances, and the weight of the
/// farther skin.
const LIGHT: [f32; 2] = [0.35, 1.1];
const FAR: f32 = 0.03;
/// Exponent by which grey hair follows that light, and its limits.
const FOLLOWED: f32 = 0.75;
const LIT: [f32; 2] = [0.6, 1.08];
/// Fraction by which hair darkens towards the outline of the head, which turns away from the light, and the standard
/// deviation that rounds the head, in eye distances.
const TURNED_AWAY: f32 = 0.2;
const ROUND: f32 = 0.2;

/// How surely each pixel shows hair rather than the skin beside it, 0..=1, where `hair` is the square of its share.
pub(crate) fn inside(hair: &Plane) -> Plane {
    hair.map(|share| smooth_step_between(INSIDE, share))
}

/// Luma of hair when it is grey. `smooth` is its own smooth luma, of mean `mean` and shown as surely as `inside`;
/// `skin_luma` is the skin's; and `whiteness` is how white this person's hair gets, -1..=1.
pub(crate) fn grey_luma(
    small: &LowRes,
    smooth: &Plane,
    inside: &Plane,
    mean: f32,
    skin_luma: f32,
    whiteness: f32,
) -> Plane {
    let of_skin = (OF_SKIN * skin_luma.max(DARK_SKIN)).min(MAX_LUMA);
    let whole = (of_skin * (1.0 + WHITENESS * whiteness) + OF_HAIR * mean).max(mean);
    let relative = mean / skin_luma.max(1.0);
    let bright = smooth_step_between(BRIGHT, relative);
    let exponent = SHADING[0] + (SHADING[1] - SHADING[0]) * bright;
    let lit = light(&small.halved(), skin_luma).resized(small.side);
    let lit = lit.map(|lit| lit + bright * (1.0 - lit));
    let shaded = smooth.zip(inside, |own, inside| {
        let shading = ((own + FLOOR) / (mean + FLOOR)).powf(exponent).clamp(SHADED[0], SHADED[1]);
        let roots = 1.0 - ROOTS * (1.0 - bright);
        whole * (roots + inside * (shading - roots))
    });
    let own = smooth.zip(inside, |own, inside| inside * own);
    let beard = small.mask(&[Region::Beard]).map(|share| 1.0 - BEARD * share);
    let grey = shaded.zip(&lit, |shaded, lit| dulled(shaded * lit));
    grey.zip(&beard, |grey, beard| grey * beard).zip(&own, f32::max)
}

/// Luma of grey hair, 0..=255, without glare.
fn dulled(luma: f32) -> f32 {
    let over = (luma - DULL_FROM).max(0.0);
    luma - over + over / (1.0 + over / DULL_RANGE)
}

/// Light on hair relative to that on the face: as on the skin nearest to it, and less towards the head's outline.
fn light(small: &LowRes, skin_luma: f32) -> Plane {
    let skin = small.mask(&[Region::Skin]).map(|share| ((share - 0.6) / 0.4).max(0.0));
    let lit = small.luma.zip(&skin, |value, share| value * share);
    let [near, far] = LIGHT.map(|reach| {
        let sigma = small.length(reach);
        (lit.blurred(sigma), skin.blurred(sigma))
    });
    let far = far.0.zip(&far.1, |sum, weight| (sum + 1e-3 * skin_luma) / (weight + 1e-3));
    let luma = near.0.zip(&far, |near, far| near + FAR * far);
    let luma = luma.zip(&near.1, |sum, weight| sum / (weight + FAR));
    let depth = small.mask(&[Region::Background]).map(|share| 1.0 - share).blurred(small.length(ROUND));
    luma.zip(&depth, |luma, depth| {
        let light = ((luma + FLOOR) / (skin_luma + FLOOR)).powf(FOLLOWED).clamp(LIT[0], LIT[1]);
        light * (1.0 - TURNED_AWAY * (1.0 - smooth_step_between([0.45, 1.0], depth)))
    })
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::face::regions::{REGIONS, RegionMasks};

    /// Side of the crop and of the masks, in pixels.
    const SIDE: usize = 128;

    /// Luma of grey hair in its left and right half, from hair of the value `own` above skin of the values `skin` in the
    /// left and in the right half.
    fn grey(own: u8, skin: [u8; 2]) -> [f32; 2] {
        let crop = RgbImage::from_fn(SIDE as u32, SIDE as u32, |x, y| {
            let [left, right] = skin;
            image::Rgb(
                [if y < 64 {
                    own
                } else if x < 64 {
                    left
                } else {
                    right
                }; 3],
            )
        });
        let region = |i: usize| if i / SIDE < 64 { Region::Hair } else { Region::Skin };
        let planes = (0..REGIONS * SIDE * SIDE)
            .map(|i| f32::from(region(i % (SIDE * SIDE)).index() == i / (SIDE * SIDE)));
        let masks = RegionMasks::from_planes(SIDE, planes.collect()).unwrap();
        let small = LowRes::of(&crop, &masks);
        let hair = small.mask(&[Region::Hair]);
        let skin = (f32::from(skin[0]) + f32::from(skin[1])) / 2.0;
        let smooth = Plane::new(SIDE, vec![f32::from(own); SIDE * SIDE]);
        let grey = grey_luma(&small, &smooth, &inside(&hair), f32::from(own), skin, 0.0);
        [16, 112].map(|x| grey.values[40 * SIDE + x])
    }

    #[test]
    fn black_hair_gets_as_light_as_brown_hair_and_white_hair_stays_as_it_is() {
        let [black, brown, white] = [15, 60, 200].map(|own| grey(own, [150; 2])[0]);
        assert!((140.0..165.0).contains(&black) && (brown - black).abs() < 12.0, "{black} {brown}");
        assert!((white - 200.0).abs() < 2.0, "{white}");
    }

    #[test]
    fn grey_hair_is_lit_as_the_skin_beside_it() {
        let [lit, shadow] = grey(15, [170, 80]);
        assert!(lit > 1.25 * shadow && shadow > 60.0, "{lit} {shadow}");
        assert!(grey(15, [250; 2])[0] < 190.0, "bright strands need room above");
    }
}
