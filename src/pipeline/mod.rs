//! The capture, face and inference threads, their mailboxes, statistics and faults.
//!
//! ```text
//! source -> [capture] -> newest frame -> [face] -> newest crop job -> [inference] -> tiles
//!               `-> input, at once            `-> faces
//! ```
//! Between two threads lies a mailbox with one slot: a slow thread skips frames, nothing queues.

mod capture;
mod captured;
mod command;
mod encoding;
mod inference;
mod looking;
mod pace;
mod settings;
mod shared;
mod statistics;
mod supervise;
mod view;
mod wanted;
mod watcher;

use std::sync::Arc;

pub use agemirror_kernels::DeviceChoice;
pub use command::Command;
pub use settings::{ModelOpener, PipelineSettings, SourceChoice, SourceMaker, WatcherMaker};
pub use shared::Notify;
pub(crate) use statistics::quantile;
pub use view::{
    AgedFace, FaceReport, Fault, HistoryPoint, LiveView, Progress, Spread, Statistics, Status, Tile, TileSet,
};
pub use watcher::{FaceWatcher, WatcherError, bundled_watcher};

use shared::Shared;

/// The names of the pipeline's threads.
pub const THREADS: [&str; 3] = [CAPTURE, FACE, INFERENCE];
const CAPTURE: &str = "capture";
const FACE: &str = "face";
const INFERENCE: &str = "inference";

/// The running pipeline. Dropping it asks its threads to end and does not wait for them, so that a
/// stuck device cannot hold up the window.
pub struct Pipeline {
    shared: Arc<Shared>,
}

impl Pipeline {
    /// Starts the threads. `notify` is called from them whenever there is something new to look at;
    /// it must not wait.
    pub fn start(settings: PipelineSettings, notify: Notify) -> Self {
        let shared = Arc::new(Shared::new(&settings, notify));
        supervise::spawn(&shared, CAPTURE, capture::work);
        let watcher = settings.watcher;
        supervise::spawn(&shared, FACE, move |shared| looking::work(shared, &watcher));
        let (models, slow_after) = (settings.models, settings.slow_after);
        supervise::spawn(&shared, INFERENCE, move |shared| inference::work(shared, &models, slow_after));
        Self { shared }
    }

    /// Asks for something. Never waits; the threads follow within a frame.
    pub fn send(&self, command: Command) {
        self.shared.obey(command);
    }

    /// What there is to see now. Never waits for a thread that works.
    pub fn view(&self) -> LiveView {
        self.shared.view()
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.shared.stop();
    }
}
