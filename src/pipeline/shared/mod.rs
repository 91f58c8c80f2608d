//! The state shared by the pipeline's threads and its user: what is wanted, and what is shown in three parts
//! ([`input`], [`faces`], [`tiles`]). Locks are held only to copy pointers in or out.

mod faces;
mod input;
mod tiles;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::command::Command;
use super::settings::PipelineSettings;
use super::statistics::{Recorder, Stage};
use super::view::{Fault, LiveView, Status};
use super::wanted::Wanted;
use agemirror_faces::mailbox::Mailbox;

pub(super) use faces::FaceJob;
use faces::FaceState;
use input::InputState;
pub(super) use input::SourceFrame;
use tiles::TileState;

/// Minimum time between two updates of the status.
const STATUS_INTERVAL: Duration = Duration::from_millis(100);
/// How long a fault is shown.
const FAULT_SHOWN: Duration = Duration::from_secs(10);

/// Called whenever the view has something new.
pub type Notify = Arc<dyn Fn() + Send + Sync>;

/// Everything that is shown. One lock, so that a view never mixes two sources.
#[derive(Default)]
struct SharedState {
    input: InputState,
    faces: FaceState,
    tiles: TileState,
    fault: Option<(Fault, Instant)>,
    /// The last status, with the time of its creation.
    status: Option<(Arc<Status>, Instant)>,
}

/// What the pipeline's threads and its user share.
pub(super) struct Shared {
    /// From the capture thread to the face thread.
    pub frames: Mailbox<SourceFrame>,
    /// From the face thread to the inference thread.
    pub jobs: Mailbox<FaceJob>,
    stop: Mailbox<()>,
    stopped: AtomicBool,
    /// [`Wanted::revision`], readable without the lock.
    revision: AtomicU64,
    /// [`SourceFrame::order`] of the newest frame.
    order: AtomicU64,
    wanted: Mutex<Arc<Wanted>>,
    state: Mutex<SharedState>,
    recorder: Mutex<Recorder>,
    /// When the inference thread is expected to be ready for the next faces.
    ready_at: Mutex<Option<Instant>>,
    notify: Notify,
}

impl Shared {
    pub(super) fn new(settings: &PipelineSettings, notify: Notify) -> Self {
        let wanted = Wanted::new(settings);
        Self {
            frames: Mailbox::default(),
            jobs: Mailbox::default(),
            stop: Mailbox::default(),
            stopped: AtomicBool::new(false),
            revision: AtomicU64::new(wanted.revision),
            order: AtomicU64::new(0),
            wanted: Mutex::new(Arc::new(wanted)),
            state: Mutex::default(),
            recorder: Mutex::new(Recorder::new(settings.statistics_window, Instant::now())),
            ready_at: Mutex::default(),
            notify,
        }
    }

    /// Tells when the inference thread is expected to be ready for the next faces.
    pub(super) fn expect_ready(&self, at: Instant) {
        *self.ready_at.lock() = Some(at);
    }

    /// When the inference thread is expected to be ready for the next faces; `None` before it has worked.
    pub(super) fn ready_at(&self) -> Option<Instant> {
        *self.ready_at.lock()
    }

    /// Median delay of the input in the last second, in milliseconds; 0 without input.
    pub(super) fn input_delay_ms(&self) -> f32 {
        self.recorder.lock().recent_median(Stage::Input, Instant::now())
    }

    pub(super) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Tells every thread to stop and wakes those that wait.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.stop.close();
        self.frames.close();
        self.jobs.close();
    }

    /// Sleeps, at most until the pipeline stops.
    pub(super) fn pause(&self, duration: Duration) {
        self.stop.wait(duration);
    }

    pub(super) fn wanted(&self) -> Arc<Wanted> {
        Arc::clone(&self.wanted.lock())
    }

    /// Whether a change since `revision`, or a stop, has made work for it worthless.
    pub(super) fn is_outdated(&self, revision: u64) -> bool {
        self.revision.load(Ordering::Acquire) != revision || self.stopped()
    }

    /// Applies a command and wakes the threads.
    pub(super) fn apply(&self, command: Command) {
        if matches!(command, Command::Capture) {
            self.request_job();
        }
        let mut wanted = self.wanted.lock();
        *wanted = Arc::new(wanted.after(command));
        self.revision.store(wanted.revision, Ordering::Release);
        drop(wanted);
        self.frames.nudge();
        self.jobs.nudge();
    }

    fn notify(&self) {
        (self.notify)();
    }

    /// Changes the state, with a new status, and notifies the user.
    fn update_status(&self, change: impl FnOnce(&mut SharedState)) {
        let mut state = self.state.lock();
        change(&mut state);
        state.status = None;
        drop(state);
        self.notify();
    }

    /// Records the duration of one run of a stage.
    pub(super) fn record(&self, stage: Stage, duration: Duration) {
        self.recorder.lock().record(stage, Instant::now(), duration);
    }

    /// Shows a fault.
    pub(super) fn raise(&self, fault: Fault) {
        self.update_status(|state| state.fault = Some((fault, Instant::now())));
    }

    /// Drops everything made from the previous source.
    pub(super) fn clear(&self) {
        let mut state = self.state.lock();
        state.input.clear();
        state.faces = FaceState::default();
        state.tiles.clear();
        drop(state);
        self.notify();
    }

    /// The current view, with a status that is at most [`STATUS_INTERVAL`] old.
    pub(super) fn view(&self) -> LiveView {
        let frozen = self.wanted.lock().frozen;
        let mut state = self.state.lock();
        let now = Instant::now();
        let recent = state.status.as_ref().filter(|(status, created)| {
            now.duration_since(*created) < STATUS_INTERVAL && status.frozen == frozen
        });
        let status = match recent {
            Some((status, _)) => Arc::clone(status),
            None => {
                let status = Arc::new(self.status(&state, frozen, now));
                state.status = Some((Arc::clone(&status), now));
                status
            }
        };
        LiveView {
            input: state.input.frame(),
            faces: state.faces.report(),
            tiles: state.tiles.newest(),
            status,
        }
    }

    fn status(&self, state: &SharedState, frozen: bool, now: Instant) -> Status {
        let mut recorder = self.recorder.lock();
        let SharedState { input, tiles, fault, .. } = state;
        // Without a model nothing works, so the fault that prevents it is shown for as long.
        let is_shown = |(_, raised): &&(Fault, Instant)| {
            tiles.model.is_none() || now.duration_since(*raised) < FAULT_SHOWN
        };
        Status {
            source: input.source.clone(),
            state: input.source_state.clone(),
            counters: input.counters,
            device: tiles.device.clone(),
            model: tiles.model.clone(),
            opening: tiles.opening.clone(),
            refused: tiles.refused.clone(),
            slow: tiles.slow,
            restraint: tiles.restraint,
            frozen,
            statistics: recorder.statistics(now),
            history: recorder.history(now).into(),
            fault: fault.as_ref().filter(is_shown).map(|(fault, _)| fault.clone()),
        }
    }
}
