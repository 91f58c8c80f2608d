//! Records what the pipeline shows, live, without slowing it down.
//!
//! A thread polls the pipeline thirty times a second, draws a picture if something has changed, and sends it to the
//! encoder's thread. If that is behind, pictures are dropped and counted; the pipeline never waits.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::join::publish;
use super::provenance::add_xmp;
use super::sink::Sink;
use super::{Colour, EncoderSettings, Ffmpeg, LiveLayout, LivePicture, Speed, VideoCodec, VideoError};
use crate::pipeline::LiveView;
use crate::text::{Message, message};
use agemirror_faces::compose::Provenance;
use agemirror_storage::{SaveError, folder_of};

/// Interval between polls of the pipeline.
const TICK: Duration = Duration::from_nanos(1_000_000_000 / 30);
/// Time without a new picture after which the last one is written again.
const REPEAT: Duration = Duration::from_secs(1);
/// Interval between checks of the file's size and the free space.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// A recording stops when the disk has less free space than this, in bytes.
pub const MIN_FREE_BYTES: u64 = 200 << 20;
/// Resolution of timestamps, in ticks per second.
const TICKS: u32 = 90_000;
/// Suffix of a file's name while it is written.
const UNFINISHED_SUFFIX: &str = ".recording.mp4";

/// Returns what the pipeline shows now; must not block.
pub type ViewSource = Arc<dyn Fn() -> LiveView + Send + Sync>;

/// Settings of a recording.
#[derive(Clone)]
pub struct RecorderSettings {
    /// The file; a number is added if the name is taken.
    pub path: PathBuf,
    /// What the recording shows.
    pub layout: LiveLayout,
    /// Caption of each age (in years).
    pub labels: Vec<(f32, String)>,
    /// The codec.
    pub codec: VideoCodec,
    /// Constant rate factor; `None` uses the codec's default for live recordings.
    pub quality: Option<u8>,
    /// The recording stops when the disk has less free space than this, in bytes.
    pub min_free_bytes: u64,
}

/// Status of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordingStatus {
    /// Time since the first picture.
    pub elapsed: Duration,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Number of pictures sent to the encoder.
    pub frames: u64,
    /// Number of pictures dropped because the encoder was behind.
    pub dropped: u64,
    /// The finished file, once the recording has ended.
    pub file: Option<PathBuf>,
    /// Why the recording stopped by itself or failed, for the user.
    pub problem: Option<Message>,
    /// Whether the recording has ended.
    pub ended: bool,
}

/// A running recording. Dropping it stops it and waits until the file is finished.
pub struct Recorder {
    stop: Arc<AtomicBool>,
    status: Arc<Mutex<RecordingStatus>>,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Starts recording what `view` returns.
    ///
    /// # Errors
    /// When the system cannot start another thread. Later errors are in [`RecordingStatus::problem`].
    pub fn start(settings: RecorderSettings, view: ViewSource) -> Result<Self, VideoError> {
        let (stop, status) = (Arc::<AtomicBool>::default(), Arc::<Mutex<RecordingStatus>>::default());
        let work = Work {
            picture: LivePicture::new(settings.layout, settings.labels.clone(), None),
            settings,
            view,
            stop: Arc::clone(&stop),
            status: Arc::clone(&status),
            tools: None,
            free: free_space,
            sink: None,
            began: None,
            last_ns: None,
            written: Instant::now(),
            checked: Instant::now(),
        };
        let thread = std::thread::Builder::new().name("recorder".to_owned()).spawn(move || work.run());
        Ok(Self { stop, status, thread: Some(thread.map_err(VideoError::Thread)?) })
    }

    /// The current status.
    #[must_use]
    pub fn status(&self) -> RecordingStatus {
        let has_ended = self.thread.as_ref().is_none_or(JoinHandle::is_finished);
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        // Only a panic ends the thread before the recording.
        if has_ended && !status.ended {
            status.ended = true;
            status.problem = Some(message!("recording-panic"));
        }
        status.clone()
    }

    /// Requests a stop without waiting; [`RecordingStatus::ended`] is set once the file is finished.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Stops, and waits until the file is finished.
    #[must_use]
    pub fn finish(mut self) -> RecordingStatus {
        self.join();
        self.status()
    }

    fn join(&mut self) {
        self.stop();
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.join();
    }
}

/// State owned by the recorder's thread.
struct Work {
    settings: RecorderSettings,
    view: ViewSource,
    picture: LivePicture,
    stop: Arc<AtomicBool>,
    status: Arc<Mutex<RecordingStatus>>,
    tools: Option<Ffmpeg>,
    /// Returns the free space on the disk of a folder, in bytes.
    free: fn(&Path) -> Option<u64>,
    sink: Option<Sink>,
    began: Option<Instant>,
    last_ns: Option<u64>,
    written: Instant,
    checked: Instant,
}

impl Work {
    fn run(mut self) {
        let outcome = self.record();
        let finished = if outcome.is_ok() || self.sink.is_some() { self.finish() } else { Ok(None) };
        let problem = outcome.and_then(|note| finished.map(|other| note.or(other)));
        self.update(|status| {
            status.problem = match problem {
                Ok(note) => note,
                Err(error) => Some(error.message()),
            };
            status.ended = true;
        });
    }

