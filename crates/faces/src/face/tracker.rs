//! Live face tracking: a frame in, faces and problems out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use candle_core::Device;
use image::RgbImage;

use super::detector_thread::DetectorThread;
use super::problem::{is_dark, problem_of_all};
use super::track::Tracks;
use super::{DetectorSettings, FaceDetector, FaceError, FaceMesh, FaceProblem, TrackedFace};
use agemirror_pictures::Frame;

/// Detection interval while somebody is missing.
const PACE_SEARCHING: Duration = Duration::from_millis(80);
/// Detection interval while everybody is tracked by the mesh, to find people who join.
const PACE_SETTLED: Duration = Duration::from_millis(700);
/// How long a lost face explains why there is no face.
const LEFT_EXPLAINS_FOR: Duration = Duration::from_secs(2);
/// Yaw above which a lost face counts as turned away, in eye distances.
const LEFT_TURNED: f32 = 0.25;
/// Fraction outside the frame above which a lost face counts as having left over the edge.
const LEFT_OVER_EDGE: f32 = 0.1;

/// The faces in one frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaceObservation {
    /// Faces that can be aged, largest first, at most four.
    pub faces: Vec<TrackedFace>,
    /// Why there is none. `None` also until the first detection has finished.
    pub problem: Option<FaceProblem>,
}

/// Tracks up to four faces through the frames of a camera.
///
/// The mesh tracks known faces in every frame; the detector runs in its own thread, only at intervals, so its
/// results arrive some frames late.
pub struct FaceTracker {
    detector: DetectorThread,
    mesh: FaceMesh,
    tracks: Tracks,
    /// Capture time of the frame in the last detection request.
    last_asked: Option<Instant>,
    /// Whether a detection has finished for this source.
    has_looked: bool,
    /// Number of requested detections, which look for different faces in turn.
    looks: usize,
    frame_size: (u32, u32),
}

impl FaceTracker {
    /// Loads the bundled networks and starts the detector thread.
    ///
    /// # Errors
    /// When the bundled files are damaged or the system cannot start a thread.
    pub fn new() -> Result<Self, FaceError> {
        Ok(Self {
            detector: DetectorThread::start(FaceDetector::bundled()?)?,
            mesh: FaceMesh::bundled(&Device::Cpu)?,
            tracks: Tracks::default(),
            last_asked: None,
            has_looked: false,
            looks: 0,
            frame_size: (0, 0),
        })
    }

    /// Tracks the faces into `frame`. Takes about 5 ms per face and never waits for the detector.
    pub fn update(&mut self, frame: &Frame) -> FaceObservation {
        if frame.picture.dimensions() != self.frame_size {
            self.reset();
            self.frame_size = frame.picture.dimensions();
        }
        let was_settled = self.tracks.all_seen();
        let answer = self.detector.poll();
        if let Err(error) = self.track(frame, answer) {
            tracing::warn!("face tracking failed and restarts: {error}");
            self.reset();
        }
        self.request_detection(frame, was_settled);
        self.observe(frame)
    }

    /// Drops every face, for a new source. Identifiers are not reused.
    pub fn reset(&mut self) {
        self.tracks.clear();
        self.detector.cancel();
        self.last_asked = None;
        self.has_looked = false;
        self.looks = 0;
    }

    fn track(
        &mut self,
        frame: &Frame,
        answer: Option<Result<Vec<super::FaceBox>, FaceError>>,
    ) -> Result<(), FaceError> {
        self.tracks.track(&self.mesh, &frame.picture, frame.captured)?;
        if let Some(boxes) = answer {
            self.has_looked = true;
            self.tracks.add_detections(&self.mesh, &frame.picture, frame.captured, &boxes?)?;
        }
        Ok(())
    }

