//! The direct convolution kernel. A tile of the picture is padded once and then treated as one long row, so
//! that a filter tap is a fixed offset and every vector load is full, whatever the width.
//!
//! Stride s is reduced to stride 1 by splitting rows and columns into s x s phases, each a channel with the
//! taps that meet it.

use super::epilogue::{Epilogue, SharedOutput};
use super::filter::FilterView;
use super::sizes::phase_starts;
use crate::simd::threads::{MOVE_COST, parallel_for};
use crate::simd::{InstructionSet, Kernel, Lanes, block_size, instruction_set, launch};

/// The rows and columns of the picture that belong to one phase of the stride, and the taps that meet them.
struct Phase {
    /// First row and column.
    start: [usize; 2],
    /// Rows and columns of taps.
    kernel: [usize; 2],
}

/// The phases that at least one tap meets.
fn phases(stride: usize, kernel: [usize; 2]) -> Vec<Phase> {
    let phase = |start: [usize; 2]| {
        let taps = |axis: usize| (kernel[axis] - start[axis]).div_ceil(stride);
        Phase { start, kernel: [taps(0), taps(1)] }
    };
    phase_starts(stride, kernel).map(phase).collect()
}

/// A filter packed for the kernel: blocks of output channels, and for each block the weights of every (phase,
/// input channel, tap) side by side.
pub(crate) struct PackedFilter {
    weights: Vec<f32>,
    pub(crate) outputs: usize,
    pub(crate) inputs: usize,
    stride: usize,
    phases: Vec<Phase>,
    /// Rows and columns of taps in the largest phase.
    pub(crate) kernel: [usize; 2],
    /// Weights per output channel.
    pub(crate) taps: usize,
    block: usize,
    set: InstructionSet,
}

impl PackedFilter {
    /// Packs `filter` for a convolution with `stride`.
    pub(crate) fn new(filter: &FilterView<'_>, stride: usize) -> Self {
        let set = instruction_set();
        let ([kh, kw], block) = (filter.kernel, block_size(set));
        let phases = phases(stride, [kh, kw]);
        let (outputs, inputs, taps) = (filter.outputs, filter.inputs, filter.inputs * kh * kw);
        let mut weights = vec![0f32; outputs.div_ceil(block) * taps * block];
        let pack = |(b, packed): (usize, &mut [f32])| {
            let mut slots = packed.chunks_exact_mut(block);
            let outputs = b * block..outputs.min((b + 1) * block);
            for Phase { start, kernel } in &phases {
                for i in 0..inputs {
                    for y in (0..kernel[0]).map(|y| y * stride + start[0]) {
                        for (x, slot) in (0..kernel[1]).map(|x| x * stride + start[1]).zip(&mut slots) {
                            slot.iter_mut().zip(outputs.clone()).for_each(|(to, o)| {
                                *to = filter.weight(o, i, y, x);
                            });
                        }
                    }
                }
            }
        };
        let work = MOVE_COST * weights.len();
        parallel_for(weights.chunks_exact_mut((taps * block).max(1)).enumerate(), work, pack);
        let kernel = [kh.div_ceil(stride), kw.div_ceil(stride)];
        Self { weights, outputs, inputs, stride, phases, kernel, taps, block, set }
    }

    /// Rows and columns of the picture between neighbouring outputs.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// The instruction set that it is packed for.
    pub(crate) fn set(&self) -> InstructionSet {
        self.set
    }

    /// The weights of block `b` of output channels: for each tap, one per channel of the block.
    pub(crate) fn block(&self, b: usize) -> &[f32] {
        let size = self.taps * self.block;
        &self.weights[b * size..][..size]
    }

    /// Channels times phases.
    pub(crate) fn channels(&self) -> usize {
        self.inputs * self.phases.len()
    }
}

/// Floats that must be readable beyond the last position, because vectors are loaded in pairs.
pub(crate) const SLACK: usize = 32;

/// A part of the output of one image, and the part of the picture that it sees.
#[derive(Clone, Copy)]
pub(crate) struct Tile {
    pub(crate) image: usize,
    /// Height and width.
    pub(crate) size: [usize; 2],
    /// The row and column of the picture under the first tap of the tile's first output; may lie outside.
    pub(crate) origin: [isize; 2],
    /// Row and column of its first output, and the distance between outputs.
    pub(crate) start: [usize; 2],
    pub(crate) step: usize,
}

