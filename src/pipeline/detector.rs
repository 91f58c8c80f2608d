//! The trait that finds and tracks faces, and the bundled implementation.

use std::error::Error;

use image::RgbImage;

use agemirror_faces::face::{
    Extent, FaceError, FaceFinder, FaceObservation, FaceTracker, TrackedFace, problem_of_still,
};
use agemirror_pictures::Frame;

/// Why a detector failed, as a sentence for the user.
pub type DetectorError = Box<dyn Error + Send + Sync>;

/// Finds faces in still pictures and tracks them from frame to frame of a camera.
pub trait FaceDetector: Send {
    /// Processes the next frame of a camera. An observation without faces and without a problem means that
    /// the result is not ready: the frame must be passed again unless another follows.
    fn track(&mut self, frame: &Frame) -> FaceObservation;

    /// Processes a still picture. An observation without faces and without a problem means that
    /// [`FaceDetector::detect_more`] will decide.
    ///
    /// # Errors
    /// When a network fails.
    fn detect(&mut self, frame: &Frame) -> Result<FaceObservation, DetectorError>;

    /// Searches a still picture, after [`FaceDetector::detect`], for small and turned faces, which may take
    /// seconds. `None` if there is nothing to search, or if `go_on` returned `false`.
    ///
    /// # Errors
    /// When a network fails.
    fn detect_more(
        &mut self,
        _frame: &Frame,
        _go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<FaceObservation>, DetectorError> {
        Ok(None)
    }
}

/// The bundled tracker, and the bundled finder, which is loaded for the first still picture.
struct BundledDetector {
    tracker: FaceTracker,
    finder: Option<FaceFinder>,
}

/// Loads the bundled networks.
///
/// # Errors
/// When the bundled files are damaged or no thread can be started.
pub fn bundled_detector() -> Result<Box<dyn FaceDetector>, DetectorError> {
    Ok(Box::new(BundledDetector { tracker: FaceTracker::new()?, finder: None }))
}

impl FaceDetector for BundledDetector {
    fn track(&mut self, frame: &Frame) -> FaceObservation {
        self.tracker.update(frame)
    }

    fn detect(&mut self, frame: &Frame) -> Result<FaceObservation, DetectorError> {
        let found = self.finder()?.search(&frame.picture, Extent::Quick, &|_| true)?;
        let observation = usable_faces(found, &frame.picture);
        Ok(if observation.faces.is_empty() { FaceObservation::default() } else { observation })
    }

    fn detect_more(
        &mut self,
        frame: &Frame,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<FaceObservation>, DetectorError> {
        match self.finder()?.search(&frame.picture, Extent::All, &|_| go_on()) {
            Ok(found) => Ok(Some(usable_faces(found, &frame.picture))),
            Err(FaceError::Stopped) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl BundledDetector {
    fn finder(&mut self) -> Result<&FaceFinder, DetectorError> {
        match &mut self.finder {
            Some(finder) => Ok(finder),
            empty => Ok(empty.insert(FaceFinder::new()?)),
        }
    }
}

/// The faces that can be aged, or the reason why there is none.
fn usable_faces(found: Vec<TrackedFace>, picture: &RgbImage) -> FaceObservation {
    let is_usable = |face: &TrackedFace| face.problem(picture.dimensions()).is_none();
    let (faces, unusable): (Vec<_>, Vec<_>) = found.into_iter().partition(is_usable);
    FaceObservation { problem: faces.is_empty().then(|| problem_of_still(&unusable, picture)), faces }
}
