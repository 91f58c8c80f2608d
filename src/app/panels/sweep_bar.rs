//! The controls of a sweep, shown instead of the slider.

use eframe::egui::{
    Align, CursorIcon, Label, Layout as Flow, Rect, RichText, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::state::sweep::{SweepResult, SweepRun, sweep_result};
use crate::app::widgets::buttons::{ActionButton, ButtonStyle};
use crate::app::widgets::icons::Icon;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, L, M, XS};
use crate::text::text;

/// Draws the bar.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = theme::palette(ui);
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, CARD_RADIUS, palette.surface);
    ui.painter().rect_stroke(area, CARD_RADIUS, Stroke::new(1.0, palette.border), StrokeKind::Inside);
    let inner = area.shrink2(vec2(M, 0.0));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner).layout(Flow::right_to_left(Align::Center)));
    ui.spacing_mut().item_spacing.x = XS;
    let leave = ActionButton::icon(Icon::Close, text!("leave-sweep"))
        .tip(text!("back-to-tiles"))
        .shortcut(keys::BACK);
    if ui.add(leave).clicked() {
        context.emit(UiCommand::ShowSweep(false));
    }
    let run = context.state.sweep_run.clone();
    let result =
        run.as_ref().and_then(|run| sweep_result(run, context.view, context.state.settings.whole_frame));
    match (&run, &result) {
        (Some(run), Some(result)) if result.complete && !result.pictures.is_empty() => {
            show_player(&mut ui, context, run, result);
        }
        (Some(_), _) => {
            show_work(&mut ui, context);
            hint(&mut ui, &text!("sweep-plays-when-made"));
        }
        (None, _) => hint(&mut ui, &text!("sweep-hint")),
    }
}

fn hint(ui: &mut Ui, text: &str) {
    ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
        ui.add(Label::new(RichText::new(text).color(theme::palette(ui).muted)).truncate());
    });
}

/// Draws the controls while pictures are being made: cancel, or capture again.
fn show_work(ui: &mut Ui, context: &mut PanelContext<'_>) {
    show_again(ui, context);
    let progress = context.view.tiles.as_ref().and_then(|set| set.progress);
    let working = progress.is_some_and(|progress| progress.is_working() && !progress.cancelled);
    let cancel = ActionButton::text(text!("cancel")).tip(text!("sweep-cancel-tip"));
    if ui.add_enabled(working, cancel).clicked() {
        context.emit(UiCommand::CancelTiles);
    }
}

fn show_again(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let again = ActionButton::text(text!("capture-again")).with_icon(Icon::Camera);
    if ui.add(again.tip(text!("capture-tip")).shortcut(keys::CAPTURE)).clicked() {
        context.emit(UiCommand::Capture);
    }
}

fn show_player(ui: &mut Ui, context: &mut PanelContext<'_>, run: &SweepRun, result: &SweepResult) {
    let save = ActionButton::text(text!("save-sweep")).with_icon(Icon::Save).style(ButtonStyle::Primary);
    let save = save.tip(text!("save-sweep-tip")).shortcut(keys::SAVE);
    if ui.add_enabled(!context.state.saving, save).clicked() {
        context.emit(UiCommand::Save);
    }
    show_again(ui, context);
    ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = XS;
        let (icon, label) = match run.playing {
            true => (Icon::Pause, text!("pause")),
            false => (Icon::Play, text!("play")),
        };
        if ui.add(ActionButton::icon(icon, label).shortcut(keys::FREEZE).selected(run.playing)).clicked() {
            context.emit(UiCommand::SweepPlay(!run.playing));
        }
        if ui.add(ActionButton::icon(Icon::Left, text!("step-back")).shortcut(keys::LEFT)).clicked() {
            context.emit(UiCommand::SweepStep(-1));
        }
        if ui.add(ActionButton::icon(Icon::Right, text!("step-forward")).shortcut(keys::RIGHT)).clicked() {
            context.emit(UiCommand::SweepStep(1));
        }
        ui.add_space(L);
        let count = result.pictures.len();
        let index = run.index.min(count - 1);
        let age = result.shown(run).map_or(0.0, |tile| tile.age);
        let text =
            text!("picture-of", index = index + 1, count = count, name = context.state.scale().readout(age));
        let width = (ui.available_width() - 190.0 - L).max(0.0);
        if width > 60.0 {
            show_track(ui, context, width, (index, count));
            ui.add_space(L);
        }
        let text = RichText::new(text).color(theme::palette(ui).text);
        ui.add(Label::new(text).truncate());
    });
}

/// Draws the position in the sweep; a click or a drag moves it.
fn show_track(ui: &mut Ui, context: &mut PanelContext<'_>, width: f32, (index, count): (usize, usize)) {
    let palette = theme::palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 28.0), Sense::click_and_drag());
    let last = (count - 1).max(1) as f32;
    let at = rect.left() + rect.width() * index as f32 / last;
    let rail = Rect::from_min_max(
        pos2(rect.left(), rect.center().y - 2.5),
        pos2(rect.right(), rect.center().y + 2.5),
    );
    ui.painter().rect_filled(rail, 3, palette.raised);
    ui.painter().rect_filled(rail.with_max_x(at), 3, palette.accent);
    let handle = pos2(at, rect.center().y);
    ui.painter().circle(handle, 7.5, palette.accent, Stroke::new(3.0, palette.surface));
    if response.has_focus() {
        ui.painter().circle_stroke(handle, 11.0, Stroke::new(2.0, palette.accent));
    }
    response.widget_info(|| WidgetInfo::slider(true, index as f64 + 1.0, text!("sweep-position")));
    if let Some(pointer) = response.interact_pointer_pos() {
        let part = ((pointer.x - rect.left()) / rect.width()).clamp(0.0, 1.0);
        let wanted = (part * last).round() as isize;
        context.emit(UiCommand::SweepStep(wanted - index as isize));
    }
    response.on_hover_cursor(CursorIcon::PointingHand);
}
