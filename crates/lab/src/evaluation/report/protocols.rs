//! Section with the measures that the published systems report.

use super::findings::{Findings, percent};
use super::people::{Input, TWENTIES, within};
use super::published::{
    AGETRANSGAN_LABELS, AGETRANSGAN_NEW, AGETRANSGAN_OLD, AGETRANSGAN_RAW_ESTIMATOR, AGETRANSGAN_THRESHOLDS,
    CGAN, PAGAN,
};
use super::table::{NONE, Section, Table, maybe, number};
use crate::evaluation::statistics::mean_estimate;
use crate::evaluation::verify::confidence;

impl Findings {
    pub(super) fn protocols_section(&self) -> Section {
        let (fid, score, deviation) = CGAN;
        Section {
            title: "Protocols of the published systems".to_owned(),
            text: vec![
                "AgeTransGAN ages people of 20 to 29 to the other nine groups and reports the mean estimated age, its \
                 distance from that of real faces of the group, and the share verified by Face++: in 2022 with one \
                 threshold (76.5) for all groups, in 2025 with one per group. Here the ages come from this report's main \
                 age judge and the shares from its first identity judge, with its common threshold and with one per group, \
                 measured between people of 20 to 29 and people of the group. Only the distances from real faces are \
                 comparable, and with care."
                    .to_owned(),
                "PAGAN reports, for people up to 30, the mean age, the share inside the cluster, Face++'s confidence and \
                 the share verified. The confidence here is the share of different people that are further apart than \
                 input and output; Face++ uses another scale."
                    .to_owned(),
                format!(
                    "Face_Aging_cGAN reports an FID of {fid} on 30 pictures and an “Inception Score” of {score} (deviation \
                     {deviation}) computed from the softmax of 2048 pooled features. Neither is measured here: `agemirror fid` \
                     measures both, its way and the usual way."
                ),
            ],
            tables: vec![self.agetransgan_table(), self.pagan_table()],
            plots: Vec::new(),
        }
    }

    fn agetransgan_table(&self) -> Table {
        let head = [
            "asked",
            "mean age read",
            "mean error",
            "verified %",
            "threshold of the group",
            "verified % with it",
            "theirs 2022: age",
            "theirs 2022: error",
            "theirs 2022: verified %",
            "theirs 2025: age",
            "theirs 2025: error",
            "theirs 2025: verified %",
            "their Face++ threshold",
        ];
        let caption = "AgeTransGAN's protocol, for inputs of 20 to 29 years.";
        let mut table = Table::new("protocol_agetransgan", caption, &head);
        let twenties = |input: &Input| within(input.label, TWENTIES);
        for (index, label) in AGETRANSGAN_LABELS.iter().enumerate() {
            let Some(target) = self.targets.iter().find(|target| target.label == *label) else { continue };
            let seen = self.seen_age(self.judge(), target, twenties);
            let error = seen.zip(self.real_age(self.judge(), target)).map(|(a, b)| (a.mean - b.mean).abs());
            let theirs = |age: f64| number((age - AGETRANSGAN_RAW_ESTIMATOR[index]).abs(), 1);
            table.row([
                (*label).to_owned(),
                maybe(seen.map(|seen| seen.mean), 1),
                maybe(error, 1),
                self.verified(target.index, self.common_threshold(), twenties),
                maybe(self.group_threshold(target.index).map(f64::from), 3),
                self.verified(target.index, self.group_threshold(target.index), twenties),
                number(AGETRANSGAN_OLD.estimator[index], 1),
                theirs(AGETRANSGAN_OLD.estimator[index]),
                number(AGETRANSGAN_OLD.verified[index], 1),
                number(AGETRANSGAN_NEW.estimator[index], 1),
                theirs(AGETRANSGAN_NEW.estimator[index]),
                number(AGETRANSGAN_NEW.verified[index], 1),
                number(AGETRANSGAN_THRESHOLDS[index], 1),
            ]);
        }
        table
    }

    /// The first identity judge's threshold for all groups.
    fn common_threshold(&self) -> Option<f32> {
        self.thresholds.first().and_then(|thresholds| thresholds.main())
    }

    /// The first identity judge's threshold for one group.
    fn group_threshold(&self, index: usize) -> Option<f32> {
        self.thresholds.first().and_then(|thresholds| thresholds.by_target.get(index).copied().flatten())
    }

    /// Distances by the first identity judge at the target `index`.
    fn distances_at(&self, index: usize, choose: impl Fn(&Input) -> bool) -> Vec<f32> {
        let Some(thresholds) = self.thresholds.first() else { return Vec::new() };
        let inputs = self.inputs();
        let chosen = inputs.iter().filter(|input| choose(input));
        chosen.filter_map(|input| input.distance_at(&thresholds.judge, index)).collect()
    }

    /// Share of inputs that the first identity judge accepts as the same person, in per cent.
    fn verified(&self, index: usize, threshold: Option<f32>, choose: impl Fn(&Input) -> bool) -> String {
        let Some(threshold) = threshold else { return NONE.to_owned() };
        let distances = self.distances_at(index, choose);
        percent(distances.iter().filter(|distance| **distance <= threshold).count(), distances.len())
    }

    /// Mean share of different people that are further apart, in per cent.
    fn mean_confidence(&self, index: usize, choose: impl Fn(&Input) -> bool) -> Option<f64> {
        let thresholds = self.thresholds.first()?;
        let distances = self.distances_at(index, choose);
        let sure = distances.iter().filter_map(|distance| confidence(*distance, &thresholds.impostors));
        let sure: Vec<f64> = sure.map(f64::from).collect();
        mean_estimate(&sure).map(|estimate| estimate.mean)
    }

    fn pagan_table(&self) -> Table {
        let head = ["data", "cluster", "mean age", "inside %", "confidence", "verified %"];
        let caption = "PAGAN's protocol, for inputs up to 30 years; PAGAN's own values below.";
        let mut table = Table::new("protocol_pagan", caption, &head);
        let young = |input: &Input| input.label.age_high <= 30.0;
        for (label, group, years) in [
            ("31–40", "30–39", (31.0, 40.0)),
            ("41–50", "40–49", (41.0, 50.0)),
            ("51+", "50–69", (51.0, f32::MAX)),
        ] {
            let Some(target) = self.targets.iter().find(|target| target.label == group) else { continue };
            let inputs = self.inputs();
            let chosen = inputs.iter().filter(|input| young(input));
            let ages: Vec<f32> =
                chosen.filter_map(|input| input.age_at(self.judge(), target.index)).collect();
            // A cluster holds whole years: 40.7 is an age of 40.
            let inside = ages.iter().filter(|age| (years.0..=years.1).contains(&age.floor())).count();
            let mean = ages.iter().map(|age| f64::from(*age)).sum::<f64>() / ages.len().max(1) as f64;
            table.row([
                format!("{}, group {group}", self.settings.model),
                label.to_owned(),
                if ages.is_empty() { NONE.to_owned() } else { number(mean, 1) },
                percent(inside, ages.len()),
                maybe(self.mean_confidence(target.index, young), 1),
                self.verified(target.index, self.common_threshold(), young),
            ]);
        }
        for (data, cluster, age, inside, confidence, verified) in PAGAN {
            table.row([
                format!("PAGAN, {data}"),
                cluster.to_owned(),
                number(age, 1),
                number(inside, 1),
                maybe(confidence, 1),
                maybe(verified, 1),
            ]);
        }
        table
    }
}
