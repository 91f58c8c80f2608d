//! One picture, unchanged and shifted.

use image::RgbImage;
use serde::Serialize;

use super::Subject;
use crate::evaluation::change::{CropPair, change, change_difference, moved_by_half};
use crate::evaluation::measure::EvaluationError;
use agemirror_faces::aging::AgedCrop;
use agemirror_faces::face::{FaceFinder, TrackedFace, align};

/// Shifts of the face within its crop, in pixels right and down.
pub(crate) const SHIFTS: [[f32; 2]; 5] = [[0.25, 0.0], [0.5, 0.0], [0.75, 0.0], [0.0, 0.5], [0.5, 0.5]];

/// Measures on one picture: means over the target ages, 0..255.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Still {
    /// Whether a second run gave bit-identical outputs.
    pub repeats: bool,
    /// Mean absolute change of the crop, as a scale for the other values.
    pub change: f32,
    /// Difference of the change after shifting back, for each of [`SHIFTS`]; the landmarks shift along.
    pub shifts: Vec<f32>,
    /// Difference of the change when the whole picture is shifted by half a pixel along both axes and the
    /// face is detected again; `None` if no face is found then.
    #[serde(rename = "found_anew")]
    pub redetected: Option<f32>,
}

impl Still {
    /// Measures the `face` in `picture`.
    ///
    /// # Errors
    /// When the model or the face detector fails.
    pub(crate) fn measure(
        subject: &Subject,
        finder: &FaceFinder,
        picture: &RgbImage,
        face: &TrackedFace,
    ) -> Result<Self, EvaluationError> {
        let cut = subject.cut(picture, face, None);
        let (crop, side) = (cut.picture.as_ref(), cut.picture.width());
        let aged = subject.age(crop)?;
        let again = subject.age(crop)?;
        let mut shifts = Vec::with_capacity(SHIFTS.len());
        for by in SHIFTS {
            let mut to_moved = cut.to_crop;
            to_moved.tx += by[0];
            to_moved.ty += by[1];
            let moved = align(picture, &to_moved, side);
            shifts.push(mean_difference((crop, &aged), (&moved, &subject.age(&moved)?), by));
        }
        let moved = moved_by_half(picture);
        let redetected = match finder.find_largest(&moved)? {
            Some(face) => {
                let redetected_crop = subject.cut(&moved, &face, Some(side));
                let made = subject.age(&redetected_crop.picture)?;
                Some(mean_difference((crop, &aged), (&redetected_crop.picture, &made), [0.0, 0.0]))
            }
            None => None,
        };
        let changes = aged.iter().map(|aged| change(crop, &aged.picture));
        Ok(Self {
            repeats: aged.iter().zip(&again).all(|(a, b)| a.picture == b.picture),
            change: changes.sum::<f32>() / aged.len().max(1) as f32,
            shifts,
            redetected,
        })
    }
}

/// Mean over the ages of the difference between two crops' changes.
fn mean_difference(here: (&RgbImage, &[AgedCrop]), there: (&RgbImage, &[AgedCrop]), by: [f32; 2]) -> f32 {
    let differences = here.1.iter().zip(there.1).map(|(a, b)| {
        let (a, b) =
            (CropPair { crop: here.0, aged: &a.picture }, CropPair { crop: there.0, aged: &b.picture });
        change_difference(a, b, by)
    });
    differences.sum::<f32>() / here.1.len().max(1) as f32
}
