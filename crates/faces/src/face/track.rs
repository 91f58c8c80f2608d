//! Tracks faces by their mesh from frame to frame, without threads or clocks: the same pictures at the same
//! times give the same faces.

use std::time::{Duration, Instant};

use image::RgbImage;

use super::detector::SURE_SCORE;
use super::landmarks::{eye_distance, intersection_over_union, roll, yaw};
use super::one_euro::PointSmoother;
use super::region::{FaceRegion, MeshFit};
use super::{FaceBox, FaceMesh, FivePoints, TrackedFace};

/// Maximum number of faces tracked and aged at once.
pub(crate) const MAX_FACES: usize = 4;
/// How long a lost face is still shown at its last position.
pub(crate) const HOLD: Duration = Duration::from_millis(400);

/// Minimum score of a mesh, and of one in a box of which the detector is not sure.
pub(super) const MIN_SCORE: f32 = 0.5;
const MIN_UNSURE_SCORE: f32 = 0.99;
/// Maximum roll of a face in such a box, in radians.
const MAX_UNSURE_ROLL: f32 = 0.8;
/// Minimum distance of such a face from the edge of the picture, as a fraction of its width.
const EDGE: f32 = 0.1;
/// Overlap from which a detection is an already tracked face.
const SAME_FACE: f32 = 0.25;
/// Overlap of boxes that touch: enough for a face that was just lost, because it has moved meanwhile, and too much for a
/// face of which the detector is not sure, because it may be a part of the other one.
pub(super) const TOUCHING: f32 = 0.02;
/// Overlap from which two tracks follow the same face.
const MERGED: f32 = 0.6;

/// One tracked face.
struct Track {
    id: u64,
    fit: MeshFit,
    smoother: PointSmoother,
    points: FivePoints,
    /// When the mesh last fitted.
    seen: Instant,
    lost: bool,
}

impl Track {
    fn new(id: u64, fit: MeshFit, now: Instant) -> Self {
        let mut smoother = PointSmoother::default();
        let points = smoother.smooth(&fit.points(), 0.0);
        Self { id, fit, smoother, points, seen: now, lost: false }
    }

    fn seen_again(&mut self, fit: MeshFit, now: Instant) {
        if self.lost {
            self.smoother = PointSmoother::default();
        }
        let seconds = now.saturating_duration_since(self.seen).as_secs_f32();
        self.points = self.smoother.smooth(&fit.points(), seconds);
        self.fit = fit;
        self.seen = now;
        self.lost = false;
    }

    fn face(&self) -> TrackedFace {
        TrackedFace {
            id: self.id,
            bounds: self.fit.bounds(),
            points: self.points,
            mesh: self.fit.mesh.clone(),
            yaw: yaw(&self.points),
        }
    }
}

/// All tracked faces.
#[derive(Default)]
pub(super) struct Tracks {
    tracks: Vec<Track>,
    next_id: u64,
    /// The face dropped last, as last seen, and when it was dropped.
    dropped: Option<(TrackedFace, Instant)>,
}

impl Tracks {
    /// Tracks every face into `picture`, captured at `now`.
    ///
    /// # Errors
    /// When the network fails.
    pub(super) fn track(
        &mut self,
        mesh: &FaceMesh,
        picture: &RgbImage,
        now: Instant,
    ) -> candle_core::Result<()> {
        for track in &mut self.tracks {
            let fit = mesh.fit(picture, FaceRegion::around_mesh(&track.fit.mesh))?;
            if is_face(&fit, picture) {
                track.seen_again(fit, now);
            } else {
                track.lost = true;
            }
        }
        self.drop_merged();
        self.drop_expired(now);
        Ok(())
    }

    /// Applies the detector's boxes: adds new faces and resumes lost ones. Tracked faces stay unchanged,
    /// because the mesh is more accurate than the box.
    ///
    /// # Errors
    /// When the network fails.
    pub(super) fn add_detections(
        &mut self,
        mesh: &FaceMesh,
        picture: &RgbImage,
        now: Instant,
        boxes: &[FaceBox],
    ) -> candle_core::Result<()> {
        for face in boxes {
            let same = if is_sure(face.score) { SAME_FACE } else { TOUCHING };
            if self.nearest(face, false).is_some_and(|(_, overlap)| overlap > same) {
                continue;
            }
            let lost = self.nearest(face, true).filter(|(_, overlap)| *overlap > TOUCHING);
            if lost.is_none() && self.is_full() {
                continue;
            }
            let fit = mesh.fit_refined(picture, FaceRegion::around_box(face), 1)?;
            if !is_face(&fit, picture) || !is_confirmed(&fit, face.score, picture) {
                continue;
            }
            if let Some(track) = lost.and_then(|(index, _)| self.tracks.get_mut(index)) {
                track.seen_again(fit, now);
            } else {
                self.tracks.push(Track::new(self.next_id, fit, now));
                self.next_id += 1;
            }
        }
        self.drop_merged();
        Ok(())
    }

    /// Drops all faces; identifiers are not reused.
    pub(super) fn clear(&mut self) {
        self.tracks.clear();
        self.dropped = None;
    }

