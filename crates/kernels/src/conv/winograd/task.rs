//! The work of one thread: transforms tiles, multiplies, and transforms the products back.

use super::filter::WinogradFilter;
use super::grid::Grid;
use super::transform::{input_transform, output_transform};
use super::{GROUPS, PRODUCTS, VECTORS};
use crate::conv::epilogue::{Epilogue, SharedOutput};
use crate::simd::{Kernel, Lanes};

/// One task: the groups of `vectors` vectors from group `first` on.
pub(super) struct Task<'a> {
    pub(super) x: &'a [f32],
    pub(super) grid: Grid,
    pub(super) input: [usize; 2],
    pub(super) pad: [isize; 2],
    pub(super) filter: &'a WinogradFilter,
    pub(super) epilogue: &'a Epilogue<'a>,
    pub(super) out: SharedOutput,
    pub(super) scratch: &'a mut [f32],
    pub(super) first: usize,
    pub(super) vectors: usize,
}

impl Kernel for Task<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes, const BLOCK: usize>(self) {
        // SAFETY: the caller upholds the contract.
        unsafe {
            match self.vectors {
                1 => self.run_vectors::<L, BLOCK, 1>(),
                _ => self.run_vectors::<L, BLOCK, VECTORS>(),
            }
        }
    }
}

/// The location of one part of a group in the picture, and its lanes inside the picture.
#[derive(Clone, Copy)]
struct Source<M> {
    /// Pointer into the first channel at the part's first column, minus its first lane; may lie outside.
    start: *const f32,
    first_row: isize,
    /// Masks for the columns from the first on, and from the fifth on.
    masks: [M; 2],
}

impl Task<'_> {
    #[inline(always)]
    unsafe fn run_vectors<L: Lanes, const BLOCK: usize, const N: usize>(self) {
        let inputs = self.filter.inputs;
        let step = inputs * N * L::LANES + L::LANES;
        let scratch = self.scratch.as_mut_ptr();
        let sums = scratch.wrapping_add(PRODUCTS * step);
        // SAFETY: the caller upholds the contract; the scratch memory holds both areas.
        unsafe {
            for vector in 0..N {
                self.load_tiles::<L>(vector, scratch.add(vector * L::LANES), step, N * L::LANES);
            }
            let blocks = self.filter.outputs.div_ceil(BLOCK);
            for b in 0..blocks {
                let mut weights = self.filter.weights.as_ptr().add(b * PRODUCTS * inputs * BLOCK);
                let channels = BLOCK.min(self.filter.outputs - b * BLOCK);
                for k in 0..PRODUCTS {
                    let to = sums.add(k * BLOCK * N * L::LANES);
                    let from = scratch.add(k * step);
                    match channels {
                        0..=3 => multiply::<L, 3, N>(from, weights, BLOCK, inputs, to),
                        4..=6 => multiply::<L, 6, N>(from, weights, BLOCK, inputs, to),
                        _ => multiply::<L, BLOCK, N>(from, weights, BLOCK, inputs, to),
                    }
                    weights = weights.add(inputs * BLOCK);
                }
                for vector in 0..N {
                    self.write_output::<L>(
                        vector,
                        b * BLOCK,
                        channels,
                        sums,
                        [BLOCK * N * L::LANES, N * L::LANES],
                    );
                }
            }
        }
    }

    /// Transforms the tiles of one vector in all channels; product k of channel c goes to `to` + k * `step` +
    /// c * `channel`.
    #[inline(always)]
    unsafe fn load_tiles<L: Lanes>(&self, vector: usize, to: *mut f32, step: usize, channel: usize) {
        let [height, width] = self.input;
        let parts = self.grid.parts;
        // SAFETY: the caller upholds the contract. A load reads only lanes inside a row of the picture.
        unsafe {
            let empty =
                Source { start: self.x.as_ptr(), first_row: height as isize, masks: [L::mask(0, 0); 2] };
            let mut sources = [[empty; 4]; GROUPS];
            for (g, sources) in sources.iter_mut().enumerate() {
                for (part, source) in sources.iter_mut().enumerate().take(parts) {
                    let group = self.first + vector * GROUPS + g;
                    let Some([image, y, x]) = self.grid.locate(group, part) else { continue };
                    let first_row = y as isize - self.pad[0];
                    let lane = (part * self.grid.width) as isize;
                    let column = x as isize - self.pad[1] - lane;
                    let end = lane + self.grid.width as isize;
                    let mask = |shift: isize| {
                        let column = column + shift;
                        L::mask(lane.max(-column), end.min(width as isize - column))
                    };
                    let offset = (image * self.filter.inputs * height * width) as isize
                        + first_row * width as isize
                        + column;
                    let start = self.x.as_ptr().wrapping_offset(offset);
                    *source = Source { start, first_row, masks: [mask(0), mask(4)] };
                }
            }
            for c in 0..self.filter.inputs {
                let plane = c * height * width;
                let mut rows = [[L::splat(0.0); 6]; 6];
                for (i, row) in rows.iter_mut().enumerate() {
                    let offset = plane + i * width;
                    let near = L::transpose4(load::<L>(&sources, parts, i, height, offset, 0));
                    let far = L::transpose4(load::<L>(&sources, parts, i, height, offset, 1));
                    *row = [near[0], near[1], near[2], near[3], far[0], far[1]];
                }
                input_transform(rows, to.add(c * channel), step);
            }
        }
    }

    /// Transforms the sums of one vector to outputs, for `channels` output channels from `first` on. Product
    /// k of channel c is at `sums` + k * `steps[0]` + c * `steps[1]`.
    #[inline(always)]
    unsafe fn write_output<L: Lanes>(
        &self,
        vector: usize,
        first: usize,
        channels: usize,
        sums: *const f32,
        steps: [usize; 2],
    ) {
        let [height, width] = self.grid.output;
        // SAFETY: the caller upholds the contract. A store writes only lanes inside a row of the output.
        unsafe {
            for c in 0..channels {
                let sums = sums.add(vector * L::LANES + c * steps[1]);
                let mut results = output_transform::<L>(sums, steps[0]);
                for row in &mut results {
                    *row = L::transpose4(*row);
                }
                for g in 0..GROUPS {
                    for part in 0..self.grid.parts {
                        let group = self.first + vector * GROUPS + g;
                        let Some([image, y, x]) = self.grid.locate(group, part) else { continue };
                        let lane = part * self.grid.width;
                        let mask = L::mask(lane as isize, (lane + self.grid.width.min(width - x)) as isize);
                        let plane = image * self.filter.outputs + first + c;
                        let (scale, shift) = self.epilogue.affine(plane);
                        let (scale, shift) = (L::splat(scale), L::splat(shift));
                        let slope = L::splat(self.epilogue.slope);
                        for (i, row) in results.iter().enumerate().take(height - y) {
                            let index = (plane * height + y + i) * width + x;
                            let mut value = row[g].mul_add(scale, shift).leaky(slope);
                            if !self.epilogue.residual.is_empty() {
                                let added = self.epilogue.residual.as_ptr().add(index).wrapping_sub(lane);
                                value = value.add(L::load_masked(added, mask));
                            }
                            value.store_masked(self.out.at(index).wrapping_sub(lane), mask);
                        }
                    }
                }
            }
        }
    }
}

