//! Temporal smoothing of masks: blends each frame's masks with the previous ones where the picture does not
//! change.

use image::RgbImage;

use super::box_mean::box_mean;
use super::masks::{REGIONS, RegionMasks};
use super::network::{REGIONS_SIDE, SmallHead};

/// Radius of the square over which changes of the picture are averaged, in pixels of the mask.
const RADIUS: usize = 2;
/// Weight of the new masks where the picture changes only by noise.
const MIN_SHARE: f32 = 0.2;
/// Mean change of a colour, of 255, up to which it counts as noise.
const NOISE: f32 = 3.0;
/// Mean change of a colour, of 255, from which only the new masks count.
const MOTION: f32 = 9.0;

/// Smooths the masks of one tracked face over time. Its head crops are aligned, so a pixel of the crop shows
/// the same part of the head from frame to frame.
#[derive(Default)]
pub struct MaskSmoother {
    before: Option<Before>,
}

struct Before {
    head: SmallHead,
    masks: RegionMasks,
}

impl MaskSmoother {
    /// A smoother without history.
    pub fn new() -> Self {
        Self::default()
    }

    /// Smooths the masks of the next frame, whose crop is `head`: blended with the previous ones where the
    /// picture does not change, new where it moves. The masks of a still picture stay bit-identical. Masks of another
    /// side than the network's are not smoothed.
    pub fn smooth(&mut self, head: SmallHead, masks: RegionMasks) -> RegionMasks {
        if masks.side() != REGIONS_SIDE {
            return masks;
        }
        let mixed = match &self.before {
            Some(before) => mix(before, &head, masks),
            None => masks,
        };
        self.before = Some(Before { head, masks: mixed.clone() });
        mixed
    }

    /// Drops the history, for another face or after a gap.
    pub fn reset(&mut self) {
        self.before = None;
    }
}

fn mix(before: &Before, head: &SmallHead, mut masks: RegionMasks) -> RegionMasks {
    if before.head == *head {
        return before.masks.clone();
    }
    let shares = shares(&before.head.0, &head.0);
    let size = REGIONS_SIDE * REGIONS_SIDE;
    let planes = masks.planes_mut().chunks_exact_mut(size).zip(before.masks.planes().chunks_exact(size));
    for (new, old) in planes.take(REGIONS) {
        for ((new, old), share) in new.iter_mut().zip(old).zip(&shares) {
            *new = if *share >= 1.0 { *new } else { old + (*new - old) * share };
        }
    }
    masks
}

/// Weight of the new masks at every pixel.
fn shares(before: &RgbImage, now: &RgbImage) -> Vec<f32> {
    let pixels = before.as_raw().chunks_exact(3).zip(now.as_raw().chunks_exact(3));
    let change = |(a, b): (&[u8], &[u8])| {
        let sum: u32 = a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        sum as f32 / 3.0
    };
    let changes: Vec<f32> = pixels.map(change).collect();
    let share = |change: f32| MIN_SHARE + (1.0 - MIN_SHARE) * (change - NOISE) / (MOTION - NOISE);
    box_mean(&changes, REGIONS_SIDE, RADIUS)
        .into_iter()
        .map(|change| share(change).clamp(MIN_SHARE, 1.0))
        .collect()
}
