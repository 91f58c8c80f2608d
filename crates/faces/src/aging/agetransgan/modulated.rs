//! Convolutions whose input channels are scaled by a style (Karras et al., "Analyzing and Improving the Image
//! Quality of StyleGAN", 2020), without separate weights for every image of a batch.
//!
//! With weights `W`, styles `a` and the sums `Q[o, i]` of the squares of a filter, the modulated and
//! demodulated convolution of `x` is `d[o] conv(a[i] x, W)` with `d[o] = 1 / sqrt(sum_i a[i]² Q[o, i])`.

use std::f64::consts::SQRT_2;

use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;

use super::layers::{Linear, smooth};
use agemirror_kernels::{Activation, Convolution, conv_transpose2d, conv2d, up2_with_skip};
use agemirror_kernels::{modulate, noisy_leaky};

/// Reads the weight of a modulated convolution, stored as (1, O, I, k, k), as (O, I, k, k), and scales it.
fn weight([outputs, inputs, kernel]: [usize; 3], vb: &VarBuilder<'_>) -> Result<Tensor> {
    let scale = 1.0 / ((inputs * kernel * kernel) as f64).sqrt();
    vb.get((1, outputs, inputs, kernel, kernel), "weight")?.squeeze(0)? * scale
}

/// The filters of a 3 x 3 convolution.
enum Filters {
    /// Keeps the size of its map.
    Keeping(Convolution),
    /// Doubles the sides of its map: a transposed convolution of (I, O, 3, 3).
    Doubling(Tensor),
}

/// A modulated convolution with noise and activation.
pub(super) struct StyledConv {
    filters: Filters,
    /// Sums of squares, (I, O).
    squares: Tensor,
    modulation: Linear,
    /// (1, 1, 1).
    noise_strength: Tensor,
    bias: Tensor,
}

impl StyledConv {
    /// A layer that keeps the size of its map; `widths` are those of style, input and output.
    pub(super) fn keeping(widths: [usize; 3], vb: &VarBuilder<'_>) -> Result<Self> {
        Self::new(widths, |weight| Ok(Filters::Keeping(Convolution::new(weight, None, 1, 1)?)), vb)
    }

    /// A layer that doubles the sides of its map.
    pub(super) fn doubling(widths: [usize; 3], vb: &VarBuilder<'_>) -> Result<Self> {
        Self::new(widths, |weight| Ok(Filters::Doubling(weight.transpose(0, 1)?.contiguous()?)), vb)
    }

    fn new(
        [style, inputs, outputs]: [usize; 3],
        filters: impl FnOnce(Tensor) -> Result<Filters>,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let weight = weight([outputs, inputs, 3], &vb.pp("conv"))?;
        Ok(Self {
            squares: weight.sqr()?.flatten_from(2)?.sum(D::Minus1)?.t()?.contiguous()?,
            filters: filters(weight)?,
            modulation: Linear::new([style, inputs], 1.0, 1.0, &vb.pp("conv.modulation"))?,
            noise_strength: (vb.get(1, "noise.weight")? * SQRT_2)?.reshape((1, 1, 1))?,
            bias: (vb.get(outputs, "activate.bias")? * SQRT_2)?,
        })
    }

    /// Maps `x` (N, I, H, W), styled by `w` (N, style), with `noise` (1 or N, H', W'). Consumes the map to
    /// free its memory early.
    pub(super) fn forward(&self, x: Tensor, w: &Tensor, noise: &Tensor) -> Result<Tensor> {
        let styles = self.modulation.forward(w)?;
        let demodulation = (styles.sqr()?.matmul(&self.squares)? + 1e-8)?.sqrt()?.recip()?;
        let scaled = modulate(&x, &styles, &styles.zeros_like()?, Activation::Identity)?;
        drop(x);
        let y = match &self.filters {
            Filters::Keeping(convolution) => convolution.forward(&scaled, Activation::Identity)?,
            Filters::Doubling(weight) => smooth(&conv_transpose2d(&scaled, weight, None, 2, 0)?, 1, 4.0)?,
        };
        drop(scaled);
        let noise = noise.broadcast_mul(&self.noise_strength)?;
        noisy_leaky(y, &(demodulation * SQRT_2)?, &noise, &self.bias)
    }
}

/// Converts a map to colours and adds them to the upsampled picture of the previous level.
pub(super) struct ToRgb {
    /// (1, 3, I, 1): one row per colour.
    weight: Tensor,
    modulation: Linear,
    bias: Tensor,
}

impl ToRgb {
    /// `widths` are those of style and map.
    pub(super) fn new([style, inputs]: [usize; 2], vb: &VarBuilder<'_>) -> Result<Self> {
        let weight = weight([3, inputs, 1], &vb.pp("conv"))?.reshape((1, 3, inputs, 1))?;
        let bias = vb.get((1, 3, 1, 1), "bias")?.flatten_all()?;
        Ok(Self {
            weight,
            modulation: Linear::new([style, inputs], 1.0, 1.0, &vb.pp("conv.modulation"))?,
            bias,
        })
    }

    /// The picture (N, 3, H, W) of `x` (N, I, H, W); `before` is the picture at half the size. There is no
    /// demodulation, and with three filters the per-image weights are small.
    pub(super) fn forward(&self, x: &Tensor, w: &Tensor, before: Option<&Tensor>) -> Result<Tensor> {
        let styles = self.modulation.forward(w)?;
        let (images, inputs) = styles.dims2()?;
        let weights = self.weight.broadcast_mul(&styles.reshape((images, 1, inputs, 1))?)?;
        let colours = (0..images).map(|n| {
            let weight = weights.get(n)?.unsqueeze(D::Minus1)?;
            conv2d(&x.narrow(0, n, 1)?, &weight, Some(&self.bias), 1, 0)
        });
        let colours = Tensor::cat(&colours.collect::<Result<Vec<_>>>()?, 0)?;
        before.map_or(Ok(colours.clone()), |before| up2_with_skip(before, &colours))
    }
}
