//! The scripted camera.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agemirror::camera::{FrameSource, SourceCounters, SourceState};
use agemirror::pipeline::SourceFactory;
use agemirror_pictures::Frame;
use image::{Rgb, RgbImage};

use crate::countdown::take_one;

/// Time between two frames.
const PERIOD: Duration = Duration::from_millis(10);

/// Handle to the scripted cameras that the pipeline opens; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Camera {
    sent: Arc<AtomicU64>,
    pub made: Arc<AtomicUsize>,
    pub panics: Arc<AtomicUsize>,
    silent: Arc<Mutex<Option<SourceState>>>,
    size: Arc<Mutex<Option<(u32, u32)>>>,
    stuck: Arc<(AtomicBool, AtomicBool)>,
    alive: Arc<()>,
}

impl Camera {
    pub(crate) fn maker(&self) -> SourceFactory {
        let camera = self.clone();
        let alive = Arc::downgrade(&self.alive);
        let camera = Self { alive: Arc::default(), ..camera };
        Arc::new(move || {
            camera.made.fetch_add(1, Ordering::SeqCst);
            Box::new(Scripted { camera: camera.clone(), _alive: alive.upgrade() })
        })
    }

    /// The number of the newest frame.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }

    pub(crate) fn silence(&self, state: SourceState) {
        *self.silent.lock().unwrap() = Some(state);
    }

    pub(crate) fn speak(&self) {
        *self.silent.lock().unwrap() = None;
    }

    pub(crate) fn size(&self, width: u32, height: u32) {
        *self.size.lock().unwrap() = Some((width, height));
    }

    pub(crate) fn get_stuck(&self) {
        self.stuck.0.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_stuck(&self) -> bool {
        self.stuck.1.load(Ordering::SeqCst)
    }

    pub(crate) fn come_loose(&self) {
        self.stuck.0.store(false, Ordering::SeqCst);
    }

    /// Whether all opened cameras were dropped.
    pub(crate) fn is_let_go(&self) -> bool {
        Arc::strong_count(&self.alive) == 1
    }
}

struct Scripted {
    camera: Camera,
    _alive: Option<Arc<()>>,
}

impl FrameSource for Scripted {
    fn name(&self) -> String {
        "scripted camera".to_owned()
    }

    fn next_frame(&mut self, patience: Duration) -> Option<Frame> {
        let camera = &self.camera;
        if take_one(&camera.panics) {
            panic!("the scripted camera panics");
        }
        while camera.stuck.0.load(Ordering::SeqCst) {
            camera.stuck.1.store(true, Ordering::SeqCst);
            std::thread::sleep(PERIOD);
        }
        camera.stuck.1.store(false, Ordering::SeqCst);
        if camera.silent.lock().unwrap().is_some() {
            std::thread::sleep(patience);
            return None;
        }
        std::thread::sleep(PERIOD);
        let (width, height) = camera.size.lock().unwrap().unwrap_or((640, 480));
        let number = camera.sent.fetch_add(1, Ordering::SeqCst) + 1;
        let picture = Arc::new(RgbImage::from_pixel(width, height, Rgb([number as u8, 128, 255])));
        Some(Frame { picture, captured: Instant::now(), number, mirrored: false })
    }

    fn state(&self) -> SourceState {
        let streaming = SourceState::Streaming {
            width: 640,
            height: 480,
            format: "TEST".to_owned(),
            measured_rate: 100.0,
        };
        self.camera.silent.lock().unwrap().clone().unwrap_or(streaming)
    }

    fn counters(&self) -> SourceCounters {
        SourceCounters { frames: self.camera.sent(), ..SourceCounters::default() }
    }
}
