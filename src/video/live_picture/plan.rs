//! Where the parts of a live picture go.

use agemirror_faces::compose::grid_rows;

use super::LiveLayout;

/// Side of a tile in pixels.
const TILE: u32 = 192;
/// Space between tiles in pixels.
const GAP: u32 = 8;
/// Height of a caption under a tile, as a share of the tile.
const CAPTION: f32 = 0.2;
/// Maximum width of a picture, in pixels.
const MAX_WIDTH: u32 = 3840;

/// A part of the canvas.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Where the input and the tiles are on the canvas, in pixels.
pub(super) struct Plan {
    pub size: [u32; 2],
    pub input: Area,
    columns: u32,
    tile: u32,
    pub caption: u32,
}

impl Plan {
    /// The plan for `tiles` tiles beside a frame of this width and height.
    pub(super) fn of(layout: LiveLayout, tiles: usize, (width, height): (u32, u32)) -> Self {
        let tiles = (tiles as u32).max(1);
        let rows = if layout == LiveLayout::Strip { 1 } else { grid_rows(tiles) };
        let columns = tiles.div_ceil(rows);
        let mut tile = TILE;
        loop {
            let caption = (tile as f32 * CAPTION) as u32;
            let tall = rows * (tile + caption + GAP) - GAP;
            let wide = (u64::from(tall) * u64::from(width.max(1)) / u64::from(height.max(1))) as u32;
            let whole = GAP + wide + GAP + columns * (tile + GAP);
            if whole <= MAX_WIDTH || tile <= 32 {
                let input = Area { x: GAP, y: GAP, width: wide, height: tall };
                let size = [whole.next_multiple_of(2), (tall + 2 * GAP).next_multiple_of(2)];
                return Self { size, input, columns, tile, caption };
            }
            tile -= 8;
        }
    }

    /// Where a tile goes; its caption is directly below.
    pub(super) fn tile(&self, index: u32) -> Area {
        let (row, column) = (index / self.columns, index % self.columns);
        let x = self.input.x + self.input.width + GAP + column * (self.tile + GAP);
        let y = GAP + row * (self.tile + self.caption + GAP);
        Area { x, y, width: self.tile, height: self.tile }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_fit() {
        for layout in [LiveLayout::Tiles, LiveLayout::Strip] {
            for tiles in [1, 4, 10, 64] {
                for frame in [(640, 480), (480, 640), (1920, 1080), (1, 1)] {
                    let plan = Plan::of(layout, tiles, frame);
                    let last = plan.tile(tiles as u32 - 1);
                    assert!(last.x + last.width <= plan.size[0]);
                    assert!(last.y + last.height + plan.caption <= plan.size[1]);
                    assert!(plan.size.iter().all(|side| side % 2 == 0), "{:?}", plan.size);
                }
            }
        }
    }
}
