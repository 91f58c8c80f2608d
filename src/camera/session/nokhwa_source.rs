//! A camera as a source of frames.

use std::sync::Arc;
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::reader::Shared;
use super::watchdog;
use crate::camera::decode::{FrameDecoder, RawFrame, orient};
use crate::camera::device::trouble::Trouble;
use crate::camera::{CameraDevice, CameraSettings, FrameSource, SourceCounters, SourceState};
use agemirror_pictures::Frame;

/// A camera that mends itself: it is opened, reset and opened again on threads of its own, whatever
/// happens to the device. Frames are decoded by whoever asks for them, and only the newest.
pub struct NokhwaSource {
    shared: Arc<Shared>,
    watchdog: Option<Thread>,
    decoder: FrameDecoder,
    next_number: u64,
}

impl NokhwaSource {
    /// Starts to open the camera that `settings` means, and returns at once. Whether it succeeds is
    /// told by [`FrameSource::state`].
    #[must_use]
    pub fn open(settings: CameraSettings) -> Self {
        let shared = Arc::new(Shared::new(settings));
        let watchdog = match watchdog::start(Arc::clone(&shared)) {
            Ok(thread) => Some(thread),
            Err(error) => {
                let words = format!("the system grants no thread: {error}");
                shared.status().troubled(Trouble::Other(words), true);
                None
            }
        };
        Self { shared, watchdog, decoder: FrameDecoder::default(), next_number: 0 }
    }

    /// The camera that was opened last, to be remembered; `None` until one was.
    #[must_use]
    pub fn device(&self) -> Option<CameraDevice> {
        self.shared.device()
    }

    fn decode(&mut self, raw: &RawFrame) -> Option<Frame> {
        match self.decoder.decode(raw) {
            Ok(picture) => {
                self.shared.status().decoded();
                let settings = &self.shared.settings;
                let picture = orient(picture, settings.rotation, settings.mirror);
                let number = self.next_number;
                self.next_number += 1;
                Some(Frame { picture: Arc::new(picture), captured: raw.captured, number })
            }
            Err(error) => {
                tracing::trace!("skipped a frame: {error}");
                self.shared.status().damaged();
                None
            }
        }
    }
}

impl FrameSource for NokhwaSource {
    fn name(&self) -> String {
        let known = self.shared.tried_name().or_else(|| self.shared.settings.name.clone());
        known.unwrap_or_else(|| "camera".to_owned())
    }

    fn next_frame(&mut self, patience: Duration) -> Option<Frame> {
        let end = Instant::now() + patience;
        loop {
            let raw = self.shared.frames.wait(end.saturating_duration_since(Instant::now()))?;
            if let Some(frame) = self.decode(&raw) {
                return Some(frame);
            }
        }
    }

    fn state(&self) -> SourceState {
        self.shared.status().state()
    }

    fn counters(&self) -> SourceCounters {
        self.shared.status().counters()
    }
}

impl Drop for NokhwaSource {
    /// Signals the threads and returns: the device may hang for ever.
    fn drop(&mut self) {
        self.shared.stop();
        if let Some(watchdog) = &self.watchdog {
            watchdog.unpark();
        }
    }
}
