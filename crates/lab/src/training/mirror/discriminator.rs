//! Tells real heads of an age from made ones. It looks through a frozen feature network whose maps are mixed at random
//! (Sauer et al., "Projected GANs Converge Faster", 2021) and learns only a light head on each of four scales. The age
//! asked for enters by projection (Miyato and Koyama, "cGANs with Projection Discriminator", 2018); every convolution
//! is divided by its spectral norm (Miyato et al., 2018).

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
/// The stride of each head's first convolution: fine maps are halved.
const STRIDES: [usize; SCALES] = [2, 2, 1, 1];
/// Convolutions of a head: two that look, one that judges.
const CONVOLUTIONS: usize = 3;

/// What judges one map.
struct Head<T> {
    filters: [T; CONVOLUTIONS],
    biases: [T; CONVOLUTIONS],
    projection: T,
    stride: usize,
}

/// The discriminator: a head for each scale.
pub struct Discriminator {
    heads: Vec<Head<Tensor>>,
    /// For each convolution of each head, the direction that it stretches most, refined at every step.
    singular_vectors: Vec<[Var; CONVOLUTIONS]>,
}

/// The heads of one step: divided by their norms, followed by gradients or not.
pub struct Weights(Vec<Head<Tensor>>);

impl Discriminator {
    /// Starts the discriminator from a seed.
    ///
    /// # Errors
    /// When the device fails.
    pub fn start(seed: u64, device: &Device) -> Result<(Parameters, Self)> {
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

    /// The heads for one step, after one power iteration on each convolution.
    ///
    /// # Errors
    /// When the device fails.
    pub fn weights(&self) -> Result<Weights> {
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

    /// Puts the directions among `tensors`.
    pub fn save(&self, tensors: &mut HashMap<String, Tensor>, prefix: &str) {
        for (name, direction) in self.directions() {
            tensors.insert(format!("{prefix}{name}"), direction.as_detached_tensor());
        }
    }

    /// Takes the directions from `tensors`.
    ///
    /// # Errors
    /// When one is missing.
    pub fn restore(&self, tensors: &HashMap<String, Tensor>, prefix: &str) -> Result<()> {
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
        let fitting = features.broadcast_mul(&direction.reshape((n, c, 1, 1))?)?.sum_keepdim(1)?;
        conv2d(features, &self.filters[2], Some(&self.biases[2]), 1, 0)? + fitting
    }
}

/// The largest factor by which `weight` stretches a vector, by one power iteration from `singular_vectors`.
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
    /// The same weights, not followed by gradients.
    pub fn detach(&self) -> Self {
        Self(self.0.iter().map(|head| head.map(Tensor::detach)).collect())
    }

    /// What each head sees in the mixed maps of some pictures.
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
pub fn mean_per_picture(patches: &Tensor) -> Result<Tensor> {
    patches.flatten_from(1)?.mean(D::Minus1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::adam::{Adam, AdamSettings};
    use crate::training::mirror::losses::discriminator_loss;
    use agemirror_kernels::testing::tensor;

    /// Maps of two pictures: of stripes where `real`, else of noise.
    fn maps(real: bool, seed: u32) -> Result<Vec<Tensor>> {
        let map = |(scale, channels): (usize, usize)| -> Result<Tensor> {
            let side = 16 >> scale;
            let noise = tensor(&[2, channels, side, side], seed + scale as u32)?;
            if !real {
                return Ok(noise);
            }
            let stripes: Vec<f32> = (0..side).map(|x| if x % 2 == 0 { 1.0 } else { -1.0 }).collect();
            let stripes = Tensor::from_vec(stripes, (1, 1, 1, side), &Device::Cpu)?;
            (noise * 0.3)?.broadcast_add(&stripes)
        };
        MIXED_CHANNELS.into_iter().enumerate().map(map).collect()
    }

    #[test]
    fn it_learns_to_tell_real_from_noise_and_right_from_wrong_ages() -> Result<()> {
        let (parameters, discriminator) = Discriminator::start(7, &Device::Cpu)?;
        let settings =
            AdamSettings { learning_rate: 2e-3, beta1: 0.5, beta2: 0.99, ..AdamSettings::default() };
        let mut adam = Adam::new(&parameters, settings)?;
        let mut losses = Vec::new();
        for step in 0..30 {
            let (real, made) = (maps(true, 100 * step)?, maps(false, 100 * step + 50)?);
            let weights = discriminator.weights()?;
            let loss =
                discriminator_loss(&weights, (&real, &[30.0; 2]), (&made, &[30.0; 2]), &[70.0; 2], 0.5)?;
            adam.step(&parameters, &loss.backward()?)?;
            losses.push(loss.to_scalar::<f32>()?);
        }
        assert!(losses[29] < 0.5 * losses[0], "{losses:?}");
        let weights = discriminator.weights()?;
        let score = |maps: &[Tensor], age: f32| -> Result<f32> {
            let mean = |patches: Tensor| patches.mean_all();
            weights.judge(&weights.features(maps)?, &[age; 2], mean)?.to_scalar()
        };
        let (real, made) = (maps(true, 9001)?, maps(false, 9051)?);
        assert!(score(&real, 30.0)? > 0.0 && score(&made, 30.0)? < 0.0);
        assert!(score(&real, 30.0)? > score(&real, 70.0)?);
        Ok(())
    }

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
