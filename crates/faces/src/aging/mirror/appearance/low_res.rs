//! A head crop and its regions at low resolution, for everything smooth.

use image::RgbImage;

use super::plane::Plane;
use crate::face::regions::{Region, RegionMasks};
use crate::face::scaled;
use crate::pixels::luma;

/// Maximum side of smooth planes, in pixels.
const MAX_SIDE: u32 = 256;
/// Minimum side, so that planes can still be halved.
const MIN_SIDE: u32 = 16;
/// Weight of skin farther away relative to near skin, where colours are continued.
const FAR: f32 = 0.05;
/// Added to a luma of 0..=255 before a ratio is taken, because noise in black is neither a strand nor a shade.
pub(super) const FLOOR: f32 = 8.0;
/// Width of a head crop, in eye distances.
pub(super) const EYE_DISTANCES: f32 = 6.4;

/// A length in pixels of a head crop that is `side` pixels wide.
pub(super) fn in_pixels(eye_distances: f32, side: usize) -> f32 {
    eye_distances * side as f32 / EYE_DISTANCES
}

/// A head crop at low resolution: colours in 0..=255.
pub(super) struct LowRes<'a> {
    pub side: usize,
    pub colours: [Plane; 3],
    pub luma: Plane,
    masks: &'a RegionMasks,
}

impl<'a> LowRes<'a> {
    pub(super) fn of(crop: &RgbImage, masks: &'a RegionMasks) -> Self {
        let side = crop.width().clamp(MIN_SIDE, MAX_SIDE);
        let small = scaled(crop, side);
        let side = side as usize;
        let colours = [0, 1, 2]
            .map(|c: usize| Plane::new(side, small.pixels().map(|pixel| f32::from(pixel.0[c])).collect()));
        let lumas = small.pixels().map(|pixel| luma(pixel.0.map(f32::from))).collect();
        Self { side, colours, luma: Plane::new(side, lumas), masks }
    }

    /// Downsamples by 2.
    pub(super) fn halved(&self) -> Self {
        Self {
            side: self.side / 2,
            colours: self.colours.each_ref().map(Plane::halved),
            luma: self.luma.halved(),
            masks: self.masks,
        }
    }

    /// Converts a length from eye distances to pixels.
    pub(super) fn length(&self, eye_distances: f32) -> f32 {
        in_pixels(eye_distances, self.side)
    }

    /// The colours of `skin`, continued over everything else: from near skin, and a little from skin farther away, with the
    /// given standard deviations in eye distances. `far` gives the mean of a channel from the sum of its values within
    /// the farther reach and the sum of their weights.
    pub(super) fn continued(
        &self,
        skin: &Plane,
        reach: [f32; 2],
        far: impl Fn(usize, f32, f32) -> f32,
    ) -> [Plane; 3] {
        let [near_reach, far_reach] = reach.map(|length| self.length(length));
        let (near_weight, far_weight) = (skin.blurred(near_reach), skin.blurred(far_reach));
        std::array::from_fn(|channel| {
            let lit = self.colours[channel].zip(skin, |value, share| value * share);
            let (near, distant) = (lit.blurred(near_reach), lit.blurred(far_reach));
            let distant = distant.zip(&far_weight, |sum, weight| far(channel, sum, weight));
            let sum = near.zip(&distant, |near, distant| near + FAR * distant);
            sum.zip(&near_weight, |sum, weight| sum / (weight + FAR))
        })
    }

    /// Sum of the soft masks of some regions.
    pub(super) fn mask(&self, regions: &[Region]) -> Plane {
        Plane::new(self.masks.side(), self.masks.sum(regions)).resized(self.side)
    }

    /// Mean red, green and blue of the face's skin, 0..=255; `None` where hardly any is visible.
    pub(super) fn skin_colour(&self) -> Option<[f32; 3]> {
        let skin = self.mask(&[Region::Skin]).map(|skin| (skin - 0.7).max(0.0));
        let [red, green, blue] = self.colours.each_ref().map(|plane| plane.mean_within(&skin));
        Some([red?, green?, blue?])
    }
}
