//! What the threads and the user of the pipeline share: a few small cells, each locked only to
//! copy a pointer in or out.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::command::Command;
use super::settings::PipelineSettings;
use super::statistics::{Recorder, Stage};
use super::view::{FaceReport, Fault, LiveView, Status, TileSet};
use super::wanted::Wanted;
use crate::camera::{SourceCounters, SourceState};
use agemirror_faces::aging::ModelInfo;
use agemirror_faces::face::TrackedFace;
use agemirror_faces::mailbox::Mailbox;
use agemirror_pictures::Frame;

/// The status is put together anew at most this often.
const STATUS_INTERVAL: Duration = Duration::from_millis(100);
/// A fault is shown for so long.
const FAULT_SHOWN: Duration = Duration::from_secs(10);

/// Called whenever there is something new to look at.
pub type Notify = Arc<dyn Fn() + Send + Sync>;

/// A frame on its way through the pipeline.
#[derive(Clone)]
pub(super) struct Seen {
    pub frame: Frame,
    /// Rises with every frame of the pipeline, whatever its source.
    pub order: u64,
    /// [`Wanted::source_revision`] of the source it came from.
    pub source_revision: u64,
    /// Whether it came from a camera just now, so that its age means something.
    pub live: bool,
}

/// A frame with the faces to age in it; none when there is nothing to age.
#[derive(Clone)]
pub(super) struct CropJob {
    pub seen: Seen,
    /// The chosen one first.
    pub faces: Vec<TrackedFace>,
    /// [`Wanted::faces_revision`] of the choice.
    pub faces_revision: u64,
}

impl CropJob {
    /// Whether it is of the source and the faces that are wanted.
    pub(super) fn suits(&self, wanted: &Wanted) -> bool {
        self.seen.source_revision == wanted.source_revision && self.faces_revision == wanted.faces_revision
    }

    /// Whether this job has faces of the same frame that `other` lacks, because they were found later.
    pub(super) fn adds_to(&self, other: &Self) -> bool {
        self.seen.order == other.seen.order && self.faces.len() > other.faces.len()
    }
}

struct Cells {
    input: Option<Seen>,
    job: Option<CropJob>,
    /// The faces of the moment when the user asked for a capture.
    captured: Option<CropJob>,
    faces: Arc<FaceReport>,
    tiles: Option<(u64, Arc<TileSet>)>,
    source: (String, SourceState, SourceCounters),
    device: String,
    model: Option<ModelInfo>,
    opening: Option<String>,
    refused: Option<String>,
    slow: bool,
    fault: Option<(Fault, Instant)>,
    status: Option<(Arc<Status>, Instant)>,
}

pub(super) struct Shared {
    /// Frames on their way from the camera to the face thread.
    pub frames: Mailbox<Seen>,
    /// Faces on their way from the face thread to the network.
    pub crops: Mailbox<CropJob>,
    stop: Mailbox<()>,
    stopped: AtomicBool,
    revision: AtomicU64,
    order: AtomicU64,
    wanted: Mutex<Arc<Wanted>>,
    cells: Mutex<Cells>,
    recorder: Mutex<Recorder>,
    notify: Notify,
}

impl Shared {
    pub(super) fn new(settings: &PipelineSettings, notify: Notify) -> Self {
        let wanted = Wanted::new(settings);
        let cells = Cells {
            input: None,
            job: None,
            captured: None,
            faces: Arc::default(),
            tiles: None,
            source: (String::new(), SourceState::Opening, SourceCounters::default()),
            device: String::new(),
            model: None,
            opening: None,
            refused: None,
            slow: false,
            fault: None,
            status: None,
        };
        Self {
            frames: Mailbox::default(),
            crops: Mailbox::default(),
            stop: Mailbox::default(),
            stopped: AtomicBool::new(false),
            revision: AtomicU64::new(wanted.revision),
            order: AtomicU64::new(0),
            wanted: Mutex::new(Arc::new(wanted)),
            cells: Mutex::new(cells),
            recorder: Mutex::new(Recorder::new(settings.statistics_window, Instant::now())),
            notify,
        }
    }

