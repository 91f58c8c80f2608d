//! Views of the records as real people and as inputs.

use std::collections::BTreeMap;

use crate::evaluation::measure::{Aged, FaceRecord, Features, Label, Outcome, SliderStep};
use agemirror_faces::age::{AgeGroup, FOUR_GROUPS, TEN_GROUPS};

/// Inclusive age range of AgeTransGAN's inputs, in years.
pub(super) const TWENTIES: (f32, f32) = (20.0, 29.0);

/// A target age and the age range of the real people it is compared with.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub index: usize,
    pub label: String,
    pub age: f32,
    pub years: (f32, f32),
}

/// A measured face, unchanged.
#[derive(Clone, Copy)]
pub(super) struct Real<'a> {
    pub label: &'a Label,
    pub ages: &'a BTreeMap<String, f32>,
    pub embeddings: &'a BTreeMap<String, Vec<f32>>,
    pub features: &'a BTreeMap<String, Features>,
}

/// An input with the measurements of its outputs.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub index: usize,
    pub label: &'a Label,
    pub ages: &'a BTreeMap<String, f32>,
    pub features: &'a BTreeMap<String, Features>,
    pub aged: &'a Aged,
}

/// Maximum length of a labelled age range whose middle is used as the age, in years.
const NARROW: f32 = 30.0;
/// Minimum number of faces labelled within a group; below it, those labelled mostly within count as well.
const MIN_FACES: usize = 10;

impl Input<'_> {
    /// The slider's positions, if there are at least two.
    pub(super) fn slider(&self) -> Option<&[SliderStep]> {
        self.aged.slider.as_deref().filter(|steps| steps.len() > 1)
    }

    /// Age in years that `judge` reads at the target `target_index`.
    pub(super) fn age_at(&self, judge: &str, target_index: usize) -> Option<f32> {
        self.aged.ages.get(judge)?.get(target_index).copied().flatten()
    }

    /// Distance of the output at `target_index` from the input, by an identity judge.
    pub(super) fn distance_at(&self, judge: &str, target_index: usize) -> Option<f32> {
        self.aged.distances.get(judge)?.get(target_index).copied().flatten()
    }

    /// Age in years: as labelled, or as read if the label is too vague.
    pub(super) fn age(&self) -> f32 {
        if is_narrow(self.label) { middle(self.label) } else { self.aged.current_age }
    }
}

/// Whether a label is narrow enough to use its middle as the age.
pub(super) fn is_narrow(label: &Label) -> bool {
    label.age_high - label.age_low <= NARROW
}

/// All measured faces.
pub(super) fn reals(records: &[FaceRecord]) -> Vec<Real<'_>> {
    records
        .iter()
        .filter_map(|record| match &record.outcome {
            Outcome::Measured { ages, embeddings, features, .. } => {
                Some(Real { label: &record.label, ages, embeddings, features })
            }
            Outcome::Failed(_) => None,
        })
        .collect()
}

/// All aged inputs.
pub(super) fn inputs(records: &[FaceRecord]) -> Vec<Input<'_>> {
    records
        .iter()
        .filter_map(|record| match &record.outcome {
            Outcome::Measured { ages, features, aged: Some(aged), .. } => {
                Some(Input { index: record.index, label: &record.label, ages, features, aged })
            }
            _ => None,
        })
        .collect()
}

/// Inclusive age range in years of the real people to compare a target with: that of its group, or three
/// years around a single age.
pub(super) fn years_of(label: &str, age: f32) -> (f32, f32) {
    let group = TEN_GROUPS.iter().chain(&FOUR_GROUPS).find(|group| group.label == label && group.age == age);
    match group {
        Some(AgeGroup { first, last, .. }) => (f32::from(*first), last.map_or(f32::INFINITY, f32::from)),
        None => (age - 3.0, age + 3.0),
    }
}

/// Whether a label lies within an age range.
pub(super) fn within(label: &Label, (low, high): (f32, f32)) -> bool {
    label.age_low >= low && label.age_high <= high
}

/// The faces of `all` labelled within `years`. If fewer than [`MIN_FACES`] are, as with labels of ten-year
/// ranges, those labelled mostly within count instead.
pub(super) fn of_years<'a>(all: &[Real<'a>], years: (f32, f32)) -> Vec<Real<'a>> {
    let chosen = |fits: fn(&Label, (f32, f32)) -> bool| {
        all.iter().filter(|real| fits(real.label, years)).copied().collect::<Vec<Real>>()
    };
    let sure = chosen(within);
    if sure.len() >= MIN_FACES { sure } else { chosen(mostly_within) }
}

/// Whether more than half of the labelled range lies within an age range.
fn mostly_within(label: &Label, (low, high): (f32, f32)) -> bool {
    // Ages are whole years, and the last year counts as well.
    let length = label.age_high - label.age_low + 1.0;
    let shared = label.age_high.min(high) - label.age_low.max(low) + 1.0;
    length <= NARROW && shared > length / 2.0
}

/// Middle of the labelled range, in years.
pub(super) fn middle(label: &Label) -> f32 {
    (label.age_low + label.age_high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_labels_count_only_without_enough_narrow_ones() {
        let label = |age_low: f32, age_high: f32| Label {
            file: String::new(),
            dataset: String::new(),
            gender: None,
            ethnicity: String::new(),
            age_low,
            age_high,
        };
        let none = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let count = |labels: &[Label], years| {
            let real = |label| Real { label, ages: &none.0, embeddings: &none.1, features: &none.2 };
            of_years(&labels.iter().map(real).collect::<Vec<_>>(), years).len()
        };
        // Eight of eleven years lie within 70+, five of eleven within 50-69; the last label says nothing.
        let wide = vec![label(67.0, 77.0), label(65.0, 75.0), label(58.0, 68.0), label(0.0, 130.0)];
        assert_eq!(count(&wide, (70.0, f32::INFINITY)), 2);
        assert_eq!(count(&wide, (50.0, 69.0)), 1);
        let sure = [wide.clone(), vec![label(71.0, 71.0); MIN_FACES]].concat();
        assert_eq!(count(&sure, (70.0, f32::INFINITY)), MIN_FACES);
    }
}
