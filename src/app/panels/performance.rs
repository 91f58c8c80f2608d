//! The measurements: the time of each stage over the last minute, and its current median and 95th percentile.

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
use crate::text::{Key, key, number, text};

/// A stage: its name, its line in the plot, its current spread.
struct Stage {
    name: Key,
    history: fn(&HistoryPoint) -> f32,
    current: fn(&Statistics) -> Spread,
    /// Strength of the line's color between background (0) and text (1); 1 is the accent.
    strength: f32,
}

const fn stage(
    name: Key,
    strength: f32,
    history: fn(&HistoryPoint) -> f32,
    current: fn(&Statistics) -> Spread,
) -> Stage {
    Stage { name, history, current, strength }
}

const STAGES: [Stage; 6] = [
    stage(key!("stage-camera-to-tile"), 1.0, |point| point.camera_to_tile, |now| now.camera_to_tile),
    stage(key!("stage-input"), 0.9, |point| point.input, |now| now.input),
    stage(key!("stage-face"), 0.75, |point| point.face, |now| now.face),
    stage(key!("stage-encode"), 0.6, |point| point.encode, |now| now.encode),
    stage(key!("stage-decode"), 0.45, |point| point.decode, |now| now.decode),
    stage(key!("stage-compose"), 0.3, |point| point.compose, |now| now.compose),
];

/// Draws the panel into the rest of the column.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let statistics = &context.view.status.statistics;
    let rates = text!(
        "rates",
        pictures = number(statistics.input_rate, 1),
        refreshes = number(statistics.tile_rate, 1)
    );
    let header = CardHeader {
        title: &text!("milliseconds"),
        tooltip: &text!("milliseconds-tip"),
        note: &rates,
        close_label: &text!("close-measurements"),
        close_key: keys::MEASUREMENTS,
    };
    let closed = card::show(ui, &header, |ui| {
        let palette = theme::palette(ui);
        let table = ROW_HEIGHT * 3.0 + XS;
        let plot_height = (ui.available_height() - table - S).max(60.0);
        show_plot(ui, &context.view.status.history, plot_height, palette);
        show_table(ui, statistics, palette);
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
        AxisHints::new_y().formatter(|mark, _| number(mark.value, 0).text()),
    ];
    let plot =
        compact_plot("stages", vec2(ui.available_width(), height), ([-60.0, 0.0], [0.0, top]), axes, palette);
    plot.show(ui, |plot| {
        plot.set_plot_bounds_y(0.0..=top);
        for stage in STAGES.iter().rev() {
            let at = |point: &HistoryPoint| {
                [-((newest - point.second.min(newest)) as f64), f64::from((stage.history)(point))]
            };
            let points: PlotPoints<'_> =
                history.iter().filter(|point| (stage.history)(point) > 0.0).map(at).collect();
            let width = if stage.strength >= 1.0 { 2.0 } else { 1.25 };
            plot.line(
                Line::new(stage.name.text(), points)
                    .stroke(Stroke::new(width, color(stage, palette)))
                    .allow_hover(false),
            );
        }
    });
}

/// The label of a moment under the plot; `value` is in seconds, negative in the past.
fn seconds_ago(value: f64) -> String {
    match value {
        // The label of the other axis is in this corner.
        _ if value < -59.5 => String::new(),
        _ if value > -0.5 => text!("now"),
        _ => text!("seconds-short", seconds = number(value, 0)),
    }
}

/// Draws median and 95th percentile of every stage, in two columns.
fn show_table(ui: &mut Ui, statistics: &Statistics, palette: &Palette) {
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), 3.0 * ROW_HEIGHT), Sense::hover());
    let width = (area.width() - theme::L) / 2.0;
    for (index, stage) in STAGES.iter().enumerate() {
        let corner =
            area.min + vec2((index / 3) as f32 * (width + theme::L), (index % 3) as f32 * ROW_HEIGHT);
        let row = Rect::from_min_size(corner, vec2(width, ROW_HEIGHT));
        let (name, spread) = (stage.name.text(), (stage.current)(statistics));
        let text = text!(
            "median-and-95th",
            median = number(spread.median, 0),
            high = number(spread.percentile_95, 0)
        );
        let spoken = text!(
            "stage-spoken",
            stage = &name,
            median = number(spread.median, 0),
            high = number(spread.percentile_95, 0)
        );
        value_row(ui, row, Some(color(stage, palette)), &name, &text, &spoken);
    }
}
