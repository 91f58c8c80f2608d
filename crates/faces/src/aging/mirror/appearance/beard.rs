//! Beards and stubble disappear towards a child's age, brows get thinner, and beards grey with the hair.

use super::bristles::{HIDDEN, beard_hair, bristles, brow_hair};
use super::outgrown;
use super::rows::{BeardPlanes, byte, write_bytes};
use crate::interpolation::smooth_step_between;
use agemirror_kernels::widest;

/// Ages, in years, between which a beard grows.
const GROWS: [f32; 2] = [14.0, 18.0];
/// Ages, in years, between which brows become as thick as an adult's.
const BROWS_GROW: [f32; 2] = [2.0, 14.0];
/// Fraction of a brow that a small child lacks.
const THIN_BROWS: f32 = 0.44;
/// Fraction of the brows that greys with the hair: single dark hairs remain. The network lightens brows too.
const GREY_BROWS: f32 = 0.1;

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
    smooth_step_between([0.1, 0.55], mask)
}

/// A beard mask that counts only certain beard: grey patches on shaven skin show.
#[inline(always)]
fn to_grey(mask: f32) -> f32 {
    smooth_step_between([0.35, 0.8], mask)
}

/// Fraction of a pixel with skin coverage `skin` that is beard outside the mask: bristles on the neck and at the
/// mouth, where a beard is near.
#[inline(always)]
fn outside_mask(skin: f32, bristles: f32, nearness: f32) -> f32 {
    skin * bristles * smooth_step_between([0.08, 0.3], nearness)
}

/// Fraction of a beard that can be shaved at this depth inside face and neck: what hangs in front of clothes or beside
/// the head has no skin behind it, and fades out.
#[inline(always)]
fn on_skin(depth: f32) -> f32 {
    smooth_step_between([0.35, 0.75], depth)
}

/// Masks of one row, 0..=1, without what is covered.
pub(super) struct BeardMasks<'a> {
    pub beard: &'a [f32],
    pub brows: &'a [f32],
    pub skin: &'a [f32],
}

/// Fills a row of beard and brows with their coverage and the skin beneath, given its row of
/// [`Surroundings::rows`](super::beneath::Surroundings::rows). Writes the share of each pixel that greys with the hair,
/// and the share of a beard's pixel that is skin between its hairs, to `shares`.
pub(super) fn fill(
    to: BeardPlanes<&mut [u8]>,
    crop: [&[u8]; 3],
    masks: &BeardMasks,
    surroundings: &[Vec<f32>; 6],
    shares: [&mut [f32]; 2],
) {
    weigh_hairs([to.alpha, to.brow], shares, crop, masks, surroundings);
    for (to, beneath) in to.beneath.into_iter().zip(surroundings) {
        write_bytes(to, beneath);
    }
}

/// Adds the skin between the hairs of a thin beard, of the shares `between`, to the colours of a row when it is grey:
/// grey hair lets as much of it through as dark hair does. `surroundings` are those of [`fill`].
pub(super) fn show_skin(grey: [&mut [u8]; 3], surroundings: &[Vec<f32>; 6], between: &[f32]) {
    for (grey, beneath) in grey.into_iter().zip(surroundings) {
        add_skin(grey, beneath, between);
    }
}

widest! {
    fn add_skin(grey: &mut [u8], beneath: &[f32], between: &[f32]) {
        for ((grey, beneath), between) in grey.iter_mut().zip(beneath).zip(between) {
            *grey = byte(f32::from(*grey) + between * HIDDEN * beneath);
        }
    }
}

widest! {
    /// Writes the shares of each pixel that are shaved and that are hair of a brow, of 255, those that grey, and those of
    /// skin between the hairs of a beard.
    fn weigh_hairs(
        to: [&mut [u8]; 2],
        shares: [&mut [f32]; 2],
        crop: [&[u8]; 3],
        masks: &BeardMasks,
        surroundings: &[Vec<f32>; 6],
    ) {
        let [hairs, between] = shares;
        let size = hairs.len();
        let between = &mut between[..size];
        let [beards, brows] = to.map(|row| &mut row[..size]);
        let crop = crop.map(|row| &row[..size]);
        let [red, green, blue, nearness, density, depth] = surroundings.each_ref().map(|row| &row[..size]);
        let (beard, brow, skin) = (&masks.beard[..size], &masks.brows[..size], &masks.skin[..size]);
        for i in 0..size {
            let own = [f32::from(crop[0][i]), f32::from(crop[1][i]), f32::from(crop[2][i])];
            let beneath = [red[i], green[i], blue[i]];
            let bristles = bristles(own, beneath);
            let all = to_shave(beard[i]).max(outside_mask(skin[i], bristles, nearness[i]));
            let brow_hair = brow[i] * brow_hair(own, beneath);
            beards[i] = byte(255.0 * all * on_skin(depth[i]));
            brows[i] = byte(255.0 * brow_hair);
            let (beard, hair) = (to_grey(beard[i]), beard_hair(own, beneath, density[i]));
            hairs[i] = beard * hair + GREY_BROWS * brow_hair;
            between[i] = beard * (1.0 - hair);
        }
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
        assert!((0.1..0.9).contains(&shaving(40.0, 16.0)));
    }

    #[test]
    fn stubble_that_greys_shows_the_skin_between_its_hairs() {
        let beneath = [150.0, 120.0, 100.0, 0.0, 0.0, 0.0].map(|value| vec![value; 2]);
        let mut grey = [[120, 120], [118, 118], [116, 116]];
        show_skin(grey.each_mut().map(|row| row.as_mut_slice()), &beneath, &[0.5, 0.0]);
        assert!(grey[0][0] > 170 && grey[0][0] > grey[2][0] + 20, "{grey:?}");
        assert_eq!(grey.map(|row| row[1]), [120, 118, 116], "a dense beard hides the skin");
    }

    #[test]
    fn bristles_outside_the_mask_count_only_near_a_beard() {
        assert_eq!((outside_mask(1.0, 1.0, 0.5), outside_mask(1.0, 1.0, 0.0)), (1.0, 0.0));
        assert_eq!((on_skin(1.0), on_skin(0.2)), (1.0, 0.0));
    }
}
