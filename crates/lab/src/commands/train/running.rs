//! Common to all trainers: the run's folder, its checkpoints and settings, and the progress bar.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::device::TrainingDevice;
use super::same_faces;
use crate::training::{CheckpointPolicy, Session, StepRecord, Trainer, TrainingObserver, newest_checkpoint};
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::print_line;
use agemirror_storage::write_atomically;

/// Folder and checkpoints of a run.
#[derive(Debug, clap::Args)]
pub(super) struct RunArgs {
    /// Folder for checkpoints, samples, weights and logs
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Resume from the last checkpoint in the folder, with the settings of the run
    #[arg(long)]
    pub resume: bool,
    /// Minutes between checkpoints
    #[arg(long, default_value_t = 5.0, value_name = "MINUTES")]
    pub save_every: f32,
    /// Number of checkpoints to keep
    #[arg(long, default_value_t = 2, value_name = "NUMBER")]
    pub keep: usize,
    /// Device to train on
    #[arg(long, value_enum, default_value_t = TrainingDevice::Cpu)]
    pub device: TrainingDevice,
}

impl RunArgs {
    /// Creates the folder, and checks that it holds a run only if the run is to be resumed.
    ///
    /// # Errors
    /// When the folder cannot be created, or it holds a run without --resume, or no run with it.
    pub(super) fn prepare(&self) -> anyhow::Result<()> {
        if self.save_every.is_nan() || self.save_every < 0.0 || self.keep == 0 {
            bail!("--save-every must not be negative and --keep must be at least 1");
        }
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("{} cannot be created", self.out.display()))?;
        match (newest_checkpoint(&self.out)?, self.resume) {
            (Some(_), false) => bail!(
                "{} already holds a run; use --resume to continue it or another --out",
                self.out.display()
            ),
            (None, true) => bail!("{} holds no run to resume; omit --resume", self.out.display()),
            _ => Ok(()),
        }
    }

    /// The settings of the run: a resumed run reads the stored ones, a new run stores `given`.
    ///
    /// # Errors
    /// When the file cannot be read or written, or belongs to another system.
    pub(super) fn settings<S: Serialize + DeserializeOwned>(&self, given: S) -> anyhow::Result<S> {
        let path = self.settings_file();
        if self.resume {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("{} cannot be read; the run cannot be resumed", path.display()))?;
            return serde_json::from_str(&text)
                .with_context(|| format!("{} holds no settings of this system", path.display()));
        }
        let text = serde_json::to_vec_pretty(&given)?;
        write_atomically(&path, |out| out.write_all(&text))?;
        Ok(given)
    }

    /// The value stored under `name` in the settings of a resumed run.
    ///
    /// # Errors
    /// When the settings cannot be read or the value has another type.
    pub(super) fn stored<T: DeserializeOwned>(&self, name: &str) -> anyhow::Result<Option<T>> {
        if !self.resume {
            return Ok(None);
        }
        let path = self.settings_file();
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let settings: Value =
            serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", path.display()))?;
        let stored = settings.get(name).map(|stored| serde_json::from_value(stored.clone())).transpose();
        stored.with_context(|| format!("{}: `{name}` is not valid", path.display()))
    }

    /// Stores `value` under `name` in the settings of the run.
    ///
    /// # Errors
    /// When the settings cannot be read or written.
    pub(super) fn store(&self, name: &str, value: &impl Serialize) -> anyhow::Result<()> {
        let path = self.settings_file();
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let mut settings: Map<String, Value> =
            serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", path.display()))?;
        settings.insert(name.to_owned(), serde_json::to_value(value)?);
        let text = serde_json::to_vec_pretty(&settings)?;
        Ok(write_atomically(&path, |out| out.write_all(&text))?)
    }

    fn settings_file(&self) -> PathBuf {
        self.out.join("settings.json")
    }

    /// Checks that a resumed run trains on the `files` it started with.
    ///
    /// # Errors
    /// When the files differ, or their hash cannot be read or written.
    pub(super) fn require_same_files<'a>(
        &self,
        files: impl IntoIterator<Item = &'a PathBuf>,
    ) -> anyhow::Result<()> {
        same_faces::require_same(&self.out, self.resume, files)
    }

    /// Trains until all steps are done or Ctrl-C is pressed, and logs the mean of every `log_every` steps.
    ///
    /// # Errors
    /// When the run cannot be resumed, a step fails, or a file cannot be written.
    pub(super) fn train(&self, trainer: &mut dyn Trainer, log_every: u64) -> anyhow::Result<()> {
        let save_interval = Duration::from_secs_f32(60.0 * self.save_every);
        let policy =
            CheckpointPolicy { save_interval, max_checkpoints: self.keep, log_every_steps: log_every };
        let mut session = if self.resume {
            Session::resume(&self.out, policy, trainer)?
        } else {
            Session::start(&self.out, policy)?
        };
        let mut watch = Progress::start(session.steps_done(), trainer.steps())?;
        let done = session.run(trainer, &mut watch);
        watch.bar.finish();
        let done = done?;
        print_line(&format!(
            "{done} of {} steps done; {} holds the run",
            trainer.steps(),
            self.out.display()
        ));
        Ok(())
    }
}

pub(super) fn progress_bar(length: u64, template: &str) -> anyhow::Result<ProgressBar> {
    Ok(ProgressBar::new(length).with_style(ProgressStyle::with_template(template)?))
}

/// Progress bar with the speed, the losses and the remaining time; also listens for Ctrl-C.
struct Progress {
    bar: ProgressBar,
    interrupt: Interrupt,
    started: Instant,
    first: u64,
}

impl Progress {
    fn start(done: u64, steps: u64) -> anyhow::Result<Self> {
        let bar = progress_bar(steps, "step {pos}/{len} {bar:20} {wide_msg} left {eta}")?;
        bar.set_position(done);
        bar.reset_eta();
        Ok(Self { bar, interrupt: Interrupt::listen()?, started: Instant::now(), first: done })
    }
}

impl TrainingObserver for Progress {
    fn on_step(&mut self, done: u64, record: &StepRecord) {
        let rate = (done - self.first) as f64 / self.started.elapsed().as_secs_f64().max(1e-9);
        let losses = record.scalars.iter().map(|(name, value)| format!(" {name} {value:.4}"));
        self.bar.set_position(done);
        self.bar.set_message(format!("{rate:.2} steps/s{}", losses.collect::<String>()));
    }

    fn should_stop(&self) -> bool {
        self.interrupt.is_set()
    }
}
