//! The direct convolution kernel: a tile of the picture is padded once and then seen as one long row, so
//! that a tap of the filter is a fixed offset and every vector load is whole, whatever the width.
//!
//! A stride s is turned into stride 1 by dealing rows and columns out to s x s phases, each a channel with the
//! taps that meet it.

use super::filter::FilterView;
use super::finish::{Finish, SharedOutput};
use super::sizes::phase_starts;
use crate::simd::threads::{MOVED, share};
use crate::simd::{InstructionSet, Kernel, Lanes, block_size, instruction_set, launch};

/// The rows and columns of the picture that a stride deals to one phase, and the taps that meet them.
struct Phase {
    /// Its first row and column.
    start: [usize; 2],
    /// Rows and columns of taps.
    kernel: [usize; 2],
}

/// The phases that taps meet.
fn phases(stride: usize, kernel: [usize; 2]) -> Vec<Phase> {
    let phase = |start: [usize; 2]| {
        let taps = |axis: usize| (kernel[axis] - start[axis]).div_ceil(stride);
        Phase { start, kernel: [taps(0), taps(1)] }
    };
    phase_starts(stride, kernel).map(phase).collect()
}

/// The filter packed for the kernel: blocks of output channels, and for each block the weights of
/// every (phase, input channel, tap) side by side.
pub(crate) struct PackedFilter {
    weights: Vec<f32>,
    pub(crate) outputs: usize,
    /// Channels of the picture.
    pub(crate) inputs: usize,
    /// Of the picture.
    stride: usize,
    phases: Vec<Phase>,
    /// Of the largest phase.
    pub(crate) kernel: [usize; 2],
    /// Weights of one output.
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
        let work = MOVED * weights.len();
        share(weights.chunks_exact_mut((taps * block).max(1)).enumerate(), work, pack);
        let kernel = [kh.div_ceil(stride), kw.div_ceil(stride)];
        Self { weights, outputs, inputs, stride, phases, kernel, taps, block, set }
    }

    /// Rows and columns of the picture from one result to the next.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// Channels times phases.
    pub(crate) fn channels(&self) -> usize {
        self.inputs * self.phases.len()
    }
}

/// Vectors are loaded in pairs, so this many floats beyond the last position must be readable.
pub(crate) const SLACK: usize = 32;

/// A part of the result of one image, and what of the picture it sees.
#[derive(Clone, Copy)]
pub(crate) struct Tile {
    pub(crate) image: usize,
    /// Height and width of the part.
    pub(crate) size: [usize; 2],
    /// The row and column of the picture that the first tap of its first pixel meets; may lie outside.
    pub(crate) origin: [isize; 2],
    /// Where its first pixel goes in the result, and how far from one to the next.
    pub(crate) start: [usize; 2],
    pub(crate) step: usize,
}

impl Tile {
    /// Rows and columns of the padded tile, in one phase.
    fn padded(&self, kernel: [usize; 2]) -> [usize; 2] {
        [self.size[0] - 1 + kernel[0], self.size[1] - 1 + kernel[1]]
    }

    /// Floats that its padded tile and the sums of one block of channels take.
    pub(crate) fn scratch(&self, filter: &PackedFilter) -> [usize; 2] {
        let [rows, row] = self.padded(filter.kernel);
        let positions = (self.size[0] - 1) * row + self.size[1];
        [filter.channels() * rows * row + row + SLACK, filter.block * positions.next_multiple_of(SLACK)]
    }
}

/// Pads a tile of `image` (channels, `input`) and deals it out to phases, every channel one long row.
pub(crate) fn take_in(
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
    // How many places lie left of the row, and how many until its end.
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

/// Convolves a padded tile with all blocks of the filter and writes the part of the result. `output` is
/// the size of the whole result; `sums` is memory for the sums of a block.
///
/// # Safety
/// No other thread may touch the tile's part of `out`, which must hold the whole result.
pub(crate) unsafe fn convolve_tile(
    padded: &[f32],
    filter: &PackedFilter,
    tile: &Tile,
    output: [usize; 2],
    sums: &mut [f32],
    finish: &Finish<'_>,
    out: SharedOutput,
) {
    let [rows, row] = tile.padded(filter.kernel);
    let wanted = tile.scratch(filter);
    assert!(padded.len() >= wanted[0] && sums.len() >= wanted[1], "too little scratch memory");
    let positions = (tile.size[0] - 1) * row + tile.size[1];
    let length = positions.next_multiple_of(SLACK);
    let job =
        Job { padded, plane: rows * row, row, filter, tile, output, positions, length, sums, finish, out };
    // SAFETY: the filter remembers the set it was packed for. A load reaches at most `SLACK - 1` floats
    // beyond the last position plus the last tap, and the tile holds `row + SLACK` floats beyond its last
    // channel. Stores stay inside `sums`: its rows are a multiple of `SLACK` long, which the vectors of
    // every set divide; and inside the tile's rows of the result.
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
    finish: &'a Finish<'a>,
    out: SharedOutput,
}

impl Kernel for Job<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes, const BLOCK: usize>(self) {
        let size = self.filter.taps * BLOCK;
        let sums = self.sums.as_mut_ptr();
        for b in 0..self.filter.outputs.div_ceil(BLOCK) {
            // SAFETY: passed on from the caller.
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
                    self.give_out::<L>(o, sums.add((o - b * BLOCK) * self.length));
                }
            }
        }
    }
}

impl Job<'_> {
    /// Writes the rows of output channel `o`.
    #[inline(always)]
    unsafe fn give_out<L: Lanes>(&self, o: usize, sums: *const f32) {
        let Tile { image, size, start, step, .. } = *self.tile;
        let plane = image * self.filter.outputs + o;
        let (scale, shift) = self.finish.affine(plane);
        // SAFETY: passed on from the caller.
        unsafe {
            let (scales, shifts) = (L::splat(scale), L::splat(shift));
            let slopes = L::splat(self.finish.slope);
            for y in 0..size[0] {
                let from = sums.add(y * self.row);
                let place = (plane * self.output[0] + start[0] + y * step) * self.output[1] + start[1];
                if step > 1 {
                    for x in 0..size[1] {
                        let value = *from.add(x) * scale + shift;
                        let value = if value > 0.0 { value } else { value * self.finish.slope };
                        let place = place + x * step;
                        self.out.at(place).write(value + self.finish.added.get(place).unwrap_or(&0.0));
                    }
                    continue;
                }
                for x in (0..size[1]).step_by(L::LANES) {
                    let mask = L::mask(0, (size[1] - x) as isize);
                    let value = L::load_masked(from.add(x), mask);
                    let mut value = value.mul_add(scales, shifts).leaky(slopes);
                    if !self.finish.added.is_empty() {
                        let added = self.finish.added.as_ptr().add(place + x);
                        value = value.add(L::load_masked(added, mask));
                    }
                    value.store_masked(self.out.at(place + x), mask);
                }
            }
        }
    }

    /// Computes two vectors of positions of `COUNT` output channels, all sums in registers; each tap has
    /// `BLOCK` weights.
    #[inline(always)]
    unsafe fn sum_taps<L: Lanes, const COUNT: usize, const BLOCK: usize>(
        &self,
        mut from: *const f32,
        mut weights: *const f32,
        to: *mut f32,
    ) {
        // SAFETY: passed on from the caller.
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
