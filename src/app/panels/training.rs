//! A training run in progress: each term of its loss over the steps, and its newest sheet of samples.

use std::sync::Arc;

use eframe::egui::{
    Align, Align2, Color32, CornerRadius, Label, Layout as Flow, Rect, RichText, Role, ScrollArea, Sense,
    Stroke, Ui, UiBuilder, WidgetInfo, vec2,
};
use egui_plot::{AxisHints, Line, PlotPoints};

use super::progress::time_ago;
use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::state::training_run::{Log, SampleSheet, Term, TrainingRun};
use crate::app::widgets::buttons::{ActionButton, accessible_label, value_row};
use crate::app::widgets::empty_state::{EmptyState, EmptyStateAction};
use crate::app::widgets::icons::Icon;
use crate::app::widgets::plot::compact_plot;
use crate::app::widgets::textures;
use crate::app::widgets::textures::{Slot, fit};
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CONTROL_HEIGHT, L, M, S};
use crate::text::{number, text};

/// Fraction of the width for the plots.
const PLOTS_SHARE: f32 = 0.46;
const COLUMNS: usize = 2;
const MIN_CELL: f32 = 76.0;
/// Minimum height of a cell that labels the steps under its plot, in points.
const CELL_WITH_STEPS: f32 = 116.0;
const MAX_CELL: f32 = 240.0;
const NAME_HEIGHT: f32 = 20.0;
/// Fraction of a term's values that its plot may clip at the top and at the bottom, so that the first steps
/// do not flatten the rest.
const LEFT_OUT: f32 = 0.02;

/// Draws the run into the whole window.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    ui.spacing_mut().item_spacing.y = M;
    show_header(ui, context);
    let area = ui.available_rect_before_wrap();
    let (_, response) = ui.allocate_exact_size(area.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, text!("training-run")));
    let run = context.state.training.clone();
    let (left, right) = area.split_left_right_at_fraction(PLOTS_SHARE);
    match (run.as_deref(), &context.state.settings.training_run) {
        (_, None) => {
            let text = text!("training-invitation");
            say(ui, context, area, EmptyState::new(Icon::Chart, text!("watch-training"), text));
        }
        (None, Some(_)) => {
            say(ui, context, area, EmptyState::new(Icon::Chart, text!("one-moment"), text!("reading-run")))
        }
        (Some(TrainingRun { log: Err(why), sheet: None, .. }), _) => {
            say(ui, context, area, EmptyState::new(Icon::Chart, text!("nothing-to-show"), why.to_string()));
        }
        (Some(run), _) => {
            show_log(ui, context, left.with_max_x(left.right() - L / 2.0), run);
            show_sheet(ui, context, right.with_min_x(right.left() + L / 2.0), run.sheet.as_ref());
        }
    }
    // The displayed time since the log was written grows.
    ui.ctx().request_repaint_after_secs(1.0);
}

fn say(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect, message: EmptyState) {
    let picked = message.with(&[EmptyStateAction::ChooseRun]).show(ui, area);
    context.commands.extend(picked.iter().map(|_| UiCommand::ChooseRun));
}

fn show_header(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), CONTROL_HEIGHT), Sense::hover());
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::right_to_left(Align::Center)));
    let back = ActionButton::text(text!("back-to-tiles"))
        .with_icon(Icon::Grid)
        .tip(text!("back-to-tiles-tip"))
        .shortcut(keys::BACK);
    if ui.add(back).clicked() {
        context.emit(UiCommand::ShowTraining(false));
    }
    let folder = context.state.settings.training_run.clone();
    if folder.is_some() {
        let choose =
            ActionButton::text(text!("another-run")).with_icon(Icon::Folder).tip(text!("another-run-tip"));
        if ui.add(choose).clicked() {
            context.emit(UiCommand::ChooseRun);
        }
    }
    ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
        ui.label(RichText::new(text!("training")).font(theme::title()));
        if let Some(folder) = folder {
            let path = folder.display().to_string();
            let muted = RichText::new(&path).color(theme::palette(ui).muted);
            ui.add(Label::new(muted).truncate()).on_hover_text(path);
        }
    });
}

