//! Stored results of one face.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::features::Features;
use super::traits::InputTraits;
use crate::dataset::{Face, Gender};

/// Labels of a face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Label {
    /// Picture, relative to the table of labels.
    pub file: String,
    /// Collection that the picture belongs to.
    pub dataset: String,
    /// Gender, if labelled.
    pub gender: Option<Gender>,
    /// Ethnicity as labelled; empty if not labelled.
    pub ethnicity: String,
    /// Minimum age in years.
    pub age_low: f32,
    /// Maximum age in years; equal to `age_low` if the age is exact.
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
    /// The age in years, if it is exact.
    pub(crate) fn exact_age(&self) -> Option<f32> {
        (self.age_low == self.age_high).then_some(self.age_low)
    }
}

/// One position of the slider.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SliderStep {
    /// Target age, in years.
    pub asked: f32,
    /// Age that the first age judge reads, in years.
    pub seen: f32,
    /// Mean absolute change of the crop since the previous position, 0..255; 0 at the first.
    pub change: f32,
}

/// Measurements of a face's outputs. Some are unknown for pictures made by other programs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Aged {
    /// Current age in years: as the model reads it, or as the first age judge does if the model reads none.
    #[serde(rename = "present_age")]
    pub current_age: f32,
    /// By age judge: the age in years read at each target age, in the order of the run's ages.
    pub ages: BTreeMap<String, Vec<Option<f32>>>,
    /// By identity judge: the distance between input and output at each target age.
    pub distances: BTreeMap<String, Vec<Option<f32>>>,
    /// The first identity judge's embedding of the output at each target age.
    pub embeddings: Vec<Option<Vec<f32>>>,
    /// By feature judge: the features of the output at each target age.
    #[serde(default)]
    pub features: BTreeMap<String, Vec<Option<Features>>>,
    /// Traits of the input.
    #[serde(default)]
    pub traits: InputTraits,
    /// Mean absolute change of the crop at each target age, 0..255.
    pub change: Vec<Option<f32>>,
    /// Mean absolute change of the crop at the current age, 0..255.
    pub own_change: Option<f32>,
    /// Number of changed pixels outside the masks, over all ages.
    pub changed_outside: Option<u64>,
    /// Whether a second run gave bit-identical pictures.
    pub repeats: Option<bool>,
    /// Mean difference, 0..255, between the change of the crop and that of the crop shifted by half a pixel,
    /// shifted back.
    pub shift: Option<f32>,
    /// Results of the slider, for some of the faces.
    pub slider: Option<Vec<SliderStep>>,
    /// Reasons of outputs that could not be measured.
    pub failed: Vec<String>,
}

/// Result of one face.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// The face was measured.
    Measured {
        /// By age judge: the age in years read from the unchanged picture.
        ages: BTreeMap<String, f32>,
        /// By identity judge: the embedding of the unchanged picture.
        embeddings: BTreeMap<String, Vec<f32>>,
        /// By feature judge: the features of the unchanged picture.
        #[serde(default)]
        features: BTreeMap<String, Features>,
        /// Measurements of the outputs, if the face was an input.
        aged: Option<Aged>,
    },
    /// The face could not be measured; the reason.
    Failed(String),
}

/// One line of the results file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FaceRecord {
    /// Index of the face within the run.
    pub index: usize,
    /// Labels of the face.
    pub label: Label,
    /// Result.
    pub outcome: Outcome,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of earlier versions call the current age `present_age` and lack features and traits.
    #[test]
    fn records_of_earlier_versions_are_read() {
        let text = r#"{"present_age":31.5,"ages":{},"distances":{},"embeddings":[],"change":[null],
            "own_change":1.0,"changed_outside":0,"repeats":true,"shift":null,"slider":null,"failed":[]}"#;
        let aged: Aged = serde_json::from_str(text).unwrap();
        assert_eq!((aged.current_age, aged.change.len()), (31.5, 1));
        assert!(serde_json::to_string(&aged).unwrap().contains("\"present_age\":31.5"));
    }
}
