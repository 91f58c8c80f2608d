//! The thread that owns the device: opens it, reads frames, and reopens it when the stream ends.
//!
//! It may get stuck in the driver forever, so no thread ever waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use super::status::{Status, StreamFormat};
use crate::camera::decode::RawFrame;
use crate::camera::decode::jpeg::outline;
use crate::camera::device::backend::{
    CapturedFrame, MAX_FRAME_AGE, NegotiatedFormat, OpenCamera, colours_of, in_order_of_use,
};
use crate::camera::device::pixel_format::PixelFormat;
use crate::camera::error::CameraError;
use crate::camera::{CameraDevice, CameraSettings, Rotation, find_camera, list_cameras};
use agemirror_faces::mailbox::Mailbox;

/// Pause before looking again for a vanished device, or reopening a broken stream.
const REOPEN_PAUSE: Duration = Duration::from_millis(300);

/// Pause before retrying a device that refused to open.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// How long to wait for the camera used before, once it vanishes, before another one may replace it.
/// Applies only if the user has chosen no camera.
const PREFERRED_CAMERA_TIMEOUT: Duration = Duration::from_secs(3);

/// The generation of a stopped source: no reader is current.
const NO_READER: u64 = 0;

/// State shared by a source, its watchdog and its readers.
pub(crate) struct Shared {
    /// The user's settings.
    pub settings: CameraSettings,
    /// The newest frame, undecoded.
    pub frames: Mailbox<RawFrame>,
    status: Mutex<Status>,
    device: Mutex<Option<CameraDevice>>,
    /// Name of the device tried last, whether it could be opened or not.
    attempted_name: Mutex<Option<String>>,
    /// Number of the current reader; all others are abandoned.
    generation: AtomicU64,
    /// Number of abandoned readers that have not ended yet.
    abandoned: AtomicUsize,
}

impl Shared {
    pub(crate) fn new(settings: CameraSettings) -> Self {
        Self {
            settings,
            frames: Mailbox::default(),
            status: Mutex::default(),
            device: Mutex::default(),
            attempted_name: Mutex::default(),
            generation: AtomicU64::new(NO_READER + 1),
            abandoned: AtomicUsize::new(0),
        }
    }

    pub(crate) fn status(&self) -> MutexGuard<'_, Status> {
        self.status.lock()
    }

    /// The device opened last.
    pub(crate) fn device(&self) -> Option<CameraDevice> {
        self.device.lock().clone()
    }

    /// Name of the device tried last.
    pub(crate) fn attempted_name(&self) -> Option<String> {
        self.attempted_name.lock().clone()
    }

    fn set_attempted(&self, device: &CameraDevice) {
        *self.attempted_name.lock() = Some(device.name.clone());
    }

    /// Tells every thread of the source to end.
    pub(crate) fn stop(&self) {
        self.generation.store(NO_READER, Ordering::Release);
        self.frames.close();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.generation.load(Ordering::Acquire) == NO_READER
    }

    /// Abandons the current reader, so that the next one becomes current.
    pub(crate) fn abandon_reader(&self) {
        let current = self.generation.load(Ordering::Acquire);
        if current != NO_READER {
            // Fails only if the source is stopped meanwhile, which is final.
            let _ =
                self.generation.compare_exchange(current, current + 1, Ordering::AcqRel, Ordering::Acquire);
        }
    }

    /// Starts the reader of the current generation.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(crate) fn start_reader(self: &Arc<Self>) -> std::io::Result<thread::JoinHandle<()>> {
        let generation = self.generation.load(Ordering::Acquire);
        let mut reader = Reader { shared: Arc::clone(self), generation, last_seen: None };
        thread::Builder::new().name("camera-reader".to_owned()).spawn(move || reader.run())
    }

    /// Sets the number of abandoned readers still in the driver.
    pub(crate) fn set_abandoned(&self, count: usize) {
        self.abandoned.store(count, Ordering::Release);
    }
}

struct Reader {
    shared: Arc<Shared>,
    generation: u64,
    last_seen: Option<Instant>,
}

impl Reader {
    fn run(&mut self) {
        while self.is_current() {
            // The library panics in several places, also when a stream is closed.
            let ended = catch_unwind(AssertUnwindSafe(|| self.session()))
                .unwrap_or_else(|_| Err(CameraError::Other("its driver returned invalid data".to_owned())));
            let Err(error) = ended else { break };
            self.pause(self.report(error));
        }
    }

    /// Whether this reader has not been abandoned.
    fn is_current(&self) -> bool {
        self.shared.generation.load(Ordering::Acquire) == self.generation
    }

    /// Reports the end of a session to the status, and returns the pause before the next.
    fn report(&self, error: CameraError) -> Duration {
        if !self.is_current() {
            return Duration::ZERO;
        }
        let error = match error {
            // An abandoned reader of ours holds the device.
            CameraError::Busy if self.shared.abandoned.load(Ordering::Acquire) > 0 => CameraError::Broken,
            other => other,
        };
        let pause =
            if matches!(error, CameraError::Gone | CameraError::Broken) { REOPEN_PAUSE } else { RETRY_PAUSE };
        let any_camera = !list_cameras().is_empty();
        self.shared.status().failed(error, any_camera);
        pause
    }

