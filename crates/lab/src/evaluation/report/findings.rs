//! The records of a run with what all tables need to know.

use super::people::{Input, Real, inputs, is_narrow, middle, of_years, reals, within, years_of};
use super::table::{NONE, Section, Table, number};
use crate::evaluation::measure::{FaceRecord, Outcome, RunSettings, Store};
use crate::evaluation::statistics::{Estimate, False, mean_estimate, threshold_for};
use agemirror_faces::judges::distance;

/// The share of different people that the measured threshold takes for one.
pub(super) const FALSE_ACCEPTS: False = False(0.001);
/// That of the loose threshold.
pub(super) const LOOSE_FALSE_ACCEPTS: False = False(0.01);
/// The ages in years of AgeTransGAN's inputs.
pub(super) const TWENTIES: (f32, f32) = (20.0, 29.0);
/// Different people are compared whose ages differ by no more than this.
const IMPOSTOR_GAP: f32 = 10.0;

/// A target: an age asked for and the real people it stands for.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub place: usize,
    pub label: String,
    pub age: f32,
    pub years: (f32, f32),
}

/// An identity judge with its two borders.
#[derive(Clone, Debug)]
pub(super) struct Border {
    pub judge: String,
    pub about: String,
    pub usual: Option<f32>,
    /// Where there is no usual one, that which as many impostors pass as the usual one of an earlier judge.
    pub even: Option<f32>,
    /// That which one in a hundred impostors passes.
    pub loose: Option<f32>,
    /// That which one in a thousand impostors passes.
    pub measured: Option<f32>,
    /// Distances between different people, rising: every so many.
    pub impostors: Vec<f32>,
    /// By the place of a target: the border measured on people of 20 to 29 against those of the target.
    pub of_targets: Vec<Option<f32>>,
    /// How many pairs of different people there were.
    pub pairs: usize,
}

impl Border {
    /// What [`Border::threshold`] is.
    pub(super) fn kind(&self) -> &'static str {
        match (self.usual, self.even) {
            (Some(_), _) => "usual",
            (None, Some(_)) => "equally strict",
            (None, None) => "measured",
        }
    }

    /// The usual border, or what stands in for it.
    pub(super) fn threshold(&self) -> Option<f32> {
        self.usual.or(self.even).or(self.measured)
    }
}

/// What a run found, ready for the tables.
pub struct Findings {
    pub(super) settings: RunSettings,
    records: Vec<FaceRecord>,
    pub(super) targets: Vec<Target>,
    pub(super) borders: Vec<Border>,
}

impl Findings {
    /// The findings in `store`.
    pub fn of(store: &Store) -> Self {
        let settings = store.settings().clone();
        let records: Vec<FaceRecord> = store.records().cloned().collect();
        let targets = settings.ages.iter().enumerate().map(|(place, (label, age))| Target {
            place,
            label: label.clone(),
            age: *age,
            years: years_of(label, *age),
        });
        let targets: Vec<Target> = targets.collect();
        let borders = borders(&settings, &reals(&records), &targets);
        Self { settings, records, targets, borders }
    }

