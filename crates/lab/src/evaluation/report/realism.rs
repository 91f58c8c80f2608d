//! Section on realism: the share of the distance from inputs to real people that is left.

use super::findings::Findings;
use super::people::{Input, Real, Target, of_years};
use super::plot::{Plot, Point, Series, Shape};
use super::table::{NONE, Section, Table, estimate, number};
use crate::evaluation::measure::Features;
use crate::evaluation::statistics::{AgedFace, Comparison, Estimate, KernelShare, RealFace, kernel_share};

/// Number of bootstrap samples for an interval.
const DRAWS: usize = 200;
/// The same for the many rows of the tables by kind of people.
pub(super) const FEW_DRAWS: usize = 100;

/// Several groups combined, and the maximum share of their distance that may be left.
pub(super) struct Span {
    pub label: &'static str,
    pub max_left: f64,
    /// The target's age range of real people if the target belongs to the span, else `None`.
    targets: fn(&Target) -> Option<(f32, f32)>,
}

/// The groups for which a model changes most.
pub(super) const SPANS: [Span; 2] = [
    Span {
        label: "0–9", max_left: 0.35, targets: |target| (target.years.1 <= 9.0).then_some(target.years)
    },
    Span {
        label: "60+",
        max_left: 0.55,
        targets: |target| (target.years.0 >= 60.0).then_some((60.0, f32::INFINITY)),
    },
];

impl Findings {
    /// Name of the main feature judge.
    pub(super) fn feature_judge(&self) -> Option<&str> {
        self.settings.feature_judges.first().map(|(name, _)| name.as_str())
    }

    pub(super) fn realism_section(&self) -> Section {
        let judges = self.settings.feature_judges.iter().map(|(name, _)| name.as_str());
        let found: Vec<(&str, Vec<Row>)> = judges.map(|judge| (judge, self.realism_rows(judge))).collect();
        let mut text = vec![
            "Distance of the outputs of a group from real people of the group, as a share of the distance of the inputs: \
             1 if nothing has changed, 0 if outputs are indistinguishable from real people. Halves are two random \
             halves of the real people on the same scale: what is left by chance alone."
                .to_owned(),
            "The distance is the kernel distance (unbiased, cubic polynomial kernel). It is a squared distance: half the \
             way leaves about a quarter. All faces have the same framing, size and blur, and are compared within their \
             own collection; inputs of a collection with fewer than six real people of the group are left out. There is \
             no value where inputs are no further from the real people than two halves of these are from each other."
                .to_owned(),
            "It measures how similar two sets of faces look to one network, not whether a single picture is convincing, \
             nor whether it shows the same person. Detail finer than about a twentieth of the eye distance does not count."
                .to_owned(),
        ];
        if found
            .iter()
            .flat_map(|(_, rows)| rows)
            .any(|row| row.share.as_ref().is_some_and(|share| !share.matched))
        {
            text.push(
                "Inputs and real people come from different collections here, so the difference between the collections \
                 counts as distance too."
                    .to_owned(),
            );
        }
        if found.is_empty() {
            text = vec!["No judge of realism took part in this run.".to_owned()];
        }
        let plots = found.first().map(|(judge, rows)| self.realism_plot(judge, rows));
        Section {
            title: "Realism".to_owned(),
            text,
            tables: found.iter().map(|(judge, rows)| table(judge, rows)).collect(),
            plots: plots.into_iter().collect(),
        }
    }

    /// One row per target and per span.
    fn realism_rows(&self, judge: &str) -> Vec<Row> {
        let of_targets = self.targets.iter().map(|target| Row {
            label: target.label.clone(),
            age: Some(target.age),
            share: self.share_left(judge, &[(target, target.years)], &|_| true, DRAWS),
        });
        let of_spans = SPANS.iter().map(|span| Row {
            label: format!("{} together", span.label),
            age: None,
            share: self.span_left(judge, span, &|_| true, DRAWS),
        });
        of_targets.chain(of_spans).collect()
    }

    /// Share left over the groups of `span`, for the inputs that satisfy `choose`.
    pub(super) fn span_left(
        &self,
        judge: &str,
        span: &Span,
        choose: &dyn Fn(&Input) -> bool,
        draws: usize,
    ) -> Option<KernelShare> {
        let targets: Vec<(&Target, (f32, f32))> =
            self.targets.iter().filter_map(|target| Some((target, (span.targets)(target)?))).collect();
        self.share_left(judge, &targets, choose, draws)
    }

