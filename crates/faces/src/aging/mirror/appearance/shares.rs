//! How much of each pixel of a row is hair, beard, brows, skin and lips, and how much of the network's colours it gets.

use super::beneath::hiding;
use super::hair::tones;
use super::rows::byte;
use crate::interpolation::smooth_step_between;
use crate::pixels::luma;
use agemirror_kernels::widest;

/// Mask values below this have no effect.
pub(super) const FAINT: f32 = 0.004;

/// Fraction of the network's colours that beards and brows do not get towards a younger age.
const LEFT_OUT: f32 = 0.5;
/// Luma, relative to the mean of the skin, below which skin is in shadow.
const SHADE: f32 = 0.45;

/// Shares of one row: coverage that nothing hides, 0..=1, and 0 where it is faint.
pub(super) struct Shares {
    pub(super) hair: Vec<f32>,
    /// Hair with the single strands at its border.
    pub(super) soft_hair: Vec<f32>,
    pub(super) beard: Vec<f32>,
    pub(super) brows: Vec<f32>,
    pub(super) skin: Vec<f32>,
}

/// Computes the shares and the weight of the network's colours from the refined masks of hair, beard, brows, skin and
/// what covers the face. Of the hair, it is the part without the beard.
pub(super) fn weigh(to: &mut Shares, weights: &mut [u8], [hair, beard, brows, skin, covered]: [&[f32]; 5]) {
    weigh_hair(&mut to.hair, &mut to.soft_hair, hair, covered);
    weigh_network(weights, hair, covered);
    weigh_uncovered(&mut to.beard, beard, covered);
    weigh_uncovered(&mut to.brows, brows, covered);
    weigh_uncovered(&mut to.skin, skin, covered);
}

/// Share of a pixel that nothing covers.
#[inline(always)]
fn uncovered(covered: f32) -> f32 {
    1.0 - tones::solid(covered)
}

/// Zero for a faint share.
#[inline(always)]
fn noticeable(share: f32) -> f32 {
    if share > FAINT { share } else { 0.0 }
}

widest! {
    fn weigh_hair(to: &mut [f32], soft: &mut [f32], hair: &[f32], covered: &[f32]) {
        for (((to, soft), hair), covered) in to.iter_mut().zip(soft).zip(hair).zip(covered) {
            *to = uncovered(*covered) * tones::solid(*hair);
            *soft = uncovered(*covered) * tones::with_border(*hair);
        }
    }
}

widest! {
    fn weigh_network(to: &mut [u8], hair: &[f32], covered: &[f32]) {
        for ((to, hair), covered) in to.iter_mut().zip(hair).zip(covered) {
            *to = byte(255.0 * uncovered(*covered) * (1.0 - tones::solid(*hair)));
        }
    }
}

widest! {
    /// Takes the network's colours off the background: along a dark head they would be a halo. Its mask is soft, so the
    /// refined masks `head` of everything else must agree, or the rim of the head would keep its own colours.
    pub(super) fn leave_out_background(weights: &mut [u8], background: &[f32], head: [&[f32]; 5]) {
        let size = weights.len();
        let background = &background[..size];
        let [a, b, c, d, e] = head.map(|mask| &mask[..size]);
        for i in 0..size {
            let outside = 1.0 - smooth_step_between([0.3, 0.7], a[i] + b[i] + c[i] + d[i] + e[i]);
            let left = 1.0 - outside * smooth_step_between([0.35, 0.75], background[i]);
            weights[i] = byte(f32::from(weights[i]) * left);
        }
    }
}

widest! {
    /// Writes the coverage by lips, of 255.
    pub(super) fn cover_lips(to: &mut [u8], lips: &[f32], covered: &[f32]) {
        for ((to, lips), covered) in to.iter_mut().zip(lips).zip(covered) {
            *to = byte(255.0 * uncovered(*covered) * smooth_step_between([0.25, 0.7], *lips));
        }
    }
}

widest! {
    /// Reduces the weight of the network's colours in brows and in beards that hide the skin.
    pub(super) fn leave_out_bristles(weights: &mut [u8], beard: &[u8], density: &[f32], brow: &[u8]) {
        for (((weight, beard), density), brow) in weights.iter_mut().zip(beard).zip(density).zip(brow) {
            let left = 1.0 - LEFT_OUT * (f32::from(*beard) * hiding(*density)).max(f32::from(*brow)) / 255.0;
            *weight = byte(f32::from(*weight) * left);
        }
    }
}

widest! {
    /// Reduces the weight of the network's colours in shadows of a face of the smooth colours `smooth` and the mean skin
    /// luma `lit`. The network adds what lightens an evenly lit face, and in a shadow, so much is a white veil. Beards
    /// keep the weight, because the network lightens what remains of them.
    pub(super) fn leave_out_shadows(weights: &mut [u8], smooth: &[Vec<f32>; 6], beard: &[f32], lit: f32) {
        let size = weights.len();
        let [red, green, blue, ..] = smooth.each_ref().map(|row| &row[..size]);
        let beard = &beard[..size];
        for i in 0..size {
            let light = (luma([red[i], green[i], blue[i]]) / (SHADE * lit)).min(1.0);
            weights[i] = byte(f32::from(weights[i]) * (light + beard[i] * (1.0 - light)));
        }
    }
}

widest! {
    fn weigh_uncovered(to: &mut [f32], mask: &[f32], covered: &[f32]) {
        for ((to, mask), covered) in to.iter_mut().zip(mask).zip(covered) {
            *to = noticeable(uncovered(*covered) * mask);
        }
    }
}

widest! {
    /// Keeps the share of the hair that is certain, adds the beard's hairs, and fades it towards the edges of the crop.
    pub(super) fn cover(hair: &mut [f32], hairs: &[f32], certainty: &[f32], across: &[f32], fade: f32) {
        for (((hair, hairs), certainty), across) in hair.iter_mut().zip(hairs).zip(certainty).zip(across) {
            *hair = noticeable(fade * (*hair * certainty + hairs).min(1.0)) * across;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rim_of_a_head_keeps_the_network_where_the_background_mask_is_soft() {
        let (none, skin) = ([0.0; 3], [1.0, 0.9, 0.0]);
        let mut weights = [255; 3];
        leave_out_background(&mut weights, &[0.0, 0.6, 1.0], [&none, &none, &none, &skin, &none]);
        assert_eq!(weights, [255, 255, 0]);
    }

    #[test]
    fn thick_beards_and_brows_keep_some_of_their_own_colours() {
        let mut weights = [200; 4];
        leave_out_bristles(&mut weights, &[255, 255, 0, 0], &[1.0, 0.0, 1.0, 0.0], &[0, 0, 255, 0]);
        assert_eq!(weights, [100, 200, 100, 200]);
    }

    #[test]
    fn shadows_of_a_face_get_less_of_the_network_than_its_lit_parts() {
        let smooth: [Vec<f32>; 6] = std::array::from_fn(|_| vec![100.0, 70.0, 30.0, 30.0]);
        let mut weights = [200; 4];
        leave_out_shadows(&mut weights, &smooth, &[0.0, 0.0, 0.0, 1.0], 100.0);
        assert_eq!(weights, [200, 200, 133, 200]);
    }
}
