//! Convolutions with standardised weights, so that a network trains without batch statistics.
//!
//! After Brock et al., "Characterizing signal propagation to close the performance gap in unnormalized
//! ResNets", 2021: each filter has zero mean and a variance that preserves the magnitude of signals.

use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;

use agemirror_kernels::{conv2d, conv2d_leaky};

/// Factor by which a leaky ReLU of slope 0.2 must be multiplied to preserve the variance of normal signals:
/// one over the root of `0.52 - 0.8^2 / (2 pi)`.
const LEAKY_GAIN: f64 = 1.5463;
const EPSILON: f64 = 1e-5;

/// A convolution of stride 1 that keeps the size of its input.
pub(super) struct Conv {
    weight: Tensor,
    /// Stored as the difference from one.
    gain: Tensor,
    bias: Tensor,
}

impl Conv {
    pub(super) fn new(inputs: usize, outputs: usize, vb: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            weight: vb.get((outputs, inputs, 3, 3), "weight")?,
            gain: vb.get(outputs, "gain")?,
            bias: vb.get(outputs, "bias")?,
        })
    }

    /// The standardised filters.
    fn standardised(&self) -> Result<Tensor> {
        let (outputs, inputs, height, width) = self.weight.dims4()?;
        let each = inputs * height * width;
        let rows = self.weight.reshape((outputs, each))?;
        let centred = rows.broadcast_sub(&rows.mean_keepdim(D::Minus1)?)?;
        let length = (centred.sqr()?.sum_keepdim(D::Minus1)? + EPSILON)?.sqrt()?;
        let gain = ((&self.gain + 1.0)? * LEAKY_GAIN)?.reshape((outputs, 1))?;
        centred.broadcast_mul(&gain.div(&length)?)?.reshape(self.weight.dims())
    }

    /// The same convolution with its filters standardised in advance.
    pub(super) fn fold(&self) -> Result<Folded> {
        Ok(Folded { weight: self.standardised()?, bias: self.bias.clone() })
    }
}

/// A convolution ready for inference.
pub(super) struct Folded {
    weight: Tensor,
    bias: Tensor,
}

impl Folded {
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        conv2d(x, &self.weight, Some(&self.bias), 1, 1)
    }

    pub(super) fn forward_leaky(&self, x: &Tensor) -> Result<Tensor> {
        conv2d_leaky(x, &self.weight, Some(&self.bias), 1, 1)
    }
}
