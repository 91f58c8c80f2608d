//! Turns observations of single frames into smooth paths.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::face::landmarks::{five_points, yaw};
use crate::face::one_euro::PointSmoother;
use crate::face::region::MeshFit;
use crate::face::{FaceBox, FaceProblem, FivePoints, TrackedFace};

/// Longest gap that is bridged; a face that returns later starts a new run.
const BRIDGED: f32 = 0.5;
/// Minimum length of a run in seconds; shorter ones are false detections, unless the scene itself is as short.
const MIN_SECONDS: f32 = 0.25;
/// Duration of the fade where a face appears, vanishes or turns away, in seconds.
const FADE: f32 = 0.3;

/// A face observed in one frame, not smoothed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Its identity in the video.
    pub id: u64,
    /// The five landmarks, in pixels of the frame.
    pub points: FivePoints,
    /// The box around its mesh.
    #[serde(with = "boxes")]
    pub bounds: FaceBox,
    /// Whether it can be aged in this frame.
    pub able: bool,
}

impl Observed {
    /// Observes a tracked face; its smoothed landmarks are replaced with those of its mesh.
    pub(super) fn of(face: &TrackedFace, able: bool) -> Self {
        Self { id: face.id, points: five_points(&face.mesh), bounds: face.bounds, able }
    }

    /// Observes a face from its fitted mesh, in a frame of this width and height.
    pub(super) fn fitted(id: u64, fit: &MeshFit, frame: (u32, u32)) -> Self {
        let points = fit.points();
        let face =
            TrackedFace { id, bounds: fit.bounds(), points, mesh: fit.mesh.clone(), yaw: yaw(&points) };
        Self::of(&face, face.problem(frame).is_none())
    }
}

/// A face in one frame of a video.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameFace {
    /// The face with smoothed landmarks, without its mesh.
    pub face: TrackedFace,
    /// Opacity of the change, in 0..=1.
    pub strength: f32,
}

/// The faces of all frames of a video.
#[derive(Clone, Debug)]
pub struct FacePaths {
    frames: Vec<Vec<FrameFace>>,
    problem: Option<FaceProblem>,
}

/// One face in the frames from `first` on, without gaps.
struct Run {
    id: u64,
    first: usize,
    points: Vec<FivePoints>,
    bounds: Vec<FaceBox>,
}

impl FacePaths {
    /// Smooths the observations of frames with the timestamps `times`. `cuts` are the first frames of new scenes.
    pub fn new(
        observed: Vec<Vec<Observed>>,
        times: &[Duration],
        cuts: &[usize],
        problem: Option<FaceProblem>,
    ) -> Self {
        let count = observed.len();
        let seconds: Vec<f32> = times.iter().map(Duration::as_secs_f32).collect();
        let mut by_face: BTreeMap<u64, Vec<(usize, Observed)>> = BTreeMap::new();
        for (number, seen) in observed.into_iter().enumerate() {
            for seen in seen.into_iter().filter(|seen| seen.able) {
                by_face.entry(seen.id).or_default().push((number, seen));
            }
        }
        let mut frames = vec![Vec::new(); count];
        for mut seen in by_face.into_values() {
            seen.sort_by_key(|(number, _)| *number);
            for run in runs(&seen, &seconds, cuts) {
                let scene = scene(run.first, count, cuts);
                let last = run.first + run.points.len() - 1;
                let whole = run.first == scene.0 && last + 1 == scene.1;
                if !whole && seconds[last] - seconds[run.first] < MIN_SECONDS {
                    continue;
                }
                let smooth = smooth(&run.points, &seconds[run.first..]);
                for (offset, points) in smooth.into_iter().enumerate() {
                    let number = run.first + offset;
                    let strength = strength(number, run.first, last, scene, &seconds);
                    let (id, bounds, yaw) = (run.id, run.bounds[offset], yaw(&points));
                    let face = TrackedFace { id, bounds, points, mesh: Vec::new(), yaw };
                    frames[number].push(FrameFace { face, strength });
                }
            }
        }
        Self { frames, problem }
    }

    /// The faces to age in the frame of this index; none beyond the last frame.
    pub fn frame(&self, number: usize) -> &[FrameFace] {
        self.frames.get(number).map_or(&[], Vec::as_slice)
    }

    /// Number of frames.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether no frame shows a face that can be aged.
    pub fn is_empty(&self) -> bool {
        self.frames.iter().all(Vec::is_empty)
    }

    /// Number of frames with a face that can be aged.
    pub fn frames_with_faces(&self) -> usize {
        self.frames.iter().filter(|faces| !faces.is_empty()).count()
    }

