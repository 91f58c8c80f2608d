//! Thresholds of the identity judges.

use super::people::{Real, TWENTIES, Target, is_narrow, middle, within};
use crate::evaluation::measure::RunSettings;
use crate::evaluation::statistics::{FalseAcceptRate, threshold_for};
use agemirror_faces::judges::distance;

/// False-accept rate of the measured threshold.
pub(super) const FALSE_ACCEPTS: FalseAcceptRate = FalseAcceptRate(0.001);
/// False-accept rate of the loose threshold.
pub(super) const LOOSE_FALSE_ACCEPTS: FalseAcceptRate = FalseAcceptRate(0.01);
/// Maximum age difference in a pair of different people, in years.
const IMPOSTOR_GAP: f32 = 10.0;

/// Maximum number of impostor distances that are kept.
const MAX_IMPOSTORS: usize = 20_000;

/// An identity judge with its thresholds.
#[derive(Clone, Debug)]
pub(super) struct Thresholds {
    pub judge: String,
    pub about: String,
    pub published: Option<f32>,
    /// Without a published threshold: the one with the same false-accept rate as an earlier judge's published
    /// threshold.
    pub matched: Option<f32>,
    /// Threshold that one in a hundred impostors passes.
    pub loose: Option<f32>,
    /// Threshold that one in a thousand impostors passes.
    pub measured: Option<f32>,
    /// Distances between different people in ascending order; every n-th of them.
    pub impostors: Vec<f32>,
    /// By target index: the threshold measured between people of 20 to 29 and people of the target group.
    pub by_target: Vec<Option<f32>>,
    /// Number of pairs of different people.
    pub pairs: usize,
}

impl Thresholds {
    /// What kind of threshold [`Thresholds::main`] returns.
    pub(super) fn kind(&self) -> &'static str {
        match (self.published, self.matched) {
            (Some(_), _) => "published",
            (None, Some(_)) => "matched",
            (None, None) => "measured",
        }
    }

    /// The published threshold or its substitute.
    pub(super) fn main(&self) -> Option<f32> {
        self.published.or(self.matched).or(self.measured)
    }
}

/// Thresholds of each identity judge, from pairs of real people of the same gender and similar age.
pub(super) fn judge_thresholds(
    settings: &RunSettings,
    reals: &[Real],
    targets: &[Target],
) -> Vec<Thresholds> {
    let of_judge = |(judge, about, published): &(String, String, Option<f32>)| {
        let mut distances = impostors(judge, reals, &alike);
        distances.sort_by(f32::total_cmp);
        let target_threshold = |target: &Target| {
            let across = |one: &Real, other: &Real| {
                let twenties = |real: &Real| within(real.label, TWENTIES);
                let in_group = |real: &Real| within(real.label, target.years);
                (twenties(one) && in_group(other)) || (twenties(other) && in_group(one))
            };
            threshold_for(FALSE_ACCEPTS, &impostors(judge, reals, &across))
        };
        let stride = distances.len().div_ceil(MAX_IMPOSTORS).max(1);
        Thresholds {
            judge: judge.clone(),
            about: about.clone(),
            published: *published,
            matched: None,
            loose: threshold_for(LOOSE_FALSE_ACCEPTS, &distances),
            measured: threshold_for(FALSE_ACCEPTS, &distances),
            pairs: distances.len(),
            by_target: targets.iter().map(target_threshold).collect(),
            impostors: distances.into_iter().step_by(stride).collect(),
        }
    };
    with_matched(settings.identity_judges.iter().map(of_judge).collect())
}

/// Sets the matched threshold of judges without a published one.
fn with_matched(mut thresholds: Vec<Thresholds>) -> Vec<Thresholds> {
    let strict = thresholds.iter().find_map(|thresholds| {
        let published = thresholds.published?;
        let passed = thresholds.impostors.partition_point(|distance| *distance <= published);
        Some(FalseAcceptRate(passed as f64 / thresholds.impostors.len().max(1) as f64))
    });
    for thresholds in thresholds.iter_mut().filter(|thresholds| thresholds.published.is_none()) {
        thresholds.matched = strict.and_then(|share| threshold_for(share, &thresholds.impostors));
    }
    thresholds
}

/// Whether two people have the same gender and similar ages, as far as known.
fn alike(one: &Real, other: &Real) -> bool {
    let gap = middle(one.label) - middle(other.label);
    let known = is_narrow(one.label) && is_narrow(other.label);
    one.label.gender == other.label.gender && (!known || gap.abs() <= IMPOSTOR_GAP)
}

/// Distances between different people that satisfy `choose`. A table of pairs may name a person's picture
/// twice.
fn impostors(judge: &str, reals: &[Real], choose: &dyn Fn(&Real, &Real) -> bool) -> Vec<f32> {
    let fits = |one: &Real, other: &Real| one.label.file != other.label.file && choose(one, other);
    let mut distances = Vec::new();
    for (index, one) in reals.iter().enumerate() {
        let Some(here) = one.embeddings.get(judge) else { continue };
        for other in reals[index + 1..].iter().filter(|other| fits(one, other)) {
            distances.extend(other.embeddings.get(judge).map(|there| distance(here, there)));
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(published: Option<f32>, scale: f32) -> Thresholds {
        Thresholds {
            judge: String::new(),
            about: String::new(),
            published,
            matched: None,
            loose: None,
            measured: Some(0.0),
            impostors: (0..200).map(|i| i as f32 * scale).collect(),
            by_target: Vec::new(),
            pairs: 200,
        }
    }

    #[test]
    fn a_judge_without_a_published_threshold_matches_the_strictness_of_the_first() {
        let thresholds = with_matched(vec![example(Some(9.5), 1.0), example(None, 3.0)]);
        assert_eq!(
            (thresholds[0].matched, thresholds[0].main(), thresholds[0].kind()),
            (None, Some(9.5), "published")
        );
        let matched = thresholds[1].main().unwrap();
        let passed = thresholds[1].impostors.iter().filter(|distance| **distance <= matched).count();
        assert_eq!((passed, thresholds[1].kind()), (10, "matched"));
        let alone = with_matched(vec![example(None, 1.0)]);
        assert_eq!((alone[0].main(), alone[0].kind()), (Some(0.0), "measured"));
    }
}
