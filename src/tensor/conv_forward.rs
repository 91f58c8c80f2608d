//! Spreads a convolution over images and blocks of output channels.

use rayon::prelude::*;

use super::conv_kernel::{PackedFilter, PaddedImage, Window, convolve_block};
use super::conv_sizes::Sizes;

/// Convolves `x`; `finish` maps each (output channel, sum) to what is stored.
pub(super) fn forward(
    x: &[f32],
    sizes: &Sizes,
    filter: &PackedFilter,
    finish: impl Fn(usize, f32) -> f32 + Sync,
) -> Vec<f32> {
    let window = Window {
        input: sizes.input,
        output: sizes.output,
        kernel: sizes.kernel,
        stride: sizes.stride,
        pad: [sizes.pad; 2],
    };
    convolve_images(x, [sizes.images, sizes.inputs, sizes.outputs], &window, filter, finish)
}

/// Convolves images (images, inputs, outputs) through `window`. With enough images each thread takes
/// whole ones; with fewer, the threads share the output channels of each.
pub(super) fn convolve_images(
    x: &[f32],
    [images, inputs, outputs]: [usize; 3],
    window: &Window,
    filter: &PackedFilter,
    finish: impl Fn(usize, f32) -> f32 + Sync,
) -> Vec<f32> {
    let plane = window.output[0] * window.output[1];
    let mut out = vec![0f32; images * outputs * plane];
    let input = inputs * window.input[0] * window.input[1];
    if input == 0 || out.is_empty() {
        return out;
    }
    let block = |image: &PaddedImage, b: usize, target: &mut [f32], rows: &mut Vec<f32>| {
        let length = convolve_block(image, filter, b, rows);
        for ((o, to), from) in
            filter.channels_of(b).zip(target.chunks_exact_mut(plane)).zip(rows.chunks_exact(length))
        {
            for (to, from) in to.chunks_exact_mut(window.output[1]).zip(from.chunks(image.row)) {
                to.iter_mut().zip(from).for_each(|(to, from)| *to = finish(o, *from));
            }
        }
    };
    let block_plane = filter.channels_of(0).len() * plane;
    if images >= rayon::current_num_threads() {
        let pairs = out.par_chunks_exact_mut(outputs * plane).zip(x.par_chunks_exact(input));
        pairs.for_each_init(<(PaddedImage, Vec<f32>)>::default, |(padded, rows), (target, source)| {
            padded.fill(source, inputs, window);
            for (b, target) in target.chunks_mut(block_plane).enumerate() {
                block(padded, b, target, rows);
            }
        });
        return out;
    }
    let mut padded = PaddedImage::default();
    for (target, source) in out.chunks_exact_mut(outputs * plane).zip(x.chunks_exact(input)) {
        padded.fill(source, inputs, window);
        let blocks = target.par_chunks_mut(block_plane).enumerate();
        blocks.for_each_init(Vec::new, |rows, (b, target)| block(&padded, b, target, rows));
    }
    out
}
