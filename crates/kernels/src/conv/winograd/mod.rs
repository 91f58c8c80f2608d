//! Convolution with 3 x 3 kernels at stride 1 by Winograd's minimal filtering F(4 x 4, 3 x 3): tiles of
//! 6 x 6 values are transformed so that 36 products give 16 results, where the definition takes 144
//! (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016).
//!
//! The tiles lie in the lanes of the vectors. A vector holds four *groups*, each as many tiles of one row
//! of tiles as fill a vector of the picture; a row of the picture is loaded, and its columns are dealt out
//! to tiles by transposing blocks of 4 x 4. The results go back the same way.

pub mod transform;

use super::filter::FilterView;
use super::finish::{Finish, SharedOutput, filled};
use super::winograd::transform::{filter_transform, input_transform, output_transform};
use crate::simd::scratch::with_scratch;
use crate::simd::threads::share;
use crate::simd::{InstructionSet, Kernel, Lanes, block_size, instruction_set, lanes, launch};

/// Products for each tile.
const PRODUCTS: usize = 36;
/// Groups in a vector.
const GROUPS: usize = 4;
/// Most vectors that one task takes.
const VECTORS: usize = 2;

/// A filter of 3 x 3, transformed: for each block of output channels and each product, the weights of
/// every input channel side by side.
pub(crate) struct WinogradFilter {
    weights: Vec<f32>,
    outputs: usize,
    inputs: usize,
    block: usize,
    set: InstructionSet,
}

impl WinogradFilter {
    /// Transforms `filter`, whose kernel must be 3 x 3.
    pub(crate) fn new(filter: &FilterView<'_>) -> Self {
        assert!(filter.kernel == [3, 3], "only kernels of 3 x 3 are transformed");
        let set = instruction_set();
        let (block, inputs, outputs) = (block_size(set), filter.inputs, filter.outputs);
        let size = PRODUCTS * inputs * block;
        let mut weights = vec![0f32; outputs.div_ceil(block) * size];
        for (b, packed) in weights.chunks_exact_mut(size.max(1)).enumerate() {
            for i in 0..inputs {
                let mut taps = [[0f32; 16]; 9];
                for o in b * block..outputs.min((b + 1) * block) {
                    for (tap, values) in taps.iter_mut().enumerate() {
                        values[o - b * block] = filter.weight(o, i, tap / 3, tap % 3);
                    }
                }
                let mut products = [[0f32; 16]; PRODUCTS];
                filter_transform(&taps, &mut products);
                for (k, product) in products.iter().enumerate() {
                    packed[(k * inputs + i) * block..][..block].copy_from_slice(&product[..block]);
                }
            }
        }
        Self { weights, outputs, inputs, block, set }
    }

    /// Multiplications that vectors would do for `images` maps of `output` size, to compare ways.
    pub(crate) fn work(channels: [usize; 2], images: usize, output: [usize; 2]) -> usize {
        let set = instruction_set();
        let (block, lanes) = (block_size(set), lanes(set));
        let grid = Grid::new(images, output, lanes);
        let [inputs, outputs] = channels;
        let vectors = grid.groups().div_ceil(GROUPS);
        // The transforms cost about as much as these many products of each channel.
        let transforms = 160 * inputs + 120 * outputs;
        // Reading the weights takes about as long as one vector's products with them.
        (vectors + 1) * lanes * PRODUCTS * inputs * outputs.next_multiple_of(block / 2)
            + vectors * lanes * transforms
    }
}

/// How the result is divided into groups. Narrow maps put several rows of tiles into a group.
#[derive(Clone, Copy)]
struct Grid {
    images: usize,
    output: [usize; 2],
    /// Rows of tiles that share a group.
    parts: usize,
    /// Columns of the picture in a part.
    width: usize,
    /// Parts across and down the picture.
    across: usize,
    down: usize,
}

impl Grid {
    fn new(images: usize, output: [usize; 2], lanes: usize) -> Self {
        let mut parts = 1;
        while lanes / (2 * parts) >= 4 && output[1] <= lanes / (2 * parts) {
            parts *= 2;
        }
        let width = lanes / parts;
        Self { images, output, parts, width, across: output[1].div_ceil(width), down: output[0].div_ceil(4) }
    }

    fn groups(&self) -> usize {
        (self.images * self.down * self.across).div_ceil(self.parts)
    }

