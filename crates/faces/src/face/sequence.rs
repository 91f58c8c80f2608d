//! Tracks the faces of a recorded video.
//!
//! Because all frames are known, a face that is found late is tracked back to where it appeared, short gaps are
//! bridged, and landmarks are smoothed forwards and backwards, which leaves no lag.

mod paths;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use candle_core::Device;
use image::RgbImage;

use super::landmarks::intersection_over_union;
use super::problem::is_dark;
use super::region::FaceRegion;
use super::track::{Tracks, is_face};
use super::{DetectorSettings, FaceDetector, FaceError, FaceMesh, FaceProblem, TrackedFace};

pub use paths::{FacePaths, FrameFace, Observed};

/// Interval between detections while a face is missing.
const PACE_SEARCHING: Duration = Duration::from_millis(160);
/// Interval between detections while all known faces are tracked.
const PACE_SETTLED: Duration = Duration::from_millis(700);
/// Maximum number of frames kept to track a new face back.
const MAX_RECENT: usize = 16;
/// Maximum size of these frames, in bytes.
const MAX_RECENT_BYTES: usize = 160 << 20;
/// Overlap from which a face is the same as a known one in an earlier frame.
const KNOWN: f32 = 0.25;
/// Mean difference between frames, in levels of 255, from which the next frame starts a new scene.
const CUT: f64 = 42.0;

/// Tracks the faces of a video; deterministic.
pub struct SequenceTracker {
    detector: FaceDetector,
    mesh: FaceMesh,
    tracks: Tracks,
    epoch: Instant,
    looked: Option<Duration>,
    /// Index among [`DetectorSettings::LOOKS`] of the next detection while nobody is tracked.
    next_look: usize,
    recent: VecDeque<Arc<RgbImage>>,
    observed: Vec<Vec<Observed>>,
    times: Vec<Duration>,
    cuts: Vec<usize>,
    problem: Option<FaceProblem>,
    next_id: u64,
}

impl SequenceTracker {
    /// Loads the bundled networks.
    ///
    /// # Errors
    /// When the bundled files are damaged.
    pub fn new() -> Result<Self, FaceError> {
        Ok(Self {
            detector: FaceDetector::bundled()?,
            mesh: FaceMesh::bundled(&Device::Cpu)?,
            tracks: Tracks::default(),
            epoch: Instant::now(),
            looked: None,
            // A video is not live: the thorough search comes first.
            next_look: 1,
            recent: VecDeque::new(),
            observed: Vec::new(),
            times: Vec::new(),
            cuts: Vec::new(),
            problem: None,
            next_id: 0,
        })
    }

    /// Processes the next frame, with the timestamp `time`.
    ///
    /// # Errors
    /// When a network fails.
    pub fn update(&mut self, picture: &Arc<RgbImage>, time: Duration) -> Result<(), FaceError> {
        let now = self.epoch + time;
        if self.recent.front().is_some_and(|last| is_cut(last, picture)) {
            self.tracks.clear();
            self.recent.clear();
            self.looked = None;
            self.cuts.push(self.observed.len());
        }
        let was_settled = self.tracks.all_seen();
        self.tracks.track(&self.mesh, picture, now)?;
        self.look(picture, time, was_settled)?;
        let faces = self.tracks.seen_faces(now);
        if faces.is_empty() && self.problem.is_none() && is_dark(picture) {
            self.problem = Some(FaceProblem::TooDark);
        }
        self.observed.push(Vec::new());
        self.times.push(time);
        for face in &faces {
            self.note(face, picture);
            if face.id >= self.next_id {
                self.next_id = face.id + 1;
                self.follow_back(face)?;
            }
        }
        self.remember(picture);
        Ok(())
    }

    /// Number of processed frames.
    pub fn frames(&self) -> usize {
        self.observed.len()
    }

    /// The arguments of [`FacePaths::new`]: the observations of every frame, the first frame of each new scene, and why
    /// some frames have no face that can be aged.
    pub fn into_parts(self) -> (Vec<Vec<Observed>>, Vec<usize>, Option<FaceProblem>) {
        (self.observed, self.cuts, self.problem)
    }

    /// The faces of all frames.
    pub fn finish(self) -> FacePaths {
        FacePaths::new(self.observed, &self.times, &self.cuts, self.problem)
    }

    fn look(&mut self, picture: &RgbImage, time: Duration, was_settled: bool) -> Result<(), FaceError> {
        let settled = self.tracks.all_seen();
        let pace = if settled { PACE_SETTLED } else { PACE_SEARCHING };
        let due = self.looked.is_none_or(|looked| time.saturating_sub(looked) >= pace);
        let just_lost = was_settled && !settled;
        if !(due || just_lost) || (settled && self.tracks.is_full()) {
            return Ok(());
        }
        self.looked = Some(time);
        let look = DetectorSettings::LOOKS[self.next_look % DetectorSettings::LOOKS.len()];
        self.next_look += 1;
        let settings = match settled {
            true => DetectorSettings::JOIN,
            false if self.tracks.is_empty() => look,
            false => DetectorSettings::LIVE,
        };
        let boxes = self.detector.detect(picture, settings)?;
        self.tracks.add_detections(&self.mesh, picture, self.epoch + time, &boxes)?;
        Ok(())
    }

