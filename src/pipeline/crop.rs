//! Cutting a face out of a frame at the frame's own resolution.

use std::sync::Arc;

use image::RgbImage;

use crate::aging::AgedCrop;
use crate::compose::Patch;
use crate::face::{AlignmentTemplate, Similarity, TrackedFace, align};

/// Sides of crops are multiples of this, so that few sizes occur.
const STEP: u32 = 32;
/// A crop keeps its side until the face's size asks for one that differs by more than this factor.
const KEPT_WITHIN: f32 = 1.2;

/// The smallest and the largest side of a crop in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SideLimits {
    /// The smallest side.
    pub smallest: u32,
    /// The largest side.
    pub largest: u32,
}

impl SideLimits {
    /// For a camera, where time is short.
    pub const LIVE: Self = Self { smallest: 128, largest: 512 };
    /// For a still picture.
    pub const STILL: Self = Self { smallest: 128, largest: 1024 };
}

/// A face cut out of a frame upright.
#[derive(Clone)]
pub struct FaceCrop {
    /// The crop, square.
    pub picture: Arc<RgbImage>,
    /// The way from the frame to the crop, both in pixels.
    pub to_crop: Similarity,
}

impl FaceCrop {
    /// Cuts `face` out of `frame`, aligned to the one of `templates` that it fits best. The crop has
    /// about as many pixels as the face has in the frame, within `limits`; `previous` is the side it had in the frame before, which is kept while it fits.
    pub fn cut(
        frame: &RgbImage,
        face: &TrackedFace,
        templates: &[AlignmentTemplate],
        limits: SideLimits,
        previous: Option<u32>,
    ) -> Self {
        let unit = Similarity::from_points_to_nearest(&face.points, templates, 1);
        let side = side(1.0 / unit.scale(), limits, previous);
        let to_crop = Similarity::from_points_to_nearest(&face.points, templates, side);
        Self { picture: Arc::new(align(frame, &to_crop, side)), to_crop }
    }

    /// What pastes `aged`, made of this crop, back into the frame.
    pub fn patch<'a>(&'a self, aged: &'a AgedCrop) -> Patch<'a> {
        Patch { frame_to_crop: &self.to_crop, crop: &self.picture, aged }
    }
}

/// The side of a crop that covers `pixels` pixels of the frame.
fn side(pixels: f32, limits: SideLimits, previous: Option<u32>) -> u32 {
    if let Some(previous) = previous {
        let ratio = pixels / previous as f32;
        if (1.0 / KEPT_WITHIN..=KEPT_WITHIN).contains(&ratio) {
            return previous.clamp(limits.smallest, limits.largest);
        }
    }
    // A transform out of degenerate points is not finite; `clamp` alone would hand it on.
    let pixels = if pixels.is_finite() { pixels } else { 0.0 };
    let steps = (pixels / STEP as f32).round().clamp(0.0, 1e6) as u32;
    (steps * STEP).clamp(limits.smallest, limits.largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_has_the_pixels_of_the_face_within_limits() {
        assert_eq!(side(200.0, SideLimits::LIVE, None), 192);
        assert_eq!(side(40.0, SideLimits::LIVE, None), 128);
        assert_eq!(side(900.0, SideLimits::LIVE, None), 512);
        assert_eq!(side(900.0, SideLimits::STILL, None), 896);
        assert_eq!(side(f32::INFINITY, SideLimits::STILL, None), 128);
        assert_eq!(side(f32::NAN, SideLimits::STILL, Some(256)), 128);
    }

    #[test]
    fn a_crop_keeps_its_side_while_the_face_hardly_grows() {
        assert_eq!(side(215.0, SideLimits::LIVE, Some(192)), 192);
        assert_eq!(side(180.0, SideLimits::LIVE, Some(192)), 192);
        assert_eq!(side(260.0, SideLimits::LIVE, Some(192)), 256);
    }
}
