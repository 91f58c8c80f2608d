//! Convolution of stride 1 in bf16 with sums in f32, for processors that multiply bf16 twice as fast (AVX-512 BF16).
//!
//! One instruction multiplies two channels and adds both products. So neighbouring channels are packed in pairs, those
//! of the picture tile by tile, those of the weights once. A tile is packed so that every vector of it belongs to 16
//! consecutive outputs, whatever the width: neither borders nor rows leave lanes without work.

mod filter;
mod pack;
mod tile;

use std::sync::OnceLock;

use super::epilogue::{Epilogue, SharedOutput, filled};
use super::filter::FilterView;
use super::sizes::Sizes;
use super::winograd::WinogradFilter;
use crate::simd::scratch::with_scratch;
use crate::simd::threads::{parallel_for, worth_threads};
use crate::simd::{InstructionSet, instruction_set};

pub(crate) use filter::PairFilter;
use pack::{Layout, pack};
use tile::Tile;

/// Outputs per vector.
const LANES: usize = 16;
/// Size in pairs of a packed tile that stays in a core's L2 cache beside the weights.
const TILE: usize = 64 << 10;

/// Whether it is the fastest way, given that the filter is used again.
pub(crate) fn is_faster(sizes: &Sizes) -> bool {
    sizes.stride == 1 && is_available() && !winograd_is_faster(sizes)
}

/// Whether Winograd's algorithm in f32, which needs half as many instructions for its products, is faster.
fn winograd_is_faster(sizes: &Sizes) -> bool {
    /// Products of both numbers of channels from which the transforms, which take more time than estimated, pay.
    const MIN_CHANNEL_PAIRS: usize = 1 << 10;
    /// Time of an instruction here, and of an estimated multiplication there with so many channels, measured.
    const COSTS: [usize; 2] = [23, 20];
    let (inputs, outputs) = (sizes.inputs, sizes.outputs);
    if sizes.kernel != [3, 3] || inputs * outputs < MIN_CHANNEL_PAIRS {
        return false;
    }
    let pairs = sizes.images * sizes.output[0] * sizes.output[1] * 9 * inputs.div_ceil(2) * outputs;
    let multiplications = WinogradFilter::work([inputs, outputs], sizes.images, sizes.output);
    COSTS[1] * multiplications < COSTS[0] * pairs
}

/// Whether the processor has the instructions, and AVX-512 is in use.
pub(crate) fn is_available() -> bool {
    instruction_set() == InstructionSet::Avx512 && has_instructions()
}

fn has_instructions() -> bool {
    is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512bf16")
}

/// C(x, filter) with its epilogue, if [`is_available`]. `packed` keeps the packed filter.
pub(crate) fn convolve(
    x: &[f32],
    filter: &[f32],
    sizes: &Sizes,
    epilogue: &Epilogue<'_>,
    packed: &OnceLock<PairFilter>,
) -> Vec<f32> {
    assert!(has_instructions(), "the processor has no AVX-512 BF16");
    let filter = packed.get_or_init(|| PairFilter::new(&FilterView::new(filter, sizes.filter_shape())));
    let picture = sizes.inputs * sizes.input[0] * sizes.input[1];
    let length = sizes.images * sizes.outputs * sizes.output[0] * sizes.output[1];
    assert!(x.len() == sizes.images * picture, "the picture has the wrong size");
    assert!(
        epilogue.residual.is_empty() || epilogue.residual.len() == length,
        "the residual has the wrong size"
    );
    // The instructions do twice the work of those that the threshold was measured with.
    let work = length * sizes.inputs * sizes.kernel[0] * sizes.kernel[1] / 2;
    let parts = if worth_threads(work) { 2 * rayon::current_num_threads() } else { 1 };
    let rows = rows_per_tile(sizes, filter, parts);
    let starts =
        (0..sizes.images).flat_map(|image| (0..sizes.output[0]).step_by(rows).map(move |row| (image, row)));
    let run = |out: SharedOutput, (image, row): (usize, usize)| {
        let layout = Layout::new(sizes, row, rows.min(sizes.output[0] - row));
        with_scratch(layout.space(filter.pairs), |pairs| {
            let x = &x[image * picture..][..picture];
            // SAFETY: the processor has the instructions, and the tiles have parts of their own of the output.
            unsafe {
                pack(x, sizes, &layout, pairs);
                Tile { pairs, layout, image, sizes, filter, epilogue, out }.convolve();
            }
        });
    };
    // SAFETY: the tiles cover the output.
    unsafe { filled(length, |out| parallel_for(starts, work, |start| run(out, start))) }
}

/// Rows of output per tile, for at least `parts` tiles if there are as many rows.
fn rows_per_tile(sizes: &Sizes, filter: &PairFilter, parts: usize) -> usize {
    let [height, _] = sizes.output;
    let row = Layout::new(sizes, 0, 1).space(filter.pairs) / sizes.kernel[0];
    let share = height.div_ceil(parts.div_ceil(sizes.images.max(1)));
    (TILE / row.max(1)).clamp(1, share.max(1))
}

#[cfg(test)]
mod tests;
