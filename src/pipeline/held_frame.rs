//! A frame that is held while its tiles are made one by one, because the model is too slow to run live or
//! because many ages of one frame are wanted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use image::RgbImage;

use super::encoding::{PreparedFace, PreparedFaces};
use super::shared::{FaceJob, Shared};
use super::view::{AgedFace, Progress, Tile, TileSet};
use super::wanted::{HeldFrameKey, Wanted};
use agemirror_faces::age::Gender;
use agemirror_faces::aging::{AgedCrop, ModelInfo};
use agemirror_faces::compose::paste_faces;
use agemirror_faces::face::dlib::CropWindow;

/// Maximum number of cached crops; beyond it, unwanted crops are evicted, the oldest first.
const MAX_CACHED_CROPS: usize = 160;

/// A finished aged crop.
struct CachedCrop {
    face_index: usize,
    age: f32,
    gender: Gender,
    aged: AgedCrop,
    /// The part of it that tiles show.
    shown: Arc<RgbImage>,
    finished: Instant,
}

/// A held frame with its finished crops.
pub(super) struct HeldFrame {
    key: HeldFrameKey,
    pub(super) job: FaceJob,
    crops: Vec<CachedCrop>,
    whole_tiles: Vec<(Gender, Tile)>,
    /// The revision whose work was abandoned because the model failed.
    failed: Option<u64>,
    /// What was shown last: the revision, the progress and the number of whole frames.
    shown: Option<(u64, Progress, usize)>,
}

/// The next piece of work: these ages of that face.
pub(super) struct Task {
    pub(super) face_index: usize,
    pub(super) ages: Vec<f32>,
}

impl HeldFrame {
    pub(super) fn new(key: HeldFrameKey, job: FaceJob) -> Self {
        Self { key, job, crops: Vec::new(), whole_tiles: Vec::new(), failed: None, shown: None }
    }

    pub(super) fn is(&self, key: HeldFrameKey) -> bool {
        self.key == key
    }

    /// Abandons the work until something else is wanted.
    pub(super) fn fail(&mut self, wanted: &Wanted) {
        self.failed = Some(wanted.revision);
    }

    fn is_abandoned(&self, wanted: &Wanted) -> bool {
        wanted.cancelled || self.failed == Some(wanted.revision)
    }

    fn find(&self, face_index: usize, age: f32, gender: Gender) -> Option<&CachedCrop> {
        self.crops
            .iter()
            .find(|crop| crop.face_index == face_index && crop.age == age && crop.gender == gender)
    }

    /// The next task, in the order of the wanted ages: up to `max_ages` ages of one face.
    pub(super) fn next_task(&self, wanted: &Wanted, max_ages: usize) -> Option<Task> {
        if self.is_abandoned(wanted) {
            return None;
        }
        let faces = 0..self.job.faces.len();
        let is_missing = |face_index: usize, age: f32| self.find(face_index, age, wanted.gender).is_none();
        let (_, face_index) = wanted
            .ages
            .iter()
            .flat_map(|&age| faces.clone().map(move |face_index| (age, face_index)))
            .find(|&(age, face_index)| is_missing(face_index, age))?;
        let ages = wanted.ages.iter().copied().filter(|&age| is_missing(face_index, age));
        Some(Task { face_index, ages: ages.take(max_ages).collect() })
    }

    /// Caches the results of a task; tiles show their part `view`.
    pub(super) fn insert(&mut self, task: &Task, gender: Gender, aged: Vec<AgedCrop>, view: CropWindow) {
        let finished = Instant::now();
        for (&age, aged) in task.ages.iter().zip(aged) {
            let shown = Arc::new(view.part_of(&aged.picture));
            let face_index = task.face_index;
            self.crops.push(CachedCrop { face_index, age, gender, aged, shown, finished });
        }
    }

