//! The live pipeline: capture, face and inference threads, their mailboxes, timings and faults.
//!
//! ```text
//! source -> [capture] -> newest frame -> [face] -> newest faces -> [inference] -> tiles
//!               `-> input, at once            `-> faces
//! ```
//! Threads pass work through mailboxes with one slot: a slow thread skips frames, nothing queues.
//!
//! # Example
//! Ages a face from a scripted source. The source here sends one picture; a real one opens a camera.
//! ```
//! use std::sync::Arc;
//! use std::time::{Duration, Instant};
//!
//! use agemirror::camera::{FrameSource, SourceCounters, SourceState};
//! use agemirror::pipeline::{Pipeline, PipelineSettings, SourceChoice};
//! use agemirror_pictures::Frame;
//! use image::RgbImage;
//!
//! struct Scripted(Option<RgbImage>);
//!
//! impl FrameSource for Scripted {
//!     fn name(&self) -> String {
//!         "scripted".to_owned()
//!     }
//!     fn next_frame(&mut self, timeout: Duration) -> Option<Frame> {
//!         let picture = self.0.take().map(Arc::new);
//!         if picture.is_none() {
//!             std::thread::sleep(timeout);
//!         }
//!         Some(Frame { picture: picture?, captured: Instant::now(), number: 0, mirrored: false })
//!     }
//!     fn state(&self) -> SourceState {
//!         SourceState::Still
//!     }
//!     fn counters(&self) -> SourceCounters {
//!         SourceCounters::default()
//!     }
//! }
//!
//! let portrait = std::fs::read("assets/astronaut.jpg")?;
//! let portrait = agemirror_pictures::decode_picture(&portrait, "astronaut.jpg")?.picture;
//! let source = Arc::new(move || Box::new(Scripted(Some(portrait.clone()))) as Box<dyn FrameSource>);
//! let settings = PipelineSettings {
//!     source: SourceChoice::Custom(source),
//!     ages: vec![70.0],
//!     ..PipelineSettings::default()
//! };
//! let pipeline = Pipeline::start(settings, Arc::new(|| {}));
//!
//! let deadline = Instant::now() + Duration::from_secs(300);
//! let tiles = loop {
//!     let view = pipeline.view();
//!     if let Some(tiles) = view.tiles.filter(|tiles| tiles.has_tiles()) {
//!         break tiles;
//!     }
//!     assert!(Instant::now() < deadline, "no tiles: {:?}", view.status.fault);
//!     std::thread::sleep(Duration::from_millis(20));
//! };
//! assert_eq!(tiles.faces[0].tiles[0].age, 70.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod capture_thread;
mod command;
mod detector;
mod encoding;
mod face_thread;
mod held_frame;
mod inference_thread;
mod live_tiles;
mod pace;
mod restraint;
mod settings;
mod shared;
mod statistics;
mod supervise;
mod view;
mod wanted;

use std::sync::Arc;

pub use agemirror_kernels::{CpuReason, DeviceChoice, DeviceDescription};
pub use command::Command;
pub use detector::{DetectorError, FaceDetector, bundled_detector};
pub(crate) use live_tiles::AGES_PER_BATCH;
pub use settings::{DetectorFactory, ModelOpener, PipelineSettings, SourceChoice, SourceFactory};
pub use shared::Notify;
pub(crate) use statistics::quantile;
pub use view::{
    AgedFace, FaceReport, Fault, HistoryPoint, LiveView, Progress, Restraint, Spread, Statistics, Status,
    Tile, TileSet,
};

use shared::Shared;

/// Names of the pipeline's threads.
pub const THREADS: [&str; 3] = [CAPTURE, FACE, INFERENCE];
const CAPTURE: &str = "capture";
const FACE: &str = "face";
const INFERENCE: &str = "inference";

/// A running pipeline. Dropping it tells its threads to stop without waiting for them, so that a stuck
/// device cannot freeze the window.
pub struct Pipeline {
    shared: Arc<Shared>,
}

impl Pipeline {
    /// Starts the threads. They call `notify` whenever [`Pipeline::view`] has something new; it must not
    /// block.
    pub fn start(settings: PipelineSettings, notify: Notify) -> Self {
        let shared = Arc::new(Shared::new(&settings, notify));
        supervise::spawn(&shared, CAPTURE, capture_thread::run);
        let detector_factory = settings.detector_factory;
        supervise::spawn(&shared, FACE, move |shared| face_thread::run(shared, &detector_factory));
        let (open_model, slow_after) = (settings.open_model, settings.slow_after);
        supervise::spawn(&shared, INFERENCE, move |shared| {
            inference_thread::run(shared, &open_model, slow_after);
        });
        Self { shared }
    }

    /// Sends a command. Never blocks; the threads react within a frame.
    pub fn send(&self, command: Command) {
        self.shared.apply(command);
    }

    /// The current state. Never waits for a working thread.
    pub fn view(&self) -> LiveView {
        self.shared.view()
    }
}

impl Pipeline {
    /// Looks at the pipeline from another thread, also when the pipeline has ended.
    pub fn viewer(&self) -> Arc<dyn Fn() -> LiveView + Send + Sync> {
        let shared = Arc::clone(&self.shared);
        Arc::new(move || shared.view())
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.shared.stop();
    }
}
