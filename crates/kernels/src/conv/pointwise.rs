//! The 1x1 convolution: a product of the filter and the pixels, which are read where they are.

use super::epilogue::{Epilogue, SharedOutput, filled};
use super::kernel::PackedFilter;
use crate::simd::scratch::with_scratch;
use crate::simd::threads::{parallel_for, worth_threads};
use crate::simd::{Kernel, Lanes, launch};

/// Size in floats of a tile of the picture that stays in a core's L2 cache beside the weights.
const TILE: usize = 96 << 10;
/// Pixels of two of the widest vectors.
const STEP: usize = 32;

/// Convolves `x` (`images`, channels, `size` pixels) with a 1x1 filter of stride 1.
pub(crate) fn convolve(
    x: &[f32],
    images: usize,
    size: usize,
    filter: &PackedFilter,
    epilogue: &Epilogue<'_>,
) -> Vec<f32> {
    let length = images * filter.outputs * size;
    assert!(x.len() == images * filter.inputs * size, "the picture has the wrong size");
    assert!(
        epilogue.residual.is_empty() || epilogue.residual.len() == length,
        "the residual has the wrong size"
    );
    let work = length * filter.inputs;
    let parts = if worth_threads(work) { 2 * rayon::current_num_threads() } else { 1 };
    let share = (images * size).div_ceil(parts);
    let tile = (TILE / filter.inputs.max(1)).min(share).next_multiple_of(STEP);
    let starts = (0..images).flat_map(|image| (0..size).step_by(tile).map(move |first| (image, first)));
    let run = |out: SharedOutput, (image, first): (usize, usize)| {
        let pixels = tile.min(size - first);
        with_scratch(filter.inputs * STEP, |rest| {
            let tile = Tile { x, image, size, first, pixels, filter, epilogue, rest, out };
            // SAFETY: the filter records the instruction set it was packed for, and every tile has its own part of the
            // output.
            unsafe { launch(filter.set(), tile) }
        });
    };
    // SAFETY: the tiles cover the output.
    unsafe { filled(length, |out| parallel_for(starts, work, |start| run(out, start))) }
}

/// Consecutive pixels of one image.
struct Tile<'a> {
    x: &'a [f32],
    image: usize,
    /// Pixels of an image.
    size: usize,
    first: usize,
    pixels: usize,
    filter: &'a PackedFilter,
    epilogue: &'a Epilogue<'a>,
    /// Memory for the pixels of all channels that do not fill two vectors.
    rest: &'a mut [f32],
    out: SharedOutput,
}

/// Where the pixels of two vectors are.
#[derive(Clone, Copy)]
struct Pixels {
    /// Of the first channel.
    from: *const f32,
    /// Floats between channels.
    plane: usize,
    /// The index of the first pixel in its image, and the number of pixels.
    index: usize,
    count: usize,
}

impl Kernel for Tile<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes, const BLOCK: usize>(self) {
        let step = 2 * L::LANES;
        let picture = self.image * self.filter.inputs * self.size;
        let whole = self.pixels - self.pixels % step;
        let (last, count) = (self.first + whole, self.pixels % step);
        let channels = self.x[picture..][..self.filter.inputs * self.size].chunks_exact(self.size);
        for (channel, to) in channels.zip(self.rest.chunks_exact_mut(step)) {
            to[..count].copy_from_slice(&channel[last..last + count]);
        }
        let rest = Pixels { from: self.rest.as_ptr(), plane: step, index: last, count };
        for b in 0..self.filter.outputs.div_ceil(BLOCK) {
            // SAFETY: the caller upholds the contract; `pixels` are in the picture or in the memory for the rest.
            unsafe {
                for index in (self.first..last).step_by(step) {
                    let from = self.x.as_ptr().add(picture + index);
                    self.block::<L, 2, BLOCK>(b, Pixels { from, plane: self.size, index, count: step });
                }
                match count {
                    0 => {}
                    _ if count <= L::LANES => self.block::<L, 1, BLOCK>(b, rest),
                    _ => self.block::<L, 2, BLOCK>(b, rest),
                }
            }
        }
    }
}

impl Tile<'_> {
    /// Computes `VECTORS` vectors of pixels for block `b` of the output channels.
    #[inline(always)]
    unsafe fn block<L: Lanes, const VECTORS: usize, const BLOCK: usize>(&self, b: usize, pixels: Pixels) {
        // SAFETY: the caller upholds the contract.
        unsafe {
            match self.filter.outputs - b * BLOCK {
                0..=3 => self.channels::<L, VECTORS, 3, BLOCK>(b, pixels),
                4..=6 => self.channels::<L, VECTORS, 6, BLOCK>(b, pixels),
                _ => self.channels::<L, VECTORS, BLOCK, BLOCK>(b, pixels),
            }
        }
    }

    /// [`block`](Self::block) for at most `COUNT` output channels with all sums in registers.
    #[inline(always)]
    unsafe fn channels<L: Lanes, const VECTORS: usize, const COUNT: usize, const BLOCK: usize>(
        &self,
        b: usize,
        pixels: Pixels,
    ) {
        // SAFETY: the caller upholds the contract.
        unsafe {
            let mut sums = [[L::splat(0.0); VECTORS]; COUNT];
            let mut from = pixels.from;
            for weights in self.filter.block(b).chunks_exact(BLOCK) {
                let values: [L; VECTORS] = std::array::from_fn(|v| L::load(from.add(v * L::LANES)));
                for (sums, weight) in sums.iter_mut().zip(weights) {
                    let weight = L::splat(*weight);
                    for (sum, value) in sums.iter_mut().zip(values) {
                        *sum = weight.mul_add(value, *sum);
                    }
                }
                from = from.wrapping_add(pixels.plane);
            }
            let outputs = self.filter.outputs - b * BLOCK;
            for (o, sums) in sums.iter().enumerate() {
                if o < outputs {
                    let plane = self.image * self.filter.outputs + b * BLOCK + o;
                    let affine = self.epilogue.affine(plane);
                    let start = plane * self.size + pixels.index;
                    for (v, sum) in sums.iter().enumerate() {
                        let (index, count) = (start + v * L::LANES, pixels.count - v * L::LANES);
                        self.epilogue.write(*sum, affine, index, count, self.out);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Result;

    use crate::testing::{assert_close, on_every_instruction_set, tensor};
    use crate::{Activation, Convolution};

    #[test]
    fn it_equals_candles_convolution_for_every_number_of_pixels_and_channels() -> Result<()> {
        on_every_instruction_set(|| {
            for (shape, outputs) in
                [([1, 1, 1, 1], 1), ([2, 5, 3, 3], 14), ([1, 16, 10, 10], 25), ([3, 7, 9, 13], 6)]
            {
                let (x, filter) = (tensor(&shape, 1)?, tensor(&[outputs, shape[1], 1, 1], 2)?);
                let bias = tensor(&[outputs], 3)?;
                let layer = Convolution::new(filter.clone(), Some(bias.clone()), 1, 0)?;
                let plain = x.conv2d(&filter, 0, 1, 1, 1)?.broadcast_add(&bias.reshape((1, (), 1, 1))?)?;
                assert_close(&layer.forward(&x, Activation::Relu)?, &plain.relu()?, 1e-5)?;
                assert_close(&layer.forward_with_residual(&x, &plain)?, &(&plain * 2.0)?, 1e-5)?;
            }
            Ok(())
        })
    }
}
