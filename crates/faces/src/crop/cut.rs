//! Cuts a face out of a frame at the frame's own resolution.

use std::sync::Arc;

use image::RgbImage;

use crate::aging::{AgedCrop, ModelInfo};
use crate::compose::Patch;
use crate::face::dlib::CropWindow;
use crate::face::{AlignmentTemplate, FrameEdge, Similarity, TrackedFace, align};

/// Crop sides are multiples of this, in pixels, so that few sizes occur.
const STEP: u32 = 32;
/// A crop keeps its side while the face's size differs from it by less than this factor.
const KEPT_WITHIN: f32 = 1.2;

/// Minimum and maximum side of a crop, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SideLimits {
    /// Minimum side.
    pub smallest: u32,
    /// Maximum side.
    pub largest: u32,
}

impl SideLimits {
    /// For a camera, where time is short.
    pub const LIVE: Self = Self { smallest: 128, largest: 512 };
    /// For a still picture.
    pub const STILL: Self = Self { smallest: 128, largest: 1024 };

    /// Converts limits for tiles into limits for crops of which tiles show the part `view`.
    pub fn of_view(self, view: CropWindow) -> Self {
        let whole = |side: u32| ((side as f32 / view.width() / STEP as f32).round() as u32).max(1) * STEP;
        Self { smallest: whole(self.smallest), largest: whole(self.largest) }
    }
}

/// An upright crop of a face.
#[derive(Clone)]
pub struct FaceCrop {
    /// The square crop.
    pub picture: Arc<RgbImage>,
    /// The transform from frame to crop, in pixels.
    pub to_crop: Similarity,
}

impl FaceCrop {
    /// Cuts `face` out of `frame`, aligned to the nearest of `templates`. The crop has about as many pixels
    /// as the face has in the frame, within `limits`; the side `previous` of the last crop is kept while it
    /// fits.
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

    /// Like [`FaceCrop::cut`], with a model's templates and view.
    pub fn cut_for(
        model: &ModelInfo,
        frame: &RgbImage,
        face: &TrackedFace,
        limits: SideLimits,
        previous: Option<u32>,
    ) -> Self {
        Self::cut(frame, face, &model.templates, limits.of_view(model.view), previous)
    }

    /// The frame's edge within the part `view` of the crop that was cut from `frame`; `None` if the part is
    /// inside.
    pub fn edge(&self, frame: &RgbImage, view: CropWindow) -> Option<FrameEdge> {
        let [left, top, width] = view.pixels(self.picture.width());
        let to_part = Similarity {
            tx: self.to_crop.tx - left as f32,
            ty: self.to_crop.ty - top as f32,
            ..self.to_crop
        };
        FrameEdge::of(&to_part, width, frame.dimensions())
    }

    /// The patch that pastes `aged`, made from this crop, back into the frame.
    pub fn patch<'a>(&'a self, aged: &'a AgedCrop) -> Patch<'a> {
        Patch { frame_to_crop: &self.to_crop, crop: &self.picture, aged }
    }
}

/// Side of a crop that covers `pixels` pixels of the frame.
fn side(pixels: f32, limits: SideLimits, previous: Option<u32>) -> u32 {
    if let Some(previous) = previous {
        let ratio = pixels / previous as f32;
        if (1.0 / KEPT_WITHIN..=KEPT_WITHIN).contains(&ratio) {
            return previous.clamp(limits.smallest, limits.largest);
        }
    }
    // Degenerate points give a transform that is not finite; `clamp` would pass NaN on.
    let pixels = if pixels.is_finite() { pixels } else { 0.0 };
    let steps = (pixels / STEP as f32).round().clamp(0.0, 1e6) as u32;
    (steps * STEP).clamp(limits.smallest, limits.largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_has_the_faces_resolution_within_limits() {
        assert_eq!(side(200.0, SideLimits::LIVE, None), 192);
        assert_eq!(side(40.0, SideLimits::LIVE, None), 128);
        assert_eq!(side(900.0, SideLimits::LIVE, None), 512);
        assert_eq!(side(900.0, SideLimits::STILL, None), 896);
        assert_eq!(side(f32::INFINITY, SideLimits::STILL, None), 128);
        assert_eq!(side(f32::NAN, SideLimits::STILL, Some(256)), 128);
    }

    #[test]
    fn limits_apply_to_the_part_that_tiles_show() {
        let view = CropWindow { left: 0.25, top: 0.2, right: 0.75, bottom: 0.7 };
        let limits = SideLimits::LIVE.of_view(view);
        assert_eq!(limits, SideLimits { smallest: 256, largest: 1024 });
    }

    /// The part that tiles show may be inside the frame even if the crop is not.
    #[test]
    fn the_edge_is_that_of_the_part_that_tiles_show() {
        let frame = RgbImage::new(200, 200);
        let at = |tx: f32| FaceCrop {
            picture: Arc::new(RgbImage::new(128, 128)),
            to_crop: Similarity { tx, ty: -20.0, ..Similarity::IDENTITY },
        };
        let view = CropWindow { left: 0.25, top: 0.25, right: 0.75, bottom: 0.75 };
        assert_eq!(at(30.0).edge(&frame, view), None);
        assert!(at(30.0).edge(&frame, CropWindow::WHOLE).is_some());
        let edge = at(42.0).edge(&frame, view);
        let beyond = edge.iter().flat_map(|edge| edge.opacity().pixels()).filter(|pixel| pixel.0[0] == 0);
        assert_eq!(beyond.count(), 10 * 64);
    }

    #[test]
    fn a_crop_keeps_its_side_while_the_face_hardly_grows() {
        assert_eq!(side(215.0, SideLimits::LIVE, Some(192)), 192);
        assert_eq!(side(180.0, SideLimits::LIVE, Some(192)), 192);
        assert_eq!(side(260.0, SideLimits::LIVE, Some(192)), 256);
    }
}
