//! A frame that is held while its tiles are made one by one, because the model is too slow to follow the
//! camera or because many ages of the same frame are wanted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use image::RgbImage;

use super::encoding::{Encoded, Encodings};
use super::shared::{CropJob, Shared};
use super::view::{AgedFace, Progress, Tile, TileSet};
use super::wanted::Wanted;
use agemirror_faces::age::Gender;
use agemirror_faces::aging::{AgedCrop, ModelInfo};
use agemirror_faces::compose::paste_faces;
use agemirror_faces::crop::shown;
use agemirror_faces::face::dlib::CropWindow;

/// Crops that are kept although nobody wants them at the moment; the oldest go first.
const MOST_KEPT: usize = 160;

/// An aged crop that was made.
struct Made {
    face: usize,
    age: f32,
    gender: Gender,
    aged: AgedCrop,
    /// What the tile shows of it.
    shown: Arc<RgbImage>,
    finished: Instant,
}

/// What makes a capture the wanted one; another key asks for a new capture. The first number counts the
/// captures that the user asked for.
pub(super) type CaptureKey = (u64, u64, u64);

/// A frame that is held, with what was made of it.
pub(super) struct Capture {
    key: CaptureKey,
    pub(super) job: CropJob,
    made: Vec<Made>,
    whole: Vec<(Gender, Tile)>,
    /// The revision for which the work was given up because the model failed.
    failed: Option<u64>,
    /// The revision that was shown last, and how far the work had come.
    shown: Option<(u64, Progress, usize)>,
}

/// The next thing to do: these ages of that face.
pub(super) struct Task {
    pub(super) face: usize,
    pub(super) ages: Vec<f32>,
}

impl Capture {
    pub(super) fn new(key: CaptureKey, job: CropJob) -> Self {
        Self { key, job, made: Vec::new(), whole: Vec::new(), failed: None, shown: None }
    }

    pub(super) fn is(&self, key: CaptureKey) -> bool {
        self.key == key
    }

    /// Gives the work up until something else is wanted.
    pub(super) fn fail(&mut self, wanted: &Wanted) {
        self.failed = Some(wanted.revision);
    }

    fn find(&self, face: usize, age: f32, gender: Gender) -> Option<&Made> {
        self.made.iter().find(|made| made.face == face && made.age == age && made.gender == gender)
    }

    /// What is to be done next, in the order of the wanted ages, `at_once` of one face at most.
    pub(super) fn next(&self, wanted: &Wanted, at_once: usize) -> Option<Task> {
        if wanted.cancelled || self.failed == Some(wanted.revision) {
            return None;
        }
        let faces = 0..self.job.faces.len();
        let missing = |face: usize, age: f32| self.find(face, age, wanted.gender).is_none();
        let (_, face) = wanted
            .ages
            .iter()
            .flat_map(|&age| faces.clone().map(move |face| (age, face)))
            .find(|&(age, face)| missing(face, age))?;
        let ages = wanted.ages.iter().copied().filter(|&age| missing(face, age)).take(at_once).collect();
        Some(Task { face, ages })
    }

    /// Keeps what a task has made; tiles show `view` of it.
    pub(super) fn keep(&mut self, task: &Task, gender: Gender, aged: Vec<AgedCrop>, view: CropWindow) {
        let finished = Instant::now();
        for (&age, aged) in task.ages.iter().zip(aged) {
            let shown = Arc::new(shown(aged.picture.clone(), view));
            self.made.push(Made { face: task.face, age, gender, aged, shown, finished });
        }
    }

    /// Lets go of crops that nobody wants, the oldest first, when there are many.
    pub(super) fn tidy(&mut self, wanted: &Wanted) {
        let mut left_over = self.made.len().saturating_sub(MOST_KEPT);
        self.made.retain(|made| {
            let goes = left_over > 0 && !(made.gender == wanted.gender && wanted.ages.contains(&made.age));
            left_over -= usize::from(goes);
            !goes
        });
    }

    /// Pastes whole frames of every age of which all faces are made.
    pub(super) fn compose(&mut self, shared: &Shared, wanted: &Wanted, encodings: &Encodings) {
        for &age in wanted.ages.iter() {
            if shared.stale(wanted.revision) {
                return;
            }
            let known = |(gender, tile): &(Gender, Tile)| *gender == wanted.gender && tile.age == age;
            if self.whole.iter().any(known) {
                continue;
            }
            let crop = |face: usize| Some(&self.find(face, age, wanted.gender)?.aged);
            let aged: Option<Vec<&AgedCrop>> = (0..self.job.faces.len()).map(crop).collect();
            let Some(aged) = aged else { continue };
            let frame = &self.job.seen.frame;
            let patches = encodings.faces.iter().zip(aged).map(|(face, aged)| face.crop.patch(aged));
            let tile = Tile {
                age,
                picture: Arc::new(paste_faces(&frame.picture, patches)),
                captured: frame.captured,
                finished: Instant::now(),
            };
            self.whole.push((wanted.gender, tile));
        }
    }

    /// Shows what is made so far, unless that is shown already.
    pub(super) fn show(
        &mut self,
        shared: &Shared,
        wanted: &Wanted,
        model: &ModelInfo,
        faces: &[AgedFace],
        progress: Progress,
    ) {
        let state = (wanted.revision, progress, self.whole.len());
        if self.shown == Some(state) {
            return;
        }
        let whole = match wanted.whole_frames {
            true => wanted.ages.iter().filter_map(|age| self.whole_tile(*age, wanted.gender)).collect(),
            false => Vec::new(),
        };
        let set = TileSet {
            frame: self.job.seen.frame.clone(),
            ages: wanted.ages.to_vec(),
            faces: faces.to_vec(),
            whole,
            model: model.clone(),
            progress: Some(progress),
        };
        if shared.show_tiles(set, &self.job.seen, wanted.revision) {
            self.shown = Some(state);
        }
    }

    fn whole_tile(&self, age: f32, gender: Gender) -> Option<Tile> {
        let tile = self.whole.iter().find(|(known, tile)| *known == gender && tile.age == age);
        tile.map(|(_, tile)| tile.clone())
    }

    /// The tiles of one face that are made, in the order of the wanted ages.
    pub(super) fn tiles(&self, face: usize, wanted: &Wanted) -> Vec<Tile> {
        let tile = |made: &Made| Tile {
            age: made.age,
            picture: Arc::clone(&made.shown),
            captured: self.job.seen.frame.captured,
            finished: made.finished,
        };
        wanted.ages.iter().filter_map(|&age| self.find(face, age, wanted.gender).map(tile)).collect()
    }

    /// How far the work has come.
    pub(super) fn progress(&self, wanted: &Wanted, one_tile: Duration) -> Progress {
        let faces = self.job.faces.len();
        let made = (0..faces).map(|face| self.tiles(face, wanted).len()).sum();
        Progress {
            made,
            wanted: wanted.ages.len() * faces,
            making: None,
            encoding: false,
            capture: self.key.0,
            cancelled: wanted.cancelled || self.failed == Some(wanted.revision),
            one_tile,
        }
    }
}

/// A face with its tiles, as it is shown.
pub(super) fn aged_face(face: &Encoded, present_age: Option<f32>, tiles: Vec<Tile>) -> AgedFace {
    AgedFace {
        face: face.face.clone(),
        crop: Arc::clone(&face.shown),
        edge: face.edge.clone(),
        present_age,
        tiles,
    }
}
