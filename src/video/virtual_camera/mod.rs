//! A virtual camera that shows the aged picture to other programs.
//!
//! On Linux, the kernel module v4l2loopback creates a device that other programs use like a camera; frames are written
//! to it as YUYV. PipeWire offers a camera without a kernel module, to programs that ask it for cameras. A pipe works
//! too, for tests and for programs that read raw video.

mod daemon;
mod device;
#[cfg(target_os = "linux")]
mod loopback;
mod pipewire;
mod problem;
mod yuyv;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::recorder::ViewSource;
use super::{LiveLayout, LivePicture, VideoError};
use crate::text::{Message, message};
use device::Device;
pub use device::VirtualCameraDevice;
use problem::DeviceProblem;
use yuyv::Yuyv;

/// Interval between polls of the pipeline.
const POLL: Duration = Duration::from_millis(4);
/// Time without a new picture after which the last one is sent again, for programs that have just opened the camera.
/// Until there is one, a black picture is sent, so that they do not give up.
const REPEAT: Duration = Duration::from_millis(100);
/// Time between attempts to open the device.
const RETRY: Duration = Duration::from_secs(2);
/// Maximum time that stopping waits for the thread.
const STOP_TIMEOUT: Duration = Duration::from_millis(500);

/// Settings of a virtual camera.
#[derive(Clone, Debug, PartialEq)]
pub struct VirtualCameraSettings {
    /// The device.
    pub device: VirtualCameraDevice,
    /// Width and height of the pictures in pixels; both even.
    pub size: [u32; 2],
    /// What the pictures show.
    pub layout: LiveLayout,
    /// Caption of each age (in years).
    pub labels: Vec<(f32, String)>,
    /// Age that the large layout shows, in years (the nearest one that has a tile); `None` shows the first tile.
    pub age: Option<f32>,
}

impl Default for VirtualCameraSettings {
    fn default() -> Self {
        Self {
            device: VirtualCameraDevice::default(),
            size: [1280, 720],
            layout: LiveLayout::Large,
            labels: Vec::new(),
            age: None,
        }
    }
}

/// Status of a virtual camera.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VirtualCameraStatus {
    /// Name of the device, once it is open.
    pub device: Option<String>,
    /// Number of pictures written.
    pub frames: u64,
    /// Number of pictures that the device did not take.
    pub dropped: u64,
    /// Why nothing is sent, for the user.
    pub problem: Option<Message>,
}

/// A running virtual camera. Dropping it stops it.
pub struct VirtualCamera {
    stop: Arc<AtomicBool>,
    age: Arc<Mutex<Option<f32>>>,
    status: Arc<Mutex<VirtualCameraStatus>>,
    thread: Option<JoinHandle<()>>,
}

impl VirtualCamera {
    /// Starts sending what `view` returns. If the device is missing, busy or gone, the status says so and the camera
    /// retries.
    ///
    /// # Errors
    /// When the system cannot start another thread.
    pub fn start(settings: VirtualCameraSettings, view: ViewSource) -> Result<Self, VideoError> {
        let (stop, status) = (Arc::<AtomicBool>::default(), Arc::<Mutex<VirtualCameraStatus>>::default());
        let age = Arc::new(Mutex::new(settings.age));
        let (theirs, told, shown) = (Arc::clone(&stop), Arc::clone(&status), Arc::clone(&age));
        let thread = std::thread::Builder::new()
            .name("virtual-camera".to_owned())
            .spawn(move || serve(&settings, &view, &theirs, &shown, &told))
            .map_err(VideoError::Thread)?;
        Ok(Self { stop, age, status, thread: Some(thread) })
    }

    /// Sets the age that the large layout shows; see [`VirtualCameraSettings::age`].
    pub fn show_age(&self, age: Option<f32>) {
        *self.age.lock().unwrap_or_else(PoisonError::into_inner) = age;
    }

    /// The current status.
    #[must_use]
    pub fn status(&self) -> VirtualCameraStatus {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let has_ended = self.thread.as_ref().is_none_or(JoinHandle::is_finished);
        if has_ended && !self.stop.load(Ordering::Relaxed) {
            (status.device, status.problem) = (None, Some(message!("virtual-camera-panic")));
        }
        status
    }
}

impl Drop for VirtualCamera {
    /// Leaves the thread behind if its device does not answer.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let deadline = Instant::now() + STOP_TIMEOUT;
        while self.thread.as_ref().is_some_and(|thread| !thread.is_finished()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Opens the device, sends pictures while it exists, and starts again.
fn serve(
    settings: &VirtualCameraSettings,
    view: &ViewSource,
    stop: &AtomicBool,
    age: &Mutex<Option<f32>>,
    status: &Mutex<VirtualCameraStatus>,
) {
    let update = |change: &dyn Fn(&mut VirtualCameraStatus)| {
        change(&mut status.lock().unwrap_or_else(PoisonError::into_inner));
    };
    while !stop.load(Ordering::Relaxed) {
        let problem = match Device::open(&settings.device, settings.size) {
            Ok(mut device) => {
                update(&|status| (status.device, status.problem) = (Some(device.name().to_owned()), None));
                send(settings, view, stop, age, &mut device, &update)
            }
            Err(problem) => Some(problem),
        };
        if let Some(problem) = problem {
            tracing::debug!("the virtual camera is waiting: {problem}");
            update(&|status| (status.device, status.problem) = (None, Some(problem.message())));
            let again = Instant::now() + RETRY;
            while Instant::now() < again && !stop.load(Ordering::Relaxed) {
                std::thread::sleep(POLL);
            }
        }
    }
}

/// Sends pictures until a stop is requested or the device is gone.
fn send(
    settings: &VirtualCameraSettings,
    view: &ViewSource,
    stop: &AtomicBool,
    age: &Mutex<Option<f32>>,
    device: &mut Device,
    update: &dyn Fn(&dyn Fn(&mut VirtualCameraStatus)),
) -> Option<DeviceProblem> {
    let size = device.size();
    let picture = LivePicture::new(settings.layout, settings.labels.clone(), Some(size));
    let mut picture = picture.unmirrored();
    let mut encoded = Yuyv::new(size);
    let mut sent = None::<Instant>;
    while !stop.load(Ordering::Relaxed) {
        picture.show_age(*age.lock().unwrap_or_else(PoisonError::into_inner));
        let new = picture.draw(&view());
        if let Some(new) = &new {
            encoded.encode(new);
        }
        if new.is_some() || sent.is_none_or(|sent| sent.elapsed() >= REPEAT) {
            sent = Some(Instant::now());
            match device.write(encoded.bytes()) {
                Ok(true) => update(&|status| status.frames += 1),
                Ok(false) => update(&|status| status.dropped += 1),
                Err(problem) => return Some(problem),
            }
        }
        std::thread::sleep(POLL);
    }
    None
}

#[cfg(all(test, unix))]
#[path = "tests.rs"]
mod tests;