/// Draws a card in `area` with a header of two texts. Returns the area below the header.
fn card(ui: &mut Ui, area: Rect, left: &str, right: &str) -> Rect {
    let palette = theme::palette(ui);
    let inner = area.shrink(M);
    ui.painter().add(theme::card(ui).paint(inner));
    let line = inner.with_max_y(inner.top() + NAME_HEIGHT);
    ui.painter().text(line.left_center(), Align2::LEFT_CENTER, left, theme::body(), palette.text);
    ui.painter().text(line.right_center(), Align2::RIGHT_CENTER, right, theme::small(), palette.muted);
    accessible_label(
        ui,
        ui.scope_id().with(("card", left)),
        line,
        &text!("two-parts", one = left, two = right),
    );
    inner.with_min_y(line.bottom() + S)
}

fn show_log(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect, run: &TrainingRun) {
    let written = run.written.map(|at| context.now.saturating_duration_since(at));
    let written = written.map_or_else(String::new, |ago| text!("log-written", ago = time_ago(ago)));
    match &run.log {
        Ok(log) if !log.terms.is_empty() => {
            let inner = card(ui, area, &text!("step", step = log.step), &written);
            show_terms(ui, inner, log);
        }
        other => {
            let why = other.as_ref().err().map_or_else(|| text!("log-empty"), ToString::to_string);
            let inner = card(ui, area, &text!("losses"), &written);
            EmptyState::new(Icon::Chart, text!("no-losses"), why).show(ui, inner);
        }
    }
}

/// Draws a small plot for each term, all over the same steps but each on its own scale.
fn show_terms(ui: &mut Ui, area: Rect, log: &Log) {
    let rows = log.terms.len().div_ceil(COLUMNS) as f32;
    let height = ((area.height() - (rows - 1.0) * S) / rows).clamp(MIN_CELL, MAX_CELL).floor();
    let mut ui = ui.new_child(UiBuilder::new().max_rect(area).layout(Flow::top_down(Align::Min)));
    ScrollArea::vertical().id_salt("terms").auto_shrink(false).show(&mut ui, |ui| {
        let width = ((ui.available_width() - L) / COLUMNS as f32).floor();
        let all = vec2(ui.available_width(), rows * (height + S) - S);
        let (space, _) = ui.allocate_exact_size(all, Sense::hover());
        for (index, term) in log.terms.iter().enumerate() {
            let at = vec2((index % COLUMNS) as f32 * (width + L), (index / COLUMNS) as f32 * (height + S));
            let cell = Rect::from_min_size(space.min + at, vec2(width, height));
            show_term(ui, cell, term, log.step);
        }
    });
}

fn show_term(ui: &mut Ui, cell: Rect, term: &Term, step: u64) {
    let palette = theme::palette(ui);
    let line = cell.with_max_y(cell.top() + NAME_HEIGHT);
    let (name, value) = (term.name.replace('_', " "), significant(term.last));
    value_row(
        ui,
        line,
        None,
        &name,
        &value,
        &text!("term-spoken", name = &name, value = &value, step = step),
    );
    let plot_rect = cell.with_min_y(line.bottom());
    let mut ui = ui.new_child(UiBuilder::new().max_rect(plot_rect).layout(Flow::top_down(Align::Min)));
    let first = term.points.first().map_or(0.0, |point| point[0]);
    let (bottom, top) = range(term);
    let axes = [
        AxisHints::new_x().formatter(|mark, _| steps(mark.value)),
        AxisHints::new_y().formatter(|mark, _| significant(mark.value)),
    ];
    let end = (step as f64).max(first + 1.0);
    let plot =
        compact_plot(("term", &term.name), plot_rect.size(), ([first, end], [bottom, top]), axes, palette);
    let plot = plot.show_axes([cell.height() >= CELL_WITH_STEPS, true]);
    plot.show(&mut ui, |plot| {
        plot.set_plot_bounds_x(first..=end);
        plot.set_plot_bounds_y(bottom..=top);
        let line = Line::new(&term.name, PlotPoints::from(term.points.clone()));
        plot.line(line.stroke(Stroke::new(1.5, palette.accent)).allow_hover(false));
    });
}

