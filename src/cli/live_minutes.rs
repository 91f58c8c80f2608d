//! One entry of the report per minute, so that a long measurement shows whether anything grows.

use serde::Serialize;

use crate::pipeline::{HistoryPoint, quantile};

/// Ticks per second in which Linux reports processor time.
const TICKS_PER_SECOND: f64 = 100.0;

/// One finished minute. Durations are medians of its seconds' medians, in milliseconds.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Minute {
    /// Minutes since the start of the pipeline.
    minute: u64,
    /// Input frames and tile sets per second.
    input_rate: f32,
    tile_rate: f32,
    input: f32,
    face: f32,
    encode: f32,
    decode: f32,
    compose: f32,
    camera_to_tile: f32,
    /// Memory of the process at the end of the minute, in MiB.
    memory: Option<f64>,
    /// Processor time of the process per tile set, in milliseconds.
    processor_time: Option<f64>,
}

/// What the system reports about the process.
#[derive(Clone, Copy, Default)]
struct Usage {
    /// MiB.
    memory: Option<f64>,
    /// Seconds since its start.
    processor_time: Option<f64>,
}

/// Collects the minutes.
#[derive(Default)]
pub(super) struct Minutes {
    finished: Vec<Minute>,
    /// Processor time at the end of the last finished minute, in seconds.
    processor_time: Option<f64>,
}

impl Minutes {
    /// The finished minutes.
    pub(super) fn finished(&self) -> &[Minute] {
        &self.finished
    }

    /// Adds the last minute of `history` when it is complete. `history` has one point per second.
    pub(super) fn update(&mut self, history: &[HistoryPoint]) {
        let complete = history.last().map_or(0, |point| (point.second + 1) / 60);
        if complete > self.finished.last().map_or(0, |minute| minute.minute + 1) {
            self.add(
                complete - 1,
                history,
                Usage { memory: memory("VmRSS:"), processor_time: processor_time() },
            );
        }
    }

    fn add(&mut self, minute: u64, history: &[HistoryPoint], usage: Usage) {
        let points: Vec<_> = history.iter().filter(|point| point.second / 60 == minute).collect();
        let sum = |value: fn(&HistoryPoint) -> f32| points.iter().map(|point| value(point)).sum::<f32>();
        let median = |value: fn(&HistoryPoint) -> f32| {
            quantile(&mut points.iter().map(|point| value(point)).collect::<Vec<_>>(), 0.5)
        };
        let tile_sets = sum(|point| point.tile_rate);
        let spent = usage.processor_time.map(|now| now - self.processor_time.unwrap_or_default());
        self.processor_time = usage.processor_time;
        self.finished.push(Minute {
            minute,
            input_rate: sum(|point| point.input_rate) / 60.0,
            tile_rate: tile_sets / 60.0,
            input: median(|point| point.input),
            face: median(|point| point.face),
            encode: median(|point| point.encode),
            decode: median(|point| point.decode),
            compose: median(|point| point.compose),
            camera_to_tile: median(|point| point.camera_to_tile),
            memory: usage.memory,
            processor_time: spent.filter(|_| tile_sets > 0.0).map(|spent| 1e3 * spent / f64::from(tile_sets)),
        });
    }
}

/// A quantity of memory of the process in MiB, such as `VmHWM:`, its peak; `None` if the system does not report it.
pub(super) fn memory(name: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1024.0)
}

/// Processor time of all threads of the process in seconds, if the system reports it.
fn processor_time() -> Option<f64> {
    ticks(&std::fs::read_to_string("/proc/self/stat").ok()?).map(|ticks| ticks / TICKS_PER_SECOND)
}

/// The ticks in user mode and in the kernel: fields 14 and 15 of `stat`, whose second field, the name, may contain
/// spaces and parentheses.
fn ticks(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11).map(|field| field.parse::<f64>().ok());
    Some(fields.next()?? + fields.next()??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_the_rates_medians_and_time_of_its_seconds() {
        let point = |second: u64| HistoryPoint {
            second,
            input_rate: 30.0,
            tile_rate: if second < 60 { 20.0 } else { 10.0 },
            camera_to_tile: second as f32,
            ..HistoryPoint::default()
        };
        let history: Vec<_> = (0..150).map(point).collect();
        let usage = |processor_time| Usage { memory: Some(200.0), processor_time: Some(processor_time) };
        let mut minutes = Minutes::default();
        minutes.add(0, &history[..60], usage(60.0));
        minutes.add(1, &history, usage(90.0));
        let [first, second] = minutes.finished() else { panic!("{:?}", minutes.finished()) };
        assert_eq!([first.input_rate, first.tile_rate, first.camera_to_tile], [30.0, 20.0, 29.0]);
        assert_eq!((first.memory, first.processor_time), (Some(200.0), Some(50.0)));
        assert_eq!([second.tile_rate, second.camera_to_tile], [10.0, 89.0]);
        assert_eq!(second.processor_time, Some(50.0));
        // Only complete minutes count, each once.
        let mut minutes = Minutes::default();
        for end in [30, 60, 61, 119, 120, 150] {
            minutes.update(&history[..end]);
        }
        assert_eq!(minutes.finished().iter().map(|minute| minute.minute).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 4 0 99";
        assert_eq!(ticks(stat), Some(300.0));
        assert_eq!(ticks("7 (name) S 1"), None);
    }
}
