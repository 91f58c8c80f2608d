//! Measures the frame rate of a stream.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Length of the measurement window.
const WINDOW: Duration = Duration::from_secs(2);

/// Shortest usable measurement: after a delay, several frames arrive at once.
const MIN_SPAN: Duration = Duration::from_millis(500);

/// Arrival times of the frames in the last two seconds.
#[derive(Default)]
pub(crate) struct RateMeter(VecDeque<Instant>);

impl RateMeter {
    /// Records a frame that arrived at `now`.
    pub(crate) fn arrived(&mut self, now: Instant) {
        self.0.push_back(now);
        while self.0.front().is_some_and(|&first| now.saturating_duration_since(first) > WINDOW) {
            self.0.pop_front();
        }
    }

    /// Frames per second; 0 until frames have arrived for half a second.
    pub(crate) fn rate(&self) -> f32 {
        self.period().map_or(0.0, |period| 1.0 / period.as_secs_f32().max(1e-6))
    }

    /// Mean frame period; `None` until frames have arrived for half a second.
    pub(crate) fn period(&self) -> Option<Duration> {
        let (first, last) = (self.0.front()?, self.0.back()?);
        let gaps = u32::try_from(self.0.len()).ok()?.checked_sub(1).filter(|&gaps| gaps > 0)?;
        let span = last.saturating_duration_since(*first);
        (span >= MIN_SPAN).then(|| span / gaps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_two_seconds() {
        let (start, mut meter) = (Instant::now(), RateMeter::default());
        for burst in 0..10 {
            meter.arrived(start + Duration::from_millis(burst));
            assert_eq!(meter.rate(), 0.0);
        }
        let (start, mut meter) = (start, RateMeter::default());
        for frame in 0..40 {
            meter.arrived(start + Duration::from_millis(40) * frame);
        }
        assert!((meter.rate() - 25.0).abs() < 0.01, "{}", meter.rate());
        for frame in 0..40 {
            meter.arrived(start + Duration::from_secs(10) + Duration::from_millis(100) * frame);
        }
        assert!((meter.rate() - 10.0).abs() < 0.01, "{}", meter.rate());
    }
}
