//! Ages a video: the first pass tracks faces, the second ages and encodes frames, then the sound is added.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::faces::{Survey, reason};
use super::frame_ager::FrameAger;
use super::join::{Container, Join};
use super::layout::Sheet;
use super::sink::Sink;
use super::unfinished::Unfinished;
use super::{
    EncoderSettings, Ffmpeg, ReadFrom, Rotation, Speed, VideoCodec, VideoError, VideoInfo, VideoReader,
};
use agemirror_faces::age::{AgeTarget, Gender};
use agemirror_faces::aging::AgingModel;
use agemirror_faces::compose::{Provenance, check_folder, file_name};
use agemirror_faces::crop::FaceChoice;
use agemirror_faces::face::FacePaths;

pub use super::layout::VideoLayout;

/// Length of a segment in frames: an interrupted run loses at most this many.
const SEGMENT_FRAMES: u64 = 300;
/// Number of frames before a resumed one that the model encodes again, so that it remembers the face.
const WARM_UP_FRAMES: u64 = 12;
/// Maximum number of videos that are written at once.
const MAX_OUTPUTS: usize = 16;
/// Longest suffix that is added to a name; its length stays free in every file name.
const LONGEST_SUFFIX: &str = ".partial.mp4";

/// A video to age, and how to write it.
#[derive(Clone, Copy)]
pub struct VideoJob<'a> {
    /// FFmpeg.
    pub tools: &'a Ffmpeg,
    /// The video.
    pub path: &'a Path,
    /// The folder to write to.
    pub out: &'a Path,
    /// The ages.
    pub targets: &'a [AgeTarget],
    /// Gender to age faces as, for models that distinguish.
    pub gender: Gender,
    /// The faces to age.
    pub faces: FaceChoice,
    /// How ages are arranged in the output.
    pub layout: VideoLayout,
    /// Video codec of the output.
    pub codec: VideoCodec,
    /// Constant rate factor, 0 (best) to [`super::MAX_QUALITY`]; `None` uses the codec's default.
    pub quality: Option<u8>,
    /// How to rotate the frames, in addition to what the file says; `None` rotates faces that lie sideways.
    pub rotation: Option<Rotation>,
    /// Whether to continue an interrupted run.
    pub resume: bool,
}

/// Progress of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VideoStep {
    /// Finding faces: frames done, and the number of frames if it is known.
    Faces(u64, Option<u64>),
    /// Aging and encoding: frames done, and the number of frames.
    Aging(u64, u64),
    /// Adding the sound.
    Joining,
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct AgedVideo {
    /// The written files. Those of a stopped run have `.partial` in their names and contain the frames done so far.
    pub written: Vec<PathBuf>,
    /// Number of frames in these files.
    pub frames: u64,
    /// Number of frames of the whole video; 0 if the run was stopped before they were counted.
    pub frames_in_all: u64,
    /// Number of frames of the whole video that show a face.
    pub frames_with_faces: u64,
    /// Faults of the video that did not prevent aging, such as a missing end.
    pub remarks: Vec<String>,
}

impl AgedVideo {
    /// Whether every frame was aged.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.frames > 0 && self.frames == self.frames_in_all
    }
}

