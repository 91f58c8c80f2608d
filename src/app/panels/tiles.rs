//! A tile for every age: a grid for one face, a row for each of several.

use std::sync::Arc;

use eframe::egui::{Rect, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::readings;
use super::tile::{CAPTION_HEIGHT, READING_HEIGHT, Tile};
use crate::app::commands::UiCommand;
use crate::app::context::PanelContext;
use crate::app::state::settings::SidePanel;
use crate::app::widgets::empty_state;
use crate::app::widgets::textures::{Shown, Slot};
use crate::app::widgets::theme::M;
use crate::pipeline;
use crate::text::text;
use agemirror_faces::age::AgeTarget;
use agemirror_faces::face::FrameEdge;

/// Draws the tiles.
pub(crate) fn show(ui: &mut Ui, context: &mut PanelContext<'_>) {
    let area = ui.available_rect_before_wrap();
    let (_, response) = ui.allocate_exact_size(area.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, text!("tiles")));
    let columns = context.state.columns();
    let rows = rows(context);
    if rows.len() > 1 {
        show_rows(ui, context, area, &columns, &rows);
    } else {
        let row = rows.into_iter().next().unwrap_or_default();
        show_grid(ui, context, area, &columns, &row);
    }
    if let Some(message) = empty_state::face_problem(context.view, context.state)
        .filter(|_| !context.works_on_held_frame() && !context.has_source_problem())
    {
        message.show(ui, area);
    } else if let Some(message) = empty_state::model_opening(context.view, context.state) {
        message.show(ui, area);
    }
}

/// The tiles of one face, or whole frames.
#[derive(Default)]
struct Row {
    tiles: Vec<pipeline::Tile>,
    /// The part of the tiles that is beyond the frame.
    edge: Option<Arc<FrameEdge>>,
}

/// The rows to show, one per face; whole frames have one row for all faces.
fn rows(context: &PanelContext<'_>) -> Vec<Row> {
    let Some(set) = &context.view.tiles else { return Vec::new() };
    if context.state.settings.whole_frame && !set.whole.is_empty() {
        return vec![Row { tiles: set.whole.clone(), edge: None }];
    }
    set.faces.iter().map(|face| Row { tiles: face.tiles.clone(), edge: face.edge.clone() }).collect()
}

fn show_grid(ui: &Ui, context: &mut PanelContext<'_>, area: Rect, columns: &[AgeTarget], row: &Row) {
    let shape = row
        .tiles
        .first()
        .map_or(1.0, |tile| tile.picture.width() as f32 / tile.picture.height().max(1) as f32);
    let caption = CAPTION_HEIGHT + if context.state.reads_tiles() { READING_HEIGHT } else { 0.0 };
    let grid = Grid::new(columns.len(), area.size(), shape.clamp(0.4, 2.5), caption);
    for (index, column) in columns.iter().enumerate() {
        let rect = grid.cell(index, area);
        show_tile(ui, context, rect, (0, index), column, row, Some(caption));
    }
}

/// Draws a row for each face and a column for each age, with captions under the last row only.
fn show_rows(ui: &Ui, context: &mut PanelContext<'_>, area: Rect, columns: &[AgeTarget], rows: &[Row]) {
    let (across, down) = (columns.len() as f32, rows.len() as f32);
    let gap = if columns.len() > 5 { 6.0 } else { M };
    let wide = (area.width() - (across - 1.0) * gap) / across;
    let high = (area.height() - CAPTION_HEIGHT - (down - 1.0) * gap) / down;
    let side = wide.min(high);
    let total = vec2(across * (side + gap) - gap, down * (side + gap) - gap + CAPTION_HEIGHT);
    let origin = Rect::from_center_size(area.center(), total).min;
    for (row, face) in rows.iter().enumerate() {
        let last = row + 1 == rows.len();
        for (index, column) in columns.iter().enumerate() {
            let corner = origin + vec2(index as f32, row as f32) * (side + gap);
            let height = if last { side + CAPTION_HEIGHT } else { side };
            let rect = Rect::from_min_size(corner, vec2(side, height));
            show_tile(ui, context, rect, (row, index), column, face, last.then_some(CAPTION_HEIGHT));
        }
    }
}

