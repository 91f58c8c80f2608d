//! Results of a run, prepared for all sections of the report.

use super::people::{Input, Real, Target, inputs, of_years, reals, years_of};
use super::table::{NONE, Section, Table, number};
use super::thresholds::{Thresholds, judge_thresholds};
use crate::evaluation::measure::{FaceRecord, Outcome, RunSettings, Store};
use crate::evaluation::statistics::{Estimate, mean_estimate};

/// Results of a run, prepared for the tables.
pub(crate) struct Findings {
    pub(super) settings: RunSettings,
    records: Vec<FaceRecord>,
    pub(super) targets: Vec<Target>,
    pub(super) thresholds: Vec<Thresholds>,
}

impl Findings {
    /// The results in `store`.
    pub(crate) fn of(store: &Store) -> Self {
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

/// A share in per cent.
pub(super) fn percent(hits: usize, all: usize) -> String {
    if all == 0 { NONE.to_owned() } else { number(100.0 * hits as f64 / all as f64, 1) }
}
