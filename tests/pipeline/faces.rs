//! The scripted face watcher.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use agemirror::pipeline::{DetectorError, DetectorFactory, FaceDetector};
use agemirror_faces::face::{FaceBox, FaceObservation, FaceProblem, FivePoints, TrackedFace};
use agemirror_pictures::Frame;

use crate::countdown::take_one;

/// The five points of a face one unit wide whose middle is at 0.
const POINTS: FivePoints = [[-0.2, -0.15], [0.2, -0.15], [0.0, 0.05], [-0.15, 0.25], [0.15, 0.25]];

/// Handles to the scripted watchers that the pipeline makes; clones share them.
#[derive(Clone)]
pub(crate) struct Faces {
    pub made: Arc<AtomicUsize>,
    pub panics: Arc<AtomicUsize>,
    faces: Arc<Mutex<Vec<TrackedFace>>>,
    /// What a thorough search of a still finds; none where it finds nothing more.
    more: Arc<Mutex<Option<Vec<TrackedFace>>>>,
    alive: Arc<()>,
}

impl Default for Faces {
    fn default() -> Self {
        let faces = Arc::new(Mutex::new(vec![face(1, [320.0, 240.0], 200.0)]));
        Self {
            made: Arc::default(),
            panics: Arc::default(),
            faces,
            more: Arc::default(),
            alive: Arc::default(),
        }
    }
}

fn face(id: u64, [x, y]: [f32; 2], side: f32) -> TrackedFace {
    let bounds = FaceBox { x: x - side / 2.0, y: y - side / 2.0, width: side, height: side, score: 1.0 };
    let points = POINTS.map(|[px, py]| [x + px * side, y + py * side]);
    TrackedFace { id, bounds, points, mesh: Vec::new(), yaw: 0.0 }
}

fn row(count: u64) -> Vec<TrackedFace> {
    (1..=count).map(|id| face(id, [140.0 * id as f32 - 70.0, 150.0], 121.0 - id as f32)).collect()
}

impl Faces {
    pub(crate) fn maker(&self) -> DetectorFactory {
        let alive = Arc::downgrade(&self.alive);
        let faces = Self { alive: Arc::default(), ..self.clone() };
        Arc::new(move || {
            faces.made.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(Scripted { faces: faces.clone(), _alive: alive.upgrade() }))
        })
    }

    pub(crate) fn put_at(&self, middle: [f32; 2], side: f32) {
        *self.faces.lock().unwrap() = vec![face(1, middle, side)];
    }

    /// Puts `count` faces side by side, numbered from 1, the first one the largest.
    pub(crate) fn many(&self, count: u64) {
        *self.faces.lock().unwrap() = row(count);
    }

    /// Lets a still show `at_once` of `in_the_end` faces, as [`Faces::many`] puts them, until it was
    /// searched.
    pub(crate) fn more(&self, at_once: u64, in_the_end: u64) {
        *self.faces.lock().unwrap() = row(at_once);
        *self.more.lock().unwrap() = Some(row(in_the_end));
    }

    pub(crate) fn centre(&self, id: u64) -> [f32; 2] {
        let faces = self.faces.lock().unwrap();
        let bounds = faces.iter().find(|face| face.id == id).unwrap().bounds;
        [bounds.x + bounds.width / 2.0, bounds.y + bounds.height / 2.0]
    }

    /// Whether no watcher is left.
    pub(crate) fn is_let_go(&self) -> bool {
        Arc::strong_count(&self.alive) == 1
    }
}

struct Scripted {
    faces: Faces,
    _alive: Option<Arc<()>>,
}

impl FaceDetector for Scripted {
    fn track(&mut self, _frame: &Frame) -> FaceObservation {
        if take_one(&self.faces.panics) {
            panic!("the scripted watcher panics");
        }
        let faces = self.faces.faces.lock().unwrap().clone();
        let problem = faces.is_empty().then_some(FaceProblem::NoFace);
        FaceObservation { faces, problem }
    }

    fn detect(&mut self, frame: &Frame) -> Result<FaceObservation, DetectorError> {
        let searched = self.faces.more.lock().unwrap().is_none();
        let found = self.track(frame);
        Ok(if searched || !found.faces.is_empty() { found } else { FaceObservation::default() })
    }

    fn detect_more(
        &mut self,
        _frame: &Frame,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<FaceObservation>, DetectorError> {
        assert!(go_on(), "the picture is still wanted");
        let more = self.faces.more.lock().unwrap().clone();
        Ok(more
            .map(|faces| FaceObservation { problem: faces.is_empty().then_some(FaceProblem::NoFace), faces }))
    }
}
