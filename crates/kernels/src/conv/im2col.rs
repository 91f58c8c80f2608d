//! Convolution of small maps with many channels by im2col: the input window of each output position becomes a
//! column of a matrix, and each of the three operations is one product with the filter in its original
//! layout.
//!
//! The other kernels repack the filter on every call and read it once per image; when the filter is larger
//! than the maps, that takes longer than the arithmetic.

use rayon::prelude::*;

use super::epilogue::Epilogue;
use super::matrix::{Matrix, channel_major, multiply};
use super::sizes::Sizes;
use crate::simd::planes;

/// Output positions above which the other kernels are faster.
const MAX_POSITIONS: usize = 64;
/// Channel pairs from which the filter is larger than the maps. Tests are small and must cover both paths.
const MIN_CHANNEL_PAIRS: usize = if cfg!(test) { 64 } else { 1 << 14 };
/// Parts of a product that run in parallel; fixed, so that results do not depend on the number of threads.
const PARTS: usize = 4;

/// Whether im2col is the fastest algorithm for a filter that is used once.
pub(crate) fn is_faster(sizes: &Sizes) -> bool {
    positions(sizes) <= MAX_POSITIONS && sizes.inputs * sizes.outputs >= MIN_CHANNEL_PAIRS
}

/// Positions of the output.
fn positions(sizes: &Sizes) -> usize {
    sizes.output[0] * sizes.output[1]
}

/// Weights per output channel.
fn taps(sizes: &Sizes) -> usize {
    sizes.inputs * sizes.kernel[0] * sizes.kernel[1]
}

/// C(x, filter) with its epilogue.
pub(crate) fn convolve(x: &[f32], filter: &[f32], sizes: &Sizes, epilogue: &Epilogue<'_>) -> Vec<f32> {
    let (taps, positions) = (taps(sizes), positions(sizes));
    let width = sizes.images * positions;
    let columns = columns(x, sizes);
    let windows = Matrix::rows(&columns, width);
    let sums = product(Matrix::rows(filter, taps), windows, [sizes.outputs, taps, width]);
    let mut out = vec![0f32; sums.len()];
    out.par_chunks_exact_mut(positions.max(1)).enumerate().for_each(|(plane, to)| {
        let (image, output) = (plane / sizes.outputs, plane % sizes.outputs);
        apply_epilogue(to, &sums[output * width + image * positions..][..positions], plane, epilogue);
    });
    out
}

/// T(grad, filter) with its epilogue.
pub(crate) fn transposed(grad: &[f32], filter: &[f32], sizes: &Sizes, epilogue: &Epilogue<'_>) -> Vec<f32> {
    let (taps, width) = (taps(sizes), sizes.images * positions(sizes));
    let grad = channel_major(grad, sizes.outputs, sizes.output, sizes.output);
    let filter = Matrix::rows(filter, taps).transposed();
    let columns = product(filter, Matrix::rows(&grad, width), [taps, sizes.outputs, width]);
    let area = sizes.input[0] * sizes.input[1];
    let mut out = vec![0f32; sizes.images * sizes.inputs * area];
    out.par_chunks_exact_mut(area.max(1)).enumerate().for_each(|(plane, to)| {
        let mut sums = vec![0f32; area];
        for_rows(sizes, [plane / sizes.inputs, plane % sizes.inputs], |column, pixel, count| {
            let (to, from) = (&mut sums[pixel..], &columns[column..column + count]);
            to.iter_mut().step_by(sizes.stride).zip(from).for_each(|(to, from)| *to += from);
        });
        apply_epilogue(to, &sums, plane, epilogue);
    });
    out
}

fn apply_epilogue(to: &mut [f32], sums: &[f32], plane: usize, epilogue: &Epilogue<'_>) {
    let (scale, shift) = epilogue.affine(plane);
    planes::scale_shift(to, sums, scale, shift, epilogue.slope);
    if !epilogue.residual.is_empty() {
        planes::add(to, &epilogue.residual[plane * sums.len()..][..sums.len()]);
    }
}

/// W(x, grad).
pub(crate) fn filter_gradient(x: &[f32], grad: &[f32], sizes: &Sizes) -> Vec<f32> {
    let (taps, width) = (taps(sizes), sizes.images * positions(sizes));
    let (columns, grad) = (columns(x, sizes), channel_major(grad, sizes.outputs, sizes.output, sizes.output));
    let windows = Matrix::rows(&columns, width).transposed();
    product(Matrix::rows(&grad, width), windows, [sizes.outputs, width, taps])
}

/// The row-major product, on all threads.
fn product(left: Matrix<'_>, right: Matrix<'_>, [rows, shared, columns]: [usize; 3]) -> Vec<f32> {
    let mut product = vec![0f32; rows * columns];
    let part = rows.div_ceil(PARTS).max(1);
    product.par_chunks_mut((part * columns).max(1)).enumerate().for_each(|(i, product)| {
        let rows = product.len() / columns;
        multiply(left.rows_from(i * part), right, [rows, shared, columns], product);
    });
    product
}

/// The im2col matrix: (inputs, taps, N, positions).
fn columns(x: &[f32], sizes: &Sizes) -> Vec<f32> {
    let area = sizes.input[0] * sizes.input[1];
    let of_input = sizes.kernel[0] * sizes.kernel[1] * sizes.images * positions(sizes);
    let mut columns = vec![0f32; sizes.inputs * of_input];
    columns.par_chunks_exact_mut(of_input.max(1)).enumerate().for_each(|(input, columns)| {
        for image in 0..sizes.images {
            let plane = &x[(image * sizes.inputs + input) * area..][..area];
            for_rows(sizes, [image, 0], |column, pixel, count| {
                let from = plane[pixel..].iter().step_by(sizes.stride);
                columns[column..column + count].iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            });
        }
    });
    columns
}

/// Calls `f` for each run of outputs whose window element (tap, `input`) lies inside image `image`: with the
/// run's start in the im2col matrix, the index of its first pixel in the plane, and its length; its pixels
/// are a stride apart.
fn for_rows(sizes: &Sizes, [image, input]: [usize; 2], mut f: impl FnMut(usize, usize, usize)) {
    let ([kh, kw], [height, width]) = (sizes.kernel, sizes.output);
    for tap in 0..kh * kw {
        let tap_at = [tap / kw, tap % kw];
        // The outputs whose tap lies inside the plane, along each axis.
        let inside = [0, 1].map(|axis| {
            let (tap, pad, size) = (tap_at[axis], sizes.pad[axis], sizes.input[axis]);
            let first = pad.saturating_sub(tap).div_ceil(sizes.stride);
            let end = (size + pad).saturating_sub(tap).div_ceil(sizes.stride).min(sizes.output[axis]);
            first..end.max(first)
        });
        let pixel = |axis: usize, at: usize| at * sizes.stride + tap_at[axis] - sizes.pad[axis];
        let column = ((input * kh * kw + tap) * sizes.images + image) * height * width;
        let [rows, across] = inside;
        if across.is_empty() {
            continue;
        }
        for y in rows {
            let at = pixel(0, y) * sizes.input[1] + pixel(1, across.start);
            f(column + y * width + across.start, at, across.len());
        }
    }
}
