//! Measuring one face.

use std::collections::BTreeMap;

use image::RgbImage;

use super::bench::Bench;
use super::error::EvaluationError;
use super::record::{Aged, Outcome, SliderStep};
use crate::aging::{AgedCrop, Gender};
use crate::compose::paste_faces;
use crate::dataset;
use crate::evaluation::judges::{AgeJudge, IdentityJudge, distance};
use crate::face::{FaceBox, FivePoints, TrackedFace, align};
use crate::pipeline::{FaceCrop, SideLimits};

/// The ages that the slider stops at.
const SLIDER: [f32; 18] = [
    1.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 55.0, 60.0, 65.0, 70.0, 75.0, 80.0, 85.0,
];

/// A face to be measured.
pub(super) struct Subject<'a> {
    pub picture: &'a RgbImage,
    pub points: FivePoints,
    pub gender: dataset::Gender,
    /// Whether the model is to age it.
    pub input: bool,
    /// Whether the slider is to be run.
    pub slider: bool,
}

/// The outcome and, where the model aged the face, its crop and the crops at all ages.
pub(super) struct Measured {
    pub outcome: Outcome,
    pub pictures: Vec<RgbImage>,
}

impl Bench {
    pub(super) fn measure(&self, subject: &Subject) -> Result<Measured, EvaluationError> {
        let here = std::slice::from_ref(subject.picture);
        let ages = self.ages(here, &subject.points)?.into_iter();
        let ages: BTreeMap<String, f32> =
            ages.filter_map(|(name, ages)| Some((name, *ages.first()?))).collect();
        let embeddings = self.embeddings(here, &subject.points)?.into_iter();
        let embeddings: BTreeMap<String, Vec<f32>> =
            embeddings.filter_map(|(name, rows)| Some((name, rows.into_iter().next()?))).collect();
        let (mut aged, mut pictures) = (None, Vec::new());
        if subject.input {
            let read = self.age_judges.first().and_then(|judge| ages.get(judge.name())).copied();
            let (measured, crops) = self.age(subject, read.unwrap_or_default(), &embeddings)?;
            (aged, pictures) = (Some(measured), crops);
        }
        Ok(Measured { outcome: Outcome::Measured { ages, embeddings, aged }, pictures })
    }

    fn ages(
        &self,
        pictures: &[RgbImage],
        points: &FivePoints,
    ) -> Result<BTreeMap<String, Vec<f32>>, EvaluationError> {
        let read = |judge: &Box<dyn AgeJudge>| {
            let cut = judge.cut();
            let crops: Vec<RgbImage> = pictures.iter().map(|picture| cut.crop(picture, points)).collect();
            Ok((judge.name().to_owned(), judge.read(&crops)?))
        };
        self.age_judges.iter().map(read).collect()
    }

    fn embeddings(
        &self,
        pictures: &[RgbImage],
        points: &FivePoints,
    ) -> Result<BTreeMap<String, Vec<Vec<f32>>>, EvaluationError> {
        let embed = |judge: &Box<dyn IdentityJudge>| {
            let cut = judge.cut();
            let crops: Vec<RgbImage> = pictures.iter().map(|picture| cut.crop(picture, points)).collect();
            Ok((judge.name().to_owned(), judge.embed(&crops)?))
        };
        self.identity_judges.iter().map(embed).collect()
    }

    fn age(
        &self,
        subject: &Subject,
        read: f32,
        embeddings: &BTreeMap<String, Vec<f32>>,
    ) -> Result<(Aged, Vec<RgbImage>), EvaluationError> {
        let crop = FaceCrop::cut(
            subject.picture,
            &tracked(subject.points),
            &self.model.info().templates,
            SideLimits::STILL,
            None,
        );
        let gender = match subject.gender {
            dataset::Gender::Female => Gender::Female,
            dataset::Gender::Male => Gender::Male,
        };
        let run = |picture: &RgbImage, ages: &[f32]| {
            let code = self.model.encode(picture)?;
            self.model.decode(picture, &code, ages, gender)
        };
        let code = self.model.encode(&crop.picture)?;
        let present_age = self.model.present_age(&code).unwrap_or(read);
        let aged = self.model.decode(&crop.picture, &code, &self.targets, gender)?;
        let own = self.model.decode(&crop.picture, &code, &[present_age], gender)?;
        let pasted: Vec<RgbImage> =
            aged.iter().map(|aged| paste_faces(subject.picture, [crop.patch(aged)])).collect();
        let mut shifted = crop.to_crop;
        shifted.tx += 0.5;
        let side = crop.picture.width();
        let moved = align(subject.picture, &shifted, side);
        let moved_aged = run(&moved, &self.targets)?;
        let shift = aged
            .iter()
            .zip(&moved_aged)
            .map(|(here, there)| shift_difference(&crop.picture, &here.picture, &moved, &there.picture));
        let measured = Aged {
            present_age,
            ages: self.ages(&pasted, &subject.points)?,
            distances: self.distances(&pasted, subject, embeddings)?,
            own_change: own.first().map_or(0.0, |own| change(&crop.picture, &own.picture)),
            change: aged.iter().map(|aged| change(&crop.picture, &aged.picture)).collect(),
            changed_outside: aged.iter().map(|aged| changed_outside(&crop.picture, aged)).sum(),
            repeats: run(&crop.picture, &self.targets)?
                .iter()
                .zip(&aged)
                .all(|(a, b)| a.picture == b.picture),
            shift: shift.sum::<f32>() / aged.len().max(1) as f32,
            slider: subject.slider.then(|| self.slider(subject, &crop, gender)).transpose()?,
        };
        let mut pictures = vec![(*crop.picture).clone()];
        pictures.extend(aged.into_iter().map(|aged| aged.picture));
        Ok((measured, pictures))
    }

