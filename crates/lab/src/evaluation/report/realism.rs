//! How much of the way from the inputs to real people of a group is left.

use super::findings::{Findings, Target};
use super::people::{Input, Real, of_years};
use super::plot::{Plot, Point, Series, Shape};
use super::table::{NONE, Section, Table, estimate, number};
use crate::evaluation::measure::Features;
use crate::evaluation::statistics::{Comparison, Estimate, KernelShare, MadeFace, RealFace, kernel_share};

/// How many samples are drawn for an interval.
const DRAWS: usize = 200;
/// The same for the tables by kinds of people, of which there are many.
pub(super) const FEW_DRAWS: usize = 100;

/// Several groups taken together, and how much may be left of their distances.
pub(super) struct Span {
    pub label: &'static str,
    pub most: f64,
    /// The targets that it is about, each with the years of the real people it is compared with.
    targets: fn(&Target) -> Option<(f32, f32)>,
}

/// The groups that a model changes most for.
pub(super) const SPANS: [Span; 2] = [
    Span { label: "0–9", most: 0.35, targets: |target| (target.years.1 <= 9.0).then_some(target.years) },
    Span {
        label: "60+",
        most: 0.55,
        targets: |target| (target.years.0 >= 60.0).then_some((60.0, f32::INFINITY)),
    },
];

impl Findings {
    /// The name of the feature judge that counts.
    pub(super) fn feature_judge(&self) -> Option<&str> {
        self.settings.feature_judges.first().map(|(name, _)| name.as_str())
    }

    pub(super) fn realism_section(&self) -> Section {
        let judges = self.settings.feature_judges.iter().map(|(name, _)| name.as_str());
        let found: Vec<(&str, Vec<Row>)> = judges.map(|judge| (judge, self.realism_rows(judge))).collect();
        let mut text = vec![
            "How far the outputs of a group are from real people of the group, as a share of how far the inputs are \
             from them: 1 where nothing has changed, 0 where outputs cannot be told from real people. Halves are two \
             random halves of the real people, in the same share: what is left by chance alone."
                .to_owned(),
            "The distance is the kernel distance (unbiased, cubic polynomial kernel). It is a squared one: who is \
             half-way leaves about a quarter. All faces are cut out alike, at one side and blurred alike, and compared \
             within their own collection; inputs of a collection with fewer than six real people of the group take no \
             part. Nothing is said where inputs are no further from the real people than two halves of these are from \
             one another."
                .to_owned(),
            "It says how alike two sets of faces look to one network, not whether any one picture convinces, and not \
             whether it is the same person. Detail finer than about a twentieth of the eye distance is not seen."
                .to_owned(),
        ];
        if found
            .iter()
            .flat_map(|(_, rows)| rows)
            .any(|row| row.share.as_ref().is_some_and(|share| !share.matched))
        {
            text.push(
                "Inputs and real people are of different collections here, so that the collections' looks count as \
                 distance too."
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

    /// A row for each target and each span.
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

    /// How much is left over the groups of `span`, for the inputs that `choose` takes.
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

    /// How much is left over `targets`, each compared with real people of some years.
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
            .map(|(target, years)| Set::new(judge, &inputs, target.place, of_years(&reals, *years)))
            .collect();
        let comparisons: Vec<Comparison> = sets.iter().map(Set::comparison).collect();
        kernel_share(&comparisons, draws)
    }

    fn realism_plot(&self, judge: &str, rows: &[Row]) -> Plot {
        let point = |row: &Row, estimate: Estimate| {
            row.age.map(|age| Point {
                x: f64::from(age),
                y: estimate.mean,
                bar: Some((estimate.low, estimate.high)),
            })
        };
        let series = |name: &str, of: fn(&KernelShare) -> Estimate| Series {
            name: name.to_owned(),
            shape: Shape::Line,
            points: rows.iter().filter_map(|row| point(row, of(row.measured()?))).collect(),
        };
        Plot {
            title: format!("Distance from real people that is left, “{judge}”"),
            x: "age asked (years)".to_owned(),
            y: "share".to_owned(),
            series: vec![
                series("outputs", |share| share.left),
                series("halves of the real people", |share| share.halves),
            ],
        }
    }

    /// The realism bars.
    pub(super) fn realism_bars(&self) -> Vec<(String, String, bool)> {
        let Some(judge) = self.feature_judge() else { return Vec::new() };
        let bar = |span: &Span| {
            let share = self.span_left(judge, span, &|_| true, DRAWS);
            let left = share.filter(KernelShare::is_measurable).map(|share| share.left);
            // A table of pairs need not ask for every group.
            (left.is_some() || !self.settings.pairs).then(|| {
                (
                    format!(
                        "at {} at most {} of the distance from real people is left, by “{judge}”",
                        span.label, span.most
                    ),
                    estimate(left, 2),
                    left.is_some_and(|left| left.mean <= span.most),
                )
            })
        };
        SPANS.iter().filter_map(bar).collect()
    }
}

/// What was found for a group, or for several.
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
    let caption = format!("Distance from real people that is left, as “{judge}” describes faces.");
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

/// The features of one comparison.
struct Set<'a> {
    made: Vec<(&'a Input<'a>, Vec<f32>, Vec<f32>)>,
    real: Vec<(Real<'a>, Vec<f32>)>,
}

impl<'a> Set<'a> {
    fn new(judge: &str, inputs: &[&'a Input<'a>], place: usize, reals: Vec<Real<'a>>) -> Self {
        let made = |input: &&'a Input<'a>| {
            let output = input.aged.features.get(judge)?.get(place)?.as_ref()?;
            Some((*input, input.features.get(judge)?.values(), output.values()))
        };
        let real = |real: Real<'a>| Some((real, real.features.get(judge).map(Features::values)?));
        Self {
            made: inputs.iter().filter_map(made).collect(),
            real: reals.into_iter().filter_map(real).collect(),
        }
    }

    fn comparison(&self) -> Comparison<'_> {
        let made = self.made.iter().map(|(face, input, made)| MadeFace {
            input_index: face.index,
            collection: &face.label.dataset,
            file: &face.label.file,
            input,
            made,
        });
        let real = self.real.iter().map(|(face, features)| RealFace {
            collection: &face.label.dataset,
            file: &face.label.file,
            features,
        });
        Comparison { made: made.collect(), real: real.collect() }
    }
}
