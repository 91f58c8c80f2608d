//! The encoder: from a picture and an age to the codes of the face, the identity, and the age.

use std::f64::consts::SQRT_2;

use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;

use super::layers::{Activated, Linear, Residual, scaled_weight};
use super::shape::{NetworkShape, TOGETHER};
use agemirror_kernels::{LEAKY_SLOPE, conv2d_leaky};

/// Encodes the picture together with the label of the target age.
///
/// The label is concatenated to the picture as constant planes, and the first layer is a 1 x 1 convolution,
/// so the planes are equivalent to an additional bias.
pub(super) struct Trunk {
    /// (channels, 3, 1, 1).
    picture_weight: Tensor,
    /// (groups, channels).
    label_weight: Tensor,
    bias: Tensor,
    blocks: Vec<Residual>,
    side: usize,
}

impl Trunk {
    pub(super) fn new(shape: NetworkShape, vb: &VarBuilder<'_>) -> Result<Self> {
        let NetworkShape { side, groups, .. } = shape;
        let width = shape.channels(side);
        let weight = scaled_weight([width, 3 + groups, 1], SQRT_2, "0.0.weight", vb)?;
        let block = |i: usize| {
            let side = side >> i;
            Residual::halving([side, side / 2].map(|side| shape.channels(side)), &vb.pp(i + 1))
        };
        Ok(Self {
            picture_weight: weight.narrow(1, 0, 3)?.contiguous()?,
            label_weight: weight.narrow(1, 3, groups)?.reshape((width, groups))?.t()?.contiguous()?,
            bias: (vb.get(width, "0.1.bias")? * SQRT_2)?,
            blocks: (0..shape.halvings()).map(block).collect::<Result<_>>()?,
            side,
        })
    }

    /// The first layer for one picture (1, 3, S, S) and one label (1, groups).
    pub(super) fn first_layer(&self, picture: &Tensor, label: &Tensor) -> Result<Tensor> {
        let bias = (label.matmul(&self.label_weight)?.squeeze(0)? + &self.bias)?;
        conv2d_leaky(picture, &self.picture_weight, Some(&bias), 1, 0)
    }

    /// Encodes `picture` (1, 3, S, S) for each of `labels` (N, groups) as (N, width, 16, 16); or N pictures,
    /// each for its own label.
    pub(super) fn forward(&self, picture: &Tensor, labels: &Tensor) -> Result<Tensor> {
        let alone = (0..self.blocks.len()).filter(|i| self.side >> i > TOGETHER).count();
        let pictures = picture.dim(0)?;
        let mapped = (0..labels.dim(0)?).map(|n| {
            let picture = picture.narrow(0, n.min(pictures - 1), 1)?;
            let x = self.first_layer(&picture, &labels.narrow(0, n, 1)?)?;
            self.blocks[..alone].iter().try_fold(x, |x, block| block.forward(x))
        });
        let x = Tensor::cat(&mapped.collect::<Result<Vec<_>>>()?, 0)?;
        self.blocks[alone..].iter().try_fold(x, |x, block| block.forward(x))
    }
}

/// The part of a face that all ages share: (N, width, 16, 16) from its code.
pub(super) struct IdentityBranch([Residual; 2]);

impl IdentityBranch {
    pub(super) fn new(width: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        Ok(Self([Residual::keeping(width, &vb.pp(0))?, Residual::keeping(width, &vb.pp(1))?]))
    }

    pub(super) fn forward(&self, code: Tensor) -> Result<Tensor> {
        self.0.iter().try_fold(code, |x, block| block.forward(x))
    }
}

/// The style vector that modulates the decoder: (N, width) from the code of the face.
pub(super) struct AgeBranch {
    blocks: [Residual; 2],
    last: Activated,
    style: Vec<Linear>,
}

impl AgeBranch {
    /// Learning-rate multiplier of the style layers.
    const STYLE_RATE: f64 = 0.01;

    pub(super) fn new(width: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let block = |i: usize| Residual::halving([width; 2], &vb.pp("convs_es").pp(i));
        let style = |i: usize| Linear::new([width; 2], Self::STYLE_RATE, SQRT_2, &vb.pp("style").pp(i));
        Ok(Self {
            blocks: [block(0)?, block(1)?],
            last: Activated::new([width; 2], SQRT_2, 0, &vb.pp("final_conv"))?,
            style: (1..=8).map(style).collect::<Result<_>>()?,
        })
    }

    pub(super) fn forward(&self, code: Tensor) -> Result<Tensor> {
        let x = self.blocks.iter().try_fold(code, |x, block| block.forward(x))?;
        let mut w = pixel_norm(&self.last.forward(&x)?.flatten_from(2)?.mean(D::Minus1)?)?;
        for layer in &self.style {
            w = candle_nn::ops::leaky_relu(&layer.forward(&w)?, f64::from(LEAKY_SLOPE))?;
        }
        Ok(w)
    }
}

/// Normalises every row of (N, C) to a mean square of one.
fn pixel_norm(x: &Tensor) -> Result<Tensor> {
    x.broadcast_div(&(x.sqr()?.mean_keepdim(D::Minus1)? + 1e-8)?.sqrt()?)
}