    fn distances(
        &self,
        pictures: &[RgbImage],
        subject: &Subject,
        inputs: &BTreeMap<String, Vec<f32>>,
    ) -> Result<BTreeMap<String, Vec<f32>>, EvaluationError> {
        let outputs = self.embeddings(pictures, &subject.points)?;
        let pair = |(name, rows): (String, Vec<Vec<f32>>)| {
            let input = inputs.get(&name)?;
            let distances = rows.iter().map(|row| distance(input, row)).collect();
            Some((name, distances))
        };
        Ok(outputs.into_iter().filter_map(pair).collect())
    }

    fn slider(
        &self,
        subject: &Subject,
        crop: &FaceCrop,
        gender: Gender,
    ) -> Result<Vec<SliderStep>, EvaluationError> {
        let code = self.model.encode(&crop.picture)?;
        let aged = self.model.decode(&crop.picture, &code, &SLIDER, gender)?;
        let pasted: Vec<RgbImage> =
            aged.iter().map(|aged| paste_faces(subject.picture, [crop.patch(aged)])).collect();
        let Some(judge) = self.age_judges.first() else { return Ok(Vec::new()) };
        let cut = judge.cut();
        let crops: Vec<RgbImage> = pasted.iter().map(|picture| cut.crop(picture, &subject.points)).collect();
        let seen = judge.read(&crops)?;
        let step = |place: usize| SliderStep {
            asked: SLIDER[place],
            seen: seen[place],
            change: if place == 0 { 0.0 } else { change(&aged[place - 1].picture, &aged[place].picture) },
        };
        Ok((0..SLIDER.len().min(seen.len())).map(step).collect())
    }
}

/// A face known by its landmarks alone.
fn tracked(points: FivePoints) -> TrackedFace {
    let bounds = FaceBox { x: 0.0, y: 0.0, width: 0.0, height: 0.0, score: 0.0 };
    TrackedFace { id: 0, bounds, points, mesh: Vec::new(), yaw: 0.0 }
}

/// The mean absolute difference of two pictures of one size, of 255.
pub(super) fn change(one: &RgbImage, other: &RgbImage) -> f32 {
    let sum: u64 = one.iter().zip(other.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f32 / one.as_raw().len().max(1) as f32
}

/// Pixels outside the mask that differ from the crop.
fn changed_outside(crop: &RgbImage, aged: &AgedCrop) -> u64 {
    let pixels = aged.mask.pixels().zip(aged.picture.pixels().zip(crop.pixels()));
    pixels.filter(|(mask, (a, b))| mask.0[0] == 0 && a != b).count() as u64
}

/// How much two changes differ on average, of 255: that of a crop, and that of the crop moved to the right
/// by half a pixel, moved back by the mean of neighbours.
pub(super) fn shift_difference(
    crop: &RgbImage,
    aged: &RgbImage,
    moved: &RgbImage,
    moved_aged: &RgbImage,
) -> f32 {
    let residual =
        |from: &RgbImage, to: &RgbImage, at: usize| f32::from(to.as_raw()[at]) - f32::from(from.as_raw()[at]);
    let row = 3 * crop.width() as usize;
    let (mut sum, mut count) = (0.0, 0_u32);
    for start in (0..crop.as_raw().len()).step_by(row.max(1)) {
        for at in start..start + row - 3 {
            let here = residual(crop, aged, at);
            let there = (residual(moved, moved_aged, at) + residual(moved, moved_aged, at + 3)) / 2.0;
            sum += (here - there).abs();
            count += 1;
        }
    }
    sum / count.max(1) as f32
}
