//! The bar above tiles that are made one by one: the progress, and the controls for it.

use std::time::Duration;

use eframe::egui::{
    Align, Color32, CornerRadius, Label, Layout as Flow, Rect, RichText, Sense, Ui, UiBuilder, vec2,
};

use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::widgets::buttons::{ActionButton, ButtonStyle};
use crate::app::widgets::icons::Icon;
use crate::app::widgets::textures;
use crate::app::widgets::textures::Slot;
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, CONTROL_HEIGHT, M, S};
use crate::pipeline::{AgedFace, Progress};
use crate::text::{Message, message, text};

/// Height of the bar, in points.
pub(crate) const HEIGHT: f32 = CONTROL_HEIGHT + 2.0 * S;
/// The bar is not shown for a first tile that takes less than this.
const MIN_FIRST_TILE: Duration = Duration::from_millis(600);
const BAR_HEIGHT: f32 = 3.0;

/// The progress, if tiles are made one by one and that takes long enough to show it.
pub(crate) fn progress(context: &PanelContext<'_>) -> Option<Progress> {
    let set = context.view.tiles.as_ref()?;
    let waited = context.now.saturating_duration_since(set.frame.captured);
    set.progress.filter(|_| context.view.status.slow || waited > MIN_FIRST_TILE)
}

/// Draws the bar.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>, progress: &Progress) {
    let palette = theme::palette(ui);
    let area = ui.available_rect_before_wrap();
    ui.painter().rect_filled(area, CARD_RADIUS, palette.surface);
    let inner = area.shrink2(vec2(M, S));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(inner).layout(Flow::right_to_left(Align::Center)));
    let again =
        ActionButton::text(text!("capture-again")).with_icon(Icon::Camera).style(ButtonStyle::Primary);
    // Capturing a still picture again would change nothing.
    let again = again.tip(text!("capture-tip")).shortcut(keys::CAPTURE);
    if ui.add_enabled(!context.state.shows_picture(), again).clicked() {
        context.emit(UiCommand::Capture);
    }
    let cancel = ActionButton::text(text!("cancel")).tip(text!("cancel-tiles"));
    if ui.add_enabled(progress.is_working() && !progress.cancelled, cancel).clicked() {
        context.emit(UiCommand::CancelTiles);
    }
    let text = progress_text(context, progress);
    ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
        show_crop(ui, context);
        ui.add(Label::new(RichText::new(text).color(palette.text)).truncate());
    });
    show_bar(&ui, area, fraction(progress), palette.accent);
}

/// The fraction of the tiles that is made, from 0 to 1.
pub(crate) fn fraction(progress: &Progress) -> f32 {
    progress.made as f32 / progress.wanted.max(1) as f32
}

/// Draws a thin progress bar along the lower edge of `area`.
pub(crate) fn show_bar(ui: &Ui, area: Rect, fraction: f32, color: Color32) {
    let inner = area.shrink2(vec2(M, 0.0));
    let bar = inner.with_min_y(area.bottom() - BAR_HEIGHT);
    let done = bar.with_max_x(bar.left() + bar.width() * fraction.clamp(0.0, 1.0));
    ui.ctx().layer_painter(ui.layer_id()).with_clip_rect(area).rect_filled(done, 1, color);
}

/// Draws the captured face from which the tiles are made.
fn show_crop(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let face = context.view.tiles.as_ref().and_then(|set| set.faces.first().cloned());
    let Some(AgedFace { crop, edge, .. }) = face else { return };
    let (rect, response) = ui.allocate_exact_size(vec2(CONTROL_HEIGHT, CONTROL_HEIGHT), Sense::hover());
    let side = CONTROL_HEIGHT * ui.ctx().pixels_per_point();
    let shown = context.textures.show_faded(ui.ctx(), Slot::Captured, &crop, edge.as_deref(), side);
    textures::paint(ui.painter(), shown.id, rect, CornerRadius::same(6), Color32::WHITE);
    response.on_hover_text(text!("tiles-source-tip"));
}

/// The progress as text.
fn progress_text(context: &PanelContext<'_>, progress: &Progress) -> String {
    let Progress { made, wanted, .. } = *progress;
    if progress.cancelled && progress.is_working() {
        return text!("tiles-stopping", made = made, count = wanted);
    }
    if progress.cancelled {
        return text!("tiles-stopped", made = made, count = wanted);
    }
    if let Some(age) = progress.making {
        let age = context.state.scale().label(age);
        return match time_left(progress) {
            Some(time) => text!("tiles-making-time", age = age, made = made, count = wanted, time = time),
            None => text!("tiles-making", age = age, made = made, count = wanted),
        };
    }
    if progress.encoding {
        return text!("analysing-face");
    }
    let captured = context.view.tiles.as_ref().map(|set| set.frame.captured);
    let ago = captured.map(|at| context.now.saturating_duration_since(at)).unwrap_or_default();
    text!("tiles-made", made = made, count = wanted, ago = time_ago(ago))
}

/// The approximate time for the rest; `None` if it is not known yet.
pub(crate) fn time_left(progress: &Progress) -> Option<Message> {
    let tiles = progress.wanted.saturating_sub(progress.made) as u32;
    (!progress.time_per_tile.is_zero()).then(|| duration(progress.time_per_tile * tiles))
}

/// A duration in seconds, or in minutes if it is long.
pub(crate) fn duration(time: Duration) -> Message {
    match time.as_secs_f32().ceil() as u64 {
        seconds @ 0..=99 => message!("seconds", seconds = seconds.max(1)),
        seconds => message!("minutes", minutes = seconds.div_ceil(60)),
    }
}

/// A time in the past.
pub(crate) fn time_ago(time: Duration) -> Message {
    match time.as_secs() {
        0 | 1 => message!("just-now"),
        seconds @ 2..=99 => message!("seconds-ago", seconds = seconds),
        seconds => message!("minutes-ago", minutes = seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_given_in_seconds_then_in_minutes() {
        let texts = |seconds: f32| duration(Duration::from_secs_f32(seconds)).to_string();
        assert_eq!(
            (texts(0.2).as_str(), texts(4.2).as_str(), texts(99.0).as_str()),
            ("a second", "5 seconds", "99 seconds")
        );
        assert_eq!((texts(100.0).as_str(), texts(455.0).as_str()), ("2 minutes", "8 minutes"));
        assert_eq!(time_ago(Duration::from_secs(130)).to_string(), "2 minutes ago");
    }
}
