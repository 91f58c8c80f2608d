//! Encodes an age in years as a smooth vector, with finer resolution where faces change faster.

use candle_core::{Device, Result, Tensor};

use crate::interpolation::interpolate;

/// Centres of the Gaussian bumps, in years: close together in childhood, far apart in middle age.
const CENTRES: [f32; AGE_CODE] =
    [0.0, 1.5, 3.5, 6.0, 9.0, 12.0, 15.5, 19.0, 23.0, 28.0, 34.0, 41.0, 49.0, 58.0, 68.0, 80.0];

/// Length of the code.
pub const AGE_CODE: usize = 16;

/// The age to request from the network for an age, both in years. What it makes between 4 and 18 is read as older than
/// real people of that age: by 1.2 to 1.7 years at 7 to 14 by the age estimator.
const REQUESTED: [(f32, f32); 5] = [(1.0, 1.0), (4.0, 2.5), (8.0, 6.0), (14.0, 12.0), (20.0, 20.0)];

/// The age (years) to request from the network so that its change results in `age`.
pub(super) fn requested(age: f32) -> f32 {
    if age < REQUESTED[REQUESTED.len() - 1].0 { interpolate(age, &REQUESTED) } else { age }
}

/// Encodes `ages` (years) as (N, [`AGE_CODE`]): Gaussian bumps, each as wide as the distance to its
/// neighbours, normalised to a sum of one.
///
/// # Errors
/// When the device fails.
pub fn age_codes(ages: &[f32], device: &Device) -> Result<Tensor> {
    let codes: Vec<f32> = ages.iter().flat_map(|age| code(*age)).collect();
    Tensor::from_vec(codes, (ages.len(), AGE_CODE), device)
}

fn code(age: f32) -> [f32; AGE_CODE] {
    let width = |i: usize| {
        let (left, right) = (i.saturating_sub(1), (i + 1).min(AGE_CODE - 1));
        (CENTRES[right] - CENTRES[left]) / (right - left) as f32
    };
    let bumps: [f32; AGE_CODE] =
        std::array::from_fn(|i| (-((age.clamp(0.0, 100.0) - CENTRES[i]) / width(i)).powi(2)).exp());
    // Beyond the last centre all bumps vanish together; the floor keeps the division finite.
    let sum = bumps.iter().sum::<f32>().max(1e-12);
    bumps.map(|bump| bump / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_children_are_requested_younger_and_later_ages_stay_later() {
        assert_eq!([1.0, 20.0, 20.5, 75.0].map(requested), [1.0, 20.0, 20.5, 75.0]);
        let ages: Vec<f32> = (10..=250).map(|tenth| tenth as f32 / 10.0).collect();
        assert!(ages.windows(2).all(|pair| requested(pair[0]) < requested(pair[1])));
        assert!(ages.iter().all(|age| (0.0..=2.0).contains(&(age - requested(*age)))));
    }

    #[test]
    fn codes_are_finite_add_up_to_one_and_change_smoothly() {
        let mut previous = code(0.0);
        for step in 1..=1000 {
            let now = code(step as f32 / 10.0);
            assert!((now.iter().sum::<f32>() - 1.0).abs() < 1e-4);
            let change: f32 = now.iter().zip(previous).map(|(a, b)| (a - b).abs()).sum();
            assert!(change > 0.0 || step > 900, "the codes at {step} must differ");
            assert!(change < 0.15, "a tenth of a year changes the code by {change} at {step}");
            previous = now;
        }
    }
}
