//! `agemirror train mirror`: trains the bundled model on labelled faces.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use candle_core::{DType, Device, Tensor};

use super::device::TrainingDevice;
use super::running::progress_bar;
use crate::aging::mirror::TEMPLATE;
use crate::aging::{open_model, open_model_from};
use crate::cli::interrupt::Interrupt;
use crate::compose::write_atomically;
use crate::dataset::{BatchSampler, FacePack, PackSpec, Split, read_labels};
use crate::training::mirror::{Judges, Prototypes, Run, Teacher, Teaching, Terms, TrainingSettings, sheet};
use crate::training::{EventFile, LOG_FILE, write_tensors};

/// What `agemirror train mirror` is given.
#[derive(Debug, clap::Args)]
pub struct MirrorArgs {
    /// The folder with `labels.csv` and the pictures it names.
    #[arg(long)]
    data: PathBuf,
    /// The folder for checkpoints, sample sheets and the log.
    #[arg(long)]
    out: PathBuf,
    /// Goes on from the last checkpoint in the folder.
    #[arg(long)]
    resume: bool,
    /// Starts from these weights (safetensors, as they ship) in place of chance.
    #[arg(long, conflicts_with = "resume")]
    from: Option<PathBuf>,
    /// Side of the crops in pixels; a multiple of 16.
    #[arg(long, default_value_t = 128)]
    side: u32,
    /// Pairs in a step.
    #[arg(long, default_value_t = 16)]
    batch: usize,
    /// Steps to be done in all.
    #[arg(long, default_value_t = 100_000)]
    steps: u64,
    /// Everything drawn at random depends on it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Minutes between checkpoints.
    #[arg(long, default_value_t = 3.0)]
    save_every: f32,
    /// The folder with the frozen networks `dlib_age_v1.safetensors` and
    /// `faceapi_face_recognition_model.safetensors`, which judge.
    #[arg(long)]
    networks: PathBuf,
    /// Learns from what another model makes of the faces, in place of prototypes: agetransgan, caae, ipcgan, cgan, pagan
    /// or mirror itself. Its pictures are kept in the folder, so that they are made once
    #[arg(long, value_name = "MODEL")]
    teacher: Option<String>,
    /// The teacher's weights [default: those that were taken in]
    #[arg(long, value_name = "FILE", requires = "teacher")]
    weights: Option<PathBuf>,
    /// How many faces the teacher is shown, spread over all of them
    #[arg(long, default_value_t = 1000, value_name = "NUMBER", requires = "teacher")]
    teacher_faces: usize,
    /// Where the networks run.
    #[arg(long, value_enum, default_value_t = TrainingDevice::Cpu)]
    device: TrainingDevice,
    /// A JSON file with settings (rates, weights of the losses) in place of the defaults.
    #[arg(long)]
    settings: Option<PathBuf>,
}

/// Trains until the steps are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data or the folder cannot be used, or training diverges.
pub fn run(args: &MirrorArgs) -> anyhow::Result<()> {
    if args.side == 0 || !args.side.is_multiple_of(16) || args.batch == 0 {
        bail!("--side must be a multiple of 16 and --batch at least 1");
    }
    std::fs::create_dir_all(&args.out).with_context(|| format!("{} cannot be made", args.out.display()))?;
    let settings = settings(args)?;
    let (train, check) = (pack(args, Split::Train)?, pack(args, Split::Validation)?);
    let device = args.device.open()?;
    let judges = Judges::load(&args.networks, &device)?;
    let prototypes = args.teacher.is_none().then(|| prototypes(args, &settings, &train)).transpose()?;
    let interrupt = Interrupt::listen()?;
    let teaching = match prototypes {
        Some(prototypes) => Teaching::Prototypes(Box::new(prototypes)),
        None => Teaching::Teacher(teacher(args, &train, &device, &interrupt)?),
    };
    let mut run = Run::start(settings, judges, teaching, &device)?;
    if let Some(weights) = &args.from {
        run.start_from(weights)?;
    }
    let checkpoint = args.out.join("checkpoint.safetensors");
    if args.resume {
        run.resume(&checkpoint)?;
    } else if checkpoint.exists() {
        bail!("{} holds a run already; give --resume to go on with it or another --out", args.out.display());
    }
    let events = EventFile::create(&args.out)?;
    Session { args, run, train, check, checkpoint, device, events }.run(&interrupt)
}

