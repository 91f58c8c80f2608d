//! Measuring pictures that were made elsewhere.

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

/// The side of the face in the strips of the report, in pixels.
const SHOWN: u32 = 192;

/// A picture with its largest face.
struct Found {
    picture: RgbImage,
    points: FivePoints,
}

impl Bench {
    /// What the judges see in an input and in its outputs; a picture without a face is noted by name.
    pub(super) fn measure_pair(&self, pair: &PairedInput) -> Result<Measured, EvaluationError> {
        let Maker::Elsewhere(finder) = &self.maker else {
            return Err(EvaluationError::Parts("a model makes its own pictures".to_owned()));
        };
        let input = match found(finder, &pair.file)? {
            Ok(input) => input,
            Err(reason) => return Ok(Measured::failed(reason)),
        };
        let seen = self.look(&input.picture, &input.points)?;
        let traits = pair.traits.seen_in(&input.picture, &input.points, &self.regions)?;
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

    /// A face of which nothing was measured yet.
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
            // What changed in the face, if the output was put back where the input was.
            let there = Found { picture: output.picture.clone(), points: input.points };
            aged.change[place] = Some(change(&self.shown(input), &self.shown(&there)));
        }
        Ok(())
    }

    /// The face as the first judge cuts it out, larger.
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

/// The largest face in the picture, or why there is none.
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
