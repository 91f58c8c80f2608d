//! State of one worker: the source of the pictures and the judges.

use std::collections::BTreeMap;
use std::sync::Arc;

use image::RgbImage;

use super::error::EvaluationError;
use super::features::Features;
use agemirror_faces::aging::AgingModel;
use agemirror_faces::face::regions::RegionNetwork;
use agemirror_faces::face::{FaceFinder, FivePoints};
use agemirror_faces::judges::{AgeJudge, Cut, FeatureJudge, IdentityJudge};

/// Source of the measured pictures.
pub(crate) enum PictureSource {
    /// A model that ages labelled faces.
    Model(Box<dyn AgingModel>),
    /// Existing pictures, in which faces are detected.
    Existing(FaceFinder),
}

/// A source of pictures and the networks that judge them.
pub(crate) struct Worker {
    /// Source of the pictures.
    pub source: PictureSource,
    /// Age judges; the first one is the main judge.
    pub age_judges: Arc<Vec<Box<dyn AgeJudge>>>,
    /// Identity judges.
    pub identity_judges: Arc<Vec<Box<dyn IdentityJudge>>>,
    /// Feature judges; the first one is the main judge.
    pub feature_judges: Arc<Vec<Box<dyn FeatureJudge>>>,
    /// Finds beards and glasses where the data does not say who has them.
    pub regions: Arc<RegionNetwork>,
    /// Target ages, in years.
    pub targets: Vec<f32>,
}

impl Worker {
    /// By age judge: the age in years of the face with landmarks `points` in each picture.
    pub(super) fn ages(
        &self,
        pictures: &[RgbImage],
        points: &FivePoints,
    ) -> Result<BTreeMap<String, Vec<f32>>, EvaluationError> {
        let read = |judge: &dyn AgeJudge| {
            let crops = crops(judge.cut(), pictures, points);
            Ok((judge.name().to_owned(), judge.read(&crops)?))
        };
        self.age_judges.iter().map(|judge| read(judge.as_ref())).collect()
    }

    /// By identity judge: the embeddings of the same faces.
    pub(super) fn embeddings(
        &self,
        pictures: &[RgbImage],
        points: &FivePoints,
    ) -> Result<BTreeMap<String, Vec<Vec<f32>>>, EvaluationError> {
        let embed = |judge: &dyn IdentityJudge| {
            let crops = crops(judge.cut(), pictures, points);
            Ok((judge.name().to_owned(), judge.embed(&crops)?))
        };
        self.identity_judges.iter().map(|judge| embed(judge.as_ref())).collect()
    }

    /// By feature judge: the features of the same faces.
    pub(super) fn features(
        &self,
        pictures: &[RgbImage],
        points: &FivePoints,
    ) -> Result<BTreeMap<String, Vec<Features>>, EvaluationError> {
        let describe = |judge: &dyn FeatureJudge| {
            let crops = crops(judge.cut(), pictures, points);
            let rows = judge.features(&crops)?;
            Ok((judge.name().to_owned(), rows.iter().map(|row| Features::new(row)).collect()))
        };
        self.feature_judges.iter().map(|judge| describe(judge.as_ref())).collect()
    }

    /// By judge: the age, the embedding and the features of one face.
    pub(super) fn readings(
        &self,
        picture: &RgbImage,
        points: &FivePoints,
    ) -> Result<Readings, EvaluationError> {
        let single = std::slice::from_ref(picture);
        let ages = self.ages(single, points)?.into_iter();
        let embeddings = self.embeddings(single, points)?.into_iter();
        let features = self.features(single, points)?.into_iter();
        Ok(Readings {
            ages: ages.filter_map(|(name, ages)| Some((name, *ages.first()?))).collect(),
            features: features.filter_map(|(name, rows)| Some((name, rows.into_iter().next()?))).collect(),
            embeddings: embeddings
                .filter_map(|(name, rows)| Some((name, rows.into_iter().next()?)))
                .collect(),
        })
    }

    /// The age that the first judge read.
    pub(super) fn first_age(&self, readings: &Readings) -> f32 {
        let judge = self.age_judges.first();
        judge.and_then(|judge| readings.ages.get(judge.name())).copied().unwrap_or_default()
    }
}

/// The face with landmarks `points`, cropped from each picture.
pub(super) fn crops(cut: Cut, pictures: &[RgbImage], points: &FivePoints) -> Vec<RgbImage> {
    pictures.iter().map(|picture| cut.crop(picture, points)).collect()
}

/// Readings of one face, by judge.
pub(super) struct Readings {
    pub ages: BTreeMap<String, f32>,
    pub embeddings: BTreeMap<String, Vec<f32>>,
    pub features: BTreeMap<String, Features>,
}
