//! One tile: an aged picture with its caption.

use eframe::egui::{
    Align2, Color32, CornerRadius, CursorIcon, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::readings;
use crate::app::state::readings::Reading;
use crate::app::widgets::buttons::{BADGE_COLORS, badge};
use crate::app::widgets::textures;
use crate::app::widgets::textures::{Shown, fit};
use crate::app::widgets::theme;
use crate::app::widgets::theme::{CARD_RADIUS, S};
use crate::text::{number, text};

/// Height of the caption under a tile, in points.
pub(crate) const CAPTION_HEIGHT: f32 = 30.0;
/// Height of a second line of the caption, for the reading of the tile, in points.
pub(crate) const READING_HEIGHT: f32 = 18.0;

/// The contents of a tile.
pub(crate) struct Tile<'a> {
    /// The caption; `None` leaves no space for one.
    pub caption: Option<&'a str>,
    /// The accessible label.
    pub label: &'a str,
    /// The picture, once there is one.
    pub picture: Option<Shown>,
    /// Whether the picture is outdated or there is no face to age.
    pub dimmed: bool,
    /// Whether the picture is being made.
    pub making: bool,
    /// What other networks read off the picture.
    pub reading: Option<Reading>,
    /// Height of the caption, if there is one, in points.
    pub caption_height: f32,
    /// The age of the picture, if it is to be shown, in milliseconds.
    pub picture_age: Option<u128>,
}

impl Tile<'_> {
    /// Draws the tile into `rect`, with the caption at the bottom.
    pub(crate) fn show(&self, ui: &Ui, id: eframe::egui::Id, rect: Rect) -> Response {
        let palette = theme::palette(ui);
        let response = ui.interact(rect, id, Sense::click());
        let caption_height = if self.caption.is_some() { self.caption_height } else { 0.0 };
        let picture_rect = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - caption_height));
        let outline = self.show_picture(ui, picture_rect);
        let (width, color) = match (response.has_focus(), response.hovered()) {
            (true, _) => (3.0, palette.accent),
            (_, true) => (2.0, palette.accent),
            _ => (0.0, Color32::TRANSPARENT),
        };
        ui.painter().rect_stroke(outline, CARD_RADIUS, Stroke::new(width, color), StrokeKind::Outside);
        if let Some(caption) = self.caption {
            let at = pos2(rect.center().x, picture_rect.bottom() + CAPTION_HEIGHT / 2.0);
            ui.painter().text(at, Align2::CENTER_CENTER, caption, theme::body(), palette.text);
        }
        if let Some(reading) = self.reading {
            self.show_reading(ui, rect, outline, reading);
        }
        if let Some(age) = self.picture_age.filter(|_| outline.width() > 80.0) {
            let at = outline.right_bottom() - vec2(S, S);
            badge(
                ui.painter(),
                Align2::RIGHT_BOTTOM,
                at,
                &text!("milliseconds-short", count = age as u64),
                BADGE_COLORS,
            );
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, self.spoken()));
        response.on_hover_cursor(CursorIcon::PointingHand)
    }

    /// Draws the picture, or a silhouette, and whether it is being made. Returns the rectangle of what is shown.
    fn show_picture(&self, ui: &Ui, rect: Rect) -> Rect {
        let mut outline = rect;
        match self.picture {
            Some(shown) => {
                outline = fit(shown.size, rect);
                let tint = if self.dimmed { Color32::from_white_alpha(70) } else { Color32::WHITE };
                textures::paint(ui.painter(), shown.id, outline, CornerRadius::same(CARD_RADIUS), tint);
            }
            None => silhouette(ui, rect),
        }
        if self.making {
            badge(ui.painter(), Align2::CENTER_CENTER, rect.center(), &text!("in-progress"), BADGE_COLORS);
        }
        outline
    }

    /// Draws the reading as a second line of the caption, or as a badge on the picture if there is none.
    fn show_reading(&self, ui: &Ui, rect: Rect, outline: Rect, reading: Reading) {
        let palette = theme::palette(ui);
        let [long, short] = readings::words(reading);
        if self.caption.is_some() && self.caption_height > CAPTION_HEIGHT {
            let whole = ui.painter().layout_no_wrap(long, theme::small(), palette.muted);
            let galley = match whole.size().x <= rect.width() {
                true => whole,
                false => ui.painter().layout_no_wrap(short, theme::small(), palette.muted),
            };
            let at = pos2(rect.center().x, rect.bottom() - READING_HEIGHT);
            let text_rect = Align2::CENTER_CENTER.anchor_size(at, galley.size());
            ui.painter().galley(text_rect.min, galley, palette.muted);
        } else if outline.width() > 80.0 {
            let at = outline.left_bottom() + vec2(S, -S);
            badge(ui.painter(), Align2::LEFT_BOTTOM, at, &short, BADGE_COLORS);
        }
    }

    fn spoken(&self) -> String {
        let label = match self.making {
            true => text!("age-in-progress", age = self.label),
            false => self.label.to_owned(),
        };
        match self.reading {
            Some(Reading { age, same }) => {
                text!("tile-spoken", label = label, age = number(age, 0), same = number(same, 2))
            }
            None => label,
        }
    }
}

/// Draws the placeholder of a missing picture: the outline of a head and shoulders.
fn silhouette(ui: &Ui, area: Rect) {
    let palette = theme::palette(ui);
    ui.painter().rect_filled(area, CARD_RADIUS, palette.surface);
    let side = area.width().min(area.height());
    let ink = palette.raised;
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    painter.circle_filled(area.center() - vec2(0.0, side * 0.1), side * 0.17, ink);
    let shoulders = Rect::from_min_max(
        pos2(area.center().x - side * 0.3, area.center().y + side * 0.14),
        pos2(area.center().x + side * 0.3, area.bottom()),
    );
    let round = (side * 0.24) as u8;
    painter.rect_filled(shoulders, CornerRadius { nw: round, ne: round, sw: 0, se: 0 }, ink);
}
