//! A video file as a source of frames, at the pace of its timestamps, with pause, seek and loop.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::reader::Polled;
use super::{Ffmpeg, ReadFrom, TimedFrame, VideoError, VideoInfo, VideoReader};
use crate::camera::{FrameSource, SourceCounters, SourceState};
use agemirror_pictures::Frame;

/// Longest side in pixels of frames that are played; larger ones are made smaller by the decoder.
const LONGEST_SIDE: u32 = 1280;
/// A frame that is later than this is dropped.
const LATE: Duration = Duration::from_millis(80);
/// While the video rests, its frame is shown again this often, so that the face tracker settles.
const AGAIN: Duration = Duration::from_millis(200);
/// How often a resting frame is shown again.
const MOST_AGAIN: u32 = 6;

/// What the user wants of a video that plays, and how far it has come; shared between the window and the source.
#[derive(Clone)]
pub struct Playback(Arc<Shared>);

struct Shared {
    tools: Ffmpeg,
    path: PathBuf,
    info: VideoInfo,
    wish: Mutex<Wish>,
}

struct Wish {
    paused: bool,
    looping: bool,
    /// A position in seconds to go to.
    seek: Option<f64>,
    /// The position of the frame on show, in seconds.
    position: f64,
}

impl Playback {
    /// A video that plays from its beginning, again and again.
    #[must_use]
    pub fn new(tools: Ffmpeg, path: PathBuf, info: VideoInfo) -> Self {
        let wish = Wish { paused: false, looping: true, seek: None, position: 0.0 };
        Self(Arc::new(Shared { tools, path, info, wish: Mutex::new(wish) }))
    }

    fn wish(&self) -> MutexGuard<'_, Wish> {
        self.0.wish.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of the file.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.0.path.file_name().unwrap_or(self.0.path.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// The length in seconds, where the file says.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        self.0.info.seconds
    }

    /// The position of the frame on show, or of the one that is sought, in seconds.
    #[must_use]
    pub fn position(&self) -> f64 {
        let wish = self.wish();
        wish.seek.unwrap_or(wish.position)
    }

    /// Whether it rests.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.wish().paused
    }

    /// Whether it begins again at its end.
    #[must_use]
    pub fn is_looping(&self) -> bool {
        self.wish().looping
    }

    /// Lets it rest or go on.
    pub fn pause(&self, paused: bool) {
        self.wish().paused = paused;
    }

    /// Whether to begin again at the end.
    pub fn repeat(&self, looping: bool) {
        self.wish().looping = looping;
    }

    /// Goes to a position in seconds.
    pub fn seek(&self, seconds: f64) {
        let last = self.seconds().unwrap_or(f64::MAX);
        self.wish().seek = Some(seconds.clamp(0.0, last));
    }

    /// Whether both control the same video.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The source that obeys this.
    #[must_use]
    pub fn source(&self) -> Box<dyn FrameSource> {
        Box::new(VideoSource::new(self.clone()))
    }
}

/// The source behind a [`Playback`].
struct VideoSource {
    playback: Playback,
    size: [u32; 2],
    reader: Option<VideoReader>,
    /// The moment at which a position, in nanoseconds, is due.
    clock: Option<(Instant, u64)>,
    /// A frame that is not due yet.
    next: Option<TimedFrame>,
    shown: Option<Frame>,
    shown_at: Instant,
    again: u32,
    ended: bool,
    state: SourceState,
    counters: SourceCounters,
}

impl VideoSource {
    fn new(playback: Playback) -> Self {
        let [width, height] = playback.0.info.size;
        let scale = (f64::from(LONGEST_SIDE) / f64::from(width.max(height))).min(1.0);
        let size = [width, height].map(|side| ((f64::from(side) * scale).round() as u32).max(2));
        // A source that is made again, after a fault, goes on where it was.
        let position = playback.position();
        if position > 0.0 {
            playback.seek(position);
        }
        Self {
            playback,
            size,
            reader: None,
            clock: None,
            next: None,
            shown: None,
            shown_at: Instant::now(),
            again: 0,
            ended: false,
            state: SourceState::Opening,
            counters: SourceCounters::default(),
        }
    }

    /// Goes where the user wants to be, and starts the decoder where there is none.
    fn prepare(&mut self) -> Result<(), VideoError> {
        let seek = self.playback.wish().seek.take();
        if self.reader.is_some() && seek.is_none() {
            return Ok(());
        }
        let Shared { tools, path, info, .. } = &*self.playback.0;
        let from = match seek {
            Some(seconds) if seconds > 0.0 => ReadFrom::Seconds(seconds),
            _ => ReadFrom::Frame(0),
        };
        self.reader = None;
        self.reader = Some(VideoReader::open(tools, path, info, from, self.size)?);
        self.playback.wish().position = seek.unwrap_or(0.0);
        (self.clock, self.next, self.shown, self.ended) = (None, None, None, false);
        Ok(())
    }

    /// The next frame from the decoder, within `timeout`.
    fn decode(&mut self, timeout: Duration) -> Result<bool, VideoError> {
        if self.next.is_some() || self.ended {
            return Ok(self.next.is_some());
        }
        let Some(reader) = &mut self.reader else { return Ok(false) };
        match reader.poll(timeout)? {
            Polled::Frame(frame) => self.next = Some(frame),
            Polled::Pending => {}
            Polled::End => self.end(),
        }
        Ok(self.next.is_some())
    }

    fn end(&mut self) {
        let mut wish = self.playback.wish();
        if wish.looping {
            wish.seek = Some(0.0);
        } else {
            wish.paused = true;
            self.ended = true;
        }
    }

    /// When the next frame is due.
    fn due(&mut self, time_ns: u64, now: Instant) -> Instant {
        let (began, first) = *self.clock.get_or_insert((now, time_ns));
        began + Duration::from_nanos(time_ns.saturating_sub(first))
    }

    fn show(&mut self, frame: TimedFrame) -> Frame {
        self.playback.wish().position = frame.time_ns as f64 / 1e9;
        self.counters.frames += 1;
        let [width, height] = self.size;
        let rate = self.playback.0.info.rate as f32;
        self.state =
            SourceState::Streaming { width, height, format: "video".to_owned(), measured_rate: rate };
        let picture = Arc::new(frame.picture);
        self.again = 0;
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

    /// What a video that rests shows: its frame again, a few times.
    fn rest(&mut self, timeout: Duration) -> Option<Frame> {
        // The time that passes meanwhile does not count.
        self.clock = None;
        thread::sleep(timeout.min(AGAIN));
        let shown = self.shown.clone()?;
        if self.again >= MOST_AGAIN || self.shown_at.elapsed() < AGAIN {
            return None;
        }
        self.again += 1;
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
        // After a seek a resting video shows the frame it has come to.
        if paused && self.shown.is_some() {
            return Ok(self.rest(timeout));
        }
        while self.decode(deadline.saturating_duration_since(Instant::now()))? {
            let Some(frame) = self.next.take() else { break };
            let now = Instant::now();
            let due = self.due(frame.time_ns, now);
            if now > due + LATE && self.shown.is_some() {
                // Slow decoding shifts the clock once it is far behind.
                if now > due + 10 * LATE {
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
        if matches!(self.state, SourceState::Failed(_)) && self.playback.wish().seek.is_none() {
            thread::sleep(timeout);
            return None;
        }
        match self.advance(timeout) {
            Ok(frame) => frame,
            Err(error) => {
                tracing::warn!("the video stops: {error}");
                self.state = SourceState::Failed(error.to_string());
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
