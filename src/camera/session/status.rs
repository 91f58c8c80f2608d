//! The state machine of a camera source, without threads or devices.

use std::time::{Duration, Instant};

use super::rate::RateMeter;
use crate::camera::error::CameraError;
use crate::camera::{SourceCounters, SourceState};

/// A stream without a frame for this many frame periods is silent.
const SILENT_PERIODS: u32 = 5;

/// Minimum silence: a busy computer alone can delay a frame this long.
const MIN_SILENCE: Duration = Duration::from_millis(300);

/// Longest promised frame period that is believed.
const MAX_PERIOD: Duration = Duration::from_secs(1);

/// Timeout for the first frame of a stream: cameras start slowly.
const FIRST_FRAME_TIMEOUT: Duration = Duration::from_secs(4);

/// Timeout for opening: it makes many requests, and some devices respond slowly.
const OPENING_TIMEOUT: Duration = Duration::from_secs(10);

/// The negotiated format as the user sees it, after rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamFormat {
    /// Picture width in pixels.
    pub width: u32,
    /// Picture height in pixels.
    pub height: u32,
    /// Promised frame period.
    pub period: Duration,
    /// Name of the pixel format.
    pub format_name: &'static str,
}

/// The current step of a source, with the time it started.
#[derive(Clone, Copy)]
enum Step {
    Waiting,
    Opening { since: Instant },
    FirstFrame { since: Instant },
    Frames { last: Instant },
    Silent { since: Instant },
}

/// The state and the counters of one camera source.
pub(crate) struct Status {
    state: SourceState,
    counters: SourceCounters,
    step: Step,
    format: Option<StreamFormat>,
    meter: RateMeter,
    /// Whether the source has not recovered from a loss or a stall yet.
    recovering: bool,
    /// Whether the device was opened before.
    was_open: bool,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            state: SourceState::Opening,
            counters: SourceCounters::default(),
            step: Step::Waiting,
            format: None,
            meter: RateMeter::default(),
            recovering: false,
            was_open: false,
        }
    }
}

impl Status {
    /// The device is being opened.
    pub(crate) fn opening(&mut self, now: Instant) {
        self.step = Step::Opening { since: now };
    }

    /// The device is open; frames are expected.
    pub(crate) fn opened(&mut self, now: Instant, format: StreamFormat) {
        self.step = Step::FirstFrame { since: now };
        self.format = Some(format);
        self.meter = RateMeter::default();
        self.was_open = true;
    }

    /// A frame has arrived, intact or not.
    pub(crate) fn arrived(&mut self, now: Instant) {
        self.step = Step::Frames { last: now };
        self.meter.arrived(now);
        if std::mem::take(&mut self.recovering) {
            self.counters.reopened += 1;
        }
        if let Some(format) = &self.format {
            self.state = SourceState::Streaming {
                width: format.width,
                height: format.height,
                format: format.format_name.to_owned(),
                measured_rate: self.meter.rate(),
            };
        }
    }

    /// A frame was decoded.
    pub(crate) fn decoded(&mut self) {
        self.counters.frames += 1;
    }

    /// A frame was damaged and skipped.
    pub(crate) fn damaged(&mut self) {
        self.counters.damaged += 1;
    }

    /// Time left until the current step times out; `None` if nothing is awaited.
    pub(crate) fn time_left(&self, now: Instant) -> Option<Duration> {
        let (since, timeout) = match self.step {
            Step::Waiting | Step::Silent { .. } => return None,
            Step::Opening { since } => (since, OPENING_TIMEOUT),
            Step::FirstFrame { since } => (since, FIRST_FRAME_TIMEOUT),
            Step::Frames { last } => (last, self.longest_silence()),
        };
        Some((since + timeout).saturating_duration_since(now))
    }

    /// Five periods of the promised rate, or of the measured rate if that is lower.
    fn longest_silence(&self) -> Duration {
        let promised = self.format.as_ref().map_or(MAX_PERIOD, |format| format.period);
        let period = promised.min(MAX_PERIOD).max(self.meter.period().unwrap_or_default());
        (period * SILENT_PERIODS).max(MIN_SILENCE)
    }

    /// The stream was silent for too long; its reader has not returned yet.
    pub(crate) fn fell_silent(&mut self, now: Instant) {
        self.stalled();
        self.step = Step::Silent { since: now };
    }

    /// How long the reader of a silent stream has not returned.
    pub(crate) fn silent_for(&self, now: Instant) -> Option<Duration> {
        match self.step {
            Step::Silent { since } => Some(now.saturating_duration_since(since)),
            _ => None,
        }
    }

    /// Another reader replaces the one that did not return.
    pub(crate) fn replaced(&mut self) {
        self.step = Step::Waiting;
    }

    /// A silence counts once, however many resets it takes.
    fn stalled(&mut self) {
        if self.state != SourceState::Stalled {
            self.counters.stalls += 1;
        }
        self.state = SourceState::Stalled;
        self.recovering = true;
    }

