//! The measurements: each stage's time over the last seconds, and its median and 95th percentile now.

use eframe::egui::{Rect, Sense, Stroke, Ui, vec2};
use egui_plot::{AxisHints, Line, PlotPoints};

use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::state::settings::SidePanel;
use crate::app::widgets::buttons::value_row;
use crate::app::widgets::card;
use crate::app::widgets::card::{CardHeader, ROW_HEIGHT};
use crate::app::widgets::plot::compact_plot;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{Palette, S, XS};
use crate::pipeline::{HistoryPoint, Spread, Statistics};

/// One measured stage: its name, its line in the plot, its present spread.
struct Stage {
    name: &'static str,
    past: fn(&HistoryPoint) -> f32,
    present: fn(&Statistics) -> Spread,
    /// How much of the text colour its line has; the first is the accent.
    strength: f32,
}

const STAGES: [Stage; 6] = [
    Stage {
        name: "Camera to tile",
        past: |point| point.camera_to_tile,
        present: |now| now.camera_to_tile,
        strength: 1.0,
    },
    Stage { name: "Input shown", past: |point| point.input, present: |now| now.input, strength: 0.9 },
    Stage { name: "Face", past: |point| point.face, present: |now| now.face, strength: 0.75 },
    Stage { name: "Encode", past: |point| point.encode, present: |now| now.encode, strength: 0.6 },
    Stage { name: "Decode", past: |point| point.decode, present: |now| now.decode, strength: 0.45 },
    Stage { name: "Compose", past: |point| point.compose, present: |now| now.compose, strength: 0.3 },
];

/// Draws the panel into what is left of the column.
pub fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let figures = &context.view.status.statistics;
    let rates = format!("{:.1} pictures/s, {:.1} refreshes/s", figures.input_rate, figures.tile_rate);
    let header = CardHeader {
        title: "Milliseconds",
        tooltip: "In the table: median / 95th percentile",
        note: &rates,
        close_label: "Close the measurements",
        close_key: keys::MEASUREMENTS,
    };
    let closed = card::show(ui, &header, |ui| {
        let palette = theme::palette(ui);
        let table = ROW_HEIGHT * 3.0 + XS;
        let plot_height = (ui.available_height() - table - S).max(60.0);
        show_plot(ui, &context.view.status.history, plot_height, palette);
        show_table(ui, figures, palette);
    });
    if closed {
        context.emit(UiCommand::SidePanel(SidePanel::Pictures));
    }
}

fn color(stage: &Stage, palette: &Palette) -> eframe::egui::Color32 {
    if stage.strength >= 1.0 {
        palette.accent
    } else {
        palette.surface.lerp_to_gamma(palette.text, stage.strength)
    }
}

fn show_plot(ui: &mut Ui, history: &[HistoryPoint], height: f32, palette: &Palette) {
    let newest = history.last().map_or(0, |point| point.second);
    let highest = history.iter().map(|point| point.camera_to_tile.max(point.decode)).fold(20.0, f32::max);
    let top = f64::from(highest) * 1.1;
    let axes = [
        AxisHints::new_x().formatter(|mark, _| seconds_ago(mark.value)),
        AxisHints::new_y().formatter(|mark, _| format!("{:.0}", mark.value)),
    ];
    let plot =
        compact_plot("stages", vec2(ui.available_width(), height), ([-60.0, 0.0], [0.0, top]), axes, palette);
    plot.show(ui, |plot| {
        plot.set_plot_bounds_y(0.0..=top);
        for stage in STAGES.iter().rev() {
            let at = |point: &HistoryPoint| {
                [-((newest - point.second.min(newest)) as f64), f64::from((stage.past)(point))]
            };
            let points: PlotPoints<'_> =
                history.iter().filter(|point| (stage.past)(point) > 0.0).map(at).collect();
            let width = if stage.strength >= 1.0 { 2.0 } else { 1.25 };
            plot.line(
                Line::new(stage.name, points)
                    .stroke(Stroke::new(width, color(stage, palette)))
                    .allow_hover(false),
            );
        }
    });
}

/// How a moment of the past is written under the plot.
fn seconds_ago(value: f64) -> String {
    match value {
        // The label of the other axis stands there.
        _ if value < -59.5 => String::new(),
        _ if value > -0.5 => "now".to_owned(),
        _ => format!("{value:.0} s"),
    }
}

/// Median and 95th percentile of every stage, in two columns.
fn show_table(ui: &mut Ui, figures: &Statistics, palette: &Palette) {
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), 3.0 * ROW_HEIGHT), Sense::hover());
    let width = (area.width() - theme::L) / 2.0;
    for (place, stage) in STAGES.iter().enumerate() {
        let corner =
            area.min + vec2((place / 3) as f32 * (width + theme::L), (place % 3) as f32 * ROW_HEIGHT);
        let row = Rect::from_min_size(corner, vec2(width, ROW_HEIGHT));
        let spread = (stage.present)(figures);
        let text = format!("{:.0} / {:.0}", spread.median, spread.percentile_95);
        let spoken = format!(
            "{}: median {:.0} ms, 95th percentile {:.0} ms",
            stage.name, spread.median, spread.percentile_95
        );
        value_row(ui, row, Some(color(stage, palette)), stage.name, &text, &spoken);
    }
}
