//! Selects the CPU algorithm for a convolution or its transpose, and distributes the work over threads.

use std::sync::OnceLock;

#[cfg(target_arch = "x86_64")]
use super::bf16::PairFilter;
use super::epilogue::{Epilogue, SharedOutput, filled};
use super::filter::FilterView;
use super::im2col;
use super::kernel::{PackedFilter, SLACK, Tile, convolve_tile, pad_tile};
use super::pointwise;
use super::sizes::Sizes;
use super::winograd::{self, WinogradFilter};
use crate::simd::scratch::with_scratch;
use crate::simd::threads::{parallel_for, worth_threads};

/// A filter, packed for the algorithms that have run so far, at most two.
#[derive(Default)]
pub(crate) struct Packed {
    direct: OnceLock<PackedFilter>,
    winograd: OnceLock<WinogradFilter>,
    #[cfg(target_arch = "x86_64")]
    pub(crate) pairs: OnceLock<PairFilter>,
}

/// C(x, filter) with its epilogue. `packed` must belong to the same filter and stride. `reused` says that it
/// will be used again, so that the cost of packing does not matter.
pub(crate) fn forward(
    x: &[f32],
    filter: &[f32],
    sizes: &Sizes,
    epilogue: &Epilogue<'_>,
    packed: &Packed,
    reused: bool,
) -> Vec<f32> {
    let view = FilterView::new(filter, sizes.filter_shape());
    let pad = sizes.pad.map(|pad| pad as isize);
    let shape = [sizes.input, sizes.output];
    if sizes.stride == 1 && winograd_is_faster(&view, sizes.images, sizes.output, reused) {
        let filter = packed.winograd.get_or_init(|| WinogradFilter::new(&view));
        return winograd::convolve(x, sizes.images, shape, pad, filter, epilogue);
    }
    if !reused && im2col::is_faster(sizes) {
        return im2col::convolve(x, filter, sizes, epilogue);
    }
    let filter = packed.direct.get_or_init(|| PackedFilter::new(&view, sizes.stride));
    if sizes.kernel == [1, 1] && sizes.stride == 1 && sizes.pad == [0, 0] && sizes.input == sizes.output {
        return pointwise::convolve(x, sizes.images, sizes.input[0] * sizes.input[1], filter, epilogue);
    }
    let phase = Phase { filter, size: sizes.output, origin: pad.map(|pad| -pad), start: [0, 0], step: 1 };
    direct(x, sizes.images, shape, &[phase], epilogue)
}

/// T(grad, filter) with its epilogue. At stride 1 it is a convolution with the adjoint filter; otherwise
/// every `stride`-th row and column of the output uses every `stride`-th row and column of the filter.
pub(crate) fn transposed(grad: &[f32], filter: &[f32], sizes: &Sizes, epilogue: &Epilogue<'_>) -> Vec<f32> {
    let view = FilterView::new(filter, sizes.filter_shape());
    let (stride, pad) = (sizes.stride, sizes.pad);
    let shape = [sizes.output, sizes.input];
    if stride == 1 && winograd_is_faster(&view.adjoint(), sizes.images, sizes.input, false) {
        let pad = pad.map(|pad| 2 - pad as isize);
        let filter = WinogradFilter::new(&view.adjoint());
        return winograd::convolve(grad, sizes.images, shape, pad, &filter, epilogue);
    }
    if im2col::is_faster(sizes) {
        return im2col::transposed(grad, filter, sizes, epilogue);
    }
    let offsets: Vec<[usize; 2]> = (0..stride).flat_map(|y| (0..stride).map(move |x| [y, x])).collect();
    let filters: Vec<PackedFilter> = offsets
        .iter()
        .map(|offset| {
            // Output row y meets the filter rows that equal y + pad modulo the stride.
            let start = [0, 1].map(|axis| (offset[axis] + pad[axis]) % stride);
            PackedFilter::new(&view.phase(start, stride).adjoint(), 1)
        })
        .collect();
    let phases: Vec<Phase<'_>> = offsets
        .iter()
        .zip(&filters)
        .filter(|(offset, _)| offset[0] < sizes.input[0] && offset[1] < sizes.input[1])
        .map(|(offset, filter)| Phase {
            filter,
            size: [0, 1].map(|axis| (sizes.input[axis] - offset[axis]).div_ceil(stride)),
            origin: [0, 1].map(|axis| {
                ((offset[axis] + pad[axis]) / stride) as isize + 1 - filter.kernel[axis] as isize
            }),
            start: *offset,
            step: stride,
        })
        .collect();
    direct(grad, sizes.images, shape, &phases, epilogue)
}

