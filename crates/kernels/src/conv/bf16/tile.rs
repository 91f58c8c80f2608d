//! Convolves a packed tile.

use std::arch::x86_64::*;

use super::LANES;
use super::filter::{BLOCK, PairFilter};
use super::pack::Layout;
use crate::conv::epilogue::{Epilogue, SharedOutput};
use crate::conv::sizes::Sizes;

/// A packed tile of one image, and where its outputs go.
pub(super) struct Tile<'a> {
    pub(super) pairs: &'a [f32],
    pub(super) layout: Layout,
    pub(super) image: usize,
    pub(super) sizes: &'a Sizes,
    pub(super) filter: &'a PairFilter,
    pub(super) epilogue: &'a Epilogue<'a>,
    pub(super) out: SharedOutput,
}

impl Tile<'_> {
    /// Computes all outputs.
    ///
    /// # Safety
    /// The processor must have AVX-512 F, BW and BF16, and no other thread may access the tile's part of the output.
    #[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
    pub(super) unsafe fn convolve(&self) {
        assert!(self.pairs.len() >= self.layout.space(self.filter.pairs), "the tile is too small");
        for b in 0..self.filter.outputs.div_ceil(BLOCK) {
            // As many sums as the registers hold, so that the processor need not wait for any of them.
            // SAFETY: the caller upholds the contract.
            unsafe {
                match self.filter.outputs - b * BLOCK {
                    0..=3 => self.block::<3, 4>(b),
                    4..=6 => self.block::<6, 4>(b),
                    _ => self.block::<BLOCK, 2>(b),
                }
            }
        }
    }

    /// Computes block `b` of at most `COUNT` output channels, `VECTORS` vectors of outputs at a time.
    #[inline(always)]
    unsafe fn block<const COUNT: usize, const VECTORS: usize>(&self, b: usize) {
        let first = self.image * self.filter.outputs + b * BLOCK;
        let mut channels = [(0.0, 0.0); COUNT];
        for (o, channel) in channels.iter_mut().enumerate().take(self.filter.outputs - b * BLOCK) {
            *channel = self.epilogue.affine(first + o);
        }
        let vectors = self.layout.outputs().div_ceil(LANES);
        let whole = vectors - vectors % VECTORS;
        // SAFETY: the caller upholds the contract.
        unsafe {
            for vector in (0..whole).step_by(VECTORS) {
                self.vectors::<COUNT, VECTORS>(b, vector * LANES, &channels);
            }
            for vector in whole..vectors {
                self.vectors::<COUNT, 1>(b, vector * LANES, &channels);
            }
        }
    }

    /// Computes `VECTORS` vectors from `output` on, given scale and shift of each channel.
    #[inline(always)]
    unsafe fn vectors<const COUNT: usize, const VECTORS: usize>(
        &self,
        b: usize,
        output: usize,
        channels: &[(f32, f32); COUNT],
    ) {
        let mut from = [self.pairs.as_ptr(); VECTORS];
        for (v, from) in from.iter_mut().enumerate() {
            *from = from.wrapping_add(self.layout.offset(output + v * LANES));
        }
        // SAFETY: the caller upholds the contract; a vector that begins at an output ends at most `LANES` pairs beyond the
        // tile.
        let sums = unsafe { self.sums::<COUNT, VECTORS>(self.filter.block(b), from) };
        let area = self.sizes.output[0] * self.sizes.output[1];
        let plane = self.image * self.filter.outputs + b * BLOCK;
        let start = plane * area + self.layout.first * self.layout.width + output;
        let outputs = self.layout.outputs() - output;
        let sums = sums.iter().zip(channels).enumerate().take(self.filter.outputs - b * BLOCK);
        for (o, (sums, channel)) in sums {
            for (v, sum) in sums.iter().enumerate() {
                let index = start + o * area + v * LANES;
                // SAFETY: the caller upholds the contract; the tile has this many more outputs.
                unsafe { self.epilogue.write(*sum, *channel, index, outputs - v * LANES, self.out) };
            }
        }
    }

    /// The sums of `COUNT` output channels with these weights for the outputs that see the pairs at `from`. Never inlined:
    /// together with what follows, the compiler would keep the sums in memory instead of registers.
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
    unsafe fn sums<const COUNT: usize, const VECTORS: usize>(
        &self,
        weights: &[u32],
        mut from: [*const f32; VECTORS],
    ) -> [[__m512; VECTORS]; COUNT] {
        let ([rows, columns], plane) = (self.filter.kernel, self.layout.plane());
        let mut weights = weights.as_ptr().cast::<i32>();
        let mut sums = [[_mm512_setzero_ps(); VECTORS]; COUNT];
        for _ in 0..self.filter.pairs {
            for x in 0..columns {
                for y in 0..rows {
                    let tap = x * self.layout.column + y * self.layout.row;
                    let mut values = [_mm512_setzero_ps(); VECTORS];
                    for (value, from) in values.iter_mut().zip(&from) {
                        // SAFETY: the caller guarantees that the pairs are readable.
                        *value = unsafe { _mm512_loadu_ps(from.wrapping_add(tap)) };
                    }
                    for (o, sums) in sums.iter_mut().enumerate() {
                        // SAFETY: every tap has `BLOCK` weights.
                        let weight =
                            as_pairs(_mm512_castsi512_ps(_mm512_set1_epi32(unsafe { *weights.add(o) })));
                        for (sum, value) in sums.iter_mut().zip(&values) {
                            *sum = _mm512_dpbf16_ps(*sum, as_pairs(*value), weight);
                        }
                    }
                    weights = weights.wrapping_add(BLOCK);
                }
            }
            for from in &mut from {
                *from = from.wrapping_add(plane);
            }
        }
        sums
    }
}

/// The bits of a vector as pairs of bf16.
#[inline(always)]
fn as_pairs(bits: __m512) -> __m512bh {
    // SAFETY: both are plain vectors of the same size.
    unsafe { std::mem::transmute(bits) }
}
