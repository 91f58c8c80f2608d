//! Weights in pairs of bf16.

use crate::conv::filter::FilterView;

/// Output channels per pass: with two vectors of outputs, their sums fill the registers.
pub(super) const BLOCK: usize = 12;

/// A filter packed for the kernel: blocks of output channels, and for each block the weights of every (pair of input
/// channels, column, row) side by side.
pub(crate) struct PairFilter {
    /// Of the first channel in the lower half, of the second in the upper.
    weights: Vec<u32>,
    pub(super) outputs: usize,
    /// Pairs of input channels; of an odd number, the last one has a channel of zeros.
    pub(super) pairs: usize,
    pub(super) kernel: [usize; 2],
}

impl PairFilter {
    pub(super) fn new(filter: &FilterView<'_>) -> Self {
        let ([rows, columns], pairs) = (filter.kernel, filter.inputs.div_ceil(2));
        let taps = pairs * rows * columns;
        let mut weights = vec![0; filter.outputs.div_ceil(BLOCK) * taps * BLOCK];
        for o in 0..filter.outputs {
            let mut tap = (o / BLOCK) * taps * BLOCK + o % BLOCK;
            for pair in 0..pairs {
                for x in 0..columns {
                    for y in 0..rows {
                        let weight = |input: usize| match input < filter.inputs {
                            true => u32::from(bf16(filter.weight(o, input, y, x))),
                            false => 0,
                        };
                        weights[tap] = weight(2 * pair) | weight(2 * pair + 1) << 16;
                        tap += BLOCK;
                    }
                }
            }
        }
        Self { weights, outputs: filter.outputs, pairs, kernel: filter.kernel }
    }

    /// The weights of block `b` of output channels.
    pub(super) fn block(&self, b: usize) -> &[u32] {
        let size = self.pairs * self.kernel[0] * self.kernel[1] * BLOCK;
        &self.weights[b * size..][..size]
    }
}

/// The bits of the nearest bf16, of two equally near ones the even one.
pub(super) fn bf16(value: f32) -> u16 {
    let bits = value.to_bits();
    (bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16) as u16
}
