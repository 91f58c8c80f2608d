//! Everything that one worker needs to measure faces.

use std::collections::BTreeMap;
use std::sync::Arc;

use image::RgbImage;

use super::error::EvaluationError;
use super::features::Features;
use agemirror_faces::aging::AgingModel;
use agemirror_faces::face::regions::RegionNetwork;
use agemirror_faces::face::{FaceFinder, FivePoints};
use agemirror_faces::judges::{AgeJudge, FeatureJudge, IdentityJudge};

/// What pictures are made by, or none where they are there already.
pub enum Maker {
    /// A model, which is given faces whose landmarks are known.
    Model(Box<dyn AgingModel>),
    /// Nothing: the faces in the pictures are looked for.
    Elsewhere(FaceFinder),
}

/// A maker of pictures and its judges.
pub struct Bench {
    /// What makes the pictures.
    pub maker: Maker,
    /// The age judges; the first is the one that counts.
    pub age_judges: Arc<Vec<Box<dyn AgeJudge>>>,
    /// The identity judges.
    pub identity_judges: Arc<Vec<Box<dyn IdentityJudge>>>,
    /// The feature judges; the first is the one that counts.
    pub feature_judges: Arc<Vec<Box<dyn FeatureJudge>>>,
    /// Finds beards and glasses where the data does not say whether they are there.
    pub regions: Arc<RegionNetwork>,
    /// The ages asked for, in years.
    pub targets: Vec<f32>,
}

impl Bench {
    /// By age judge, the ages in years of the face with its landmarks at `points` of each picture.
    pub(super) fn ages(
        &self,
        pictures: &[RgbImage],
        points: &FivePoints,
    ) -> Result<BTreeMap<String, Vec<f32>>, EvaluationError> {
        let read = |judge: &dyn AgeJudge| {
            let cut = judge.cut();
            let crops: Vec<RgbImage> = pictures.iter().map(|picture| cut.crop(picture, points)).collect();
            Ok((judge.name().to_owned(), judge.read(&crops)?))
        };
        self.age_judges.iter().map(|judge| read(judge.as_ref())).collect()
    }

    /// By identity judge, the embeddings of the same faces.
    pub(super) fn embeddings(
        &self,
        pictures: &[RgbImage],
        points: &FivePoints,
    ) -> Result<BTreeMap<String, Vec<Vec<f32>>>, EvaluationError> {
        let embed = |judge: &dyn IdentityJudge| {
            let cut = judge.cut();
            let crops: Vec<RgbImage> = pictures.iter().map(|picture| cut.crop(picture, points)).collect();
            Ok((judge.name().to_owned(), judge.embed(&crops)?))
        };
        self.identity_judges.iter().map(|judge| embed(judge.as_ref())).collect()
    }

    /// By feature judge, the features of the same faces.
    pub(super) fn features(
        &self,
        pictures: &[RgbImage],
        points: &FivePoints,
    ) -> Result<BTreeMap<String, Vec<Features>>, EvaluationError> {
        let describe = |judge: &dyn FeatureJudge| {
            let cut = judge.cut();
            let crops: Vec<RgbImage> = pictures.iter().map(|picture| cut.crop(picture, points)).collect();
            let rows = judge.features(&crops)?;
            Ok((judge.name().to_owned(), rows.iter().map(|row| Features::new(row)).collect()))
        };
        self.feature_judges.iter().map(|judge| describe(judge.as_ref())).collect()
    }

    /// The age, the embedding and the features of one face, by judge.
    pub(super) fn look(&self, picture: &RgbImage, points: &FivePoints) -> Result<Seen, EvaluationError> {
        let here = std::slice::from_ref(picture);
        let ages = self.ages(here, points)?.into_iter();
        let embeddings = self.embeddings(here, points)?.into_iter();
        let features = self.features(here, points)?.into_iter();
        Ok(Seen {
            ages: ages.filter_map(|(name, ages)| Some((name, *ages.first()?))).collect(),
            features: features.filter_map(|(name, rows)| Some((name, rows.into_iter().next()?))).collect(),
            embeddings: embeddings
                .filter_map(|(name, rows)| Some((name, rows.into_iter().next()?)))
                .collect(),
        })
    }

    /// What the first age judge read.
    pub(super) fn first_age(&self, seen: &Seen) -> f32 {
        let judge = self.age_judges.first();
        judge.and_then(|judge| seen.ages.get(judge.name())).copied().unwrap_or_default()
    }
}

/// What the judges see in one face, by judge.
pub(super) struct Seen {
    pub ages: BTreeMap<String, f32>,
    pub embeddings: BTreeMap<String, Vec<f32>>,
    pub features: BTreeMap<String, Features>,
}
