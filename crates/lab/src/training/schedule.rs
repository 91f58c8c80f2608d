//! How the learning rate changes over a run.

use serde::{Deserialize, Serialize};

/// A factor for the learning rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LrSchedule {
    /// Multiplied by `factor` after every `every_steps` steps (TensorFlow's exponential decay with
    /// `staircase`).
    Staircase {
        /// Steps between two multiplications; 0 counts as 1.
        every_steps: u64,
        /// The multiplier; 1 keeps the learning rate constant.
        factor: f64,
    },
    /// Rises linearly during warmup and falls along half a cosine to zero at the last step.
    Cosine {
        /// Steps of warmup; 0 counts as 1.
        warmup_steps: u64,
        /// Total steps; 0 counts as 1.
        steps: u64,
    },
}

impl LrSchedule {
    /// The factor after `done` steps.
    pub(crate) fn factor(self, done: u64) -> f64 {
        match self {
            Self::Staircase { factor: 1.0, .. } => 1.0,
            Self::Staircase { every_steps, factor } => factor.powf((done / every_steps.max(1)) as f64),
            Self::Cosine { warmup_steps, steps } => {
                let progress = (done as f64 / steps.max(1) as f64).min(1.0);
                let fall = 0.5 + 0.5 * (std::f64::consts::PI * progress).cos();
                fall * ((done as f64 + 1.0) / warmup_steps.max(1) as f64).min(1.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_schedules_fall_as_specified() {
        let stairs = LrSchedule::Staircase { every_steps: 10, factor: 0.5 };
        assert_eq!([0, 9, 10, 29].map(|done| stairs.factor(done)), [1.0, 1.0, 0.5, 0.25]);
        assert_eq!(LrSchedule::Staircase { every_steps: 1, factor: 1.0 }.factor(1 << 40), 1.0);
        let cosine = LrSchedule::Cosine { warmup_steps: 4, steps: 100 };
        assert!((cosine.factor(0) - 0.25).abs() < 1e-12);
        assert!((cosine.factor(50) - 0.5).abs() < 1e-12);
        assert!(cosine.factor(100).abs() < 1e-12 && cosine.factor(1000).abs() < 1e-12);
    }
}
