//! Chooses how a convolution and its transpose run on the CPU, and spreads them over threads.

use std::sync::OnceLock;

use super::columns;
use super::filter::FilterView;
use super::finish::{Finish, SharedOutput, filled};
use super::kernel::{PackedFilter, SLACK, Tile, convolve_tile, take_in};
use super::sizes::Sizes;
use super::winograd::{self, WinogradFilter};
use crate::simd::scratch::with_scratch;
use crate::simd::threads::share;

/// A filter packed for the ways in which it has run so far, at most two.
#[derive(Default)]
pub(crate) struct Packed {
    direct: OnceLock<PackedFilter>,
    winograd: OnceLock<WinogradFilter>,
}

/// C(x, filter), finished. What `packed` holds must be of the same filter and stride; `kept` says that it
/// will be used again, so that packing counts for nothing.
pub(crate) fn forward(
    x: &[f32],
    filter: &[f32],
    sizes: &Sizes,
    finish: &Finish<'_>,
    packed: &Packed,
    kept: bool,
) -> Vec<f32> {
    let view = FilterView::new(filter, sizes.filter_shape());
    let pad = sizes.pad.map(|pad| pad as isize);
    let shape = [sizes.input, sizes.output];
    if sizes.stride == 1 && winograd_pays(&view, sizes.images, sizes.output, kept) {
        let filter = packed.winograd.get_or_init(|| WinogradFilter::new(&view));
        return winograd::convolve(x, sizes.images, shape, pad, filter, finish);
    }
    if !kept && columns::pays(sizes) {
        return columns::convolve(x, filter, sizes, finish);
    }
    let filter = packed.direct.get_or_init(|| PackedFilter::new(&view, sizes.stride));
    let phase = Phase { filter, size: sizes.output, origin: pad.map(|pad| -pad), start: [0, 0], step: 1 };
    direct(x, sizes.images, shape, &[phase], finish)
}

/// T(grad, filter), finished: at stride 1 a convolution with the filter turned round; else every
/// `stride`-th row and column of the result takes every `stride`-th row and column of the filter.
pub(crate) fn transposed(grad: &[f32], filter: &[f32], sizes: &Sizes, finish: &Finish<'_>) -> Vec<f32> {
    let view = FilterView::new(filter, sizes.filter_shape());
    let (stride, pad) = (sizes.stride, sizes.pad);
    let shape = [sizes.output, sizes.input];
    if stride == 1 && winograd_pays(&view.turned(), sizes.images, sizes.input, false) {
        let pad = pad.map(|pad| 2 - pad as isize);
        let filter = WinogradFilter::new(&view.turned());
        return winograd::convolve(grad, sizes.images, shape, pad, &filter, finish);
    }
    if columns::pays(sizes) {
        return columns::transposed(grad, filter, sizes, finish);
    }
    let places: Vec<[usize; 2]> = (0..stride).flat_map(|y| (0..stride).map(move |x| [y, x])).collect();
    let filters: Vec<PackedFilter> = places
        .iter()
        .map(|place| {
            // Row y of the result meets the filter's rows that are y + pad but for multiples of the stride.
            let start = [0, 1].map(|axis| (place[axis] + pad[axis]) % stride);
            PackedFilter::new(&view.phase(start, stride).turned(), 1)
        })
        .collect();
    let phases: Vec<Phase<'_>> = places
        .iter()
        .zip(&filters)
        .filter(|(place, _)| place[0] < sizes.input[0] && place[1] < sizes.input[1])
        .map(|(place, filter)| Phase {
            filter,
            size: [0, 1].map(|axis| (sizes.input[axis] - place[axis]).div_ceil(stride)),
            origin: [0, 1]
                .map(|axis| ((place[axis] + pad[axis]) / stride) as isize + 1 - filter.kernel[axis] as isize),
            start: *place,
            step: stride,
        })
        .collect();
    direct(grad, sizes.images, shape, &phases, finish)
}