fn settings(args: &MirrorArgs) -> anyhow::Result<TrainingSettings> {
    let given = match &args.settings {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            serde_json::from_str(&text).with_context(|| format!("{} is no settings file", path.display()))?
        }
        None => TrainingSettings::default(),
    };
    let settings = TrainingSettings { seed: args.seed, side: args.side, batch: args.batch, ..given };
    let text = serde_json::to_vec_pretty(&settings)?;
    write_atomically(&args.out.join("settings.json"), |out| out.write_all(&text))?;
    Ok(settings)
}

/// Opens the packed faces of a split, packing them first where that was not done yet.
fn pack(args: &MirrorArgs, split: Split) -> anyhow::Result<FacePack> {
    let name = match (split, &args.teacher) {
        (Split::Validation, _) => format!("validation-{}", args.side),
        (Split::Train, None) => format!("train-{}", args.side),
        (Split::Train, Some(_)) => format!("train-{}-{}", args.side, args.teacher_faces),
    };
    let path = args.out.join(name).with_extension("pack");
    if !path.exists() {
        let bar = progress_bar(0, "packing {pos}/{len} faces {wide_bar} {eta}")?;
        let stride = stride(args, split)?;
        let spec = PackSpec { split, template: TEMPLATE, side: args.side, stride, limit: None };
        let report = FacePack::build(&args.data, &spec, &path, |done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        })?;
        bar.finish_and_clear();
        for (file, reason) in &report.skipped {
            eprintln!("skipped {}: {reason}", file.display());
        }
    }
    Ok(FacePack::open(&path)?)
}

/// Every so many-th face is taken: all of them, but of those that a teacher is to be shown as many as are asked for.
fn stride(args: &MirrorArgs, split: Split) -> anyhow::Result<usize> {
    if args.teacher.is_none() || split == Split::Validation {
        return Ok(1);
    }
    let faces = read_labels(&args.data.join("labels.csv"))?;
    Ok(faces.iter().filter(|face| face.split == split).count().div_ceil(args.teacher_faces.max(1)))
}

/// The teacher with its pictures, which are made first where that was not done yet.
fn teacher(
    args: &MirrorArgs,
    train: &FacePack,
    device: &Device,
    interrupt: &Interrupt,
) -> anyhow::Result<Teacher> {
    let name = args.teacher.as_deref().unwrap_or_default();
    let model = match &args.weights {
        Some(file) => open_model_from(name, file, device)?,
        None => open_model(name, device)?,
    };
    let bar = progress_bar(train.len() as u64, "teacher {pos}/{len} faces {wide_bar} {eta}")?;
    let folder = args.out.join(format!("teacher-{name}"));
    let teacher = Teacher::ask(model.as_ref(), train, &args.data, &folder, |done| {
        bar.set_position(done as u64);
        !interrupt.came()
    })?;
    bar.finish_and_clear();
    teacher.context("stopped before the teacher had shown everything; the same command goes on from there")
}

/// Opens the prototypes of the packed faces, making them first where that was not done yet, and takes the lines.
fn prototypes(
    args: &MirrorArgs,
    settings: &TrainingSettings,
    train: &FacePack,
) -> anyhow::Result<Prototypes> {
    let bar = progress_bar(train.len() as u64, "face mesh {pos}/{len} {wide_bar} {eta}")?;
    let path = args.out.join(format!("prototypes-{}.safetensors", args.side));
    let mut prototypes = Prototypes::open_or_build(train, &path, |done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    prototypes.draw_lines(train, &settings.line_models)?;
    Ok(prototypes)
}

struct Session<'a> {
    args: &'a MirrorArgs,
    run: Run,
    train: FacePack,
    check: FacePack,
    checkpoint: PathBuf,
    device: Device,
    events: EventFile,
}

