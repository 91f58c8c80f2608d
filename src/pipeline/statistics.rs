//! Rates and latencies over a sliding window, and one history point per second for the plot.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::view::{HistoryPoint, Spread, Statistics};

/// Length of the history, in seconds.
const HISTORY_SECONDS: usize = 60;
/// Maximum number of values in a window, however long it is.
const MAX_VALUES: usize = 1 << 17;
/// Shortest time over which a rate is computed.
const MIN_SPAN: Duration = Duration::from_millis(500);

/// A measured stage of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// From capture to display of the input; also counts the input frames.
    Input,
    /// Finding the faces in one frame.
    Face,
    /// The encoder.
    Encode,
    /// The decoder for all ages.
    Decode,
    /// Cropping and pasting back.
    Compose,
    /// From capture to display of the tiles.
    CameraToTile,
}

/// Number of [`Stage`]s.
const STAGES: usize = 6;

/// Recent values with the time of their measurement.
#[derive(Default)]
struct Window(VecDeque<(Instant, f32)>);

impl Window {
    fn push(&mut self, now: Instant, value: f32) {
        if self.0.len() == MAX_VALUES {
            self.0.pop_front();
        }
        self.0.push_back((now, value));
    }

    /// Drops the values measured before `before`.
    fn evict(&mut self, before: Option<Instant>) {
        let Some(before) = before else { return };
        while self.0.front().is_some_and(|(at, _)| *at < before) {
            self.0.pop_front();
        }
    }

    fn spread(&self) -> Spread {
        let mut values: Vec<f32> = self.0.iter().map(|(_, value)| *value).collect();
        Spread { median: quantile(&mut values, 0.5), percentile_95: quantile(&mut values, 0.95) }
    }

    /// The values measured in `from..until`.
    fn between(&self, from: Instant, until: Instant) -> Vec<f32> {
        let recent = self.0.iter().rev().take_while(|(at, _)| *at >= from);
        recent.filter(|(at, _)| *at < until).map(|(_, value)| *value).collect()
    }
}

/// The `fraction` quantile of `values` by the nearest-rank method; 0 if there are none. Reorders `values`.
pub(crate) fn quantile(values: &mut [f32], fraction: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let rank = ((values.len() as f32 * fraction).ceil() as usize).clamp(1, values.len()) - 1;
    let (_, value, _) = values.select_nth_unstable_by(rank, f32::total_cmp);
    *value
}

/// Collects the measurements of the threads.
pub(super) struct Recorder {
    length: Duration,
    started: Instant,
    stages: [Window; STAGES],
    tile_sets: Window,
    history: VecDeque<HistoryPoint>,
    seconds_done: u64,
}

impl Recorder {
    /// A recorder with a window of `length`.
    pub(super) fn new(length: Duration, now: Instant) -> Self {
        Self {
            length,
            started: now,
            stages: Default::default(),
            tile_sets: Window::default(),
            history: VecDeque::with_capacity(HISTORY_SECONDS),
            seconds_done: 0,
        }
    }

    /// Records that `stage` took `duration`.
    pub(super) fn record(&mut self, stage: Stage, now: Instant, duration: Duration) {
        self.roll(now);
        self.stages[stage as usize].push(now, duration.as_secs_f32() * 1e3);
    }

    /// Records that a tile set was finished.
    pub(super) fn record_tile_set(&mut self, now: Instant) {
        self.roll(now);
        self.tile_sets.push(now, 0.0);
    }

    /// The statistics at `now`.
    pub(super) fn statistics(&mut self, now: Instant) -> Statistics {
        self.roll(now);
        let spread = |stage: Stage| self.stages[stage as usize].spread();
        Statistics {
            input_rate: self.rate(&self.stages[Stage::Input as usize], now),
            tile_rate: self.rate(&self.tile_sets, now),
            input: spread(Stage::Input),
            face: spread(Stage::Face),
            encode: spread(Stage::Encode),
            decode: spread(Stage::Decode),
            compose: spread(Stage::Compose),
            camera_to_tile: spread(Stage::CameraToTile),
        }
    }

    /// Median of the values that `stage` measured in the last second, in milliseconds; 0 if there are none.
    pub(super) fn recent_median(&self, stage: Stage, now: Instant) -> f32 {
        let Some(from) = now.checked_sub(Duration::from_secs(1)) else { return 0.0 };
        quantile(&mut self.stages[stage as usize].between(from, now), 0.5)
    }

    /// The finished seconds, oldest first.
    pub(super) fn history(&mut self, now: Instant) -> Vec<HistoryPoint> {
        self.roll(now);
        self.history.iter().copied().collect()
    }

