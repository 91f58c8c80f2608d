//! The gradient of a convolution to its filter: one matrix product a tap.
//!
//! With a stride s, a tap meets only every s-th row and column of the picture; dealt out to s x s phases
//! these stand side by side, so that no product is made with what the stride leaves out.

use rayon::prelude::*;

use super::columns;
use super::matrix::{Matrix, channels_outside, multiply};
use super::sizes::{Sizes, phase_starts};
use crate::simd::threads::{MOVED, share};

/// Images whose rows are joined for one matrix product, more where maps are so small that it would not be
/// `LONG_ENOUGH` to be fast.
const JOINED: usize = 4;
/// Columns of a matrix product.
const LONG_ENOUGH: usize = 2048;

/// The gradient to the filter. The order of the sums does not depend on the number of threads.
pub(crate) fn filter_gradient(x: &[f32], grad: &[f32], sizes: &Sizes) -> Vec<f32> {
    if columns::pays(sizes) {
        return columns::filter_gradient(x, grad, sizes);
    }
    let input = sizes.inputs * sizes.input[0] * sizes.input[1];
    let output = sizes.outputs * sizes.output[0] * sizes.output[1];
    let planes = Planes::of(sizes);
    let joined = JOINED.max(LONG_ENOUGH / (planes.size[0] * planes.size[1]));
    let parts: Vec<Vec<f32>> = x
        .par_chunks(joined * input)
        .zip(grad.par_chunks(joined * output))
        .map(|(x, grad)| joined_filter_gradient(x, grad, sizes, &planes))
        .collect();
    let taps = sizes.kernel[0] * sizes.kernel[1];
    let row = sizes.inputs * taps;
    let mut sums = vec![0f32; sizes.outputs * row];
    let sum_row = |(o, sums): (usize, &mut [f32])| {
        for part in &parts {
            for tap in 0..taps {
                let products = &part[(tap * sizes.outputs + o) * sizes.inputs..][..sizes.inputs];
                sums.iter_mut().skip(tap).step_by(taps).zip(products).for_each(|(sum, value)| *sum += value);
            }
        }
    };
    let work = MOVED * parts.len() * sums.len();
    share(sums.chunks_exact_mut(row).enumerate(), work, sum_row);
    sums
}

/// The planes of the padded picture, dealt out to phases.
struct Planes {
    stride: usize,
    pad: [usize; 2],
    /// Height and width of a phase.
    size: [usize; 2],
    /// The phases that a tap touches: the first row and column of each.
    phases: Vec<[usize; 2]>,
    /// Floats by which a tap moves at most.
    reach: usize,
}

impl Planes {
    fn of(sizes: &Sizes) -> Self {
        let (stride, pad) = (sizes.stride, sizes.pad);
        let size = sizes.met().map(|side| side.div_ceil(stride));
        let phases = phase_starts(stride, sizes.kernel).collect();
        let [down, across] = sizes.kernel.map(|taps| (taps - 1) / stride);
        Self { stride, pad, size, phases, reach: down * size[1] + across }
    }

    /// Floats from one phase to the next, where there are `length` positions in `channels`.
    fn phase(&self, channels: usize, length: usize) -> usize {
        channels * length + self.reach
    }

    /// Lays the channels of `count` images out as rows of one matrix for each phase: its planes joined end
    /// to end.
    fn deal(&self, images: &[f32], count: usize, channels: usize, size: [usize; 2]) -> Vec<f32> {
        let area = self.size[0] * self.size[1];
        let length = count * area;
        let mut dealt = vec![0f32; self.phases.len() * self.phase(channels, length)];
        for (phase, matrix) in self.phases.iter().zip(dealt.chunks_exact_mut(self.phase(channels, length))) {
            let deal_row = |(c, row): (usize, &mut [f32])| {
                for (n, plane) in row.chunks_exact_mut(area).enumerate() {
                    let image = &images[(n * channels + c) * size[0] * size[1]..][..size[0] * size[1]];
                    self.deal_plane(image, size, *phase, plane);
                }
            };
            let rows = matrix[..channels * length].par_chunks_exact_mut(length);
            rows.enumerate().for_each(deal_row);
        }
        dealt
    }

    fn deal_plane(&self, image: &[f32], size: [usize; 2], phase: [usize; 2], plane: &mut [f32]) {
        // The first place of the phase that lies in the picture, and what of the picture stands there.
        let place = |axis: usize| self.pad[axis].saturating_sub(phase[axis]).div_ceil(self.stride);
        let first = |axis: usize| place(axis) * self.stride + phase[axis] - self.pad[axis];
        let places = plane.chunks_exact_mut(self.size[1]).skip(place(0));
        let rows = image.chunks_exact(size[1]).skip(first(0)).step_by(self.stride);
        for (to, row) in places.zip(rows) {
            let from = row.iter().skip(first(1)).step_by(self.stride);
            to.iter_mut().skip(place(1)).zip(from).for_each(|(to, from)| *to = *from);
        }
    }
}

/// (taps, outputs, inputs) of some images.
fn joined_filter_gradient(x: &[f32], grad: &[f32], sizes: &Sizes, planes: &Planes) -> Vec<f32> {
    let kernel_row = sizes.kernel[1];
    let taps = sizes.kernel[0] * kernel_row;
    let count = grad.len() / (sizes.outputs * sizes.output[0] * sizes.output[1]);
    let length = count * planes.size[0] * planes.size[1];
    let x = planes.deal(x, count, sizes.inputs, sizes.input);
    // Zero where no result stands.
    let grad = channels_outside(grad, sizes.outputs, sizes.output, planes.size);
    let pairs = sizes.outputs * sizes.inputs;
    let mut products = vec![0f32; taps * pairs];
    // A tap moves the whole row of planes; the gradient is zero in the margin, so what is moved past the
    // end of a plane does not count.
    let run = |(tap, product): (usize, &mut [f32])| {
        let (y, column) = (tap / kernel_row, tap % kernel_row);
        let stride = planes.stride;
        let across = kernel_row.min(stride);
        let phase = y % stride * across + column % stride;
        let moved =
            phase * planes.phase(sizes.inputs, length) + y / stride * planes.size[1] + column / stride;
        let moved = Matrix::rows(&x[moved..], length).turned();
        multiply(Matrix::rows(&grad, length), moved, [sizes.outputs, length, sizes.inputs], product);
    };
    share(products.chunks_exact_mut(pairs).enumerate(), taps * pairs * length, run);
    products
}