fn show_tile(
    ui: &Ui,
    context: &mut PanelContext<'_>,
    rect: Rect,
    (row, index): (usize, usize),
    column: &AgeTarget,
    face: &Row,
    caption_height: Option<f32>,
) {
    let made = face.tiles.iter().find(|tile| (tile.age - column.age).abs() < 0.05);
    let slot = Slot::tile(row, column.age);
    let progress = context.view.tiles.as_ref().and_then(|set| set.progress);
    let picture: Option<Shown> = match made {
        Some(tile) => {
            let side = rect.width().max(rect.height()) * ui.ctx().pixels_per_point();
            Some(context.textures.show_faded(ui.ctx(), slot, &tile.picture, face.edge.as_deref(), side))
        }
        // For a held frame, only tiles of that frame are shown.
        None if progress.is_some() => None,
        None => context.textures.last(slot),
    };
    let making = made.is_none() && progress.is_some_and(|progress| progress.making == Some(column.age));
    let timed = progress.is_none() && context.state.settings.side_panel == SidePanel::Measurements;
    let timed = timed && context.is_live() && !context.tiles_are_outdated();
    let picture_age =
        made.filter(|_| timed).map(|tile| context.now.saturating_duration_since(tile.captured).as_millis());
    let label = match row {
        0 => text!("age", age = &column.label),
        _ => text!("age-of-face", age = &column.label, face = row + 1),
    };
    let past = context.tiles_are_outdated();
    let reading = made.filter(|_| context.state.reads_tiles() && !past);
    let reading = reading.and_then(|tile| readings::of_row(context, row)?.at(tile.age));
    let tile = Tile {
        caption: caption_height.map(|_| column.label.as_str()),
        caption_height: caption_height.unwrap_or_default(),
        reading,
        label: &label,
        picture,
        dimmed: made.is_none() || past,
        making: making && context.view.status.slow,
        picture_age,
    };
    if tile.show(ui, ui.scope_id().with((row, index)), rect).clicked() {
        context.emit(UiCommand::ShowAge(column.age));
    }
}

/// A grid of tiles of one shape.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Grid {
    columns: usize,
    rows: usize,
    picture: Vec2,
    caption: f32,
}

impl Grid {
    /// The grid with the largest tiles over captions of a given height; empty cells at its end count against
    /// it.
    fn new(count: usize, space: Vec2, shape: f32, caption: f32) -> Self {
        let count = count.max(1);
        let candidates = (1..=count).map(|columns| {
            let rows = count.div_ceil(columns);
            let wide = (space.x - (columns - 1) as f32 * M) / columns as f32;
            let high = (space.y - (rows - 1) as f32 * M) / rows as f32 - caption;
            let width = wide.min(high * shape).max(24.0).floor();
            let empty = (columns * rows - count) as f32 / (columns * rows) as f32;
            (
                width * (1.0 - 0.9 * empty),
                Self { columns, rows, picture: vec2(width, (width / shape).floor()), caption },
            )
        });
        let best = candidates.max_by(|(one, _), (other, _)| one.total_cmp(other));
        best.map_or(Self { columns: 1, rows: 1, picture: vec2(24.0, 24.0), caption }, |(_, grid)| grid)
    }

    /// The rectangle of tile `index` with its caption; the grid is in the middle of `area`.
    fn cell(&self, index: usize, area: Rect) -> Rect {
        let cell = self.picture + vec2(0.0, self.caption);
        let spread_x = (area.width() - self.columns as f32 * cell.x) / self.columns as f32;
        let spread_y = (area.height() - self.rows as f32 * cell.y) / self.rows as f32;
        let gap = vec2(spread_x.clamp(0.0, 1.6 * M).max(M), spread_y.clamp(0.0, 1.6 * M).max(M));
        let (columns, rows) = (self.columns as f32, self.rows as f32);
        let total = vec2(columns * (cell.x + gap.x) - gap.x, rows * (cell.y + gap.y) - gap.y);
        let origin = Rect::from_center_size(area.center(), total).min;
        let at = vec2((index % self.columns) as f32, (index / self.columns) as f32);
        Rect::from_min_size((origin + at * (cell + gap)).round(), cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::pos2;

    #[test]
    fn ten_tiles_stand_five_by_two_and_four_two_by_two_in_a_wide_window() {
        let space = vec2(850.0, 520.0);
        let ten = Grid::new(10, space, 1.0, CAPTION_HEIGHT);
        assert_eq!((ten.columns, ten.rows), (5, 2));
        let four = Grid::new(4, space, 1.0, CAPTION_HEIGHT);
        assert_eq!((four.columns, four.rows), (2, 2));
    }

    #[test]
    fn the_grid_follows_the_window() {
        let high = Grid::new(10, vec2(400.0, 1200.0), 1.0, CAPTION_HEIGHT);
        assert_eq!((high.columns, high.rows), (2, 5));
        let flat = Grid::new(4, vec2(1600.0, 300.0), 1.0, CAPTION_HEIGHT);
        assert_eq!((flat.columns, flat.rows), (4, 1));
    }

    #[test]
    fn no_tile_leaves_the_space() {
        for count in [1, 3, 4, 7, 10, 24] {
            for shape in [0.6, 1.0, 4.0 / 3.0] {
                let area = Rect::from_min_size(pos2(5.0, 7.0), vec2(820.0, 520.0));
                let grid = Grid::new(count, area.size(), shape, CAPTION_HEIGHT + READING_HEIGHT);
                for index in 0..count {
                    let cell = grid.cell(index, area);
                    assert!(area.expand(1.0).contains_rect(cell), "{count} {shape} {index}: {cell:?}");
                }
            }
        }
    }
}