/// Ages a video. `watch` receives the progress and stops the run by returning `false`; the frames done until then
/// are written to partial files, and a run with [`VideoJob::resume`] continues from there.
///
/// # Errors
/// When the file is not a readable video, shows no face, or an output cannot be written.
pub fn age_video(
    job: VideoJob,
    model: &dyn AgingModel,
    watch: &mut dyn FnMut(VideoStep) -> bool,
) -> Result<AgedVideo, VideoError> {
    if job.layout == VideoLayout::Separate && job.targets.len() > MAX_OUTPUTS {
        return Err(VideoError::TooManyOutputs(job.targets.len(), MAX_OUTPUTS));
    }
    let info = VideoInfo::read(job.tools, job.path)?;
    check_folder(job.out)?;
    let mut done = Unfinished::open(job.path, job.out, &job.key(model), job.resume)?;
    let Some(mut survey) = survey(job, &info, &done, watch)? else {
        let (written, remarks) = (Vec::new(), Vec::new());
        return Ok(AgedVideo { written, frames: 0, frames_in_all: 0, frames_with_faces: 0, remarks });
    };
    let paths = survey.paths();
    if paths.is_empty() {
        done.remove();
        let reason = reason(paths.problem()).to_owned();
        return Err(VideoError::NoFace { name: info.name, reason });
    }
    let (info, times_ns) = (&info.rotated(survey.rotation), survey.times_ns.as_slice());
    Writer { job, info, times_ns, paths: &paths }.write(model, &mut done, watch)?;
    let written = join(job, info, &done, times_ns, watch)?;
    let aged = AgedVideo {
        written,
        frames: done.frames(),
        frames_in_all: times_ns.len() as u64,
        frames_with_faces: paths.frames_with_faces() as u64,
        remarks: survey.remarks,
    };
    if aged.is_whole() {
        done.remove();
    }
    Ok(aged)
}

/// The faces of all frames, found now or by an earlier run; `None` if the run was stopped meanwhile.
fn survey(
    job: VideoJob,
    info: &VideoInfo,
    done: &Unfinished,
    watch: &mut dyn FnMut(VideoStep) -> bool,
) -> Result<Option<Survey>, VideoError> {
    if let Some(survey) = done.survey()? {
        return Ok(Some(survey));
    }
    let step = |frames| watch(VideoStep::Faces(frames, info.frames));
    match Survey::make(job.tools, job.path, info, job.rotation, step) {
        Ok(survey) => {
            done.keep_survey(&survey)?;
            Ok(Some(survey))
        }
        Err(VideoError::Stopped) => Ok(None),
        Err(error) => Err(error),
    }
}

fn join(
    job: VideoJob,
    info: &VideoInfo,
    done: &Unfinished,
    times_ns: &[u64],
    watch: &mut dyn FnMut(VideoStep) -> bool,
) -> Result<Vec<PathBuf>, VideoError> {
    if done.frames() == 0 {
        return Ok(Vec::new());
    }
    watch(VideoStep::Joining);
    let (tools, source, container) = (job.tools, job.path, Container::of(info));
    let join = Join { tools, source, info, done, times_ns, container };
    let names = job.names().into_iter().enumerate();
    names.map(|(output, name)| join.write(output, job.out, &name, &job.provenance(output))).collect()
}

impl VideoJob<'_> {
    /// The names of the outputs, without extensions.
    fn names(&self) -> Vec<String> {
        let stem = self.path.file_stem().unwrap_or(OsStr::new("video"));
        let name = |ending: &str| {
            let name = file_name(stem, &format!("{ending}{LONGEST_SUFFIX}")).to_string_lossy().into_owned();
            name.strip_suffix(LONGEST_SUFFIX).unwrap_or(&name).to_owned()
        };
        match self.layout {
            VideoLayout::Strip => vec![name("_strip")],
            VideoLayout::Grid => vec![name("_grid")],
            VideoLayout::Separate => {
                let plain = |target: &AgeTarget| target.label.replace('–', "-").replace(['/', '\\'], "_");
                self.targets.iter().map(|target| name(&format!("_age-{}", plain(target)))).collect()
            }
        }
    }

    /// The origin of an output.
    fn provenance(&self, output: usize) -> Provenance {
        let shown = match self.layout {
            VideoLayout::Strip | VideoLayout::Grid => self.targets,
            VideoLayout::Separate => self.targets.get(output..=output).unwrap_or_default(),
        };
        Provenance::of_ages(shown.iter().map(|target| target.label.as_str()))
    }

    /// Identifies the settings; a run can only be resumed with the same ones.
    fn key(&self, model: &dyn AgingModel) -> String {
        let ages: Vec<_> = self.targets.iter().map(|target| (&target.label, target.age)).collect();
        let Self { gender, faces, layout, codec, quality, rotation, .. } = self;
        let (name, hash) = (model.info().name, &model.info().weights_hash);
        format!("{ages:?} {gender:?} {faces:?} {layout:?} {codec:?} {quality:?} {rotation:?} {name} {hash}")
    }
}

