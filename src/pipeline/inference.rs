//! The inference thread: cuts the faces out, ages them, and shows the tiles.
//!
//! A model that is fast enough follows the camera: all ages of the newest frame, then the next frame. One
//! that is too slow works on a frame that is held, tile by tile, while the input goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::captured::{Capture, aged_face};
use super::encoding::Encodings;
use super::pace::Pace;
use super::settings::ModelOpener;
use super::shared::{CropJob, Shared};
use super::statistics::Stage;
use super::view::{Fault, Progress, Tile, TileSet};
use super::wanted::Wanted;
use agemirror_faces::aging::{AgedCrop, AgingError, AgingModel};
use agemirror_faces::compose::paste_faces;
use agemirror_faces::crop::{SideLimits, shown};
use agemirror_kernels::{ChosenDevice, DeviceChoice, choose_device};

const PATIENCE: Duration = Duration::from_millis(200);
/// So many ages are decoded between two looks at whether they are still wanted.
const AGES_AT_ONCE: usize = 6;

/// Runs until the pipeline stops. A model whose one age takes longer than `slow_after` does not follow a
/// camera.
pub(super) fn work(shared: &Shared, opener: &ModelOpener, slow_after: Option<Duration>) {
    let mut bench = Bench::new(shared.wanted().device, slow_after);
    // After a restart the face of a still picture would otherwise never come again.
    bench.job = shared.newest_job();
    while !shared.stopped() {
        let wanted = shared.wanted();
        let opened = bench.open(shared, opener, &wanted);
        let more = !opened && bench.turn(shared, &wanted);
        let patience = if more || opened { Duration::ZERO } else { PATIENCE };
        if let Some(job) = shared.wait_for_faces(patience) {
            bench.take(job);
        }
    }
}

/// What the inference thread has at hand.
struct Bench {
    device: ChosenDevice,
    choice: DeviceChoice,
    model: Option<Box<dyn AgingModel>>,
    /// The model that was last asked for, whether it could be opened or not.
    asked: Option<(String, u64)>,
    job: Option<CropJob>,
    /// The order and the revision of what was last worked on.
    done: Option<(u64, u64)>,
    encodings: Encodings,
    pace: Pace,
    capture: Option<Capture>,
}

impl Bench {
    fn new(choice: DeviceChoice, slow_after: Option<Duration>) -> Self {
        Self {
            device: choose_device(choice),
            choice,
            model: None,
            asked: None,
            job: None,
            done: None,
            encodings: Encodings::default(),
            pace: Pace::new(slow_after),
            capture: None,
        }
    }

    /// Takes newer faces, of another frame or of a still that was searched further.
    fn take(&mut self, job: CropJob) {
        if self.job.as_ref().is_some_and(|known| known.faces != job.faces) {
            self.done = None;
        }
        self.job = Some(job);
    }

    /// Opens the wanted model on the wanted device, and says whether it tried; where that fails the one
    /// before stays in use.
    fn open(&mut self, shared: &Shared, opener: &ModelOpener, wanted: &Wanted) -> bool {
        if self.choice != wanted.device {
            self.choice = wanted.device;
            self.device = choose_device(wanted.device);
            self.asked = None;
        }
        let asked = (wanted.model.clone(), wanted.model_revision);
        if self.asked.as_ref() == Some(&asked) {
            return false;
        }
        let name = asked.0.clone();
        self.asked = Some(asked);
        shared.show_opening(&name);
        match opener(&name, &self.device.device) {
            Ok(model) => {
                shared.show_model(&self.device.description, Some(model.info().clone()), None);
                self.model = Some(model);
                self.encodings.clear();
                self.capture = None;
                self.pace.forget();
                shared.show_pace(false);
                self.done = None;
            }
            Err(error) => {
                let present = self.model.as_ref().map(|model| model.info().clone());
                shared.show_model(&self.device.description, present, Some(&name));
                raise(shared, &error);
            }
        }
        true
    }

