//! Convolutions of small maps with many channels: what each place of the result sees becomes a column of a
//! matrix, and each of the three operations one product with the filter as it lies in memory.
//!
//! The other kernels lay the filter out anew for every call and read it once for each image; where a filter is
//! larger than the maps, that takes longer than the sums.

use rayon::prelude::*;

use super::finish::Finish;
use super::matrix::{Matrix, channels_outside, multiply};
use super::sizes::Sizes;
use crate::simd::planes;

/// Places of the smaller map beyond which the other kernels are faster.
const MOST_PLACES: usize = 64;
/// Pairs of channels from which the filter is larger than the maps; tests are small and must take both ways.
const FEWEST_PAIRS: usize = if cfg!(test) { 64 } else { 1 << 14 };
/// Parts of a product that threads share; fixed, so that results do not depend on how many there are.
const PARTS: usize = 4;

/// Whether this way is the faster one, for filters that are used once.
pub(crate) fn pays(sizes: &Sizes) -> bool {
    places(sizes) <= MOST_PLACES && sizes.inputs * sizes.outputs >= FEWEST_PAIRS
}

/// Places of the convolution's result.
fn places(sizes: &Sizes) -> usize {
    sizes.output[0] * sizes.output[1]
}

/// Weights of one output.
fn taps(sizes: &Sizes) -> usize {
    sizes.inputs * sizes.kernel[0] * sizes.kernel[1]
}

/// C(x, filter), finished.
pub(crate) fn convolve(x: &[f32], filter: &[f32], sizes: &Sizes, finish: &Finish<'_>) -> Vec<f32> {
    let (taps, places) = (taps(sizes), places(sizes));
    let width = sizes.images * places;
    let columns = columns(x, sizes);
    let seen = Matrix::rows(&columns, width);
    let sums = product(Matrix::rows(filter, taps), seen, [sizes.outputs, taps, width]);
    let mut out = vec![0f32; sums.len()];
    out.par_chunks_exact_mut(places.max(1)).enumerate().for_each(|(plane, to)| {
        let (image, output) = (plane / sizes.outputs, plane % sizes.outputs);
        finish_plane(to, &sums[output * width + image * places..][..places], plane, finish);
    });
    out
}

/// T(grad, filter), finished.
pub(crate) fn transposed(grad: &[f32], filter: &[f32], sizes: &Sizes, finish: &Finish<'_>) -> Vec<f32> {
    let (taps, width) = (taps(sizes), sizes.images * places(sizes));
    let grad = channels_outside(grad, sizes.outputs, sizes.output, sizes.output);
    let filter = Matrix::rows(filter, taps).turned();
    let columns = product(filter, Matrix::rows(&grad, width), [taps, sizes.outputs, width]);
    let area = sizes.input[0] * sizes.input[1];
    let mut out = vec![0f32; sizes.images * sizes.inputs * area];
    out.par_chunks_exact_mut(area.max(1)).enumerate().for_each(|(plane, to)| {
        let mut sums = vec![0f32; area];
        for_rows(sizes, [plane / sizes.inputs, plane % sizes.inputs], |column, place, count| {
            let (to, from) = (&mut sums[place..], &columns[column..column + count]);
            to.iter_mut().step_by(sizes.stride).zip(from).for_each(|(to, from)| *to += from);
        });
        finish_plane(to, &sums, plane, finish);
    });
    out
}

fn finish_plane(to: &mut [f32], sums: &[f32], plane: usize, finish: &Finish<'_>) {
    let (scale, shift) = finish.affine(plane);
    planes::scale_shift(to, sums, scale, shift, finish.slope);
    if !finish.added.is_empty() {
        planes::add(to, &finish.added[plane * sums.len()..][..sums.len()]);
    }
}

/// W(x, grad).
pub(crate) fn filter_gradient(x: &[f32], grad: &[f32], sizes: &Sizes) -> Vec<f32> {
    let (taps, width) = (taps(sizes), sizes.images * places(sizes));
    let (columns, grad) =
        (columns(x, sizes), channels_outside(grad, sizes.outputs, sizes.output, sizes.output));
    let seen = Matrix::rows(&columns, width).turned();
    product(Matrix::rows(&grad, width), seen, [sizes.outputs, width, taps])
}

/// The product, row after row, on all threads.
fn product(left: Matrix<'_>, right: Matrix<'_>, [rows, shared, columns]: [usize; 3]) -> Vec<f32> {
    let mut product = vec![0f32; rows * columns];
    let part = rows.div_ceil(PARTS).max(1);
    product.par_chunks_mut((part * columns).max(1)).enumerate().for_each(|(i, product)| {
        let rows = product.len() / columns;
        multiply(left.below(i * part), right, [rows, shared, columns], product);
    });
    product
}

/// What each place of the result sees: (inputs, taps, N, places).
fn columns(x: &[f32], sizes: &Sizes) -> Vec<f32> {
    let area = sizes.input[0] * sizes.input[1];
    let of_input = sizes.kernel[0] * sizes.kernel[1] * sizes.images * places(sizes);
    let mut columns = vec![0f32; sizes.inputs * of_input];
    columns.par_chunks_exact_mut(of_input.max(1)).enumerate().for_each(|(input, columns)| {
        for image in 0..sizes.images {
            let plane = &x[(image * sizes.inputs + input) * area..][..area];
            for_rows(sizes, [image, 0], |column, place, count| {
                let from = plane[place..].iter().step_by(sizes.stride);
                columns[column..column + count].iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            });
        }
    });
    columns
}

/// Calls `f` for each row of results that a tap of input channel `input` reaches inside image `image`: where it
/// stands among all columns, where the first of it lies in the plane, and how many there are, a stride apart.
fn for_rows(sizes: &Sizes, [image, input]: [usize; 2], mut f: impl FnMut(usize, usize, usize)) {
    let ([kh, kw], [height, width]) = (sizes.kernel, sizes.output);
    for tap in 0..kh * kw {
        let tap_at = [tap / kw, tap % kw];
        // The results whose tap lies inside the plane, along each axis.
        let inside = [0, 1].map(|axis| {
            let (tap, pad, size) = (tap_at[axis], sizes.pad[axis], sizes.input[axis]);
            let first = pad.saturating_sub(tap).div_ceil(sizes.stride);
            let end = (size + pad).saturating_sub(tap).div_ceil(sizes.stride).min(sizes.output[axis]);
            first..end.max(first)
        });
        let place = |axis: usize, at: usize| at * sizes.stride + tap_at[axis] - sizes.pad[axis];
        let column = ((input * kh * kw + tap) * sizes.images + image) * height * width;
        let [rows, across] = inside;
        if across.is_empty() {
            continue;
        }
        for y in rows {
            let at = place(0, y) * sizes.input[1] + place(1, across.start);
            f(column + y * width + across.start, at, across.len());
        }
    }
}
