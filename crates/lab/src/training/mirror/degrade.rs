//! Random blur, noise and compression with one distribution for real and generated pictures, so that
//! sharpness does not help a discriminator. Gradients pass through the blur; noise and compression count as
//! constants.

use candle_core::{Result, Tensor};
use rand::Rng;
use rand::rngs::StdRng;
use rayon::prelude::*;

use crate::dataset::{seeded, through_jpeg};
use agemirror_kernels::{Padding, depthwise_conv2d};

/// Largest standard deviation of the blur, in thousandths of the side, and the share of pictures that are
/// blurred.
const BLUR: (f32, f64) = (7.0, 0.8);
/// Largest standard deviation of the noise, in a range of 2, and the share of pictures that get noise.
const NOISE: (f32, f64) = (0.03, 0.5);
/// Share of pictures that are compressed as JPEG.
const JPEG: f64 = 0.4;
/// Range of JPEG qualities.
const QUALITIES: std::ops::RangeInclusive<u8> = 40..=95;

/// The random degradation of one picture.
struct Degradation {
    /// Standard deviation of the blur, in pixels.
    sigma: f32,
    noise: f32,
    quality: Option<u8>,
    random: StdRng,
}

impl Degradation {
    fn new(seed: u64, draw: u64, index: usize, side: usize) -> Self {
        // Batches use the RNG streams from 1 upwards, so count down here.
        let mut random = seeded(seed, draw, u64::MAX - 1 - index as u64);
        let mut strength = |(most, share): (f32, f64)| -> f32 {
            let strength = random.random_range(0.0..most);
            if random.random_bool(share) { strength } else { 0.0 }
        };
        let (sigma, noise) = (strength(BLUR) * side as f32 / 1000.0, strength(NOISE));
        let quality = random.random_range(QUALITIES);
        let quality = random.random_bool(JPEG).then_some(quality);
        Self { sigma, noise, quality, random }
    }

    /// The difference that noise, clamping and JPEG make to planes of `side * side` pixels.
    fn difference(mut self, planes: &[f32], side: u32) -> Vec<f32> {
        let mut changed: Vec<f32> =
            planes.iter().map(|value| value + self.noise * approximate_normal(&mut self.random)).collect();
        changed.iter_mut().for_each(|value| *value = value.clamp(-1.0, 1.0));
        if let Some(quality) = self.quality {
            // Without compression if the encoder fails.
            changed = through_jpeg(&changed, side, quality).unwrap_or(changed);
        }
        changed.iter_mut().zip(planes).for_each(|(changed, value)| *changed -= value);
        changed
    }
}

/// Degrades pictures (N, 3, S, S) in -1..1, as `seed` and `draw` determine.
///
/// # Errors
/// When shapes do not fit.
pub(super) fn degrade(pictures: &Tensor, seed: u64, draw: u64) -> Result<Tensor> {
    let (images, channels, side, _) = pictures.dims4()?;
    let degradations: Vec<Degradation> =
        (0..images).map(|index| Degradation::new(seed, draw, index, side)).collect();
    let sigmas: Vec<f32> = degradations.iter().map(|degradation| degradation.sigma).collect();
    let blurred = blurred(pictures, &sigmas)?;
    let planes = blurred.detach().flatten_all()?.to_vec1::<f32>()?;
    let jobs = degradations.into_par_iter().zip(planes.par_chunks(channels * side * side));
    let off: Vec<Vec<f32>> =
        jobs.map(|(degradation, planes)| degradation.difference(planes, side as u32)).collect();
    &blurred + Tensor::from_vec(off.concat(), pictures.shape(), pictures.device())?
}

