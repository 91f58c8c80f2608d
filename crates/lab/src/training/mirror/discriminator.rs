//! The discriminator: tells real heads of an age from generated ones. It sees the maps of a frozen feature
//! network, mixed at random (Sauer et al., "Projected GANs Converge Faster", 2021), and learns only a light
//! head at each of four scales. The target age enters by projection (Miyato and Koyama, "cGANs with
//! Projection Discriminator", 2018); every convolution is divided by its spectral norm (Miyato et al., 2018).

use std::collections::HashMap;

use candle_core::{D, Device, Result, Tensor, Var};
use candle_nn::VarBuilder;

use super::features::SCALES;
use super::mixing::MIXED_CHANNELS;
use crate::training::parameters::Parameters;
use agemirror_faces::aging::mirror::{AGE_CODE, age_codes};
use agemirror_kernels::{conv2d, conv2d_leaky};

/// Channels inside a head.
const WIDTH: usize = 48;
/// Stride of each head's first convolution; it halves the two finest maps.
const STRIDES: [usize; SCALES] = [2, 2, 1, 1];
/// Convolutions of a head: two for features, one for the logits.
const CONVOLUTIONS: usize = 3;

/// The head of one scale.
struct Head<T> {
    filters: [T; CONVOLUTIONS],
    biases: [T; CONVOLUTIONS],
    projection: T,
    stride: usize,
}

/// The discriminator: one head per scale.
pub(super) struct Discriminator {
    heads: Vec<Head<Tensor>>,
    /// For each convolution of each head, an estimate of its first left singular vector, refined at every
    /// step.
    singular_vectors: Vec<[Var; CONVOLUTIONS]>,
}

/// The heads of one step: weights divided by their spectral norms, with or without gradients.
pub(super) struct Weights(Vec<Head<Tensor>>);

impl Discriminator {
    /// Creates a discriminator with weights drawn from `seed`.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn start(seed: u64, device: &Device) -> Result<(Parameters, Self)> {
        Parameters::init(seed, device, |_| 1.0, Self::new)
    }

    fn new(vb: VarBuilder<'_>) -> Result<Self> {
        let head = |(scale, channels): (usize, &usize)| {
            let vb = vb.pp(format!("head.{scale}"));
            Ok(Head {
                filters: [
                    vb.get((WIDTH, *channels, 3, 3), "first.weight")?,
                    vb.get((WIDTH, WIDTH, 3, 3), "second.weight")?,
                    vb.get((1, WIDTH, 1, 1), "judge.weight")?,
                ],
                biases: [
                    vb.get(WIDTH, "first.bias")?,
                    vb.get(WIDTH, "second.bias")?,
                    vb.get(1, "judge.bias")?,
                ],
                projection: vb.get((WIDTH, AGE_CODE), "projection.weight")?,
                stride: STRIDES[scale],
            })
        };
        let start = |outputs: usize| Var::from_tensor(&Tensor::ones((1, outputs), vb.dtype(), vb.device())?);
        let singular_vectors = |_| Ok([start(WIDTH)?, start(WIDTH)?, start(1)?]);
        Ok(Self {
            heads: MIXED_CHANNELS.iter().enumerate().map(head).collect::<Result<_>>()?,
            singular_vectors: MIXED_CHANNELS.iter().map(singular_vectors).collect::<Result<_>>()?,
        })
    }

    /// The heads for one step, after one power iteration for each convolution.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn weights(&self) -> Result<Weights> {
        let scaled = self.heads.iter().zip(&self.singular_vectors).map(|(head, singular_vectors)| {
            let [a, b, c] = &head.filters;
            let scaled = |filter: &Tensor, singular_vectors| {
                filter.broadcast_div(&spectral_norm(filter, singular_vectors)?)
            };
            let filters = [
                scaled(a, &singular_vectors[0])?,
                scaled(b, &singular_vectors[1])?,
                scaled(c, &singular_vectors[2])?,
            ];
            Ok(Head { filters, ..head.map(Tensor::clone) })
        });
        Ok(Weights(scaled.collect::<Result<_>>()?))
    }

    fn directions(&self) -> impl Iterator<Item = (String, &Var)> {
        self.singular_vectors.iter().enumerate().flat_map(|(head, all)| {
            all.iter().enumerate().map(move |(i, direction)| (format!("steepest.{head}.{i}"), direction))
        })
    }

    /// Adds the singular vectors to `tensors`.
    pub(super) fn save(&self, tensors: &mut HashMap<String, Tensor>, prefix: &str) {
        for (name, direction) in self.directions() {
            tensors.insert(format!("{prefix}{name}"), direction.as_detached_tensor());
        }
    }

    /// Loads the singular vectors from `tensors`.
    ///
    /// # Errors
    /// When a tensor is missing.
    pub(super) fn restore(&self, tensors: &HashMap<String, Tensor>, prefix: &str) -> Result<()> {
        for (name, direction) in self.directions() {
            let Some(value) = tensors.get(&format!("{prefix}{name}")) else {
                candle_core::bail!("{prefix}{name} is missing");
            };
            direction.set(value)?;
        }
        Ok(())
    }
}

