//! Temporal stability of a model: on a still face, on a face shifted by parts of a pixel, and on a sequence.
//!
//! The measures compare the change that the model makes to the crop, not the output, because a moving picture
//! differs from itself anyway.

mod sequence;
mod still;

#[cfg(test)]
mod tests;

pub(crate) use sequence::{Jitter, Sequence};
pub(crate) use still::{SHIFTS, Still};

use image::RgbImage;

use agemirror_faces::age::Gender;
use agemirror_faces::aging::{AgedCrop, AgingError, AgingModel};
use agemirror_faces::crop::{FaceCrop, SideLimits};
use agemirror_faces::face::TrackedFace;

/// A model and the ages to measure it at.
pub(crate) struct Subject<'a> {
    /// The model.
    pub model: &'a dyn AgingModel,
    /// Target ages, in years.
    pub ages: &'a [f32],
    /// Gender, for models that use it.
    pub gender: Gender,
}

impl Subject<'_> {
    fn age(&self, crop: &RgbImage) -> Result<Vec<AgedCrop>, AgingError> {
        let code = self.model.encode(crop)?;
        self.model.decode(crop, &code, self.ages, self.gender)
    }

    /// Crops the face for the model; with `side`, at exactly that many pixels.
    fn cut(&self, picture: &RgbImage, face: &TrackedFace, side: Option<u32>) -> FaceCrop {
        let limits = side.map_or(SideLimits::STILL, |side| SideLimits { smallest: side, largest: side });
        match side {
            Some(_) => FaceCrop::cut(picture, face, &self.model.info().templates, limits, None),
            None => FaceCrop::cut_for(self.model.info(), picture, face, limits, None),
        }
    }
}
