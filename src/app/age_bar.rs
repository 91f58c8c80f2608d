//! The slider over all ages, and the button that plays through them.

use eframe::egui::{
    Align2, CursorIcon, EventFilter, Id, Key, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit,
    lerp, pos2, vec2,
};

use super::commands::UiCommand;
use super::icons::Icon;
use super::scene::Scene;
use super::state::Layout;
use super::theme::{self, CARD_RADIUS, CONTROL_HEIGHT, L, M};
use super::widgets::ActionButton;

const TICKS: [f32; 9] = [1.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0];
const READOUT_WIDTH: f32 = 84.0;

/// The identity of the slider, so that keys can be left to it.
pub fn slider_id() -> Id {
    Id::unique("age")
}

/// Draws the bar.
pub fn show(ui: &mut Ui, scene: &mut Scene<'_>) {
    let palette = theme::palette(ui);
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, CARD_RADIUS, palette.surface);
    ui.painter().rect_stroke(area, CARD_RADIUS, Stroke::new(1.0, palette.border), StrokeKind::Inside);
    let inner = area.shrink2(vec2(M, 0.0));
    let playing = scene.state.playing.is_some();
    let (icon, label) =
        if playing { (Icon::Pause, "Stop playing") } else { (Icon::Play, "Play through the ages") };
    let centre = pos2(inner.left() + CONTROL_HEIGHT / 2.0, inner.center().y);
    let button = Rect::from_center_size(centre, vec2(CONTROL_HEIGHT, CONTROL_HEIGHT));
    if ui.put(button, ActionButton::icon(icon, label).tip(label, "P").selected(playing)).clicked() {
        scene.emit(UiCommand::Play(!playing));
    }
    let rail = Rect::from_min_max(
        pos2(button.right() + L, inner.top()),
        pos2(inner.right() - READOUT_WIDTH - L, inner.bottom()),
    );
    show_slider(ui, scene, rail);
    let readout = Rect::from_min_max(pos2(rail.right() + L, inner.top()), inner.max);
    let large = scene.state.layout == Layout::Large;
    let color = if large { palette.text } else { palette.muted };
    let text = format!("{:.0} years", scene.state.age);
    ui.painter().text(readout.right_center(), Align2::RIGHT_CENTER, text, theme::title(), color);
}

fn show_slider(ui: &mut Ui, scene: &mut Scene<'_>, area: Rect) {
    let palette = theme::palette(ui);
    let (youngest, oldest) = scene.state.age_range();
    let age = scene.state.age;
    let y = area.center().y - 7.0;
    let at = |age: f32| lerp(area.x_range(), ((age - youngest) / (oldest - youngest)).clamp(0.0, 1.0));
    let response = ui.interact(area.expand2(vec2(8.0, -4.0)), slider_id(), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, f64::from(age), "Age"));
    describe(ui, age, (youngest, oldest));
    let large = scene.state.layout == Layout::Large;
    let fill = if large { palette.accent } else { palette.muted };
    let rail = Rect::from_min_max(pos2(area.left(), y - 2.5), pos2(area.right(), y + 2.5));
    ui.painter().rect_filled(rail, 3, palette.raised);
    ui.painter().rect_filled(rail.with_max_x(at(age)), 3, fill);
    for tick in TICKS.into_iter().filter(|tick| (youngest..=oldest).contains(tick)) {
        let text = format!("{tick:.0}");
        ui.painter().text(pos2(at(tick), y + 14.0), Align2::CENTER_TOP, text, theme::small(), palette.muted);
    }
    let held = response.hovered() || response.dragged();
    let handle = pos2(at(age), y);
    ui.painter().circle(handle, if held { 10.0 } else { 8.5 }, fill, Stroke::new(3.0, palette.surface));
    if response.has_focus() {
        ui.painter().circle_stroke(handle, 12.0, Stroke::new(2.0, palette.accent));
    }
    if let Some(pointer) = response.interact_pointer_pos() {
        let part = ((pointer.x - area.left()) / area.width()).clamp(0.0, 1.0);
        scene.emit(UiCommand::Age(lerp(youngest..=oldest, part)));
    }
    let steps = keyboard_steps(ui, response.has_focus());
    if steps != 0.0 {
        scene.emit(UiCommand::Older(steps));
    }
    if let Some(asked) = asked_value(ui) {
        scene.emit(UiCommand::Age(asked));
    }
    let tip = "Any age: drag, or press Left and Right";
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(tip);
}

/// Years that the arrow keys or an assistive technology ask for.
fn keyboard_steps(ui: &Ui, focused: bool) -> f32 {
    let asked = ui.input(|input| {
        let count = |action| input.num_accesskit_action_requests(slider_id(), action) as f32;
        count(accesskit::Action::Increment) - count(accesskit::Action::Decrement)
    });
    if !focused {
        return asked;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(slider_id(), filter));
    ui.input(|input| {
        let presses = |key| input.num_presses(key) as f32;
        let ones = presses(Key::ArrowRight) - presses(Key::ArrowLeft);
        asked + ones + 10.0 * (presses(Key::ArrowUp) - presses(Key::ArrowDown))
    })
}

fn asked_value(ui: &Ui) -> Option<f32> {
    ui.input(|input| {
        let requests = input.accesskit_action_requests(slider_id(), accesskit::Action::SetValue);
        let value = |request: &accesskit::ActionRequest| match request.data {
            Some(accesskit::ActionData::NumericValue(value)) => Some(value as f32),
            _ => None,
        };
        requests.filter_map(value).last()
    })
}

fn describe(ui: &Ui, age: f32, (youngest, oldest): (f32, f32)) {
    ui.ctx().accesskit_node_builder(slider_id(), |node| {
        node.set_min_numeric_value(f64::from(youngest));
        node.set_max_numeric_value(f64::from(oldest));
        node.set_numeric_value_step(1.0);
        node.add_action(accesskit::Action::SetValue);
        if age < oldest {
            node.add_action(accesskit::Action::Increment);
        }
        if age > youngest {
            node.add_action(accesskit::Action::Decrement);
        }
    });
}
