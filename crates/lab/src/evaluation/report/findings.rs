//! Results of a run, prepared for all sections of the report.

use super::people::{Input, Real, inputs, is_narrow, middle, of_years, reals, within, years_of};
use super::table::{NONE, Section, Table, number};
use crate::evaluation::measure::{FaceRecord, Outcome, RunSettings, Store};
use crate::evaluation::statistics::{Estimate, FalseAcceptRate, mean_estimate, threshold_for};
use agemirror_faces::judges::distance;

/// False-accept rate of the measured threshold.
pub(super) const FALSE_ACCEPTS: FalseAcceptRate = FalseAcceptRate(0.001);
/// False-accept rate of the loose threshold.
pub(super) const LOOSE_FALSE_ACCEPTS: FalseAcceptRate = FalseAcceptRate(0.01);
/// Inclusive age range of AgeTransGAN's inputs, in years.
pub(super) const TWENTIES: (f32, f32) = (20.0, 29.0);
/// Maximum age difference in a pair of different people, in years.
const IMPOSTOR_GAP: f32 = 10.0;

/// A target age and the age range of the real people it is compared with.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub index: usize,
    pub label: String,
    pub age: f32,
    pub years: (f32, f32),
}

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

/// Results of a run, prepared for the tables.
pub struct Findings {
    pub(super) settings: RunSettings,
    records: Vec<FaceRecord>,
    pub(super) targets: Vec<Target>,
    pub(super) thresholds: Vec<Thresholds>,
}

impl Findings {
    /// The results in `store`.
    pub fn of(store: &Store) -> Self {
        let settings = store.settings().clone();
        let records: Vec<FaceRecord> = store.records().cloned().collect();
        let targets = settings.ages.iter().enumerate().map(|(index, (label, age))| Target {
            index,
            label: label.clone(),
            age: *age,
            years: years_of(label, *age),
        });
        let targets: Vec<Target> = targets.collect();
        let thresholds = judge_thresholds(&settings, &reals(&records), &targets);
        Self { settings, records, targets, thresholds }
    }

