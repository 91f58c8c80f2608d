//! Convolution with 3 x 3 kernels at stride 1 by Winograd's minimal filtering F(4 x 4, 3 x 3): tiles of 6 x 6
//! values are transformed so that 36 products give 16 outputs, where the definition needs 144 (Lavin and
//! Gray, "Fast Algorithms for Convolutional Neural Networks", 2016).
//!
//! Tiles occupy the lanes of the vectors. A vector holds four *groups*, each with as many tiles of one row as
//! fill a vector of the picture. A row of the picture is loaded, and transposing blocks of 4 x 4 distributes
//! its columns to tiles. The outputs go back the same way.

mod filter;
mod grid;
mod task;
mod transform;

use super::epilogue::{Epilogue, SharedOutput, filled};
use crate::simd::scratch::with_scratch;
use crate::simd::threads::parallel_for;
use crate::simd::{lanes, launch};

pub(crate) use filter::WinogradFilter;
use grid::Grid;
use task::Task;

/// Products per tile.
const PRODUCTS: usize = 36;
/// Groups per vector.
const GROUPS: usize = 4;
/// Largest number of vectors per task.
const VECTORS: usize = 2;

/// Convolves `x` (`images`, channels, `input`) to (`images`, channels, `output`). The first output's window
/// starts `pad` rows and columns before the picture's first pixel.
pub(crate) fn convolve(
    x: &[f32],
    images: usize,
    [input, output]: [[usize; 2]; 2],
    pad: [isize; 2],
    filter: &WinogradFilter,
    epilogue: &Epilogue<'_>,
) -> Vec<f32> {
    let lanes = lanes(filter.set);
    let grid = Grid::new(images, output, lanes);
    let length = images * filter.outputs * output[0] * output[1];
    assert!(x.len() == images * filter.inputs * input[0] * input[1], "the picture has the wrong size");
    assert!(
        epilogue.residual.is_empty() || epilogue.residual.len() == length,
        "the residual has the wrong size"
    );
    let groups = grid.groups();
    // Small maps are split into smaller tasks, so that every thread gets work.
    let threads = rayon::current_num_threads();
    let vectors = if groups >= 2 * threads * VECTORS * GROUPS { VECTORS } else { 1 };
    let step = vectors * GROUPS;
    let space =
        PRODUCTS * (filter.inputs * vectors * lanes + lanes) + PRODUCTS * filter.block * vectors * lanes;
    let run = |out: SharedOutput, task: usize| {
        let first = task * step;
        with_scratch(space, |scratch| {
            let task = Task { x, grid, input, pad, filter, epilogue, out, scratch, first, vectors };
            // SAFETY: the filter records the instruction set it was packed for. Masks keep loads inside `x`
            // and stores inside the parts of this task's groups, which no other task writes.
            unsafe { launch(filter.set, task) };
        });
    };
    let tasks = groups.div_ceil(step);
    // SAFETY: the groups cover the output.
    unsafe {
        filled(length, |out| {
            parallel_for(0..tasks, length * 9 * filter.inputs, |task| run(out, task));
        })
    }
}

#[cfg(test)]
mod tests;