    /// Requests a detection when it is due, and immediately when a face has just been lost.
    fn request_detection(&mut self, frame: &Frame, was_settled: bool) {
        let settled = self.tracks.all_seen();
        if self.detector.is_busy() || (settled && self.tracks.is_full()) {
            return;
        }
        let pace = if settled { PACE_SETTLED } else { PACE_SEARCHING };
        let just_lost = was_settled && !settled;
        let since = |asked: Instant| frame.captured.checked_duration_since(asked);
        // A clock that runs backwards indicates another source.
        let due = self.last_asked.and_then(since).is_none_or(|elapsed| elapsed >= pace);
        if due || just_lost {
            self.last_asked = Some(frame.captured);
            let settings = self.next_settings(settled);
            self.detector.request(Arc::clone(&frame.picture), settings);
        }
    }

    /// Detections look for large, small and wrinkled faces in turn, unless a lost face of known size is wanted.
    fn next_settings(&mut self, settled: bool) -> DetectorSettings {
        let look = self.looks;
        self.looks += 1;
        match settled {
            true if look % 2 == 1 => DetectorSettings::JOIN,
            false if self.tracks.is_empty() => DetectorSettings::LOOKS[look % DetectorSettings::LOOKS.len()],
            _ => DetectorSettings::LIVE,
        }
    }

    fn observe(&self, frame: &Frame) -> FaceObservation {
        let all = self.tracks.faces();
        let size = frame.picture.dimensions();
        let problem = problem_of_all(&all, size);
        let faces: Vec<TrackedFace> = all.into_iter().filter(|face| face.problem(size).is_none()).collect();
        if !faces.is_empty() {
            return FaceObservation { faces, problem: None };
        }
        let problem = problem.or_else(|| self.why_nobody(&frame.picture, frame.captured));
        FaceObservation { faces, problem }
    }

    fn why_nobody(&self, picture: &RgbImage, now: Instant) -> Option<FaceProblem> {
        if !self.has_looked {
            return None;
        }
        if is_dark(picture) {
            return Some(FaceProblem::TooDark);
        }
        let left = self.tracks.last_dropped(now, LEFT_EXPLAINS_FOR);
        Some(left.map_or(FaceProblem::NoFace, |face| why_left(face, picture.dimensions())))
    }
}

