//! Masks that do not flicker: each frame's masks are mixed with those before where the picture stays the same.

use image::RgbImage;

use super::box_mean::box_mean;
use super::masks::{REGIONS, RegionMasks};
use super::network::shrunk;

/// Half the side of the square over which the change of the picture is averaged, in pixels of the mask.
const RADIUS: usize = 2;
/// The share of the new masks where the picture stays the same but for noise.
const LEAST_SHARE: f32 = 0.2;
/// Mean change of a colour, of 255, up to which it counts as noise.
const NOISE: f32 = 3.0;
/// Mean change of a colour, of 255, from which the new masks count alone.
const MOTION: f32 = 9.0;

/// Smooths the masks of one followed face over time. Its head crops hold the head still, so that a pixel of the
/// crop shows the same part of the head from frame to frame.
#[derive(Default)]
pub struct MaskSmoother {
    before: Option<Before>,
}

struct Before {
    /// The crop at the side of the masks.
    small: RgbImage,
    masks: RegionMasks,
}

impl MaskSmoother {
    /// A smoother that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The masks of the next frame, of which `head` is the crop: mixed with those before where the picture stays
    /// the same, as they are where it moves. The masks of a still picture stay the same to the bit.
    pub fn smooth(&mut self, head: &RgbImage, masks: RegionMasks) -> RegionMasks {
        let small = shrunk(head, masks.side());
        let mixed = match &self.before {
            Some(before) if before.masks.side() == masks.side() => mix(before, &small, masks),
            _ => masks,
        };
        self.before = Some(Before { small, masks: mixed.clone() });
        mixed
    }

    /// Forgets what came before: for another face, or after a gap.
    pub fn reset(&mut self) {
        self.before = None;
    }
}

fn mix(before: &Before, small: &RgbImage, mut masks: RegionMasks) -> RegionMasks {
    if before.small == *small {
        return before.masks.clone();
    }
    let side = masks.side();
    let shares = shares(&before.small, small, side);
    let size = side * side;
    let planes = masks.planes_mut().chunks_exact_mut(size).zip(before.masks.planes().chunks_exact(size));
    for (new, old) in planes.take(REGIONS) {
        for ((new, old), share) in new.iter_mut().zip(old).zip(&shares) {
            *new = if *share >= 1.0 { *new } else { old + (*new - old) * share };
        }
    }
    masks
}

/// The share of the new masks at every pixel.
fn shares(before: &RgbImage, now: &RgbImage, side: usize) -> Vec<f32> {
    let pixels = before.as_raw().chunks_exact(3).zip(now.as_raw().chunks_exact(3));
    let change = |(a, b): (&[u8], &[u8])| {
        let sum: u32 = a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        sum as f32 / 3.0
    };
    let changes: Vec<f32> = pixels.map(change).collect();
    let share = |change: f32| LEAST_SHARE + (1.0 - LEAST_SHARE) * (change - NOISE) / (MOTION - NOISE);
    box_mean(&changes, side, RADIUS).into_iter().map(|change| share(change).clamp(LEAST_SHARE, 1.0)).collect()
}