    /// Image, row and column where part `part` of group `group` starts, if there is one.
    #[inline(always)]
    fn part(&self, group: usize, part: usize) -> Option<[usize; 3]> {
        let index = group * self.parts + part;
        let (image, rest) = (index / (self.down * self.across), index % (self.down * self.across));
        let place = [image, rest / self.across * 4, rest % self.across * self.width];
        (image < self.images).then_some(place)
    }
}

/// Convolves `x` (`images`, channels, `input`) to (`images`, channels, `output`), where the result's first
/// pixel sees the picture from `pad` rows and columns before its first.
pub(crate) fn convolve(
    x: &[f32],
    images: usize,
    [input, output]: [[usize; 2]; 2],
    pad: [isize; 2],
    filter: &WinogradFilter,
    finish: &Finish<'_>,
) -> Vec<f32> {
    let lanes = lanes(filter.set);
    let grid = Grid::new(images, output, lanes);
    let length = images * filter.outputs * output[0] * output[1];
    assert!(x.len() == images * filter.inputs * input[0] * input[1], "the picture has another size");
    assert!(finish.added.is_empty() || finish.added.len() == length, "what is added has another size");
    let groups = grid.groups();
    // Small maps are cut into smaller tasks, so that every thread has its share.
    let threads = rayon::current_num_threads();
    let vectors = if groups >= 2 * threads * VECTORS * GROUPS { VECTORS } else { 1 };
    let step = vectors * GROUPS;
    let space =
        PRODUCTS * (filter.inputs * vectors * lanes + lanes) + PRODUCTS * filter.block * vectors * lanes;
    let run = |out: SharedOutput, task: usize| {
        let first = task * step;
        with_scratch(space, |scratch| {
            let task = Task { x, grid, input, pad, filter, finish, out, scratch, first, vectors };
            // SAFETY: the filter remembers the set it was packed for. Masks keep loads inside `x` and
            // stores inside the parts of this task's groups, which no other task writes.
            unsafe { launch(filter.set, task) };
        });
    };
    let tasks = groups.div_ceil(step);
    // SAFETY: the groups cover the result.
    unsafe {
        filled(length, |out| {
            share(0..tasks, length * 9 * filter.inputs, |task| run(out, task));
        })
    }
}

struct Task<'a> {
    x: &'a [f32],
    grid: Grid,
    input: [usize; 2],
    pad: [isize; 2],
    filter: &'a WinogradFilter,
    finish: &'a Finish<'a>,
    out: SharedOutput,
    scratch: &'a mut [f32],
    first: usize,
    vectors: usize,
}

impl Kernel for Task<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes, const BLOCK: usize>(self) {
        // SAFETY: passed on from the caller.
        unsafe {
            match self.vectors {
                1 => self.run_vectors::<L, BLOCK, 1>(),
                _ => self.run_vectors::<L, BLOCK, VECTORS>(),
            }
        }
    }
}

/// Where one part of a group lies in the picture, with the lanes that are inside.
#[derive(Clone, Copy)]
struct Source<M> {
    /// Of the first channel, at the part's first column, less its first lane; may lie outside.
    start: *const f32,
    first_row: isize,
    /// For the columns from the first on, and from the fifth.
    masks: [M; 2],
}

