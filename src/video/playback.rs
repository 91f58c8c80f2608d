//! Plays a video file as a source of frames, at its own speed, with pause, seek and loop.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::reader::Polled;
use super::{Ffmpeg, ReadFrom, Rotation, TimedFrame, VideoError, VideoInfo, VideoReader, upright_rotation};
use crate::camera::{FrameSource, SourceCounters, SourceState};
use agemirror_pictures::Frame;

/// Maximum side of played frames, in pixels; the decoder scales larger ones down.
const MAX_SIDE: u32 = 1280;
/// A frame that is late by more than this is dropped.
const MAX_DELAY: Duration = Duration::from_millis(80);
/// Interval at which a paused video repeats its frame, so that the face tracker settles.
const REPEAT_INTERVAL: Duration = Duration::from_millis(200);
/// Maximum number of repetitions of a paused frame.
const MAX_REPEATS: u32 = 6;
/// Longest wait for the first frame after a seek before the next seek is carried out. Without a wait, nothing would be
/// shown while a slider is dragged.
const SEEK_TIMEOUT: Duration = Duration::from_secs(10);
/// More than the rounding error of a position, in seconds.
const ROUNDING: f64 = 0.001;

/// Control of a playing video, shared between the window and the source: pause, loop, and position.
#[derive(Clone)]
pub struct Playback(Arc<Shared>);

struct Shared {
    tools: Ffmpeg,
    path: PathBuf,
    info: VideoInfo,
    control: Mutex<Control>,
}

struct Control {
    paused: bool,
    looping: bool,
    /// Position to seek to, in seconds.
    seek: Option<f64>,
    /// Position of the current frame, in seconds.
    position: f64,
    /// How frames are rotated, once that was chosen.
    rotation: Option<Rotation>,
}

impl Playback {
    /// Starts playing a video from its beginning, in a loop.
    #[must_use]
    pub fn new(tools: Ffmpeg, path: PathBuf, info: VideoInfo) -> Self {
        let control = Control { paused: false, looping: true, seek: None, position: 0.0, rotation: None };
        Self(Arc::new(Shared { tools, path, info, control: Mutex::new(control) }))
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        self.0.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of the file.
    #[must_use]
    pub fn name(&self) -> String {
        agemirror_pictures::short_name(&self.0.path)
    }

    /// Length in seconds, if the file contains it.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        self.0.info.seconds
    }

    /// Position of the current frame in seconds, or the target of a pending seek.
    #[must_use]
    pub fn position(&self) -> f64 {
        let control = self.control();
        control.seek.unwrap_or(control.position)
    }

    /// Whether it is paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.control().paused
    }

    /// Whether it starts again at its end.
    #[must_use]
    pub fn is_looping(&self) -> bool {
        self.control().looping
    }

    /// Pauses or continues.
    pub fn pause(&self, paused: bool) {
        self.control().paused = paused;
    }

    /// Sets whether it starts again at its end.
    pub fn repeat(&self, looping: bool) {
        self.control().looping = looping;
    }

    /// Seeks to a position, in seconds.
    pub fn seek(&self, seconds: f64) {
        let last = self.seconds().unwrap_or(f64::MAX);
        self.control().seek = Some(seconds.clamp(0.0, last));
    }

    /// How frames are rotated, in addition to what the file says.
    #[must_use]
    pub fn rotation(&self) -> Rotation {
        self.control().rotation.unwrap_or_default()
    }

    /// Rotates the frames, in addition to what the file says.
    pub fn rotate(&self, rotation: Rotation) {
        self.control().rotation = Some(rotation);
    }

    /// Rotates the frames so that their faces are upright, unless [`Playback::rotate`] was called before or meanwhile.
    /// Returns whether they are rotated now. Takes seconds.
    ///
    /// # Errors
    /// When a network fails.
    pub fn turn_upright(&self) -> Result<bool, VideoError> {
        let Shared { tools, path, info, .. } = &*self.0;
        let upright = upright_rotation(tools, path, info)?;
        let mut control = self.control();
        if upright == Rotation::None || control.rotation.is_some() {
            return Ok(false);
        }
        control.rotation = Some(upright);
        Ok(true)
    }

    /// Whether both control the same playback.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A source of frames that this controls.
    #[must_use]
    pub fn source(&self) -> Box<dyn FrameSource> {
        Box::new(VideoSource::new(self.clone()))
    }
}

