//! How much of each pixel of a row is hair, beard, brows, skin and lips, and how much of the network's colours it gets.

use super::hair;
use super::rows::byte;
use crate::interpolation::smooth_step_between;
use agemirror_kernels::widest;

/// Mask values below this have no effect.
pub(super) const FAINT: f32 = 0.004;

/// Fraction of the network's colours that beards and brows do not get towards a younger age.
const LEFT_OUT: f32 = 0.5;

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
    weigh_free(&mut to.beard, beard, covered);
    weigh_free(&mut to.brows, brows, covered);
    weigh_free(&mut to.skin, skin, covered);
}

/// Share of a pixel that nothing covers.
#[inline(always)]
fn free(covered: f32) -> f32 {
    1.0 - hair::solid(covered)
}

/// Zero for a faint share.
#[inline(always)]
fn noticeable(share: f32) -> f32 {
    if share > FAINT { share } else { 0.0 }
}

widest! {
    fn weigh_hair(to: &mut [f32], soft: &mut [f32], hair: &[f32], covered: &[f32]) {
        for (((to, soft), hair), covered) in to.iter_mut().zip(soft).zip(hair).zip(covered) {
            *to = free(*covered) * hair::solid(*hair);
            *soft = free(*covered) * hair::with_border(*hair);
        }
    }
}

widest! {
    fn weigh_network(to: &mut [u8], hair: &[f32], covered: &[f32]) {
        for ((to, hair), covered) in to.iter_mut().zip(hair).zip(covered) {
            *to = byte(255.0 * free(*covered) * (1.0 - hair::solid(*hair)));
        }
    }
}

widest! {
    /// Takes the network's colours off the background: along a dark head they would be a halo.
    pub(super) fn leave_out_background(weights: &mut [u8], background: &[f32]) {
        for (weight, background) in weights.iter_mut().zip(background) {
            *weight = byte(f32::from(*weight) * (1.0 - smooth_step_between(0.35, 0.75, *background)));
        }
    }
}

widest! {
    /// Writes the coverage by lips, of 255.
    pub(super) fn cover_lips(to: &mut [u8], lips: &[f32], covered: &[f32]) {
        for ((to, lips), covered) in to.iter_mut().zip(lips).zip(covered) {
            *to = byte(255.0 * free(*covered) * smooth_step_between(0.25, 0.7, *lips));
        }
    }
}

widest! {
    /// Reduces the weight of the network's colours in beards and brows.
    pub(super) fn leave_out_bristles(weights: &mut [u8], beard: &[u8], brow: &[u8]) {
        for ((weight, beard), brow) in weights.iter_mut().zip(beard).zip(brow) {
            let left = 1.0 - LEFT_OUT * f32::from((*beard).max(*brow)) / 255.0;
            *weight = byte(f32::from(*weight) * left);
        }
    }
}

widest! {
    fn weigh_free(to: &mut [f32], mask: &[f32], covered: &[f32]) {
        for ((to, mask), covered) in to.iter_mut().zip(mask).zip(covered) {
            *to = noticeable(free(*covered) * mask);
        }
    }
}

widest! {
    /// Keeps the share of the hair that is sure, adds the beard's hairs, and fades it towards the edges of the crop.
    pub(super) fn cover(hair: &mut [f32], hairs: &[f32], surety: &[f32], across: &[f32], fade: f32) {
        for (((hair, hairs), surety), across) in hair.iter_mut().zip(hairs).zip(surety).zip(across) {
            *hair = noticeable(fade * (*hair * surety + hairs).min(1.0)) * across;
        }
    }
}
