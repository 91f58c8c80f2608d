//! How the length of the steps changes over a run.

use serde::{Deserialize, Serialize};

/// A factor for the length of a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateSchedule {
    /// Multiplied by `factor` after every `every` steps (TensorFlow's exponential decay with `staircase`).
    Stairs {
        /// Steps on each stair; 0 counts as 1.
        every: u64,
        /// What each stair multiplies by; 1 leaves the rate alone.
        factor: f64,
    },
    /// Rises evenly over the first steps, and falls with half a cosine to zero at the last one.
    Cosine {
        /// Steps over which it rises; 0 counts as 1.
        warm_up: u64,
        /// Steps in all; 0 counts as 1.
        steps: u64,
    },
}

impl RateSchedule {
    /// The factor after `done` steps.
    pub fn at(self, done: u64) -> f64 {
        match self {
            Self::Stairs { factor: 1.0, .. } => 1.0,
            Self::Stairs { every, factor } => factor.powf((done / every.max(1)) as f64),
            Self::Cosine { warm_up, steps } => {
                let way = (done as f64 / steps.max(1) as f64).min(1.0);
                let fall = 0.5 + 0.5 * (std::f64::consts::PI * way).cos();
                fall * ((done as f64 + 1.0) / warm_up.max(1) as f64).min(1.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stairs_and_cosines_fall_where_they_should() {
        let stairs = RateSchedule::Stairs { every: 10, factor: 0.5 };
        assert_eq!([0, 9, 10, 29].map(|done| stairs.at(done)), [1.0, 1.0, 0.5, 0.25]);
        assert_eq!(RateSchedule::Stairs { every: 1, factor: 1.0 }.at(1 << 40), 1.0);
        let cosine = RateSchedule::Cosine { warm_up: 4, steps: 100 };
        assert!((cosine.at(0) - 0.25).abs() < 1e-12);
        assert!((cosine.at(50) - 0.5).abs() < 1e-12);
        assert!(cosine.at(100).abs() < 1e-12 && cosine.at(1000).abs() < 1e-12);
    }
}