    /// Does the next piece of work, if there is any, and says whether more waits.
    fn turn(&mut self, shared: &Shared, wanted: &Wanted) -> bool {
        if wanted.ages.is_empty() {
            return false;
        }
        if wanted.held || !self.pace.may_follow() {
            let more = self.work_on_capture(shared, wanted);
            shared.show_pace(self.pace.is_slow());
            return more;
        }
        self.capture = None;
        self.follow(shared, wanted);
        shared.show_pace(self.pace.is_slow());
        !self.pace.may_follow()
    }

    /// Works on the newest faces, unless that has been done or the face thread has yet to catch up
    /// with what is wanted.
    fn follow(&mut self, shared: &Shared, wanted: &Wanted) {
        let (Some(model), Some(job)) = (&self.model, &self.job) else { return };
        let turn = (job.seen.order, wanted.revision);
        if !job.suits(wanted) || self.done == Some(turn) {
            return;
        }
        let again = self.done.is_some_and(|(order, _)| order == turn.0);
        self.done = Some(turn);
        if job.faces.is_empty() {
            return;
        }
        match make_tiles(shared, model.as_ref(), job, wanted, &mut self.encodings, &mut self.pace) {
            Ok(Some(set)) => {
                let shown = shared.show_tiles(set, &job.seen, wanted.revision);
                if shown && job.seen.live && !again {
                    shared.note(Stage::CameraToTile, job.seen.frame.captured.elapsed());
                }
            }
            Ok(None) => {}
            Err(error) => raise(shared, &error),
        }
    }

    /// Makes the next tile of the frame that is held, and says whether more are to be made.
    fn work_on_capture(&mut self, shared: &Shared, wanted: &Wanted) -> bool {
        self.done = None;
        self.renew_capture(shared, wanted);
        match self.make_one(shared, wanted) {
            Ok(more) => more,
            Err(error) => {
                if let Some(capture) = &mut self.capture {
                    capture.fail(wanted);
                }
                raise(shared, &error);
                // Once more, to show that it was given up.
                true
            }
        }
    }

    /// Takes a new frame where one is asked for: the one that was newest when the user asked, else the
    /// newest of now.
    fn renew_capture(&mut self, shared: &Shared, wanted: &Wanted) {
        let key = wanted.capture_key();
        let found_more = |capture: &Capture| self.job.as_ref().is_some_and(|job| job.adds_to(&capture.job));
        if self.capture.as_ref().is_some_and(|capture| capture.is(key) && !found_more(capture)) {
            return;
        }
        let useful = |job: &CropJob| !job.faces.is_empty() && job.suits(wanted);
        let asked = shared.take_captured().filter(useful);
        let job = asked.or_else(|| self.job.clone().filter(useful));
        self.capture = job.map(|job| Capture::new(key, job));
    }

    fn make_one(&mut self, shared: &Shared, wanted: &Wanted) -> Result<bool, AgingError> {
        let (Some(model), Some(capture)) = (&self.model, &mut self.capture) else { return Ok(false) };
        let one_tile = self.pace.usual().unwrap_or_default();
        let at_once = if self.pace.may_follow() { AGES_AT_ONCE } else { 1 };
        let task = capture.next(wanted, at_once);
        let progress = capture.progress(wanted, one_tile);
        if !self.encodings.covers(&capture.job) {
            // The encoder alone may take seconds: the tiles of before must not stand there meanwhile.
            capture.show(shared, wanted, model.info(), &[], Progress { encoding: true, ..progress });
            let cutting = self.encodings.renew(shared, model.as_ref(), &capture.job, SideLimits::STILL)?;
            shared.note(Stage::Compose, cutting);
            if shared.stale(wanted.revision) {
                return Ok(true);
            }
        }
        if wanted.whole_frames {
            capture.compose(shared, wanted, &self.encodings);
        }
        let faces = self.encodings.faces.iter().enumerate();
        let faces = faces.map(|(place, face)| {
            aged_face(face, model.current_age(&face.code), capture.tiles(place, wanted))
        });
        let faces: Vec<_> = faces.collect();
        let making = task.as_ref().and_then(|task| task.ages.first().copied());
        let progress = Progress { making, ..progress };
        capture.show(shared, wanted, model.info(), &faces, progress);
        let Some(task) = task else { return Ok(false) };
        let Some(face) = self.encodings.faces.get(task.face) else { return Ok(false) };
        let began = Instant::now();
        let aged = model.decode(&face.crop.picture, &face.code, &task.ages, wanted.gender)?;
        let took = began.elapsed();
        shared.note(Stage::Decode, took);
        self.pace.note(self.encodings.one_face + took / task.ages.len() as u32);
        capture.keep(&task, wanted.gender, aged, model.info().view);
        capture.tidy(wanted);
        Ok(true)
    }
}