impl Tile {
    /// Rows and columns of one phase of the padded tile.
    fn padded(&self, kernel: [usize; 2]) -> [usize; 2] {
        [self.size[0] - 1 + kernel[0], self.size[1] - 1 + kernel[1]]
    }

    /// Sizes in floats of the padded tile and of the sums of one block of channels.
    pub(crate) fn scratch(&self, filter: &PackedFilter) -> [usize; 2] {
        let [rows, row] = self.padded(filter.kernel);
        let positions = (self.size[0] - 1) * row + self.size[1];
        [filter.channels() * rows * row + row + SLACK, filter.block * positions.next_multiple_of(SLACK)]
    }
}

/// Pads a tile of `image` (channels, `input`) and splits it into phases, every channel one long row.
pub(crate) fn pad_tile(
    image: &[f32],
    input: [usize; 2],
    tile: &Tile,
    filter: &PackedFilter,
    padded: &mut [f32],
) {
    let [height, width] = input;
    if filter.channels() == 0 {
        return;
    }
    let [rows, row] = tile.padded(filter.kernel);
    let planes = padded.chunks_exact_mut(rows * row);
    let sources = filter
        .phases
        .iter()
        .flat_map(|phase| image.chunks_exact(height * width).map(move |source| (source, phase.start)));
    for (plane, (source, start)) in planes.zip(sources) {
        for (r, to) in plane.chunks_exact_mut(row).enumerate() {
            let y = tile.origin[0] + (r * filter.stride + start[0]) as isize;
            match usize::try_from(y).ok().filter(|y| *y < height) {
                Some(y) => {
                    let first = tile.origin[1] + start[1] as isize;
                    copy_row(&source[y * width..(y + 1) * width], to, first, filter.stride);
                }
                None => to.fill(0.0),
            }
        }
    }
}

/// Copies every `stride`-th value of a row from column `first` on, with zeros outside.
fn copy_row(source: &[f32], row: &mut [f32], first: isize, stride: usize) {
    let inside = |i: usize| (i * stride) as isize + first;
    // Positions left of the row, and positions up to its end.
    let before = (-first).max(0).unsigned_abs().div_ceil(stride).min(row.len());
    let until =
        (source.len() as isize - first).max(0).unsigned_abs().div_ceil(stride).clamp(before, row.len());
    row[..before].fill(0.0);
    row[until..].fill(0.0);
    if before == until {
        return;
    }
    let source = &source[inside(before).max(0).unsigned_abs()..];
    let row = &mut row[before..until];
    if stride == 1 {
        row.copy_from_slice(&source[..row.len()]);
    } else {
        row.iter_mut().zip(source.iter().step_by(stride)).for_each(|(to, from)| *to = *from);
    }
}

/// Convolves a padded tile with all blocks of the filter and writes its part of the output. `output` is the
/// size of the whole output; `sums` is scratch memory for the sums of one block.
///
/// # Safety
/// No other thread may access the tile's part of `out`, which must hold the whole output.
pub(crate) unsafe fn convolve_tile(
    padded: &[f32],
    filter: &PackedFilter,
    tile: &Tile,
    output: [usize; 2],
    sums: &mut [f32],
    epilogue: &Epilogue<'_>,
    out: SharedOutput,
) {
    let [rows, row] = tile.padded(filter.kernel);
    let required = tile.scratch(filter);
    assert!(padded.len() >= required[0] && sums.len() >= required[1], "the scratch memory is too small");
    let positions = (tile.size[0] - 1) * row + tile.size[1];
    let length = positions.next_multiple_of(SLACK);
    let job =
        Job { padded, plane: rows * row, row, filter, tile, output, positions, length, sums, epilogue, out };
    // SAFETY: the filter records the instruction set it was packed for. A load reaches at most `SLACK - 1`
    // floats beyond the last position plus the last tap, and the tile holds `row + SLACK` floats beyond its
    // last channel. Stores stay inside `sums`, whose rows are a multiple of `SLACK` long, which the vectors
    // of every set divide, and inside the tile's rows of the output.
    unsafe { launch(filter.set, job) }
}

