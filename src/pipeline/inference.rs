//! The inference thread: cuts the faces out, ages them, and shows the tiles.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::crop::{FaceCrop, SideLimits};
use super::settings::ModelOpener;
use super::shared::{CropJob, Shared};
use super::statistics::Stage;
use super::view::{AgedFace, Fault, Tile, TileSet};
use super::wanted::Wanted;
use crate::aging::{AgedCrop, AgingError, AgingModel, EncodedFace};
use crate::compose::paste_faces;
use crate::face::TrackedFace;
use crate::tensor::{ChosenDevice, DeviceChoice, choose_device};

const PATIENCE: Duration = Duration::from_millis(200);
/// So many ages are decoded between two looks at whether they are still wanted.
const AGES_AT_ONCE: usize = 6;

/// Runs until the pipeline stops.
pub(super) fn work(shared: &Shared, opener: &ModelOpener) {
    let mut bench = Bench::new(shared.wanted().device);
    // After a restart the face of a still picture would otherwise never come again.
    bench.job = shared.newest_job();
    while !shared.stopped() {
        let wanted = shared.wanted();
        bench.open(shared, opener, &wanted);
        bench.turn(shared, &wanted);
        if let Some(job) = shared.wait_for_faces(PATIENCE) {
            bench.job = Some(job);
        }
    }
}

/// A crop that went through the encoder.
struct Encoded {
    /// The order of its frame.
    order: u64,
    face: TrackedFace,
    crop: FaceCrop,
    code: EncodedFace,
}

/// What the inference thread has at hand.
struct Bench {
    device: ChosenDevice,
    choice: DeviceChoice,
    model: Option<Box<dyn AgingModel>>,
    /// The model that was last asked for, whether it could be opened or not.
    asked: Option<String>,
    job: Option<CropJob>,
    /// The order and the revision of what was last worked on.
    done: Option<(u64, u64)>,
    encoded: Vec<Encoded>,
}

impl Bench {
    fn new(choice: DeviceChoice) -> Self {
        let device = choose_device(choice);
        Self { device, choice, model: None, asked: None, job: None, done: None, encoded: Vec::new() }
    }

    /// Opens the wanted model on the wanted device; where that fails the one before stays in use.
    fn open(&mut self, shared: &Shared, opener: &ModelOpener, wanted: &Wanted) {
        if self.choice != wanted.device {
            self.choice = wanted.device;
            self.device = choose_device(wanted.device);
            self.asked = None;
        }
        let name = wanted.model.as_str();
        if self.asked.as_deref() == Some(name) {
            return;
        }
        self.asked = Some(name.to_owned());
        match opener(name, &self.device.device) {
            Ok(model) => {
                shared.show_model(&self.device.description, Some(model.info().clone()));
                self.model = Some(model);
                self.encoded.clear();
                self.done = None;
            }
            Err(error) => {
                let present = self.model.as_ref().map(|model| model.info().clone());
                shared.show_model(&self.device.description, present);
                shared.raise(Fault { thread: super::INFERENCE, message: error.to_string(), restarts: 0 });
            }
        }
    }

    /// Works on the newest faces, unless that has been done or the face thread has yet to catch up
    /// with what is wanted.
    fn turn(&mut self, shared: &Shared, wanted: &Wanted) {
        let (Some(model), Some(job)) = (&self.model, &self.job) else { return };
        let turn = (job.seen.order, wanted.revision);
        let outdated =
            job.seen.source_revision != wanted.source_revision || job.faces_revision != wanted.faces_revision;
        if outdated || self.done == Some(turn) {
            return;
        }
        let again = self.done.is_some_and(|(order, _)| order == turn.0);
        self.done = Some(turn);
        if job.faces.is_empty() || wanted.ages.is_empty() {
            return;
        }
        match make_tiles(shared, model.as_ref(), job, wanted, &mut self.encoded) {
            Ok(Some(set)) => {
                let shown = shared.show_tiles(set, &job.seen, wanted.revision);
                if shown && job.seen.live && !again {
                    shared.note(Stage::CameraToTile, job.seen.frame.captured.elapsed());
                }
            }
            Ok(None) => {}
            Err(error) => {
                shared.raise(Fault { thread: super::INFERENCE, message: error.to_string(), restarts: 0 });
            }
        }
    }
}