fn raise(shared: &Shared, error: &AgingError) {
    shared.raise(Fault { thread: super::INFERENCE, message: error.to_string(), restarts: 0 });
}

/// Makes every tile of a job; `None` when something else is wanted by now.
fn make_tiles(
    shared: &Shared,
    model: &dyn AgingModel,
    job: &CropJob,
    wanted: &Wanted,
    encodings: &mut Encodings,
    pace: &mut Pace,
) -> Result<Option<TileSet>, AgingError> {
    let limits = if job.seen.live { SideLimits::LIVE } else { SideLimits::STILL };
    let cutting = encodings.renew(shared, model, job, limits)?;
    let Some(aged) = decode(shared, model, wanted, encodings, pace)? else { return Ok(None) };
    let began = Instant::now();
    let frame = &job.seen.frame;
    let finished = |age: f32, picture| Tile {
        age,
        picture: Arc::new(picture),
        captured: frame.captured,
        finished: Instant::now(),
    };
    let encoded = &encodings.faces;
    let mut whole = Vec::new();
    if wanted.whole_frames {
        for (place, &age) in wanted.ages.iter().enumerate() {
            if shared.stale(wanted.revision) {
                return Ok(None);
            }
            let patches =
                encoded.iter().zip(&aged).filter_map(|(face, aged)| Some(face.crop.patch(aged.get(place)?)));
            whole.push(finished(age, paste_faces(&frame.picture, patches)));
        }
    }
    shared.note(Stage::Compose, cutting + began.elapsed());
    let faces = encoded.iter().zip(aged).map(|(face, aged)| {
        let tile = |(&age, aged): (&f32, AgedCrop)| finished(age, shown(aged.picture, model.info().view));
        let tiles = wanted.ages.iter().zip(aged).map(tile).collect();
        aged_face(face, model.current_age(&face.code), tiles)
    });
    let faces = faces.collect();
    Ok(Some(TileSet {
        frame: frame.clone(),
        ages: wanted.ages.to_vec(),
        faces,
        whole,
        model: model.info().clone(),
        progress: None,
    }))
}

/// Decodes every age of every face, in the order of the faces; `None` when something else is wanted by
/// now.
fn decode(
    shared: &Shared,
    model: &dyn AgingModel,
    wanted: &Wanted,
    encodings: &Encodings,
    pace: &mut Pace,
) -> Result<Option<Vec<Vec<AgedCrop>>>, AgingError> {
    let began = Instant::now();
    let mut all = Vec::with_capacity(encodings.faces.len());
    for face in &encodings.faces {
        let mut aged = Vec::with_capacity(wanted.ages.len());
        for ages in wanted.ages.chunks(AGES_AT_ONCE) {
            if shared.stale(wanted.revision) {
                return Ok(None);
            }
            aged.extend(model.decode(&face.crop.picture, &face.code, ages, wanted.gender)?);
        }
        all.push(aged);
    }
    let took = began.elapsed();
    shared.note(Stage::Decode, took);
    let tiles = all.iter().map(Vec::len).sum::<usize>().max(1);
    pace.note(encodings.one_face + took / tiles as u32);
    Ok(Some(all))
}
