//! The gradient of a convolution to its filter: one matrix product a tap.

use rayon::prelude::*;

use super::conv_sizes::Sizes;

/// Puts the gradient of a strided result where it stands in the result at stride 1.
pub(super) fn spread(grad: Vec<f32>, sizes: &Sizes) -> Vec<f32> {
    if sizes.stride == 1 {
        return grad;
    }
    let [height, width] = sizes.output;
    let full = sizes.unstrided().output;
    let mut out = vec![0f32; sizes.images * sizes.outputs * full[0] * full[1]];
    for (to, from) in out.chunks_exact_mut(full[0] * full[1]).zip(grad.chunks_exact(height * width)) {
        for (y, row) in from.chunks_exact(width).enumerate() {
            let start = y * sizes.stride * full[1];
            for (x, value) in row.iter().enumerate() {
                to[start + x * sizes.stride] = *value;
            }
        }
    }
    out
}

/// Images whose rows are joined for one matrix product; small maps need it to be long enough.
const JOINED: usize = 4;

/// The gradient to the filter, from the gradient at stride 1. The order of the sums does not depend
/// on the number of threads.
pub(super) fn filter_gradient(x: &[f32], grad: &[f32], sizes: &Sizes) -> Vec<f32> {
    let input = sizes.inputs * sizes.input[0] * sizes.input[1];
    let output = sizes.outputs * sizes.output[0] * sizes.output[1];
    let parts: Vec<Vec<f32>> = x
        .par_chunks(JOINED * input)
        .zip(grad.par_chunks(JOINED * output))
        .map(|(x, grad)| joined_filter_gradient(x, grad, sizes))
        .collect();
    let taps = sizes.kernel[0] * sizes.kernel[1];
    let pairs = sizes.outputs * sizes.inputs;
    let mut sums = vec![0f32; pairs * taps];
    for part in &parts {
        for (tap, products) in part.chunks_exact(pairs).enumerate() {
            for (pair, value) in products.iter().enumerate() {
                sums[pair * taps + tap] += value;
            }
        }
    }
    sums
}

/// Lays the channels of some images out as rows of one matrix: padded planes of `plane` (height,
/// width) joined end to end, the picture inside at `pad`.
fn join(
    images: &[f32],
    channels: usize,
    size: [usize; 2],
    plane: [usize; 2],
    pad: usize,
    slack: usize,
) -> Vec<f32> {
    let count = images.len() / (channels * size[0] * size[1]);
    let length = count * plane[0] * plane[1];
    let mut joined = vec![0f32; channels * length + slack];
    for (i, image) in images.chunks_exact(size[0] * size[1]).enumerate() {
        let (n, c) = (i / channels, i % channels);
        let to = &mut joined[c * length + n * plane[0] * plane[1]..][..plane[0] * plane[1]];
        for (y, row) in image.chunks_exact(size[1]).enumerate() {
            to[(y + pad) * plane[1] + pad..][..size[1]].copy_from_slice(row);
        }
    }
    joined
}

fn joined_filter_gradient(x: &[f32], grad: &[f32], sizes: &Sizes) -> Vec<f32> {
    let [kh, kw] = sizes.kernel;
    let plane = sizes.input.map(|size| size + 2 * sizes.pad);
    // A tap moves the whole row of planes; the gradient is zero in the margin, so what is moved past
    // the end of a plane does not count.
    let reach = (kh - 1) * plane[1] + kw - 1;
    let x = join(x, sizes.inputs, sizes.input, plane, sizes.pad, reach);
    let grad = join(grad, sizes.outputs, sizes.output, plane, 0, 0);
    let length = grad.len() / sizes.outputs;
    let pairs = sizes.outputs * sizes.inputs;
    let mut products = vec![0f32; kh * kw * pairs];
    for (tap, product) in products.chunks_exact_mut(pairs).enumerate() {
        let moved = &x[tap / kw * plane[1] + tap % kw..];
        // SAFETY: `product` is outputs x inputs, `grad` outputs x length; `moved` is inputs x length
        // with `reach` floats beyond, of which at most `reach` were skipped.
        unsafe {
            gemm::gemm(
                sizes.outputs,
                sizes.inputs,
                length,
                product.as_mut_ptr(),
                1,
                sizes.inputs as isize,
                false,
                grad.as_ptr(),
                1,
                length as isize,
                moved.as_ptr(),
                length as isize,
                1,
                0f32,
                1f32,
                false,
                false,
                false,
                gemm::Parallelism::None,
            );
        }
    }
    products
}