/// Gaussian blur with one standard deviation (pixels) per picture; padding is zero, so the edges fade a
/// little.
fn blurred(pictures: &Tensor, sigmas: &[f32]) -> Result<Tensor> {
    let (images, channels, side, _) = pictures.dims4()?;
    let reach = (2.5 * sigmas.iter().fold(0.0f32, |a, b| a.max(*b))).ceil() as usize;
    if reach == 0 {
        return Ok(pictures.clone());
    }
    let length = 2 * reach + 1;
    let kernels = sigmas.iter().flat_map(|sigma| std::iter::repeat_n(kernel(*sigma, reach), channels));
    let planes = images * channels;
    let kernels =
        Tensor::from_vec(kernels.flatten().collect::<Vec<_>>(), planes * length, pictures.device())?;
    let x = pictures.reshape((1, planes, side, side))?;
    let rows = Padding { left: reach, right: reach, ..Padding::uniform(0) };
    let columns = Padding { top: reach, bottom: reach, ..Padding::uniform(0) };
    let x = depthwise_conv2d(&x, &kernels.reshape((planes, 1, 1, length))?, 1, rows)?;
    depthwise_conv2d(&x, &kernels.reshape((planes, 1, length, 1))?, 1, columns)?.reshape(pictures.shape())
}

/// Taps of a Gaussian, which sum to 1.
fn kernel(sigma: f32, reach: usize) -> Vec<f32> {
    let value = |tap: usize| (-0.5 * ((tap as f32 - reach as f32) / sigma.max(0.05)).powi(2)).exp();
    let values: Vec<f32> = (0..=2 * reach).map(value).collect();
    let sum: f32 = values.iter().sum();
    values.iter().map(|value| value / sum).collect()
}

/// A nearly normal value with standard deviation 1: the sum of four uniform ones.
fn approximate_normal(random: &mut StdRng) -> f32 {
    let bits: u64 = random.random();
    let sum: u64 = (0..4).map(|i| (bits >> (16 * i)) & 0xffff).sum();
    (sum as f32 / 65_536.0 - 2.0) * 3f32.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use agemirror_kernels::testing::{assert_close, check_gradients, tensor};

    #[test]
    fn a_blur_is_as_wide_as_requested_and_zero_changes_nothing() -> Result<()> {
        let x = tensor(&[2, 3, 12, 12], 1)?;
        assert_close(&blurred(&x, &[0.0, 0.0])?, &x, 0.0)?;
        let both = blurred(&x, &[0.0, 1.2])?;
        assert_close(&both.narrow(0, 0, 1)?, &x.narrow(0, 0, 1)?, 1e-6)?;
        let spread = |x: &Tensor| x.narrow(0, 1, 1)?.sqr()?.mean_all()?.to_scalar::<f32>();
        assert!(spread(&both)? < 0.2 * spread(&x)?);
        let wide = kernel(1.2, 4);
        let variance: f32 = wide.iter().enumerate().map(|(i, v)| v * (i as f32 - 4.0).powi(2)).sum();
        assert!((variance.sqrt() - 1.2).abs() < 0.02);
        check_gradients(&[&x], |args| blurred(&args[0], &[0.6, 1.2]))
    }

    #[test]
    fn degradation_depends_on_seed_and_draw_and_stays_in_range() -> Result<()> {
        let x = (tensor(&[6, 3, 16, 16], 2)? * 1.3)?;
        let values = |draw: u64| degrade(&x, 3, draw)?.flatten_all()?.to_vec1::<f32>();
        assert_eq!(values(1)?, values(1)?);
        assert_ne!(values(1)?, values(2)?);
        assert!(values(1)?.iter().all(|value| (-1.0001..=1.0001).contains(value)));
        Ok(())
    }

    #[test]
    fn gradients_pass_as_through_the_blur_alone() -> Result<()> {
        let x = candle_core::Var::from_tensor(&tensor(&[2, 3, 16, 16], 4)?)?;
        let gradients = degrade(x.as_tensor(), 3, 1)?.sum_all()?.backward()?;
        let Some(gradient) = gradients.get(&x) else { candle_core::bail!("no gradient") };
        let middle = gradient.narrow(2, 6, 4)?.narrow(3, 6, 4)?;
        assert_close(&middle, &middle.ones_like()?, 1e-4)
    }
}
