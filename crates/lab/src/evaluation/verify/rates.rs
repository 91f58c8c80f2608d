//! Verification rates: the shares of pairs that pass as one person.

use std::collections::BTreeMap;

use serde::Serialize;

use super::impostors::Impostors;
use crate::evaluation::statistics::{Estimate, FalseAcceptRate, mean_estimate, threshold_for};

/// Distances by group; pairs without a group are under the empty name.
pub(crate) type Distances = BTreeMap<String, Vec<f32>>;

/// The result for one group, or for all pairs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct GroupRate {
    /// Name of the group; `all` for all pairs.
    pub group: String,
    /// Mean distance.
    pub distance: Option<Estimate>,
    /// Threshold measured on all pairs of different people.
    pub threshold: Option<f32>,
    /// Share of pairs that pass it, in per cent.
    pub verified: Option<Estimate>,
    /// Number of pairs of different people in this group.
    pub impostors: usize,
    /// Threshold measured on these pairs.
    pub own_threshold: Option<f32>,
    /// Share of pairs that pass the group's threshold, in per cent.
    pub own_verified: Option<Estimate>,
    /// Share of real pairs of one person in this group that pass the group's threshold, in per cent.
    pub real_verified: Option<Estimate>,
}

/// The rates of all pairs and of each group, at thresholds with the false-accept rate `accepts`.
pub(crate) fn rates(pairs: &Distances, impostors: &Impostors, accepts: FalseAcceptRate) -> Vec<GroupRate> {
    let common = threshold_for(accepts, &impostors.all);
    let all: Vec<f32> = pairs.values().flatten().copied().collect();
    let none = Vec::new();
    let rate = |group: &str, distances: &[f32]| {
        let own = impostors.by_group.get(group).unwrap_or(&none);
        let own_threshold = threshold_for(accepts, own);
        let real = impostors.same_by_group.get(group).unwrap_or(&none);
        GroupRate {
            group: group.to_owned(),
            distance: mean_estimate(&distances.iter().map(|d| f64::from(*d)).collect::<Vec<_>>()),
            threshold: common,
            verified: share(distances, common),
            impostors: own.len(),
            own_threshold,
            own_verified: share(distances, own_threshold),
            real_verified: share(real, own_threshold),
        }
    };
    let whole = GroupRate { impostors: impostors.all.len(), ..rate("all", &all) };
    let groups = pairs.iter().filter(|(group, _)| !group.is_empty());
    std::iter::once(whole).chain(groups.map(|(group, distances)| rate(group, distances))).collect()
}

/// Share of distances up to `threshold` in per cent, with its interval.
fn share(distances: &[f32], threshold: Option<f32>) -> Option<Estimate> {
    let threshold = threshold?;
    let passes = |distance: &f32| if *distance <= threshold { 100.0 } else { 0.0 };
    mean_estimate(&distances.iter().map(passes).collect::<Vec<_>>())
}

/// Confidence that two pictures show one person: the share of different people, in per cent, that are further
/// apart. `sorted` holds the distances between different people in ascending order; `None` if it is empty.
pub(crate) fn confidence(distance: f32, sorted: &[f32]) -> Option<f32> {
    let nearer = sorted.partition_point(|other| *other <= distance);
    (!sorted.is_empty()).then(|| 100.0 * (1.0 - nearer as f32 / sorted.len() as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Golden {
        accepts: f64,
        threshold: f32,
        own_threshold: f32,
        verified: f64,
        own_verified: f64,
        real_verified: f64,
        confidences: Vec<f32>,
    }

    /// Distances as the reference script computes them.
    fn distances(count: usize, seed: f64, scale: f64) -> Vec<f32> {
        (0..count).map(|i| (scale * (1.0 + 0.5 * (12.9898 * i as f64 + seed).sin())) as f32).collect()
    }

    /// `tests/reference/verification.py` sorts with NumPy and uses another definition of the threshold.
    #[test]
    fn it_agrees_with_numpy() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../../../../tests/reference/verification.json")).unwrap();
        let pairs = Distances::from([("70+".to_owned(), distances(300, 1.0, 0.6))]);
        let impostors = Impostors {
            source: String::new(),
            all: distances(5000, 2.0, 1.0),
            by_group: BTreeMap::from([("70+".to_owned(), distances(2000, 3.0, 1.2))]),
            same_by_group: BTreeMap::from([("70+".to_owned(), distances(80, 4.0, 0.7))]),
        };
        let found = rates(&pairs, &impostors, FalseAcceptRate(golden.accepts));
        let (all, old) = (&found[0], &found[1]);
        assert_eq!((all.group.as_str(), old.group.as_str(), found.len()), ("all", "70+", 2));
        let near = |ours: f32, theirs: f32| assert!((ours - theirs).abs() < 1e-6, "{ours} {theirs}");
        near(all.threshold.unwrap(), golden.threshold);
        near(old.own_threshold.unwrap(), golden.own_threshold);
        let mean = |estimate: Option<Estimate>| estimate.unwrap().mean;
        assert!((mean(all.verified) - golden.verified).abs() < 1e-9);
        assert!((mean(old.own_verified) - golden.own_verified).abs() < 1e-9);
        assert!((mean(old.real_verified) - golden.real_verified).abs() < 1e-9);
        let mut sorted = impostors.all;
        sorted.sort_by(f32::total_cmp);
        for (distance, theirs) in [0.4, 0.6, 1.0, 2.0].into_iter().zip(golden.confidences) {
            let ours = confidence(distance, &sorted).unwrap();
            assert!((ours - theirs).abs() < 1e-3, "{ours} {theirs}");
        }
    }

    #[test]
    fn without_impostors_there_is_no_rate() {
        let pairs = Distances::from([(String::new(), vec![0.1, 0.2])]);
        let found = rates(&pairs, &Impostors::default(), FalseAcceptRate(0.001));
        assert_eq!(found.len(), 1);
        assert!(found[0].threshold.is_none() && found[0].verified.is_none());
        assert!((found[0].distance.unwrap().mean - 0.15).abs() < 1e-6);
        assert_eq!(confidence(0.3, &[]), None);
    }
}
