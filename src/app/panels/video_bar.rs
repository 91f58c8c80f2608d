//! The controls of a playing video, over the lower edge of its picture.

use eframe::egui::{
    Align, CornerRadius, Id, Label, Layout as Flow, Rect, RichText, Sense, Stroke, Ui, UiBuilder, WidgetInfo,
    lerp, pos2, vec2,
};

use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::state::Source;
use crate::app::widgets::buttons::ActionButton;
use crate::app::widgets::icons::Icon;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, CONTROL_HEIGHT, M, S};
use crate::text::text;
use crate::video::Playback;

/// Height of the bar.
const HEIGHT: f32 = CONTROL_HEIGHT + 8.0;
/// Step of the arrow keys, in seconds.
const STEP: f64 = 5.0;

/// Draws the controls at the lower edge of `area`, which shows a video.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect) {
    let Source::Video(playback) = context.state.source.clone() else { return };
    let bar = Rect::from_min_max(pos2(area.left(), area.bottom() - HEIGHT), area.max);
    let radius = CornerRadius { nw: 0, ne: 0, sw: CARD_RADIUS, se: CARD_RADIUS };
    ui.painter().rect_filled(bar, radius, theme::palette(ui).surface.gamma_multiply(0.88));
    let inner = bar.shrink2(vec2(S, 4.0));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner).layout(Flow::left_to_right(Align::Center)));
    let paused = playback.is_paused();
    let (icon, label) =
        if paused { (Icon::Play, text!("play-video")) } else { (Icon::Pause, text!("pause-video")) };
    if ui.add(ActionButton::icon(icon, label).shortcut(keys::FREEZE)).clicked() {
        context.emit(UiCommand::Freeze(!paused));
    }
    ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
        let looping = playback.is_looping();
        let again = ActionButton::icon(Icon::Loop, text!("loop")).tip(text!("loop-tip")).selected(looping);
        if ui.add(again).clicked() {
            context.emit(UiCommand::VideoLoop(!looping));
        }
        let rotate = ActionButton::icon(Icon::Rotate, text!("rotate-video")).shortcut(keys::ROTATE);
        if ui.add(rotate).clicked() {
            context.emit(UiCommand::RotateVideo);
        }
        if let Some(seconds) = playback.seconds() {
            let text = |position: f64| format!("{} / {}", clock(position), clock(seconds));
            let color = theme::palette(ui).text;
            let label = RichText::new(text(playback.position())).font(theme::small()).color(color);
            let widest = ui.painter().layout_no_wrap(text(seconds), theme::small(), color).size().x + S;
            ui.add_sized(vec2(widest, CONTROL_HEIGHT), Label::new(label).selectable(false));
            show_position(ui, context, &playback, seconds);
        }
    });
}

fn show_position(ui: &mut Ui, context: &mut PanelContext<'_>, playback: &Playback, seconds: f64) {
    let palette = theme::palette(ui);
    let size = vec2((ui.available_width() - S).max(20.0), CONTROL_HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let rail = rect.shrink2(vec2(M, 0.0));
    let response = ui.interact(rect, Id::unique("video position"), Sense::click_and_drag());
    let share = (playback.position() / seconds).clamp(0.0, 1.0) as f32;
    response.widget_info(|| WidgetInfo::slider(true, playback.position(), text!("video-position")));
    let handle = pos2(lerp(rail.x_range(), share), rail.center().y);
    let line = Rect::from_min_max(pos2(rail.left(), handle.y - 2.0), pos2(rail.right(), handle.y + 2.0));
    ui.painter().rect_filled(line, 2, palette.raised);
    ui.painter().rect_filled(line.with_max_x(handle.x), 2, palette.accent);
    let radius = if response.hovered() || response.dragged() { 8.0 } else { 6.5 };
    ui.painter().circle(handle, radius, palette.accent, Stroke::new(2.0, palette.surface));
    if response.has_focus() {
        ui.painter().circle_stroke(handle, 10.0, Stroke::new(2.0, palette.accent));
        use eframe::egui::{Key, Modifiers};
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as f64;
        let steps = pressed(Key::ArrowRight) - pressed(Key::ArrowLeft);
        if steps != 0.0 {
            context.emit(UiCommand::VideoSeek(playback.position() + steps * STEP));
        }
    }
    if let Some(pointer) = response.interact_pointer_pos() {
        let share = f64::from((pointer.x - rail.left()) / rail.width()).clamp(0.0, 1.0);
        context.emit(UiCommand::VideoSeek(share * seconds));
    }
    response.on_hover_text(text!("video-position-tip"));
}

/// Formats a time as minutes and seconds.
pub(crate) fn clock(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