    /// Records until a stop is requested; returns a message if it stopped by itself.
    fn record(&mut self) -> Result<Option<Message>, VideoError> {
        let path = &self.settings.path;
        let folder = folder_of(path);
        fs::create_dir_all(folder).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => SaveError::NoFolder(path.clone()),
            _ => SaveError::at(path, error),
        })?;
        if (self.free)(folder).is_some_and(|free| free < self.settings.min_free_bytes) {
            return Err(SaveError::DiskFull(path.clone()).into());
        }
        self.tools = Some(Ffmpeg::find()?);
        let mut due = Instant::now();
        while !self.stop.load(Ordering::Relaxed) {
            let picture = self.picture.draw(&(self.view)());
            let repeat = self.began.is_some() && self.written.elapsed() >= REPEAT;
            let picture = picture.or_else(|| if repeat { self.picture.last() } else { None });
            if let Some(picture) = picture {
                self.write(picture)?;
            }
            if self.checked.elapsed() >= CHECK_INTERVAL {
                self.check();
                let free = (self.free)(folder_of(&self.settings.path));
                if free.is_some_and(|free| free < self.settings.min_free_bytes) {
                    return Ok(Some(message!("recording-disk-full")));
                }
            }
            due = (due + TICK).max(Instant::now());
            std::thread::sleep(due.saturating_duration_since(Instant::now()).min(TICK));
        }
        // Repeat the last picture, so that it lasts until now.
        if let Some(picture) = self.picture.last().filter(|_| self.began.is_some()) {
            self.write(picture)?;
        }
        Ok(None)
    }

    fn write(&mut self, picture: Arc<image::RgbImage>) -> Result<(), VideoError> {
        let now = Instant::now();
        let began = *self.began.get_or_insert(now);
        let time_ns = u64::try_from((now - began).as_nanos()).unwrap_or(u64::MAX);
        if self.last_ns.is_some_and(|last| time_ns <= last + 1_000_000) {
            return Ok(());
        }
        if self.sink.is_none() {
            self.sink = Some(self.start_sink(&picture)?);
        }
        let taken = match &mut self.sink {
            Some(sink) => sink.try_frame(picture, time_ns)?,
            None => false,
        };
        (self.last_ns, self.written) = (Some(time_ns), now);
        self.update(|status| {
            if taken {
                status.frames += 1;
            } else {
                status.dropped += 1;
            }
            status.elapsed = now - began;
        });
        Ok(())
    }

    fn start_sink(&self, picture: &image::RgbImage) -> Result<Sink, VideoError> {
        let RecorderSettings { codec, quality, .. } = &self.settings;
        let tools = self.tools.as_ref().ok_or(VideoError::NoFfmpeg("ffmpeg"))?;
        let settings = EncoderSettings {
            codec: *codec,
            quality: Some(quality.unwrap_or_else(|| codec.default_live_quality())),
            colour: Colour::rec_709(),
            ticks: TICKS,
            frame_ns: TICK.as_nanos() as u64,
            speed: Speed::Live,
            provenance: Some(self.provenance()),
        };
        Sink::start(tools, &settings, [picture.width(), picture.height()], &self.unfinished_path())
    }

    /// The origin of the file. The age of a large view changes while it is recorded.
    fn provenance(&self) -> Provenance {
        match self.settings.layout {
            LiveLayout::Large => Provenance::changing(),
            LiveLayout::Tiles | LiveLayout::Strip => {
                Provenance::of_ages(self.settings.labels.iter().map(|(_, label)| label.as_str()))
            }
        }
    }

    fn unfinished_path(&self) -> PathBuf {
        let stem = self.settings.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.settings.path.with_file_name(stem + UNFINISHED_SUFFIX)
    }

    fn check(&mut self) {
        self.checked = Instant::now();
        let bytes = fs::metadata(self.unfinished_path()).map_or(0, |file| file.len());
        self.update(|status| status.bytes = bytes);
    }

    /// Finishes the file and renames it.
    fn finish(&mut self) -> Result<Option<Message>, VideoError> {
        let Some(sink) = self.sink.take() else {
            return Ok(Some(message!("recording-empty")));
        };
        sink.finish()?;
        if let Err(error) = add_xmp(&self.unfinished_path(), &self.provenance()) {
            tracing::warn!("XMP could not be added to the recording: {error}");
        }
        self.check();
        let path = &self.settings.path;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let hidden = tempfile::TempPath::try_from_path(self.unfinished_path())
            .map_err(|error| SaveError::at(path, error))?;
        let file = publish(hidden, folder_of(path), &stem, "mp4")?;
        self.update(|status| status.file = Some(file));
        Ok(None)
    }

    fn update(&self, change: impl FnOnce(&mut RecordingStatus)) {
        change(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Free space on the disk of a folder in bytes, if the system reports it.
#[cfg(unix)]
fn free_space(folder: &Path) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::ffi::CString::new(folder.as_os_str().as_bytes()).ok()?;
    let mut space = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: the path ends in a zero byte, and the system fills the structure where it returns 0.
    let space = unsafe {
        if libc::statvfs(path.as_ptr(), space.as_mut_ptr()) != 0 {
            return None;
        }
        space.assume_init()
    };
    #[allow(clippy::unnecessary_cast, reason = "the types of both fields differ between systems")]
    Some(space.f_bavail as u64 * space.f_frsize as u64)
}

#[cfg(not(unix))]
fn free_space(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
#[path = "recorder_tests.rs"]
mod tests;
