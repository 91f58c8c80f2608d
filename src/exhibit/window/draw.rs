//! What an exhibit draws in each stage.

use std::sync::Arc;

use eframe::egui::{
    Align2, Color32, CornerRadius, CursorIcon, FontFamily, FontId, Pos2, Rect, Ui, pos2, vec2,
};
use image::RgbImage;

use super::{ExhibitWindow, Stage, is_streaming};
use crate::app::widgets::textures::{Slot, fit, paint};
use crate::app::workers::backend::Backend;
use crate::exhibit::file::ExhibitLayout;
use crate::pipeline::{AgedFace, LiveView, TileSet};
use crate::text::{Key, key, number};

/// Height of a large text, as a fraction of the window's height.
const LARGE: f32 = 0.07;
/// Height of a small text, as a fraction of the window's height.
const SMALL: f32 = 0.03;
/// Height of the countdown, as a fraction of the window's height.
const COUNTDOWN: f32 = 0.4;
/// Gap between pictures, as a fraction of the window's height.
const GAP: f32 = 0.015;
/// Largest width of a text, as a fraction of the window's width.
const MAX_TEXT_WIDTH: f32 = 0.96;
/// Largest height of the logo, as a fraction of the window's height.
const LOGO: f32 = 0.1;

impl<B: Backend> ExhibitWindow<B> {
    pub(super) fn draw(&mut self, ui: &mut Ui, view: &LiveView, time: f64) {
        let screen = ui.ctx().content_rect();
        ui.painter().rect_filled(screen, 0, self.scheme.background);
        ui.ctx().set_cursor_icon(CursorIcon::None);
        let foot = Rect::from_min_max(
            pos2(screen.left(), screen.bottom() - 2.2 * SMALL * screen.height()),
            screen.max,
        );
        let area = Rect::from_min_max(screen.min, pos2(screen.right(), foot.top()));
        if !is_streaming(view) {
            self.text(
                ui,
                area.center(),
                LARGE,
                &or_catalogue(&self.exhibit.texts.no_camera, key!("exhibit-no-camera")),
                self.scheme.text,
            );
        } else {
            match self.stage() {
                Stage::Invitation => self.draw_invitation(ui, area),
                Stage::Mirror => self.draw_mirror(ui, view, area),
                Stage::Countdown(until) => self.draw_countdown(ui, view, area, until - time),
                Stage::Photo(_) => self.draw_photo(ui, area),
            }
        }
        self.draw_foot(ui, foot);
        self.draw_logo(ui, screen);
    }

    /// Draws a line of text centred at `at`, smaller if the window is too narrow for it.
    fn text(&self, ui: &Ui, at: Pos2, share: f32, text: &str, color: Color32) {
        let screen = ui.ctx().content_rect();
        let layout = |size: f32| {
            let font = FontId::new(size, FontFamily::Proportional);
            ui.painter().layout_no_wrap(text.to_owned(), font, color)
        };
        let (size, room) = (share * screen.height(), MAX_TEXT_WIDTH * screen.width());
        let mut line = layout(size);
        if line.size().x > room {
            line = layout(size * room / line.size().x);
        }
        let rect = Align2::CENTER_CENTER.anchor_size(at, line.size());
        ui.painter().galley(rect.min, line, color);
    }

    fn picture(&mut self, ui: &Ui, slot: Slot, picture: &Arc<RgbImage>, area: Rect) -> Rect {
        let side = area.width().max(area.height()) * ui.ctx().pixels_per_point();
        let shown = self.textures.show(ui.ctx(), slot, picture, side);
        let rect = fit(shown.size, area);
        paint(ui.painter(), shown.id, rect, CornerRadius::ZERO, Color32::WHITE);
        rect
    }

    fn draw_invitation(&mut self, ui: &Ui, area: Rect) {
        let height = area.height();
        let mut center = area.center();
        if let Some(picture) = self.invitation.clone() {
            let top = Rect::from_min_max(area.min, pos2(area.right(), area.top() + 0.76 * height))
                .shrink(GAP * height);
            self.picture(ui, Slot::Input, &picture, top);
            center.y = area.top() + 0.86 * height;
        }
        self.text(
            ui,
            center - vec2(0.0, 0.05 * height),
            LARGE,
            &or_catalogue(&self.exhibit.texts.invitation, key!("exhibit-invitation")),
            self.scheme.text,
        );
        self.text(
            ui,
            center + vec2(0.0, 0.05 * height),
            SMALL,
            &or_catalogue(&self.exhibit.texts.hint, key!("exhibit-hint")),
            self.scheme.accent,
        );
    }

    fn draw_mirror(&mut self, ui: &Ui, view: &LiveView, area: Rect) {
        // What was made of a visitor who has left is not shown.
        let set = view.tiles.clone().filter(|_| view.faces.problem.is_none());
        match (self.exhibit.layout, set) {
            (ExhibitLayout::Large, Some(set)) if !set.whole.is_empty() => {
                let tile = set.whole[0].clone();
                let rect = self.picture(ui, Slot::After, &tile.picture, area);
                let at = pos2(rect.center().x, rect.bottom() - LARGE * area.height());
                self.caption(ui, at, &self.exhibit.caption(tile.age));
            }
            (ExhibitLayout::Tiles, Some(set)) if set.has_tiles() => self.draw_rows(ui, area, &set),
            _ => self.draw_input(ui, view, area),
        }
    }

    /// A caption that is readable on any picture.
    fn caption(&self, ui: &Ui, at: Pos2, text: &str) {
        for shift in [vec2(2.0, 2.0), vec2(-1.0, 1.0)] {
            self.text(ui, at + shift, LARGE, text, Color32::from_black_alpha(160));
        }
        self.text(ui, at, LARGE, text, self.scheme.accent);
    }

