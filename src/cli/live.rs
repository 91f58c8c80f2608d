//! `agemirror live`: opens the window on a camera, or measures the pipeline without a window.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{ArgGroup, Args};
use serde::Serialize;

use super::live_outputs::{OutputArgs, OutputReport, Outputs};
use super::live_report::{Observer, Report};
use crate::app::AppOptions;
use crate::camera::CameraSettings;
use crate::pipeline::{Pipeline, PipelineSettings, SourceChoice};
use agemirror_console::choices::AgingArgs;
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_json, print_line};
use agemirror_faces::aging::{AgingError, models};
use agemirror_faces::mailbox::Mailbox;
use agemirror_storage::AtomicFile;
use agemirror_storage::write_atomically;

/// Maximum interval between polls of the pipeline.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// Interval at which a report file is rewritten, and the same as a fraction of the time so far, if that is longer:
/// a long report costs more.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
const REPORT_FRACTION: u32 = 100;
/// Longest time over which statistics are computed, so that a long measurement does not take more and more memory.
const MAX_WINDOW: Duration = Duration::from_secs(600);
/// Maximum duration of a measurement, in seconds.
const MAX_SECONDS: f64 = 24.0 * 3600.0;

/// Arguments of `agemirror live`.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("outputs").multiple(true)))]
pub(super) struct Arguments {
    /// Pictures, videos, weight files and folders to open in the window
    #[arg(value_name = "FILE", conflicts_with_all = ["headless", "exhibit", "exhibit_template"])]
    pub files: Vec<PathBuf>,
    /// The camera's name, path or number; `agemirror cameras` lists them
    #[arg(long, value_name = "CAMERA")]
    pub camera: Option<String>,
    /// Preferred picture size
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = parse_size)]
    pub size: Option<(u32, u32)>,
    /// Preferred frames per second
    #[arg(long, value_name = "FPS", value_parser = clap::value_parser!(u32).range(1..=240))]
    pub rate: Option<u32>,
    /// Measures without opening a window
    #[arg(long, requires = "outputs")]
    pub headless: bool,
    /// Duration of the measurement, in seconds
    #[arg(long, value_name = "N", default_value_t = 10.0, requires = "headless", value_parser = parse_seconds)]
    pub seconds: f64,
    /// The file for the statistics as JSON; - for standard output
    #[arg(long, value_name = "FILE", requires = "headless", group = "outputs")]
    pub report: Option<PathBuf>,
    /// Show the exhibit that this file describes: full screen, without controls
    #[arg(long, value_name = "FILE", conflicts_with_all = ["headless", "exhibit_template"])]
    pub exhibit: Option<PathBuf>,
    /// Print an exhibit file with every key and its default
    #[arg(long)]
    pub exhibit_template: bool,
    #[command(flatten)]
    pub aging: AgingArgs,
    #[command(flatten)]
    pub outputs: OutputArgs,
}

fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let sides = text.split_once(['x', 'X', '×']);
    let sides = sides.and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides
        .filter(|(width, height)| (16..=8192).contains(width) && (16..=8192).contains(height))
        .ok_or_else(|| format!("{text:?} is not a picture size; write width and height, as in 640x480"))
}

fn parse_seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.1..=MAX_SECONDS).contains(seconds));
    seconds.ok_or_else(|| format!("{text:?} is not a duration; write seconds, as in 10"))
}

impl Arguments {
    fn camera(&self) -> CameraSettings {
        let default = CameraSettings::default();
        let (width, height) = self.size.unwrap_or((default.width, default.height));
        let rate = self.rate.unwrap_or(default.rate);
        CameraSettings { name: self.camera.clone(), width, height, rate, ..default }
    }

    fn pipeline(&self) -> PipelineSettings {
        PipelineSettings {
            source: SourceChoice::Camera(self.camera()),
            ages: self.aging.years(),
            gender: self.aging.gender(),
            model: self.aging.model().to_owned(),
            faces: self.aging.faces(),
            whole_frames: self.aging.whole_frame,
            ..PipelineSettings::default()
        }
    }
}