    pub(super) fn reals(&self) -> Vec<Real<'_>> {
        reals(&self.records)
    }

    pub(super) fn inputs(&self) -> Vec<Input<'_>> {
        inputs(&self.records)
    }

    /// Name of the main age judge.
    pub(super) fn judge(&self) -> &str {
        self.settings.age_judges.first().map_or("", |(name, _)| name.as_str())
    }

    /// Mean age that `judge` reads from the real people of `target`.
    pub(super) fn real_age(&self, judge: &str, target: &Target) -> Option<Estimate> {
        let of_group = of_years(&self.reals(), target.years);
        let ages: Vec<f64> =
            of_group.iter().filter_map(|real| real.ages.get(judge)).map(|age| f64::from(*age)).collect();
        mean_estimate(&ages)
    }

    /// Mean age that `judge` reads at `target`, over the inputs that satisfy `choose`.
    pub(super) fn seen_age(
        &self,
        judge: &str,
        target: &Target,
        choose: impl Fn(&Input) -> bool,
    ) -> Option<Estimate> {
        let inputs = self.inputs();
        let chosen = inputs.iter().filter(|input| choose(input));
        let age = |input: &Input| input.age_at(judge, target.index);
        mean_estimate(&chosen.filter_map(age).map(f64::from).collect::<Vec<f64>>())
    }

    /// One sentence per fact about the run: model, data, judges.
    pub(super) fn facts(&self) -> Vec<String> {
        let settings = &self.settings;
        let (low, high) = settings.inputs;
        let labels = short(&settings.labels);
        let mut facts = if settings.pairs {
            let (inputs, table) = (self.inputs().len(), short(&settings.weights));
            vec![
                format!("Pictures made by another program, listed in {} ({table}).", settings.model),
                format!(
                    "Faces: {inputs} inputs, {} real faces (labels {labels}).",
                    self.reals().len() - inputs
                ),
            ]
        } else {
            vec![
                format!("Model: {}, weights {}.", settings.model, short(&settings.weights)),
                format!(
                    "Faces: {} of the validation split, of which {} of {low} to {high} years were aged; labels {labels}.",
                    self.reals().len(),
                    self.inputs().len(),
                ),
            ]
        };
        facts.extend(["Ranges in parentheses are 95 % bootstrap intervals over faces.".to_owned()]);
        facts.extend(settings.age_judges.iter().map(|(name, about)| format!("Age judge “{name}”: {about}.")));
        let identity = settings.identity_judges.iter();
        facts.extend(identity.map(|(name, about, _)| format!("Identity judge “{name}”: {about}.")));
        let features = settings.feature_judges.iter();
        facts.extend(features.map(|(name, about)| format!("Judge of realism “{name}”: {about}.")));
        if self.records.len() < settings.faces {
            facts.push(format!(
                "The run is not finished: {} of {} faces are measured.",
                self.records.len(),
                settings.faces
            ));
        }
        facts
    }

    /// Pictures that could not be measured, inputs and outputs, each with the reason.
    pub(super) fn failures(&self) -> Vec<[String; 2]> {
        let reasons = |record: &FaceRecord| match &record.outcome {
            Outcome::Failed(reason) => vec![reason.clone()],
            Outcome::Measured { aged: Some(aged), .. } => aged.failed.clone(),
            Outcome::Measured { aged: None, .. } => Vec::new(),
        };
        let of_record = |record: &FaceRecord| {
            let file = record.label.file.clone();
            reasons(record).into_iter().map(move |reason| [file.clone(), reason])
        };
        self.records.iter().flat_map(of_record).collect()
    }

    pub(super) fn failures_section(&self) -> Section {
        let caption = "Pictures that could not be measured.";
        let mut table = Table::new("not_measured", caption, &["file", "reason"]);
        self.failures().into_iter().for_each(|row| table.row(row));
        let inputs =
            self.records.iter().filter(|record| matches!(record.outcome, Outcome::Failed(_))).count();
        let mut text = vec![format!("{inputs} of {} faces could not be measured.", self.records.len())];
        if table.rows.len() > inputs {
            text.push(format!("{} outputs could not be measured.", table.rows.len() - inputs));
        }
        let tables = if table.rows.is_empty() { Vec::new() } else { vec![table] };
        Section { title: "Not measured".to_owned(), text, tables, plots: Vec::new() }
    }
}

/// The first digits of a hash.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(if hash.is_empty() { NONE } else { hash })
}

/// Thresholds of each identity judge, from pairs of real people of the same gender and similar age.
fn judge_thresholds(settings: &RunSettings, reals: &[Real], targets: &[Target]) -> Vec<Thresholds> {
    let of_judge = |(judge, about, published): &(String, String, Option<f32>)| {
        let mut distances = impostors(judge, reals, &alike);
        distances.sort_by(f32::total_cmp);
        let target_threshold = |target: &Target| {
            let across = |one: &Real, other: &Real| {
                let twenties = |real: &Real| within(real.label, TWENTIES);
                let wanted = |real: &Real| within(real.label, target.years);
                (twenties(one) && wanted(other)) || (twenties(other) && wanted(one))
            };
            threshold_for(FALSE_ACCEPTS, &impostors(judge, reals, &across))
        };
        let every = distances.len().div_ceil(20_000).max(1);
        Thresholds {
            judge: judge.clone(),
            about: about.clone(),
            published: *published,
            matched: None,
            loose: threshold_for(LOOSE_FALSE_ACCEPTS, &distances),
            measured: threshold_for(FALSE_ACCEPTS, &distances),
            pairs: distances.len(),
            by_target: targets.iter().map(target_threshold).collect(),
            impostors: distances.into_iter().step_by(every).collect(),
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

/// A share in per cent.
pub(super) fn percent(hits: usize, all: usize) -> String {
    if all == 0 { NONE.to_owned() } else { number(100.0 * hits as f64 / all as f64, 1) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
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
