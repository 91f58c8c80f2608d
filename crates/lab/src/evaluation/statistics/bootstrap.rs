//! How sure a mean is, by the bootstrap (Efron, 1979).

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// How often the sample is drawn anew.
const DRAWS: usize = 1000;
/// What is cut off at either end for an interval of 95 %.
const TAIL: f64 = 0.025;
/// The same sample always gives the same interval.
const SEED: u64 = 0x5eed;

/// A mean with its interval of 95 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean of the sample.
    pub mean: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How many values it was made of.
    pub count: usize,
}

impl Estimate {
    /// As in `31.2 (30.1 to 32.4)`.
    pub fn in_words(&self, digits: usize) -> String {
        format!("{:.digits$} ({:.digits$} to {:.digits$})", self.mean, self.low, self.high)
    }
}

/// The mean of `values` and the percentile bootstrap's interval of 95 %; none where there is no value.
pub fn mean_estimate(values: &[f64]) -> Option<Estimate> {
    if values.is_empty() {
        return None;
    }
    let count = values.len();
    let mean = values.iter().sum::<f64>() / count as f64;
    let mut random = StdRng::seed_from_u64(SEED);
    let mut draw = || (0..count).map(|_| values[random.random_range(0..count)]).sum::<f64>() / count as f64;
    let mut means: Vec<f64> = (0..DRAWS).map(|_| draw()).collect();
    means.sort_by(f64::total_cmp);
    let at = |share: f64| means[((DRAWS - 1) as f64 * share).round() as usize];
    Some(Estimate { mean, low: at(TAIL), high: at(1.0 - TAIL), count })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The interval holds the true mean as often as it says, up to what 400 trials vary and to the
    /// percentile method's own shortness at 60 values (about one in a hundred).
    #[test]
    fn the_interval_covers_the_true_mean() {
        let mut random = StdRng::seed_from_u64(3);
        let trials = 400;
        let covered = (0..trials)
            .filter(|_| {
                // A skewed distribution of mean one.
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
