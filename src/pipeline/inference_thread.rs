//! The inference thread: crops the faces, ages them and shows the tiles.
//!
//! A fast model runs live: all ages of the newest frame, then the next frame. A slow model works on a held
//! frame, tile by tile, while the input continues.

use std::time::{Duration, Instant};

use super::encoding::PreparedFaces;
use super::held_frame::{HeldFrame, Task, aged_face};
use super::live_tiles::{AGES_PER_BATCH, make_tiles};
use super::pace::{Pace, typical};
use super::restraint::RestraintMonitor;
use super::settings::ModelOpener;
use super::shared::{FaceJob, Shared};
use super::statistics::Stage;
use super::view::{Fault, Progress};
use super::wanted::Wanted;
use agemirror_faces::aging::{AgingError, AgingModel};
use agemirror_faces::crop::SideLimits;
use agemirror_kernels::{ChosenDevice, DeviceChoice, choose_device};

/// Longest wait for faces, and so the longest delay of a command.
const POLL_TIMEOUT: Duration = Duration::from_millis(200);

/// Runs until the pipeline stops. Models slower than `slow_after` per age work on a held frame.
pub(super) fn run(shared: &Shared, open_model: &ModelOpener, slow_after: Option<Duration>) {
    let mut worker = InferenceWorker::new(shared.wanted().device, slow_after);
    // After a restart, the face of a still picture would otherwise never arrive again.
    worker.job = shared.newest_job();
    while !shared.stopped() {
        let wanted = shared.wanted();
        let opened = worker.open_if_requested(shared, open_model, &wanted);
        let has_more = !opened && worker.step(shared, &wanted);
        let timeout = if has_more || opened { Duration::ZERO } else { worker.longest_wait() };
        if let Some(job) = shared.wait_for_faces(timeout) {
            worker.accept(job);
        }
    }
}

/// State owned by the inference thread.
struct InferenceWorker {
    device: ChosenDevice,
    device_choice: DeviceChoice,
    model: Option<Box<dyn AgingModel>>,
    /// Name and revision of the model requested last, whether it could be opened or not.
    requested: Option<(String, u64)>,
    job: Option<FaceJob>,
    /// Frame order and revision of the last live work.
    done: Option<(u64, u64)>,
    prepared: PreparedFaces,
    pace: Pace,
    held: Option<HeldFrame>,
    restraint: RestraintMonitor,
    /// Typical duration of a tile set.
    set_time: Option<Duration>,
    /// Earliest start of the next live tile set of the same revision, and that revision.
    next_set: Option<(Instant, u64)>,
}

impl InferenceWorker {
    fn new(device_choice: DeviceChoice, slow_after: Option<Duration>) -> Self {
        Self {
            device: choose_device(device_choice),
            device_choice,
            model: None,
            requested: None,
            job: None,
            done: None,
            prepared: PreparedFaces::default(),
            pace: Pace::new(slow_after),
            held: None,
            restraint: RestraintMonitor::default(),
            set_time: None,
            next_set: None,
        }
    }

    /// Time until the next live tile set may start, unless what is wanted changes.
    fn rest(&self) -> Duration {
        self.next_set.map_or(Duration::ZERO, |(next, _)| next.saturating_duration_since(Instant::now()))
    }

    /// Longest wait for faces.
    fn longest_wait(&self) -> Duration {
        match self.rest() {
            Duration::ZERO => POLL_TIMEOUT,
            rest => rest.min(POLL_TIMEOUT),
        }
    }

    /// Accepts newer faces, of another frame or of a still that was searched further.
    fn accept(&mut self, job: FaceJob) {
        if self.job.as_ref().is_some_and(|known| known.faces != job.faces) {
            self.done = None;
        }
        self.job = Some(job);
    }

    /// Opens the wanted model on the wanted device if it was not tried yet, and returns whether it tried.
    /// On failure the previous model stays in use.
    fn open_if_requested(&mut self, shared: &Shared, open_model: &ModelOpener, wanted: &Wanted) -> bool {
        if self.device_choice != wanted.device {
            self.device_choice = wanted.device;
            self.device = choose_device(wanted.device);
            self.requested = None;
        }
        let requested = (wanted.model.clone(), wanted.model_revision);
        if self.requested.as_ref() == Some(&requested) {
            return false;
        }
        let name = requested.0.clone();
        self.requested = Some(requested);
        shared.show_opening(&name);
        match open_model(&name, &self.device.device) {
            Ok(model) => {
                shared.show_model(&self.device.description, Some(model.info().clone()), None);
                self.model = Some(model);
                self.prepared.clear();
                self.held = None;
                self.pace.reset();
                shared.show_pace(false);
                self.done = None;
            }
            Err(error) => {
                let current = self.model.as_ref().map(|model| model.info().clone());
                shared.show_model(&self.device.description, current, Some(&name));
                raise(shared, &error);
            }
        }
        true
    }

    /// Does the next piece of work, if any, and returns whether more is waiting.
    fn step(&mut self, shared: &Shared, wanted: &Wanted) -> bool {
        if wanted.ages.is_empty() {
            return false;
        }
        if wanted.held || !self.pace.may_run_live() {
            let has_more = self.step_held(shared, wanted);
            shared.show_pace(self.pace.is_slow());
            return has_more;
        }
        self.held = None;
        self.step_live(shared, wanted);
        shared.show_pace(self.pace.is_slow());
        !self.pace.may_run_live()
    }

