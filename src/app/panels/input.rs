//! What goes in: the camera or a picture, with the faces in it, and the ways to another one.

use eframe::egui::{
    Align, Align2, Color32, CornerRadius, Layout as Flow, Rect, RichText, Sense, Ui, UiBuilder, Vec2, vec2,
};

use super::{face_marks, performance, pictures, readings};
use crate::app::commands::UiCommand;
use crate::app::context::Scene;
use crate::app::state::settings::SidePanel;
use crate::app::widgets::buttons::{ActionButton, BADGE_COLORS, badge};
use crate::app::widgets::empty_state;
use crate::app::widgets::empty_state::{Advice, Message};
use crate::app::widgets::icons::Icon;
use crate::app::widgets::textures;
use crate::app::widgets::textures::{Slot, fit};
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, CONTROL_HEIGHT, M, S};
use agemirror_faces::crop::FaceChoice;

/// Draws the left column.
pub fn show(ui: &mut Ui, scene: &mut Scene<'_>) {
    ui.spacing_mut().item_spacing.y = M;
    show_title(ui, scene);
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, picture_height(ui, width)), Sense::hover());
    show_picture(ui, scene, rect);
    show_switches(ui, scene);
    match scene.state.settings.side_panel {
        SidePanel::Pictures => pictures::show(ui, scene),
        SidePanel::Measurements => performance::show(ui, scene),
        SidePanel::Readings => readings::show(ui, scene),
    }
}

/// Three quarters of the width, as most cameras have it, less where the window is low.
fn picture_height(ui: &Ui, width: f32) -> f32 {
    let below = if ui.available_height() > 640.0 { 300.0 } else { 262.0 };
    (width * 0.75).min(ui.available_height() - below).max(160.0)
}

fn show_title(ui: &mut Ui, scene: &mut Scene<'_>) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), CONTROL_HEIGHT), Sense::hover());
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::right_to_left(Align::Center)));
    let back = scene.state.shows_picture() || scene.state.film.current.is_some();
    if back {
        let live = ActionButton::text("Back to live").with_icon(Icon::Camera);
        if ui.add(live.tip("Show the camera again", "Esc")).clicked() {
            scene.emit(UiCommand::BackToLive);
        }
    }
    ui.with_layout(Flow::left_to_right(Align::Center), |ui| {
        let title = if scene.state.shows_picture() { "Picture" } else { "Live" };
        ui.label(RichText::new(title).font(theme::title()));
        let name = RichText::new(&scene.view.status.source).color(theme::palette(ui).muted);
        ui.add(eframe::egui::Label::new(name).truncate());
    });
}

fn show_picture(ui: &mut Ui, scene: &mut Scene<'_>, area: Rect) {
    let palette = theme::palette(ui);
    ui.painter().rect_filled(area, CARD_RADIUS, palette.surface);
    let advice = empty_state::source(scene.view, scene.state);
    let shown = match &scene.view.input {
        Some(frame) => {
            let side = area.width().max(area.height()) * ui.ctx().pixels_per_point();
            Some(scene.textures.show(ui.ctx(), Slot::Input, &frame.picture, side))
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
            face_marks::show(ui, scene, rect, shown.size);
        }
    }
    show_badges(ui, scene, area);
    if let Some(message) = advice {
        show_message(ui, scene, area, &message);
    } else if scene.view.input.is_none() {
        let waiting = Message::new(Icon::Camera, "One moment", "The first picture is on its way.");
        show_message(ui, scene, area, &waiting);
    }
}

fn show_badges(ui: &Ui, scene: &Scene<'_>, area: Rect) {
    let palette = theme::palette(ui);
    if scene.view.status.frozen || scene.state.frozen {
        let colors = (palette.accent, palette.on_accent);
        let at = area.left_top() + Vec2::splat(S);
        let rect = badge(ui.painter(), Align2::LEFT_TOP, at, "Frozen – press Space to go on", colors);
        crate::app::widgets::buttons::announce(ui, ui.scope_id().with("frozen"), rect, "Frozen");
    }
    if scene.state.loading > 0 {
        let at = area.right_top() + vec2(-S, S);
        badge(ui.painter(), Align2::RIGHT_TOP, at, "Reading…", BADGE_COLORS);
    }
}

fn show_message(ui: &mut Ui, scene: &mut Scene<'_>, area: Rect, message: &Message) {
    for advice in message.show(ui, area) {
        scene.emit(match advice {
            Advice::OpenPicture => UiCommand::OpenFiles,
            Advice::Sample => UiCommand::Sample,
            Advice::ChooseRun => UiCommand::ChooseRun,
        });
    }
}

fn show_switches(ui: &mut Ui, scene: &mut Scene<'_>) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), CONTROL_HEIGHT), Sense::hover());
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect).layout(Flow::left_to_right(Align::Center)));
    let state = scene.state;
    let freeze = ActionButton::text("Freeze").with_icon(Icon::Freeze).tip("Hold this picture", "Space");
    if ui.add_enabled(!state.shows_picture(), freeze.selected(state.frozen)).clicked() {
        scene.emit(UiCommand::Freeze(!state.frozen));
    }
    let all = state.faces == FaceChoice::All;
    let faces =
        ActionButton::text("All faces").with_icon(Icon::People).tip("Age every face, up to four", "F");
    if ui.add(faces.selected(all)).clicked() {
        scene.emit(UiCommand::AllFaces(!all));
    }
    let whole = state.settings.whole_frame;
    let frame = ActionButton::text("Whole frame").with_icon(Icon::Frame);
    let frame = frame.tip("Show the whole picture with the aged face in it", "W");
    if ui.add(frame.selected(whole)).clicked() {
        scene.emit(UiCommand::WholeFrame(!whole));
    }
}
