//! Fixed random mixing of a feature network's maps (Sauer et al., "Projected GANs Converge Faster", 2021):
//! over channels at each scale, then from coarse scales to fine ones. Without it, a discriminator uses only
//! few of the channels.

use candle_core::{Device, Result, Tensor};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::features::{FEATURE_CHANNELS, SCALES};
use agemirror_kernels::{PixelGrid, conv2d, resize_bilinear};

/// Channels of the mixed maps, finest scale first.
pub(super) const MIXED_CHANNELS: [usize; SCALES] = [32, 64, 96, 128];
/// Seed of the mixing, the same in every run: a discriminator is trained for one mixing.
const SEED: u64 = 20_211_101;

/// Fixed random 1x1 convolutions.
pub(super) struct Mixing {
    /// At each scale, from the feature channels to the mixed channels.
    channels: Vec<Tensor>,
    /// From each scale but the finest to the next finer one.
    down: Vec<Tensor>,
}

impl Mixing {
    /// Creates the mixing.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn new(device: &Device) -> Result<Self> {
        let mut random = StdRng::seed_from_u64(SEED);
        let mut filter = |outputs: usize, inputs: usize| unit_filter(outputs, inputs, &mut random, device);
        let channels = MIXED_CHANNELS.iter().zip(FEATURE_CHANNELS).map(|(out, from)| filter(*out, from));
        let channels = channels.collect::<Result<_>>()?;
        let down = (1..SCALES).map(|scale| filter(MIXED_CHANNELS[scale - 1], MIXED_CHANNELS[scale]));
        Ok(Self { channels, down: down.collect::<Result<_>>()? })
    }

    /// Mixes the `maps` of some pictures. Each map is first divided by its root mean square, picture by
    /// picture.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(super) fn mixed(&self, maps: &[Tensor]) -> Result<Vec<Tensor>> {
        let mut mixed = Vec::with_capacity(SCALES);
        let mut coarser: Option<Tensor> = None;
        for (scale, (map, filter)) in maps.iter().zip(&self.channels).enumerate().rev() {
            let own = conv2d(&rms_normalised(map)?, filter, None, 1, 0)?;
            let here = match &coarser {
                Some(coarser) => {
                    let (_, _, height, width) = own.dims4()?;
                    let from_above = conv2d(coarser, &self.down[scale], None, 1, 0)?;
                    let from_above = resize_bilinear(&from_above, (height, width), PixelGrid::Squares)?;
                    ((own + from_above)? * std::f64::consts::FRAC_1_SQRT_2)?
                }
                None => own,
            };
            mixed.push(here.clone());
            coarser = Some(here);
        }
        mixed.reverse();
        Ok(mixed)
    }
}

/// A random filter (outputs, inputs, 1, 1) that preserves the size of its input.
fn unit_filter(outputs: usize, inputs: usize, random: &mut impl Rng, device: &Device) -> Result<Tensor> {
    let spread = 1.0 / (inputs as f32).sqrt();
    let values: Vec<f32> = (0..outputs * inputs).map(|_| spread * normal(random)).collect();
    Tensor::from_vec(values, (outputs, inputs, 1, 1), device)
}

/// A standard normal value (Box and Muller, 1958). The discriminators of existing checkpoints were trained
/// with the mixing that this function draws, so it must not change.
fn normal(random: &mut impl Rng) -> f32 {
    let (radius, angle): (f32, f32) = (random.random::<f32>().max(1e-7), random.random());
    (-2.0 * radius.ln()).sqrt() * (std::f32::consts::TAU * angle).cos()
}

/// Divides a map by its root mean square, picture by picture, so that only the pattern counts.
fn rms_normalised(map: &Tensor) -> Result<Tensor> {
    let square = map.sqr()?.flatten_from(1)?.mean(candle_core::D::Minus1)?;
    let size = (square + 1e-6)?.sqrt()?.reshape((map.dim(0)?, 1, 1, 1))?;
    map.broadcast_div(&size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use agemirror_kernels::testing::tensor;

    fn maps(seed: u32) -> Result<Vec<Tensor>> {
        let map = |(scale, channels): (usize, usize)| {
            tensor(&[2, channels, 8 >> scale, 8 >> scale], seed + scale as u32)
        };
        FEATURE_CHANNELS.into_iter().enumerate().map(map).collect()
    }

    #[test]
    fn mixed_maps_keep_their_sides_and_their_size() -> Result<()> {
        let mixed = Mixing::new(&Device::Cpu)?.mixed(&maps(3)?)?;
        for (scale, (map, channels)) in mixed.iter().zip(MIXED_CHANNELS).enumerate() {
            assert_eq!(map.dims(), [2, channels, 8 >> scale, 8 >> scale]);
            let size = map.sqr()?.mean_all()?.to_scalar::<f32>()?.sqrt();
            assert!((0.5..1.5).contains(&size), "{size}");
        }
        Ok(())
    }

    #[test]
    fn fine_maps_depend_on_coarse_ones_but_not_vice_versa() -> Result<()> {
        let mixing = Mixing::new(&Device::Cpu)?;
        let plain = maps(3)?;
        let mut coarse = plain.clone();
        coarse[SCALES - 1] = tensor(&[2, FEATURE_CHANNELS[SCALES - 1], 1, 1], 99)?;
        let mut fine = plain.clone();
        fine[0] = tensor(&[2, FEATURE_CHANNELS[0], 8, 8], 99)?;
        let changed = |maps: &[Tensor], scale: usize| -> Result<bool> {
            let off = (&mixing.mixed(maps)?[scale] - &mixing.mixed(&plain)?[scale])?.abs()?.sum_all()?;
            Ok(off.to_scalar::<f32>()? > 1e-3)
        };
        assert!(changed(&coarse, 0)?);
        assert!(changed(&fine, 0)? && !changed(&fine, SCALES - 1)?);
        Ok(())
    }
}
