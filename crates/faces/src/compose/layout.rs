//! Arranges pictures with captions on a dark background, as a strip or a grid.

use image::{Rgb, RgbImage, imageops};

use super::caption::Line;
use crate::aging::picture::{Resampling, resized};

/// Background colour.
pub const BACKGROUND: Rgb<u8> = Rgb([20, 21, 24]);

/// Maximum side of a layout, in pixels: the limit of WebP.
pub const MAX_SIDE: u32 = 16_383;
/// Maximum number of pixels of a layout (192 MB).
const MAX_PIXELS: f64 = 64e6;

/// A picture and its caption.
#[derive(Clone, Copy)]
pub struct Captioned<'a> {
    /// Text under the picture; may be empty.
    pub caption: &'a str,
    /// The picture.
    pub picture: &'a RgbImage,
}

/// Lays out the input and all tiles in one row. See [`grid`] for sizes.
pub fn strip(input: Captioned, tiles: &[Captioned]) -> RgbImage {
    let plan = Plan { rows: 1, columns: tiles.len() as u32, span: 1 };
    draw(plan, input, tiles)
}

/// Lays out the input at double size on the left and the tiles in rows to its right (one row for up to three
/// tiles).
///
/// Every tile gets the size of the first one (of the input if there are none); a picture of another size is
/// scaled to fit. Everything shrinks together if the layout would exceed [`MAX_SIDE`] or 64 million
/// pixels.
pub fn grid(input: Captioned, tiles: &[Captioned]) -> RgbImage {
    let count = tiles.len() as u32;
    let rows = grid_rows(count);
    draw(Plan { rows, columns: count.div_ceil(rows), span: rows.min(2) }, input, tiles)
}

/// Number of rows of a grid of `tiles` tiles: one for up to three.
pub fn grid_rows(tiles: u32) -> u32 {
    if tiles < 4 { 1 } else { (f64::from(tiles) / 3.0).sqrt().round().max(2.0) as u32 }
}

/// Number of cells, beside an input of `span` x `span` cells.
#[derive(Clone, Copy)]
struct Plan {
    rows: u32,
    columns: u32,
    span: u32,
}

/// Lengths in pixels.
#[derive(Clone, Copy)]
struct Measures {
    cell: [u32; 2],
    gap: u32,
    caption: u32,
}

impl Measures {
    fn of_cell(cell: [u32; 2]) -> Self {
        let shorter = cell[0].min(cell[1]);
        let gap = (shorter / 24).clamp(4, 64);
        Self { cell, gap, caption: (shorter / 8).clamp(18, 160) }
    }

    /// Width of `count` cells and the gaps between them.
    fn across(&self, count: u32) -> u32 {
        count * self.cell[0] + count.saturating_sub(1) * self.gap
    }

    /// Height of `count` cells, all captions but the last, and the gaps between them.
    fn down(&self, count: u32) -> u32 {
        count * self.cell[1] + count.saturating_sub(1) * (self.gap + self.caption)
    }

    /// Margin around the layout.
    fn margin(&self) -> u32 {
        self.gap * 2
    }

    /// Size of the input: as high as the rows beside it, with the proportions of a cell.
    fn input(&self, plan: Plan) -> [u32; 2] {
        let height = self.down(plan.span);
        let width = u64::from(height) * u64::from(self.cell[0]) / u64::from(self.cell[1]);
        [u32::try_from(width).unwrap_or(u32::MAX / 4), height]
    }

    /// Left edge of the tiles; a wider gap separates the input.
    fn tiles_left(&self, plan: Plan) -> u32 {
        self.margin() + self.input(plan)[0] + self.gap * 3
    }

    fn whole(&self, plan: Plan) -> [u32; 2] {
        let width = if plan.columns == 0 {
            2 * self.margin() + self.input(plan)[0]
        } else {
            self.tiles_left(plan) + self.across(plan.columns) + self.margin()
        };
        [width, 2 * self.margin() - self.gap / 2 + self.down(plan.rows) + self.caption]
    }

    /// The measures for cells of the wanted size, or the largest within the limits.
    fn fitting(wanted: [u32; 2], plan: Plan) -> Self {
        let mut cell = wanted.map(|length| length.clamp(1, MAX_SIDE));
        loop {
            let measures = Self::of_cell(cell);
            let [width, height] = measures.whole(plan).map(f64::from);
            let limit = f64::from(MAX_SIDE);
            let excess = (width / limit).max(height / limit).max((width * height / MAX_PIXELS).sqrt());
            if excess <= 1.0 || cell == [1, 1] {
                return measures;
            }
            cell = cell.map(|length| ((f64::from(length) / excess) as u32).clamp(1, length.max(2) - 1));
        }
    }
}

fn draw(plan: Plan, input: Captioned, tiles: &[Captioned]) -> RgbImage {
    let (width, height) = tiles.first().unwrap_or(&input).picture.dimensions();
    let plan = Plan { rows: plan.rows.max(1), ..plan };
    let measures = Measures::fitting([width, height], plan);
    let [width, height] = measures.whole(plan);
    let mut canvas = RgbImage::from_pixel(width, height, BACKGROUND);
    let margin = measures.margin();
    place(&mut canvas, input, [margin, margin], measures.input(plan), measures.caption);
    for (number, tile) in (0..).zip(tiles) {
        let (row, column) = (number / plan.columns, number % plan.columns);
        let left = measures.tiles_left(plan) + column * (measures.cell[0] + measures.gap);
        let top = margin + row * (measures.cell[1] + measures.gap + measures.caption);
        place(&mut canvas, *tile, [left, top], measures.cell, measures.caption);
    }
    canvas
}

