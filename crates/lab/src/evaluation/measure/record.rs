//! What is written down of one face.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::features::Features;
use super::traits::InputTraits;
use crate::dataset::{Face, Gender};

/// What the labels say of a face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// The picture, relative to the table of labels.
    pub file: String,
    /// The collection it comes from.
    pub dataset: String,
    /// Gender, where it is labelled.
    pub gender: Option<Gender>,
    /// Ethnicity as labelled; empty where it is not.
    pub ethnicity: String,
    /// The youngest the person can be, in years.
    pub age_low: f32,
    /// The oldest the person can be; equal to `age_low` where the age is exact.
    pub age_high: f32,
}

impl From<&Face> for Label {
    fn from(face: &Face) -> Self {
        Self {
            file: face.file.clone(),
            dataset: face.dataset.clone(),
            gender: Some(face.gender),
            ethnicity: face.ethnicity.clone(),
            age_low: face.age_low,
            age_high: face.age_high,
        }
    }
}

impl Label {
    /// The age in years, where it is exact.
    pub fn exact_age(&self) -> Option<f32> {
        (self.age_low == self.age_high).then_some(self.age_low)
    }
}

/// One step of the slider.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SliderStep {
    /// The age asked for, in years.
    pub asked: f32,
    /// The age that the first age judge sees.
    pub seen: f32,
    /// The mean absolute change of the crop since the step before, of 255; 0 at the first.
    pub change: f32,
}

/// What was made of a face. Of pictures that were made elsewhere some is not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Aged {
    /// The age in years that the model read, where it reads one, else what the first age judge read.
    pub present_age: f32,
    /// By age judge: the ages in years seen at each age asked for, in the order of the run's ages.
    pub ages: BTreeMap<String, Vec<Option<f32>>>,
    /// By identity judge: the distance between input and output at each age asked for.
    pub distances: BTreeMap<String, Vec<Option<f32>>>,
    /// The embedding of the output at each age asked for, by the first identity judge.
    pub embeddings: Vec<Option<Vec<f32>>>,
    /// By feature judge: the features of the output at each age asked for.
    #[serde(default)]
    pub features: BTreeMap<String, Vec<Option<Features>>>,
    /// What is known of the input's look.
    #[serde(default)]
    pub traits: InputTraits,
    /// The mean absolute change of the crop at each age asked for, of 255.
    pub change: Vec<Option<f32>>,
    /// The mean absolute change of the crop when the present age is asked for, of 255.
    pub own_change: Option<f32>,
    /// Pixels of the crop outside the masks that changed, over all ages.
    pub changed_outside: Option<u64>,
    /// Whether a second run gave the same pictures bit for bit.
    pub repeats: Option<bool>,
    /// How much the change of a crop shifted by half a pixel differs, shifted back, on average, of 255.
    pub shift: Option<f32>,
    /// Many ages one after the other, for some of the faces.
    pub slider: Option<Vec<SliderStep>>,
    /// Outputs that could not be measured, and why.
    pub failed: Vec<String>,
}

/// What came of one face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was measured.
    Measured {
        /// By age judge: the age in years that it reads off the picture as it is.
        ages: BTreeMap<String, f32>,
        /// By identity judge: the embedding of the picture as it is.
        embeddings: BTreeMap<String, Vec<f32>>,
        /// By feature judge: the features of the picture as it is.
        #[serde(default)]
        features: BTreeMap<String, Features>,
        /// What the model made of it, where it was among the inputs.
        aged: Option<Aged>,
    },
    /// It could not be measured.
    Failed(String),
}

/// One line of the results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceRecord {
    /// Its place among the faces of the run.
    pub index: usize,
    /// What the labels say.
    pub label: Label,
    /// What came of it.
    pub outcome: Outcome,
}