    /// The tracked faces, largest first; lost ones at their last position.
    pub(super) fn faces(&self) -> Vec<TrackedFace> {
        let mut faces: Vec<TrackedFace> = self.tracks.iter().map(Track::face).collect();
        largest_first(&mut faces);
        faces
    }

    /// The faces whose mesh fitted at `now`, in the order in which they were found.
    pub(super) fn seen_faces(&self, now: Instant) -> Vec<TrackedFace> {
        let seen = self.tracks.iter().filter(|track| !track.lost && track.seen == now);
        seen.map(Track::face).collect()
    }

    /// Whether no face is tracked.
    pub(super) fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    /// Whether no more faces can be added.
    pub(super) fn is_full(&self) -> bool {
        self.tracks.len() >= MAX_FACES
    }

    /// Whether there are tracked faces and all of them are currently seen.
    pub(super) fn all_seen(&self) -> bool {
        !self.tracks.is_empty() && self.tracks.iter().all(|track| !track.lost)
    }

    /// The face dropped last, as last seen, if that was at most `within` ago.
    pub(super) fn last_dropped(&self, now: Instant, within: Duration) -> Option<&TrackedFace> {
        let (face, when) = self.dropped.as_ref()?;
        (now.saturating_duration_since(*when) <= within).then_some(face)
    }