    pub(super) fn reals(&self) -> Vec<Real<'_>> {
        reals(&self.records)
    }

    pub(super) fn inputs(&self) -> Vec<Input<'_>> {
        inputs(&self.records)
    }

    /// The name of the age judge that counts.
    pub(super) fn judge(&self) -> &str {
        self.settings.age_judges.first().map_or("", |(name, _)| name.as_str())
    }

    /// The mean age that `judge` reads off the real people of `target`.
    pub(super) fn real_age(&self, judge: &str, target: &Target) -> Option<Estimate> {
        let of_group = of_years(&self.reals(), target.years);
        let ages: Vec<f64> =
            of_group.iter().filter_map(|real| real.ages.get(judge)).map(|age| f64::from(*age)).collect();
        mean_estimate(&ages)
    }

    /// The mean age that `judge` sees where `target` was asked for, over the inputs that `choose` takes.
    pub(super) fn seen_age(
        &self,
        judge: &str,
        target: &Target,
        choose: impl Fn(&Input) -> bool,
    ) -> Option<Estimate> {
        let inputs = self.inputs();
        let chosen = inputs.iter().filter(|input| choose(input));
        let age = |input: &Input| input.age_at(judge, target.place);
        mean_estimate(&chosen.filter_map(age).map(f64::from).collect::<Vec<f64>>())
    }

    /// What was measured with what.
    pub(super) fn facts(&self) -> Vec<String> {
        let settings = &self.settings;
        let (low, high) = settings.inputs;
        let labels = short(&settings.labels);
        let mut facts = if settings.pairs {
            let (inputs, table) = (self.inputs().len(), short(&settings.weights));
            vec![
                format!("Pictures that were made elsewhere, named in {} ({table}).", settings.model),
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
        facts.extend(["Ranges in brackets are intervals of 95 % by the bootstrap over faces.".to_owned()]);
        facts.extend(settings.age_judges.iter().map(|(name, about)| format!("Age judge “{name}”: {about}.")));
        let identity = settings.identity_judges.iter();
        facts.extend(identity.map(|(name, about, _)| format!("Identity judge “{name}”: {about}.")));
        let features = settings.feature_judges.iter();
        facts.extend(features.map(|(name, about)| format!("Judge of realism “{name}”: {about}.")));
        if self.records.len() < settings.faces {
            facts.push(format!(
                "The run is not finished: {} of {} faces are seen to.",
                self.records.len(),
                settings.faces
            ));
        }
        facts
    }

    /// The pictures that could not be measured, inputs and outputs, each with the reason.
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

/// The borders of each identity judge, from pairs of real people of one gender and about one age.
fn borders(settings: &RunSettings, reals: &[Real], targets: &[Target]) -> Vec<Border> {
    let border = |(judge, about, usual): &(String, String, Option<f32>)| {
        let mut distances = impostors(judge, reals, &alike);
        distances.sort_by(f32::total_cmp);
        let of_target = |target: &Target| {
            let across = |one: &Real, other: &Real| {
                let twenties = |real: &Real| within(real.label, TWENTIES);
                let wanted = |real: &Real| within(real.label, target.years);
                (twenties(one) && wanted(other)) || (twenties(other) && wanted(one))
            };
            threshold_for(FALSE_ACCEPTS, &impostors(judge, reals, &across))
        };
        let every = distances.len().div_ceil(20_000).max(1);
        Border {
            judge: judge.clone(),
            about: about.clone(),
            usual: *usual,
            even: None,
            loose: threshold_for(LOOSE_FALSE_ACCEPTS, &distances),
            measured: threshold_for(FALSE_ACCEPTS, &distances),
            pairs: distances.len(),
            of_targets: targets.iter().map(of_target).collect(),
            impostors: distances.into_iter().step_by(every).collect(),
        }
    };
    evened(settings.identity_judges.iter().map(border).collect())
}

/// Gives judges without a usual border one as strict as the first usual one.
fn evened(mut borders: Vec<Border>) -> Vec<Border> {
    let strict = borders.iter().find_map(|border| {
        let usual = border.usual?;
        let passed = border.impostors.partition_point(|distance| *distance <= usual);
        Some(False(passed as f64 / border.impostors.len().max(1) as f64))
    });
    for border in borders.iter_mut().filter(|border| border.usual.is_none()) {
        border.even = strict.and_then(|share| threshold_for(share, &border.impostors));
    }
    borders
}

/// Whether two people are of one gender and about one age, as far as that is known.
fn alike(one: &Real, other: &Real) -> bool {
    let gap = middle(one.label) - middle(other.label);
    let known = is_narrow(one.label) && is_narrow(other.label);
    one.label.gender == other.label.gender && (!known || gap.abs() <= IMPOSTOR_GAP)
}

/// The distances between different people that `choose` takes. A table of pairs may name one picture of
/// a person twice.
fn impostors(judge: &str, reals: &[Real], choose: &dyn Fn(&Real, &Real) -> bool) -> Vec<f32> {
    let fits = |one: &Real, other: &Real| one.label.file != other.label.file && choose(one, other);
    let mut distances = Vec::new();
    for (place, one) in reals.iter().enumerate() {
        let Some(here) = one.embeddings.get(judge) else { continue };
        for other in reals[place + 1..].iter().filter(|other| fits(one, other)) {
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn border(usual: Option<f32>, scale: f32) -> Border {
        Border {
            judge: String::new(),
            about: String::new(),
            usual,
            even: None,
            loose: None,
            measured: Some(0.0),
            impostors: (0..200).map(|i| i as f32 * scale).collect(),
            of_targets: Vec::new(),
            pairs: 200,
        }
    }

    #[test]
    fn a_judge_without_a_usual_border_is_as_strict_as_the_first() {
        let borders = evened(vec![border(Some(9.5), 1.0), border(None, 3.0)]);
        assert_eq!((borders[0].even, borders[0].threshold(), borders[0].kind()), (None, Some(9.5), "usual"));
        let even = borders[1].threshold().unwrap();
        let passed = borders[1].impostors.iter().filter(|distance| **distance <= even).count();
        assert_eq!((passed, borders[1].kind()), (10, "equally strict"));
        let alone = evened(vec![border(None, 1.0)]);
        assert_eq!((alone[0].threshold(), alone[0].kind()), (Some(0.0), "measured"));
    }
}
