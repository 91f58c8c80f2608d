//! A picture in the camera's place.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use image::RgbImage;

use crate::camera::{FrameSource, SourceCounters, SourceState};
use agemirror_pictures::{Frame, Picture};

/// How often the picture is shown again, for those who came too late for the first time.
const AGAIN: Duration = Duration::from_millis(500);

/// A source that shows one picture: at once, and again twice a second. All its frames share the pixels.
pub struct StillSource {
    picture: Arc<RgbImage>,
    name: String,
    due: Instant,
    shown: u64,
}

impl StillSource {
    /// Shows `picture` under its name.
    #[must_use]
    pub fn new(picture: Picture) -> Self {
        Self::shared(picture.name, Arc::new(picture.picture))
    }

    /// Shows a picture whose pixels others use too.
    #[must_use]
    pub fn shared(name: String, picture: Arc<RgbImage>) -> Self {
        Self { picture, name, due: Instant::now(), shown: 0 }
    }
}

impl FrameSource for StillSource {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn next_frame(&mut self, patience: Duration) -> Option<Frame> {
        let left = self.due.saturating_duration_since(Instant::now());
        thread::sleep(left.min(patience));
        if left > patience {
            return None;
        }
        let captured = Instant::now();
        self.due = captured + AGAIN;
        let number = self.shown;
        self.shown += 1;
        Some(Frame { picture: Arc::clone(&self.picture), captured, number })
    }

    fn state(&self) -> SourceState {
        SourceState::Still
    }

    fn counters(&self) -> SourceCounters {
        SourceCounters { frames: self.shown, ..SourceCounters::default() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_still_is_shown_at_once_and_again() {
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
