//! Reads rows of planes that are upsampled.

use std::ops::Range;

use super::plane::{Between, Plane};
use crate::interpolation::centre;
use agemirror_kernels::widest;

/// Maximum side of planes that a [`RowReader`] reads, in pixels; a power of two.
const MAX_SIDE: usize = 256;

/// Reads rows of several planes, upsampled to a larger side.
pub(super) struct RowReader<'a, const N: usize> {
    /// Planes, each with the index of its columns.
    planes: [(&'a Plane, usize); N],
    columns: Vec<Columns>,
    side: usize,
    /// A row before it is widened, and its last value once more.
    narrow: [f32; MAX_SIDE + 1],
    /// The columns of the row that was read last, of every plane.
    rows: [Vec<f32>; N],
}

/// Where some columns are in the rows of planes of one side.
struct Columns {
    side: usize,
    /// First of the two samples around each column, and the weight of the second.
    first: Vec<u8>,
    shares: Vec<f32>,
}

impl<'a, const N: usize> RowReader<'a, N> {
    /// Creates a reader of `planes` upsampled to `side`.
    pub(super) fn new(planes: [&'a Plane; N], side: usize) -> Self {
        Self::of_columns(planes, side, 0..side)
    }

    /// Creates a reader of some columns of `planes` upsampled to `side`.
    pub(super) fn of_columns(planes: [&'a Plane; N], side: usize, range: Range<usize>) -> Self {
        let mut columns: Vec<Columns> = Vec::new();
        let planes = planes.map(|plane| {
            debug_assert!(plane.side <= MAX_SIDE);
            let known = columns.iter().position(|known| known.side == plane.side);
            let index = known.unwrap_or_else(|| {
                let at = range.clone().map(|x| Between::of(centre(x, side), plane.side));
                let (first, shares) = at.map(|at| (at.first as u8, at.share)).unzip();
                columns.push(Columns { side: plane.side, first, shares });
                columns.len() - 1
            });
            (plane, index)
        });
        let rows = [(); N].map(|()| vec![0.0; range.len()]);
        Self { planes, columns, side, narrow: [0.0; MAX_SIDE + 1], rows }
    }

    /// Reads the columns of row `y` of every plane.
    pub(super) fn read(&mut self, y: usize) -> &[Vec<f32>; N] {
        for ((plane, columns), row) in self.planes.iter().zip(&mut self.rows) {
            let narrow = &mut self.narrow[..plane.side + 1];
            plane.row(Between::of(centre(y, self.side), plane.side), &mut narrow[..plane.side]);
            narrow[plane.side] = narrow[plane.side - 1];
            let Columns { first, shares, .. } = &self.columns[*columns];
            widen(row, &self.narrow, first, shares);
        }
        &self.rows
    }

    /// What [`RowReader::read`] returned last; zeros before.
    pub(super) fn rows(&self) -> &[Vec<f32>; N] {
        &self.rows
    }
}

widest! {
    fn widen(to: &mut [f32], narrow: &[f32; MAX_SIDE + 1], first: &[u8], shares: &[f32]) {
        for ((to, first), share) in to.iter_mut().zip(first).zip(shares) {
            let [left, right] = [0, 1].map(|next| narrow[usize::from(*first) + next]);
            *to = left + (right - left) * share;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_planes_of_any_side_are_read_as_when_they_are_resized() {
        let plane = |side: usize| Plane::new(side, (0..side * side).map(|i| (i * i % 97) as f32).collect());
        let planes = [plane(8), plane(MAX_SIDE), plane(8).map(|value| -value)];
        let (side, range) = (300, 7..295);
        let mut reader = RowReader::of_columns(planes.each_ref(), side, range.clone());
        for y in [0, 150, 299] {
            for (plane, row) in planes.iter().zip(reader.read(y)) {
                assert_eq!(row[..], plane.resized(side).values[y * side..][range.clone()]);
            }
        }
    }
}
