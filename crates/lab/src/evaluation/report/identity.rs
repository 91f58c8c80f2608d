//! Section on whether the outputs show the same person.

use super::findings::{Findings, percent};
use super::people::Input;
use super::plot::{Plot, Point, Series, Shape};
use super::published::{AGETRANSGAN_LABELS, AGETRANSGAN_NEW, AGETRANSGAN_OLD};
use super::table::{NONE, Section, Table, estimate, maybe};
use super::thresholds::{FALSE_ACCEPTS, LOOSE_FALSE_ACCEPTS, Thresholds};
use crate::evaluation::statistics::mean_estimate;

/// Age gap in years below which nearly everybody must be recognised.
const SMALL_GAP: f32 = 25.0;
/// Groups at which a lower rate is required.
const FAR_GROUPS: [&str; 2] = ["0–2", "70+"];

impl Findings {
    pub(super) fn identity_section(&self) -> Section {
        let mut text = vec![format!(
            "A small distance means the same person. The measured threshold is the largest distance that at most {} % \
             of pairs of different people pass, all of the same gender and within ten years of age; the loose one lets \
             {} % pass. A judge without a published threshold gets the one that as many pairs pass as pass the first \
             judge's published threshold. AgeTransGAN's rates are its authors', by Face++ with one threshold per group.",
            100.0 * FALSE_ACCEPTS.0,
            100.0 * LOOSE_FALSE_ACCEPTS.0
        )];
        text.extend(self.thresholds.iter().map(|thresholds| {
            format!(
                "“{}” ({}): {} threshold {}{}, loose threshold {}, measured threshold {} on {} pairs.",
                thresholds.judge,
                thresholds.about,
                thresholds.kind(),
                maybe(thresholds.main().map(f64::from), 3),
                thresholds.main().map_or(String::new(), |threshold| {
                    format!(
                        " (passed by {} % of different people)",
                        share_under(&thresholds.impostors, threshold)
                    )
                }),
                maybe(thresholds.loose.map(f64::from), 3),
                maybe(thresholds.measured.map(f64::from), 3),
                thresholds.pairs
            )
        }));
        Section {
            title: "Identity".to_owned(),
            text,
            tables: self.thresholds.iter().map(|thresholds| self.identity_table(thresholds)).collect(),
            plots: self
                .thresholds
                .iter()
                .flat_map(|thresholds| [self.gap_plot(thresholds), self.histogram(thresholds)])
                .collect(),
        }
    }

    fn identity_table(&self, thresholds: &Thresholds) -> Table {
        let caption = format!("Same person according to “{}”.", thresholds.judge);
        let head = [
            "asked",
            "mean distance",
            if thresholds.matched.is_some() {
                "% under matched threshold"
            } else {
                "% under published threshold"
            },
            "% under loose threshold",
            "% under measured threshold",
            "AgeTransGAN 2022 %",
            "AgeTransGAN 2025 %",
        ];
        let mut table = Table::new(&format!("identity_{}", thresholds.judge), &caption, &head);
        for target in &self.targets {
            let distances = self.distances(&thresholds.judge, |_, label| label == target.label);
            let share = |threshold: Option<f32>| match threshold {
                Some(threshold) => share_under(&distances, threshold),
                None => NONE.to_owned(),
            };
            let index = AGETRANSGAN_LABELS.iter().position(|label| *label == target.label);
            let published = |row: &[f64]| maybe(index.and_then(|index| row.get(index).copied()), 1);
            let mean = mean_estimate(&distances.iter().map(|d| f64::from(*d)).collect::<Vec<f64>>());
            table.row([
                target.label.clone(),
                estimate(mean, 3),
                share(thresholds.published.or(thresholds.matched)),
                share(thresholds.loose),
                share(thresholds.measured),
                published(&AGETRANSGAN_OLD.verified),
                published(&AGETRANSGAN_NEW.verified),
            ]);
        }
        table
    }

    /// Distances by `judge` over all inputs and the targets that satisfy `choose` (age gap in years, label).
    pub(super) fn distances(&self, judge: &str, choose: impl Fn(f32, &str) -> bool) -> Vec<f32> {
        let of_input = |input: &Input| -> Vec<f32> {
            let chosen =
                self.targets.iter().filter(|target| choose((target.age - input.age()).abs(), &target.label));
            chosen.filter_map(|target| input.distance_at(judge, target.index)).collect()
        };
        self.inputs().iter().flat_map(of_input).collect()
    }

