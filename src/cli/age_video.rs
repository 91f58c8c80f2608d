//! `agemirror age` on videos.

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;

use super::age_picture::Layout;
use crate::video::{
    AgedVideo, Ffmpeg, MAX_QUALITY, Rotation, VideoCodec, VideoError, VideoJob, VideoLayout, VideoStep,
    age_video,
};
use agemirror_console::choices::AgingArgs;
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_error, print_line, progress_bar};
use agemirror_faces::aging::{AgingModel, open_model};
use agemirror_kernels::{DeviceChoice, choose_device};

/// What a progress bar shows behind the count of frames: the rate, the time left and what is done.
const RATE_AND_LEFT: &str = "{per_sec} left {eta} {wide_msg}";

/// The options for videos.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(super) struct VideoOptions {
    /// How videos are compressed
    #[arg(long, value_enum, default_value_t, value_name = "CODEC")]
    pub codec: VideoCodec,
    /// Quality of videos, from 0 (best, large) to 51 [default: hardly any loss is seen]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=i64::from(MAX_QUALITY)))]
    pub quality: Option<u8>,
    /// Rotates videos clockwise, in degrees [default: so that faces are upright]
    #[arg(long, value_enum, value_name = "DEGREES")]
    pub rotate: Option<Rotation>,
    /// Continues videos that were interrupted before
    #[arg(long)]
    pub resume: bool,
}

/// What became of one video.
#[derive(Serialize)]
pub(super) struct VideoOutcome {
    video: String,
    frames: u64,
    frames_with_faces: u64,
    pub written: Vec<String>,
    pub remarks: Vec<String>,
    /// Whether all of it was aged.
    pub finished: bool,
    pub error: Option<String>,
}

/// What `agemirror age` asks of videos.
pub(super) struct VideoRequest<'a> {
    pub out: &'a Path,
    pub layout: Layout,
    pub json: bool,
    pub aging: &'a AgingArgs,
    pub video: VideoOptions,
}

/// Ages videos one after the other until all are done or Ctrl-C comes. Those not reached have no outcome.
pub(super) fn age_videos(
    request: &VideoRequest<'_>,
    videos: &[PathBuf],
    interrupt: &Interrupt,
) -> anyhow::Result<Vec<VideoOutcome>> {
    let mut outcomes = Vec::new();
    if videos.is_empty() || interrupt.is_set() {
        return Ok(outcomes);
    }
    let tools = match Ffmpeg::find() {
        Ok(tools) => tools,
        Err(error) => {
            print_error(&error.to_string());
            return Ok(videos.iter().map(|path| failure(path, &error)).collect());
        }
    };
    let model = open_model(request.aging.model(), &choose_device(DeviceChoice::Automatic).device)?;
    for path in videos {
        if interrupt.is_set() {
            break;
        }
        let aged = age_one(request, &tools, model.as_ref(), path, interrupt);
        let outcome = outcome(path, aged);
        outcome.remarks.iter().for_each(|remark| print_error(remark));
        outcome.error.iter().for_each(|error| print_error(error));
        if !request.json {
            outcome.written.iter().for_each(|path| print_line(path));
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn age_one(
    request: &VideoRequest<'_>,
    tools: &Ffmpeg,
    model: &dyn AgingModel,
    path: &Path,
    interrupt: &Interrupt,
) -> Result<AgedVideo, VideoError> {
    let targets = request.aging.targets();
    let VideoOptions { codec, quality, rotate, resume } = request.video;
    let job = VideoJob {
        tools,
        path,
        out: request.out,
        targets: &targets,
        gender: request.aging.gender(),
        faces: request.aging.faces(),
        layout: match request.layout {
            Layout::Strip => VideoLayout::Strip,
            Layout::Grid => VideoLayout::Grid,
            Layout::Tiles | Layout::Sweep => VideoLayout::Separate,
        },
        codec,
        quality,
        rotation: rotate,
        resume,
    };
    let name = agemirror_pictures::short_name(path);
    let mut progress = Progress { bar: progress_bar(0, RATE_AND_LEFT), phase: "", name };
    let aged = age_video(job, model, &mut |step| {
        progress.show(step);
        !interrupt.is_set()
    });
    progress.bar.finish_and_clear();
    aged
}

/// The bar of one video; it restarts with each phase, since their rates differ.
struct Progress {
    bar: ProgressBar,
    phase: &'static str,
    name: String,
}

impl Progress {
    fn show(&mut self, step: VideoStep) {
        let (phase, done, of) = match step {
            VideoStep::Faces(done, of) => ("looking for faces", done, of),
            VideoStep::Aging(done, of) => ("aging", done, Some(of)),
            VideoStep::Joining => ("adding the sound", 0, None),
        };
        if phase != self.phase {
            self.phase = phase;
            self.bar.reset();
            // A run that is resumed does not count what was done before into its rate.
            self.bar.set_position(done.saturating_sub(1));
            self.bar.reset_eta();
            self.bar.reset_elapsed();
            self.bar.set_message(format!("{}: {phase}", self.name));
        }
        if let Some(of) = of {
            self.bar.set_length(of.max(done));
        }
        self.bar.set_position(done);
    }
}

fn outcome(path: &Path, aged: Result<AgedVideo, VideoError>) -> VideoOutcome {
    match aged {
        Ok(aged) => {
            let video = path.display().to_string();
            let finished = aged.is_whole();
            let written: Vec<_> = aged.written.iter().map(|path| path.display().to_string()).collect();
            let error = (!finished).then(|| stopped(&video, &aged));
            let AgedVideo { frames, frames_with_faces, remarks, .. } = aged;
            VideoOutcome { video, frames, frames_with_faces, written, remarks, finished, error }
        }
        Err(error) => failure(path, &error),
    }
}

fn failure(path: &Path, error: &VideoError) -> VideoOutcome {
    VideoOutcome {
        video: path.display().to_string(),
        frames: 0,
        frames_with_faces: 0,
        written: Vec::new(),
        remarks: Vec::new(),
        finished: false,
        error: Some(error.to_string()),
    }
}

/// What is said of a video that was interrupted.
fn stopped(video: &str, aged: &AgedVideo) -> String {
    match (aged.frames, aged.frames_in_all) {
        (_, 0) => format!("“{video}”: stopped before a frame was aged; nothing was written"),
        (0, _) => format!("“{video}”: stopped before a frame was aged; add --resume to continue"),
        (frames, all) => {
            format!("“{video}”: stopped after {frames} of {all} frames; add --resume to continue")
        }
    }
}