/// Why a face, last seen like this in a frame of this size, is no longer visible.
fn why_left(face: &TrackedFace, frame: (u32, u32)) -> FaceProblem {
    if face.share_outside(frame) > LEFT_OVER_EDGE {
        FaceProblem::CutByEdge
    } else if face.yaw.abs() > LEFT_TURNED {
        FaceProblem::TurnedAway
    } else {
        FaceProblem::NoFace
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::testing::{ASTRONAUT_POINTS, astronaut, largest_offset, shifted, side_by_side};
    use image::{Rgb, imageops};

    /// A 30 fps camera whose frames arrive as fast as they are requested.
    struct Camera {
        captured: Instant,
        number: u64,
    }

    impl Camera {
        fn new() -> Self {
            Self { captured: Instant::now(), number: 0 }
        }

        fn frame(&mut self, picture: RgbImage) -> Frame {
            self.captured += Duration::from_millis(33);
            self.number += 1;
            Frame {
                picture: Arc::new(picture),
                captured: self.captured,
                number: self.number,
                mirrored: false,
            }
        }
    }

    /// Shows the same picture until `wanted` holds, or gives up after a while.
    fn until(
        tracker: &mut FaceTracker,
        camera: &mut Camera,
        picture: &RgbImage,
        wanted: impl Fn(&FaceObservation) -> bool,
    ) -> FaceObservation {
        for _ in 0..600 {
            let observation = tracker.update(&camera.frame(picture.clone()));
            if wanted(&observation) {
                return observation;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        tracker.update(&camera.frame(picture.clone()))
    }

    #[test]
    fn finds_tracks_and_loses_a_face() {
        let (mut tracker, mut camera) = (FaceTracker::new().unwrap(), Camera::new());
        let first = tracker.update(&camera.frame(astronaut()));
        assert_eq!(first, FaceObservation::default(), "no result before the first detection");
        let found = until(&mut tracker, &mut camera, &astronaut(), |seen| !seen.faces.is_empty());
        let id = found.faces[0].id;
        for step in 1..=15 {
            let shift = [5. * step as f32, 0.];
            let seen = tracker.update(&camera.frame(shifted(shift)));
            assert_eq!(seen.faces.iter().map(|face| face.id).collect::<Vec<_>>(), [id]);
            let expected = ASTRONAUT_POINTS.map(|[x, y]| [x + shift[0], y]);
            assert!(largest_offset(&seen.faces[0].points, &expected) < 7.);
            assert_eq!(seen.problem, None);
        }
        let empty = RgbImage::from_pixel(512, 512, Rgb([120; 3]));
        let held = tracker.update(&camera.frame(empty.clone()));
        assert_eq!((held.faces.len(), held.problem), (1, None));
        for _ in 0..13 {
            tracker.update(&camera.frame(empty.clone()));
        }
        let gone = tracker.update(&camera.frame(empty));
        assert_eq!(gone, FaceObservation { faces: Vec::new(), problem: Some(FaceProblem::NoFace) });
    }

    #[test]
    fn reports_the_problem() {
        let (mut tracker, mut camera) = (FaceTracker::new().unwrap(), Camera::new());
        let dark = RgbImage::from_pixel(512, 512, Rgb([9, 8, 12]));
        let seen = until(&mut tracker, &mut camera, &dark, |seen| seen.problem.is_some());
        assert_eq!(seen.problem, Some(FaceProblem::TooDark));

        let mut far = RgbImage::from_pixel(640, 480, Rgb([90, 100, 110]));
        let small = imageops::resize(&astronaut(), 250, 250, imageops::FilterType::Triangle);
        imageops::replace(&mut far, &small, 200, 200);
        let seen = until(&mut tracker, &mut camera, &far, |seen| seen.problem == Some(FaceProblem::TooSmall));
        assert_eq!(seen.problem, Some(FaceProblem::TooSmall));
        assert!(seen.faces.is_empty());
    }

    /// A face that leaves the picture is aged while most of it is visible, then asked to come back, even
    /// after it is no longer visible.
    #[test]
    fn a_face_that_leaves_over_the_edge_is_asked_to_come_back() {
        let (mut tracker, mut camera) = (FaceTracker::new().unwrap(), Camera::new());
        let part = |left: u32| imageops::crop_imm(&astronaut(), left, 0, 240, 400).to_image();
        until(&mut tracker, &mut camera, &part(120), |seen| !seen.faces.is_empty());
        let mut problems = Vec::new();
        for left in (120..=272).step_by(4) {
            let seen = tracker.update(&camera.frame(part(left)));
            problems.push((left, seen.problem));
        }
        let wall = RgbImage::from_pixel(240, 400, Rgb([120; 3]));
        for _ in 0..20 {
            problems.push((500, tracker.update(&camera.frame(wall.clone())).problem));
        }
        let first = problems.iter().position(|(_, problem)| problem.is_some()).unwrap();
        assert!((185..225).contains(&problems[first].0), "{problems:?}");
        let cut = Some(FaceProblem::CutByEdge);
        assert!(problems[first..].iter().all(|(_, problem)| *problem == cut), "{problems:?}");
    }

    #[test]
    fn two_faces_and_a_new_source() {
        let (mut tracker, mut camera) = (FaceTracker::new().unwrap(), Camera::new());
        let seen = until(&mut tracker, &mut camera, &side_by_side(2), |seen| seen.faces.len() == 2);
        let ids: Vec<u64> = seen.faces.iter().map(|face| face.id).collect();
        assert_eq!(ids.len(), 2);
        let other = tracker.update(&camera.frame(side_by_side(3)));
        assert!(other.faces.is_empty(), "another size is another source");
        let seen = until(&mut tracker, &mut camera, &side_by_side(3), |seen| seen.faces.len() == 3);
        assert!(seen.faces.len() == 3 && seen.faces.iter().all(|face| !ids.contains(&face.id)));
    }
}
