//! From what was seen in single frames to steady paths.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::face::landmarks::{five_points, yaw};
use crate::face::one_euro::PointSmoother;
use crate::face::region::MeshFit;
use crate::face::{FaceBox, FaceProblem, FivePoints, TrackedFace};

/// A face that is lost for longer is another run; shorter gaps are bridged.
const BRIDGED: f32 = 0.5;
/// A run shorter than this, in seconds, is a mistake of the detector, unless the whole scene is as short.
const SHORTEST: f32 = 0.25;
/// Time in seconds in which the change comes and goes where a face appears, vanishes or turns.
const FADE: f32 = 0.3;

/// A face as one frame shows it, not smoothed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Its number in the video.
    pub id: u64,
    /// The five landmarks in pixels of the frame.
    pub points: FivePoints,
    /// The box around its mesh.
    #[serde(with = "boxes")]
    pub bounds: FaceBox,
    /// Whether it can be aged in this frame.
    pub able: bool,
}

impl Observed {
    /// A followed face, whose own landmarks are smoothed already and replaced by those of its mesh.
    pub(super) fn of(face: &TrackedFace, able: bool) -> Self {
        Self { id: face.id, points: five_points(&face.mesh), bounds: face.bounds, able }
    }

    /// A face by the fit of its mesh, in a frame of that width and height.
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
    /// How much of the change is shown, in 0..=1.
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
    /// Smooths what was observed in frames shown at `times`. At the frames in `cuts` another scene begins.
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
                if !whole && seconds[last] - seconds[run.first] < SHORTEST {
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

    /// The faces that are aged in the frame of that number; none beyond the last frame.
    pub fn frame(&self, number: usize) -> &[FrameFace] {
        self.frames.get(number).map_or(&[], Vec::as_slice)
    }

    /// How many frames there are.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether no frame shows a face that can be aged.
    pub fn is_empty(&self) -> bool {
        self.frames.iter().all(Vec::is_empty)
    }

    /// How many frames show a face that can be aged.
    pub fn frames_with_faces(&self) -> usize {
        self.frames.iter().filter(|faces| !faces.is_empty()).count()
    }

    /// Why there is none, where there is none.
    pub fn problem(&self) -> FaceProblem {
        self.problem.unwrap_or(FaceProblem::NoFace)
    }
}

/// The first frame of the scene that holds `frame`, and the first one after it.
fn scene(frame: usize, count: usize, cuts: &[usize]) -> (usize, usize) {
    let first = cuts.iter().copied().filter(|cut| *cut <= frame).max().unwrap_or(0);
    let next = cuts.iter().copied().filter(|cut| *cut > frame).min().unwrap_or(count);
    (first, next)
}

/// Splits the frames of one face at long gaps and at cuts, and bridges the other gaps.
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
    /// Adds a frame, and those missing before it on the straight way to it.
    fn bridge_to(&mut self, number: usize, seen: &Observed, seconds: &[f32]) {
        let last = self.first + self.points.len() - 1;
        let (from, bounds) = (self.points[self.points.len() - 1], self.bounds[self.bounds.len() - 1]);
        for between in last + 1..=number {
            let share = (seconds[between] - seconds[last]) / (seconds[number] - seconds[last]).max(1e-6);
            let mix = |old: f32, new: f32| old + share * (new - old);
            let point = |place: usize| [0, 1].map(|axis| mix(from[place][axis], seen.points[place][axis]));
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

/// The mean of what the live filter makes of the landmarks forwards and backwards: what lags in one direction
/// leads in the other.
fn smooth(points: &[FivePoints], seconds: &[f32]) -> Vec<FivePoints> {
    let pass = |order: &mut dyn Iterator<Item = usize>| {
        let mut smoother = PointSmoother::default();
        let mut smooth = vec![[[0.0; 2]; 5]; points.len()];
        let mut before = None;
        for place in order {
            let elapsed = before.map_or(0.0, |before: usize| (seconds[place] - seconds[before]).abs());
            smooth[place] = smoother.smooth(&points[place], elapsed);
            before = Some(place);
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

/// How much of the change a frame shows: it fades in and out, but not where the scene begins or ends.
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
