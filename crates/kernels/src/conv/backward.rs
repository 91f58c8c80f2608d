//! The gradient of a convolution with respect to its filter: one matrix product per tap.
//!
//! With stride s, a tap meets only every s-th row and column of the picture. Split into s x s phases these
//! are contiguous, so no product involves pixels that the stride skips.

use rayon::prelude::*;

use super::im2col;
use super::matrix::{Matrix, channel_major, multiply};
use super::sizes::{Sizes, phase_starts};
use crate::simd::threads::{MOVE_COST, parallel_for};

/// Images that share one matrix product; more if maps are so small that the product would have fewer than
/// `LONG_ENOUGH` columns.
const IMAGES_PER_PRODUCT: usize = 4;
/// Columns from which a matrix product is fast.
const LONG_ENOUGH: usize = 2048;

/// The gradient with respect to the filter. The order of summation does not depend on the number of threads.
pub(crate) fn filter_gradient(x: &[f32], grad: &[f32], sizes: &Sizes) -> Vec<f32> {
    if im2col::is_faster(sizes) {
        return im2col::filter_gradient(x, grad, sizes);
    }
    let input = sizes.inputs * sizes.input[0] * sizes.input[1];
    let output = sizes.outputs * sizes.output[0] * sizes.output[1];
    let planes = Planes::new(sizes);
    let images_per_product = IMAGES_PER_PRODUCT.max(LONG_ENOUGH / (planes.size[0] * planes.size[1]));
    let parts: Vec<Vec<f32>> = x
        .par_chunks(images_per_product * input)
        .zip(grad.par_chunks(images_per_product * output))
        .map(|(x, grad)| partial_filter_gradient(x, grad, sizes, &planes))
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
    let work = MOVE_COST * parts.len() * sums.len();
    parallel_for(sums.chunks_exact_mut(row).enumerate(), work, sum_row);
    sums
}

/// The planes of the padded picture, split into phases.
struct Planes {
    stride: usize,
    pad: [usize; 2],
    /// Height and width of a phase.
    size: [usize; 2],
    /// The phases that any tap meets: the first row and column of each.
    phases: Vec<[usize; 2]>,
    /// Largest offset of a tap, in floats.
    reach: usize,
}

impl Planes {
    fn new(sizes: &Sizes) -> Self {
        let (stride, pad) = (sizes.stride, sizes.pad);
        let size = sizes.covered_input().map(|side| side.div_ceil(stride));
        let phases = phase_starts(stride, sizes.kernel).collect();
        let [down, across] = sizes.kernel.map(|taps| (taps - 1) / stride);
        Self { stride, pad, size, phases, reach: down * size[1] + across }
    }

    /// Floats per phase for `channels` rows of `length` positions.
    fn phase(&self, channels: usize, length: usize) -> usize {
        channels * length + self.reach
    }

    /// Arranges `count` images as one matrix per phase: one row per channel, with the planes of all images
    /// end to end.
    fn split(&self, images: &[f32], count: usize, channels: usize, size: [usize; 2]) -> Vec<f32> {
        let area = self.size[0] * self.size[1];
        let length = count * area;
        let mut split = vec![0f32; self.phases.len() * self.phase(channels, length)];
        for (phase, matrix) in self.phases.iter().zip(split.chunks_exact_mut(self.phase(channels, length))) {
            let split_row = |(c, row): (usize, &mut [f32])| {
                for (n, plane) in row.chunks_exact_mut(area).enumerate() {
                    let image = &images[(n * channels + c) * size[0] * size[1]..][..size[0] * size[1]];
                    self.split_plane(image, size, *phase, plane);
                }
            };
            let rows = matrix[..channels * length].par_chunks_exact_mut(length);
            rows.enumerate().for_each(split_row);
        }
        split
    }

    fn split_plane(&self, image: &[f32], size: [usize; 2], phase: [usize; 2], plane: &mut [f32]) {
        // The first position of the phase inside the picture, and the picture's row or column there.
        let first_index = |axis: usize| self.pad[axis].saturating_sub(phase[axis]).div_ceil(self.stride);
        let first_pixel = |axis: usize| first_index(axis) * self.stride + phase[axis] - self.pad[axis];
        let phase_rows = plane.chunks_exact_mut(self.size[1]).skip(first_index(0));
        let rows = image.chunks_exact(size[1]).skip(first_pixel(0)).step_by(self.stride);
        for (to, row) in phase_rows.zip(rows) {
            let from = row.iter().skip(first_pixel(1)).step_by(self.stride);
            to.iter_mut().skip(first_index(1)).zip(from).for_each(|(to, from)| *to = *from);
        }
    }
}

/// The gradient (taps, outputs, inputs) of some of the images.
fn partial_filter_gradient(x: &[f32], grad: &[f32], sizes: &Sizes, planes: &Planes) -> Vec<f32> {
    let kernel_row = sizes.kernel[1];
    let taps = sizes.kernel[0] * kernel_row;
    let count = grad.len() / (sizes.outputs * sizes.output[0] * sizes.output[1]);
    let length = count * planes.size[0] * planes.size[1];
    let x = planes.split(x, count, sizes.inputs, sizes.input);
    // Zero outside the output.
    let grad = channel_major(grad, sizes.outputs, sizes.output, planes.size);
    let pairs = sizes.outputs * sizes.inputs;
    let mut products = vec![0f32; taps * pairs];
    // A tap shifts the whole row of planes; the gradient is zero in the margin, so values shifted past the
    // end of a plane do not count.
    let run = |(tap, product): (usize, &mut [f32])| {
        let (y, column) = (tap / kernel_row, tap % kernel_row);
        let stride = planes.stride;
        let across = kernel_row.min(stride);
        let phase = y % stride * across + column % stride;
        let shifted =
            phase * planes.phase(sizes.inputs, length) + y / stride * planes.size[1] + column / stride;
        let shifted = Matrix::rows(&x[shifted..], length).transposed();
        multiply(Matrix::rows(&grad, length), shifted, [sizes.outputs, length, sizes.inputs], product);
    };
    parallel_for(products.chunks_exact_mut(pairs).enumerate(), taps * pairs * length, run);
    products
}