    fn gap_plot(&self, thresholds: &Thresholds) -> Plot {
        let mut points = Vec::new();
        for decade in 0..8 {
            let (from, to) = (decade as f32 * 10.0, decade as f32 * 10.0 + 10.0);
            let distances = self.distances(&thresholds.judge, |gap, _| (from..to).contains(&gap));
            let mean = mean_estimate(&distances.iter().map(|d| f64::from(*d)).collect::<Vec<f64>>());
            points.extend(mean.map(|mean| Point {
                x: f64::from(from + 5.0),
                y: mean.mean,
                error_bar: Some((mean.low, mean.high)),
            }));
        }
        let ends = points.first().map_or(0.0, |p| p.x)..=points.last().map_or(80.0, |p| p.x);
        let line = |name: &str, y: Option<f32>| {
            y.map(|y| {
                let at = |x: f64| Point { x, y: f64::from(y), error_bar: None };
                Series {
                    name: name.to_owned(),
                    shape: Shape::Line,
                    points: vec![at(*ends.start()), at(*ends.end())],
                }
            })
        };
        let outputs = Series { name: "outputs".to_owned(), shape: Shape::Line, points };
        let lines = [
            line("published threshold", thresholds.published),
            line("threshold matched to the first judge's published one", thresholds.matched),
            line("loose threshold", thresholds.loose),
            line("measured threshold", thresholds.measured),
        ];
        Plot {
            title: format!("Identity against age gap, “{}”", thresholds.judge),
            x: "years between input and target age".to_owned(),
            y: "distance".to_owned(),
            series: std::iter::once(outputs).chain(lines.into_iter().flatten()).collect(),
        }
    }

    fn histogram(&self, thresholds: &Thresholds) -> Plot {
        let made = self.distances(&thresholds.judge, |_, _| true);
        let largest = made.iter().chain(&thresholds.impostors).copied().fold(0.0_f32, f32::max).max(1e-3);
        Plot {
            title: format!("Distances, “{}”", thresholds.judge),
            x: "distance".to_owned(),
            y: "share of pairs (%)".to_owned(),
            series: vec![
                Series {
                    name: "input and output".to_owned(),
                    shape: Shape::Steps,
                    points: bins(&made, largest),
                },
                Series {
                    name: "different people".to_owned(),
                    shape: Shape::Steps,
                    points: bins(&thresholds.impostors, largest),
                },
            ],
        }
    }

    /// The identity criteria of every judge.
    pub(super) fn identity_criteria(&self) -> Vec<(String, String, bool)> {
        self.thresholds.iter().flat_map(|thresholds| self.criteria_of(thresholds)).collect()
    }

    fn criteria_of(&self, thresholds: &Thresholds) -> Vec<(String, String, bool)> {
        let kind = thresholds.kind();
        let Some(threshold) = thresholds.main() else { return Vec::new() };
        let criterion = |what: &str, least: f64, distances: &[f32]| {
            let share =
                distances.iter().filter(|d| **d <= threshold).count() as f64 / distances.len().max(1) as f64;
            (
                format!(
                    "same person {what}: at least {least} % under the {kind} threshold of “{}”",
                    thresholds.judge
                ),
                format!("{} %", share_under(distances, threshold)),
                !distances.is_empty() && share * 100.0 >= least,
            )
        };
        let near = self.distances(&thresholds.judge, |gap, _| gap < SMALL_GAP);
        let far =
            FAR_GROUPS.map(|group| (group, self.distances(&thresholds.judge, |_, label| label == group)));
        // A table of pairs need not cover every group.
        let far = far.iter().filter(|(_, distances)| !distances.is_empty() || !self.settings.pairs);
        let far = far.map(|(group, distances)| criterion(&format!("at {group}"), 85.0, distances));
        std::iter::once(criterion("where the gap is under 25 years", 97.0, &near)).chain(far).collect()
    }
}

fn share_under(distances: &[f32], threshold: f32) -> String {
    percent(distances.iter().filter(|distance| **distance <= threshold).count(), distances.len())
}

/// Shares of the values in forty equal bins up to `largest`.
fn bins(values: &[f32], largest: f32) -> Vec<Point> {
    const BINS: usize = 40;
    let mut counts = [0_usize; BINS];
    for value in values {
        counts[((value / largest * BINS as f32) as usize).min(BINS - 1)] += 1;
    }
    let share = |count: usize| 100.0 * count as f64 / values.len().max(1) as f64;
    let x = |bin: usize| (bin as f64 + 0.5) * f64::from(largest) / BINS as f64;
    counts
        .iter()
        .enumerate()
        .map(|(bin, count)| Point { x: x(bin), y: share(*count), error_bar: None })
        .collect()
}