    /// Share left over `targets`, each with the age range of its real people.
    fn share_left(
        &self,
        judge: &str,
        targets: &[(&Target, (f32, f32))],
        choose: &dyn Fn(&Input) -> bool,
        draws: usize,
    ) -> Option<KernelShare> {
        let (inputs, reals) = (self.inputs(), self.reals());
        let inputs: Vec<&Input> = inputs.iter().filter(|input| choose(input)).collect();
        let sets: Vec<Set> = targets
            .iter()
            .map(|(target, years)| Set::new(judge, &inputs, target.index, of_years(&reals, *years)))
            .collect();
        let comparisons: Vec<Comparison> = sets.iter().map(Set::comparison).collect();
        kernel_share(&comparisons, draws)
    }

    fn realism_plot(&self, judge: &str, rows: &[Row]) -> Plot {
        let point = |row: &Row, estimate: Estimate| {
            row.age.map(|age| Point {
                x: f64::from(age),
                y: estimate.mean,
                error_bar: Some((estimate.low, estimate.high)),
            })
        };
        let series = |name: &str, of: fn(&KernelShare) -> Estimate| Series {
            name: name.to_owned(),
            shape: Shape::Line,
            points: rows.iter().filter_map(|row| point(row, of(row.measured()?))).collect(),
        };
        Plot {
            title: format!("Share of the distance from real people that is left, “{judge}”"),
            x: "target age (years)".to_owned(),
            y: "share".to_owned(),
            series: vec![
                series("outputs", |share| share.left),
                series("halves of the real people", |share| share.halves),
            ],
        }
    }

    /// The realism criteria.
    pub(super) fn realism_criteria(&self) -> Vec<(String, String, bool)> {
        let Some(judge) = self.feature_judge() else { return Vec::new() };
        let criterion = |span: &Span| {
            let share = self.span_left(judge, span, &|_| true, DRAWS);
            let left = share.filter(KernelShare::is_measurable).map(|share| share.left);
            // A table of pairs need not cover every group.
            (left.is_some() || !self.settings.pairs).then(|| {
                (
                    format!(
                        "at {} at most {} of the distance from real people is left, by “{judge}”",
                        span.label, span.max_left
                    ),
                    estimate(left, 2),
                    left.is_some_and(|left| left.mean <= span.max_left),
                )
            })
        };
        SPANS.iter().filter_map(criterion).collect()
    }
}

/// Result of one target or one span.
struct Row {
    label: String,
    age: Option<f32>,
    share: Option<KernelShare>,
}

impl Row {
    fn measured(&self) -> Option<&KernelShare> {
        self.share.as_ref().filter(|share| share.is_measurable())
    }
}

fn table(judge: &str, rows: &[Row]) -> Table {
    let caption =
        format!("Share of the distance from real people that is left, in the features of “{judge}”.");
    let head =
        ["asked", "outputs", "real people", "distance of the inputs", "left", "halves of the real people"];
    let mut table = Table::new(&format!("realism_{judge}"), &caption, &head);
    for row in rows {
        let of = |text: fn(&KernelShare) -> String| row.share.as_ref().map_or(NONE.to_owned(), text);
        table.row([
            row.label.clone(),
            of(|share| share.left.count.to_string()),
            of(|share| share.real.to_string()),
            of(|share| number(share.input_distance.mean, 4)),
            estimate(row.measured().map(|share| share.left), 2),
            estimate(row.measured().map(|share| share.halves), 2),
        ]);
    }
    table
}

/// Features of one comparison.
struct Set<'a> {
    outputs: Vec<(&'a Input<'a>, Vec<f32>, Vec<f32>)>,
    real: Vec<(Real<'a>, Vec<f32>)>,
}

impl<'a> Set<'a> {
    fn new(judge: &str, inputs: &[&'a Input<'a>], target_index: usize, reals: Vec<Real<'a>>) -> Self {
        let outputs = |input: &&'a Input<'a>| {
            let output = input.aged.features.get(judge)?.get(target_index)?.as_ref()?;
            Some((*input, input.features.get(judge)?.values(), output.values()))
        };
        let real = |real: Real<'a>| Some((real, real.features.get(judge).map(Features::values)?));
        Self {
            outputs: inputs.iter().filter_map(outputs).collect(),
            real: reals.into_iter().filter_map(real).collect(),
        }
    }

    fn comparison(&self) -> Comparison<'_> {
        let outputs = self.outputs.iter().map(|(face, input, output)| AgedFace {
            input_index: face.index,
            collection: &face.label.dataset,
            file: &face.label.file,
            input,
            output,
        });
        let real = self.real.iter().map(|(face, features)| RealFace {
            collection: &face.label.dataset,
            file: &face.label.file,
            features,
        });
        Comparison { outputs: outputs.collect(), real: real.collect() }
    }
}
