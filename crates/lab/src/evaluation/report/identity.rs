//! Whether the outputs show the same person.

use super::findings::{Border, FALSE_ACCEPTS, Findings, LOOSE_FALSE_ACCEPTS, percent};
use super::people::Input;
use super::plot::{Plot, Point, Series, Shape};
use super::published::{AGETRANSGAN_LABELS, AGETRANSGAN_NEW, AGETRANSGAN_OLD};
use super::table::{NONE, Section, Table, estimate, maybe};
use crate::evaluation::statistics::mean_estimate;

/// The gap in years below which nearly everybody must be recognised.
const SMALL_GAP: f32 = 25.0;
/// The groups at which fewer may be.
const FAR_GROUPS: [&str; 2] = ["0–2", "70+"];

impl Findings {
    pub(super) fn identity_section(&self) -> Section {
        let mut text = vec![format!(
            "A distance is small for one person. The measured threshold is the largest distance that at most {} % \
             of pairs of different people pass, who are of one gender and within ten years of age; the loose one \
             lets {} % pass. A judge that has no usual threshold gets one that as many pass as that of the first judge. \
             AgeTransGAN's rates are its authors', by Face++ with thresholds of their own for each group.",
            100.0 * FALSE_ACCEPTS.0,
            100.0 * LOOSE_FALSE_ACCEPTS.0
        )];
        text.extend(self.borders.iter().map(|border| {
            format!(
                "“{}” ({}): {} threshold {}{}, loose threshold {}, measured threshold {} on {} pairs.",
                border.judge,
                border.about,
                border.kind(),
                maybe(border.threshold().map(f64::from), 3),
                border.threshold().map_or(String::new(), |threshold| {
                    format!(
                        " (passed by {} % of the different people)",
                        share_under(&border.impostors, threshold)
                    )
                }),
                maybe(border.loose.map(f64::from), 3),
                maybe(border.measured.map(f64::from), 3),
                border.pairs
            )
        }));
        Section {
            title: "Identity".to_owned(),
            text,
            tables: self.borders.iter().map(|border| self.identity_table(border)).collect(),
            plots: self
                .borders
                .iter()
                .flat_map(|border| [self.gap_plot(border), self.histogram(border)])
                .collect(),
        }
    }

    fn identity_table(&self, border: &Border) -> Table {
        let caption = format!("Same person as “{}” sees it.", border.judge);
        let head = [
            "asked",
            "mean distance",
            if border.even.is_some() { "% at the same strictness" } else { "% under usual threshold" },
            "% under loose threshold",
            "% under measured threshold",
            "AgeTransGAN 2022 %",
            "AgeTransGAN 2025 %",
        ];
        let mut table = Table::new(&format!("identity_{}", border.judge), &caption, &head);
        for target in &self.targets {
            let distances = self.distances(&border.judge, |_, label| label == target.label);
            let share = |threshold: Option<f32>| match threshold {
                Some(threshold) => share_under(&distances, threshold),
                None => NONE.to_owned(),
            };
            let place = AGETRANSGAN_LABELS.iter().position(|label| *label == target.label);
            let published = |row: &[f64]| maybe(place.and_then(|place| row.get(place).copied()), 1);
            let mean = mean_estimate(&distances.iter().map(|d| f64::from(*d)).collect::<Vec<f64>>());
            table.row([
                target.label.clone(),
                estimate(mean, 3),
                share(border.usual.or(border.even)),
                share(border.loose),
                share(border.measured),
                published(&AGETRANSGAN_OLD.verified),
                published(&AGETRANSGAN_NEW.verified),
            ]);
        }
        table
    }

    /// The distances of `judge` over all inputs and the targets that `choose` takes, by gap in years and
    /// label.
    pub(super) fn distances(&self, judge: &str, choose: impl Fn(f32, &str) -> bool) -> Vec<f32> {
        let of_input = |input: &Input| -> Vec<f32> {
            let chosen =
                self.targets.iter().filter(|target| choose((target.age - input.age()).abs(), &target.label));
            chosen.filter_map(|target| input.distance_at(judge, target.place)).collect()
        };
        self.inputs().iter().flat_map(of_input).collect()
    }