/// The source behind a [`Playback`].
struct VideoSource {
    playback: Playback,
    /// The video, with the rotation of the reader.
    info: VideoInfo,
    size: [u32; 2],
    reader: Option<VideoReader>,
    /// When the reader was opened.
    opened: Instant,
    /// A point in time, and the position in nanoseconds that is due then.
    clock: Option<(Instant, u64)>,
    /// A frame that is not due yet.
    next: Option<TimedFrame>,
    shown: Option<Frame>,
    shown_at: Instant,
    /// How often the paused frame was repeated.
    repeats: u32,
    /// Whether the reader started at the beginning of the video.
    from_start: bool,
    /// Number of frames that the reader has decoded.
    decoded: u64,
    ended: bool,
    state: SourceState,
    counters: SourceCounters,
}

impl VideoSource {
    fn new(playback: Playback) -> Self {
        let info = playback.0.info.clone();
        let size = info.size_within(MAX_SIDE);
        // A source that is created again after a fault continues at the last position.
        let position = playback.position();
        if position > 0.0 {
            playback.seek(position);
        }
        Self {
            playback,
            info,
            size,
            reader: None,
            opened: Instant::now(),
            clock: None,
            next: None,
            shown: None,
            shown_at: Instant::now(),
            repeats: 0,
            from_start: true,
            decoded: 0,
            ended: false,
            state: SourceState::Opening,
            counters: SourceCounters::default(),
        }
    }

    /// Carries out a pending seek or rotation, and starts the decoder if there is none.
    fn prepare(&mut self) -> Result<(), VideoError> {
        let is_waiting = self.reader.is_some() && self.shown.is_none() && !self.ended;
        if is_waiting && self.opened.elapsed() < SEEK_TIMEOUT {
            return Ok(());
        }
        let rotation = self.playback.rotation();
        let mut control = self.playback.control();
        let mut seek = control.seek.take();
        if rotation != self.info.rotation {
            seek = seek.or(Some(control.position - ROUNDING));
        }
        drop(control);
        if self.reader.is_some() && seek.is_none() {
            return Ok(());
        }
        self.info = self.playback.0.info.rotated(rotation);
        self.size = self.info.size_within(MAX_SIDE);
        // The last frame begins before the end.
        let last = self.info.seconds.map_or(f64::MAX, |seconds| seconds - 1.5 / self.info.rate);
        let from = match seek.map(|seconds| seconds.min(last)) {
            Some(seconds) if seconds > 0.0 => ReadFrom::Seconds(seconds),
            _ => ReadFrom::Frame(0),
        };
        let Shared { tools, path, .. } = &*self.playback.0;
        (self.reader, self.opened) = (None, Instant::now());
        self.reader = Some(VideoReader::open(tools, path, &self.info, from, self.size)?);
        self.playback.control().position = seek.unwrap_or(0.0).max(0.0);
        (self.from_start, self.decoded) = (from == ReadFrom::Frame(0), 0);
        (self.clock, self.next, self.shown, self.ended) = (None, None, None, false);
        Ok(())
    }

    /// Waits for the next frame from the decoder, at most `timeout`.
    fn decode(&mut self, timeout: Duration) -> Result<bool, VideoError> {
        if self.next.is_some() || self.ended {
            return Ok(self.next.is_some());
        }
        let Some(reader) = &mut self.reader else { return Ok(false) };
        match reader.poll(timeout) {
            Ok(Polled::Frame(frame)) => {
                self.decoded += 1;
                self.next = Some(frame);
            }
            Ok(Polled::Pending) => {}
            Ok(Polled::End) => self.end(),
            // The seek was to the end, after the last frame.
            Err(VideoError::Damaged { .. }) if !self.from_start && self.decoded == 0 => self.end(),
            Err(error) => return Err(error),
        }
        Ok(self.next.is_some())
    }