    /// Values per second: until the window is full, over the time since the first value; then over the whole
    /// window, so that the rate falls to 0 when no more values come.
    fn rate(&self, window: &Window, now: Instant) -> f32 {
        let Some((first, _)) = window.0.front() else { return 0.0 };
        let is_filling = now.saturating_duration_since(self.started) < self.length;
        let span = if is_filling { now.saturating_duration_since(*first) } else { self.length };
        if window.0.len() < 2 { 0.0 } else { window.0.len() as f32 / span.max(MIN_SPAN).as_secs_f32() }
    }

    /// Adds history points for finished seconds and drops values older than the window.
    fn roll(&mut self, now: Instant) {
        let second = now.saturating_duration_since(self.started).as_secs();
        if second > self.seconds_done {
            // After a long silence, skip points that would be dropped at once.
            self.seconds_done = self.seconds_done.max(second.saturating_sub(HISTORY_SECONDS as u64));
            while self.seconds_done < second {
                let point = self.point(self.seconds_done);
                if self.history.len() == HISTORY_SECONDS {
                    self.history.pop_front();
                }
                self.history.push_back(point);
                self.seconds_done += 1;
            }
        }
        let before = now.checked_sub(self.length);
        self.stages.iter_mut().for_each(|window| window.evict(before));
        self.tile_sets.evict(before);
    }

    /// The history point of one finished second.
    fn point(&self, second: u64) -> HistoryPoint {
        let from = self.started + Duration::from_secs(second);
        let until = from + Duration::from_secs(1);
        let values = |stage: Stage| self.stages[stage as usize].between(from, until);
        let median = |stage: Stage| quantile(&mut values(stage), 0.5);
        HistoryPoint {
            second,
            input_rate: values(Stage::Input).len() as f32,
            tile_rate: self.tile_sets.between(from, until).len() as f32,
            input: median(Stage::Input),
            face: median(Stage::Face),
            encode: median(Stage::Encode),
            decode: median(Stage::Decode),
            compose: median(Stage::Compose),
            camera_to_tile: median(Stage::CameraToTile),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    fn at(start: Instant, milliseconds: u64) -> Instant {
        start + Duration::from_millis(milliseconds)
    }

    #[test]
    fn quantiles_are_values_that_occurred() {
        let mut values: Vec<f32> = (1..=100).map(|value| value as f32).collect();
        assert_eq!(quantile(&mut values, 0.5), 50.0);
        assert_eq!(quantile(&mut values, 0.95), 95.0);
        assert_eq!(quantile(&mut [], 0.5), 0.0);
        assert_eq!(quantile(&mut [7.0], 0.95), 7.0);
    }

    #[test]
    fn a_rate_falls_to_zero_when_no_values_come() {
        let start = Instant::now();
        let mut recorder = Recorder::new(Duration::from_secs(5), start);
        for frame in 0..200 {
            recorder.record(Stage::Input, at(start, 50 * frame), Duration::from_millis(frame));
        }
        let full = recorder.statistics(at(start, 9_950));
        assert!((full.input_rate - 20.0).abs() < 0.5, "{}", full.input_rate);
        assert!((full.input.median - 150.0).abs() < 3.0 && full.input.percentile_95 > 190.0);
        assert!((recorder.recent_median(Stage::Input, at(start, 9_960)) - 189.0).abs() < 3.0);
        assert_eq!(recorder.recent_median(Stage::Face, at(start, 9_960)), 0.0);
        let half = recorder.statistics(at(start, 12_450));
        assert!((half.input_rate - 10.0).abs() < 0.5, "{}", half.input_rate);
        let silent = recorder.statistics(at(start, 20_000));
        assert_eq!(silent, Statistics::default());
    }

    #[test]
    fn the_history_has_a_point_for_every_second_even_without_values() {
        let start = Instant::now();
        let mut recorder = Recorder::new(Duration::from_secs(5), start);
        for frame in 0..30 {
            recorder.record(Stage::Input, at(start, 100 * frame), Duration::from_millis(8));
            recorder.record_tile_set(at(start, 100 * frame));
        }
        let history = recorder.history(at(start, 6_500));
        assert_eq!(history.iter().map(|point| point.second).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(history[1].input_rate, 10.0);
        assert_eq!(history[1].tile_rate, 10.0);
        assert!((history[1].input - 8.0).abs() < 1e-3);
        assert_eq!(history[4], HistoryPoint { second: 4, ..HistoryPoint::default() });
        let later = recorder.history(at(start, 3_600_000));
        assert_eq!(later.len(), HISTORY_SECONDS);
        assert_eq!(later.last().unwrap().second, 3_599);
    }
}