/// Whether Winograd's way takes less work than the direct one. `kept` filters are packed already.
fn winograd_pays(filter: &FilterView<'_>, images: usize, output: [usize; 2], kept: bool) -> bool {
    /// Transformed weights beyond this many bytes leave the cache and take longer to read than to use.
    const MOST_WEIGHTS: usize = 12 << 20;
    let (inputs, outputs) = (filter.inputs, filter.outputs);
    if filter.kernel != [3, 3] || inputs < 8 || 36 * 4 * inputs * outputs > MOST_WEIGHTS {
        return false;
    }
    let positions = (output[0] * (output[1] + 2)).next_multiple_of(SLACK);
    let direct = (images * positions + SLACK / 2) * 9 * inputs * outputs.next_multiple_of(6);
    let packing = if kept { 0 } else { 600 * inputs * outputs };
    WinogradFilter::work([inputs, outputs], images, output) + packing < direct
}

/// Some of the rows and columns of a result, and how they come from the picture.
struct Phase<'a> {
    filter: &'a PackedFilter,
    /// How many rows and columns.
    size: [usize; 2],
    /// The row and column of the picture that the first tap of the first one meets.
    origin: [isize; 2],
    /// The first row and column of the result, and how far from one to the next.
    start: [usize; 2],
    step: usize,
}

/// Floats of a padded tile that stay in a core's second cache beside everything else.
const TILE: usize = 96 << 10;
/// Most positions of a tile, so that the sums of a block stay there too.
const POSITIONS: usize = 2048;

impl Phase<'_> {
    /// Rows and columns of one tile, for at least `wanted` tiles if the phase is large enough.
    fn tile(&self, wanted: usize) -> [usize; 2] {
        let [kh, kw] = self.filter.kernel;
        let most = (TILE / self.filter.channels().max(1)).clamp(64, POSITIONS);
        let parts = self.size[1].div_ceil(128.min(most / 4));
        let columns = self.size[1].div_ceil(parts);
        let rows = (most / (columns + kw - 1)).saturating_sub(kh - 1).max(4);
        let share = (self.size[0] * parts).div_ceil(wanted).max(4);
        [rows.min(share).min(self.size[0]), columns]
    }
}

/// Convolves `x` (`images`, channels, `input`) to (`images`, channels, `output`), which the phases cover.
fn direct(
    x: &[f32],
    images: usize,
    [input, output]: [[usize; 2]; 2],
    phases: &[Phase<'_>],
    finish: &Finish<'_>,
) -> Vec<f32> {
    let Some(first) = phases.first() else { return Vec::new() };
    let (inputs, outputs) = (first.filter.inputs, first.filter.outputs);
    let length = images * outputs * output[0] * output[1];
    let picture = inputs * input[0] * input[1];
    assert!(x.len() == images * picture, "the picture has another size");
    assert!(finish.added.is_empty() || finish.added.len() == length, "what is added has another size");
    let threads = rayon::current_num_threads();
    let wanted = (2 * threads).div_ceil(images * phases.len());
    let tiles =
        phases.iter().flat_map(|phase| (0..images).flat_map(move |image| tiles(phase, image, wanted)));
    let run = |out: SharedOutput, (phase, tile): (&Phase<'_>, Tile)| {
        let [padded, sums] = tile.scratch(phase.filter);
        with_scratch(padded + sums, |scratch| {
            let (padded, sums) = scratch.split_at_mut(padded);
            let image = &x[tile.image * picture..][..picture];
            take_in(image, input, &tile, phase.filter, padded);
            // SAFETY: every tile has its own part of the result.
            unsafe { convolve_tile(padded, phase.filter, &tile, output, sums, finish, out) };
        });
    };
    // SAFETY: the tiles of all phases cover the result.
    unsafe {
        filled(length, |out| {
            share(tiles, length * first.filter.taps, |tile| run(out, tile));
        })
    }
}

/// The tiles of one image.
fn tiles<'a>(
    phase: &'a Phase<'a>,
    image: usize,
    wanted: usize,
) -> impl Iterator<Item = (&'a Phase<'a>, Tile)> {
    let stride = phase.filter.stride();
    let [rows, columns] = phase.tile(wanted);
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
