//! The trait of what finds and follows faces, and the tracker and the finder behind it.

use std::error::Error;

use image::RgbImage;

use agemirror_faces::face::{
    Extent, FaceError, FaceFinder, FaceObservation, FaceTracker, TrackedFace, problem_of_still,
};
use agemirror_pictures::Frame;

/// Why a watcher cannot do its work, in words for the user.
pub type WatcherError = Box<dyn Error + Send + Sync>;

/// Finds and follows faces from frame to frame.
pub trait FaceWatcher: Send {
    /// Looks at the next frame of a camera. May see nothing yet: an observation without faces and
    /// without a problem asks to be shown the frame again where no other follows.
    fn follow(&mut self, frame: &Frame) -> FaceObservation;

    /// Looks at a still picture. An observation without faces and without a problem says that
    /// [`FaceWatcher::find_more`] will tell.
    ///
    /// # Errors
    /// When a network fails.
    fn find(&mut self, frame: &Frame) -> Result<FaceObservation, WatcherError>;

    /// Searches a still picture that [`FaceWatcher::find`] has looked at for faces that are small or turned,
    /// which may take seconds. `None` where there is nothing to search, or where `go_on` said `false`.
    ///
    /// # Errors
    /// When a network fails.
    fn find_more(
        &mut self,
        _frame: &Frame,
        _go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<FaceObservation>, WatcherError> {
        Ok(None)
    }
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
        let found = self.finder()?.search(&frame.picture, Extent::Quick, &|_| true)?;
        let observation = able(found, &frame.picture);
        Ok(if observation.faces.is_empty() { FaceObservation::default() } else { observation })
    }

    fn find_more(
        &mut self,
        frame: &Frame,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<FaceObservation>, WatcherError> {
        match self.finder()?.search(&frame.picture, Extent::All, &|_| go_on()) {
            Ok(found) => Ok(Some(able(found, &frame.picture))),
            Err(FaceError::Stopped) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl BundledWatcher {
    /// The finder, which is made when the first still comes.
    fn finder(&mut self) -> Result<&FaceFinder, WatcherError> {
        match &mut self.finder {
            Some(finder) => Ok(finder),
            empty => Ok(empty.insert(FaceFinder::new()?)),
        }
    }
}

/// Those faces that can be aged, or why there is none.
fn able(found: Vec<TrackedFace>, picture: &RgbImage) -> FaceObservation {
    let able = |face: &TrackedFace| face.problem(picture.dimensions()).is_none();
    let (faces, unable): (Vec<_>, Vec<_>) = found.into_iter().partition(able);
    FaceObservation { problem: faces.is_empty().then(|| problem_of_still(&unable, picture)), faces }
}
