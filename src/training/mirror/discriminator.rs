//! Tells real faces of an age from made ones: patches are judged, and the age enters by projection
//! (Miyato and Koyama, "cGANs with Projection Discriminator", 2018) on features whose layers are kept
//! from steepening by their spectral norm (Miyato et al., 2018).

use std::collections::HashMap;

use candle_core::{D, Device, Result, Tensor, Var};
use candle_nn::VarBuilder;

use crate::aging::mirror::{AGE_CODE, age_codes};
use crate::tensor::{conv2d, conv2d_leaky, down2};
use crate::training::parameters::Parameters;

/// Input, then output channels of each convolution.
const WIDTHS: [usize; 6] = [4, 24, 48, 96, 96, 96];
/// Whether the map is halved before each convolution.
const HALVED: [bool; 5] = [false, true, true, false, true];

/// The discriminator's parameters.
pub struct Discriminator {
    convs: Vec<(Tensor, Tensor)>,
    /// One direction for each convolution, turned towards its steepest at every step.
    steepest: Vec<Var>,
    judge: Tensor,
    judge_bias: Tensor,
    projection: Tensor,
    age: Tensor,
    age_bias: Tensor,
}

/// The weights of one step: scaled by their norms, followed by gradients or not.
pub struct Weights {
    convs: Vec<(Tensor, Tensor)>,
    judge: Tensor,
    judge_bias: Tensor,
    projection: Tensor,
    age: Tensor,
    age_bias: Tensor,
}

impl Discriminator {
    /// Starts the discriminator from a seed.
    ///
    /// # Errors
    /// When the device fails.
    pub fn start(seed: u64, device: &Device) -> Result<(Parameters, Self)> {
        Parameters::start(seed, device, |_| 1.0, Self::new)
    }

    fn new(vb: VarBuilder<'_>) -> Result<Self> {
        let conv = |i: usize| {
            let vb = vb.pp(format!("conv.{i}"));
            Ok((vb.get((WIDTHS[i + 1], WIDTHS[i], 3, 3), "weight")?, vb.get(WIDTHS[i + 1], "bias")?))
        };
        let last = WIDTHS[WIDTHS.len() - 1];
        let steepest =
            |outputs: &usize| Var::from_tensor(&Tensor::ones((1, *outputs), vb.dtype(), vb.device())?);
        Ok(Self {
            convs: (0..HALVED.len()).map(conv).collect::<Result<_>>()?,
            steepest: WIDTHS[1..].iter().map(steepest).collect::<Result<_>>()?,
            judge: vb.get((1, last, 1, 1), "judge.weight")?,
            judge_bias: vb.get(1, "judge.bias")?,
            projection: vb.get((last, AGE_CODE), "projection.weight")?,
            age: vb.get((1, last), "age.weight")?,
            age_bias: vb.get(1, "age.bias")?,
        })
    }

    /// The weights for one step, after one power iteration on each.
    ///
    /// # Errors
    /// When the device fails.
    pub fn weights(&self) -> Result<Weights> {
        let scaled = self.convs.iter().zip(&self.steepest).map(|((weight, bias), steepest)| {
            Ok((weight.broadcast_div(&spectral_norm(weight, steepest)?)?, bias.clone()))
        });
        Ok(Weights {
            convs: scaled.collect::<Result<_>>()?,
            judge: self.judge.clone(),
            judge_bias: self.judge_bias.clone(),
            projection: self.projection.clone(),
            age: self.age.clone(),
            age_bias: self.age_bias.clone(),
        })
    }

    /// Puts the directions among `tensors`.
    pub fn save(&self, tensors: &mut HashMap<String, Tensor>, prefix: &str) {
        for (i, steepest) in self.steepest.iter().enumerate() {
            tensors.insert(format!("{prefix}steepest.{i}"), steepest.as_detached_tensor());
        }
    }

    /// Takes the directions from `tensors`.
    ///
    /// # Errors
    /// When one is missing.
    pub fn restore(&self, tensors: &HashMap<String, Tensor>, prefix: &str) -> Result<()> {
        for (i, steepest) in self.steepest.iter().enumerate() {
            let Some(value) = tensors.get(&format!("{prefix}steepest.{i}")) else {
                candle_core::bail!("{prefix}steepest.{i} is missing");
            };
            steepest.set(value)?;
        }
        Ok(())
    }
}

/// The largest factor by which `weight` stretches a vector, by one power iteration from `steepest`.
fn spectral_norm(weight: &Tensor, steepest: &Var) -> Result<Tensor> {
    let unit = |v: &Tensor| v.broadcast_div(&(v.sqr()?.sum_all()?.sqrt()? + 1e-9)?);
    let matrix = weight.flatten_from(1)?;
    let fixed = matrix.detach();
    let right = unit(&steepest.as_detached_tensor().matmul(&fixed)?)?;
    let left = unit(&right.matmul(&fixed.t()?)?)?;
    steepest.set(&left)?;
    left.matmul(&matrix)?.mul(&right)?.sum_all()
}

impl Weights {
    /// The same weights, not followed by gradients.
    pub fn detach(&self) -> Self {
        Self {
            convs: self.convs.iter().map(|(w, b)| (w.detach(), b.detach())).collect(),
            judge: self.judge.detach(),
            judge_bias: self.judge_bias.detach(),
            projection: self.projection.detach(),
            age: self.age.detach(),
            age_bias: self.age_bias.detach(),
        }
    }

    /// The features of pictures (N, 3, H, W) seen through `masks` (N, 1, H, W).
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn features(&self, pictures: &Tensor, masks: &Tensor) -> Result<Tensor> {
        let mut x = Tensor::cat(&[&pictures.broadcast_mul(masks)?, masks], 1)?;
        for ((weight, bias), halved) in self.convs.iter().zip(HALVED) {
            if halved {
                x = down2(&x)?;
            }
            x = conv2d_leaky(&x, weight, Some(bias), 1, 1)?;
        }
        Ok(x)
    }

    /// The age in years that `features` show: (N). Learning to read it from real faces teaches the
    /// features what ages look like.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn read_age(&self, features: &Tensor) -> Result<Tensor> {
        let summary = features.flatten_from(2)?.mean(D::Minus1)?;
        summary.matmul(&self.age.t()?)?.broadcast_add(&self.age_bias)?.affine(25.0, 35.0)?.squeeze(1)
    }

    /// How real each patch of `features` looks for each of `ages` (years): (N, 1, h, w), positive for real.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn judge(&self, features: &Tensor, ages: &[f32]) -> Result<Tensor> {
        let (n, c, _, _) = features.dims4()?;
        let direction = age_codes(ages, features.device())?.matmul(&self.projection.t()?)?;
        let fitting = features.broadcast_mul(&direction.reshape((n, c, 1, 1))?)?.sum_keepdim(1)?;
        // Every channel adds; the scale keeps the sum of many about as large as one.
        let fitting = (fitting / (c as f64).sqrt())?;
        conv2d(features, &self.judge, Some(&self.judge_bias), 1, 0)? + fitting
    }
}

/// The mean over patches for each picture: (N).
///
/// # Errors
/// When the tensor is not (N, 1, h, w).
pub fn per_picture(patches: &Tensor) -> Result<Tensor> {
    patches.flatten_from(1)?.mean(D::Minus1)
}
