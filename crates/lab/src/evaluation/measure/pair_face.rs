//! Measures pictures made by other programs.

use std::path::Path;

use image::RgbImage;

use super::bench::{Bench, Maker, Seen};
use super::error::EvaluationError;
use super::face::Measured;
use super::pairs::PairedInput;
use super::record::{Aged, Outcome};
use crate::evaluation::change::change;
use agemirror_faces::face::{FaceFinder, FivePoints};
use agemirror_faces::judges::distance;
use agemirror_pictures::load_picture;

/// Side of a face in the report's strips, in pixels.
const SHOWN: u32 = 192;

/// A picture and the landmarks of its largest face.
struct Found {
    picture: RgbImage,
    points: FivePoints,
}

impl Bench {
    /// Measures an input and its outputs; a picture without a face is recorded as failed.
    pub(super) fn measure_pair(&self, pair: &PairedInput) -> Result<Measured, EvaluationError> {
        let Maker::Elsewhere(finder) = &self.maker else {
            return Err(EvaluationError::Parts("a pair cannot be measured with a model".to_owned()));
        };
        let input = match found(finder, &pair.file)? {
            Ok(input) => input,
            Err(reason) => return Ok(Measured::failed(reason)),
        };
        let seen = self.look(&input.picture, &input.points)?;
        let traits = pair.traits.seen_in(&input.picture, &input.points);
        let mut aged = Aged { traits, ..self.nothing(self.first_age(&seen)) };
        let mut pictures = Vec::new();
        for (place, output) in pair.outputs.iter().enumerate() {
            let Some(output) = output else { continue };
            match found(finder, output)? {
                Ok(found) => {
                    self.compare(&mut aged, place, (&input, &seen), &found)?;
                    pictures.push((place, self.shown(&found)));
                }
                Err(reason) => aged.failed.push(reason),
            }
        }
        let Seen { ages, embeddings, features } = seen;
        Ok(Measured {
            outcome: Outcome::Measured { ages, embeddings, features, aged: Some(aged) },
            input: Some(self.shown(&input)),
            pictures,
        })
    }

    /// A record without any measurement.
    fn nothing(&self, present_age: f32) -> Aged {
        let count = self.targets.len();
        let none = |name: &str| (name.to_owned(), vec![None; count]);
        let features = self.feature_judges.iter().map(|judge| (judge.name().to_owned(), vec![None; count]));
        Aged {
            present_age,
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
        place: usize,
        (input, before): (&Found, &Seen),
        output: &Found,
    ) -> Result<(), EvaluationError> {
        let mut after = self.look(&output.picture, &output.points)?;
        for (name, age) in &after.ages {
            if let Some(slot) = aged.ages.get_mut(name).and_then(|ages| ages.get_mut(place)) {
                *slot = Some(*age);
            }
        }
        for (name, row) in &after.embeddings {
            let slot = aged.distances.get_mut(name).and_then(|distances| distances.get_mut(place));
            if let (Some(slot), Some(here)) = (slot, before.embeddings.get(name)) {
                *slot = Some(distance(here, row));
            }
        }
        for (name, row) in after.features {
            if let Some(slot) = aged.features.get_mut(&name).and_then(|rows| rows.get_mut(place)) {
                *slot = Some(row);
            }
        }
        let first = self.identity_judges.first();
        aged.embeddings[place] = first.and_then(|judge| after.embeddings.remove(judge.name()));
        if input.picture.dimensions() == output.picture.dimensions() {
            // Compares the face at the same place in both pictures, as the output replaces the input there.
            let there = Found { picture: output.picture.clone(), points: input.points };
            aged.change[place] = Some(change(&self.shown(input), &self.shown(&there)));
        }
        Ok(())
    }

    /// The face in the first age judge's framing, enlarged for the report.
    fn shown(&self, found: &Found) -> RgbImage {
        let cut = self.age_judges.first().map(|judge| judge.cut());
        match cut {
            Some(mut cut) => {
                cut.side = SHOWN;
                cut.crop(&found.picture, &found.points)
            }
            None => found.picture.clone(),
        }
    }
}

/// The picture and its largest face, or the reason why there is none.
fn found(finder: &FaceFinder, path: &Path) -> Result<Result<Found, String>, EvaluationError> {
    let picture = match load_picture(path) {
        Ok(loaded) => loaded.picture,
        Err(error) => return Ok(Err(error.to_string())),
    };
    Ok(match finder.find_largest(&picture)? {
        Some(face) => Ok(Found { picture, points: face.points }),
        None => Err(format!("“{}” shows no face", path.display())),
    })
}