impl Task<'_> {
    #[inline(always)]
    unsafe fn run_vectors<L: Lanes, const BLOCK: usize, const N: usize>(self) {
        let inputs = self.filter.inputs;
        let step = inputs * N * L::LANES + L::LANES;
        let scratch = self.scratch.as_mut_ptr();
        let sums = scratch.wrapping_add(PRODUCTS * step);
        // SAFETY: passed on from the caller; the scratch holds both areas.
        unsafe {
            for vector in 0..N {
                self.take_in::<L>(vector, scratch.add(vector * L::LANES), step, N * L::LANES);
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
                    self.give_out::<L>(
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

    /// Transforms the tiles of one vector of all channels; product k of channel c goes to `to` +
    /// k * `step` + c * `channel`.
    #[inline(always)]
    unsafe fn take_in<L: Lanes>(&self, vector: usize, to: *mut f32, step: usize, channel: usize) {
        let [height, width] = self.input;
        let parts = self.grid.parts;
        // SAFETY: passed on from the caller. A load reads lanes inside a row of the picture only.
        unsafe {
            let nothing =
                Source { start: self.x.as_ptr(), first_row: height as isize, masks: [L::mask(0, 0); 2] };
            let mut sources = [[nothing; 4]; GROUPS];
            for (g, sources) in sources.iter_mut().enumerate() {
                for (part, source) in sources.iter_mut().enumerate().take(parts) {
                    let group = self.first + vector * GROUPS + g;
                    let Some([image, y, x]) = self.grid.part(group, part) else { continue };
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

    /// Turns the sums of one vector of `channels` output channels from `first` on into results. Product k
    /// of channel c lies at `sums` + k * `steps[0]` + c * `steps[1]`.
    #[inline(always)]
    unsafe fn give_out<L: Lanes>(
        &self,
        vector: usize,
        first: usize,
        channels: usize,
        sums: *const f32,
        steps: [usize; 2],
    ) {
        let [height, width] = self.grid.output;
        // SAFETY: passed on from the caller. A store writes lanes inside a row of the result only.
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
                        let Some([image, y, x]) = self.grid.part(group, part) else { continue };
                        let lane = part * self.grid.width;
                        let mask = L::mask(lane as isize, (lane + self.grid.width.min(width - x)) as isize);
                        let plane = image * self.filter.outputs + first + c;
                        let (scale, shift) = self.finish.affine(plane);
                        let (scale, shift) = (L::splat(scale), L::splat(shift));
                        let slope = L::splat(self.finish.slope);
                        for (i, row) in results.iter().enumerate().take(height - y) {
                            let place = (plane * height + y + i) * width + x;
                            let mut value = row[g].mul_add(scale, shift).leaky(slope);
                            if !self.finish.added.is_empty() {
                                let added = self.finish.added.as_ptr().add(place).wrapping_sub(lane);
                                value = value.add(L::load_masked(added, mask));
                            }
                            value.store_masked(self.out.at(place).wrapping_sub(lane), mask);
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
    // SAFETY: passed on from the caller.
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

/// One product of `N` vectors with `COUNT` output channels, summed over the input channels, of which each
/// has `block` weights.
#[inline(always)]
unsafe fn multiply<L: Lanes, const COUNT: usize, const N: usize>(
    mut values: *const f32,
    mut weights: *const f32,
    block: usize,
    inputs: usize,
    to: *mut f32,
) {
    // SAFETY: passed on from the caller.
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

#[cfg(test)]
mod tests {
    use candle_core::{Result, Tensor};

    use super::*;
    use crate::testing::{assert_close, on_every_set, tensor};
    use crate::view::with_floats;

    /// (images, inputs, outputs, height, width, pad): narrow and wide maps, every tail.
    const CASES: [[usize; 6]; 8] = [
        [1, 1, 1, 4, 4, 1],
        [3, 5, 7, 8, 8, 1],
        [2, 12, 13, 5, 3, 1],
        [1, 24, 25, 16, 16, 0],
        [2, 3, 12, 33, 70, 2],
        [5, 8, 8, 3, 3, 0],
        [1, 2, 30, 9, 17, 1],
        [1, 6, 6, 40, 31, 1],
    ];

    #[test]
    fn it_agrees_with_candle_and_finishes_as_asked() -> Result<()> {
        on_every_set(|| CASES.into_iter().try_for_each(compare))
    }

    fn compare([n, c, o, h, w, pad]: [usize; 6]) -> Result<()> {
        let (x, f) = (tensor(&[n, c, h, w], 1)?, tensor(&[o, c, 3, 3], 2)?);
        let sums = x.conv2d(&f, pad, 1, 1, 1)?;
        let (scale, shift) = (tensor(&[n, o, 1, 1], 3)?, tensor(&[n, o, 1, 1], 4)?);
        let added = tensor(sums.dims(), 5)?;
        let expected = sums.broadcast_mul(&scale)?.broadcast_add(&shift)?;
        let expected = (candle_nn::ops::leaky_relu(&expected, 0.2)? + &added)?;
        let values = |t: &Tensor| with_floats(t, |values| Ok(values.to_vec()));
        let (x, f) = (values(&x)?, values(&f)?);
        let (scale, shift, added) = (values(&scale)?, values(&shift)?, values(&added)?);
        let finish = Finish { scale: &scale, shift: &shift, slope: 0.2, added: &added };
        let filter = WinogradFilter::new(&FilterView::new(&f, [o, c, 3, 3]));
        let output = [sums.dim(2)?, sums.dim(3)?];
        let ours = convolve(&x, n, [[h, w], output], [pad as isize; 2], &filter, &finish);
        assert_close(&Tensor::from_vec(ours, sums.shape(), sums.device())?, &expected, 2e-5)
    }
}
