//! AgeTransGAN's StyleGAN2 layers.
//!
//! Weights are stored with unit variance and scaled at run time. Every activation is `√2 leaky(x + b)`, and a
//! residual block divides its sum by √2. Because a leaky ReLU commutes with positive factors, all of these
//! factors are folded into the weights and biases at load time.

use std::f64::consts::SQRT_2;

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use agemirror_kernels::upfirdn;
use agemirror_kernels::{Activation, Convolution, Fir, LEAKY_SLOPE, down2};

/// Reads the weight `name` of a square convolution, scaled and multiplied by `gain`.
pub fn scaled_weight(
    [outputs, inputs, kernel]: [usize; 3],
    gain: f64,
    name: &str,
    vb: &VarBuilder<'_>,
) -> Result<Tensor> {
    let scale = 1.0 / ((inputs * kernel * kernel) as f64).sqrt();
    vb.get((outputs, inputs, kernel, kernel), name)? * (scale * gain)
}

/// Smooths a map by (1, 3, 3, 1)/8 along each axis, times `gain`, with `pad` zeros on every side.
pub fn smooth(x: &Tensor, pad: usize, gain: f32) -> Result<Tensor> {
    let taps = [0.125, 0.375, 0.375, 0.125].map(|tap| tap * gain.sqrt()).to_vec();
    upfirdn(x, &Fir { taps, up: 1, down: 1, pad: (pad, pad) })
}

/// A 3 x 3 convolution with its activation.
pub struct Activated(Convolution);

impl Activated {
    /// A layer of a sequence in which the convolution has index `index` and the bias follows it. `gain` is
    /// the factor of the activation, √2 on its own. A layer that halves the sides of its map follows a
    /// filter, which has already padded the map.
    pub fn new([inputs, outputs]: [usize; 2], gain: f64, index: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let weight = scaled_weight([outputs, inputs, 3], gain, &format!("{index}.weight"), vb)?;
        let bias = (vb.get(outputs, &format!("{}.bias", index + 1))? * gain)?;
        let [stride, pad] = if index > 0 { [2, 0] } else { [1, 1] };
        Ok(Self(Convolution::new(weight, Some(bias), stride, pad)?))
    }

    /// Maps `x` (N, inputs, H, W).
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.0.forward(x, Activation::Leaky(LEAKY_SLOPE))
    }
}

/// Two convolutions and a skip connection: `(conv2(conv1(x)) + skip(x)) / √2`.
pub struct Residual {
    conv1: Activated,
    conv2: Activated,
    skip: Convolution,
    halves: bool,
}

impl Residual {
    /// A block that keeps the size of its map.
    pub fn keeping(width: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        Self::new([width, width], false, vb)
    }

    /// A block that halves the sides of its map.
    pub fn halving(widths: [usize; 2], vb: &VarBuilder<'_>) -> Result<Self> {
        Self::new(widths, true, vb)
    }

    fn new([inputs, outputs]: [usize; 2], halves: bool, vb: &VarBuilder<'_>) -> Result<Self> {
        // The filter counts as a layer of its sequence.
        let index = usize::from(halves);
        let skip = scaled_weight([outputs, inputs, 1], 1.0 / SQRT_2, &format!("skip.{index}.weight"), vb)?;
        Ok(Self {
            conv1: Activated::new([inputs, inputs], SQRT_2, 0, &vb.pp("conv1"))?,
            conv2: Activated::new([inputs, outputs], 1.0, index, &vb.pp("conv2"))?,
            skip: Convolution::new(skip, None, 1, 0)?,
            halves,
        })
    }

    /// Maps `x`, consuming it to free its memory early.
    pub fn forward(&self, x: Tensor) -> Result<Tensor> {
        let mut y = self.conv1.forward(&x)?;
        let straight = if self.halves { down2(&x)? } else { x };
        if self.halves {
            y = smooth(&y, 2, 1.0)?;
        }
        self.skip.forward_with_residual(&straight, &self.conv2.forward(&y)?)
    }
}

/// A fully connected layer whose weight and bias were stored divided by a learning-rate multiplier.
pub struct Linear {
    /// (inputs, outputs).
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    /// `rate` is the learning-rate multiplier, `gain` the factor of the result.
    pub fn new([inputs, outputs]: [usize; 2], rate: f64, gain: f64, vb: &VarBuilder<'_>) -> Result<Self> {
        let weight = (vb.get((outputs, inputs), "weight")? * (gain * rate / (inputs as f64).sqrt()))?;
        Ok(Self { weight: weight.t()?.contiguous()?, bias: (vb.get(outputs, "bias")? * (gain * rate))? })
    }

    /// Maps `x` (N, inputs) to (N, outputs).
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}
