//! Packs the part of a picture that a tile sees.

use std::arch::x86_64::*;

use super::LANES;
use crate::conv::sizes::Sizes;

/// How a tile of the picture is packed. If the width is a multiple of a vector, every row has its borders, and a column
/// of the filter is an offset. Otherwise there is a copy for each column of the filter, without the borders that it does
/// not see, so that consecutive outputs of different rows see consecutive values.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    /// First row and number of rows of the outputs, and their width.
    pub(super) first: usize,
    pub(super) rows: usize,
    pub(super) width: usize,
    /// Copies of the picture.
    copies: usize,
    /// Pairs per row, and from one column of the filter to the next.
    pub(super) row: usize,
    pub(super) column: usize,
    /// Rows per copy.
    packed_rows: usize,
}

impl Layout {
    /// For `rows` rows of outputs from row `first` on.
    pub(super) fn new(sizes: &Sizes, first: usize, rows: usize) -> Self {
        let ([height, columns], [_, width]) = (sizes.kernel, sizes.output);
        let packed_rows = rows + height - 1;
        let (copies, row) = match width % LANES {
            0 => (1, width + columns - 1),
            _ => (columns, width),
        };
        let column = if copies == 1 { 1 } else { packed_rows * row };
        Self { first, rows, width, copies, row, column, packed_rows }
    }

    /// Pairs per pair of channels.
    pub(super) fn plane(&self) -> usize {
        self.copies * self.packed_rows * self.row
    }

    /// Pairs of the packed tile of `pairs` pairs of channels; the last vector may reach beyond the last output.
    pub(super) fn space(&self, pairs: usize) -> usize {
        pairs * self.plane() + LANES
    }

    /// Outputs of the tile.
    pub(super) fn outputs(&self) -> usize {
        self.rows * self.width
    }

    /// Where the first value that `output` sees is in a plane.
    #[inline(always)]
    pub(super) fn offset(&self, output: usize) -> usize {
        match self.row - self.width {
            0 => output,
            border => output + output / self.width * border,
        }
    }
}

/// Packs the part of `picture` (channels, height, width) that the outputs of `layout` see. Each float of `to` holds the
/// bits of a pair.
///
/// # Safety
/// The processor must have AVX-512 F, BW and BF16.
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
pub(super) unsafe fn pack(picture: &[f32], sizes: &Sizes, layout: &Layout, to: &mut [f32]) {
    let [height, width] = sizes.input;
    assert!(to.len() >= layout.space(sizes.inputs.div_ceil(2)), "the tile is too small");
    let mut planes = picture.chunks_exact(height * width).map(<[f32]>::as_ptr);
    let mut to = to.as_mut_ptr();
    while let Some(first) = planes.next() {
        // Of an odd number of channels, the last is packed with itself: its partner's weights are zeros.
        let second = planes.next().unwrap_or(first);
        for column in 0..layout.copies {
            // The position of the row's first value.
            let left = sizes.pad[1] as isize - column as isize;
            for row in 0..layout.packed_rows {
                let y = (layout.first + row).wrapping_sub(sizes.pad[0]);
                // Rows above and below the picture are zeros.
                let inside = if y < height { [left, left + width as isize] } else { [0, 0] };
                let from = [first, second].map(|plane| plane.wrapping_add(y.wrapping_mul(width)));
                for at in (0..layout.row).step_by(LANES) {
                    let [start, end] = inside.map(|end| (end - at as isize).clamp(0, LANES as isize) as u32);
                    let mask = (((1u32 << end) - 1) >> start << start) as __mmask16;
                    let from = from.map(|row| row.wrapping_offset(at as isize - left));
                    // SAFETY: the mask has only values of the row. A store of some lanes would take much longer: what it
                    // writes beyond the row is overwritten by the next, and the tile has `LANES` floats beyond the last.
                    unsafe {
                        let [first, second] = from.map(|from| _mm512_maskz_loadu_ps(mask, from));
                        _mm512_storeu_ps(to.wrapping_add(at), interleave(first, second));
                    }
                }
                to = to.wrapping_add(layout.row);
            }
        }
    }
}

/// Pairs of the values of two channels in bf16.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
fn interleave(first: __m512, second: __m512) -> __m512 {
    let order = _mm512_set_epi16(
        31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18,
        2, 17, 1, 16, 0,
    );
    // SAFETY: both are plain vectors of the same size.
    let halves = unsafe { std::mem::transmute::<__m512bh, __m512i>(_mm512_cvtne2ps_pbh(second, first)) };
    _mm512_castsi512_ps(_mm512_permutexvar_epi16(order, halves))
}
