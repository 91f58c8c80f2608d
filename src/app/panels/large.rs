//! One large picture at one age, with a divider between before and after.

use eframe::egui::{
    Align2, Color32, CornerRadius, CursorIcon, EventFilter, Key, Rect, Sense, Stroke, Ui, WidgetInfo,
    accesskit, pos2, vec2,
};

use super::readings;
use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::state::comparison::Comparison;
use crate::app::widgets::buttons::{BADGE_COLORS, accessible_label, badge};
use crate::app::widgets::empty_state;
use crate::app::widgets::focus::divider_id;
use crate::app::widgets::icons::Icon;
use crate::app::widgets::textures;
use crate::app::widgets::textures::{Shown, Slot, fit};
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, M};
use crate::pipeline::AgedFace;
use crate::text::text;

/// Distance that one press of an arrow key moves the divider, as a fraction of the width.
const STEP: f32 = 0.05;
const HANDLE_RADIUS: f32 = 16.0;

/// Draws the large view.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let area = ui.available_rect_before_wrap();
    let (_, _) = ui.allocate_exact_size(area.size(), Sense::hover());
    let held = context.view.tiles.as_ref().filter(|set| set.progress.is_some());
    let held = held.and_then(|set| set.faces.first().cloned());
    match (Comparison::of(context.view, context.state), held) {
        (Some(pair), _) => show_pair(ui, context, area, &pair),
        (None, Some(face)) => show_crop(ui, context, area, &face),
        (None, None) => show_empty(ui, context, area),
    }
    if let Some(message) = empty_state::face_problem(context.view, context.state)
        .filter(|_| !context.works_on_held_frame() && !context.has_source_problem())
    {
        message.show(ui, area);
    }
}

/// Draws the face of a held frame before its first tile is made.
fn show_crop(ui: &Ui, context: &mut PanelContext<'_>, area: Rect, face: &AgedFace) {
    let side = area.width().max(area.height()) * ui.ctx().pixels_per_point();
    let shown = context.textures.show_faded(ui.ctx(), Slot::Before, &face.crop, face.edge.as_deref(), side);
    let rect = fit(shown.size, area);
    let tint = Color32::from_white_alpha(70);
    textures::paint(ui.painter(), shown.id, rect, CornerRadius::same(CARD_RADIUS), tint);
    show_in_progress_badge(ui, context, rect.shrink(M));
}

fn show_in_progress_badge(ui: &Ui, context: &PanelContext<'_>, labels: Rect) {
    let text = text!("age-in-progress", age = context.state.scale().readout(context.state.shown_age()));
    badge(ui.painter(), Align2::RIGHT_TOP, labels.right_top(), &text, BADGE_COLORS);
    accessible_label(ui, ui.scope_id().with("in progress"), labels.with_max_y(labels.top() + 24.0), &text);
}

fn show_empty(ui: &Ui, context: &mut PanelContext<'_>, area: Rect) {
    let side = area.width().min(area.height());
    let square = Rect::from_center_size(area.center(), vec2(side, side));
    ui.painter().rect_filled(square, CARD_RADIUS, theme::palette(ui).surface);
    if let (Some(before), Some(after)) =
        (context.textures.last(Slot::Before), context.textures.last(Slot::After))
    {
        let rect = fit(after.size, area);
        paint_halves(ui, rect, (before, after), context.state.divider, Color32::from_white_alpha(70));
    }
}

fn show_pair(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect, pair: &Comparison) {
    let side = area.width().max(area.height()) * ui.ctx().pixels_per_point();
    let edge = pair.edge.as_deref();
    let before = context.textures.show_faded(ui.ctx(), Slot::Before, &pair.before, edge, side);
    let after = context.textures.show_faded(ui.ctx(), Slot::After, &pair.after, edge, side);
    let rect = fit(after.size, area);
    let divider = context.state.divider;
    // A slow model shows the nearest age that it has made until the requested one is ready.
    let other = context.works_on_held_frame() && (pair.age - context.state.shown_age()).abs() > 0.05;
    let tint =
        if context.tiles_are_outdated() || other { Color32::from_white_alpha(70) } else { Color32::WHITE };
    paint_halves(ui, rect, (before, after), divider, tint);
    let labels = rect.shrink(M);
    show_reading(ui, context, labels, pair.age);
    if divider > 0.14 {
        badge(ui.painter(), Align2::LEFT_BOTTOM, labels.left_bottom(), &text!("before"), BADGE_COLORS);
    }
    if divider < 0.84 {
        let text = text!("age", age = context.state.scale().label(pair.age));
        badge(ui.painter(), Align2::RIGHT_BOTTOM, labels.right_bottom(), &text, BADGE_COLORS);
    }
    if other {
        show_in_progress_badge(ui, context, labels);
    }
    move_divider(ui, context, rect);
}

