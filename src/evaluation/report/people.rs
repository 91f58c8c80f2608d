//! What the records say, sorted the way the tables ask for it.

use crate::compose::{AgeGroup, FOUR_GROUPS, TEN_GROUPS};
use crate::evaluation::measure::{Aged, FaceRecord, Label, Outcome, SliderStep};

/// A face as it is.
#[derive(Clone, Copy)]
pub(super) struct Real<'a> {
    pub label: &'a Label,
    pub ages: &'a std::collections::BTreeMap<String, f32>,
    pub embeddings: &'a std::collections::BTreeMap<String, Vec<f32>>,
}

/// An input and what was made of it.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub index: usize,
    pub label: &'a Label,
    pub ages: &'a std::collections::BTreeMap<String, f32>,
    pub aged: &'a Aged,
}

/// The longest range of years, of which the middle is taken for the age.
const NARROW: f32 = 30.0;

impl Input<'_> {
    /// The slider's steps, where there are two or more.
    pub(super) fn slider(&self) -> Option<&[SliderStep]> {
        self.aged.slider.as_deref().filter(|steps| steps.len() > 1)
    }

    /// The age in years that `judge` sees at the age asked for that stands at `place`.
    pub(super) fn age_at(&self, judge: &str, place: usize) -> Option<f32> {
        self.aged.ages.get(judge)?.get(place).copied().flatten()
    }

    /// How far the output at `place` is from the input, by an identity judge.
    pub(super) fn distance_at(&self, judge: &str, place: usize) -> Option<f32> {
        self.aged.distances.get(judge)?.get(place).copied().flatten()
    }

    /// The age in years: as labelled, or as read where the label says little.
    pub(super) fn age(&self) -> f32 {
        if is_narrow(self.label) { middle(self.label) } else { self.aged.present_age }
    }
}

/// Whether a label tells the age well enough to take its middle.
pub(super) fn is_narrow(label: &Label) -> bool {
    label.age_high - label.age_low <= NARROW
}

/// All faces that were measured.
pub(super) fn reals(records: &[FaceRecord]) -> Vec<Real<'_>> {
    records
        .iter()
        .filter_map(|record| match &record.outcome {
            Outcome::Measured { ages, embeddings, .. } => {
                Some(Real { label: &record.label, ages, embeddings })
            }
            Outcome::Failed(_) => None,
        })
        .collect()
}

/// All inputs that were aged.
pub(super) fn inputs(records: &[FaceRecord]) -> Vec<Input<'_>> {
    records
        .iter()
        .filter_map(|record| match &record.outcome {
            Outcome::Measured { ages, aged: Some(aged), .. } => {
                Some(Input { index: record.index, label: &record.label, ages, aged })
            }
            _ => None,
        })
        .collect()
}

/// The ages in years, both included, of the real people that a target stands for: its group's, or within
/// three years of a single age.
pub(super) fn years_of(label: &str, age: f32) -> (f32, f32) {
    let group = TEN_GROUPS.iter().chain(&FOUR_GROUPS).find(|group| group.label == label && group.age == age);
    match group {
        Some(AgeGroup { first, last, .. }) => (f32::from(*first), last.map_or(f32::INFINITY, f32::from)),
        None => (age - 3.0, age + 3.0),
    }
}

/// Whether a label lies within a range of years.
pub(super) fn within(label: &Label, (low, high): (f32, f32)) -> bool {
    label.age_low >= low && label.age_high <= high
}

/// The middle of what the age can be.
pub(super) fn middle(label: &Label) -> f32 {
    (label.age_low + label.age_high) / 2.0
}
