//! Beards and stubble disappear towards a child's age; the skin beneath is inpainted from its surroundings.

use super::low_res::LowRes;
use super::outgrown;
use super::plane::{Plane, RowReader};
use super::rows::{BeardPlanes, byte};
use crate::aging::mirror::luma;
use crate::face::regions::Region;
use crate::interpolation::smooth_step_between;
use agemirror_kernels::widest;

/// Standard deviations of the inpainting, in eye distances: near skin, and skin anywhere on the face as a
/// fallback.
const REACH: [f32; 2] = [0.2, 0.7];
/// Weight of the fallback relative to near skin.
const FAR: f32 = 0.05;
/// Standard deviation of the distance within which bristles belong to a beard, in eye distances.
const NEAR: f32 = 0.12;
/// Standard deviation that softens the outline of the face, in eye distances.
const JAW: f32 = 0.14;
/// Fraction by which skin darkens at the jaw.
const JAW_SHADOW: f32 = 0.4;
/// Weight of the neck's skin in the inpainting relative to the face's.
const NECK: f32 = 0.5;
/// Ages, in years, between which a beard grows.
const GROWS: [f32; 2] = [12.0, 17.0];

/// Ages, in years, between which brows become as thick as an adult's.
const BROWS_GROW: [f32; 2] = [2.0, 14.0];
/// Fraction of a brow that a small child lacks.
const THIN_BROWS: f32 = 0.65;
/// Fraction of the brows that greys with the hair: single dark hairs remain.
const GREY_BROWS: f32 = 0.4;
/// Luma of skin, 0..=255, below which differences count less than their ratio.
const DARK_SKIN: f32 = 75.0;
/// Fraction by which the saturation of a shadow reduces what counts as beard.
const SHADOW: f32 = 0.8;

/// Fraction of a beard at age `from` that is gone at age `to` (years): 0..=1.
pub(super) fn shaving(from: f32, to: f32) -> f32 {
    outgrown(GROWS, from, to)
}

/// Fraction by which brows lighten between ages `from` and `to` (years): 0..=1. Children's brows are thin.
pub(super) fn brow_lightening(from: f32, to: f32) -> f32 {
    THIN_BROWS * outgrown(BROWS_GROW, from, to)
}

/// A beard mask that also counts likely beard: stubble is thin, and any remainder shows.
#[inline(always)]
fn to_shave(mask: f32) -> f32 {
    smooth_step_between(0.1, 0.55, mask)
}

/// A beard mask that counts only certain beard: grey patches on shaven skin show.
#[inline(always)]
fn to_grey(mask: f32) -> f32 {
    smooth_step_between(0.35, 0.8, mask)
}

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
fn bristles(own: [f32; 3], beneath: [f32; 3]) -> f32 {
    let shadow = smooth_step_between(0.9, 1.2, saturation(own) / saturation(beneath));
    smooth_step_between(0.3, 0.65, darkness(luma(own), luma(beneath))) * (1.0 - SHADOW * shadow)
}

/// Fraction of a pixel in a brow that is hair rather than the skin `beneath`, 0..=1: the lids and the bone around a
/// brow do not grey with it.
#[inline(always)]
fn brow_hair(own: [f32; 3], beneath: [f32; 3]) -> f32 {
    smooth_step_between(0.06, 0.35, darkness(luma(own), luma(beneath)))
}

/// Fraction of a pixel with skin coverage `skin` that is beard outside the mask: bristles on the neck and at the
/// mouth, where a beard is near.
#[inline(always)]
fn outside_mask(skin: f32, bristles: f32, nearness: f32) -> f32 {
    skin * bristles * smooth_step_between(0.08, 0.3, nearness)
}

/// Fraction of the skin's colour that a pixel at this depth inside the face's outline shows: a face turns away from the
/// light along the jaw.
#[inline(always)]
fn jaw_shading(depth: f32) -> f32 {
    1.0 - JAW_SHADOW * (1.0 - smooth_step_between(0.4, 0.95, depth))
}

