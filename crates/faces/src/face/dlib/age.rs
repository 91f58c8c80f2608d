//! dlib's age network: probabilities of 81 ages for a face of 64 pixels.

use std::path::Path;

use candle_core::{D, Device, Result, Tensor};
use candle_nn::ops::softmax;

use super::layers::{FoldedConv, ResidualBlock, Trunk, Weights};
use crate::face::AlignmentTemplate;

/// The bundled weights, in half precision.
static BUNDLED: &[u8] = include_bytes!("../../../../../weights/dlib_age_v1.safetensors");

/// Number of age classes: 0..=80.
const AGES: usize = 81;
/// Mean age in the first year of life, represented by class 0.
const FIRST_YEAR: f32 = 0.25;

/// Layer numbers of the first and second convolution of each block, with input and output channels. dlib
/// counts layers from the end of the network; the scale and shift of convolution `n` are layer `n - 1`.
const BLOCKS: [([usize; 2], [usize; 2]); 5] = [
    ([47, 44], [64, 64]),
    ([39, 36], [64, 128]),
    ([28, 25], [128, 128]),
    ([20, 17], [128, 256]),
    ([9, 6], [256, 256]),
];

/// The age network, differentiable with respect to the picture.
pub struct AgeNetwork {
    trunk: Trunk,
    dense: Tensor,
    bias: Tensor,
    /// Representative age of each class.
    ages: Tensor,
}

impl AgeNetwork {
    /// Side of the input, in pixels.
    pub const SIDE: usize = 64;

    /// Positions of the landmarks: dlib's mean face with a margin of 0.2, shifted slightly to minimise the
    /// mean error over labelled faces (the minimum is flat).
    pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
        points: [[0.3117, 0.275], [0.6883, 0.275], [0.5, 0.4758], [0.3434, 0.6901], [0.6566, 0.6901]],
    };

    /// Loads the weights at `path` (safetensors with names such as `layer_52_weights`).
    ///
    /// # Errors
    /// When the file cannot be read or belongs to another network.
    pub fn load(path: &Path, device: &Device) -> Result<Self> {
        Self::new(&Weights::read(path, device)?, device)
    }

    /// Loads the bundled weights.
    ///
    /// # Errors
    /// When they belong to another network.
    pub fn bundled(device: &Device) -> Result<Self> {
        Self::new(&Weights::from_bytes(BUNDLED, "the bundled age network", device)?, device)
    }

    fn new(weights: &Weights, device: &Device) -> Result<Self> {
        let first = convolution(weights, 52, [64, 3], 7, 2)?.taking_unit_range(weights)?;
        let blocks = BLOCKS.iter().map(|([first, second], [inputs, outputs])| {
            let stride = if inputs == outputs { 1 } else { 2 };
            Ok(ResidualBlock {
                first: convolution(weights, *first, [*outputs, *inputs], 3, stride)?,
                second: convolution(weights, *second, [*outputs, *outputs], 3, 1)?,
            })
        });
        let trunk = Trunk { first, blocks: blocks.collect::<Result<_>>()? };
        let mut ages: Vec<f32> = (0..AGES).map(|age| age as f32).collect();
        ages[0] = FIRST_YEAR;
        Ok(Self {
            trunk,
            dense: weights.get("layer_1_weights", &[256, AGES])?,
            bias: weights.get("layer_1_bias", &[AGES])?,
            ages: Tensor::from_vec(ages, AGES, device)?,
        })
    }

    /// The logits (N, 81) of the ages 0..=80 for `chip` (N, 3, 64, 64), RGB in [-1, 1].
    ///
    /// # Errors
    /// When the chip has another shape.
    pub fn logits(&self, chip: &Tensor) -> Result<Tensor> {
        self.trunk.forward(chip, Self::SIDE)?.matmul(&self.dense)?.broadcast_add(&self.bias)
    }

    /// The expected age (N) in years, from [`AgeNetwork::logits`].
    ///
    /// # Errors
    /// When the logits have another shape.
    pub fn expected_age(&self, logits: &Tensor) -> Result<Tensor> {
        softmax(logits, D::Minus1)?.broadcast_mul(&self.ages)?.sum(D::Minus1)
    }
}

fn convolution(
    weights: &Weights,
    layer: usize,
    [outputs, inputs]: [usize; 2],
    kernel: usize,
    stride: usize,
) -> Result<FoldedConv> {
    let affine = layer - 1;
    FoldedConv::new(
        &weights.get(&format!("layer_{layer}_weights"), &[outputs, inputs, kernel, kernel])?,
        &weights.get(&format!("layer_{layer}_bias"), &[outputs])?,
        &weights.get(&format!("layer_{affine}_scale"), &[outputs])?,
        &weights.get(&format!("layer_{affine}_offset"), &[outputs])?,
        stride,
    )
}