struct Job<'a> {
    padded: &'a [f32],
    plane: usize,
    row: usize,
    filter: &'a PackedFilter,
    tile: &'a Tile,
    output: [usize; 2],
    positions: usize,
    length: usize,
    sums: &'a mut [f32],
    epilogue: &'a Epilogue<'a>,
    out: SharedOutput,
}

impl Kernel for Job<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes, const BLOCK: usize>(self) {
        let size = self.filter.taps * BLOCK;
        let sums = self.sums.as_mut_ptr();
        for b in 0..self.filter.outputs.div_ceil(BLOCK) {
            // SAFETY: the caller upholds the contract.
            unsafe {
                let weights = self.filter.weights.as_ptr().add(b * size);
                for position in (0..self.positions).step_by(2 * L::LANES) {
                    let from = self.padded.as_ptr().add(position);
                    let to = sums.add(position);
                    match self.filter.outputs - b * BLOCK {
                        0..=3 => self.sum_taps::<L, 3, BLOCK>(from, weights, to),
                        4..=6 => self.sum_taps::<L, 6, BLOCK>(from, weights, to),
                        _ => self.sum_taps::<L, BLOCK, BLOCK>(from, weights, to),
                    }
                }
                for o in b * BLOCK..self.filter.outputs.min((b + 1) * BLOCK) {
                    self.write_output::<L>(o, sums.add((o - b * BLOCK) * self.length));
                }
            }
        }
    }
}

impl Job<'_> {
    /// Applies the epilogue to output channel `o` and writes it.
    #[inline(always)]
    unsafe fn write_output<L: Lanes>(&self, o: usize, sums: *const f32) {
        let Tile { image, size, start, step, .. } = *self.tile;
        let plane = image * self.filter.outputs + o;
        let (scale, shift) = self.epilogue.affine(plane);
        // SAFETY: the caller upholds the contract.
        unsafe {
            let (scales, shifts) = (L::splat(scale), L::splat(shift));
            let slopes = L::splat(self.epilogue.slope);
            for y in 0..size[0] {
                let from = sums.add(y * self.row);
                let index = (plane * self.output[0] + start[0] + y * step) * self.output[1] + start[1];
                if step > 1 {
                    for x in 0..size[1] {
                        let value = *from.add(x) * scale + shift;
                        let value = if value > 0.0 { value } else { value * self.epilogue.slope };
                        let index = index + x * step;
                        self.out.at(index).write(value + self.epilogue.residual.get(index).unwrap_or(&0.0));
                    }
                    continue;
                }
                for x in (0..size[1]).step_by(L::LANES) {
                    let mask = L::mask(0, (size[1] - x) as isize);
                    let value = L::load_masked(from.add(x), mask);
                    let mut value = value.mul_add(scales, shifts).leaky(slopes);
                    if !self.epilogue.residual.is_empty() {
                        let added = self.epilogue.residual.as_ptr().add(index + x);
                        value = value.add(L::load_masked(added, mask));
                    }
                    value.store_masked(self.out.at(index + x), mask);
                }
            }
        }
    }

    /// Computes two vectors of positions for `COUNT` output channels with all sums in registers; each tap has
    /// `BLOCK` weights.
    #[inline(always)]
    unsafe fn sum_taps<L: Lanes, const COUNT: usize, const BLOCK: usize>(
        &self,
        mut from: *const f32,
        mut weights: *const f32,
        to: *mut f32,
    ) {
        // SAFETY: the caller upholds the contract.
        unsafe {
            let mut sums = [[L::splat(0.0); 2]; COUNT];
            for Phase { kernel: [rows, columns], .. } in &self.filter.phases {
                for _ in 0..self.filter.inputs {
                    for y in 0..*rows {
                        let taps = from.add(y * self.row);
                        for x in 0..*columns {
                            let left = L::load(taps.add(x));
                            let right = L::load(taps.add(x + L::LANES));
                            for (o, sum) in sums.iter_mut().enumerate() {
                                let weight = L::splat(*weights.add(o));
                                sum[0] = weight.mul_add(left, sum[0]);
                                sum[1] = weight.mul_add(right, sum[1]);
                            }
                            weights = weights.add(BLOCK);
                        }
                    }
                    from = from.add(self.plane);
                }
            }
            for (o, sum) in sums.iter().enumerate() {
                let to = to.add(o * self.length);
                sum[0].store(to);
                sum[1].store(to.add(L::LANES));
            }
        }
    }
}
