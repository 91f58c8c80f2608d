//! Draws plots as SVG.

use std::fmt::Write;

/// Size of a plot, in pixels.
const WIDTH: f64 = 540.0;
const HEIGHT: f64 = 320.0;
/// Margins in pixels: left, top, right, bottom.
const MARGIN: [f64; 4] = [56.0, 34.0, 14.0, 66.0];
/// Colours that people with red-green colour blindness can tell apart (Okabe and Ito, 2008).
const COLOURS: [&str; 4] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

/// A data point, optionally with an error bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    /// Horizontal coordinate.
    pub x: f64,
    /// Vertical coordinate.
    pub y: f64,
    /// Lower and upper end of the error bar of `y`.
    pub error_bar: Option<(f64, f64)>,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Points joined by lines, with their error bars.
    Line,
    /// Filled outline from zero, for histograms.
    Steps,
}

/// A named series of points.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    /// Name in the legend.
    pub name: String,
    /// How it is drawn.
    pub shape: Shape,
    /// Points in ascending order of `x`.
    pub points: Vec<Point>,
}

/// A plot with two axes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plot {
    /// Title.
    pub title: String,
    /// Label of the horizontal axis.
    pub x: String,
    /// Label of the vertical axis.
    pub y: String,
    /// Series.
    pub series: Vec<Series>,
}

/// An axis: the values at its ends and their pixel coordinates.
struct Axis {
    values: (f64, f64),
    pixels: (f64, f64),
}

impl Axis {
    /// An axis that covers `values` and ends at ticks, and its ticks.
    fn around(values: impl Iterator<Item = f64>, pixels: (f64, f64)) -> (Self, Vec<f64>) {
        let (mut low, mut high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let span = (high - low).max(1e-9);
        let rough = span / 6.0;
        let power = 10.0_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|n| n * power >= rough).unwrap_or(10.0) * power;
        let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
        let ticks: Vec<f64> = (first..=last.max(first + 1)).map(|n| n as f64 * step).collect();
        let values = (ticks[0], ticks[ticks.len() - 1]);
        (Self { values, pixels }, ticks)
    }

    fn at(&self, value: f64) -> f64 {
        let share = (value - self.values.0) / (self.values.1 - self.values.0);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }
}

impl Plot {
    /// Whether there is a point to draw.
    pub(crate) fn shows_something(&self) -> bool {
        self.series.iter().any(|series| !series.points.is_empty())
    }

    /// The plot as an SVG element.
    pub(crate) fn svg(&self) -> String {
        let [left, top, right, bottom] = MARGIN;
        let points = || self.series.iter().flat_map(|series| &series.points);
        let heights = points().flat_map(|point| {
            let (low, high) = point.error_bar.unwrap_or((point.y, point.y));
            [low, high, point.y]
        });
        let zero = self.series.iter().any(|series| series.shape == Shape::Steps).then_some(0.0);
        let (x, x_ticks) = Axis::around(points().map(|point| point.x), (left, WIDTH - right));
        let (y, y_ticks) = Axis::around(heights.chain(zero), (HEIGHT - bottom, top));
        let mut out = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" \
             font-family=\"system-ui,sans-serif\" font-size=\"12\" fill=\"#1c1d21\">\
             <title>{}</title><text x=\"{left}\" y=\"18\" font-size=\"13\" font-weight=\"600\">{}</text>",
            escape(&self.title),
            escape(&self.title)
        );
        self.push_axes(&mut out, (&x, &x_ticks), (&y, &y_ticks));
        for (series, colour) in self.series.iter().zip(COLOURS.iter().cycle()) {
            match series.shape {
                Shape::Line => push_line(&mut out, series, colour, &x, &y),
                Shape::Steps => push_steps(&mut out, series, colour, &x, &y),
            }
        }
        self.push_legend(&mut out);
        out + "</svg>"
    }

    // Writing to a `String` cannot fail.
    fn push_axes(&self, out: &mut String, (x, x_ticks): (&Axis, &[f64]), (y, y_ticks): (&Axis, &[f64])) {
        let (left, right, floor) = (x.pixels.0, x.pixels.1, y.pixels.0);
        for tick in y_ticks {
            let at = y.at(*tick);
            let _ = write!(
                out,
                "<path d=\"M{left:.1} {at:.1}H{right:.1}\" stroke=\"#e1e3e8\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#555a66\">{}</text>",
                left - 6.0,
                at + 4.0,
                tick_text(*tick)
            );
        }
        for tick in x_ticks {
            let at = x.at(*tick);
            let _ = write!(
                out,
                "<path d=\"M{at:.1} {floor:.1}v4\" stroke=\"#8a8f9c\"/>\
                 <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555a66\">{}</text>",
                floor + 17.0,
                tick_text(*tick)
            );
        }
        let middle = (y.pixels.0 + y.pixels.1) / 2.0;
        let _ = write!(
            out,
            "<path d=\"M{left:.1} {floor:.1}H{right:.1}\" stroke=\"#8a8f9c\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\
             <text transform=\"translate(14 {middle:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            (left + right) / 2.0,
            floor + 34.0,
            escape(&self.x),
            escape(&self.y)
        );
    }

    fn push_legend(&self, out: &mut String) {
        let mut at = MARGIN[0];
        for (series, colour) in self.series.iter().zip(COLOURS.iter().cycle()) {
            let y = HEIGHT - 10.0;
            let _ = write!(
                out,
                "<rect x=\"{at:.1}\" y=\"{:.1}\" width=\"14\" height=\"4\" fill=\"{colour}\"/>\
                 <text x=\"{:.1}\" y=\"{y:.1}\">{}</text>",
                y - 6.0,
                at + 19.0,
                escape(&series.name)
            );
            at += 40.0 + 6.6 * series.name.chars().count() as f64;
        }
    }
}

fn push_line(out: &mut String, series: &Series, colour: &str, x: &Axis, y: &Axis) {
    let position = |point: &Point| format!("{:.1} {:.1}", x.at(point.x), y.at(point.y));
    let path: Vec<String> = series.points.iter().map(position).collect();
    let _ =
        write!(out, "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>", path.join("L"));
    for point in &series.points {
        if let Some((low, high)) = point.error_bar {
            let (x, low, high) = (x.at(point.x), y.at(low), y.at(high));
            let _ = write!(
                out,
                "<path d=\"M{x:.1} {low:.1}V{high:.1}\" stroke=\"{colour}\" stroke-opacity=\".5\"/>"
            );
            let at = y.at(point.y);
            let _ = write!(out, "<circle cx=\"{x:.1}\" cy=\"{at:.1}\" r=\"3\" fill=\"{colour}\"/>");
        }
    }
}

fn push_steps(out: &mut String, series: &Series, colour: &str, x: &Axis, y: &Axis) {
    let Some((first, last)) = series.points.first().zip(series.points.last()) else { return };
    let half = match series.points.get(1) {
        Some(second) => (second.x - first.x) / 2.0,
        None => 0.5,
    };
    let mut path = format!("M{:.1} {:.1}", x.at(first.x - half), y.at(0.0));
    for point in &series.points {
        let _ = write!(path, "V{:.1}H{:.1}", y.at(point.y), x.at(point.x + half));
    }
    let _ = write!(path, "V{:.1}H{:.1}Z", y.at(0.0), x.at(last.x + half));
    let _ = write!(out, "<path d=\"{path}\" fill=\"{colour}\" fill-opacity=\".35\" stroke=\"{colour}\"/>");
}

/// Escapes text for SVG.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text of a tick, without trailing zeros.
fn tick_text(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
