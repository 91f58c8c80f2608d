//! The thread that owns the device: it opens it, drains it, and opens it again when that ends.
//!
//! It may be stuck in the driver at any moment, for ever, so nobody ever waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::status::{Agreed, Status};
use crate::camera::decode::RawFrame;
use crate::camera::decode::jpeg::outline;
use crate::camera::device::backend::{
    CapturedFrame, NegotiatedFormat, OLDEST_FRAME, OpenCamera, colours_of, in_order_of_use,
};
use crate::camera::device::pixel_format::PixelFormat;
use crate::camera::device::trouble::Trouble;
use crate::camera::{CameraDevice, CameraSettings, Rotation, find_camera, list_cameras};
use agemirror_faces::mailbox::Mailbox;

/// How often a device that has vanished is looked for, and a broken stream opened again.
const LOOK_AGAIN: Duration = Duration::from_millis(300);

/// How often a device that refuses is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// How long the camera that ran is waited for before the first other one may take its place; only
/// where the user has chosen none.
const LOYALTY: Duration = Duration::from_secs(3);

/// The generation of a source that was dropped.
const NOBODY: u64 = 0;

/// What the source, its watchdog and its readers share.
pub(crate) struct Shared {
    /// Which camera is wanted and how.
    pub settings: CameraSettings,
    /// The newest frame, as the driver gave it.
    pub frames: Mailbox<RawFrame>,
    status: Mutex<Status>,
    device: Mutex<Option<CameraDevice>>,
    /// The name of the device that was tried last, whether it could be opened or not.
    tried_name: Mutex<Option<String>>,
    /// The number of the reader whose word counts.
    generation: AtomicU64,
    /// Readers that were given up and have not ended yet.
    given_up: AtomicUsize,
}

impl Shared {
    pub(crate) fn new(settings: CameraSettings) -> Self {
        Self {
            settings,
            frames: Mailbox::default(),
            status: Mutex::default(),
            device: Mutex::default(),
            tried_name: Mutex::default(),
            generation: AtomicU64::new(NOBODY + 1),
            given_up: AtomicUsize::new(0),
        }
    }

