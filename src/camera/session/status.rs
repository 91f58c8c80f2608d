//! What a camera is doing: the state machine behind a camera source, without threads or devices.

use std::time::{Duration, Instant};

use crate::camera::device::rate::RateMeter;
use crate::camera::device::trouble::Trouble;
use crate::camera::{SourceCounters, SourceState};

/// A stream is silent when nothing has come for this many frame periods.
const SILENT_PERIODS: u32 = 5;

/// But never sooner than this: a busy computer alone can hold a frame back for so long.
const LEAST_SILENCE: Duration = Duration::from_millis(300);

/// Longest promised time between two frames that is believed.
const LONGEST_PERIOD: Duration = Duration::from_secs(1);

/// The first frame of a stream may take longer: cameras start slowly.
const FIRST_FRAME: Duration = Duration::from_secs(4);

/// Opening asks the driver much, and some devices answer slowly.
const OPENING: Duration = Duration::from_secs(10);

/// What was agreed with the driver when a stream was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Agreed {
    /// Picture width in pixels, as shown.
    pub width: u32,
    /// Picture height in pixels, as shown.
    pub height: u32,
    /// Promised time between two frames.
    pub period: Duration,
    /// Name of the pixel format.
    pub format: &'static str,
}

/// What a source is in the middle of, with the moment by which it has to get on.
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
    agreed: Option<Agreed>,
    meter: RateMeter,
    /// A loss or a stall has not been made good yet.
    mending: bool,
    seen: bool,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            state: SourceState::Opening,
            counters: SourceCounters::default(),
            step: Step::Waiting,
            agreed: None,
            meter: RateMeter::default(),
            mending: false,
            seen: false,
        }
    }
}

impl Status {
    /// The device is being opened.
    pub(crate) fn opening(&mut self, now: Instant) {
        self.step = Step::Opening { since: now };
    }

    /// The device is open; frames are to come.
    pub(crate) fn opened(&mut self, now: Instant, agreed: Agreed) {
        self.step = Step::FirstFrame { since: now };
        self.agreed = Some(agreed);
        self.meter = RateMeter::default();
        self.seen = true;
    }

