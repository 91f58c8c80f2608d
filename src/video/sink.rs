//! Runs an encoder on another thread, so that the next frame is aged while the last one is written.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, TrySendError, bounded};
use image::RgbImage;

use super::{Encoder, EncoderSettings, Ffmpeg, VideoError};

/// Maximum number of frames in the channel.
const CHANNEL_CAPACITY: usize = 2;

/// A video file that a thread writes.
pub(super) struct Sink {
    frames: Option<Sender<(Arc<RgbImage>, u64)>>,
    thread: Option<JoinHandle<Result<(), VideoError>>>,
}

impl Sink {
    /// Starts writing `path` with frames of `size` (width, height).
    pub(super) fn start(
        tools: &Ffmpeg,
        settings: &EncoderSettings,
        size: [u32; 2],
        path: &Path,
    ) -> Result<Self, VideoError> {
        let mut encoder = Encoder::start(tools, settings, size, path)?;
        let (sender, frames) = bounded::<(Arc<RgbImage>, u64)>(CHANNEL_CAPACITY);
        let work = move || {
            for (picture, time_ns) in frames {
                encoder.frame(&picture, time_ns)?;
            }
            encoder.finish()
        };
        let thread = std::thread::Builder::new().name("video-writer".to_owned()).spawn(work);
        Ok(Self { frames: Some(sender), thread: Some(thread.map_err(VideoError::Thread)?) })
    }

    /// Sends a frame; waits while the channel is full.
    pub(super) fn frame(&mut self, picture: Arc<RgbImage>, time_ns: u64) -> Result<(), VideoError> {
        let sent = self.frames.as_ref().map(|frames| frames.send((picture, time_ns)));
        // The thread ends early only with an error.
        if matches!(sent, Some(Ok(()))) { Ok(()) } else { self.join() }
    }

    /// Sends a frame unless the channel is full; returns whether it was sent.
    pub(super) fn try_frame(&mut self, picture: Arc<RgbImage>, time_ns: u64) -> Result<bool, VideoError> {
        match self.frames.as_ref().map(|frames| frames.try_send((picture, time_ns))) {
            Some(Ok(())) => Ok(true),
            Some(Err(TrySendError::Full(_))) => Ok(false),
            Some(Err(TrySendError::Disconnected(_))) | None => self.join().map(|()| false),
        }
    }

    /// Finishes the file and waits until it is complete.
    pub(super) fn finish(mut self) -> Result<(), VideoError> {
        self.join()
    }

    fn join(&mut self) -> Result<(), VideoError> {
        self.frames = None;
        let broken = || VideoError::Thread(std::io::ErrorKind::BrokenPipe.into());
        self.thread
            .take()
            .map_or_else(|| Err(broken()), |thread| thread.join().unwrap_or_else(|_| Err(broken())))
    }
}
