//! The loop of all trainers: it steps, logs, saves checkpoints, stops on request, and resumes a stopped run.
//!
//! A run has a folder. `checkpoint/state-<steps>.safetensors` holds everything that a step changes; the
//! newest few are kept. [`LOG_FILE`] and `summary/` (event files for TensorBoard) hold the losses. The
//! trainer writes everything else, such as sample sheets and the weights in their published form.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use candle_core::{Device, Tensor};

use super::checkpoints::{STATE, checkpoint_path, keep_newest, newest_checkpoint};
use super::loss_table::{LossTable, TableStyle};
use super::trainer::{AuthorsTable, NamedTensors, StepRecord, Trainer, TrainingObserver};
use super::{EventFile, TrainingError, write_tensors};
use agemirror_storage::SaveError;

/// The loss table in a run's folder: each line has the step and the mean of each term since the line before.
pub(crate) const LOG_FILE: &str = agemirror_storage::TRAINING_LOG;

/// When checkpoints and log lines are written, and how many checkpoints are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CheckpointPolicy {
    /// Minimum time between two checkpoints.
    pub save_interval: Duration,
    /// Number of checkpoints to keep.
    pub max_checkpoints: usize,
    /// Steps averaged in one line of the log.
    pub log_every_steps: u64,
}

impl Default for CheckpointPolicy {
    fn default() -> Self {
        Self { save_interval: Duration::from_secs(300), max_checkpoints: 3, log_every_steps: 1 }
    }
}

/// Name of the step count in a checkpoint.
const STEPS: &str = "session.steps";

/// A run and its folder.
pub(crate) struct Session {
    folder: PathBuf,
    policy: CheckpointPolicy,
    done: u64,
    table: LossTable,
    events: EventFile,
}

impl Session {
    /// Starts a run in `folder`, which is created if missing.
    ///
    /// # Errors
    /// When the folder already holds a run or cannot be written.
    pub(crate) fn start(folder: &Path, policy: CheckpointPolicy) -> Result<Self, TrainingError> {
        if newest_checkpoint(folder)?.is_some() {
            return Err(TrainingError::RunExists(folder.to_owned()));
        }
        Self::at(folder, policy, 0)
    }

    /// Resumes the run in `folder`: restores `trainer` from the newest checkpoint.
    ///
    /// # Errors
    /// When there is no run, or its checkpoint cannot be read or belongs to another system.
    pub(crate) fn resume(
        folder: &Path,
        policy: CheckpointPolicy,
        trainer: &mut dyn Trainer,
    ) -> Result<Self, TrainingError> {
        let Some(file) = newest_checkpoint(folder)? else {
            return Err(TrainingError::NoRun(folder.to_owned()));
        };
        let done = restore(&file, trainer)
            .map_err(|reason| TrainingError::Checkpoint { file: file.clone(), reason })?;
        Self::at(folder, policy, done)
    }

    fn at(folder: &Path, policy: CheckpointPolicy, done: u64) -> Result<Self, TrainingError> {
        for generated in ["checkpoint", "summary"].map(|name| folder.join(name)) {
            std::fs::create_dir_all(&generated).map_err(|source| SaveError::at(&generated, source))?;
        }
        Ok(Self {
            table: LossTable::open(&folder.join(LOG_FILE), TableStyle::CSV, done + 1)?,
            events: EventFile::create(&folder.join("summary"))?,
            folder: folder.to_owned(),
            policy,
            done,
        })
    }

    /// Steps since the start of the run, including earlier sessions.
    pub(crate) fn steps_done(&self) -> u64 {
        self.done
    }

    /// Trains until all steps are done or `observer` stops the run, then saves a checkpoint. Returns the
    /// total steps.
    ///
    /// # Errors
    /// When a step fails, a loss is not finite, or a file cannot be written. Earlier checkpoints remain.
    pub(crate) fn run(
        &mut self,
        trainer: &mut dyn Trainer,
        observer: &mut dyn TrainingObserver,
    ) -> Result<u64, TrainingError> {
        let mut saved = Instant::now();
        let mut means = Means::default();
        let first = self.done;
        let own = trainer.authors_table();
        let open = |own: AuthorsTable| LossTable::open(&self.folder.join(own.file), own.style, first);
        let mut own = own.map(|own| Ok::<_, TrainingError>((own, open(own)?))).transpose()?;
        while self.done < trainer.steps() && !observer.should_stop() {
            let record = trainer.step(self.done)?;
            check(&record, self.done)?;
            if let Some((own, table)) = &mut own {
                table.append(self.done, &own.row(&record))?;
            }
            self.done += 1;
            means.add(&record);
            if self.done.is_multiple_of(self.policy.log_every_steps.max(1)) {
                self.log(&mut means, &record)?;
            }
            observer.on_step(self.done, &record);
            let last = self.done == trainer.steps() || observer.should_stop();
            trainer.write_artifacts(&self.folder, self.done, last)?;
            if !last && saved.elapsed() >= self.policy.save_interval {
                self.save(trainer)?;
                saved = Instant::now();
            }
        }
        if self.done > first {
            self.save(trainer)?;
        }
        Ok(self.done)
    }

    fn log(&mut self, means: &mut Means, record: &StepRecord) -> Result<(), TrainingError> {
        let scalars = means.take();
        self.table.append(self.done, &scalars)?;
        self.events.write_scalars(self.done, scalars)?;
        if record.histograms.is_empty() {
            return Ok(());
        }
        self.events.write_histograms(self.done, record.histograms.iter().map(|(tag, of)| (*tag, &of[..])))
    }

