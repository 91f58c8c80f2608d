//! Section on what published systems do not report: change at the current age and outside the mask, repeated
//! and shifted pictures, the slider.

use super::findings::Findings;
use super::plot::{Plot, Point, Series, Shape};
use super::table::{Section, Table, estimate, number};
use crate::evaluation::measure::SliderStep;
use crate::evaluation::statistics::{Estimate, mean_estimate};

/// Maximum mean change at the current age, 0..255.
const OWN_CHANGE: f64 = 2.0;
/// Maximum mean difference of a shifted change, 0..255.
const SHIFT: f64 = 1.5;

/// Measures of a run.
pub(super) struct Steadiness {
    own: Option<Estimate>,
    change: Option<Estimate>,
    shift: Option<Estimate>,
    outside: u64,
    repeats: usize,
    inputs: usize,
    /// Share of the slider's steps at which the age read does not fall, in per cent.
    rising: Option<Estimate>,
    /// Largest change between two positions of the slider, per year, 0..255.
    largest_step: Option<Estimate>,
    /// Whether the pictures were made by another program, so that only the change is known.
    external: bool,
}

impl Steadiness {
    pub(super) fn of(findings: &Findings) -> Self {
        let inputs = findings.inputs();
        let mean = |value: &dyn Fn(usize) -> Option<f64>| {
            mean_estimate(&(0..inputs.len()).filter_map(value).collect::<Vec<f64>>())
        };
        let aged = |index: usize| inputs[index].aged;
        Self {
            own: mean(&|index| aged(index).own_change.map(f64::from)),
            change: mean(&|index| {
                let changes: Vec<f32> = aged(index).change.iter().filter_map(|change| *change).collect();
                let count = changes.len();
                (count > 0).then(|| f64::from(changes.iter().sum::<f32>()) / count as f64)
            }),
            shift: mean(&|index| aged(index).shift.map(f64::from)),
            outside: inputs.iter().filter_map(|input| input.aged.changed_outside).sum(),
            repeats: inputs.iter().filter(|input| input.aged.repeats == Some(true)).count(),
            inputs: inputs.len(),
            rising: mean(&|index| inputs[index].slider().map(rising)),
            largest_step: mean(&|index| inputs[index].slider().map(largest_step)),
            external: findings.settings.pairs,
        }
    }

    /// The criteria for these measures.
    pub(super) fn criteria(&self) -> Vec<(String, String, bool)> {
        if self.external {
            return Vec::new();
        }
        let under = |value: Option<Estimate>, most: f64| value.is_some_and(|value| value.mean < most);
        vec![
            (
                "at the current age, a mean absolute change under 2/255".to_owned(),
                format!("{}/255", estimate(self.own, 2)),
                under(self.own, OWN_CHANGE),
            ),
            (
                "no change outside the mask".to_owned(),
                format!("{} pixels", self.outside),
                self.outside == 0 && self.inputs > 0,
            ),
            (
                "a still picture gives bit-identical tiles".to_owned(),
                format!("{} of {} faces", self.repeats, self.inputs),
                self.repeats == self.inputs && self.inputs > 0,
            ),
            (
                "the change of a face shifted by half a pixel, shifted back, differs by under 1.5/255"
                    .to_owned(),
                format!("{}/255", estimate(self.shift, 2)),
                under(self.shift, SHIFT),
            ),
        ]
    }
}

/// Share of steps at which the age read does not fall, in per cent.
pub(super) fn rising(steps: &[SliderStep]) -> f64 {
    let rises = steps.windows(2).filter(|pair| pair[1].seen >= pair[0].seen).count();
    100.0 * rises as f64 / (steps.len() - 1) as f64
}

/// Largest change per year of the slider.
fn largest_step(steps: &[SliderStep]) -> f64 {
    let rate = |pair: &[SliderStep]| f64::from(pair[1].change / (pair[1].asked - pair[0].asked).max(1e-3));
    steps.windows(2).map(rate).fold(0.0, f64::max)
}

impl Findings {
    pub(super) fn steadiness_section(&self) -> Section {
        let steadiness = Steadiness::of(self);
        let mut table =
            Table::new("steadiness", "Changes are mean absolute changes, 0 to 255.", &["what", "found"]);
        let mut row = |what: &str, found: String| table.row([what.to_owned(), found]);
        row("change of the crop at the target ages", estimate(steadiness.change, 2));
        if steadiness.external {
            let text = "For pictures made by another program only their change is known, where input and output have the \
                        same size. The rest needs the model: `agemirror evaluate MODEL`, `agemirror stability`.";
            return Section {
                title: "Steadiness".to_owned(),
                text: vec![text.to_owned()],
                tables: vec![table],
                plots: Vec::new(),
            };
        }
        row("change of the crop at the current age", estimate(steadiness.own, 2));
        row("pixels changed outside the mask", steadiness.outside.to_string());
        row(
            "faces with bit-identical repeated pictures",
            format!("{} of {}", steadiness.repeats, steadiness.inputs),
        );
        row("difference of the change, shifted by half a pixel", estimate(steadiness.shift, 2));
        row("slider: steps at which the age read does not fall (%)", estimate(steadiness.rising, 1));
        row("slider: largest change per year", estimate(steadiness.largest_step, 2));
        let count = self.inputs().iter().filter(|input| input.aged.slider.is_some()).count();
        Section {
            title: "Steadiness".to_owned(),
            text: vec![format!(
                "The shifted face is cropped again half a pixel to the side; its change is shifted back by averaging \
                 neighbours, whose blur counts as a difference too. The slider was measured on {count} faces from {} \
                 to {} years.",
                number(1.0, 0),
                number(85.0, 0)
            )],
            tables: vec![table],
            plots: Vec::new(),
        }
    }

    pub(super) fn slider_plot(&self) -> Plot {
        let inputs = self.inputs();
        let sliders: Vec<&[SliderStep]> =
            inputs.iter().filter_map(|input| input.aged.slider.as_deref()).collect();
        let positions = sliders.iter().map(|steps| steps.len()).min().unwrap_or(0);
        let point = |index: usize| {
            let seen: Vec<f64> = sliders.iter().map(|steps| f64::from(steps[index].seen)).collect();
            mean_estimate(&seen).map(|seen| Point {
                x: f64::from(sliders[0][index].asked),
                y: seen.mean,
                error_bar: Some((seen.low, seen.high)),
            })
        };
        Plot {
            title: format!("The slider, read by “{}”", self.judge()),
            x: "target age (years)".to_owned(),
            y: "age read (years)".to_owned(),
            series: vec![Series {
                name: "outputs".to_owned(),
                shape: Shape::Line,
                points: (0..positions).filter_map(point).collect(),
            }],
        }
    }
}