/// Fraction of a beard that can be shaved at this depth inside face and neck: what hangs in front of clothes or beside
/// the head has no skin behind it, and fades out.
#[inline(always)]
fn on_skin(depth: f32) -> f32 {
    smooth_step_between(0.35, 0.75, depth)
}

/// What is beneath and around a beard, at low resolution.
pub(super) struct Surroundings {
    /// Red, green and blue of the skin beneath.
    skin: [Plane; 3],
    /// How near a beard is, 0..=1.
    nearness: Plane,
    /// How far inside the face's outline, and inside that of face and neck, 0..=1.
    depths: [Plane; 2],
}

impl Surroundings {
    /// `beard_weight` is the share of the beard mask that counts.
    pub(super) fn of(small: &LowRes, beard_weight: f32) -> Self {
        let small = &small.halved();
        let beard = small.mask(&[Region::Beard]).map(|share| beard_weight * share);
        let nearness = beard.blurred(small.length(NEAR));
        // Skin at the border of a beard is darkened by it.
        let (face, neck) = (small.mask(&[Region::Skin]), small.mask(&[Region::Neck]));
        let certain = |share: f32| ((share - 0.6) / 0.4).max(0.0);
        let skin = face.zip(&neck, |face, neck| certain(face) + NECK * certain(neck));
        let skin =
            skin.zip(&nearness, |share, near| share * (1.0 - smooth_step_between(0.05, 0.3, near)).max(0.02));
        let face = small.mask(&[Region::Skin, Region::Beard, Region::Lips]);
        let head = face.zip(&neck, |face, neck| face + neck);
        let depths = [face, head].map(|mask| mask.blurred(small.length(JAW)));
        Self { skin: inpainted(small, &skin), nearness, depths }
    }

    /// A reader of the skin's colours, of the nearness and of the depths, at the crop's side.
    pub(super) fn rows(&self, side: usize) -> RowReader<'_, 6> {
        let ([red, green, blue], [face, head]) = (&self.skin, &self.depths);
        RowReader::new([red, green, blue, &self.nearness, face, head], side)
    }
}

/// The colours of `skin`, continued over everything else.
fn inpainted(small: &LowRes, skin: &Plane) -> [Plane; 3] {
    let [near, far] = REACH.map(|length| small.length(length));
    let (near_weight, far_weight) = (skin.blurred(near), skin.blurred(far));
    small.colours.each_ref().map(|plane| {
        let lit = plane.zip(skin, |value, share| value * share);
        let (near, far) = (lit.blurred(near), lit.blurred(far));
        let distant = far.zip(&far_weight, |sum, weight| sum / weight.max(1e-4));
        let sum = near.zip(&distant, |near, far| near + FAR * far);
        sum.zip(&near_weight, |sum, weight| sum / (weight + FAR))
    })
}

/// Masks of one row, 0..=1, without what is covered.
pub(super) struct BeardMasks<'a> {
    pub beard: &'a [f32],
    pub brows: &'a [f32],
    pub skin: &'a [f32],
}

/// Fills a row of beard and brows with their coverage and the skin beneath, given its row of
/// [`Surroundings::rows`]. Writes the share of each pixel that greys with the hair to `hairs`.
pub(super) fn fill(
    to: BeardPlanes<&mut [u8]>,
    crop: [&[u8]; 3],
    masks: &BeardMasks,
    surroundings: &[Vec<f32>; 6],
    hairs: &mut [f32],
) {
    weigh_hairs([to.alpha, to.brow], hairs, crop, masks, surroundings);
    for (to, beneath) in to.beneath.into_iter().zip(surroundings) {
        fill_shaded(to, beneath, &surroundings[4]);
    }
}

widest! {
    fn fill_shaded(to: &mut [u8], beneath: &[f32], depth: &[f32]) {
        for ((to, beneath), depth) in to.iter_mut().zip(beneath).zip(depth) {
            *to = byte(jaw_shading(*depth) * beneath);
        }
    }
}