    fn end(&mut self) {
        let mut control = self.playback.control();
        // A video of one frame stops after it: looping would start a decoder for each frame.
        let has_one_frame = self.from_start && self.decoded == 1;
        if control.looping && !has_one_frame {
            control.seek = Some(0.0);
            self.reader = None;
        } else {
            control.paused = true;
            self.ended = true;
        }
    }

    /// When the next frame is due.
    fn due(&mut self, time_ns: u64, now: Instant) -> Instant {
        let (began, first) = *self.clock.get_or_insert((now, time_ns));
        began + Duration::from_nanos(time_ns.saturating_sub(first))
    }

    fn show(&mut self, frame: TimedFrame) -> Frame {
        self.playback.control().position = frame.time_ns as f64 / 1e9;
        self.counters.frames += 1;
        let [width, height] = self.size;
        let rate = self.playback.0.info.rate as f32;
        self.state =
            SourceState::Streaming { width, height, format: "video".to_owned(), measured_rate: rate };
        let picture = Arc::new(frame.picture);
        self.repeats = 0;
        self.remember(Frame {
            picture,
            captured: Instant::now(),
            number: self.counters.frames,
            mirrored: false,
        })
    }

    fn remember(&mut self, frame: Frame) -> Frame {
        self.shown_at = frame.captured;
        self.shown = Some(frame.clone());
        frame
    }

    /// The frame of a paused video, repeated a few times.
    fn repeat_paused(&mut self, timeout: Duration) -> Option<Frame> {
        // The clock does not run while the video is paused.
        self.clock = None;
        thread::sleep(timeout.min(REPEAT_INTERVAL));
        let shown = self.shown.clone()?;
        if self.repeats >= MAX_REPEATS || self.shown_at.elapsed() < REPEAT_INTERVAL {
            return None;
        }
        self.repeats += 1;
        self.counters.frames += 1;
        Some(self.remember(Frame { captured: Instant::now(), number: self.counters.frames, ..shown }))
    }

    fn advance(&mut self, timeout: Duration) -> Result<Option<Frame>, VideoError> {
        let deadline = Instant::now() + timeout;
        self.prepare()?;
        let paused = self.playback.is_paused();
        if self.ended && !paused {
            self.playback.seek(0.0);
            return Ok(None);
        }
        // After a seek, a paused video shows its new frame.
        if paused && self.shown.is_some() {
            return Ok(self.repeat_paused(timeout));
        }
        while self.decode(deadline.saturating_duration_since(Instant::now()))? {
            let Some(frame) = self.next.take() else { break };
            let now = Instant::now();
            let due = self.due(frame.time_ns, now);
            if now > due + MAX_DELAY && self.shown.is_some() {
                // If decoding is far too slow, the clock is reset.
                if now > due + 10 * MAX_DELAY {
                    self.clock = None;
                }
                continue;
            }
            if due > deadline {
                self.next = Some(frame);
                break;
            }
            thread::sleep(due.saturating_duration_since(now));
            return Ok(Some(self.show(frame)));
        }
        thread::sleep(deadline.saturating_duration_since(Instant::now()));
        Ok(None)
    }
}

impl FrameSource for VideoSource {
    fn name(&self) -> String {
        self.playback.name()
    }

    fn next_frame(&mut self, timeout: Duration) -> Option<Frame> {
        if matches!(self.state, SourceState::Failed(_)) && self.playback.control().seek.is_none() {
            thread::sleep(timeout);
            return None;
        }
        match self.advance(timeout) {
            Ok(frame) => frame,
            Err(error) => {
                tracing::warn!("playback stopped: {error}");
                self.state = SourceState::Failed(error.message().to_string());
                self.reader = None;
                None
            }
        }
    }

    fn state(&self) -> SourceState {
        self.state.clone()
    }

    fn counters(&self) -> SourceCounters {
        self.counters
    }
}

#[cfg(test)]
#[path = "playback_tests.rs"]
mod tests;
