//! Measures pictures made by other programs.

use std::path::Path;

use image::RgbImage;

use super::error::EvaluationError;
use super::face::Measured;
use super::pairs::PairedInput;
use super::record::{Aged, Outcome};
use super::worker::{PictureSource, Readings, Worker};
use crate::evaluation::change::change;
use agemirror_faces::face::{FaceFinder, FivePoints};
use agemirror_faces::judges::distance;
use agemirror_pictures::load_picture;

/// Side of a face in the report's strips, in pixels.
const FRAMED_SIDE: u32 = 192;

/// A picture and the landmarks of its largest face.
struct FoundFace {
    picture: RgbImage,
    points: FivePoints,
}

impl Worker {
    /// Measures an input and its outputs; a picture without a face is recorded as failed.
    pub(super) fn measure_pair(&self, pair: &PairedInput) -> Result<Measured, EvaluationError> {
        let PictureSource::Existing(finder) = &self.source else {
            return Err(EvaluationError::Parts("a pair cannot be measured with a model".to_owned()));
        };
        let input = match find_face(finder, &pair.file)? {
            Ok(input) => input,
            Err(reason) => return Ok(Measured::failed(reason)),
        };
        let readings = self.readings(&input.picture, &input.points)?;
        let traits = pair.traits.seen_in(&input.picture, &input.points, &self.regions)?;
        let mut aged = Aged { traits, ..self.unmeasured(self.first_age(&readings)) };
        let mut pictures = Vec::new();
        for (target_index, output) in pair.outputs.iter().enumerate() {
            let Some(output) = output else { continue };
            match find_face(finder, output)? {
                Ok(found) => {
                    self.compare(&mut aged, target_index, (&input, &readings), &found)?;
                    pictures.push((target_index, self.framed(&found)));
                }
                Err(reason) => aged.failed.push(reason),
            }
        }
        let Readings { ages, embeddings, features } = readings;
        Ok(Measured {
            outcome: Outcome::Measured { ages, embeddings, features, aged: Some(aged) },
            input: Some(self.framed(&input)),
            pictures,
        })
    }

    /// A record without any measurement.
    fn unmeasured(&self, current_age: f32) -> Aged {
        let count = self.targets.len();
        let none = |name: &str| (name.to_owned(), vec![None; count]);
        let features = self.feature_judges.iter().map(|judge| (judge.name().to_owned(), vec![None; count]));
        Aged {
            current_age,
            ages: self.age_judges.iter().map(|judge| none(judge.name())).collect(),
            distances: self.identity_judges.iter().map(|judge| none(judge.name())).collect(),
            embeddings: vec![None; count],
            features: features.collect(),
            change: vec![None; count],
            ..Aged::default()
        }
    }

    fn compare(
        &self,
        aged: &mut Aged,
        target_index: usize,
        (input, before): (&FoundFace, &Readings),
        output: &FoundFace,
    ) -> Result<(), EvaluationError> {
        let mut after = self.readings(&output.picture, &output.points)?;
        for (name, age) in &after.ages {
            if let Some(slot) = aged.ages.get_mut(name).and_then(|ages| ages.get_mut(target_index)) {
                *slot = Some(*age);
            }
        }
        for (name, row) in &after.embeddings {
            let slot = aged.distances.get_mut(name).and_then(|distances| distances.get_mut(target_index));
            if let (Some(slot), Some(here)) = (slot, before.embeddings.get(name)) {
                *slot = Some(distance(here, row));
            }
        }
        for (name, row) in after.features {
            if let Some(slot) = aged.features.get_mut(&name).and_then(|rows| rows.get_mut(target_index)) {
                *slot = Some(row);
            }
        }
        let first = self.identity_judges.first();
        aged.embeddings[target_index] = first.and_then(|judge| after.embeddings.remove(judge.name()));
        if input.picture.dimensions() == output.picture.dimensions() {
            // Compares the same place in both pictures, because the output replaces the input there.
            let there = FoundFace { picture: output.picture.clone(), points: input.points };
            aged.change[target_index] = Some(change(&self.framed(input), &self.framed(&there)));
        }
        Ok(())
    }

    /// The face in the first age judge's framing, enlarged for the report.
    fn framed(&self, found: &FoundFace) -> RgbImage {
        let cut = self.age_judges.first().map(|judge| judge.cut());
        match cut {
            Some(mut cut) => {
                cut.side = FRAMED_SIDE;
                cut.crop(&found.picture, &found.points)
            }
            None => found.picture.clone(),
        }
    }
}

/// The picture and its largest face, or the reason why there is none.
fn find_face(finder: &FaceFinder, path: &Path) -> Result<Result<FoundFace, String>, EvaluationError> {
    let picture = match load_picture(path) {
        Ok(loaded) => loaded.picture,
        Err(error) => return Ok(Err(error.to_string())),
    };
    Ok(match finder.find_largest(&picture)? {
        Some(face) => Ok(FoundFace { picture, points: face.points }),
        None => Err(format!("“{}” shows no face", path.display())),
    })
}