widest! {
    /// Writes the shares of each pixel that are shaved and that are hair of a brow, of 255, and those that grey.
    fn weigh_hairs(
        to: [&mut [u8]; 2],
        hairs: &mut [f32],
        crop: [&[u8]; 3],
        masks: &BeardMasks,
        surroundings: &[Vec<f32>; 6],
    ) {
        let size = hairs.len();
        let [beards, brows] = to.map(|row| &mut row[..size]);
        let crop = crop.map(|row| &row[..size]);
        let [red, green, blue, nearness, _, depth] = surroundings.each_ref().map(|row| &row[..size]);
        let (beard, brow, skin) = (&masks.beard[..size], &masks.brows[..size], &masks.skin[..size]);
        for i in 0..size {
            let own = [f32::from(crop[0][i]), f32::from(crop[1][i]), f32::from(crop[2][i])];
            let beneath = [red[i], green[i], blue[i]];
            let bristles = bristles(own, beneath);
            let all = to_shave(beard[i]).max(outside_mask(skin[i], bristles, nearness[i]));
            let brow_hair = brow[i] * brow_hair(own, beneath);
            beards[i] = byte(255.0 * all * on_skin(depth[i]));
            brows[i] = byte(255.0 * brow_hair);
            hairs[i] = to_grey(beard[i]) * bristles + GREY_BROWS * brow_hair;
        }
    }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::face::regions::{REGIONS, RegionMasks};

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
    fn stubble_is_less_hair_than_a_dark_beard_and_a_shadow_is_none() {
        let skin = [190.0, 150.0, 130.0];
        let [full, stubble, shaven, shadow] =
            [[50.0, 40.0, 35.0], [110.0, 92.0, 84.0], [188.0, 149.0, 130.0], [110.0, 78.0, 62.0]]
                .map(|colour| bristles(colour, skin));
        assert!(full > 0.6 && (0.05..0.6).contains(&stubble) && shaven == 0.0, "{full} {stubble} {shaven}");
        assert!(shadow < 0.2, "{shadow}");
        assert!(brow_hair([60.0, 50.0, 45.0], skin) > 0.95 && brow_hair([182.0, 144.0, 125.0], skin) < 0.05);
    }

    #[test]
    fn a_beard_between_face_and_neck_uncovers_skin_of_both_up_to_the_neck() {
        let side = 128;
        let rows = [(0..56, Region::Skin, 200), (56..72, Region::Beard, 20), (72..128, Region::Neck, 100)];
        let mut planes = vec![0f32; REGIONS * side * side];
        let mut crop = RgbImage::new(side as u32, side as u32);
        for (band, region, value) in rows {
            for (x, y) in band.flat_map(|y| (0..side).map(move |x| (x, y))) {
                planes[(region.index() * side + y) * side + x] = 1.0;
                crop.put_pixel(x as u32, y as u32, image::Rgb([value; 3]));
            }
        }
        let masks = RegionMasks::from_planes(side, planes).unwrap();
        let beneath = Surroundings::of(&LowRes::of(&crop, &masks), 1.0);
        let at = |plane: &Plane, y: usize| plane.values[y / 2 * (side / 2) + side / 4];
        let [upper, lower] = [58, 70].map(|y| at(&beneath.skin[0], y));
        assert!(lower > 105.0 && upper > lower + 10.0 && upper < 195.0, "{upper} {lower}");
        let [face, head] = beneath.depths.each_ref().map(|depth| at(depth, 71));
        assert!(face < 0.7 && head > 0.95, "{face} {head}");
    }

    #[test]
    fn bristles_outside_the_mask_count_only_near_a_beard() {
        assert_eq!((outside_mask(1.0, 1.0, 0.5), outside_mask(1.0, 1.0, 0.0)), (1.0, 0.0));
        assert_eq!((on_skin(1.0), on_skin(0.2), jaw_shading(1.0)), (1.0, 0.0, 1.0));
    }
}
