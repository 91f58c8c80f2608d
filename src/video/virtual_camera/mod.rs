//! The aged picture as a camera for other programs.
//!
//! On Linux the kernel module v4l2loopback makes a device that programs take for a camera; frames are written to
//! it as YUYV. A pipe is served too, for tests and for programs that read raw video.

mod device;
mod yuyv;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::recorder::ViewSource;
use super::{LiveLayout, LivePicture, VideoError};
use device::{Device, DeviceProblem};
use yuyv::Yuyv;

/// Time between two looks at the pipeline.
const TICK: Duration = Duration::from_nanos(1_000_000_000 / 30);
/// A picture is sent again after this time without a new one, for programs that begin to read.
const REPEAT: Duration = Duration::from_millis(100);
/// Time between two tries to open the device.
const RETRY: Duration = Duration::from_secs(2);
/// How long a stop waits for the thread.
const STOPPING: Duration = Duration::from_millis(500);

/// What is sent, and where to.
#[derive(Clone, Debug, PartialEq)]
pub struct VirtualCameraSettings {
    /// The device; the first one of v4l2loopback where none is given.
    pub device: Option<PathBuf>,
    /// Width and height of its pictures in pixels, even.
    pub size: [u32; 2],
    /// What they show.
    pub layout: LiveLayout,
    /// What is written under the tiles of each age.
    pub labels: Vec<(f32, String)>,
    /// The age in years that is shown, or the nearest one there is; the first where none is given.
    pub age: Option<f32>,
}

impl Default for VirtualCameraSettings {
    fn default() -> Self {
        Self { device: None, size: [1280, 720], layout: LiveLayout::Large, labels: Vec::new(), age: None }
    }
}

/// How a virtual camera is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VirtualCameraStatus {
    /// What the device is called, once it is open.
    pub device: Option<String>,
    /// Pictures written.
    pub frames: u64,
    /// Pictures that the device did not take.
    pub dropped: u64,
    /// Why nothing is sent, in words for the user.
    pub problem: Option<String>,
}

/// A virtual camera at work. Dropping it stops it.
pub struct VirtualCamera {
    stop: Arc<AtomicBool>,
    status: Arc<Mutex<VirtualCameraStatus>>,
    thread: Option<JoinHandle<()>>,
}

impl VirtualCamera {
    /// Starts to send what `view` shows. A device that is missing, busy or gone is waited for, and the status
    /// says so.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(settings: VirtualCameraSettings, view: ViewSource) -> Result<Self, VideoError> {
        let (stop, status) = (Arc::<AtomicBool>::default(), Arc::<Mutex<VirtualCameraStatus>>::default());
        let (theirs, told) = (Arc::clone(&stop), Arc::clone(&status));
        let thread = std::thread::Builder::new()
            .name("virtual-camera".to_owned())
            .spawn(move || serve(&settings, &view, &theirs, &told))
            .map_err(VideoError::Thread)?;
        Ok(Self { stop, status, thread: Some(thread) })
    }

    /// How it is doing.
    #[must_use]
    pub fn status(&self) -> VirtualCameraStatus {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for VirtualCamera {
    /// A device that does not answer is left to its thread.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let deadline = Instant::now() + STOPPING;
        while self.thread.as_ref().is_some_and(|thread| !thread.is_finished()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Opens the device again and again, and sends pictures while it is there.
fn serve(
    settings: &VirtualCameraSettings,
    view: &ViewSource,
    stop: &AtomicBool,
    status: &Mutex<VirtualCameraStatus>,
) {
    let update = |change: &dyn Fn(&mut VirtualCameraStatus)| {
        change(&mut status.lock().unwrap_or_else(PoisonError::into_inner));
    };
    while !stop.load(Ordering::Relaxed) {
        let problem = match Device::open(settings.device.as_deref(), settings.size) {
            Ok(mut device) => {
                update(&|status| (status.device, status.problem) = (Some(device.name().to_owned()), None));
                send(settings, view, stop, &mut device, &update)
            }
            Err(problem) => Some(problem),
        };
        if let Some(problem) = problem {
            tracing::debug!("the virtual camera waits: {problem}");
            update(&|status| (status.device, status.problem) = (None, Some(problem.to_string())));
            let again = Instant::now() + RETRY;
            while Instant::now() < again && !stop.load(Ordering::Relaxed) {
                std::thread::sleep(TICK);
            }
        }
    }
}

/// Sends pictures until it is stopped or the device is gone.
fn send(
    settings: &VirtualCameraSettings,
    view: &ViewSource,
    stop: &AtomicBool,
    device: &mut Device,
    update: &dyn Fn(&dyn Fn(&mut VirtualCameraStatus)),
) -> Option<DeviceProblem> {
    let size = device.size();
    let picture = LivePicture::new(settings.layout, settings.labels.clone(), Some(size));
    let mut picture = picture.at(settings.age).unmirrored();
    let mut encoded = Yuyv::new(size);
    let (mut sent, mut has_picture) = (Instant::now(), false);
    let mut due = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        let new = picture.draw(&view());
        if let Some(new) = &new {
            encoded.encode(new);
            has_picture = true;
        }
        if new.is_some() || (has_picture && sent.elapsed() >= REPEAT) {
            sent = Instant::now();
            match device.write(encoded.bytes()) {
                Ok(true) => update(&|status| status.frames += 1),
                Ok(false) => update(&|status| status.dropped += 1),
                Err(problem) => return Some(problem),
            }
        }
        due = (due + TICK).max(Instant::now());
        std::thread::sleep(due.saturating_duration_since(Instant::now()).min(TICK));
    }
    None
}

#[cfg(all(test, unix))]
#[path = "tests.rs"]
mod tests;
