//! Filters in the transformed domain.

use super::grid::Grid;
use super::transform::filter_transform;
use super::{GROUPS, PRODUCTS};
use crate::conv::filter::FilterView;
use crate::simd::{InstructionSet, block_size, instruction_set, lanes};

/// A transformed 3 x 3 filter: for each block of output channels and each product, the weights of every input
/// channel side by side.
pub(crate) struct WinogradFilter {
    pub(super) weights: Vec<f32>,
    pub(super) outputs: usize,
    pub(super) inputs: usize,
    pub(super) block: usize,
    pub(super) set: InstructionSet,
}

impl WinogradFilter {
    /// Transforms `filter`, which must be 3 x 3.
    pub(crate) fn new(filter: &FilterView<'_>) -> Self {
        assert!(filter.kernel == [3, 3], "the kernel must be 3 x 3");
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

    /// Estimated number of multiplications for `images` maps of `output` size, for comparing algorithms.
    pub(crate) fn work(channels: [usize; 2], images: usize, output: [usize; 2]) -> usize {
        let set = instruction_set();
        let (block, lanes) = (block_size(set), lanes(set));
        let grid = Grid::new(images, output, lanes);
        let [inputs, outputs] = channels;
        let vectors = grid.groups().div_ceil(GROUPS);
        // Cost of the transforms, in products per channel (estimated).
        let transforms = 160 * inputs + 120 * outputs;
        // Reading the weights takes about as long as the products of one vector with them.
        (vectors + 1) * lanes * PRODUCTS * inputs * outputs.next_multiple_of(block / 2)
            + vectors * lanes * transforms
    }
}