    /// A panic elsewhere cannot leave the status half-written.
    pub(crate) fn status(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The device that was opened last.
    pub(crate) fn device(&self) -> Option<CameraDevice> {
        self.device.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The name of the device that was tried last.
    pub(crate) fn tried_name(&self) -> Option<String> {
        self.tried_name.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_tried(&self, device: &CameraDevice) {
        *self.tried_name.lock().unwrap_or_else(PoisonError::into_inner) = Some(device.name.clone());
    }

    /// Ends every thread of the source as soon as it looks.
    pub(crate) fn stop(&self) {
        self.generation.store(NOBODY, Ordering::Release);
        self.frames.close();
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.generation.load(Ordering::Acquire) == NOBODY
    }

    /// Takes the word from the present reader, so that the next one started has it.
    pub(crate) fn give_up_reader(&self) {
        let current = self.generation.load(Ordering::Acquire);
        if current != NOBODY {
            // Fails only when the source is stopped in between, which holds for good.
            let _ =
                self.generation.compare_exchange(current, current + 1, Ordering::AcqRel, Ordering::Acquire);
        }
    }

    /// Starts the reader of the present generation.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub(crate) fn start_reader(self: &Arc<Self>) -> std::io::Result<thread::JoinHandle<()>> {
        let generation = self.generation.load(Ordering::Acquire);
        let mut reader = Reader { shared: Arc::clone(self), generation, last_seen: None };
        thread::Builder::new().name("camera-reader".to_owned()).spawn(move || reader.run())
    }

    /// Notes how many given-up readers still hang in the driver.
    pub(crate) fn set_given_up(&self, count: usize) {
        self.given_up.store(count, Ordering::Release);
    }
}

struct Reader {
    shared: Arc<Shared>,
    generation: u64,
    last_seen: Option<Instant>,
}

impl Reader {
    fn run(&mut self) {
        while self.counts() {
            // The library panics here and there, also when a stream is closed.
            let ended = catch_unwind(AssertUnwindSafe(|| self.session())).unwrap_or_else(|_| {
                Err(Trouble::Other("its driver gives an answer that makes no sense".to_owned()))
            });
            let Err(trouble) = ended else { break };
            self.pause(self.report(trouble));
        }
    }

    /// Whether this reader is the present one.
    fn counts(&self) -> bool {
        self.shared.generation.load(Ordering::Acquire) == self.generation
    }

    /// Tells the status of a session that ended, and how long to wait before the next.
    fn report(&self, trouble: Trouble) -> Duration {
        if !self.counts() {
            return Duration::ZERO;
        }
        let trouble = match trouble {
            // It is we who hold it: a reader that was given up.
            Trouble::Busy if self.shared.given_up.load(Ordering::Acquire) > 0 => Trouble::Broken,
            other => other,
        };
        let wait = if matches!(trouble, Trouble::Gone | Trouble::Broken) { LOOK_AGAIN } else { ASK_AGAIN };
        let any_camera = !list_cameras().is_empty();
        self.shared.status().troubled(trouble, any_camera);
        wait
    }

    fn pause(&self, length: Duration) {
        let end = Instant::now() + length;
        while self.counts() && Instant::now() < end {
            thread::park_timeout(end.saturating_duration_since(Instant::now()));
        }
    }

    /// Opens the device and drains it until that ends: `Ok` when this reader no longer counts.
    fn session(&mut self) -> Result<(), Trouble> {
        let candidates = self.candidates();
        if candidates.is_empty() {
            return Err(Trouble::Gone);
        }
        self.shared.status().opening(Instant::now());
        let (device, camera) = self.open_first(candidates)?;
        // Declared so that the camera is closed before the device is looked for again.
        let mut camera = Closing(Some(camera));
        if !self.counts() {
            return Ok(());
        }
        *self.shared.device.lock().unwrap_or_else(PoisonError::into_inner) = Some(device);
        let Some(camera) = camera.0.as_mut() else { return Ok(()) };
        let agreed = agreed_with(camera.negotiated(), self.shared.settings.rotation);
        self.shared.status().opened(Instant::now(), agreed);
        self.drain(camera)
    }

    /// The wanted camera. Where none is wanted: the one that ran, and after a while all that there are.
    fn candidates(&mut self) -> Vec<CameraDevice> {
        let (cameras, now) = (list_cameras(), Instant::now());
        let settings = &self.shared.settings;
        if settings.is_any() {
            let before = self.shared.device();
            let Some(before) = before else { return cameras };
            let loyal =
                CameraSettings { name: Some(before.name), path: Some(before.path), ..settings.clone() };
            return match find_camera(&cameras, &loyal) {
                Some(found) => {
                    self.last_seen = Some(now);
                    vec![found.clone()]
                }
                None if self.last_seen.is_some_and(|seen| now.saturating_duration_since(seen) <= LOYALTY) => {
                    Vec::new()
                }
                None => cameras,
            };
        }
        find_camera(&cameras, settings).cloned().into_iter().collect()
    }

    /// Opens the first of `candidates` that can be opened, those with colours before infrared ones.
    fn open_first(&self, candidates: Vec<CameraDevice>) -> Result<(CameraDevice, OpenCamera), Trouble> {
        let ordered = match candidates.len() {
            0 | 1 => candidates,
            _ => in_order_of_use(
                candidates.into_iter().map(|device| (device.clone(), colours_of(&device))).collect(),
            ),
        };
        let mut first: Option<(CameraDevice, Trouble)> = None;
        for device in ordered {
            self.shared.set_tried(&device);
            match OpenCamera::open(&device, &self.shared.settings) {
                Ok(camera) => return Ok((device, camera)),
                Err(trouble) => {
                    first.get_or_insert((device, trouble));
                }
            }
        }
        let Some((device, trouble)) = first else { return Err(Trouble::Gone) };
        self.shared.set_tried(&device);
        Err(trouble)
    }

    /// Hands on every frame as it comes.
    fn drain(&mut self, camera: &mut OpenCamera) -> Result<(), Trouble> {
        let negotiated = camera.negotiated();
        let mut last_capture = None;
        while self.counts() {
            let frame = camera.next_frame().map_err(|trouble| match trouble {
                // What a driver says when the stream begins is why it cannot.
                Trouble::Other(_) if last_capture.is_some() => Trouble::Broken,
                known => known,
            })?;
            if !self.counts() {
                break;
            }
            let now = Instant::now();
            self.last_seen = Some(now);
            let captured = frame.captured.max(last_capture.unwrap_or(now - OLDEST_FRAME));
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

/// Whether a frame has its end. It costs some microseconds, and has to be done here where every frame
/// passes.
fn is_intact(frame: &CapturedFrame, format: PixelFormat) -> bool {
    !frame.is_damaged && (format != PixelFormat::MotionJpeg || outline(&frame.bytes).is_some())
}

fn agreed_with(negotiated: NegotiatedFormat, rotation: Rotation) -> Agreed {
    let NegotiatedFormat { format, width, height, period, .. } = negotiated;
    let (width, height) = match rotation {
        Rotation::None | Rotation::Half => (width, height),
        Rotation::Quarter | Rotation::ThreeQuarters => (height, width),
    };
    Agreed { width, height, period, format: format.name() }
}

/// Closes a camera without ever letting a panic out: the library panics when a stream does not stop
/// properly, which during another panic would end the program.
struct Closing(Option<OpenCamera>);

impl Drop for Closing {
    fn drop(&mut self) {
        let camera = self.0.take();
        if catch_unwind(AssertUnwindSafe(|| drop(camera))).is_err() {
            tracing::warn!("the camera's stream did not stop properly");
        }
    }
}