    fn draw_input(&mut self, ui: &Ui, view: &LiveView, area: Rect) {
        if let Some(frame) = &view.input {
            self.picture(ui, Slot::Input, &frame.picture, area);
        }
    }

    fn draw_countdown(&mut self, ui: &Ui, view: &LiveView, area: Rect, left: f64) {
        self.draw_input(ui, view, area);
        let number = number(left.ceil().max(1.0), 0).text();
        self.text(ui, area.center() + vec2(4.0, 4.0), COUNTDOWN, &number, Color32::from_black_alpha(140));
        self.text(ui, area.center(), COUNTDOWN, &number, self.scheme.accent);
    }

    fn draw_photo(&mut self, ui: &Ui, area: Rect) {
        if let Some(set) = self.photo.clone() {
            self.draw_rows(ui, area, &set);
        }
    }

    /// One or more rows per face: the face today, then at every age.
    fn draw_rows(&mut self, ui: &Ui, area: Rect, set: &TileSet) {
        let grid = Grid::new(area, set.ages.len() + 1, set.faces.len());
        for (row, face) in set.faces.iter().enumerate() {
            let cell = grid.cell(row, 0);
            self.tile(ui, Slot::Original(row), face, &face.crop, cell);
            self.under(ui, cell, grid.caption, &or_catalogue(&self.exhibit.texts.now, key!("exhibit-now")));
            for (index, tile) in face.tiles.iter().enumerate() {
                let cell = grid.cell(row, index + 1);
                self.tile(ui, Slot::tile(row, tile.age), face, &tile.picture, cell);
                self.under(ui, cell, grid.caption, &self.exhibit.caption(tile.age));
            }
        }
    }

    fn tile(&mut self, ui: &Ui, slot: Slot, face: &AgedFace, picture: &Arc<RgbImage>, cell: Rect) {
        let side = cell.width() * ui.ctx().pixels_per_point();
        let shown = self.textures.show_faded(ui.ctx(), slot, picture, face.edge.as_deref(), side);
        paint(ui.painter(), shown.id, fit(shown.size, cell), CornerRadius::same(12), Color32::WHITE);
    }

    fn under(&self, ui: &Ui, cell: Rect, height: f32, text: &str) {
        self.text(ui, pos2(cell.center().x, cell.bottom() + height / 2.0), SMALL, text, self.scheme.text);
    }

    /// What is kept, and how to take a photograph.
    fn draw_foot(&self, ui: &Ui, foot: Rect) {
        let kept = if self.exhibit.saves() {
            or_catalogue(&self.exhibit.texts.saved, key!("exhibit-saved"))
        } else {
            or_catalogue(&self.exhibit.texts.nothing_kept, key!("exhibit-nothing-kept"))
        };
        let invites = self.exhibit.photo.enabled && self.stage() == Stage::Mirror && self.was_streaming;
        let line = if invites {
            format!("{}  ·  {kept}", or_catalogue(&self.exhibit.texts.photo, key!("exhibit-photo")))
        } else {
            kept
        };
        self.text(ui, foot.center(), 0.8 * SMALL, &line, self.scheme.text.gamma_multiply(0.75));
    }

    fn draw_logo(&self, ui: &Ui, screen: Rect) {
        let Some(logo) = &self.logo else { return };
        let height = LOGO * screen.height();
        let size = logo.size_vec2() * (height / logo.size_vec2().y);
        let rect = Rect::from_min_size(screen.max - size - vec2(0.2 * height, 0.2 * height), size);
        paint(ui.painter(), logo.id(), rect, CornerRadius::ZERO, Color32::WHITE);
    }
}

/// A text of the exhibit's file, or the catalogue's if the file gives none.
fn or_catalogue(given: &str, key: Key) -> String {
    if given.is_empty() { key.text() } else { given.to_owned() }
}

/// Square cells with captions below them, as large as the area allows.
struct Grid {
    /// Upper left corner.
    origin: Pos2,
    /// Side of a cell, in points.
    side: f32,
    /// Gap between cells, in points.
    gap: f32,
    /// Height of a caption, in points.
    caption: f32,
    /// Rows per face.
    lines: usize,
    /// Cells per row.
    per_line: usize,
}

impl Grid {
    /// `cells` cells for each of `faces` faces in the middle of `area`.
    fn new(area: Rect, cells: usize, faces: usize) -> Self {
        let (gap, caption) = (GAP * area.height(), 1.6 * SMALL * area.height());
        let faces = faces.max(1);
        let side = |lines: usize| {
            let (per_line, rows) = (cells.div_ceil(lines) as f32, (faces * lines) as f32);
            ((area.width() - gap) / per_line - gap).min((area.height() - gap) / rows - gap - caption)
        };
        let lines = (1..=3).max_by(|a, b| side(*a).total_cmp(&side(*b))).unwrap_or(1);
        let (side, per_line) = (side(lines), cells.div_ceil(lines));
        let across = per_line as f32 * (side + gap) - gap;
        let down = (faces * lines) as f32 * (side + gap + caption) - gap;
        let origin = Rect::from_center_size(area.center(), vec2(across, down)).min;
        Self { origin, side, gap, caption, lines, per_line }
    }

    /// The cell of a face.
    fn cell(&self, face: usize, index: usize) -> Rect {
        let (line, column) = (face * self.lines + index / self.per_line, index % self.per_line);
        let step = self.side + self.gap;
        let shift = vec2(column as f32 * step, line as f32 * (step + self.caption));
        Rect::from_min_size(self.origin + shift, vec2(self.side, self.side))
    }
}