    /// A stream could not be opened or has ended. `any_camera`: whether any camera is plugged in.
    pub(crate) fn failed(&mut self, error: CameraError, any_camera: bool) {
        let ran = matches!(self.step, Step::Frames { .. } | Step::FirstFrame { .. });
        self.step = Step::Waiting;
        match error {
            CameraError::Gone => self.vanished(ran, any_camera),
            // A stalled stream ends with an error when it is reset; it is still the same stall.
            CameraError::Broken => self.stalled(),
            CameraError::Busy => self.state = SourceState::Busy,
            CameraError::Denied => self.state = SourceState::Denied,
            CameraError::UnknownFormat(formats) => self.state = SourceState::UnknownFormat(formats),
            CameraError::Other(message) => self.state = SourceState::Failed(message),
        }
    }

    fn vanished(&mut self, ran: bool, any_camera: bool) {
        if ran || (self.was_open && self.state != SourceState::Unplugged) {
            self.counters.losses += 1;
            self.recovering = true;
        }
        self.state = if self.was_open || any_camera { SourceState::Unplugged } else { SourceState::NoCamera };
    }

    /// The state for the user.
    pub(crate) fn state(&self) -> SourceState {
        self.state.clone()
    }

    /// The counters so far.
    pub(crate) fn counters(&self) -> SourceCounters {
        self.counters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Duration = Duration::from_millis(33);

    fn format() -> StreamFormat {
        StreamFormat { width: 640, height: 480, period: Duration::from_secs(1) / 30, format_name: "MJPEG" }
    }

    /// A status after `frames` frames, and the time of the last one.
    fn streaming(frames: u32, period: Duration) -> (Status, Instant) {
        let (mut status, start) = (Status::default(), Instant::now());
        status.opening(start);
        status.opened(start, format());
        for frame in 0..frames {
            status.arrived(start + period * frame);
        }
        (status, start + period * (frames - 1))
    }

    fn silent(status: &Status, now: Instant) -> bool {
        status.time_left(now) == Some(Duration::ZERO)
    }

    #[test]
    fn five_periods_without_a_frame_are_a_stall() {
        let (status, last) = streaming(30, FRAME);
        assert!(!silent(&status, last + Duration::from_millis(290)));
        assert!(silent(&status, last + Duration::from_millis(310)));
    }

    #[test]
    fn a_camera_that_slows_down_in_the_dark_is_not_stalled() {
        let (status, last) = streaming(20, Duration::from_millis(133));
        assert!(!silent(&status, last + Duration::from_millis(600)));
        assert!(silent(&status, last + Duration::from_millis(700)));
    }

    #[test]
    fn a_long_silence_and_its_end_count_once() {
        let (mut status, last) = streaming(30, FRAME);
        status.fell_silent(last);
        assert_eq!(status.silent_for(last + FRAME), Some(FRAME));
        status.failed(CameraError::Broken, true);
        assert_eq!(status.silent_for(last), None);
        status.opening(last);
        status.opened(last, format());
        status.fell_silent(last);
        status.replaced();
        assert_eq!(status.state(), SourceState::Stalled);
        status.opening(last);
        status.opened(last, format());
        status.arrived(last);
        assert!(matches!(status.state(), SourceState::Streaming { .. }));
        let counters = status.counters();
        assert_eq!((counters.stalls, counters.reopened, counters.losses), (1, 1, 0));
    }

    #[test]
    fn a_vanished_device_is_awaited() {
        let (mut status, last) = streaming(30, FRAME);
        status.failed(CameraError::Gone, false);
        status.opening(last);
        status.failed(CameraError::Gone, false);
        assert_eq!(status.state(), SourceState::Unplugged);
        assert_eq!(status.time_left(last), None);
        status.opening(last);
        status.opened(last, format());
        status.arrived(last);
        let counters = status.counters();
        assert_eq!((counters.losses, counters.reopened, counters.stalls), (1, 1, 0));
    }

    #[test]
    fn no_camera_at_all_is_not_a_loss() {
        let mut status = Status::default();
        status.failed(CameraError::Gone, false);
        assert_eq!(status.state(), SourceState::NoCamera);
        status.failed(CameraError::Gone, true);
        assert_eq!(status.state(), SourceState::Unplugged);
        assert_eq!(status.counters(), SourceCounters::default());
    }

    #[test]
    fn each_error_has_its_own_state() {
        let mut status = Status::default();
        status.failed(CameraError::Busy, true);
        assert_eq!(status.state(), SourceState::Busy);
        status.failed(CameraError::Denied, true);
        assert_eq!(status.state(), SourceState::Denied);
        status.failed(CameraError::UnknownFormat("H264".to_owned()), true);
        assert_eq!(status.state(), SourceState::UnknownFormat("H264".to_owned()));
        status.failed(CameraError::Other("odd".to_owned()), true);
        assert_eq!(status.state(), SourceState::Failed("odd".to_owned()));
    }

    #[test]
    fn the_measured_rate_is_shown_instead_of_the_promised_one() {
        let (status, _) = streaming(30, Duration::from_millis(50));
        let SourceState::Streaming { measured_rate, .. } = status.state() else { panic!("not streaming") };
        assert!((measured_rate - 20.0).abs() < 0.1, "{measured_rate}");
    }
}