    fn gap_plot(&self, border: &Border) -> Plot {
        let mut points = Vec::new();
        for decade in 0..8 {
            let (from, to) = (decade as f32 * 10.0, decade as f32 * 10.0 + 10.0);
            let distances = self.distances(&border.judge, |gap, _| (from..to).contains(&gap));
            let mean = mean_estimate(&distances.iter().map(|d| f64::from(*d)).collect::<Vec<f64>>());
            points.extend(mean.map(|mean| Point {
                x: f64::from(from + 5.0),
                y: mean.mean,
                bar: Some((mean.low, mean.high)),
            }));
        }
        let ends = points.first().map_or(0.0, |p| p.x)..=points.last().map_or(80.0, |p| p.x);
        let line = |name: &str, y: Option<f32>| {
            y.map(|y| {
                let at = |x: f64| Point { x, y: f64::from(y), bar: None };
                Series {
                    name: name.to_owned(),
                    shape: Shape::Line,
                    points: vec![at(*ends.start()), at(*ends.end())],
                }
            })
        };
        let outputs = Series { name: "outputs".to_owned(), shape: Shape::Line, points };
        let lines = [
            line("usual threshold", border.usual),
            line("threshold as strict as the first judge's usual one", border.even),
            line("loose threshold", border.loose),
            line("measured threshold", border.measured),
        ];
        Plot {
            title: format!("Identity against gap, “{}”", border.judge),
            x: "years between input and age asked".to_owned(),
            y: "distance".to_owned(),
            series: std::iter::once(outputs).chain(lines.into_iter().flatten()).collect(),
        }
    }

    fn histogram(&self, border: &Border) -> Plot {
        let made = self.distances(&border.judge, |_, _| true);
        let largest = made.iter().chain(&border.impostors).copied().fold(0.0_f32, f32::max).max(1e-3);
        Plot {
            title: format!("Distances, “{}”", border.judge),
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
                    points: bins(&border.impostors, largest),
                },
            ],
        }
    }

    /// The identity bars, for every judge.
    pub(super) fn identity_bars(&self) -> Vec<(String, String, bool)> {
        self.borders.iter().flat_map(|border| self.bars_of(border)).collect()
    }

    fn bars_of(&self, border: &Border) -> Vec<(String, String, bool)> {
        let kind = border.kind();
        let Some(threshold) = border.threshold() else { return Vec::new() };
        let bar = |what: &str, least: f64, distances: &[f32]| {
            let share =
                distances.iter().filter(|d| **d <= threshold).count() as f64 / distances.len().max(1) as f64;
            (
                format!(
                    "same person {what}: at least {least} % under the {kind} threshold of “{}”",
                    border.judge
                ),
                format!("{} %", share_under(distances, threshold)),
                !distances.is_empty() && share * 100.0 >= least,
            )
        };
        let near = self.distances(&border.judge, |gap, _| gap < SMALL_GAP);
        let far = FAR_GROUPS.map(|group| (group, self.distances(&border.judge, |_, label| label == group)));
        // A table of pairs need not ask for every group.
        let far = far.iter().filter(|(_, distances)| !distances.is_empty() || !self.settings.pairs);
        let far = far.map(|(group, distances)| bar(&format!("at {group}"), 85.0, distances));
        std::iter::once(bar("where the gap is under 25 years", 97.0, &near)).chain(far).collect()
    }
}

fn share_under(distances: &[f32], threshold: f32) -> String {
    percent(distances.iter().filter(|distance| **distance <= threshold).count(), distances.len())
}

/// The share of values in each of forty steps up to `largest`.
fn bins(values: &[f32], largest: f32) -> Vec<Point> {
    const BINS: usize = 40;
    let mut counts = [0_usize; BINS];
    for value in values {
        counts[((value / largest * BINS as f32) as usize).min(BINS - 1)] += 1;
    }
    let share = |count: usize| 100.0 * count as f64 / values.len().max(1) as f64;
    let x = |bin: usize| (bin as f64 + 0.5) * f64::from(largest) / BINS as f64;
    counts.iter().enumerate().map(|(bin, count)| Point { x: x(bin), y: share(*count), bar: None }).collect()
}
