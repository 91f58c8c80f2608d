//! Tells real faces of an age from made ones. It looks through the eyes of a frozen age network, at the whole
//! face at four scales and at a part of it closely at three, and learns only a light head on each: features that already know ages teach in minutes what
//! takes hours from pixels (Sauer et al., "Projected GANs Converge Faster", 2021). The age asked for
//! enters by projection (Miyato and Koyama, "cGANs with Projection Discriminator", 2018); the heads are
//! kept from steepening by their spectral norm (Miyato et al., 2018).

use std::collections::HashMap;

use candle_core::{D, Device, Result, Tensor, Var};
use candle_nn::VarBuilder;

use crate::aging::mirror::{AGE_CODE, age_codes};
use crate::tensor::{conv2d, conv2d_leaky};
use crate::training::parameters::Parameters;

/// Channels of the maps that the heads look at: of the whole face, and of a part of it.
const MAPS: [usize; 7] = [64, 64, 128, 256, 64, 64, 128];
/// Channels inside a head.
const WIDTH: usize = 48;

/// What judges one map.
struct Head<T> {
    filter: T,
    bias: T,
    judge: T,
    judge_bias: T,
    projection: T,
}

/// The discriminator: a head for each scale.
pub struct Discriminator {
    heads: Vec<Head<Tensor>>,
    /// One direction for each head, turned towards its steepest at every step.
    steepest: Vec<Var>,
}

/// The heads of one step: scaled by their norms, followed by gradients or not.
pub struct Weights(Vec<Head<Tensor>>);

impl Discriminator {
    /// Starts the discriminator from a seed.
    ///
    /// # Errors
    /// When the device fails.
    pub fn start(seed: u64, device: &Device) -> Result<(Parameters, Self)> {
        Parameters::start(seed, device, |_| 1.0, Self::new)
    }

    fn new(vb: VarBuilder<'_>) -> Result<Self> {
        let head = |(i, channels): (usize, &usize)| {
            let vb = vb.pp(format!("head.{i}"));
            Ok(Head {
                filter: vb.get((WIDTH, *channels, 3, 3), "filter.weight")?,
                bias: vb.get(WIDTH, "filter.bias")?,
                judge: vb.get((1, WIDTH, 1, 1), "judge.weight")?,
                judge_bias: vb.get(1, "judge.bias")?,
                projection: vb.get((WIDTH, AGE_CODE), "projection.weight")?,
            })
        };
        let steepest = |_| Var::from_tensor(&Tensor::ones((1, WIDTH), vb.dtype(), vb.device())?);
        Ok(Self {
            heads: MAPS.iter().enumerate().map(head).collect::<Result<_>>()?,
            steepest: MAPS.iter().map(steepest).collect::<Result<_>>()?,
        })
    }

    /// The heads for one step, after one power iteration on each.
    ///
    /// # Errors
    /// When the device fails.
    pub fn weights(&self) -> Result<Weights> {
        let scaled = self.heads.iter().zip(&self.steepest).map(|(head, steepest)| {
            let filter = head.filter.broadcast_div(&spectral_norm(&head.filter, steepest)?)?;
            Ok(Head { filter, ..head.map(Tensor::clone) })
        });
        Ok(Weights(scaled.collect::<Result<_>>()?))
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

impl Head<Tensor> {
    fn map(&self, f: impl Fn(&Tensor) -> Tensor) -> Self {
        Self {
            filter: f(&self.filter),
            bias: f(&self.bias),
            judge: f(&self.judge),
            judge_bias: f(&self.judge_bias),
            projection: f(&self.projection),
        }
    }

    fn features(&self, map: &Tensor) -> Result<Tensor> {
        conv2d_leaky(&of_unit_size(map)?, &self.filter, Some(&self.bias), 1, 1)
    }

    fn judge(&self, features: &Tensor, ages: &[f32]) -> Result<Tensor> {
        let (n, c, _, _) = features.dims4()?;
        let direction = age_codes(ages, features.device())?.matmul(&self.projection.t()?)?;
        let fitting = features.broadcast_mul(&direction.reshape((n, c, 1, 1))?)?.sum_keepdim(1)?;
        conv2d(features, &self.judge, Some(&self.judge_bias), 1, 0)? + fitting
    }
}

/// A map divided by its root mean square, picture by picture: what counts is the pattern.
fn of_unit_size(map: &Tensor) -> Result<Tensor> {
    let square = map.sqr()?.flatten_from(1)?.mean(D::Minus1)?;
    let size = (square + 1e-6)?.sqrt()?.reshape((map.dim(0)?, 1, 1, 1))?;
    map.broadcast_div(&size)
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
        Self(self.0.iter().map(|head| head.map(Tensor::detach)).collect())
    }

    /// What each head sees in the maps of some pictures.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn features(&self, maps: &[Tensor]) -> Result<Vec<Tensor>> {
        self.0.iter().zip(maps).map(|(head, map)| head.features(map)).collect()
    }

    /// How real each patch of each head's `features` looks for each of `ages` (years), positive for real;
    /// `loss` turns the patches (N, 1, h, w) into a number, and the mean over the heads is returned.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn judge(
        &self,
        features: &[Tensor],
        ages: &[f32],
        loss: impl Fn(Tensor) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let judged = self.0.iter().zip(features).map(|(head, features)| loss(head.judge(features, ages)?));
        let losses = judged.collect::<Result<Vec<_>>>()?;
        Tensor::stack(&losses, 0)?.mean(0)
    }
}

/// The mean over patches for each picture: (N).
///
/// # Errors
/// When the tensor is not (N, 1, h, w).
pub fn per_picture(patches: &Tensor) -> Result<Tensor> {
    patches.flatten_from(1)?.mean(D::Minus1)
}