    fn pause(&self, duration: Duration) {
        let end = Instant::now() + duration;
        while self.is_current() && Instant::now() < end {
            thread::park_timeout(end.saturating_duration_since(Instant::now()));
        }
    }

    /// Opens the device and reads frames until the stream ends, or returns `Ok` once this reader is
    /// abandoned.
    fn session(&mut self) -> Result<(), CameraError> {
        let candidates = self.candidates();
        if candidates.is_empty() {
            return Err(CameraError::Gone);
        }
        self.shared.status().opening(Instant::now());
        let (device, camera) = self.open_first(candidates)?;
        // The guard closes the camera before the device is opened again.
        let mut camera = CloseGuard(Some(camera));
        if !self.is_current() {
            return Ok(());
        }
        *self.shared.device.lock() = Some(device);
        let Some(camera) = camera.0.as_mut() else { return Ok(()) };
        let format = stream_format(camera.negotiated(), self.shared.settings.rotation);
        self.shared.status().opened(Instant::now(), format);
        self.read_frames(camera)
    }

    /// The selected camera. If none is selected: the one used before, and after a while every camera.
    fn candidates(&mut self) -> Vec<CameraDevice> {
        let (cameras, now) = (list_cameras(), Instant::now());
        let settings = &self.shared.settings;
        if settings.is_any() {
            let before = self.shared.device();
            let Some(before) = before else { return cameras };
            let preferred =
                CameraSettings { name: Some(before.name), path: Some(before.path), ..settings.clone() };
            return match find_camera(&cameras, &preferred) {
                Some(found) => {
                    self.last_seen = Some(now);
                    vec![found.clone()]
                }
                None if self
                    .last_seen
                    .is_some_and(|seen| now.saturating_duration_since(seen) <= PREFERRED_CAMERA_TIMEOUT) =>
                {
                    Vec::new()
                }
                None => cameras,
            };
        }
        find_camera(&cameras, settings).cloned().into_iter().collect()
    }

    /// Opens the first of `candidates` that can be opened, colour cameras before infrared ones.
    fn open_first(&self, candidates: Vec<CameraDevice>) -> Result<(CameraDevice, OpenCamera), CameraError> {
        let ordered = match candidates.len() {
            0 | 1 => candidates,
            _ => in_order_of_use(
                candidates.into_iter().map(|device| (device.clone(), colours_of(&device))).collect(),
            ),
        };
        let mut first: Option<(CameraDevice, CameraError)> = None;
        for device in ordered {
            self.shared.set_attempted(&device);
            match OpenCamera::open(&device, &self.shared.settings) {
                Ok(camera) => return Ok((device, camera)),
                Err(error) => {
                    first.get_or_insert((device, error));
                }
            }
        }
        let Some((device, error)) = first else { return Err(CameraError::Gone) };
        self.shared.set_attempted(&device);
        Err(error)
    }

    /// Passes on every frame until the stream ends or this reader is abandoned.
    fn read_frames(&mut self, camera: &mut OpenCamera) -> Result<(), CameraError> {
        let negotiated = camera.negotiated();
        let mut last_capture = None;
        while self.is_current() {
            let frame = camera.next_frame().map_err(|error| match error {
                // Before the first frame, the driver's message says why the stream cannot start.
                CameraError::Other(_) if last_capture.is_some() => CameraError::Broken,
                known => known,
            })?;
            if !self.is_current() {
                break;
            }
            let now = Instant::now();
            self.last_seen = Some(now);
            let captured = frame.captured.max(last_capture.unwrap_or(now - MAX_FRAME_AGE));
            last_capture = Some(captured);
            let is_intact = is_intact(&frame, negotiated.format);
            let mut status = self.shared.status();
            status.arrived(now);
            if is_intact {
                drop(status);
                self.shared.frames.put(RawFrame { bytes: frame.bytes, negotiated, captured });
            } else {
                status.damaged();
            }
        }
        Ok(())
    }
}

/// Whether a frame is complete. Takes microseconds, and must be done here, where every frame passes.
fn is_intact(frame: &CapturedFrame, format: PixelFormat) -> bool {
    !frame.is_damaged && (format != PixelFormat::MotionJpeg || outline(&frame.bytes).is_some())
}

fn stream_format(negotiated: NegotiatedFormat, rotation: Rotation) -> StreamFormat {
    let NegotiatedFormat { format, width, height, period, .. } = negotiated;
    let (width, height) = match rotation {
        Rotation::None | Rotation::Half => (width, height),
        Rotation::Quarter | Rotation::ThreeQuarters => (height, width),
    };
    StreamFormat { width, height, period, format_name: format.name() }
}

/// Closes a camera and catches the panic: the library panics if a stream does not stop properly, which
/// during another panic would abort the program.
struct CloseGuard(Option<OpenCamera>);

impl Drop for CloseGuard {
    fn drop(&mut self) {
        let camera = self.0.take();
        if catch_unwind(AssertUnwindSafe(|| drop(camera))).is_err() {
            tracing::warn!("the camera's stream did not stop properly");
        }
    }
}
