//! The input: the camera or a picture with its faces, and the controls for it.

use eframe::egui::{
    Align, Align2, Color32, CornerRadius, Layout as Flow, Rect, RichText, Sense, Ui, UiBuilder, Vec2, vec2,
};

use super::{face_marks, performance, pictures, readings, video_bar};
use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::keys;
use crate::app::state::Source;
use crate::app::state::settings::SidePanel;
use crate::app::widgets::buttons::{ActionButton, BADGE_COLORS, badge};
use crate::app::widgets::empty_state;
use crate::app::widgets::empty_state::{EmptyState, EmptyStateAction};
use crate::app::widgets::icons::Icon;
use crate::app::widgets::textures;
use crate::app::widgets::textures::{Slot, fit};
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, CONTROL_HEIGHT, M, S};
use crate::text::text;
use agemirror_faces::crop::FaceChoice;

/// Draws the left column.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    ui.spacing_mut().item_spacing.y = M;
    show_title(ui, context);
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, picture_height(ui, width)), Sense::hover());
    show_picture(ui, context, rect);
    show_switches(ui, context);
    match context.state.settings.side_panel {
        SidePanel::Pictures => pictures::show(ui, context),
        SidePanel::Measurements => performance::show(ui, context),
        SidePanel::Readings => readings::show(ui, context),
    }
}

/// Height of the picture, in points: three quarters of the width, as for most cameras, or less in a low
/// window.
fn picture_height(ui: &Ui, width: f32) -> f32 {
    let below = if ui.available_height() > 640.0 { 300.0 } else { 262.0 };
    (width * 0.75).min(ui.available_height() - below).max(160.0)
}

fn show_title(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), CONTROL_HEIGHT), Sense::hover());
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::right_to_left(Align::Center)));
    let back = context.state.shows_picture()
        || context.state.shows_video()
        || context.state.gallery.current.is_some();
    if back {
        let live = ActionButton::text(text!("back-to-live")).with_icon(Icon::Camera);
        if ui.add(live.tip(text!("back-to-live-tip")).shortcut(keys::BACK)).clicked() {
            context.emit(UiCommand::BackToLive);
        }
    }
    ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
        let title = match &context.state.source {
            Source::Camera => text!("live"),
            Source::Picture { .. } => text!("picture"),
            Source::Video(_) => text!("video"),
        };
        ui.label(RichText::new(title).font(theme::title()));
        let name = RichText::new(&context.view.status.source).color(theme::palette(ui).muted);
        ui.add(eframe::egui::Label::new(name).truncate());
    });
}

fn show_picture(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect) {
    let palette = theme::palette(ui);
    ui.painter().rect_filled(area, CARD_RADIUS, palette.surface);
    let advice = empty_state::source_problem(context.view, context.state);
    let shown = match &context.view.input {
        Some(frame) => {
            let side = area.width().max(area.height()) * ui.ctx().pixels_per_point();
            Some(context.textures.show(ui.ctx(), Slot::Input, &frame.picture, side))
        }
        None => None,
    };
    if let Some(shown) = shown {
        let rect = fit(shown.size, area);
        let tint = if advice.is_some() { Color32::from_gray(80) } else { Color32::WHITE };
        let whole = rect.width() > area.width() - 1.0 || rect.height() > area.height() - 1.0;
        let radius = if whole { CARD_RADIUS } else { 0 };
        textures::paint(ui.painter(), shown.id, rect, CornerRadius::same(radius), tint);
        if advice.is_none() {
            face_marks::show(ui, context, rect, shown.size);
        }
    }
    show_badges(ui, context, area);
    if advice.is_none() {
        video_bar::show(ui, context, area);
    }
    if let Some(message) = advice {
        show_message(ui, context, area, &message);
    } else if context.view.input.is_none() {
        let waiting = EmptyState::new(Icon::Camera, text!("one-moment"), text!("first-picture-coming"));
        show_message(ui, context, area, &waiting);
    }
}

fn show_badges(ui: &Ui, context: &PanelContext<'_>, area: Rect) {
    let palette = theme::palette(ui);
    if context.view.status.frozen || context.state.frozen {
        let colors = (palette.accent, palette.on_accent);
        let at = area.left_top() + Vec2::splat(S);
        let rect = badge(ui.painter(), Align2::LEFT_TOP, at, &text!("frozen-badge"), colors);
        crate::app::widgets::buttons::accessible_label(
            ui,
            ui.scope_id().with("frozen"),
            rect,
            &text!("frozen"),
        );
    }
    if context.state.loading > 0 {
        let at = area.right_top() + vec2(-S, S);
        badge(ui.painter(), Align2::RIGHT_TOP, at, &text!("loading"), BADGE_COLORS);
    }
}

fn show_message(ui: &mut Ui, context: &mut PanelContext<'_>, area: Rect, message: &EmptyState) {
    for advice in message.show(ui, area) {
        context.emit(match advice {
            EmptyStateAction::OpenPicture => UiCommand::OpenFiles,
            EmptyStateAction::Sample => UiCommand::Sample,
            EmptyStateAction::ChooseRun => UiCommand::ChooseRun,
        });
    }
}

fn show_switches(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), CONTROL_HEIGHT), Sense::hover());
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::left_to_right(Align::Center)));
    let state = context.state;
    let freeze = ActionButton::text(text!("freeze"))
        .with_icon(Icon::Freeze)
        .tip(text!("freeze-tip"))
        .shortcut(keys::FREEZE);
    if ui.add_enabled(!state.shows_picture(), freeze.selected(state.is_held())).clicked() {
        context.emit(UiCommand::Freeze(!state.is_held()));
    }
    let all = state.faces == FaceChoice::All;
    let faces = ActionButton::text(text!("all-faces"))
        .with_icon(Icon::People)
        .tip(text!("all-faces-tip"))
        .shortcut(keys::ALL_FACES);
    if ui.add(faces.selected(all)).clicked() {
        context.emit(UiCommand::AllFaces(!all));
    }
    let whole = state.settings.whole_frame;
    let frame = ActionButton::text(text!("whole-frame")).with_icon(Icon::Frame);
    let frame = frame.tip(text!("whole-frame-tip")).shortcut(keys::WHOLE_FRAME);
    if ui.add(frame.selected(whole)).clicked() {
        context.emit(UiCommand::WholeFrame(!whole));
    }
}
