//! An encoder on a thread of its own, so that the next frame is aged while the last one is written.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, TrySendError, bounded};
use image::RgbImage;

use super::{Encoder, EncoderSettings, Ffmpeg, VideoError};

/// Frames that wait for the encoder.
const WAITING: usize = 2;

/// A file that is written by a thread.
pub(super) struct Sink {
    frames: Option<Sender<(Arc<RgbImage>, u64)>>,
    thread: Option<JoinHandle<Result<(), VideoError>>>,
}

impl Sink {
    /// Starts to write `path` with frames of `size`.
    pub(super) fn start(
        tools: &Ffmpeg,
        settings: &EncoderSettings,
        size: [u32; 2],
        path: &Path,
    ) -> Result<Self, VideoError> {
        let mut encoder = Encoder::start(tools, settings, size, path)?;
        let (sender, frames) = bounded::<(Arc<RgbImage>, u64)>(WAITING);
        let work = move || {
            for (picture, time_ns) in frames {
                encoder.frame(&picture, time_ns)?;
            }
            encoder.finish()
        };
        let thread = std::thread::Builder::new().name("video-writer".to_owned()).spawn(work);
        Ok(Self { frames: Some(sender), thread: Some(thread.map_err(VideoError::Thread)?) })
    }

    /// Hands a frame over, and waits while the encoder is behind.
    pub(super) fn frame(&mut self, picture: Arc<RgbImage>, time_ns: u64) -> Result<(), VideoError> {
        let sent = self.frames.as_ref().map(|frames| frames.send((picture, time_ns)));
        // The thread ends early only with an error.
        if matches!(sent, Some(Ok(()))) { Ok(()) } else { self.join() }
    }

    /// Hands a frame over where there is room for it now, and says whether there was.
    pub(super) fn try_frame(&mut self, picture: Arc<RgbImage>, time_ns: u64) -> Result<bool, VideoError> {
        match self.frames.as_ref().map(|frames| frames.try_send((picture, time_ns))) {
            Some(Ok(())) => Ok(true),
            Some(Err(TrySendError::Full(_))) => Ok(false),
            Some(Err(TrySendError::Disconnected(_))) | None => self.join().map(|()| false),
        }
    }

    /// Ends the file and waits until it is whole.
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