impl Head<Tensor> {
    fn map(&self, f: impl Fn(&Tensor) -> Tensor) -> Self {
        Self {
            filters: self.filters.each_ref().map(&f),
            biases: self.biases.each_ref().map(&f),
            projection: f(&self.projection),
            stride: self.stride,
        }
    }

    fn features(&self, map: &Tensor) -> Result<Tensor> {
        let x = conv2d_leaky(map, &self.filters[0], Some(&self.biases[0]), self.stride, 1)?;
        conv2d_leaky(&x, &self.filters[1], Some(&self.biases[1]), 1, 1)
    }

    fn judge(&self, features: &Tensor, ages: &[f32]) -> Result<Tensor> {
        let (n, c, _, _) = features.dims4()?;
        let direction = age_codes(ages, features.device())?.matmul(&self.projection.t()?)?;
        let projected = features.broadcast_mul(&direction.reshape((n, c, 1, 1))?)?.sum_keepdim(1)?;
        conv2d(features, &self.filters[2], Some(&self.biases[2]), 1, 0)? + projected
    }
}

/// The spectral norm of `weight`, by one power iteration from `singular_vectors`.
fn spectral_norm(weight: &Tensor, singular_vectors: &Var) -> Result<Tensor> {
    let unit = |v: &Tensor| v.broadcast_div(&(v.sqr()?.sum_all()?.sqrt()? + 1e-9)?);
    let matrix = weight.flatten_from(1)?;
    let fixed = matrix.detach();
    let right = unit(&singular_vectors.as_detached_tensor().matmul(&fixed)?)?;
    let left = unit(&right.matmul(&fixed.t()?)?)?;
    singular_vectors.set(&left)?;
    left.matmul(&matrix)?.mul(&right)?.sum_all()
}

impl Weights {
    /// The same weights without gradients.
    pub(super) fn detach(&self) -> Self {
        Self(self.0.iter().map(|head| head.map(Tensor::detach)).collect())
    }

    /// The features of each head for the mixed maps of some pictures.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(super) fn features(&self, maps: &[Tensor]) -> Result<Vec<Tensor>> {
        self.0.iter().zip(maps).map(|(head, map)| head.features(map)).collect()
    }

    /// The mean over the heads of `loss`, applied to each head's logits (N, 1, h, w) for `features` and
    /// `ages` (years). Logits are positive for patches that look real at that age.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(super) fn judge(
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

/// The mean over the patches of each picture: (N).
///
/// # Errors
/// When the tensor does not have the shape (N, 1, h, w).
pub(super) fn mean_per_picture(patches: &Tensor) -> Result<Tensor> {
    patches.flatten_from(1)?.mean(D::Minus1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use agemirror_kernels::testing::tensor;

    #[test]
    fn the_norm_of_every_convolution_is_one_after_some_steps() -> Result<()> {
        let (_, discriminator) = Discriminator::start(7, &Device::Cpu)?;
        for _ in 0..60 {
            discriminator.weights()?;
        }
        let weights = discriminator.weights()?;
        for filter in weights.0.iter().flat_map(|head| &head.filters) {
            let direction = Var::from_tensor(&tensor(&[1, filter.dim(0)?], 5)?)?;
            let norms: Vec<f32> = (0..60)
                .map(|_| spectral_norm(filter, &direction)?.to_scalar::<f32>())
                .collect::<Result<_>>()?;
            assert!((norms[59] - 1.0).abs() < 0.02, "{}", norms[59]);
        }
        Ok(())
    }
}
