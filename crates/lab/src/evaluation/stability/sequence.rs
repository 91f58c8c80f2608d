//! Pictures of one face, one after the other, as a camera gives them.

use image::RgbImage;
use serde::Serialize;

use super::Subject;
use crate::evaluation::change::{Made, change, change_difference};
use crate::evaluation::measure::EvaluationError;
use crate::evaluation::statistics::{Estimate, mean_estimate};
use agemirror_faces::aging::AgedCrop;
use agemirror_faces::compose::paste_faces;
use agemirror_faces::face::TrackedFace;
use agemirror_faces::judges::AgeJudge;

/// How restless one age is from frame to frame.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wobble {
    /// The age asked for, in years.
    pub age: f32,
    /// How much the change of the crop differs from that of the frame before, of 255.
    pub change: Option<Estimate>,
    /// The largest of these differences.
    pub largest: f32,
    /// The mean age that the judge sees.
    pub seen: Option<Estimate>,
    /// By how many years that differs from the frame before.
    pub seen_step: Option<Estimate>,
}

/// A frame of which the face was aged.
struct Frame {
    crop: RgbImage,
    aged: Vec<AgedCrop>,
    seen: Vec<f32>,
}

/// What is gathered of a sequence. The face is looked for anew in each frame and nothing is smoothed: the
/// window, which smooths, is calmer.
#[derive(Default)]
pub struct Sequence {
    side: Option<u32>,
    last: Option<Frame>,
    /// By age: what [`Wobble`] sums up.
    changes: Vec<Vec<f64>>,
    seen: Vec<Vec<f64>>,
    steps: Vec<Vec<f64>>,
    crops: Vec<f64>,
}

impl Sequence {
    /// Takes the next frame with its face.
    ///
    /// # Errors
    /// When the model or the judge fails.
    pub fn add(
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

    /// A frame without a face: the next one has none before it.
    pub fn miss(&mut self) {
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
            let before = Made { crop: &last.crop, aged: &last.aged[age].picture };
            let now = Made { crop: &frame.crop, aged: &frame.aged[age].picture };
            self.changes[age].push(f64::from(change_difference(before, now, [0.0, 0.0])));
            self.steps[age].push(f64::from((frame.seen[age] - last.seen[age]).abs()));
        }
    }

    /// How much the crop itself differs from that of the frame before, of 255.
    pub fn input(&self) -> Option<Estimate> {
        mean_estimate(&self.crops)
    }

    /// What was found for each age.
    pub fn wobbles(&self, ages: &[f32]) -> Vec<Wobble> {
        let wobble = |(place, age): (usize, &f32)| {
            let of = |rows: &[Vec<f64>]| rows.get(place).cloned().unwrap_or_default();
            let changes = of(&self.changes);
            Wobble {
                age: *age,
                largest: changes.iter().copied().fold(0.0, f64::max) as f32,
                change: mean_estimate(&changes),
                seen: mean_estimate(&of(&self.seen)),
                seen_step: mean_estimate(&of(&self.steps)),
            }
        };
        ages.iter().enumerate().map(wobble).collect()
    }
}
