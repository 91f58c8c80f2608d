//! The trait of what finds and follows faces, and the tracker and the finder behind it.

use std::error::Error;

use crate::camera::Frame;
use crate::face::{FaceFinder, FaceObservation, FaceProblem, FaceTracker, TrackedFace};

/// Why a watcher cannot do its work, in words for the user.
pub type WatcherError = Box<dyn Error + Send + Sync>;

/// Finds and follows faces from frame to frame.
pub trait FaceWatcher: Send {
    /// Looks at the next frame of a camera. May see nothing yet: an observation without faces and
    /// without a problem asks to be shown the frame again where no other follows.
    fn follow(&mut self, frame: &Frame) -> FaceObservation;

    /// Looks at a still picture, thoroughly.
    ///
    /// # Errors
    /// When a network fails.
    fn find(&mut self, frame: &Frame) -> Result<FaceObservation, WatcherError>;
}

/// The bundled tracker, and the bundled finder once a still picture comes.
struct BundledWatcher {
    tracker: FaceTracker,
    finder: Option<FaceFinder>,
}

/// Gets the bundled networks ready.
///
/// # Errors
/// When the bundled files are damaged or the system gives no thread.
pub fn bundled_watcher() -> Result<Box<dyn FaceWatcher>, WatcherError> {
    Ok(Box::new(BundledWatcher { tracker: FaceTracker::new()?, finder: None }))
}

impl FaceWatcher for BundledWatcher {
    fn follow(&mut self, frame: &Frame) -> FaceObservation {
        self.tracker.update(frame)
    }

    fn find(&mut self, frame: &Frame) -> Result<FaceObservation, WatcherError> {
        let finder = match self.finder.take() {
            Some(finder) => finder,
            None => FaceFinder::new()?,
        };
        let found = finder.find(&frame.picture);
        self.finder = Some(finder);
        Ok(able(found?))
    }
}

/// Those faces that can be aged, or why there is none.
fn able(found: Vec<TrackedFace>) -> FaceObservation {
    let (faces, unable): (Vec<_>, Vec<_>) = found.into_iter().partition(|face| face.problem().is_none());
    let problem = unable.iter().find_map(TrackedFace::problem).unwrap_or(FaceProblem::NoFace);
    FaceObservation { problem: faces.is_empty().then_some(problem), faces }
}