    pub(super) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Asks every thread to end and wakes those that wait.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.stop.close();
        self.frames.close();
        self.crops.close();
    }

    /// Waits, unless the pipeline stops.
    pub(super) fn pause(&self, length: Duration) {
        self.stop.wait(length);
    }

    pub(super) fn wanted(&self) -> Arc<Wanted> {
        Arc::clone(&lock(&self.wanted))
    }

    /// Whether something has been wanted since `revision` that makes work for it worthless.
    pub(super) fn stale(&self, revision: u64) -> bool {
        self.revision.load(Ordering::Acquire) != revision || self.stopped()
    }

    pub(super) fn obey(&self, command: Command) {
        if matches!(command, Command::Capture) {
            let mut cells = lock(&self.cells);
            cells.captured = cells.job.clone();
        }
        let mut wanted = lock(&self.wanted);
        *wanted = Arc::new(wanted.after(command));
        self.revision.store(wanted.revision, Ordering::Release);
        drop(wanted);
        self.frames.nudge();
        self.crops.nudge();
    }

    pub(super) fn notify(&self) {
        (self.notify)();
    }

    pub(super) fn note(&self, stage: Stage, duration: Duration) {
        lock(&self.recorder).note(stage, Instant::now(), duration);
    }

    /// Forgets what was made from the source before.
    pub(super) fn clear(&self) {
        let mut cells = lock(&self.cells);
        cells.input = None;
        cells.job = None;
        cells.captured = None;
        cells.faces = Arc::default();
        cells.tiles = None;
        drop(cells);
        self.notify();
    }

    /// Shows an input picture and hands it on.
    pub(super) fn show_input(&self, frame: Frame, source_revision: u64, live: bool) {
        let order = self.order.fetch_add(1, Ordering::Relaxed) + 1;
        let captured = frame.captured;
        let seen = Seen { frame, order, source_revision, live };
        lock(&self.cells).input = Some(seen.clone());
        if live {
            self.note(Stage::Input, captured.elapsed());
        }
        self.frames.put(seen);
        self.notify();
    }

    /// The frame that is shown.
    pub(super) fn newest_seen(&self) -> Option<Seen> {
        lock(&self.cells).input.clone()
    }

    /// Hands faces on to the network.
    pub(super) fn hand_on(&self, job: CropJob) {
        lock(&self.cells).job = Some(job.clone());
        self.crops.put(job);
    }

    /// Waits for faces that were handed on, and tells the face thread that it may look again.
    pub(super) fn wait_for_faces(&self, patience: Duration) -> Option<CropJob> {
        let job = self.crops.wait(patience);
        if job.is_some() {
            self.frames.nudge();
        }
        job
    }

    /// The faces that were last handed on.
    pub(super) fn newest_job(&self) -> Option<CropJob> {
        lock(&self.cells).job.clone()
    }

    /// The faces of the moment when the user asked for a capture, once.
    pub(super) fn take_captured(&self) -> Option<CropJob> {
        lock(&self.cells).captured.take()
    }

    pub(super) fn show_source(&self, name: String, state: SourceState, counters: SourceCounters) {
        let mut cells = lock(&self.cells);
        let new = (name, state, counters);
        let turned = cells.source.0 != new.0 || discriminant(&cells.source.1) != discriminant(&new.1);
        cells.source = new;
        if turned {
            cells.status = None;
            drop(cells);
            self.notify();
        }
    }

    /// Shows the faces found in a frame, unless its source is no longer the wanted one.
    pub(super) fn show_faces(&self, report: FaceReport, source_revision: u64) {
        if self.wanted().source_revision != source_revision {
            return;
        }
        lock(&self.cells).faces = Arc::new(report);
        self.notify();
    }

    /// Shows tiles, unless newer ones are shown or something else is wanted by now.
    pub(super) fn show_tiles(&self, set: TileSet, seen: &Seen, revision: u64) -> bool {
        let mut cells = lock(&self.cells);
        if self.stale(revision) || cells.tiles.as_ref().is_some_and(|(order, _)| *order > seen.order) {
            return false;
        }
        let follows = set.progress.is_none();
        cells.tiles = Some((seen.order, Arc::new(set)));
        drop(cells);
        if follows {
            lock(&self.recorder).note_tile_set(Instant::now());
        }
        self.notify();
        true
    }

    /// Shows the model in use, and the one that could not be opened in its place.
    pub(super) fn show_model(&self, device: &str, model: Option<ModelInfo>, refused: Option<&str>) {
        let mut cells = lock(&self.cells);
        cells.opening = None;
        cells.refused = refused.map(str::to_owned);
        cells.device = device.to_owned();
        cells.model = model;
        cells.status = None;
        drop(cells);
        self.notify();
    }

    /// Shows which model is being opened.
    pub(super) fn show_opening(&self, model: &str) {
        let mut cells = lock(&self.cells);
        cells.opening = Some(model.to_owned());
        cells.status = None;
        drop(cells);
        self.notify();
    }

    /// Shows whether the model is too slow to follow a camera.
    pub(super) fn show_pace(&self, slow: bool) {
        let mut cells = lock(&self.cells);
        if cells.slow != slow {
            cells.slow = slow;
            cells.status = None;
            drop(cells);
            self.notify();
        }
    }

    pub(super) fn raise(&self, fault: Fault) {
        let mut cells = lock(&self.cells);
        cells.fault = Some((fault, Instant::now()));
        cells.status = None;
        drop(cells);
        self.notify();
    }

    pub(super) fn view(&self) -> LiveView {
        let frozen = lock(&self.wanted).frozen;
        let mut cells = lock(&self.cells);
        let now = Instant::now();
        let status = match &cells.status {
            Some((status, made))
                if now.duration_since(*made) < STATUS_INTERVAL && status.frozen == frozen =>
            {
                Arc::clone(status)
            }
            _ => {
                let status = Arc::new(self.status(&cells, frozen, now));
                cells.status = Some((Arc::clone(&status), now));
                status
            }
        };
        LiveView {
            input: cells.input.as_ref().map(|seen| seen.frame.clone()),
            faces: Arc::clone(&cells.faces),
            tiles: cells.tiles.as_ref().map(|(_, set)| Arc::clone(set)),
            status,
        }
    }

    fn status(&self, cells: &Cells, frozen: bool, now: Instant) -> Status {
        let mut recorder = lock(&self.recorder);
        // Without a model nothing works, so what kept it away stays on show.
        let fresh = |(_, raised): &&(Fault, Instant)| {
            cells.model.is_none() || now.duration_since(*raised) < FAULT_SHOWN
        };
        Status {
            source: cells.source.0.clone(),
            state: cells.source.1.clone(),
            counters: cells.source.2,
            device: cells.device.clone(),
            model: cells.model.clone(),
            opening: cells.opening.clone(),
            refused: cells.refused.clone(),
            slow: cells.slow,
            frozen,
            statistics: recorder.statistics(now),
            history: recorder.history(now).into(),
            fault: cells.fault.as_ref().filter(fresh).map(|(fault, _)| fault.clone()),
        }
    }
}

fn discriminant(state: &SourceState) -> std::mem::Discriminant<SourceState> {
    std::mem::discriminant(state)
}

/// A panic elsewhere cannot leave these cells half-written, so a poisoned lock is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
