//! A camera as a frame source.

use std::sync::Arc;
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::reader::Shared;
use super::watchdog;
use crate::camera::decode::{FrameDecoder, RawFrame, orient};
use crate::camera::error::CameraError;
use crate::camera::{CameraDevice, CameraSettings, FrameSource, SourceCounters, SourceState};
use agemirror_pictures::Frame;

/// A camera that recovers by itself: background threads open it, reset it and reopen it, whatever happens
/// to the device. Only the newest frame is decoded, by the thread that asks for it.
pub struct NokhwaSource {
    shared: Arc<Shared>,
    watchdog: Option<Thread>,
    decoder: FrameDecoder,
    next_number: u64,
}

impl NokhwaSource {
    /// Starts to open the camera selected by `settings` and returns at once. [`FrameSource::state`] reports
    /// whether that succeeds.
    #[must_use]
    pub fn open(settings: CameraSettings) -> Self {
        let shared = Arc::new(Shared::new(settings));
        let watchdog = match watchdog::start(Arc::clone(&shared)) {
            Ok(thread) => Some(thread),
            Err(error) => {
                let message = format!("cannot start a thread: {error}");
                shared.status().failed(CameraError::Other(message), true);
                None
            }
        };
        Self { shared, watchdog, decoder: FrameDecoder::default(), next_number: 0 }
    }

    /// The camera opened last, for the settings; `None` before the first.
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
                let (picture, mirrored) = (Arc::new(picture), settings.mirror);
                Some(Frame { picture, captured: raw.captured, number, mirrored })
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
        let known = self.shared.attempted_name().or_else(|| self.shared.settings.name.clone());
        known.unwrap_or_default()
    }

    fn next_frame(&mut self, timeout: Duration) -> Option<Frame> {
        let deadline = Instant::now() + timeout;
        loop {
            let raw = self.shared.frames.wait(deadline.saturating_duration_since(Instant::now()))?;
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
    /// Signals the threads without waiting for them: the device may hang forever.
    fn drop(&mut self) {
        self.shared.stop();
        if let Some(watchdog) = &self.watchdog {
            watchdog.unpark();
        }
    }
}