/// Draws what other networks read off the picture.
fn show_reading(ui: &Ui, context: &PanelContext<'_>, labels: Rect, age: f32) {
    let shown = context.state.reads_tiles() && !context.tiles_are_outdated();
    let reading = readings::of_row(context, 0).filter(|_| shown).and_then(|face| face.at(age));
    if let Some(reading) = reading {
        let [text, _] = readings::words(reading);
        let badge_rect = badge(ui.painter(), Align2::RIGHT_TOP, labels.right_top(), &text, BADGE_COLORS);
        accessible_label(ui, ui.scope_id().with("reading"), badge_rect, &text);
    }
}

fn paint_halves(ui: &Ui, rect: Rect, (before, after): (Shown, Shown), divider: f32, tint: Color32) {
    let radius = CARD_RADIUS;
    let left = CornerRadius { nw: radius, sw: radius, ne: 0, se: 0 };
    let right = CornerRadius { nw: 0, sw: 0, ne: radius, se: radius };
    let all = CornerRadius::same(radius);
    if divider > 0.0 {
        let corners = if divider >= 1.0 { all } else { left };
        textures::paint_part(ui.painter(), before.id, rect, (0.0, divider), corners, tint);
    }
    if divider < 1.0 {
        let corners = if divider <= 0.0 { all } else { right };
        textures::paint_part(ui.painter(), after.id, rect, (divider, 1.0), corners, tint);
    }
}

fn move_divider(ui: &mut Ui, context: &mut PanelContext<'_>, rect: Rect) {
    let response = ui.interact(rect, divider_id(), Sense::click_and_drag());
    let divider = context.state.divider;
    response.widget_info(|| WidgetInfo::slider(true, f64::from(divider) * 100.0, text!("before-and-after")));
    describe(ui, divider);
    if let Some(at) = response.interact_pointer_pos() {
        context.emit(UiCommand::MoveDivider((at.x - rect.left()) / rect.width()));
    }
    let steps = keyboard_steps(ui, response.has_focus());
    if steps != 0.0 {
        context.emit(UiCommand::MoveDivider(divider + steps * STEP));
    }
    let x = rect.left() + divider * rect.width();
    let accent = theme::palette_of(true).accent;
    let held = response.hovered() || response.dragged() || response.has_focus();
    let line = if response.has_focus() { accent } else { Color32::WHITE };
    ui.painter().vline(x, rect.y_range(), Stroke::new(4.0, Color32::from_black_alpha(60)));
    ui.painter().vline(x, rect.y_range(), Stroke::new(2.0, line));
    let handle = pos2(x, rect.center().y);
    let fill = if held { accent } else { Color32::WHITE };
    ui.painter().circle(handle, HANDLE_RADIUS, fill, Stroke::new(1.5, Color32::from_black_alpha(60)));
    let ink = Color32::from_rgb(20, 24, 28);
    let arrow = |shift: f32| Rect::from_center_size(handle + vec2(shift, 0.0), vec2(12.0, 12.0));
    Icon::Left.paint(ui.painter(), arrow(-6.0), ink);
    Icon::Right.paint(ui.painter(), arrow(6.0), ink);
    response.on_hover_cursor(CursorIcon::ResizeHorizontal);
}

/// The steps to the right that the arrow keys or an assistive technology request.
fn keyboard_steps(ui: &Ui, focused: bool) -> f32 {
    let requested = ui.input(|input| {
        let count = |action| input.num_accesskit_action_requests(divider_id(), action) as f32;
        count(accesskit::Action::Increment) - count(accesskit::Action::Decrement)
    });
    if !focused {
        return requested;
    }
    let filter = EventFilter { horizontal_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(divider_id(), filter));
    ui.input(|input| {
        requested + input.num_presses(Key::ArrowRight) as f32 - input.num_presses(Key::ArrowLeft) as f32
    })
}

fn describe(ui: &Ui, divider: f32) {
    ui.ctx().accesskit_node_builder(divider_id(), |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(100.0);
        node.set_numeric_value_step(f64::from(STEP) * 100.0);
        if divider < 1.0 {
            node.add_action(accesskit::Action::Increment);
        }
        if divider > 0.0 {
            node.add_action(accesskit::Action::Decrement);
        }
    });
}