/// Whether Winograd's algorithm costs less than the direct one. `reused` filters are packed only once.
fn winograd_is_faster(filter: &FilterView<'_>, images: usize, output: [usize; 2], reused: bool) -> bool {
    /// Size in bytes above which transformed weights leave the cache and take longer to read than to use.
    const MAX_WEIGHTS_BYTES: usize = 12 << 20;
    let (inputs, outputs) = (filter.inputs, filter.outputs);
    if filter.kernel != [3, 3] || inputs < 8 || 36 * 4 * inputs * outputs > MAX_WEIGHTS_BYTES {
        return false;
    }
    let positions = (output[0] * (output[1] + 2)).next_multiple_of(SLACK);
    let direct = (images * positions + SLACK / 2) * 9 * inputs * outputs.next_multiple_of(6);
    let packing = if reused { 0 } else { 600 * inputs * outputs };
    WinogradFilter::work([inputs, outputs], images, output) + packing < direct
}

/// A subset of the rows and columns of an output, and how they come from the picture.
struct Phase<'a> {
    filter: &'a PackedFilter,
    /// Number of rows and columns.
    size: [usize; 2],
    /// The row and column of the picture under the first tap of the first output.
    origin: [isize; 2],
    /// First row and column of the output, and the distance between them.
    start: [usize; 2],
    step: usize,
}

/// Size in floats of a padded tile that stays in a core's L2 cache beside everything else.
const TILE: usize = 96 << 10;
/// Maximum number of positions in a tile, so that the sums of a block stay in the L2 cache too.
const POSITIONS: usize = 2048;

impl Phase<'_> {
    /// Rows and columns of one tile, small enough for `min_tiles` tiles if the phase is large enough.
    fn tile(&self, min_tiles: usize) -> [usize; 2] {
        let [kh, kw] = self.filter.kernel;
        let most = (TILE / self.filter.channels().max(1)).clamp(64, POSITIONS);
        let parts = self.size[1].div_ceil(128.min(most / 4));
        let columns = self.size[1].div_ceil(parts);
        let rows = (most / (columns + kw - 1)).saturating_sub(kh - 1).max(4);
        let share = (self.size[0] * parts).div_ceil(min_tiles).max(4);
        [rows.min(share).min(self.size[0]), columns]
    }
}

/// Convolves `x` (`images`, channels, `input`) to (`images`, channels, `output`). The phases must cover the
/// output.
fn direct(
    x: &[f32],
    images: usize,
    [input, output]: [[usize; 2]; 2],
    phases: &[Phase<'_>],
    epilogue: &Epilogue<'_>,
) -> Vec<f32> {
    let Some(first) = phases.first() else { return Vec::new() };
    let (inputs, outputs) = (first.filter.inputs, first.filter.outputs);
    let length = images * outputs * output[0] * output[1];
    let picture = inputs * input[0] * input[1];
    assert!(x.len() == images * picture, "the picture has the wrong size");
    assert!(
        epilogue.residual.is_empty() || epilogue.residual.len() == length,
        "the residual has the wrong size"
    );
    let work = length * first.filter.taps;
    let min_tiles = match worth_threads(work) {
        true => (2 * rayon::current_num_threads()).div_ceil(images * phases.len()),
        false => 1,
    };
    let tiles =
        phases.iter().flat_map(|phase| (0..images).flat_map(move |image| tiles(phase, image, min_tiles)));
    let run = |out: SharedOutput, (phase, tile): (&Phase<'_>, Tile)| {
        let [padded, sums] = tile.scratch(phase.filter);
        with_scratch(padded + sums, |scratch| {
            let (padded, sums) = scratch.split_at_mut(padded);
            let image = &x[tile.image * picture..][..picture];
            pad_tile(image, input, &tile, phase.filter, padded);
            // SAFETY: every tile has its own part of the output.
            unsafe { convolve_tile(padded, phase.filter, &tile, output, sums, epilogue, out) };
        });
    };
    // SAFETY: the tiles of all phases cover the output.
    unsafe {
        filled(length, |out| {
            parallel_for(tiles, work, |tile| run(out, tile));
        })
    }
}

/// The tiles of one image.
fn tiles<'a>(
    phase: &'a Phase<'a>,
    image: usize,
    min_tiles: usize,
) -> impl Iterator<Item = (&'a Phase<'a>, Tile)> {
    let stride = phase.filter.stride();
    let [rows, columns] = phase.tile(min_tiles);
    let starts = (0..phase.size[0]).step_by(rows);
    let starts = starts.flat_map(move |y| (0..phase.size[1]).step_by(columns).map(move |x| [y, x]));
    starts.map(move |at| {
        let axis = |axis: usize| {
            let size = [rows, columns][axis].min(phase.size[axis] - at[axis]);
            let origin = phase.origin[axis] + (at[axis] * stride) as isize;
            (size, origin, phase.start[axis] + at[axis] * phase.step)
        };
        let ((height, top, y), (width, left, x)) = (axis(0), axis(1));
        let tile =
            Tile { image, size: [height, width], origin: [top, left], start: [y, x], step: phase.step };
        (phase, tile)
    })
}
