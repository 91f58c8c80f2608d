//! The first pass over a video: finds the faces in every frame and reads every timestamp.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Ffmpeg, ReadFrom, Rotation, VideoError, VideoInfo, VideoReader, upright_rotation};
use agemirror_faces::face::{FacePaths, FaceProblem, Observed, SequenceTracker};

/// A video is reported as cut short if its last frame is earlier than this fraction of its length.
const MIN_LENGTH_FRACTION: f64 = 0.97;

/// The result of the first pass; stored, so that a resumed run does not repeat it.
#[derive(Serialize, Deserialize)]
pub(super) struct Survey {
    /// When each frame is shown, in nanoseconds from the start of the file.
    pub(super) times_ns: Vec<u64>,
    /// Faults of the file that do not prevent aging, such as a missing end.
    pub(super) remarks: Vec<String>,
    /// How the frames were rotated.
    pub(super) rotation: Rotation,
    observed: Vec<Vec<Observed>>,
    cuts: Vec<usize>,
    problem: Option<String>,
}

impl Survey {
    /// Tracks faces through every frame. Without a `rotation`, frames whose faces lie sideways are rotated. `step` receives
    /// the number of frames done and stops the pass by returning `false`.
    pub(super) fn make(
        tools: &Ffmpeg,
        path: &Path,
        info: &VideoInfo,
        rotation: Option<Rotation>,
        mut step: impl FnMut(u64) -> bool,
    ) -> Result<Self, VideoError> {
        let upright = rotation.map_or_else(|| upright_rotation(tools, path, info), Ok)?;
        let info = &info.rotated(upright);
        let mut tracker = SequenceTracker::new()?;
        let mut reader = VideoReader::open(tools, path, info, ReadFrom::Frame(0), info.size)?;
        let mut times_ns = Vec::new();
        while let Some(frame) = reader.next_frame()? {
            tracker.update(&Arc::new(frame.picture), Duration::from_nanos(frame.time_ns))?;
            times_ns.push(frame.time_ns);
            if !step(times_ns.len() as u64) {
                return Err(VideoError::Stopped);
            }
        }
        let mut remarks = remarks(info, &reader, &times_ns);
        if rotation.is_none() && upright != Rotation::None {
            remarks.push(format!(
                "“{}” was rotated clockwise by {} degrees, because its faces do not stand upright; add --rotate 0 to \
                 keep it as it is",
                info.name,
                upright.degrees()
            ));
        }
        let (observed, cuts, problem) = tracker.into_parts();
        let problem = problem.map(|problem| problem.name().to_owned());
        Ok(Self { times_ns, remarks, rotation: upright, observed, cuts, problem })
    }

    /// The smoothed faces of all frames.
    pub(super) fn paths(&mut self) -> FacePaths {
        let times: Vec<Duration> = self.times_ns.iter().map(|time| Duration::from_nanos(*time)).collect();
        let problem =
            FaceProblem::ALL.into_iter().find(|known| Some(known.name()) == self.problem.as_deref());
        FacePaths::new(std::mem::take(&mut self.observed), &times, &self.cuts, problem)
    }
}

/// Faults of a file whose frames could be read.
fn remarks(info: &VideoInfo, reader: &VideoReader, times_ns: &[u64]) -> Vec<String> {
    let mut remarks = Vec::new();
    let end = times_ns.last().map_or(0.0, |last| *last as f64 / 1e9 + 1.0 / info.rate);
    if let Some(seconds) =
        info.seconds.filter(|seconds| end < seconds * MIN_LENGTH_FRACTION && seconds - end > 0.5)
    {
        remarks.push(format!(
            "“{}” is cut short or damaged: only the first {} of {} can be read and were aged",
            info.name,
            length(end),
            length(seconds)
        ));
    } else if !reader.complaints().is_empty() {
        remarks.push(format!(
            "“{}” is damaged ({}); some of its pictures may be wrong or missing",
            info.name,
            reader.complaints()
        ));
    }
    if let Some(([width, height], time_ns)) = reader.changed_size() {
        let [first_width, first_height] = info.size;
        remarks.push(format!(
            "the frames of “{}” change their size to {width} × {height} pixels at {}; later frames are scaled to \
             {first_width} × {first_height}",
            info.name,
            length(time_ns as f64 / 1e9)
        ));
    }
    remarks
}

/// Why no face of a video can be aged, and what to do, to follow a colon.
pub(super) fn reason(problem: FaceProblem) -> &'static str {
    match problem {
        FaceProblem::NoFace => {
            "no face was found in it; if its picture lies sideways, add --rotate 90, 180 or 270, otherwise choose \
             another video"
        }
        FaceProblem::TooSmall => {
            "its faces are too small, with fewer than 24 pixels between the eyes; choose a larger copy of it"
        }
        FaceProblem::CutByEdge => {
            "its faces are cut by the edge of the picture; choose a video that shows all of a face"
        }
        FaceProblem::TurnedAway => {
            "its faces are turned away; choose a video in which one looks towards the camera"
        }
        FaceProblem::TooDark => "it is too dark to see a face; choose a brighter video",
    }
}

/// Formats a time as minutes and seconds.
pub(super) fn length(seconds: f64) -> String {
    let tenths = (seconds.max(0.0) * 10.0).round() as u64;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}