    /// The track that overlaps `face` most, among lost or visible ones.
    fn nearest(&self, face: &FaceBox, lost: bool) -> Option<(usize, f32)> {
        let tracks = self.tracks.iter().enumerate().filter(|(_, track)| track.lost == lost);
        let overlaps =
            tracks.map(|(index, track)| (index, intersection_over_union(&track.fit.bounds(), face)));
        overlaps.max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// If two tracks have converged on the same face, keeps the older one.
    fn drop_merged(&mut self) {
        let mut kept: Vec<Track> = Vec::with_capacity(self.tracks.len());
        for track in self.tracks.drain(..) {
            let bounds = track.fit.bounds();
            let merged = |other: &Track| intersection_over_union(&other.fit.bounds(), &bounds) > MERGED;
            match kept.iter().position(merged) {
                None => kept.push(track),
                // A lost face may have been found again as a new track.
                Some(index) if kept[index].lost && !track.lost => {
                    kept[index].seen_again(track.fit, track.seen);
                }
                Some(_) => {}
            }
        }
        self.tracks = kept;
    }

    fn drop_expired(&mut self, now: Instant) {
        let expired = |track: &Track| track.lost && now.saturating_duration_since(track.seen) > HOLD;
        if let Some(track) = self.tracks.iter().find(|track| expired(track)) {
            self.dropped = Some((track.face(), now));
        }
        self.tracks.retain(|track| !expired(track));
    }
}

/// Whether the detector is sure of a box with this score.
pub(super) fn is_sure(box_score: f32) -> bool {
    box_score >= SURE_SCORE
}

/// Whether a fit in `picture` confirms the detector's box with this score. Upside down, the mesh fits faces too, but
/// badly, and at the edge it squeezes what is left of a face into the picture.
pub(super) fn is_confirmed(fit: &MeshFit, box_score: f32, picture: &RgbImage) -> bool {
    if is_sure(box_score) {
        return true;
    }
    let FaceBox { x, y, width, height, .. } = fit.bounds();
    let margin = EDGE * width;
    let is_inside = x >= margin
        && y >= margin
        && x + width + margin <= picture.width() as f32
        && y + height + margin <= picture.height() as f32;
    is_inside && fit.score >= MIN_UNSURE_SCORE && roll(&fit.points()).abs() < MAX_UNSURE_ROLL
}

/// Whether a fit is a face that is at least partly inside the picture.
pub(super) fn is_face(fit: &MeshFit, picture: &RgbImage) -> bool {
    let [nose_x, nose_y] = fit.points()[2];
    fit.score >= MIN_SCORE
        && eye_distance(&fit.points()) >= 4.0
        && (0.0..picture.width() as f32).contains(&nose_x)
        && (0.0..picture.height() as f32).contains(&nose_y)
}

/// Sorts by the area of the box, descending.
pub(super) fn largest_first(faces: &mut [TrackedFace]) {
    let area = |face: &TrackedFace| face.bounds.width * face.bounds.height;
    faces.sort_by(|a, b| area(b).total_cmp(&area(a)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::testing::{ASTRONAUT_POINTS, astronaut, largest_offset, shifted, side_by_side};
    use crate::face::{DetectorSettings, FaceDetector};
    use candle_core::Device;

    struct Scene {
        detector: FaceDetector,
        mesh: FaceMesh,
        tracks: Tracks,
        now: Instant,
    }

    impl Scene {
        fn new() -> Self {
            Self {
                detector: FaceDetector::bundled().unwrap(),
                mesh: FaceMesh::bundled(&Device::Cpu).unwrap(),
                tracks: Tracks::default(),
                now: Instant::now(),
            }
        }

        /// Advances by one frame.
        fn step(&mut self, picture: &RgbImage, detect: bool) -> Vec<TrackedFace> {
            self.now += Duration::from_millis(33);
            self.tracks.track(&self.mesh, picture, self.now).unwrap();
            if detect {
                let boxes = self.detector.detect(picture, DetectorSettings::LIVE).unwrap();
                self.tracks.add_detections(&self.mesh, picture, self.now, &boxes).unwrap();
            }
            self.tracks.faces()
        }
    }

    #[test]
    fn a_moving_face_keeps_its_identifier_and_its_landmarks_follow() {
        let mut scene = Scene::new();
        let id = scene.step(&astronaut(), true)[0].id;
        for step in 1..=20 {
            let shift = [6. * step as f32, 3. * step as f32];
            let faces = scene.step(&shifted(shift), step % 7 == 0);
            assert_eq!(faces.len(), 1);
            assert_eq!(faces[0].id, id);
            let expected = ASTRONAUT_POINTS.map(|[x, y]| [x + shift[0], y + shift[1]]);
            let offset = largest_offset(&faces[0].points, &expected);
            assert!(offset < 7., "step {step}: {offset}");
        }
    }

    #[test]
    fn the_mesh_confirms_or_rejects_a_box_of_which_the_detector_is_not_sure() {
        let mut scene = Scene::new();
        let unsure = |x: f32, y: f32, side: f32| FaceBox { x, y, width: side, height: side, score: 0.8 };
        let mut faces_after = |picture: &RgbImage, boxes: &[FaceBox]| {
            scene.tracks.add_detections(&scene.mesh, picture, scene.now, boxes).unwrap();
            scene.tracks.faces().len()
        };
        assert_eq!(faces_after(&astronaut(), &[unsure(276.0, 325.0, 61.0), unsure(20.0, 20.0, 90.0)]), 0);
        let cut = image::imageops::crop_imm(&astronaut(), 196, 0, 240, 400).to_image();
        assert_eq!(faces_after(&cut, &[unsure(-16.0, 72.0, 88.0)]), 0, "half a face at the edge");
        assert_eq!(faces_after(&astronaut(), &[unsure(173.0, 68.0, 98.0)]), 1);
        assert_eq!(
            faces_after(&astronaut(), &[unsure(230.0, 100.0, 60.0)]),
            1,
            "a part of the face is no other face"
        );
    }

    #[test]
    fn a_resting_face_jitters_less_than_its_mesh() {
        let mut scene = Scene::new();
        scene.step(&astronaut(), true);
        let (mut smooth, mut raw) = (0f32, 0f32);
        let mut before = scene.step(&astronaut(), false).remove(0);
        for step in 0..30 {
            let tremble = [0.7 * ((step * 7) % 5 - 2) as f32 / 2., 0.7 * ((step * 3) % 5 - 2) as f32 / 2.];
            let face = scene.step(&shifted(tremble), false).remove(0);
            smooth += largest_offset(&face.points, &before.points);
            let nose = |face: &TrackedFace| face.mesh[4];
            raw += (nose(&face)[0] - nose(&before)[0]).hypot(nose(&face)[1] - nose(&before)[1]);
            before = face;
        }
        assert!(smooth < 0.7 * raw, "{smooth} {raw}");
    }

    #[test]
    fn a_lost_face_is_held_for_400_ms_and_resumed_with_the_same_identifier() {
        let mut scene = Scene::new();
        let empty = RgbImage::from_pixel(512, 512, image::Rgb([120; 3]));
        let face = scene.step(&astronaut(), true).remove(0);
        for _ in 0..12 {
            let held = scene.step(&empty, true);
            assert_eq!(held.len(), 1);
            assert_eq!(held[0].points, face.points);
            assert!(!scene.tracks.all_seen());
        }
        let again = scene.step(&shifted([25., 0.]), true);
        assert_eq!(again.iter().map(|face| face.id).collect::<Vec<_>>(), [face.id]);
        assert!(scene.tracks.all_seen());
        for _ in 0..13 {
            scene.step(&empty, true);
        }
        assert!(scene.tracks.is_empty());
        assert!(scene.tracks.last_dropped(scene.now, HOLD).is_some());
        assert_ne!(scene.step(&astronaut(), true)[0].id, face.id);
    }

    #[test]
    fn two_faces_have_two_identifiers_and_keep_them() {
        let mut scene = Scene::new();
        let pair = side_by_side(2);
        let first = scene.step(&pair, true);
        assert_eq!(first.len(), 2);
        assert_ne!(first[0].id, first[1].id);
        for detect in [false, true, false, true] {
            let faces = scene.step(&pair, detect);
            for face in &faces {
                let before = first.iter().find(|other| other.id == face.id).unwrap();
                assert!(largest_offset(&face.points, &before.points) < 4.);
            }
            assert_eq!(faces.len(), 2);
        }
    }

    #[test]
    fn at_most_four_faces_are_tracked() {
        let mut scene = Scene::new();
        let five = side_by_side(5);
        let boxes = scene.detector.detect(&five, DetectorSettings::STILL).unwrap();
        assert_eq!(boxes.len(), 5);
        scene.tracks.add_detections(&scene.mesh, &five, scene.now, &boxes).unwrap();
        assert_eq!(scene.tracks.faces().len(), MAX_FACES);
    }
}
