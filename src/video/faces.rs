//! The first pass over a video: where its faces are in every frame, and when every frame is shown.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Ffmpeg, ReadFrom, VideoError, VideoInfo, VideoReader};
use agemirror_faces::face::{FacePaths, FaceProblem, Observed, SequenceTracker};

/// A video whose last frame comes earlier than this share of its length is cut short.
const WHOLE: f64 = 0.97;

/// What the first pass found, for a second pass or one that is resumed.
#[derive(Serialize, Deserialize)]
pub(super) struct Survey {
    /// When each frame is shown, in nanoseconds from the start of the file.
    pub(super) times_ns: Vec<u64>,
    /// What is wrong with the file although it is aged as far as it goes.
    pub(super) remarks: Vec<String>,
    observed: Vec<Vec<Observed>>,
    cuts: Vec<usize>,
    problem: Option<String>,
}

impl Survey {
    /// Looks at every frame. `step` is called with the number of frames seen and ends the work with `false`.
    pub(super) fn make(
        tools: &Ffmpeg,
        path: &Path,
        info: &VideoInfo,
        mut step: impl FnMut(u64) -> bool,
    ) -> Result<Self, VideoError> {
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
        let remarks = remarks(info, &reader, &times_ns);
        let (observed, cuts, problem) = tracker.into_parts();
        let problem = problem.map(|problem| problem.name().to_owned());
        Ok(Self { times_ns, remarks, observed, cuts, problem })
    }

    /// The smoothed faces of all frames.
    pub(super) fn paths(&mut self) -> FacePaths {
        let times: Vec<Duration> = self.times_ns.iter().map(|time| Duration::from_nanos(*time)).collect();
        let problem =
            FaceProblem::ALL.into_iter().find(|known| Some(known.name()) == self.problem.as_deref());
        FacePaths::new(std::mem::take(&mut self.observed), &times, &self.cuts, problem)
    }
}

/// What is wrong with a file of which frames could be read.
fn remarks(info: &VideoInfo, reader: &VideoReader, times_ns: &[u64]) -> Vec<String> {
    let mut remarks = Vec::new();
    let end = times_ns.last().map_or(0.0, |last| *last as f64 / 1e9 + 1.0 / info.rate);
    if let Some(seconds) = info.seconds.filter(|seconds| end < seconds * WHOLE && seconds - end > 0.5) {
        remarks.push(format!(
            "“{}” is cut short or damaged: of {} only the first {} can be read, and these are aged",
            info.name,
            length(seconds),
            length(end)
        ));
    }
    if let Some(([width, height], time_ns)) = reader.changed_size() {
        let [first_width, first_height] = info.size;
        remarks.push(format!(
            "“{}” changes the size of its frames to {width} × {height} pixels at {}; from there on they are \
             scaled to {first_width} × {first_height}",
            info.name,
            length(time_ns as f64 / 1e9)
        ));
    }
    remarks
}

/// A length or moment as minutes and seconds.
pub(super) fn length(seconds: f64) -> String {
    let tenths = (seconds.max(0.0) * 10.0).round() as u64;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}
