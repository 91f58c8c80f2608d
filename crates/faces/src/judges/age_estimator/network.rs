//! The network: four levels of convolutions, the mean of the last maps, one dense layer.

use candle_core::{D, Result, Tensor};
use candle_nn::VarBuilder;

use super::layers::{Conv, Folded};
use agemirror_kernels::down2;

/// Number of age classes: 0..=100.
pub const AGES: usize = 101;
/// Channels at 32, 16, 8 and 4 px, for a crop of 64 px.
const WIDTHS: [usize; 4] = [24, 48, 96, 192];
/// Residual blocks per level.
const BLOCKS: [usize; 4] = [1, 1, 2, 1];
/// Weight of a residual block's branch: several branches add up to the magnitude of one signal.
const BRANCH_WEIGHT: f64 = 0.5;
/// Learning-rate multiplier of the age biases.
const BIAS_LEARNING_RATE_FACTOR: f64 = 10.0;

struct Level {
    conv: Conv,
    blocks: Vec<[Conv; 2]>,
}

/// The trainable network.
pub struct Network {
    levels: Vec<Level>,
    weight: Tensor,
    bias: Tensor,
}

impl Network {
    /// Loads the weights from `vb`.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub fn new(vb: VarBuilder<'_>) -> Result<Self> {
        let level = |index: usize| {
            let (vb, width) = (vb.pp(format!("level.{index}")), WIDTHS[index]);
            // The first level sees each 2 x 2 pixels as one pixel of twelve channels.
            let inputs = if index == 0 { 12 } else { WIDTHS[index - 1] };
            let block = |number: usize| {
                let vb = vb.pp(format!("block.{number}"));
                Ok([Conv::new(width, width, vb.pp("first"))?, Conv::new(width, width, vb.pp("second"))?])
            };
            Ok(Level {
                conv: Conv::new(inputs, width, vb.pp("enter"))?,
                blocks: (0..BLOCKS[index]).map(block).collect::<Result<_>>()?,
            })
        };
        Ok(Self {
            levels: (0..WIDTHS.len()).map(level).collect::<Result<_>>()?,
            weight: vb.get((AGES, WIDTHS[3]), "ages.weight")?,
            bias: vb.get(AGES, "ages.bias")?,
        })
    }

    /// The network with its filters standardised: once per training step, or once for inference.
    ///
    /// # Errors
    /// When the device fails.
    pub fn fold(&self) -> Result<FoldedNetwork> {
        let level = |level: &Level| {
            let blocks = level.blocks.iter().map(|[first, second]| Ok([first.fold()?, second.fold()?]));
            Ok((level.conv.fold()?, blocks.collect::<Result<_>>()?))
        };
        Ok(FoldedNetwork {
            levels: self.levels.iter().map(level).collect::<Result<_>>()?,
            weight: self.weight.t()?,
            bias: (&self.bias * BIAS_LEARNING_RATE_FACTOR)?,
        })
    }
}

/// Mean and variance of each channel (C) at the start of each level, and before the dense layer.
#[derive(Clone)]
pub struct Statistics(pub Vec<[Tensor; 2]>);

impl Statistics {
    /// Number of normalised positions.
    pub const POSITIONS: usize = WIDTHS.len() + 1;
}

/// The network ready for inference.
pub struct FoldedNetwork {
    levels: Vec<(Folded, Vec<[Folded; 2]>)>,
    weight: Tensor,
    bias: Tensor,
}

impl FoldedNetwork {
    /// The logits (N, [`AGES`]) of crops (N, 3, S, S) in -1..1; S is a multiple of 16. Normalises channels by
    /// `known`, else by the statistics of these crops (batch normalisation, Ioffe and Szegedy, 2015); also
    /// returns the statistics used.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn forward(&self, x: &Tensor, known: Option<&Statistics>) -> Result<(Tensor, Statistics)> {
        let mut used = Vec::with_capacity(Statistics::POSITIONS);
        let mut normalise = |x: &Tensor| {
            let statistics = match known.and_then(|known| known.0.get(used.len())) {
                Some(statistics) => statistics.clone(),
                None => statistics(x)?,
            };
            let normal = normal(x, &statistics)?;
            used.push(statistics.map(|tensor| tensor.detach()));
            Ok::<Tensor, candle_core::Error>(normal)
        };
        let mut x = pixels_to_channels(x)?;
        for (index, (conv, blocks)) in self.levels.iter().enumerate() {
            if index > 0 {
                x = down2(&x)?;
            }
            x = conv.forward_leaky(&normalise(&x)?)?;
            for [first, second] in blocks {
                x = (&x + (second.forward(&first.forward_leaky(&x)?)? * BRANCH_WEIGHT)?)?;
            }
        }
        let summary = normalise(&x.mean_keepdim((2, 3))?)?.flatten_from(1)?;
        Ok((summary.matmul(&self.weight)?.broadcast_add(&self.bias)?, Statistics(used)))
    }
}

/// Mean and variance of each channel of `x` (N, C, H, W).
fn statistics(x: &Tensor) -> Result<[Tensor; 2]> {
    let rows = x.transpose(0, 1)?.contiguous()?.flatten_from(1)?;
    let mean = rows.mean_keepdim(D::Minus1)?;
    let variance = rows.broadcast_sub(&mean)?.sqr()?.mean(D::Minus1)?;
    Ok([mean.flatten_all()?, variance])
}

/// `x` with channels of zero mean and unit variance.
fn normal(x: &Tensor, [mean, variance]: &[Tensor; 2]) -> Result<Tensor> {
    let channels = (1, x.dim(1)?, 1, 1);
    let spread = (variance + 1e-5)?.sqrt()?.reshape(channels)?;
    x.broadcast_sub(&mean.reshape(channels)?)?.broadcast_div(&spread)
}

/// Every 2 x 2 pixels as one pixel: (N, 3, H, W) to (N, 12, H / 2, W / 2).
fn pixels_to_channels(x: &Tensor) -> Result<Tensor> {
    let (images, channels, height, width) = x.dims4()?;
    x.reshape((images, channels, height / 2, 2, width / 2, 2))?
        .permute((0, 1, 3, 5, 2, 4))?
        .contiguous()?
        .reshape((images, channels * 4, height / 2, width / 2))
}

/// Expected age (N) in years, from logits (N, A) over the ages 0..A.
///
/// # Errors
/// When the device fails.
pub fn expected_age(logits: &Tensor) -> Result<Tensor> {
    let ages = Tensor::arange(0f32, logits.dim(1)? as f32, logits.device())?;
    candle_nn::ops::softmax(logits, D::Minus1)?.broadcast_mul(&ages)?.sum(D::Minus1)
}
