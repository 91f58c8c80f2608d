//! Thin outlines around the faces in the input; a click on one chooses it.

use eframe::egui::{
    Align2, Color32, CursorIcon, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::widgets::buttons::{BADGE_COLORS, badge};
use crate::app::widgets::geometry::to_screen;
use crate::app::widgets::theme;
use crate::text::{number, text};
use agemirror_faces::face::{FaceBox, TrackedFace};

const RADIUS: u8 = 10;

/// Draws the outlines into `rect`, which shows a whole frame of `size` pixels.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>, rect: Rect, size: Vec2) {
    let report = context.view.faces.clone();
    let many = report.faces.len() > 1;
    for (index, face) in report.faces.iter().enumerate() {
        let chosen = report.chosen.contains(&face.id);
        let outline = on_screen(&face.bounds, rect, size);
        let id = ui.scope_id().with(("face", face.id));
        let sense = if many { Sense::click() } else { Sense::hover() };
        let response = ui.interact(outline, id, sense);
        draw(ui, outline, chosen, many && (response.hovered() || response.has_focus()));
        if !many {
            continue;
        }
        let label = match chosen {
            true => text!("face-of-aged", index = index + 1, count = report.faces.len()),
            false => text!("face-of", index = index + 1, count = report.faces.len()),
        };
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &label));
        let response =
            response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(text!("age-this-face"));
        if response.clicked() {
            let FaceBox { x, y, width, height, .. } = face.bounds;
            context.emit(UiCommand::ChooseFace([x + width / 2.0, y + height / 2.0]));
        }
    }
    show_estimated_ages(ui, context, &report.faces, rect, size);
}

fn on_screen(bounds: &FaceBox, rect: Rect, size: Vec2) -> Rect {
    let corner = to_screen([bounds.x, bounds.y], size, rect);
    let opposite = to_screen([bounds.x + bounds.width, bounds.y + bounds.height], size, rect);
    Rect::from_min_max(corner, opposite).intersect(rect)
}

fn draw(ui: &Ui, outline: Rect, chosen: bool, pointed: bool) {
    let accent = theme::palette_of(true).accent;
    let (width, color) = match (chosen, pointed) {
        (true, _) => (2.0, accent),
        (false, true) => (2.0, Color32::WHITE),
        (false, false) => (1.0, Color32::from_white_alpha(190)),
    };
    // A dark line beneath keeps the outline visible on a bright wall.
    let shade = Stroke::new(width + 1.5, Color32::from_black_alpha(70));
    ui.painter().rect_stroke(outline, RADIUS, shade, StrokeKind::Middle);
    ui.painter().rect_stroke(outline, RADIUS, Stroke::new(width, color), StrokeKind::Middle);
}

/// Draws the age that the model estimates, under the outline of the face.
fn show_estimated_ages(ui: &Ui, context: &PanelContext<'_>, faces: &[TrackedFace], rect: Rect, size: Vec2) {
    let Some(tiles) = &context.view.tiles else { return };
    for aged in &tiles.faces {
        let seen = faces.iter().find(|face| face.id == aged.face.id);
        let (Some(face), Some(age)) = (seen, aged.current_age) else { continue };
        let outline = on_screen(&face.bounds, rect, size);
        let at = (outline.center_bottom() + vec2(0.0, theme::XS)).min(rect.center_bottom() - vec2(0.0, 26.0));
        badge(
            ui.painter(),
            Align2::CENTER_TOP,
            eframe::egui::pos2(outline.center().x, at.y),
            &text!("looks-age", age = number(age, 0)),
            BADGE_COLORS,
        );
    }
}
