//! `agemirror train age-estimator`: trains the network that reads ages when models are measured.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use candle_core::Device;

use super::running::progress_bar;
use crate::cli::interrupt::Interrupt;
use crate::compose::write_atomically;
use crate::dataset::{BatchSampler, FacePack, PackSpec, Split};
use crate::evaluation::age_estimator::{EstimatorSettings, Run, SIDE, TEMPLATE};
use crate::training::{LOG_FILE, write_tensors};

/// What `agemirror train age-estimator` is given.
#[derive(Debug, clap::Args)]
pub struct EstimatorArgs {
    /// The folder with `labels.csv` and the pictures it names.
    #[arg(long)]
    data: PathBuf,
    /// The folder for checkpoints, the weights and the log.
    #[arg(long)]
    out: PathBuf,
    /// Goes on from the last checkpoint in the folder, with the settings it was started with.
    #[arg(long)]
    resume: bool,
    /// Pairs of faces in a step.
    #[arg(long, default_value_t = EstimatorSettings::default().pairs)]
    pairs: usize,
    /// Steps in all; the rate falls to zero over them.
    #[arg(long, default_value_t = EstimatorSettings::default().steps)]
    steps: u64,
    /// The largest length of a step.
    #[arg(long, default_value_t = EstimatorSettings::default().rate)]
    rate: f64,
    /// Everything drawn at random depends on it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Minutes between checkpoints.
    #[arg(long, default_value_t = 2.0)]
    save_every: f32,
}

/// Trains until the steps are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data or the folder cannot be used, or training diverges.
pub fn run(args: &EstimatorArgs) -> anyhow::Result<()> {
    if args.pairs == 0 || args.steps == 0 {
        bail!("--pairs and --steps must be at least 1");
    }
    std::fs::create_dir_all(&args.out).with_context(|| format!("{} cannot be made", args.out.display()))?;
    let checkpoint = args.out.join("checkpoint.safetensors");
    if !args.resume && checkpoint.exists() {
        bail!("{} holds a run already; give --resume to go on with it or another --out", args.out.display());
    }
    let settings = settings(args)?;
    let (train, check) = (pack(args, Split::Train)?, pack(args, Split::Validation)?);
    let mut run = Run::start(settings, &Device::Cpu)?;
    if args.resume {
        run.resume(&checkpoint)?;
    }
    let interrupt = Interrupt::listen()?;
    Session { args, settings, run, train, check, checkpoint }.run(&interrupt)
}

/// The settings of a new run, which are written beside it, or those of the run that is resumed.
fn settings(args: &EstimatorArgs) -> anyhow::Result<EstimatorSettings> {
    let path = args.out.join("settings.json");
    if args.resume {
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{} cannot be read, so there is nothing to resume", path.display()))?;
        return serde_json::from_str(&text)
            .with_context(|| format!("{} is no settings file", path.display()));
    }
    let settings =
        EstimatorSettings { seed: args.seed, pairs: args.pairs, steps: args.steps, rate: args.rate };
    let text = serde_json::to_vec_pretty(&settings)?;
    write_atomically(&path, |out| out.write_all(&text))?;
    Ok(settings)
}

/// Opens the packed faces of a split, packing them first where that was not done yet.
fn pack(args: &EstimatorArgs, split: Split) -> anyhow::Result<FacePack> {
    let name = if split == Split::Train { "train" } else { "validation" };
    let path = args.out.join(format!("{name}.pack"));
    if !path.exists() {
        let bar = progress_bar(0, "packing {pos}/{len} faces {wide_bar} {eta}")?;
        let spec = PackSpec { split, template: TEMPLATE, side: SIDE, stride: 1, limit: None };
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

struct Session<'a> {
    args: &'a EstimatorArgs,
    settings: EstimatorSettings,
    run: Run,
    train: FacePack,
    check: FacePack,
    checkpoint: PathBuf,
}

impl Session<'_> {
    fn run(mut self, interrupt: &Interrupt) -> anyhow::Result<()> {
        let sampler = BatchSampler::new(self.train.faces(), self.settings.pairs, self.settings.seed);
        let bar = progress_bar(self.settings.steps, "step {pos}/{len} {wide_bar} {msg} left {eta}")?;
        bar.set_position(self.run.step);
        bar.reset_eta();
        let (started, first) = (Instant::now(), self.run.step);
        let (mut saved, mut loss) = (Instant::now(), Mean::default());
        while self.run.step < self.settings.steps && !interrupt.came() {
            loss.add(self.run.advance(&self.train, &sampler)?);
            bar.set_position(self.run.step);
            let done = ((self.run.step - first) * 2 * self.settings.pairs as u64) as f64;
            bar.set_message(format!("{:.0} faces/s", done / started.elapsed().as_secs_f64()));
            if saved.elapsed() > Duration::from_secs_f32(60.0 * self.args.save_every) {
                self.save(&sampler, &mut loss)?;
                saved = Instant::now();
            }
        }
        bar.finish();
        let error = self.save(&sampler, &mut loss)?;
        println!("{} steps done; {} holds the run", self.run.step, self.args.out.display());
        if let Some(error) = error {
            println!("mean absolute error on the validation split: {error:.2} years");
        }
        Ok(())
    }

    /// Saves the state and the weights as they ship, and notes the error on the validation split.
    fn save(&self, sampler: &BatchSampler, loss: &mut Mean) -> anyhow::Result<Option<f32>> {
        self.run.save(&self.checkpoint)?;
        let weights = self.run.weights(&self.train, sampler)?;
        write_tensors(&weights, &self.args.out.join("age_estimator.safetensors"))?;
        let error = self.run.error_on(&self.check, &self.train, sampler)?;
        note(&self.args.out.join(LOG_FILE), self.run.step, loss.take(), error)?;
        Ok(error)
    }
}

/// Appends a line to the log, with a head where the file is new.
fn note(path: &Path, step: u64, loss: f32, error: Option<f32>) -> anyhow::Result<()> {
    let new = !path.exists();
    let mut writer =
        csv::Writer::from_writer(std::fs::OpenOptions::new().create(true).append(true).open(path)?);
    if new {
        writer.write_record(["step", "loss", "validation_error"])?;
    }
    let error = error.map_or(String::new(), |error| format!("{error:.3}"));
    writer.write_record([step.to_string(), format!("{loss:.4}"), error])?;
    Ok(writer.flush()?)
}

/// A mean since it was last taken.
#[derive(Default)]
struct Mean {
    sum: f32,
    count: u32,
}

impl Mean {
    fn add(&mut self, value: f32) {
        self.sum += value;
        self.count += 1;
    }

    fn take(&mut self) -> f32 {
        let mean = self.sum / self.count.max(1) as f32;
        *self = Self::default();
        mean
    }
}
