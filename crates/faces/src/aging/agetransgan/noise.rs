//! The noise that StyleGAN2 adds in every layer of its decoder, for pores and strands of hair.

use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;

/// The kind of noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Noise {
    /// The same for all ages and pictures, so that nothing flickers.
    #[default]
    Fixed,
    /// Different for every picture, as in the authors' program.
    Fresh,
    /// Different for every picture, seeded with this number.
    Drawn(u64),
    /// None.
    Zero,
}

/// Seed of the fixed noise.
const SEED: u64 = 0x5eed;

impl Noise {
    /// Planes of standard normal values for each of `sides`: (1, side, side), or (ages, side, side) if every
    /// picture has its own.
    ///
    /// # Errors
    /// When the device fails.
    pub fn planes(self, sides: &[usize], ages: usize, device: &Device) -> Result<Vec<Tensor>> {
        let (seed, count) = match self {
            Self::Zero => {
                let zeros = |&side: &usize| Tensor::zeros((1, side, side), candle_core::DType::F32, device);
                return sides.iter().map(zeros).collect();
            }
            Self::Fixed => (SEED, 1),
            Self::Fresh => (rand::random(), ages),
            Self::Drawn(seed) => (seed, ages),
        };
        let plane = |(layer, &side): (usize, &usize)| {
            let stream = mixed(seed ^ mixed(layer as u64));
            let values = normal_values(stream, count * side * side);
            Tensor::from_vec(values, (count, side, side), device)
        };
        sides.iter().enumerate().map(plane).collect()
    }
}

/// `count` standard normal values; identical on all platforms up to the last bit of the logarithm.
fn normal_values(stream: u64, count: usize) -> Vec<f32> {
    (0..count as u64).into_par_iter().map(|i| normal(stream, i)).collect()
}

/// Value `i` of a stream (Box and Muller, 1958). Not `rand_distr`, whose algorithm would change the fixed
/// noise.
fn normal(stream: u64, i: u64) -> f32 {
    let bits = mixed(stream.wrapping_add(i.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    let unit = |bits: u64| (f64::from(bits as u32) + 0.5) / 2f64.powi(32);
    let radius = (-2.0 * unit(bits >> 32).ln()).sqrt();
    (radius * (std::f64::consts::TAU * unit(bits)).cos()) as f32
}

/// Mixes 64 bits so that neighbouring inputs are uncorrelated (the finalizer of SplitMix64, Steele et al.,
/// 2014).
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(planes: &Tensor) -> Vec<f32> {
        planes.flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn fixed_noise_is_reproducible_and_normal() {
        let once = Noise::Fixed.planes(&[16, 128, 128], 3, &Device::Cpu).unwrap();
        let again = Noise::Fixed.planes(&[16, 128, 128], 1, &Device::Cpu).unwrap();
        assert_eq!(once[1].dims(), [1, 128, 128]);
        assert!(once.iter().zip(&again).all(|(a, b)| values(a) == values(b)));
        assert!(values(&once[1]) != values(&once[2]));
        let values = values(&once[2]);
        let moment = |power: i32| values.iter().map(|v| v.powi(power)).sum::<f32>() / values.len() as f32;
        assert!(moment(1).abs() < 0.03 && (moment(2) - 1.0).abs() < 0.05, "{} {}", moment(1), moment(2));
        assert!(moment(3).abs() < 0.1 && (moment(4) - 3.0).abs() < 0.3, "{} {}", moment(3), moment(4));
        // Neighbours in a row are uncorrelated.
        let products: f32 = values.windows(2).map(|pair| pair[0] * pair[1]).sum();
        assert!((products / values.len() as f32).abs() < 0.03);
    }

    /// The values of the first release: pictures made with fixed noise must not change.
    #[test]
    fn fixed_noise_never_changes() {
        let plane = values(&Noise::Fixed.planes(&[16], 1, &Device::Cpu).unwrap()[0]);
        for (ours, first) in plane.iter().zip([0.521_370_8, 1.387_787_7, 0.142_733_51, -0.674_346_87]) {
            assert!((ours - first).abs() < 1e-5, "{ours}, expected {first}");
        }
    }

    #[test]
    fn fresh_noise_differs_between_ages_and_calls() {
        let one = Noise::Fresh.planes(&[16], 2, &Device::Cpu).unwrap();
        let other = Noise::Fresh.planes(&[16], 2, &Device::Cpu).unwrap();
        assert_eq!(one[0].dims(), [2, 16, 16]);
        assert!(values(&one[0]) != values(&other[0]));
        assert!(values(&one[0])[..256] != values(&one[0])[256..]);
        let none = Noise::Zero.planes(&[16], 2, &Device::Cpu).unwrap();
        assert!(values(&none[0]).iter().all(|value| *value == 0.0));
    }
}
