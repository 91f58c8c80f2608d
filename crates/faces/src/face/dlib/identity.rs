//! dlib's face recognition network: 128-dimensional descriptors whose distance tells whether two pictures
//! show one person.

use std::path::Path;

use candle_core::{D, Device, Result, Tensor};

use super::layers::{FoldedConv, ResidualBlock, Trunk, Weights};
use crate::bundled::{DLIB_FACE_RECOGNITION, decompress};
use crate::face::AlignmentTemplate;

/// The blocks in the order of the data: name, input and output channels, stride.
const BLOCKS: [(&str, [usize; 2], usize); 14] = [
    ("conv32_1", [32, 32], 1),
    ("conv32_2", [32, 32], 1),
    ("conv32_3", [32, 32], 1),
    ("conv64_down", [32, 64], 2),
    ("conv64_1", [64, 64], 1),
    ("conv64_2", [64, 64], 1),
    ("conv64_3", [64, 64], 1),
    ("conv128_down", [64, 128], 2),
    ("conv128_1", [128, 128], 1),
    ("conv128_2", [128, 128], 1),
    ("conv256_down", [128, 256], 2),
    ("conv256_1", [256, 256], 1),
    ("conv256_2", [256, 256], 1),
    ("conv256_down_out", [256, 256], 2),
];

/// The face recognition network, differentiable with respect to the picture.
pub struct IdentityNetwork {
    trunk: Trunk,
    /// Shape (256, 128).
    dense: Tensor,
}

impl IdentityNetwork {
    /// Side of the input, in pixels.
    pub const SIDE: usize = 150;

    /// Usual distance threshold below which two pictures count as one person.
    pub const SAME_PERSON: f32 = 0.6;

    /// Positions of the landmarks: dlib's mean face with a margin of 0.25.
    pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
        points: [[0.3170, 0.3107], [0.6699, 0.3107], [0.4934, 0.5104], [0.3361, 0.6868], [0.6507, 0.6868]],
    };

    /// Loads the weights at `path` (safetensors with names such as `conv32_down/conv/filters`).
    ///
    /// # Errors
    /// When the file cannot be read or belongs to another network.
    pub fn load(path: &Path, device: &Device) -> Result<Self> {
        Self::new(&Weights::read(path, device)?)
    }

    /// Loads the bundled weights.
    ///
    /// # Errors
    /// When they are damaged.
    pub fn bundled(device: &Device) -> Result<Self> {
        let file = decompress(DLIB_FACE_RECOGNITION)?;
        Self::new(&Weights::from_bytes(&file, "the bundled face recognition network", device)?)
    }

    fn new(weights: &Weights) -> Result<Self> {
        let first = convolution(weights, "conv32_down", [32, 3], 7, 2)?.taking_unit_range(weights)?;
        let blocks = BLOCKS.iter().map(|(name, [inputs, outputs], stride)| {
            Ok(ResidualBlock {
                first: convolution(weights, &format!("{name}/conv1"), [*outputs, *inputs], 3, *stride)?,
                second: convolution(weights, &format!("{name}/conv2"), [*outputs, *outputs], 3, 1)?,
            })
        });
        let trunk = Trunk { first, blocks: blocks.collect::<Result<_>>()? };
        Ok(Self { trunk, dense: weights.get("fc", &[128, 256])?.t()?.contiguous()? })
    }

    /// The descriptors (N, 128) of `chip` (N, 3, 150, 150), RGB in [-1, 1].
    ///
    /// # Errors
    /// When the chip has another shape.
    pub fn descriptors(&self, chip: &Tensor) -> Result<Tensor> {
        self.trunk.forward(chip, Self::SIDE)?.matmul(&self.dense)
    }

    /// Pairwise distances (N) of descriptors (N, 128); the gradient is finite even where they are equal.
    ///
    /// # Errors
    /// When the shapes differ.
    pub fn distance(one: &Tensor, other: &Tensor) -> Result<Tensor> {
        ((one - other)?.sqr()?.sum(D::Minus1)? + 1e-8)?.sqrt()
    }
}

fn convolution(
    weights: &Weights,
    name: &str,
    [outputs, inputs]: [usize; 2],
    kernel: usize,
    stride: usize,
) -> Result<FoldedConv> {
    FoldedConv::new(
        &weights.get(&format!("{name}/conv/filters"), &[outputs, inputs, kernel, kernel])?,
        &weights.get(&format!("{name}/conv/bias"), &[outputs])?,
        &weights.get(&format!("{name}/scale/weights"), &[outputs])?,
        &weights.get(&format!("{name}/scale/biases"), &[outputs])?,
        stride,
    )
}