    /// Why no face can be aged, if so.
    pub fn problem(&self) -> FaceProblem {
        self.problem.unwrap_or(FaceProblem::NoFace)
    }
}

/// The first frame of the scene of `frame`, and the first frame after the scene.
fn scene(frame: usize, count: usize, cuts: &[usize]) -> (usize, usize) {
    let first = cuts.iter().copied().filter(|cut| *cut <= frame).max().unwrap_or(0);
    let next = cuts.iter().copied().filter(|cut| *cut > frame).min().unwrap_or(count);
    (first, next)
}

/// Splits the frames of one face at long gaps and cuts, and bridges all other gaps.
fn runs(seen: &[(usize, Observed)], seconds: &[f32], cuts: &[usize]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (number, seen) in seen {
        let joins = |run: &Run| {
            let last = run.first + run.points.len() - 1;
            let cut = cuts.iter().any(|cut| (last + 1..=*number).contains(cut));
            !cut && seconds[*number] - seconds[last] <= BRIDGED
        };
        match runs.last_mut().filter(|run| joins(run)) {
            Some(run) => run.bridge_to(*number, seen, seconds),
            None => runs.push(Run {
                id: seen.id,
                first: *number,
                points: vec![seen.points],
                bounds: vec![seen.bounds],
            }),
        }
    }
    runs
}

impl Run {
    /// Adds a frame, and interpolates the missing ones before it linearly.
    fn bridge_to(&mut self, number: usize, seen: &Observed, seconds: &[f32]) {
        let last = self.first + self.points.len() - 1;
        let (from, bounds) = (self.points[self.points.len() - 1], self.bounds[self.bounds.len() - 1]);
        for between in last + 1..=number {
            let share = (seconds[between] - seconds[last]) / (seconds[number] - seconds[last]).max(1e-6);
            let mix = |old: f32, new: f32| old + share * (new - old);
            let point = |index: usize| [0, 1].map(|axis| mix(from[index][axis], seen.points[index][axis]));
            self.points.push(std::array::from_fn(point));
            self.bounds.push(FaceBox {
                x: mix(bounds.x, seen.bounds.x),
                y: mix(bounds.y, seen.bounds.y),
                width: mix(bounds.width, seen.bounds.width),
                height: mix(bounds.height, seen.bounds.height),
                score: seen.bounds.score,
            });
        }
    }
}

/// The mean of the live filter's output forwards and backwards: the lag of one direction cancels that of the other.
fn smooth(points: &[FivePoints], seconds: &[f32]) -> Vec<FivePoints> {
    let pass = |order: &mut dyn Iterator<Item = usize>| {
        let mut smoother = PointSmoother::default();
        let mut smooth = vec![[[0.0; 2]; 5]; points.len()];
        let mut before = None;
        for index in order {
            let elapsed = before.map_or(0.0, |before: usize| (seconds[index] - seconds[before]).abs());
            smooth[index] = smoother.smooth(&points[index], elapsed);
            before = Some(index);
        }
        smooth
    };
    let forwards = pass(&mut (0..points.len()));
    let backwards = pass(&mut (0..points.len()).rev());
    let mean = |(a, b): (FivePoints, FivePoints)| {
        std::array::from_fn(|point| [0, 1].map(|axis| (a[point][axis] + b[point][axis]) / 2.0))
    };
    forwards.into_iter().zip(backwards).map(mean).collect()
}

/// Opacity of the change in a frame: it fades in and out, except at the start and end of a scene.
fn strength(number: usize, first: usize, last: usize, scene: (usize, usize), seconds: &[f32]) -> f32 {
    let ramp = |elapsed: f32| {
        let share = (elapsed / FADE).clamp(0.0, 1.0);
        share * share * (3.0 - 2.0 * share)
    };
    let frame = if last > first { (seconds[last] - seconds[first]) / (last - first) as f32 } else { FADE };
    let fade_in = if first == scene.0 { 1.0 } else { ramp(seconds[number] - seconds[first] + frame) };
    let fade_out = if last + 1 == scene.1 { 1.0 } else { ramp(seconds[last] - seconds[number] + frame) };
    fade_in.min(fade_out)
}

/// A box as five numbers.
mod boxes {
    use super::FaceBox;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(bounds: &FaceBox, serializer: S) -> Result<S::Ok, S::Error> {
        [bounds.x, bounds.y, bounds.width, bounds.height, bounds.score].serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FaceBox, D::Error> {
        let [x, y, width, height, score] = <[f32; 5]>::deserialize(deserializer)?;
        Ok(FaceBox { x, y, width, height, score })
    }
}

#[cfg(test)]
#[path = "paths_tests.rs"]
mod tests;