    fn note(&mut self, face: &TrackedFace, picture: &RgbImage) {
        let problem = face.problem(picture.dimensions());
        self.problem = problem.or(self.problem);
        if let Some(frame) = self.observed.last_mut() {
            frame.push(Observed::of(face, problem.is_none()));
        }
    }

    /// Tracks a newly found face back through earlier frames.
    fn follow_back(&mut self, face: &TrackedFace) -> Result<(), FaceError> {
        let mut mesh = face.mesh.clone();
        let last = self.observed.len() - 1;
        for (back, picture) in (1..=last).zip(&self.recent) {
            let fit = self.mesh.fit(picture, FaceRegion::around_mesh(&mesh))?;
            let frame = &mut self.observed[last - back];
            let known = |other: &Observed| intersection_over_union(&other.bounds, &fit.bounds()) > KNOWN;
            if !is_face(&fit, picture) || frame.iter().any(known) {
                break;
            }
            let earlier = Observed::fitted(face.id, &fit, picture.dimensions());
            frame.push(earlier);
            mesh = fit.mesh;
        }
        Ok(())
    }

    /// Keeps a frame, latest first.
    fn remember(&mut self, picture: &Arc<RgbImage>) {
        let most = (MAX_RECENT_BYTES / picture.as_raw().len().max(1)).min(MAX_RECENT);
        self.recent.push_front(Arc::clone(picture));
        self.recent.truncate(most.max(1));
    }
}

/// Whether two consecutive frames show different scenes.
fn is_cut(before: &RgbImage, after: &RgbImage) -> bool {
    const GRID: u32 = 48;
    if before.dimensions() != after.dimensions() {
        return true;
    }
    let (width, height) = before.dimensions();
    let mut sum = 0u64;
    for row in 0..GRID {
        for column in 0..GRID {
            let (x, y) = ((2 * column + 1) * width / (2 * GRID), (2 * row + 1) * height / (2 * GRID));
            let (old, new) = (before.get_pixel(x, y), after.get_pixel(x, y));
            sum += old.0.iter().zip(new.0).map(|(old, new)| u64::from(old.abs_diff(new))).sum::<u64>();
        }
    }
    sum as f64 / f64::from(GRID * GRID * 3) > CUT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::testing::{ASTRONAUT_POINTS, largest_offset, shifted};

    const FRAME: Duration = Duration::from_millis(40);

    fn track(pictures: &[RgbImage]) -> FacePaths {
        let mut tracker = SequenceTracker::new().unwrap();
        for (number, picture) in (0u32..).zip(pictures) {
            tracker.update(&Arc::new(picture.clone()), FRAME * number).unwrap();
        }
        assert_eq!(tracker.frames(), pictures.len());
        tracker.finish()
    }

    /// The detector runs on every fourth frame, but the face is found from the third on.
    #[test]
    fn a_face_is_followed_back_to_where_it_appeared_and_does_not_lag() {
        let mut covered = shifted([0., 0.]);
        let cover = RgbImage::from_pixel(160, 190, image::Rgb([120, 110, 100]));
        image::imageops::replace(&mut covered, &cover, 140, 20);
        let mut pictures = vec![covered; 2];
        let shift = |step: usize| [4. * step as f32, -2. * step as f32];
        pictures.extend((0..14).map(|step| shifted(shift(step))));
        let paths = track(&pictures);
        assert!(paths.frame(0).is_empty() && paths.frame(1).is_empty());
        for step in 0..14 {
            let faces = paths.frame(2 + step);
            assert_eq!(faces.len(), 1, "frame {}", 2 + step);
            let expected = ASTRONAUT_POINTS.map(|[x, y]| [x + shift(step)[0], y + shift(step)[1]]);
            let offset = largest_offset(&faces[0].face.points, &expected);
            assert!(offset < 5., "frame {step}: {offset}");
        }
    }

    #[test]
    fn a_cut_begins_anew_without_a_fade() {
        let other = image::imageops::flip_horizontal(&shifted([0., 0.]));
        let dark = RgbImage::from_pixel(512, 512, image::Rgb([4; 3]));
        let mut pictures = vec![shifted([0., 0.]); 8];
        pictures.extend(vec![dark; 8]);
        pictures.extend(vec![other; 8]);
        let paths = track(&pictures);
        let [before, dark, after] = [7, 10, 16].map(|number| paths.frame(number));
        assert!(dark.is_empty());
        assert_eq!((before.len(), after.len()), (1, 1));
        assert_ne!(before[0].face.id, after[0].face.id);
        assert_eq!((before[0].strength, after[0].strength), (1.0, 1.0));
    }

    #[test]
    fn nobody_is_explained() {
        let paths = track(&vec![RgbImage::from_pixel(200, 200, image::Rgb([9; 3])); 3]);
        assert!(paths.is_empty());
        assert_eq!(paths.problem(), FaceProblem::TooDark);
    }
}
