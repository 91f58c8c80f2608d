//! Confidence intervals by the bootstrap (Efron, 1979).

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// Number of bootstrap resamples.
const DRAWS: usize = 1000;
/// Share cut off at either end for a 95 % interval.
const TAIL: f64 = 0.025;
/// Fixed seed, so that the same sample always gives the same interval.
pub(super) const SEED: u64 = 0x5eed;

/// Half width of a normal distribution's 95 % interval, in standard deviations.
const HALF_WIDTH: f64 = 1.959_964;

/// A mean with its 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Mean of the sample.
    pub mean: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Number of values in the sample.
    pub count: usize,
}

impl Estimate {
    /// Formats it like `31.2 (30.1 to 32.4)`, with `digits` decimals.
    pub fn in_words(&self, digits: usize) -> String {
        format!("{:.digits$} ({:.digits$} to {:.digits$})", self.mean, self.low, self.high)
    }
}

/// Mean of `values` with the 95 % interval of the percentile bootstrap; `None` if `values` is empty.
pub fn mean_estimate(values: &[f64]) -> Option<Estimate> {
    if values.is_empty() {
        return None;
    }
    let count = values.len();
    let mean = values.iter().sum::<f64>() / count as f64;
    let mut random = StdRng::seed_from_u64(SEED);
    let mut draw = || (0..count).map(|_| values[random.random_range(0..count)]).sum::<f64>() / count as f64;
    let means: Vec<f64> = (0..DRAWS).map(|_| draw()).collect();
    Some(percentile_interval(mean, means, count))
}

/// `mean` with the 95 % range of the resampled `values`; without values, the range is `mean` itself.
pub(super) fn percentile_interval(mean: f64, mut values: Vec<f64>, count: usize) -> Estimate {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let last = values.len().saturating_sub(1) as f64;
        values.get((last * share).round() as usize).copied().unwrap_or(mean)
    };
    Estimate { mean, low: at(TAIL), high: at(1.0 - TAIL), count }
}

/// `mean` with the 95 % interval of a normal distribution that has the standard deviation of the resampled
/// `values`.
pub(super) fn normal_interval(mean: f64, values: &[f64], count: usize) -> Estimate {
    let half = HALF_WIDTH * sample_deviation(values);
    Estimate { mean, low: mean - half, high: mean + half, count }
}

/// Sample standard deviation; 0 for fewer than two values.
fn sample_deviation(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / values.len().saturating_sub(1).max(1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The interval contains the true mean about as often as it claims. The tolerance covers the variation of
    /// 400 trials and the bias of the percentile method at 60 values (about 1 %).
    #[test]
    fn the_interval_covers_the_true_mean() {
        let mut random = StdRng::seed_from_u64(3);
        let trials = 400;
        let covered = (0..trials)
            .filter(|_| {
                // A skewed distribution with mean 1.
                let values: Vec<f64> = (0..60).map(|_| -random.random::<f64>().max(1e-12).ln()).collect();
                let estimate = mean_estimate(&values).unwrap();
                (estimate.low..=estimate.high).contains(&1.0)
            })
            .count();
        let share = covered as f64 / f64::from(trials);
        assert!((0.90..=0.98).contains(&share), "{share}");
    }

    #[test]
    fn the_same_values_give_the_same_interval_and_none_give_none() {
        let values = [1.0, 2.0, 4.0];
        assert_eq!(mean_estimate(&values), mean_estimate(&values));
        assert!((mean_estimate(&values).unwrap().mean - 7.0 / 3.0).abs() < 1e-12);
        assert_eq!(mean_estimate(&[]), None);
        let one = mean_estimate(&[5.0]).unwrap();
        assert_eq!((one.low, one.high), (5.0, 5.0));
    }
}