/// Draws a picture into its box, scaled to fit and centred, with the caption directly below.
fn place(canvas: &mut RgbImage, tile: Captioned, [left, top]: [u32; 2], size: [u32; 2], caption: u32) {
    let mut bottom = top + size[1];
    if let Some(picture) = fitted(tile.picture, size) {
        let x = left + (size[0] - picture.width()) / 2;
        let y = top + (size[1] - picture.height()) / 2;
        imageops::replace(canvas, picture.as_ref(), i64::from(x), i64::from(y));
        bottom = y + picture.height();
    }
    let line = Line::new(tile.caption, caption as f32 * 0.72, size[0] as f32);
    line.draw(canvas, [left as f32 + size[0] as f32 / 2.0, bottom as f32 + caption as f32 * 0.56]);
}

/// Scales a picture to fit into a box, borrowing it if it already fits; `None` if it has no pixels.
fn fitted(picture: &RgbImage, [width, height]: [u32; 2]) -> Option<std::borrow::Cow<'_, RgbImage>> {
    use std::borrow::Cow;
    let (old_width, old_height) = picture.dimensions();
    if old_width == 0 || old_height == 0 {
        return None;
    }
    let factor = (f64::from(width) / f64::from(old_width)).min(f64::from(height) / f64::from(old_height));
    let scaled = |length: u32, max: u32| ((f64::from(length) * factor).round() as u32).clamp(1, max);
    let size = (scaled(old_width, width), scaled(old_height, height));
    if size == (old_width, old_height) {
        return Some(Cow::Borrowed(picture));
    }
    resized(picture, size.0, size.1, Resampling::Sharp).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Rgb<u8> = Rgb([200, 10, 10]);
    const BLUE: Rgb<u8> = Rgb([10, 10, 200]);

    fn captioned<'a>(caption: &'a str, picture: &'a RgbImage) -> Captioned<'a> {
        Captioned { caption, picture }
    }

    fn count(picture: &RgbImage, colour: Rgb<u8>) -> usize {
        picture.pixels().filter(|pixel| **pixel == colour).count()
    }

    #[test]
    fn a_strip_contains_every_pixel_of_pictures_of_equal_size() {
        let (red, blue) = (RgbImage::from_pixel(64, 64, RED), RgbImage::from_pixel(64, 64, BLUE));
        let strip = strip(captioned("now", &red), &[captioned("25", &blue), captioned("60", &blue)]);
        assert_eq!(count(&strip, RED), 64 * 64);
        assert_eq!(count(&strip, BLUE), 2 * 64 * 64);
        assert!(strip.width() > 3 * 64 && strip.height() > 64 && strip.height() < 128);
        assert_eq!(*strip.get_pixel(0, 0), BACKGROUND);
    }

    #[test]
    fn captions_are_below_their_picture() {
        let red = RgbImage::from_pixel(100, 100, RED);
        let bare = strip(captioned("", &red), &[]);
        let written = strip(captioned("20–29", &red), &[]);
        assert_eq!(bare.dimensions(), written.dimensions());
        let first_row = bare.enumerate_pixels().zip(written.pixels()).find(|((_, _, old), new)| old != new);
        assert!(first_row.is_some_and(|((_, y, _), _)| y > 100));
    }

    #[test]
    fn ten_tiles_form_two_rows_beside_a_large_input() {
        let (red, blue) = (RgbImage::from_pixel(48, 48, RED), RgbImage::from_pixel(48, 48, BLUE));
        let tiles = vec![captioned("", &blue); 10];
        let grid = grid(captioned("", &red), &tiles);
        assert_eq!(count(&grid, BLUE), 10 * 48 * 48);
        assert!(count(&grid, RED) >= 4 * 48 * 48, "the input is twice as large");
    }

    #[test]
    fn pictures_of_other_sizes_are_scaled_to_fit() {
        let tile = RgbImage::from_pixel(50, 50, BLUE);
        let wide = RgbImage::from_pixel(200, 100, RED);
        let strip = strip(captioned("", &wide), &[captioned("", &tile)]);
        assert_eq!(count(&strip, RED), 50 * 25);
    }

    #[test]
    fn any_number_and_size_of_pictures_stays_within_the_limits() {
        let (tiny, empty) = (RgbImage::from_pixel(1, 1, RED), RgbImage::new(0, 0));
        for tiles in [0, 1, 3, 4, 7, 64] {
            for picture in [&tiny, &empty] {
                for layout in [strip, grid] {
                    let out = layout(captioned("now", picture), &vec![captioned("8", picture); tiles]);
                    assert!(out.width() > 0 && out.height() > 0);
                }
            }
        }
        for plan in [Plan { rows: 1, columns: 64, span: 1 }, Plan { rows: 5, columns: 13, span: 2 }] {
            for cell in [[4000, 4000], [16_383, 16_383], [1, 16_383], [16_383, 1]] {
                let [width, height] = Measures::fitting(cell, plan).whole(plan);
                assert!(width <= MAX_SIDE && height <= MAX_SIDE, "{width} x {height}");
                assert!(f64::from(width) * f64::from(height) <= MAX_PIXELS);
            }
        }
    }
}