    /// Evicts unwanted crops, the oldest first, while there are more than [`MAX_CACHED_CROPS`].
    pub(super) fn evict(&mut self, wanted: &Wanted) {
        let mut excess = self.crops.len().saturating_sub(MAX_CACHED_CROPS);
        self.crops.retain(|crop| {
            let is_wanted = crop.gender == wanted.gender && wanted.ages.contains(&crop.age);
            let evicted = excess > 0 && !is_wanted;
            excess -= usize::from(evicted);
            !evicted
        });
    }

    /// Pastes the whole frames of all ages for which every face is finished.
    pub(super) fn compose(&mut self, shared: &Shared, wanted: &Wanted, prepared: &PreparedFaces) {
        for &age in wanted.ages.iter() {
            if shared.is_outdated(wanted.revision) {
                return;
            }
            if self.whole_tile(age, wanted.gender).is_some() {
                continue;
            }
            let crop = |face_index: usize| Some(&self.find(face_index, age, wanted.gender)?.aged);
            let aged: Option<Vec<&AgedCrop>> = (0..self.job.faces.len()).map(crop).collect();
            let Some(aged) = aged else { continue };
            let frame = &self.job.frame.frame;
            let patches = prepared.faces.iter().zip(aged).map(|(face, aged)| face.crop.patch(aged));
            let tile = Tile {
                age,
                picture: Arc::new(paste_faces(&frame.picture, patches)),
                captured: frame.captured,
                finished: Instant::now(),
            };
            self.whole_tiles.push((wanted.gender, tile));
        }
    }

    /// Shows the finished tiles, unless they are shown already.
    pub(super) fn show(
        &mut self,
        shared: &Shared,
        wanted: &Wanted,
        model: &ModelInfo,
        faces: &[AgedFace],
        progress: Progress,
    ) {
        let state = (wanted.revision, progress, self.whole_tiles.len());
        if self.shown == Some(state) {
            return;
        }
        let whole = match wanted.whole_frames {
            true => {
                wanted.ages.iter().filter_map(|age| self.whole_tile(*age, wanted.gender)).cloned().collect()
            }
            false => Vec::new(),
        };
        let set = TileSet {
            frame: self.job.frame.frame.clone(),
            ages: wanted.ages.to_vec(),
            faces: faces.to_vec(),
            whole,
            model: model.clone(),
            progress: Some(progress),
        };
        if shared.show_tiles(set, &self.job.frame, wanted.revision) {
            self.shown = Some(state);
        }
    }

    fn whole_tile(&self, age: f32, gender: Gender) -> Option<&Tile> {
        let found = self.whole_tiles.iter().find(|(known, tile)| *known == gender && tile.age == age);
        found.map(|(_, tile)| tile)
    }

    /// The finished tiles of one face, in the order of the wanted ages.
    pub(super) fn tiles(&self, face_index: usize, wanted: &Wanted) -> Vec<Tile> {
        let tile = |crop: &CachedCrop| Tile {
            age: crop.age,
            picture: Arc::clone(&crop.shown),
            captured: self.job.frame.frame.captured,
            finished: crop.finished,
        };
        wanted.ages.iter().filter_map(|&age| self.find(face_index, age, wanted.gender).map(tile)).collect()
    }

    /// The progress so far.
    pub(super) fn progress(&self, wanted: &Wanted, time_per_tile: Duration) -> Progress {
        let faces = self.job.faces.len();
        Progress {
            made: (0..faces).map(|face_index| self.tiles(face_index, wanted).len()).sum(),
            wanted: wanted.ages.len() * faces,
            making: None,
            encoding: false,
            capture: self.key.captures,
            cancelled: self.is_abandoned(wanted),
            time_per_tile,
        }
    }
}

/// A face with its tiles, for the view.
pub(super) fn aged_face(face: &PreparedFace, current_age: Option<f32>, tiles: Vec<Tile>) -> AgedFace {
    AgedFace {
        face: face.face.clone(),
        crop: Arc::clone(&face.shown),
        edge: face.edge.clone(),
        current_age,
        tiles,
    }
}