    /// Ages the newest faces, unless that is done or the face thread has not caught up with what is wanted.
    fn step_live(&mut self, shared: &Shared, wanted: &Wanted) {
        let (Some(model), Some(job)) = (&self.model, &self.job) else { return };
        let work = (job.frame.order, wanted.revision);
        let rests = self.next_set.is_some_and(|(_, revision)| revision == work.1) && !self.rest().is_zero();
        if !job.suits(wanted) || self.done == Some(work) || rests {
            return;
        }
        let started = Instant::now();
        let restraint = self.restraint.check(started, || shared.input_delay_ms()).filter(|_| job.frame.live);
        shared.show_restraint(restraint);
        let expected = self.set_time.unwrap_or_default();
        let interval = restraint.map(|restraint| restraint.interval(expected));
        self.next_set = interval.map(|interval| (started + interval, wanted.revision));
        // Faces that come a little too early are better than a thread that waits for them.
        shared.expect_ready(started + interval.unwrap_or_default().max(expected.mul_f32(0.8)));
        let is_repeated = self.done.is_some_and(|(order, _)| order == work.0);
        self.done = Some(work);
        if job.faces.is_empty() {
            return;
        }
        match make_tiles(shared, model.as_ref(), job, wanted, &mut self.prepared, &mut self.pace) {
            Ok(Some(set)) => {
                self.set_time = Some(typical(self.set_time, started.elapsed()));
                let shown = shared.show_tiles(set, &job.frame, wanted.revision);
                if shown && job.frame.live && !is_repeated {
                    shared.record(Stage::CameraToTile, job.frame.frame.captured.elapsed());
                }
            }
            Ok(None) => {}
            Err(error) => raise(shared, &error),
        }
    }

    /// Makes the next tiles of the held frame, and returns whether more are missing.
    fn step_held(&mut self, shared: &Shared, wanted: &Wanted) -> bool {
        self.done = None;
        self.update_held_frame(shared, wanted);
        match self.make_next_tiles(shared, wanted) {
            Ok(has_more) => has_more,
            Err(error) => {
                if let Some(held) = &mut self.held {
                    held.fail(wanted);
                }
                raise(shared, &error);
                // One more step, to show that the work was abandoned.
                true
            }
        }
    }

    /// Replaces the held frame if another is wanted: by the newest one at the time of the request, or else
    /// by the newest one now.
    fn update_held_frame(&mut self, shared: &Shared, wanted: &Wanted) {
        let key = wanted.held_frame_key();
        let has_more_faces = |held: &HeldFrame| self.job.as_ref().is_some_and(|job| job.adds_to(&held.job));
        if self.held.as_ref().is_some_and(|held| held.is(key) && !has_more_faces(held)) {
            return;
        }
        let is_usable = |job: &FaceJob| !job.faces.is_empty() && job.suits(wanted);
        let requested = shared.take_requested_job().filter(is_usable);
        let job = requested.or_else(|| self.job.clone().filter(is_usable));
        self.held = job.map(|job| HeldFrame::new(key, job));
    }

    /// Shows the finished tiles of the held frame and makes the next ones. Returns whether more are missing.
    fn make_next_tiles(&mut self, shared: &Shared, wanted: &Wanted) -> Result<bool, AgingError> {
        let (Some(model), Some(held)) = (&self.model, &mut self.held) else { return Ok(false) };
        let max_ages = if self.pace.may_run_live() { AGES_PER_BATCH } else { 1 };
        let task = held.next_task(wanted, max_ages);
        let progress = held.progress(wanted, self.pace.time_per_age().unwrap_or_default());
        if !self.prepared.covers(&held.job) {
            // The encoder alone may take seconds; do not leave the previous frame's tiles on show.
            held.show(shared, wanted, model.info(), &[], Progress { encoding: true, ..progress });
            let crop_time = self.prepared.update(shared, model.as_ref(), &held.job, SideLimits::STILL)?;
            shared.record(Stage::Compose, crop_time);
            if shared.is_outdated(wanted.revision) {
                return Ok(true);
            }
        }
        if wanted.whole_frames {
            held.compose(shared, wanted, &self.prepared);
        }
        let faces = self.prepared.faces.iter().enumerate().map(|(face_index, face)| {
            aged_face(face, model.current_age(&face.code), held.tiles(face_index, wanted))
        });
        let faces: Vec<_> = faces.collect();
        let making = task.as_ref().and_then(|task| task.ages.first().copied());
        held.show(shared, wanted, model.info(), &faces, Progress { making, ..progress });
        match task {
            Some(task) => self.run_task(shared, wanted, &task),
            None => Ok(false),
        }
    }

    /// Decodes the ages of `task`. Returns whether there was a face for it.
    fn run_task(&mut self, shared: &Shared, wanted: &Wanted, task: &Task) -> Result<bool, AgingError> {
        let (Some(model), Some(held)) = (&self.model, &mut self.held) else { return Ok(false) };
        let Some(face) = self.prepared.faces.get(task.face_index) else { return Ok(false) };
        let started = Instant::now();
        let aged = model.decode(&face.crop.picture, &face.code, &task.ages, wanted.gender)?;
        let decode_time = started.elapsed();
        shared.record(Stage::Decode, decode_time);
        self.pace.record(self.prepared.encoder_time + decode_time / task.ages.len() as u32);
        held.insert(task, wanted.gender, aged, model.info().view);
        held.evict(wanted);
        Ok(true)
    }
}

fn raise(shared: &Shared, error: &AgingError) {
    shared.raise(Fault { thread: super::INFERENCE, message: error.to_string(), restarts: 0 });
}
