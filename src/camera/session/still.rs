//! A still picture as a frame source.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use image::RgbImage;

use crate::camera::{FrameSource, SourceCounters, SourceState};
use agemirror_pictures::{Frame, Picture};

/// Interval at which the picture is sent again, for consumers that missed it.
const REPEAT_INTERVAL: Duration = Duration::from_millis(500);

/// A source that sends one picture: at once, and then twice per second. All frames share the pixels.
pub struct StillSource {
    picture: Arc<RgbImage>,
    name: String,
    next_due: Instant,
    sent: u64,
}

impl StillSource {
    /// Sends `picture` under its name.
    #[must_use]
    pub fn new(picture: Picture) -> Self {
        Self::shared(picture.name, Arc::new(picture.picture))
    }

    /// Sends a shared picture.
    #[must_use]
    pub fn shared(name: String, picture: Arc<RgbImage>) -> Self {
        Self { picture, name, next_due: Instant::now(), sent: 0 }
    }
}

impl FrameSource for StillSource {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn next_frame(&mut self, timeout: Duration) -> Option<Frame> {
        let left = self.next_due.saturating_duration_since(Instant::now());
        thread::sleep(left.min(timeout));
        if left > timeout {
            return None;
        }
        let captured = Instant::now();
        self.next_due = captured + REPEAT_INTERVAL;
        let number = self.sent;
        self.sent += 1;
        Some(Frame { picture: Arc::clone(&self.picture), captured, number, mirrored: false })
    }

    fn state(&self) -> SourceState {
        SourceState::Still
    }

    fn counters(&self) -> SourceCounters {
        SourceCounters { frames: self.sent, ..SourceCounters::default() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_still_is_sent_at_once_and_again() {
        let picture = Picture { picture: RgbImage::new(3, 2), name: "a.png".to_owned(), remarks: Vec::new() };
        let mut source = StillSource::new(picture);
        let first = source.next_frame(Duration::ZERO).unwrap();
        assert!(source.next_frame(Duration::ZERO).is_none(), "it is not due yet");
        let second = source.next_frame(Duration::from_secs(60)).unwrap();
        assert!(Arc::ptr_eq(&first.picture, &second.picture));
        assert_eq!((first.number, second.number), (0, 1));
        assert_eq!(source.counters().frames, 2);
        assert_eq!(source.state(), SourceState::Still);
    }
}