/// Makes every tile of a job; `None` when something else is wanted by now.
fn make_tiles(
    shared: &Shared,
    model: &dyn AgingModel,
    job: &CropJob,
    wanted: &Wanted,
    encoded: &mut Vec<Encoded>,
) -> Result<Option<TileSet>, AgingError> {
    let cutting = encode(shared, model, job, encoded)?;
    let Some(aged) = decode(shared, model, wanted, encoded)? else { return Ok(None) };
    let began = Instant::now();
    let frame = &job.seen.frame;
    let finished = |age: f32, picture| Tile {
        age,
        picture: Arc::new(picture),
        captured: frame.captured,
        finished: Instant::now(),
    };
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
    let faces = encoded.iter().zip(aged).map(|(face, aged)| AgedFace {
        face: face.face.clone(),
        crop: Arc::clone(&face.crop.picture),
        present_age: model.present_age(&face.code),
        tiles: wanted.ages.iter().zip(aged).map(|(&age, aged)| finished(age, aged.picture)).collect(),
    });
    let faces = faces.collect();
    Ok(Some(TileSet {
        frame: frame.clone(),
        ages: wanted.ages.to_vec(),
        faces,
        whole,
        model: model.info().clone(),
    }))
}

/// Brings `encoded` to the faces of `job`, in their order; a face that went through the encoder
/// before, because the picture stands still, does not go through it again. Returns the time spent
/// on cutting them out.
fn encode(
    shared: &Shared,
    model: &dyn AgingModel,
    job: &CropJob,
    encoded: &mut Vec<Encoded>,
) -> Result<Duration, AgingError> {
    let mut before = std::mem::take(encoded);
    let mut cutting = Duration::ZERO;
    let mut encoding = Duration::ZERO;
    for face in &job.faces {
        let same = |known: &Encoded| known.order == job.seen.order && known.face == *face;
        if let Some(place) = before.iter().position(same) {
            encoded.push(before.swap_remove(place));
            continue;
        }
        let began = Instant::now();
        let side =
            before.iter().find(|known| known.face.id == face.id).map(|known| known.crop.picture.width());
        let limits = if job.seen.live { SideLimits::LIVE } else { SideLimits::STILL };
        let crop = FaceCrop::cut(&job.seen.frame.picture, face, &model.info().templates, limits, side);
        cutting += began.elapsed();
        let began = Instant::now();
        let code = model.encode(&crop.picture)?;
        encoding += began.elapsed();
        encoded.push(Encoded { order: job.seen.order, face: face.clone(), crop, code });
    }
    if !encoding.is_zero() {
        shared.note(Stage::Encode, encoding);
    }
    Ok(cutting)
}

/// Decodes every age of every face, in the order of `encoded`; `None` when something else is
/// wanted by now.
fn decode(
    shared: &Shared,
    model: &dyn AgingModel,
    wanted: &Wanted,
    encoded: &[Encoded],
) -> Result<Option<Vec<Vec<AgedCrop>>>, AgingError> {
    let began = Instant::now();
    let mut all = Vec::with_capacity(encoded.len());
    for face in encoded {
        let mut aged = Vec::with_capacity(wanted.ages.len());
        for ages in wanted.ages.chunks(AGES_AT_ONCE) {
            if shared.stale(wanted.revision) {
                return Ok(None);
            }
            aged.extend(model.decode(&face.crop.picture, &face.code, ages, wanted.gender)?);
        }
        all.push(aged);
    }
    shared.note(Stage::Decode, began.elapsed());
    Ok(Some(all))
}