    /// Writes a checkpoint and removes the oldest ones beyond the limit.
    fn save(&self, trainer: &dyn Trainer) -> Result<(), TrainingError> {
        let mut state = NamedTensors::new();
        trainer.save(&mut state)?;
        let steps = i64::try_from(self.done).unwrap_or(i64::MAX);
        state.insert(STEPS.to_owned(), Tensor::new(&[steps], &Device::Cpu)?);
        write_tensors(&state, &checkpoint_path(&self.folder, self.done))?;
        keep_newest(&self.folder, STATE, self.policy.max_checkpoints)
    }
}

/// Restores `trainer` from a checkpoint; returns its step count.
fn restore(file: &Path, trainer: &mut dyn Trainer) -> candle_core::Result<u64> {
    let state = candle_core::safetensors::load(file, &Device::Cpu)?;
    trainer.restore(&state)?;
    let steps = state.get(STEPS).map(Tensor::to_vec1::<i64>).transpose()?;
    match steps.and_then(|steps| steps.first().copied()).and_then(|steps| u64::try_from(steps).ok()) {
        Some(steps) => Ok(steps),
        None => candle_core::bail!("{STEPS} is missing"),
    }
}

fn check(record: &StepRecord, done: u64) -> Result<(), TrainingError> {
    match record.scalars.iter().find(|(_, value)| !value.is_finite()) {
        Some((term, value)) => Err(TrainingError::Diverged { step: done, term, value: *value }),
        None => Ok(()),
    }
}

/// Mean of each scalar since the last line of the log.
#[derive(Default)]
struct Means {
    sums: Vec<(&'static str, f32)>,
    steps: u32,
}

impl Means {
    fn add(&mut self, record: &StepRecord) {
        self.steps += 1;
        if self.sums.is_empty() {
            self.sums.clone_from(&record.scalars);
            return;
        }
        self.sums.iter_mut().zip(&record.scalars).for_each(|((_, sum), (_, value))| *sum += value);
    }

    fn take(&mut self) -> Vec<(&'static str, f32)> {
        let Self { sums, steps } = std::mem::take(self);
        sums.into_iter().map(|(name, sum)| (name, sum / steps as f32)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::checkpoints::numbered;
    use crate::training::testing::StopAfter;

    /// Adds the number of each step to a sum.
    struct Adder {
        sum: f32,
        broken_at: Option<u64>,
    }

    impl Trainer for Adder {
        fn steps(&self) -> u64 {
            10
        }

        fn step(&mut self, done: u64) -> Result<StepRecord, TrainingError> {
            self.sum += done as f32;
            let loss = if self.broken_at == Some(done) { f32::NAN } else { self.sum };
            Ok(StepRecord { scalars: vec![("loss", loss)], histograms: vec![("values", vec![loss; 3])] })
        }

        fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
            state.insert("sum".into(), Tensor::new(&[self.sum], &Device::Cpu)?);
            Ok(())
        }

        fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
            let Some(sum) = state.get("sum") else { candle_core::bail!("sum is missing") };
            self.sum = sum.to_vec1::<f32>()?[0];
            Ok(())
        }

        fn write_artifacts(&self, folder: &Path, done: u64, last: bool) -> Result<(), TrainingError> {
            if last {
                std::fs::write(folder.join("delivered"), done.to_string()).unwrap();
            }
            Ok(())
        }
    }

    fn adder() -> Adder {
        Adder { sum: 0.0, broken_at: None }
    }

    fn policy() -> CheckpointPolicy {
        CheckpointPolicy { save_interval: Duration::ZERO, max_checkpoints: 2, log_every_steps: 2 }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = numbered(folder, STATE)
            .unwrap()
            .iter()
            .map(|(_, p)| p.file_name().unwrap().to_str().unwrap().into())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_stopped_run_resumes_where_it_stopped() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("run");
        let mut trainer = adder();
        let mut session = Session::start(&folder, policy()).unwrap();
        assert_eq!(session.run(&mut trainer, &mut StopAfter(5)).unwrap(), 5);
        assert_eq!(names(&folder), ["state-00000004.safetensors", "state-00000005.safetensors"]);
        assert_eq!(std::fs::read_to_string(folder.join("delivered")).unwrap(), "5");
        assert!(matches!(Session::start(&folder, policy()), Err(TrainingError::RunExists(_))));

        let mut resumed = adder();
        let mut session = Session::resume(&folder, policy(), &mut resumed).unwrap();
        assert_eq!((session.steps_done(), resumed.sum), (5, 10.0));
        assert_eq!(session.run(&mut resumed, &mut StopAfter(99)).unwrap(), 10);
        assert_eq!(resumed.sum, 45.0);
        let table = std::fs::read_to_string(folder.join(LOG_FILE)).unwrap();
        assert_eq!(table.lines().last().unwrap(), "10,40.500000");
        assert!(folder.join("summary").read_dir().unwrap().count() > 0);
    }

    #[test]
    fn a_run_that_cannot_resume_says_why() {
        let home = tempfile::tempdir().unwrap();
        let resume = || Session::resume(home.path(), policy(), &mut adder());
        assert!(matches!(resume(), Err(TrainingError::NoRun(_))));
        let mut broken = Adder { broken_at: Some(3), ..adder() };
        let stopped = Session::start(home.path(), policy()).unwrap().run(&mut broken, &mut StopAfter(99));
        assert!(matches!(stopped, Err(TrainingError::Diverged { step: 3, term: "loss", .. })));
        assert_eq!(resume().unwrap().steps_done(), 3, "earlier checkpoints remain");
        let newest = newest_checkpoint(home.path()).unwrap().unwrap();
        std::fs::write(&newest, "rubbish").unwrap();
        let message = resume().err().unwrap().to_string();
        assert!(message.contains("state-00000003.safetensors"), "{message}");
    }
}
