//! One picture, as it is and moved.

use image::RgbImage;
use serde::Serialize;

use super::Subject;
use crate::evaluation::change::{Made, change, change_difference, moved_by_half};
use crate::evaluation::measure::EvaluationError;
use agemirror_faces::aging::AgedCrop;
use agemirror_faces::face::{FaceFinder, TrackedFace, align};

/// By how much the face is moved in its crop, in pixels to the right and down.
pub const SHIFTS: [[f32; 2]; 5] = [[0.25, 0.0], [0.5, 0.0], [0.75, 0.0], [0.0, 0.5], [0.5, 0.5]];

/// What was found of one picture; means over the ages asked for, of 255.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Still {
    /// Whether the same picture gave the same outputs bit for bit.
    pub repeats: bool,
    /// The mean absolute change of the crop, to compare the rest with.
    pub change: f32,
    /// How much the change differs, moved back, for each of [`SHIFTS`], the landmarks moving along.
    pub shifts: Vec<f32>,
    /// How much it differs where the whole picture is moved by half a pixel along both axes and its face is
    /// looked for anew; none where none is found then.
    pub found_anew: Option<f32>,
}

impl Still {
    /// Measures the `face` in `picture`.
    ///
    /// # Errors
    /// When the model or the finder fails.
    pub fn measure(
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
        let found_anew = match finder.find_largest(&moved)? {
            Some(face) => {
                let anew = subject.cut(&moved, &face, Some(side));
                let made = subject.age(&anew.picture)?;
                Some(mean_difference((crop, &aged), (&anew.picture, &made), [0.0, 0.0]))
            }
            None => None,
        };
        let changes = aged.iter().map(|aged| change(crop, &aged.picture));
        Ok(Self {
            repeats: aged.iter().zip(&again).all(|(a, b)| a.picture == b.picture),
            change: changes.sum::<f32>() / aged.len().max(1) as f32,
            shifts,
            found_anew,
        })
    }
}

/// The mean over the ages of how much two crops' changes differ.
fn mean_difference(here: (&RgbImage, &[AgedCrop]), there: (&RgbImage, &[AgedCrop]), by: [f32; 2]) -> f32 {
    let differences = here.1.iter().zip(there.1).map(|(a, b)| {
        let (a, b) = (Made { crop: here.0, aged: &a.picture }, Made { crop: there.0, aged: &b.picture });
        change_difference(a, b, by)
    });
    differences.sum::<f32>() / here.1.len().max(1) as f32
}
