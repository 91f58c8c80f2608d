//! Measures one face.

use std::collections::BTreeMap;

use image::RgbImage;

use super::error::EvaluationError;
use super::record::{Aged, Outcome, SliderStep};
use super::traits::InputTraits;
use super::worker::{PictureSource, Readings, Worker, crops};
use crate::evaluation::change::{CropPair, change, change_difference};
use agemirror_faces::age::Gender;
use agemirror_faces::aging::{AgedCrop, AgingError, AgingModel};
use agemirror_faces::compose::paste_faces;
use agemirror_faces::crop::{FaceCrop, SideLimits};
use agemirror_faces::face::{FaceBox, FivePoints, TrackedFace, align};
use agemirror_faces::judges::distance;

/// Ages at which the slider is measured, in years.
const SLIDER: [f32; 18] = [
    1.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 55.0, 60.0, 65.0, 70.0, 75.0, 80.0, 85.0,
];

/// A face to measure.
pub(super) struct Subject<'a> {
    pub picture: &'a RgbImage,
    pub points: FivePoints,
    pub gender: Gender,
    /// Labelled traits.
    pub traits: InputTraits,
    /// Whether the model ages this face.
    pub input: bool,
    /// Whether the slider is measured.
    pub slider: bool,
}

/// The outcome and, for an aged face, its crop and its outputs by index of the target age.
pub(super) struct Measured {
    pub outcome: Outcome,
    pub input: Option<RgbImage>,
    pub pictures: Vec<(usize, RgbImage)>,
}

impl Measured {
    pub(super) fn failed(reason: String) -> Self {
        Self { outcome: Outcome::Failed(reason), input: None, pictures: Vec::new() }
    }
}

impl Worker {
    pub(super) fn measure(&self, subject: &Subject) -> Result<Measured, EvaluationError> {
        let readings = self.readings(subject.picture, &subject.points)?;
        let (mut aged, mut input, mut pictures) = (None, None, Vec::new());
        if let PictureSource::Model(model) = &self.source
            && subject.input
        {
            let (measured, crop, outputs) =
                self.age(model.as_ref(), subject, self.first_age(&readings), &readings.embeddings)?;
            (aged, input) = (Some(measured), Some(crop));
            pictures = outputs.into_iter().enumerate().collect();
        }
        let Readings { ages, embeddings, features } = readings;
        Ok(Measured { outcome: Outcome::Measured { ages, embeddings, features, aged }, input, pictures })
    }

    fn age(
        &self,
        model: &dyn AgingModel,
        subject: &Subject,
        read: f32,
        embeddings: &BTreeMap<String, Vec<f32>>,
    ) -> Result<(Aged, RgbImage, Vec<RgbImage>), EvaluationError> {
        let face = tracked(subject.points);
        let crop = FaceCrop::cut_for(model.info(), subject.picture, &face, SideLimits::STILL, None);
        let gender = subject.gender;
        let code = model.encode(&crop.picture)?;
        let current_age = model.current_age(&code).unwrap_or(read);
        let aged = model.decode(&crop.picture, &code, &self.targets, gender)?;
        let own = model.decode(&crop.picture, &code, &[current_age], gender)?;
        let pasted: Vec<RgbImage> =
            aged.iter().map(|aged| paste_faces(subject.picture, [crop.patch(aged)])).collect();
        let mut outputs = self.embeddings(&pasted, &subject.points)?;
        let again = self.outputs(model, &crop.picture, gender)?;
        let first = self.identity_judges.first();
        let measured = Aged {
            current_age,
            ages: all_known(self.ages(&pasted, &subject.points)?),
            features: all_known(self.features(&pasted, &subject.points)?),
            traits: subject.traits.seen_in(subject.picture, &subject.points, &self.regions)?,
            distances: all_known(distances(&outputs, embeddings)),
            embeddings: first
                .and_then(|judge| outputs.remove(judge.name()))
                .map_or_else(Vec::new, |rows| rows.into_iter().map(Some).collect()),
            own_change: own.first().map(|own| change(&crop.picture, &own.picture)),
            change: aged.iter().map(|aged| Some(change(&crop.picture, &aged.picture))).collect(),
            changed_outside: Some(aged.iter().map(|aged| changed_outside(&crop.picture, aged)).sum()),
            repeats: Some(again.iter().zip(&aged).all(|(a, b)| a.picture == b.picture)),
            shift: Some(self.shift_difference(model, subject, &crop, &aged)?),
            slider: subject.slider.then(|| self.slider(model, subject, &crop, gender)).transpose()?,
            failed: Vec::new(),
        };
        let view = model.info().view;
        let pictures = aged.iter().map(|aged| view.part_of(&aged.picture)).collect();
        Ok((measured, view.part_of(&crop.picture), pictures))
    }

