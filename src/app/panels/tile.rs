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

/// Height of the caption under a tile.
pub const CAPTION_HEIGHT: f32 = 30.0;
/// Height of a second line in the caption, for what is read off the tile.
pub const READING_HEIGHT: f32 = 18.0;

/// What a tile shows.
pub struct Tile<'a> {
    /// The caption; `None` leaves it and its place out.
    pub caption: Option<&'a str>,
    /// What is read out.
    pub label: &'a str,
    /// The picture, once there is one.
    pub picture: Option<Shown>,
    /// Whether the picture is of the past or there is nothing to age.
    pub dimmed: bool,
    /// Whether the picture is in the making.
    pub making: bool,
    /// What other networks read off the picture.
    pub reading: Option<Reading>,
    /// Height of the caption, if there is one.
    pub caption_height: f32,
    /// How old the picture is, where that is to be shown, in milliseconds.
    pub picture_age: Option<u128>,
}

impl Tile<'_> {
    /// Draws the tile into `rect`, of which the lowest part is the caption.
    pub fn show(&self, ui: &Ui, id: eframe::egui::Id, rect: Rect) -> Response {
        let palette = theme::palette(ui);
        let response = ui.interact(rect, id, Sense::click());
        let caption_height = if self.caption.is_some() { self.caption_height } else { 0.0 };
        let place = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - caption_height));
        let mut outline = place;
        match self.picture {
            Some(shown) => {
                outline = fit(shown.size, place);
                let tint = if self.dimmed { Color32::from_white_alpha(70) } else { Color32::WHITE };
                textures::paint(ui.painter(), shown.id, outline, CornerRadius::same(CARD_RADIUS), tint);
            }
            None => silhouette(ui, place),
        }
        if self.making {
            badge(ui.painter(), Align2::CENTER_CENTER, place.center(), "in the making", BADGE_COLORS);
        }
        let (width, color) = match (response.has_focus(), response.hovered()) {
            (true, _) => (3.0, palette.accent),
            (_, true) => (2.0, palette.accent),
            _ => (0.0, Color32::TRANSPARENT),
        };
        ui.painter().rect_stroke(outline, CARD_RADIUS, Stroke::new(width, color), StrokeKind::Outside);
        if let Some(caption) = self.caption {
            let at = pos2(rect.center().x, place.bottom() + CAPTION_HEIGHT / 2.0);
            ui.painter().text(at, Align2::CENTER_CENTER, caption, theme::body(), palette.text);
        }
        if let Some(reading) = self.reading {
            self.show_reading(ui, rect, outline, reading);
        }
        if let Some(age) = self.picture_age.filter(|_| outline.width() > 80.0) {
            let at = outline.right_bottom() - vec2(S, S);
            badge(ui.painter(), Align2::RIGHT_BOTTOM, at, &format!("{age} ms"), BADGE_COLORS);
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, self.spoken()));
        response.on_hover_cursor(CursorIcon::PointingHand)
    }

    /// A second line of the caption; where there is none, a badge on the picture.
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
            let place = Align2::CENTER_CENTER.anchor_size(at, galley.size());
            ui.painter().galley(place.min, galley, palette.muted);
        } else if outline.width() > 80.0 {
            let at = outline.left_bottom() + vec2(S, -S);
            badge(ui.painter(), Align2::LEFT_BOTTOM, at, &short, BADGE_COLORS);
        }
    }

    fn spoken(&self) -> String {
        let waiting = if self.making { ", in the making" } else { "" };
        let reading = self.reading.map_or_else(String::new, |Reading { age, same }| {
            format!(", reads {age:.0}, same person {same:.2}")
        });
        format!("{}{waiting}{reading}", self.label)
    }
}

/// The place of a picture that is not there yet: the outline of a head and shoulders.
fn silhouette(ui: &Ui, place: Rect) {
    let palette = theme::palette(ui);
    ui.painter().rect_filled(place, CARD_RADIUS, palette.surface);
    let side = place.width().min(place.height());
    let ink = palette.raised;
    let painter = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
    painter.circle_filled(place.center() - vec2(0.0, side * 0.1), side * 0.17, ink);
    let shoulders = Rect::from_min_max(
        pos2(place.center().x - side * 0.3, place.center().y + side * 0.14),
        pos2(place.center().x + side * 0.3, place.bottom()),
    );
    let round = (side * 0.24) as u8;
    painter.rect_filled(shoulders, CornerRadius { nw: round, ne: round, sw: 0, se: 0 }, ink);
}