/// Row `i` of the tiles of four groups, from their first column (`half` 0) or their fifth (1).
#[inline(always)]
unsafe fn load<L: Lanes>(
    sources: &[[Source<L::Mask>; 4]; GROUPS],
    parts: usize,
    i: usize,
    height: usize,
    offset: usize,
    half: usize,
) -> [L; GROUPS] {
    // SAFETY: the caller upholds the contract.
    unsafe {
        let mut rows = [L::splat(0.0); GROUPS];
        for (row, sources) in rows.iter_mut().zip(sources) {
            for source in sources.iter().take(parts) {
                let y = source.first_row + i as isize;
                if y < 0 || y >= height as isize {
                    continue;
                }
                let from = source.start.wrapping_add(offset + 4 * half);
                *row = row.add(L::load_masked(from, source.masks[half]));
            }
        }
        rows
    }
}

/// One product of `N` vectors for `COUNT` output channels, summed over the input channels; each input channel
/// has `block` weights.
#[inline(always)]
unsafe fn multiply<L: Lanes, const COUNT: usize, const N: usize>(
    mut values: *const f32,
    mut weights: *const f32,
    block: usize,
    inputs: usize,
    to: *mut f32,
) {
    // SAFETY: the caller upholds the contract.
    unsafe {
        let mut sums = [[L::splat(0.0); N]; COUNT];
        for _ in 0..inputs {
            let mut vectors = [L::splat(0.0); N];
            for (n, vector) in vectors.iter_mut().enumerate() {
                *vector = L::load(values.add(n * L::LANES));
            }
            for (o, sum) in sums.iter_mut().enumerate() {
                let weight = L::splat(*weights.add(o));
                for (sum, vector) in sum.iter_mut().zip(vectors) {
                    *sum = weight.mul_add(vector, *sum);
                }
            }
            values = values.add(N * L::LANES);
            weights = weights.add(block);
        }
        for (o, sum) in sums.iter().enumerate() {
            for (n, sum) in sum.iter().enumerate() {
                sum.store(to.add((o * N + n) * L::LANES));
            }
        }
    }
}