/// Opens the window, or measures; `started` is the start of the process.
pub(super) fn run(arguments: Arguments, started: Instant) -> anyhow::Result<ExitCode> {
    if arguments.exhibit_template {
        print_line(crate::exhibit::file::TEMPLATE.trim_end());
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(file) = &arguments.exhibit {
        crate::exhibit::run(file)?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.headless {
        measure(&arguments, started)?;
        return Ok(ExitCode::SUCCESS);
    }
    open_window(arguments)
}

/// Opens the window with the options of the command line.
fn open_window(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { files, camera, size, rate, aging, outputs, .. } = arguments;
    let model = aging.model.as_deref().map(model_name).transpose()?;
    crate::app::run(AppOptions {
        camera,
        size,
        rate,
        whole_frame: aging.whole_frame,
        all_faces: aging.all_faces,
        ages: aging.ages.map(|ages| ages.0),
        model,
        gender: aging.gender,
        virtual_camera: outputs.virtual_camera(),
        files,
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The name of a model, or the absolute path of a weight file, which is remembered for the next start.
fn model_name(model: &str) -> anyhow::Result<String> {
    if models().iter().any(|listed| listed.name == model) {
        return Ok(model.to_owned());
    }
    if !Path::new(model).exists() {
        return Err(AgingError::UnknownModel(model.to_owned()).into());
    }
    let absolute = std::path::absolute(model).with_context(|| format!("{model} cannot be found"))?;
    Ok(absolute.to_str().with_context(|| format!("{} is not valid UTF-8", absolute.display()))?.to_owned())
}

/// Runs the pipeline for the given time, or until Ctrl-C. A report in a regular file is rewritten every
/// second, so that a long measurement can be watched; a pipe or device receives one report at the end.
fn measure(arguments: &Arguments, started: Instant) -> anyhow::Result<()> {
    let interrupt = Interrupt::listen()?;
    let path = arguments.report.as_deref();
    let changes = Mailbox::<()>::default();
    let in_pipeline = changes.clone();
    let duration = Duration::from_secs_f64(arguments.seconds);
    let settings = PipelineSettings { statistics_window: duration.min(MAX_WINDOW), ..arguments.pipeline() };
    let mut observer = Observer::new(started, settings.ages.clone());
    let pipeline = Pipeline::start(settings, Arc::new(move || in_pipeline.nudge()));
    let labels = arguments.aging.targets().into_iter().map(|target| (target.age, target.label)).collect();
    let mut outputs = Outputs::start(&arguments.outputs, labels, &pipeline)?;
    let end = Instant::now() + duration;
    let mut written = Instant::now();
    let rewritten = path.filter(|path| !is_standard_output(path) && AtomicFile::replaces(path));
    let mut recording_ended = false;
    while Instant::now() < end && !interrupt.is_set() && !recording_ended {
        changes.wait(POLL_INTERVAL.min(end.saturating_duration_since(Instant::now())));
        observer.observe(&pipeline.view());
        recording_ended = outputs.look();
        let interval = REPORT_INTERVAL.max(started.elapsed() / REPORT_FRACTION);
        if let Some(path) = rewritten.filter(|_| written.elapsed() > interval) {
            write(path, observer.report(&pipeline.view()), outputs.report())?;
            written = Instant::now();
        }
    }
    // The view is taken before a recording is finished, which takes a while.
    let view = pipeline.view();
    let (outputs, problem) = outputs.finish();
    let report = observer.report(&view);
    let failure = report.failure();
    if let Some(path) = path {
        write(path, report, outputs)?;
    }
    let problem = problem.map(|problem| problem.to_string());
    // A recording that ended by itself ended the run, perhaps before the first picture.
    match if recording_ended { problem.or(failure) } else { failure.or(problem) } {
        Some(failure) => anyhow::bail!(failure),
        None => Ok(()),
    }
}

/// The whole report.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    report: Report<'a>,
    #[serde(flatten)]
    outputs: OutputReport,
}

fn is_standard_output(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn write(path: &Path, report: Report, outputs: OutputReport) -> anyhow::Result<()> {
    let report = Whole { report, outputs };
    if is_standard_output(path) {
        return print_json(&report);
    }
    let text = serde_json::to_vec_pretty(&report).context("the report cannot be written as JSON")?;
    write_atomically(path, |out| out.write_all(&text))?;
    Ok(())
}
