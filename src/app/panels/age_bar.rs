//! The age slider, and the button that plays through the ages.

use eframe::egui::{
    Align, Align2, CursorIcon, EventFilter, Key, Layout as Flow, Pos2, Rect, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, accesskit, lerp, pos2, vec2,
};

use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::state::Layout;
use crate::app::state::age_scale::AgeScale;
use crate::app::widgets::buttons::{ActionButton, Segment, segmented};
use crate::app::widgets::focus::age_slider_id;
use crate::app::widgets::icons::Icon;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, CONTROL_HEIGHT, L, M, XS};
use crate::text::text;
use agemirror_faces::age::Gender;

const READOUT_WIDTH: f32 = 84.0;

/// Draws the bar.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let palette = theme::palette(ui);
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, CARD_RADIUS, palette.surface);
    ui.painter().rect_stroke(area, CARD_RADIUS, Stroke::new(1.0, palette.border), StrokeKind::Inside);
    let mut inner = area.shrink2(vec2(M, 0.0));
    if context.state.model_info.as_ref().is_some_and(|model| model.knows_gender) {
        inner.min.x = show_gender(ui, context, inner) + M;
    }
    let playing = context.state.playing.is_some();
    let (icon, label) =
        if playing { (Icon::Pause, text!("stop-playing")) } else { (Icon::Play, text!("play-through-ages")) };
    let centre = pos2(inner.left() + CONTROL_HEIGHT / 2.0, inner.center().y);
    let button = Rect::from_center_size(centre, vec2(CONTROL_HEIGHT, CONTROL_HEIGHT));
    if ui.put(button, ActionButton::icon(icon, label).shortcut(keys::PLAY).selected(playing)).clicked() {
        context.emit(UiCommand::Play(!playing));
    }
    let rail = Rect::from_min_max(
        pos2(button.right() + L, inner.top()),
        pos2(inner.right() - READOUT_WIDTH - L, inner.bottom()),
    );
    show_slider(ui, context, rail);
    let readout = Rect::from_min_max(pos2(rail.right() + L, inner.top()), inner.max);
    let large = context.state.layout == Layout::Large;
    let color = if large { palette.text } else { palette.muted };
    let text = context.state.scale().readout(context.state.shown_age());
    ui.painter().text(readout.right_center(), Align2::RIGHT_CENTER, text, theme::title(), color);
}

/// Draws the switch for models that distinguish women and men. Returns its right edge.
fn show_gender(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect) -> f32 {
    const GENDERS: [Gender; 2] = [Gender::Female, Gender::Male];
    let segments = [
        Segment::new(text!("female"), text!("age-as-a-woman")).shortcut(keys::GENDER),
        Segment::new(text!("male"), text!("age-as-a-man")).shortcut(keys::GENDER),
    ];
    let chosen = GENDERS.iter().position(|gender| *gender == context.state.settings.gender);
    let rect = Rect::from_center_size(area.center(), vec2(area.width(), CONTROL_HEIGHT));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::left_to_right(Align::Center)));
    if let Some(index) = segmented(&mut ui, &segments, chosen) {
        context.emit(UiCommand::Gender(GENDERS[index]));
    }
    ui.min_rect().right()
}

fn show_slider(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect) {
    let palette = theme::palette(ui);
    let scale = context.state.scale();
    let age = context.state.shown_age();
    let y = area.center().y - 7.0;
    let at = |position: f32| lerp(area.x_range(), position);
    let handle = pos2(at(scale.position(age)), y);
    let response = ui.interact(area.expand2(vec2(8.0, -4.0)), age_slider_id(), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, f64::from(age), text!("age-slider")));
    describe(ui, age, &scale);
    let large = context.state.layout == Layout::Large;
    let fill = if large { palette.accent } else { palette.muted };
    let rail = Rect::from_min_max(pos2(area.left(), y - 2.5), pos2(area.right(), y + 2.5));
    ui.painter().rect_filled(rail, 3, palette.raised);
    ui.painter().rect_filled(rail.with_max_x(handle.x), 3, fill);
    show_ticks(ui, scale.ticks().into_iter().map(|(position, text)| (pos2(at(position), y + 14.0), text)));
    let held = response.hovered() || response.dragged();
    ui.painter().circle(handle, if held { 10.0 } else { 8.5 }, fill, Stroke::new(3.0, palette.surface));
    if response.has_focus() {
        ui.painter().circle_stroke(handle, 12.0, Stroke::new(2.0, palette.accent));
    }
    if let Some(pointer) = response.interact_pointer_pos() {
        let part = ((pointer.x - area.left()) / area.width()).clamp(0.0, 1.0);
        context.emit(UiCommand::ShowAge(scale.age_near(part)));
    }
    let steps = keyboard_steps(ui, response.has_focus());
    if steps != 0.0 {
        context.emit(UiCommand::StepAge(steps));
    }
    if let Some(requested) = requested_value(ui) {
        context.emit(UiCommand::ShowAge(requested));
    }
    let tip = match scale {
        AgeScale::Groups { snaps: true, .. } => text!("age-slider-groups-tip"),
        _ => text!("age-slider-tip"),
    };
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(tip);
}

/// Draws the labels along the slider; every second one, or fewer, if they would overlap.
fn show_ticks(ui: &Ui, ticks: impl Iterator<Item = (Pos2, String)>) {
    let color = theme::palette(ui).muted;
    let set = |(point, text): (Pos2, String)| {
        let galley = ui.painter().layout_no_wrap(text, theme::small(), color);
        (Align2::CENTER_TOP.anchor_size(point, galley.size()), galley)
    };
    let ticks: Vec<_> = ticks.map(set).collect();
    let fits = |every: &usize| {
        let shown: Vec<_> = ticks.iter().step_by(*every).collect();
        shown.windows(2).all(|pair| pair[0].0.right() + XS <= pair[1].0.left())
    };
    let every = (1..=ticks.len().max(1)).find(fits).unwrap_or(1);
    for (rect, galley) in ticks.into_iter().step_by(every) {
        ui.painter().galley(rect.min, galley, color);
    }
}

/// The years that the arrow keys or an assistive technology request.
fn keyboard_steps(ui: &Ui, focused: bool) -> f32 {
    let requested = ui.input(|input| {
        let count = |action| input.num_accesskit_action_requests(age_slider_id(), action) as f32;
        count(accesskit::Action::Increment) - count(accesskit::Action::Decrement)
    });
    if !focused {
        return requested;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(age_slider_id(), filter));
    ui.input(|input| {
        let presses = |key| input.num_presses(key) as f32;
        let ones = presses(Key::ArrowRight) - presses(Key::ArrowLeft);
        requested + ones + 10.0 * (presses(Key::ArrowUp) - presses(Key::ArrowDown))
    })
}

fn requested_value(ui: &Ui) -> Option<f32> {
    ui.input(|input| {
        let requests = input.accesskit_action_requests(age_slider_id(), accesskit::Action::SetValue);
        let value = |request: &accesskit::ActionRequest| match request.data {
            Some(accesskit::ActionData::NumericValue(value)) => Some(value as f32),
            _ => None,
        };
        requests.filter_map(value).last()
    })
}

fn describe(ui: &Ui, age: f32, scale: &AgeScale) {
    let (youngest, oldest) = scale.range();
    ui.ctx().accesskit_node_builder(age_slider_id(), |node| {
        node.set_min_numeric_value(f64::from(youngest));
        node.set_max_numeric_value(f64::from(oldest));
        node.set_value(scale.readout(age));
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
