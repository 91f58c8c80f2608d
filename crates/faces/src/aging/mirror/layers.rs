//! The layers of the network: convolutions and fully connected layers.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use agemirror_kernels::{Activation, Convolution, LEAKY_SLOPE};

/// A convolution of stride 1 that keeps the size of its input.
pub(super) struct Conv(Convolution);

impl Conv {
    pub(super) fn new(inputs: usize, outputs: usize, kernel: usize, vb: VarBuilder<'_>) -> Result<Self> {
        let weight = vb.get((outputs, inputs, kernel, kernel), "weight")?;
        Ok(Self(Convolution::new(weight, Some(vb.get(outputs, "bias")?), 1, kernel / 2)?))
    }

    /// See [`Convolution::in_bf16`].
    pub(super) fn use_bf16(&mut self) {
        self.0 = self.0.clone().in_bf16();
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.0.forward(x, Activation::Identity)
    }

    pub(super) fn forward_leaky(&self, x: &Tensor) -> Result<Tensor> {
        self.0.forward(x, Activation::Leaky(LEAKY_SLOPE))
    }

    /// Scales the channels by `gamma` and shifts them by `beta`, both (N, outputs), before a leaky ReLU. A single picture
    /// is convolved once for all N.
    pub(super) fn forward_modulated(&self, x: &Tensor, gamma: &Tensor, beta: &Tensor) -> Result<Tensor> {
        self.0.forward_modulated(x, gamma, beta, Activation::Leaky(LEAKY_SLOPE))
    }

    /// Adds `added`, which has the shape of the result.
    pub(super) fn forward_with_residual(&self, x: &Tensor, added: &Tensor) -> Result<Tensor> {
        self.0.forward_with_residual(x, added)
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

    /// Maps `x` (N, inputs) to (N, outputs).
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight.t()?)?.broadcast_add(&self.bias)
    }
}