    /// A frame has arrived, intact or not.
    pub(crate) fn arrived(&mut self, now: Instant) {
        self.step = Step::Frames { last: now };
        self.meter.arrived(now);
        if std::mem::take(&mut self.mending) {
            self.counters.reopened += 1;
        }
        if let Some(agreed) = &self.agreed {
            self.state = SourceState::Streaming {
                width: agreed.width,
                height: agreed.height,
                format: agreed.format.to_owned(),
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

    /// How long the stream may still be silent; `None` when nothing is waited for.
    pub(crate) fn patience_left(&self, now: Instant) -> Option<Duration> {
        let (since, patience) = match self.step {
            Step::Waiting | Step::Silent { .. } => return None,
            Step::Opening { since } => (since, OPENING),
            Step::FirstFrame { since } => (since, FIRST_FRAME),
            Step::Frames { last } => (last, self.longest_silence()),
        };
        Some((since + patience).saturating_duration_since(now))
    }

    /// Five periods of the promised rate, or of the measured one where that is lower.
    fn longest_silence(&self) -> Duration {
        let promised = self.agreed.as_ref().map_or(LONGEST_PERIOD, |agreed| agreed.period);
        let period = promised.min(LONGEST_PERIOD).max(self.meter.period().unwrap_or_default());
        (period * SILENT_PERIODS).max(LEAST_SILENCE)
    }

    /// The stream was silent for too long; whoever reads it has not come back yet.
    pub(crate) fn fell_silent(&mut self, now: Instant) {
        self.stalled();
        self.step = Step::Silent { since: now };
    }

    /// For how long whoever reads the silent stream has not come back from it.
    pub(crate) fn silent_for(&self, now: Instant) -> Option<Duration> {
        match self.step {
            Step::Silent { since } => Some(now.saturating_duration_since(since)),
            _ => None,
        }
    }

    /// Another reader takes the place of the one that did not come back.
    pub(crate) fn replaced(&mut self) {
        self.step = Step::Waiting;
    }

    /// One silence counts once, however often it takes a reset.
    fn stalled(&mut self) {
        if self.state != SourceState::Stalled {
            self.counters.stalls += 1;
        }
        self.state = SourceState::Stalled;
        self.mending = true;
    }

    /// A stream could not be opened or has ended. `any_camera` tells whether there is a camera at all.
    pub(crate) fn troubled(&mut self, trouble: Trouble, any_camera: bool) {
        let ran = matches!(self.step, Step::Frames { .. } | Step::FirstFrame { .. });
        self.step = Step::Waiting;
        match trouble {
            Trouble::Gone => self.vanished(ran, any_camera),
            // A stalled stream ends with an error when it is reset; the stall stays what it is.
            Trouble::Broken => self.stalled(),
            Trouble::Busy => self.state = SourceState::Busy,
            Trouble::Denied => self.state = SourceState::Denied,
            Trouble::UnknownFormat(formats) => self.state = SourceState::UnknownFormat(formats),
            Trouble::Other(words) => self.state = SourceState::Failed(words),
        }
    }

    fn vanished(&mut self, ran: bool, any_camera: bool) {
        if ran || (self.seen && self.state != SourceState::Unplugged) {
            self.counters.losses += 1;
            self.mending = true;
        }
        self.state = if self.seen || any_camera { SourceState::Unplugged } else { SourceState::NoCamera };
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

    fn agreed() -> Agreed {
        Agreed { width: 640, height: 480, period: Duration::from_secs(1) / 30, format: "MJPEG" }
    }

    /// A status whose stream has run for `frames` frames, and the moment of the last.
    fn streaming(frames: u32, period: Duration) -> (Status, Instant) {
        let (mut status, start) = (Status::default(), Instant::now());
        status.opening(start);
        status.opened(start, agreed());
        for frame in 0..frames {
            status.arrived(start + period * frame);
        }
        (status, start + period * (frames - 1))
    }

    fn silent(status: &Status, now: Instant) -> bool {
        status.patience_left(now) == Some(Duration::ZERO)
    }

    #[test]
    fn five_periods_without_a_frame_are_a_stall() {
        let (status, last) = streaming(30, FRAME);
        assert!(!silent(&status, last + Duration::from_millis(290)));
        assert!(silent(&status, last + Duration::from_millis(310)));
    }

    #[test]
    fn a_camera_that_is_slow_in_the_dark_is_not_stalled() {
        let (status, last) = streaming(20, Duration::from_millis(133));
        assert!(!silent(&status, last + Duration::from_millis(600)));
        assert!(silent(&status, last + Duration::from_millis(700)));
    }

    #[test]
    fn a_long_silence_counts_once_and_its_end_once() {
        let (mut status, last) = streaming(30, FRAME);
        status.fell_silent(last);
        assert_eq!(status.silent_for(last + FRAME), Some(FRAME));
        status.troubled(Trouble::Broken, true);
        assert_eq!(status.silent_for(last), None);
        status.opening(last);
        status.opened(last, agreed());
        status.fell_silent(last);
        status.replaced();
        assert_eq!(status.state(), SourceState::Stalled);
        status.opening(last);
        status.opened(last, agreed());
        status.arrived(last);
        assert!(matches!(status.state(), SourceState::Streaming { .. }));
        let counters = status.counters();
        assert_eq!((counters.stalls, counters.reopened, counters.losses), (1, 1, 0));
    }

    #[test]
    fn a_device_that_vanishes_is_waited_for() {
        let (mut status, last) = streaming(30, FRAME);
        status.troubled(Trouble::Gone, false);
        status.opening(last);
        status.troubled(Trouble::Gone, false);
        assert_eq!(status.state(), SourceState::Unplugged);
        assert_eq!(status.patience_left(last), None);
        status.opening(last);
        status.opened(last, agreed());
        status.arrived(last);
        let counters = status.counters();
        assert_eq!((counters.losses, counters.reopened, counters.stalls), (1, 1, 0));
    }

    #[test]
    fn no_camera_at_all_is_not_a_loss() {
        let mut status = Status::default();
        status.troubled(Trouble::Gone, false);
        assert_eq!(status.state(), SourceState::NoCamera);
        status.troubled(Trouble::Gone, true);
        assert_eq!(status.state(), SourceState::Unplugged);
        assert_eq!(status.counters(), SourceCounters::default());
    }

    #[test]
    fn each_refusal_has_its_own_state() {
        let mut status = Status::default();
        status.troubled(Trouble::Busy, true);
        assert_eq!(status.state(), SourceState::Busy);
        status.troubled(Trouble::Denied, true);
        assert_eq!(status.state(), SourceState::Denied);
        status.troubled(Trouble::UnknownFormat("H264".to_owned()), true);
        assert_eq!(status.state(), SourceState::UnknownFormat("H264".to_owned()));
        status.troubled(Trouble::Other("odd".to_owned()), true);
        assert_eq!(status.state(), SourceState::Failed("odd".to_owned()));
    }

    #[test]
    fn the_measured_rate_is_shown_and_not_the_promised_one() {
        let (status, _) = streaming(30, Duration::from_millis(50));
        let SourceState::Streaming { measured_rate, .. } = status.state() else { panic!("not streaming") };
        assert!((measured_rate - 20.0).abs() < 0.1, "{measured_rate}");
    }
}
