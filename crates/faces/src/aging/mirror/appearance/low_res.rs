//! A head crop and its regions at low resolution, for everything smooth.

use image::RgbImage;

use super::plane::Plane;
use crate::aging::mirror::luma;
use crate::face::regions::{Region, RegionMasks};
use crate::face::{Similarity, align};

/// Maximum side of smooth planes, in pixels.
const LARGEST: u32 = 256;
/// Minimum side, so that planes can still be halved.
const SMALLEST: u32 = 16;
/// Width of a head crop, in eye distances.
pub(super) const EYE_DISTANCES: f32 = 6.4;

/// A head crop at low resolution: colours in 0..=255.
pub(super) struct LowRes<'a> {
    pub side: usize,
    pub colours: [Plane; 3],
    pub luma: Plane,
    masks: &'a RegionMasks,
}

impl<'a> LowRes<'a> {
    pub(super) fn of(crop: &RgbImage, masks: &'a RegionMasks) -> Self {
        let side = crop.width().clamp(SMALLEST, LARGEST);
        let scale = side as f32 / crop.width().max(1) as f32;
        let small = align(crop, &Similarity { a: scale, b: 0.0, tx: 0.0, ty: 0.0 }, side);
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
        eye_distances * self.side as f32 / EYE_DISTANCES
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
