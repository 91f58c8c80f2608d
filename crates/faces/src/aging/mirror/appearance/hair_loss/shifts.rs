//! The shifts of a hairline that moves over a crop.

use std::ops::Range;

use super::super::low_res::in_pixels;
use super::super::plane::Plane;
use super::super::row_reader::RowReader;
use super::super::rows::PixelRows;
use super::moving::{FAINT, Fetched, Move, MovedPart, MovedRow, Shift};
use crate::face::regions::{Region, RegionMasks};
use crate::interpolation::smooth_step_between;

/// Side of the planes of shifts, in pixels.
pub(super) const SIDE: usize = 64;
/// Regions that do not move with the hair.
pub(super) const FIXED: [Region; 3] = [Region::Background, Region::Hat, Region::Front];
/// Standard deviation of the blur of their masks, in eye distances: the outline of the head does not move either.
const OUTLINE: f32 = 0.12;
/// Shares of these regions around a pixel between which it moves fully and not at all.
const STILL: [f32; 2] = [0.05, 0.4];

/// How far each pixel of a hairline moves.
pub(super) struct HairlineShifts {
    /// Shift of each pixel as a fraction of the largest, 0..=1.
    shifts: Plane,
    /// Where the scalp is shown once the hairline has moved, 0..=1.
    bare: Plane,
    /// The columns and rows of `shifts` between which pixels move.
    columns: Range<usize>,
    rows: Range<usize>,
    /// Direction towards where each pixel was before, of length 1.
    towards: [f32; 2],
}

/// How far each pixel can move, 0..=1, with `masks`: only within the head.
pub(super) fn movable(masks: &RegionMasks) -> Plane {
    let fixed = Plane::new(masks.side(), masks.sum(&FIXED)).resized(SIDE);
    fixed.blurred(in_pixels(OUTLINE, SIDE)).map(|fixed| 1.0 - smooth_step_between(STILL, fixed))
}

impl HairlineShifts {
    /// `None` if no pixel moves.
    pub(super) fn of(shifts: Vec<f32>, bare: Plane, towards: [f32; 2]) -> Option<Self> {
        let rows = moving_lines(|y| shifts[y * SIDE..][..SIDE].iter().any(|shift| *shift > 0.0))?;
        let columns = moving_lines(|x| shifts[x..].iter().step_by(SIDE).any(|shift| *shift > 0.0))?;
        Some(Self { shifts: Plane::new(SIDE, shifts), bare, columns, rows, towards })
    }

    /// Moves the pixels of a crop, whose hair and scalp are in `rows`, and the weights of the network's colours with them.
    /// `reach` is the largest shift in eye distances, and `lost` the fraction of the hair on top that is lost.
    pub(super) fn apply(&self, moved: MovedPart, rows: &PixelRows, reach: f32, lost: f32) {
        let (side, [left, top]) = (rows.side(), moved.at);
        let reach_px = in_pixels(reach, side);
        if reach_px < FAINT {
            return;
        }
        let [width, height] = [moved.picture.width(), moved.picture.height()].map(|length| length as usize);
        let columns = in_crop(&self.columns, side, left, width);
        let lines = in_crop(&self.rows, side, top, height);
        let shift = Shift { towards: self.towards, reach, reach_px, lost };
        let job = Move::of(&moved, rows, &lines, shift);
        let mut reader = RowReader::of_columns([&self.shifts, &self.bare], side, columns.clone());
        let mut fetched = Fetched::new(columns.len());
        for y in lines {
            let [shifts, bare] = reader.read(y);
            let line = (y - top) * width;
            let range = line + columns.start - left..line + columns.end - left;
            let mut row = MovedRow {
                pixels: &mut moved.picture.as_mut()[3 * range.start..3 * range.end],
                weights: &mut moved.weights[range],
                shifts,
                bare,
                scalp: rows.row(y, columns.clone()).scalp.colours,
                first: columns.start,
            };
            job.draw(&mut row, y, &mut fetched);
        }
    }
}

/// From the first to the last row or column of a plane that moves, and one more at both ends.
fn moving_lines(moves: impl Fn(usize) -> bool) -> Option<Range<usize>> {
    let (first, last) = ((0..SIDE).find(|line| moves(*line))?, (0..SIDE).rfind(|line| moves(*line))?);
    Some(first.saturating_sub(1)..(last + 2).min(SIDE))
}

/// Converts rows or columns of a plane to those of a crop of `side` pixels, limited to the `length` from `first`.
fn in_crop(lines: &Range<usize>, side: usize, first: usize, length: usize) -> Range<usize> {
    let [start, end] = [lines.start, lines.end].map(|line| (line * side / SIDE).clamp(first, first + length));
    start..end
}
