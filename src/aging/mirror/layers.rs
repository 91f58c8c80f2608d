//! The two kinds of layers mirror is made of.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use crate::tensor::{conv2d, conv2d_leaky};

/// A convolution of stride 1 that keeps the size.
pub(super) struct Conv {
    weight: Tensor,
    bias: Tensor,
    pad: usize,
}

impl Conv {
    pub(super) fn new(inputs: usize, outputs: usize, kernel: usize, vb: VarBuilder<'_>) -> Result<Self> {
        let weight = vb.get((outputs, inputs, kernel, kernel), "weight")?;
        Ok(Self { weight, bias: vb.get(outputs, "bias")?, pad: kernel / 2 })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        conv2d(x, &self.weight, Some(&self.bias), 1, self.pad)
    }

    pub(super) fn forward_leaky(&self, x: &Tensor) -> Result<Tensor> {
        conv2d_leaky(x, &self.weight, Some(&self.bias), 1, self.pad)
    }
}

/// A fully connected layer.
pub(super) struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    pub(super) fn new(inputs: usize, outputs: usize, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self { weight: vb.get((outputs, inputs), "weight")?, bias: vb.get(outputs, "bias")? })
    }

    /// `x` (N, inputs) to (N, outputs).
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight.t()?)?.broadcast_add(&self.bias)
    }
}