impl Session<'_> {
    fn run(mut self, interrupt: &Interrupt) -> anyhow::Result<()> {
        let sampler = BatchSampler::new(self.train.faces(), self.args.batch, self.args.seed);
        let bar = progress_bar(self.args.steps, "step {pos}/{len} {wide_bar} {msg} left {eta}")?;
        bar.set_position(self.run.step);
        bar.reset_eta();
        let (started, first) = (Instant::now(), self.run.step);
        let mut saved = Instant::now();
        let mut sums = Averages::default();
        while self.run.step < self.args.steps && !interrupt.came() {
            sums.add(&self.run.advance(&self.train, &sampler)?);
            bar.set_position(self.run.step);
            let done = (self.run.step - first) as f64 * self.args.batch as f64;
            bar.set_message(format!("{:.1} faces/s", done / started.elapsed().as_secs_f64()));
            if self.run.step.is_multiple_of(50) {
                self.log(&mut sums, done / started.elapsed().as_secs_f64())?;
            }
            if saved.elapsed() > Duration::from_secs_f32(60.0 * self.args.save_every) {
                self.save()?;
                saved = Instant::now();
            }
        }
        bar.finish();
        self.save()?;
        println!("{} steps done; {} holds the run", self.run.step, self.args.out.display());
        Ok(())
    }

    /// Writes the mean of each term since the last time to the table and to the event file.
    fn log(&mut self, sums: &mut Averages, faces_per_second: f64) -> anyhow::Result<()> {
        let means = sums.take();
        let speed = ("faces_per_second", faces_per_second as f32);
        self.events.scalars(self.run.step, means.iter().map(|(name, mean)| (*name, *mean)).chain([speed]))?;
        append(&self.args.out.join(LOG_FILE), self.run.step, &means)
    }

    /// Saves the state, the weights as they ship, and a sheet of validation faces.
    fn save(&self) -> anyhow::Result<()> {
        self.run.save(&self.checkpoint)?;
        let half = |(name, value): (&String, &Tensor)| Ok((name.clone(), value.to_dtype(DType::F16)?));
        let weights = self.run.mean().iter().map(half).collect::<candle_core::Result<_>>()?;
        write_tensors(&weights, &self.args.out.join("mirror.safetensors"))?;
        let faces: Vec<usize> = (0..8).map(|i| (i * 2 + 1) * self.check.len() / 16).collect();
        let picture = sheet(&self.run.mean_network()?, &self.check, &faces, self.args.side, &self.device)?;
        picture.save(self.args.out.join(format!("sheet-{:07}.png", self.run.step)))?;
        Ok(())
    }
}

/// The mean of each term since the last line of the log.
#[derive(Default)]
struct Averages {
    sums: Terms,
    steps: u32,
}

impl Averages {
    fn add(&mut self, terms: &Terms) {
        self.steps += 1;
        for (name, value) in terms {
            *self.sums.entry(name).or_default() += value;
        }
    }

    fn take(&mut self) -> Terms {
        let Self { sums, steps } = std::mem::take(self);
        sums.into_iter().map(|(name, sum)| (name, sum / steps as f32)).collect()
    }
}

/// Appends a line to the table at `path`, with a head where the file is new.
fn append(path: &Path, step: u64, means: &Terms) -> anyhow::Result<()> {
    let new = !path.exists();
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    let mut writer = csv::Writer::from_writer(file);
    if new {
        writer.write_record(std::iter::once("step").chain(means.keys().copied()))?;
    }
    let values = means.values().map(|mean| format!("{mean:.5}"));
    writer.write_record(std::iter::once(step.to_string()).chain(values))?;
    writer.flush()?;
    Ok(())
}