/// The range of a term's plot, bottom and top.
fn range(term: &Term) -> (f64, f64) {
    let mut values: Vec<f32> = term.points.iter().map(|point| point[1] as f32).collect();
    let mut at = |fraction: f32| f64::from(crate::pipeline::quantile(&mut values, fraction));
    let (low, high) = (at(LEFT_OUT).min(term.last), at(1.0 - LEFT_OUT).max(term.last));
    let room = match high - low {
        span if span > 0.0 => span * 0.08,
        // A constant term is a line in the middle.
        _ if low != 0.0 => low.abs() * 0.5,
        _ => 0.5,
    };
    (low - room, high + room)
}

fn show_sheet(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect, sheet: Option<&SampleSheet>) {
    let Some(sheet) = sheet else {
        let inner = card(ui, area, &text!("samples"), "");
        let text = text!("no-samples-text");
        EmptyState::new(Icon::Picture, text!("no-samples"), text).show(ui, inner);
        return;
    };
    let inner = card(ui, area, &text!("samples"), &sheet.name);
    let side = inner.width().max(inner.height()) * ui.ctx().pixels_per_point();
    let shown = context.textures.show(ui.ctx(), Slot::TrainingSheet, &Arc::clone(&sheet.picture), side);
    let fitted = fit(shown.size, inner);
    // Aligned to the top, so that the headers of both cards are on one line.
    let rect = Rect::from_min_size(eframe::egui::pos2(fitted.left(), inner.top()), fitted.size());
    textures::paint(ui.painter(), shown.id, rect, CornerRadius::same(4), Color32::WHITE);
    let response = ui.interact(rect, ui.scope_id().with("sheet"), Sense::hover());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Image, true, text!("sheet-of-samples", name = &sheet.name))
    });
}

/// A value with three significant digits.
fn significant(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        size => (2 - size.log10().floor() as i32).clamp(0, 6) as usize,
    };
    number(value, digits).text()
}

/// A step in few characters: `800`, `12k`, `1.5M`.
fn steps(value: f64) -> String {
    let short = |value: f64| {
        if value < 9.95 && value.fract().abs() > 0.049 {
            number(value, 1).text()
        } else {
            number(value, 0).text()
        }
    };
    match value {
        _ if value >= 1e6 => format!("{}M", short(value / 1e6)),
        _ if value >= 1e3 => format!("{}k", short(value / 1e3)),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let texts = [0.0, 0.021_34, 1.534, 12.43, 153.0, 15_300.0, -0.5].map(significant);
        assert_eq!(texts, ["0", "0.0213", "1.53", "12.4", "153", "15,300", "-0.500"]);
        assert_eq!([0.0, 800.0, 1_500.0, 20_000.0, 2e6].map(steps), ["0", "800", "1.5k", "20k", "2M"]);
    }

    #[test]
    fn the_first_steps_do_not_flatten_the_rest() {
        let mut points: Vec<[f64; 2]> = (1..=200).map(|step| [f64::from(step), 1.0]).collect();
        points[0][1] = 1000.0;
        let term = Term { name: "loss".to_owned(), points, last: 0.5 };
        let (bottom, top) = range(&term);
        assert!(bottom < 0.5 && (1.0..2.0).contains(&top), "{bottom} {top}");
        let still = Term { name: "rate".to_owned(), points: vec![[1.0, 0.0]], last: 0.0 };
        let (bottom, top) = range(&still);
        assert_eq!((bottom, top), (-0.5, 0.5));
    }
}
