//! Temporal stability of a model: a still face, a face that moves by parts of a pixel, a real sequence.
//!
//! What is compared is the change that the model makes to the crop, not the picture: a picture that moves
//! differs from itself anyway.

mod sequence;
mod still;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use sequence::{Sequence, Wobble};
pub use still::{SHIFTS, Still};

use image::RgbImage;

use agemirror_faces::age::Gender;
use agemirror_faces::aging::{AgedCrop, AgingError, AgingModel};
use agemirror_faces::crop::{FaceCrop, SideLimits};
use agemirror_faces::face::TrackedFace;

/// A model with what is asked of it.
pub struct Subject<'a> {
    /// The model.
    pub model: &'a dyn AgingModel,
    /// The ages asked for, in years.
    pub ages: &'a [f32],
    /// For models that know of it.
    pub gender: Gender,
}

impl Subject<'_> {
    fn age(&self, crop: &RgbImage) -> Result<Vec<AgedCrop>, AgingError> {
        let code = self.model.encode(crop)?;
        self.model.decode(crop, &code, self.ages, self.gender)
    }

    /// The face as the model wants it; where a `side` is given, of that many pixels.
    fn cut(&self, picture: &RgbImage, face: &TrackedFace, side: Option<u32>) -> FaceCrop {
        let limits = side.map_or(SideLimits::STILL, |side| SideLimits { smallest: side, largest: side });
        match side {
            Some(_) => FaceCrop::cut(picture, face, &self.model.info().templates, limits, None),
            None => FaceCrop::cut_for(self.model.info(), picture, face, limits, None),
        }
    }
}
