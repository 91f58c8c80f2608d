//! A sequence of pictures of one face, as from a camera.

use image::RgbImage;
use serde::Serialize;

use super::Subject;
use crate::evaluation::change::{CropPair, change, change_difference};
use crate::evaluation::measure::EvaluationError;
use crate::evaluation::statistics::{Estimate, mean_estimate};
use agemirror_faces::aging::AgedCrop;
use agemirror_faces::compose::paste_faces;
use agemirror_faces::face::TrackedFace;
use agemirror_faces::judges::AgeJudge;

/// Frame-to-frame variation at one target age.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Jitter {
    /// Target age, in years.
    pub age: f32,
    /// Difference of the crop's change from that of the previous frame, 0..255.
    pub change: Option<Estimate>,
    /// Largest of these differences.
    pub largest: f32,
    /// Mean age that the judge reads, in years.
    pub seen: Option<Estimate>,
    /// Difference of that age from the previous frame's, in years.
    pub seen_step: Option<Estimate>,
}

/// A frame with its aged crops.
struct Frame {
    crop: RgbImage,
    aged: Vec<AgedCrop>,
    seen: Vec<f32>,
}

/// Accumulates the measures of a sequence. Detects the face in each frame separately and does not smooth; the
/// window smooths, and is therefore steadier.
#[derive(Default)]
pub(crate) struct Sequence {
    side: Option<u32>,
    last: Option<Frame>,
    /// By target age: the values that [`Jitter`] summarises.
    changes: Vec<Vec<f64>>,
    seen: Vec<Vec<f64>>,
    steps: Vec<Vec<f64>>,
    crops: Vec<f64>,
}

impl Sequence {
    /// Adds the next frame with its face.
    ///
    /// # Errors
    /// When the model or the judge fails.
    pub(crate) fn add(
        &mut self,
        subject: &Subject,
        judge: &dyn AgeJudge,
        picture: &RgbImage,
        face: &TrackedFace,
    ) -> Result<(), EvaluationError> {
        let cut = subject.cut(picture, face, self.side);
        self.side = Some(cut.picture.width());
        let aged = subject.age(&cut.picture)?;
        let pasted = aged.iter().map(|aged| paste_faces(picture, [cut.patch(aged)]));
        let crops: Vec<RgbImage> = pasted.map(|pasted| judge.cut().crop(&pasted, &face.points)).collect();
        let frame = Frame { seen: judge.read(&crops)?, crop: cut.picture.as_ref().clone(), aged };
        self.compare(&frame);
        self.last = Some(frame);
        Ok(())
    }

    /// Notes a frame without a face: the next frame has no predecessor.
    pub(crate) fn skip_frame(&mut self) {
        self.last = None;
    }

    fn compare(&mut self, frame: &Frame) {
        let ages = frame.aged.len();
        for rows in [&mut self.changes, &mut self.seen, &mut self.steps] {
            rows.resize(ages, Vec::new());
        }
        for (row, seen) in self.seen.iter_mut().zip(&frame.seen) {
            row.push(f64::from(*seen));
        }
        let Some(last) = &self.last else { return };
        self.crops.push(f64::from(change(&last.crop, &frame.crop)));
        for age in 0..ages {
            let before = CropPair { crop: &last.crop, aged: &last.aged[age].picture };
            let now = CropPair { crop: &frame.crop, aged: &frame.aged[age].picture };
            self.changes[age].push(f64::from(change_difference(before, now, [0.0, 0.0])));
            self.steps[age].push(f64::from((frame.seen[age] - last.seen[age]).abs()));
        }
    }

    /// Difference of the crop itself from that of the previous frame, 0..255.
    pub(crate) fn input(&self) -> Option<Estimate> {
        mean_estimate(&self.crops)
    }

    /// The variation at each of `ages`.
    pub(crate) fn jitter(&self, ages: &[f32]) -> Vec<Jitter> {
        let jitter = |(index, age): (usize, &f32)| {
            let of = |rows: &[Vec<f64>]| rows.get(index).cloned().unwrap_or_default();
            let changes = of(&self.changes);
            Jitter {
                age: *age,
                largest: changes.iter().copied().fold(0.0, f64::max) as f32,
                change: mean_estimate(&changes),
                seen: mean_estimate(&of(&self.seen)),
                seen_step: mean_estimate(&of(&self.steps)),
            }
        };
        ages.iter().enumerate().map(jitter).collect()
    }
}
