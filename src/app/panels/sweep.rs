//! The sweep: before the capture an invitation, then the current picture.

use eframe::egui::{
    Align, Align2, Color32, CornerRadius, Frame, Layout as Flow, Margin, Rect, RichText, Role, Sense, Ui,
    UiBuilder, WidgetInfo, vec2,
};

use super::progress::{duration, fraction, show_bar, time_left};
use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::state::sweep::{PICTURE_COUNTS, SweepResult, SweepRun, sweep_result};
use crate::app::widgets::buttons::{
    ActionButton, BADGE_COLORS, ButtonStyle, Segment, accessible_label, badge, centred_row, segmented,
};
use crate::app::widgets::empty_state;
use crate::app::widgets::icons::Icon;
use crate::app::widgets::textures;
use crate::app::widgets::textures::{Slot, fit};
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, M, S, XL};
use crate::text::text;

const CARD: [f32; 2] = [460.0, 268.0];

/// Draws the sweep.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let area = ui.available_rect_before_wrap();
    let (_, _) = ui.allocate_exact_size(area.size(), Sense::hover());
    let Some(run) = context.state.sweep_run.clone() else { return show_invitation(ui, context, area) };
    let result = sweep_result(&run, context.view, context.state.settings.whole_frame);
    match &result {
        Some(result) => show_result(ui, context, area, &run, result),
        None => {
            let side = area.width().min(area.height());
            let square = Rect::from_center_size(area.center(), vec2(side, side));
            ui.painter().rect_filled(square, CARD_RADIUS, theme::palette(ui).surface);
            let (title, text) = (text!("one-moment"), text!("picture-being-captured"));
            let waiting = empty_state::EmptyState::new(Icon::Camera, title, text);
            empty_state::face_problem(context.view, context.state).unwrap_or(waiting).show(ui, area);
        }
    }
}

/// Draws what a sweep is, how long it takes, and the button that starts it.
fn show_invitation(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect) {
    let palette = theme::palette(ui);
    let card = Rect::from_center_size(area.center(), vec2(CARD[0].min(area.width()), CARD[1]));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(card).layout(Flow::top_down(Align::Center)));
    let frame = Frame::new().fill(palette.surface).corner_radius(CARD_RADIUS);
    frame.inner_margin(Margin::same(XL as i8)).show(&mut ui, |ui| {
        ui.set_width(card.width() - 2.0 * XL);
        ui.spacing_mut().item_spacing.y = S;
        ui.with_layout(Flow::top_down(Align::Center), |ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(28.0, 28.0), Sense::hover());
            Icon::Camera.paint(ui.painter(), rect, palette.muted);
            ui.label(RichText::new(text!("sweep-title")).font(theme::title()));
            ui.label(RichText::new(invitation(context)).color(palette.muted));
            if context.state.scale().groups().is_none() {
                show_counts(ui, context);
            }
            ui.add_space(S);
            let capture =
                ActionButton::text(text!("capture")).with_icon(Icon::Camera).style(ButtonStyle::Primary);
            if ui.add(capture.tip(text!("capture-tip")).shortcut(keys::CAPTURE)).clicked() {
                context.emit(UiCommand::Capture);
            }
        });
    });
    if let Some(message) = empty_state::face_problem(context.view, context.state) {
        let below = Rect::from_min_max(card.left_bottom(), area.max);
        message.show(&mut ui, below.with_max_x(card.right()));
    }
}

fn invitation(context: &PanelContext<'_>) -> String {
    let scale = context.state.scale();
    let ages = context.state.sweep_ages();
    let (youngest, oldest) = scale.range();
    let (youngest, oldest) = (scale.label(youngest), scale.label(oldest));
    let count = ages.len();
    let one = context.view.tiles.as_ref().and_then(|set| set.progress).map(|progress| progress.time_per_tile);
    let invitation = text!("sweep-invitation", count = count, youngest = youngest, oldest = oldest);
    match one.filter(|one| context.view.status.slow && !one.is_zero()) {
        Some(one) => format!("{invitation} {}", text!("sweep-takes", time = duration(one * count as u32))),
        None => invitation,
    }
}

/// Draws the choice of the number of pictures, for models of years.
fn show_counts(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let segments = PICTURE_COUNTS.map(|count| {
        let text = text!("pictures-count", count = count);
        Segment::new(text.clone(), text)
    });
    let current = context.state.settings.sweep_pictures;
    let chosen = PICTURE_COUNTS.iter().position(|count| *count == current);
    centred_row(ui, "counts", |ui| {
        if let Some(index) = segmented(ui, &segments, chosen) {
            context.emit(UiCommand::SweepPictures(PICTURE_COUNTS[index]));
        }
    });
}

fn show_result(
    ui: &mut Ui,
    context: &mut PanelContext<'_>,
    area: Rect,
    run: &SweepRun,
    result: &SweepResult,
) {
    let tile = result.shown(run);
    let picture = tile.map_or(&result.input, |tile| &tile.picture);
    let side = area.width().max(area.height()) * ui.ctx().pixels_per_point();
    let shown = context.textures.show_faded(ui.ctx(), Slot::Sweep, picture, result.edge.as_deref(), side);
    let rect = fit(shown.size, area);
    textures::paint(ui.painter(), shown.id, rect, CornerRadius::same(CARD_RADIUS), Color32::WHITE);
    let inner = rect.shrink(M);
    let caption = match tile {
        Some(tile) => text!("age", age = context.state.scale().label(tile.age)),
        None => text!("captured-picture"),
    };
    badge(ui.painter(), Align2::RIGHT_BOTTOM, inner.right_bottom(), &caption, BADGE_COLORS);
    let response = ui.interact(rect, ui.scope_id().with("sweep picture"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &caption));
    if !result.complete {
        show_progress(ui, context, rect);
    }
}

fn show_progress(ui: &Ui, context: &PanelContext<'_>, rect: Rect) {
    let Some(progress) = context.view.tiles.as_ref().and_then(|set| set.progress) else { return };
    let (made, count) = (progress.made, progress.wanted);
    let text = match (progress.cancelled, progress.encoding, time_left(&progress)) {
        (true, _, _) => text!("sweep-stopping"),
        (_, true, _) => text!("analysing-face"),
        (_, _, Some(time)) => text!("sweep-made-time", made = made, count = count, time = time),
        (_, _, None) => text!("sweep-made", made = made, count = count),
    };
    let at = rect.left_top() + vec2(M, M);
    let badge_rect = badge(ui.painter(), Align2::LEFT_TOP, at, &text, BADGE_COLORS);
    accessible_label(ui, ui.scope_id().with("sweep progress"), badge_rect, &text);
    show_bar(ui, rect.with_max_y(rect.bottom() - 2.0), fraction(&progress), theme::palette_of(true).accent);
}