    /// A crop aged to every target.
    fn outputs(
        &self,
        model: &dyn AgingModel,
        crop: &RgbImage,
        gender: Gender,
    ) -> Result<Vec<AgedCrop>, AgingError> {
        model.decode(crop, &model.encode(crop)?, &self.targets, gender)
    }

    /// Mean difference between the change of a crop, which gives `aged`, and of one shifted by half a pixel.
    fn shift_difference(
        &self,
        model: &dyn AgingModel,
        subject: &Subject,
        crop: &FaceCrop,
        aged: &[AgedCrop],
    ) -> Result<f32, AgingError> {
        let mut shifted = crop.to_crop;
        shifted.tx += 0.5;
        let moved = align(subject.picture, &shifted, crop.picture.width());
        let moved_aged = self.outputs(model, &moved, subject.gender)?;
        let differences = aged.iter().zip(&moved_aged).map(|(here, there)| {
            let here = CropPair { crop: &crop.picture, aged: &here.picture };
            change_difference(here, CropPair { crop: &moved, aged: &there.picture }, [0.5, 0.0])
        });
        Ok(differences.sum::<f32>() / aged.len().max(1) as f32)
    }

    fn slider(
        &self,
        model: &dyn AgingModel,
        subject: &Subject,
        crop: &FaceCrop,
        gender: Gender,
    ) -> Result<Vec<SliderStep>, EvaluationError> {
        let code = model.encode(&crop.picture)?;
        let aged = model.decode(&crop.picture, &code, &SLIDER, gender)?;
        let pasted: Vec<RgbImage> =
            aged.iter().map(|aged| paste_faces(subject.picture, [crop.patch(aged)])).collect();
        let Some(judge) = self.age_judges.first() else { return Ok(Vec::new()) };
        let seen = judge.read(&crops(judge.cut(), &pasted, &subject.points))?;
        let step = |index: usize| SliderStep {
            asked: SLIDER[index],
            seen: seen[index],
            change: if index == 0 { 0.0 } else { change(&aged[index - 1].picture, &aged[index].picture) },
        };
        Ok((0..SLIDER.len().min(seen.len())).map(step).collect())
    }
}

fn all_known<T>(by_judge: BTreeMap<String, Vec<T>>) -> BTreeMap<String, Vec<Option<T>>> {
    by_judge.into_iter().map(|(name, values)| (name, values.into_iter().map(Some).collect())).collect()
}

/// By judge: the distance of each output from the input.
fn distances(
    outputs: &BTreeMap<String, Vec<Vec<f32>>>,
    inputs: &BTreeMap<String, Vec<f32>>,
) -> BTreeMap<String, Vec<f32>> {
    let of_judge = |(name, rows): (&String, &Vec<Vec<f32>>)| {
        let input = inputs.get(name)?;
        Some((name.clone(), rows.iter().map(|row| distance(input, row)).collect()))
    };
    outputs.iter().filter_map(of_judge).collect()
}

/// A tracked face with nothing but its landmarks.
fn tracked(points: FivePoints) -> TrackedFace {
    let bounds = FaceBox { x: 0.0, y: 0.0, width: 0.0, height: 0.0, score: 0.0 };
    TrackedFace { id: 0, bounds, points, mesh: Vec::new(), yaw: 0.0 }
}

/// Number of pixels outside the mask that differ from the crop.
fn changed_outside(crop: &RgbImage, aged: &AgedCrop) -> u64 {
    let pixels = aged.mask.pixels().zip(aged.picture.pixels().zip(crop.pixels()));
    pixels.filter(|(mask, (a, b))| mask.0[0] == 0 && a != b).count() as u64
}