/// The second pass: ages and encodes frames.
struct Writer<'a> {
    job: VideoJob<'a>,
    info: &'a VideoInfo,
    times_ns: &'a [u64],
    paths: &'a FacePaths,
}

impl Writer<'_> {
    /// Ages the remaining frames, segment by segment, until `watch` stops it.
    fn write(
        &self,
        model: &dyn AgingModel,
        done: &mut Unfinished,
        watch: &mut dyn FnMut(VideoStep) -> bool,
    ) -> Result<(), VideoError> {
        let Self { job, info, paths, .. } = self;
        let count = self.times_ns.len() as u64;
        if done.frames() == count {
            return Ok(());
        }
        let first = done.frames();
        let mut number = first.saturating_sub(WARM_UP_FRAMES);
        let from = ReadFrom::Frame(number);
        let mut reader = VideoReader::open(job.tools, job.path, info, from, info.size)?;
        let mut ager = FrameAger::new(model, job.faces, job.gender);
        let ages: Vec<f32> = job.targets.iter().map(|target| target.age).collect();
        let sheet =
            (job.layout != VideoLayout::Separate).then(|| Sheet::plan(job.layout, job.targets, info.size));
        let mut sinks = Vec::new();
        let mut segment = first;
        let mut stopped = false;
        while number < count && !stopped {
            let Some(frame) = reader.next_frame()? else { break };
            let (picture, faces) = (Arc::new(frame.picture), paths.frame(number as usize));
            if number < first {
                ager.warm_up(&picture, faces)?;
                number += 1;
                continue;
            }
            let mut aged = ager.age(&picture, faces, &ages, self.times_ns[number as usize])?;
            if let Some(sheet) = &sheet {
                aged = vec![Arc::new(sheet.draw(&picture, &aged))];
            }
            if sinks.is_empty() {
                sinks = self.sinks(done, sheet.as_ref().map_or(info.size, |sheet| sheet.size))?;
            }
            let time = self.times_ns[number as usize] - self.times_ns[segment as usize];
            for (sink, picture) in sinks.iter_mut().zip(aged) {
                sink.frame(picture, time)?;
            }
            number += 1;
            if number - segment == SEGMENT_FRAMES {
                close(&mut sinks, done, number - segment)?;
                segment = number;
            }
            stopped = !watch(VideoStep::Aging(number, count));
        }
        close(&mut sinks, done, number.max(segment) - segment)
    }

    /// Starts an encoder for the next segment of each output.
    fn sinks(&self, done: &Unfinished, size: [u32; 2]) -> Result<Vec<Sink>, VideoError> {
        let Self { job, info, .. } = self;
        let settings = EncoderSettings {
            codec: job.codec,
            quality: job.quality,
            colour: info.colour.clone(),
            ticks: info.ticks,
            frame_ns: info.frame_ns(),
            speed: Speed::File,
            provenance: None,
        };
        let outputs = if job.layout == VideoLayout::Separate { job.targets.len() } else { 1 };
        let path = |output| done.segment(output, done.next_segment());
        (0..outputs).map(|output| Sink::start(job.tools, &settings, size, &path(output))).collect()
    }
}

/// Finishes the current segment of every output.
fn close(sinks: &mut Vec<Sink>, done: &mut Unfinished, frames: u64) -> Result<(), VideoError> {
    for sink in std::mem::take(sinks) {
        sink.finish()?;
    }
    done.add_segment(frames)
}
