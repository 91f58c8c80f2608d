//! Whether a model is fast enough to follow a camera: measured on this machine, never guessed.

use std::collections::VecDeque;
use std::time::Duration;

/// So many measurements are looked at, so that one that was held up decides nothing.
const MEASUREMENTS: usize = 3;
/// A model counts as fast again only when it stays below the limit by this factor.
const CLEARLY: f32 = 0.7;

/// How long one age of one face takes, encoder and decoder together.
pub(super) struct Pace {
    limit: Option<Duration>,
    recent: VecDeque<Duration>,
    slow: bool,
}

impl Pace {
    /// Above `limit` a model is slow; without one none ever is.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self { limit, recent: VecDeque::with_capacity(MEASUREMENTS), slow: false }
    }

    /// Forgets what was measured: another model runs, or on another device.
    pub(super) fn forget(&mut self) {
        self.recent.clear();
        self.slow = false;
    }

    /// Notes what one age has taken.
    pub(super) fn note(&mut self, one_age: Duration) {
        if self.recent.len() == MEASUREMENTS {
            self.recent.pop_front();
        }
        self.recent.push_back(one_age);
        let (Some(limit), Some(usual)) = (self.limit, self.usual()) else { return };
        self.slow = if self.slow { usual > limit.mul_f32(CLEARLY) } else { usual > limit };
    }

    /// What one age usually takes: the middle of the last measurements, the lower one of two.
    pub(super) fn usual(&self) -> Option<Duration> {
        let mut sorted: Vec<_> = self.recent.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get(sorted.len().checked_sub(1)? / 2).copied()
    }

    /// Whether the model has been found too slow to follow a camera.
    pub(super) fn is_slow(&self) -> bool {
        self.slow
    }

    /// Whether the model may follow a camera: it has been found fast enough, or nothing forbids it.
    pub(super) fn may_follow(&self) -> bool {
        self.limit.is_none() || (!self.slow && !self.recent.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(times: &[u64]) -> Pace {
        let mut pace = Pace::new(Some(Duration::from_millis(500)));
        times.iter().for_each(|&time| pace.note(Duration::from_millis(time)));
        pace
    }

    #[test]
    fn the_first_measurement_decides_and_one_odd_one_later_does_not() {
        assert!(!after(&[]).may_follow() && !after(&[]).is_slow());
        assert!(after(&[100]).may_follow());
        assert!(after(&[5000]).is_slow() && !after(&[5000]).may_follow());
        assert!(after(&[100, 100, 5000]).may_follow());
        assert!(after(&[100, 100, 5000, 5000]).is_slow());
        assert!(after(&[5000, 100]).may_follow(), "the first one warms up");
    }

    #[test]
    fn a_model_at_the_limit_does_not_go_back_and_forth() {
        assert!(after(&[520, 480, 480, 480]).is_slow());
        assert!(after(&[520, 300, 300]).may_follow());
    }

    #[test]
    fn without_a_limit_every_model_follows() {
        let mut pace = Pace::new(None);
        assert!(pace.may_follow());
        pace.note(Duration::from_secs(60));
        assert!(pace.may_follow() && !pace.is_slow());
        assert_eq!(pace.usual(), Some(Duration::from_secs(60)));
    }
}
