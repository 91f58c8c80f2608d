//! Whether a model is fast enough to run live, measured on this machine.

use std::collections::VecDeque;
use std::time::Duration;

/// Number of measurements whose median counts, so that a single outlier decides nothing.
const MEASUREMENTS: usize = 3;
/// A slow model counts as fast again only below this fraction of the limit.
const HYSTERESIS: f32 = 0.7;

/// The typical duration of repeated work: a running mean of what it took `before` and the `newest` time.
pub(super) fn typical(before: Option<Duration>, newest: Duration) -> Duration {
    before.map_or(newest, |before| (3 * before + newest) / 4)
}

/// The time per age and face, encoder and decoder together.
pub(super) struct Pace {
    limit: Option<Duration>,
    recent: VecDeque<Duration>,
    slow: bool,
}

impl Pace {
    /// Models slower than `limit` per age are slow; without a limit, none is.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self { limit, recent: VecDeque::with_capacity(MEASUREMENTS), slow: false }
    }

    /// Drops the measurements, for another model or device.
    pub(super) fn reset(&mut self) {
        self.recent.clear();
        self.slow = false;
    }

    /// Records the time of one age.
    pub(super) fn record(&mut self, time: Duration) {
        if self.recent.len() == MEASUREMENTS {
            self.recent.pop_front();
        }
        self.recent.push_back(time);
        let (Some(limit), Some(time)) = (self.limit, self.time_per_age()) else { return };
        self.slow = if self.slow { time > limit.mul_f32(HYSTERESIS) } else { time > limit };
    }

    /// Median time per age of the last measurements (of two, the shorter); `None` before the first.
    pub(super) fn time_per_age(&self) -> Option<Duration> {
        let mut sorted: Vec<_> = self.recent.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get(sorted.len().checked_sub(1)? / 2).copied()
    }

    /// Whether the model was measured to be too slow to run live.
    pub(super) fn is_slow(&self) -> bool {
        self.slow
    }

    /// Whether the model may run live: it was measured to be fast enough, or there is no limit.
    pub(super) fn may_run_live(&self) -> bool {
        self.limit.is_none() || (!self.slow && !self.recent.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(times: &[u64]) -> Pace {
        let mut pace = Pace::new(Some(Duration::from_millis(500)));
        times.iter().for_each(|&time| pace.record(Duration::from_millis(time)));
        pace
    }

    #[test]
    fn the_first_measurement_decides_and_a_later_outlier_does_not() {
        assert!(!after(&[]).may_run_live() && !after(&[]).is_slow());
        assert!(after(&[100]).may_run_live());
        assert!(after(&[5000]).is_slow() && !after(&[5000]).may_run_live());
        assert!(after(&[100, 100, 5000]).may_run_live());
        assert!(after(&[100, 100, 5000, 5000]).is_slow());
        assert!(after(&[5000, 100]).may_run_live(), "the first run warms up");
    }

    #[test]
    fn a_model_at_the_limit_does_not_switch_back_and_forth() {
        assert!(after(&[520, 480, 480, 480]).is_slow());
        assert!(after(&[520, 300, 300]).may_run_live());
    }

    #[test]
    fn without_a_limit_every_model_runs_live() {
        let mut pace = Pace::new(None);
        assert!(pace.may_run_live());
        pace.record(Duration::from_secs(60));
        assert!(pace.may_run_live() && !pace.is_slow());
        assert_eq!(pace.time_per_age(), Some(Duration::from_secs(60)));
    }
}
