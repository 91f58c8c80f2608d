//! Cutting a face out of a frame at the frame's own resolution.

use std::sync::Arc;

use image::{RgbImage, imageops};

use crate::aging::{AgedCrop, ModelInfo};
use crate::compose::Patch;
use crate::face::dlib::CropWindow;
use crate::face::{AlignmentTemplate, FrameEdge, Similarity, TrackedFace, align};

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

    /// The limits of crops of which tiles show `view`, so that the tiles are within these.
    pub fn of_view(self, view: CropWindow) -> Self {
        let whole = |side: u32| ((side as f32 / view.width() / STEP as f32).round() as u32).max(1) * STEP;
        Self { smallest: whole(self.smallest), largest: whole(self.largest) }
    }
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

    /// As [`FaceCrop::cut`], for a model's own templates and view.
    pub fn cut_for(
        model: &ModelInfo,
        frame: &RgbImage,
        face: &TrackedFace,
        limits: SideLimits,
        previous: Option<u32>,
    ) -> Self {
        Self::cut(frame, face, &model.templates, limits.of_view(model.view), previous)
    }

    /// What of the part `view` of the crop lies beyond `frame`, from which it was cut; `None` where it lies inside.
    pub fn edge(&self, frame: &RgbImage, view: CropWindow) -> Option<FrameEdge> {
        let [left, top, width] = part(self.picture.width(), view);
        let to_part = Similarity {
            tx: self.to_crop.tx - left as f32,
            ty: self.to_crop.ty - top as f32,
            ..self.to_crop
        };
        FrameEdge::of(&to_part, width, frame.dimensions())
    }

    /// What pastes `aged`, made of this crop, back into the frame.
    pub fn patch<'a>(&'a self, aged: &'a AgedCrop) -> Patch<'a> {
        Patch { frame_to_crop: &self.to_crop, crop: &self.picture, aged }
    }
}

/// The part `view` of a square picture, which is what tiles show of it.
pub fn shown(picture: RgbImage, view: CropWindow) -> RgbImage {
    if view == CropWindow::WHOLE {
        return picture;
    }
    let [left, top, width] = part(picture.width(), view);
    imageops::crop_imm(&picture, left, top, width, width).to_image()
}

/// Left edge, top edge and side in pixels of the part `view` of a crop of `side` pixels.
fn part(side: u32, view: CropWindow) -> [u32; 3] {
    [view.left, view.top, view.width()].map(|part| (part * side as f32).round() as u32)
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
    fn limits_hold_for_what_tiles_show() {
        let view = CropWindow { left: 0.25, top: 0.2, right: 0.75, bottom: 0.7 };
        let limits = SideLimits::LIVE.of_view(view);
        assert_eq!(limits, SideLimits { smallest: 256, largest: 1024 });
        let picture = RgbImage::from_fn(256, 256, |x, y| image::Rgb([x as u8, y as u8, 0]));
        let part = shown(picture.clone(), view);
        assert_eq!((part.dimensions(), part.get_pixel(0, 0).0), ((128, 128), [64, 51, 0]));
        assert_eq!(shown(picture.clone(), CropWindow::WHOLE), picture);
    }

    /// The part that tiles show may lie inside the frame where the crop does not.
    #[test]
    fn the_edge_is_that_of_what_tiles_show() {
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
