//! Implements the common trainer interface for mirror.

use std::path::Path;

use candle_core::{DType, Device, Tensor};

use super::judges::Judges;
use super::run::{Preparation, PreparedStep, Run, TargetSource, Terms};
use super::settings::TrainingSettings;
use super::sheet::{draw_sheet, evenly_spread};
use crate::dataset::{BatchSampler, FacePack};
use crate::training::output::write_sheet;
use crate::training::{NamedTensors, StepRecord, Trainer};
use crate::training::{TrainingError, write_tensors};
use agemirror_faces::aging::mirror::Mirror;
use agemirror_storage::SaveError;

/// File name of the published weights in a run's folder.
const WEIGHTS: &str = "mirror.safetensors";
/// Steps between two sample sheets.
const SHEET_EVERY_STEPS: u64 = 250;
/// Heads on a sample sheet.
const HEADS_ON_SHEET: usize = 10;

/// A run with its training and validation heads.
pub(crate) struct MirrorTrainer {
    /// The state of the run.
    pub run: Run,
    preparation: Preparation,
    /// The data of the step after a number of steps, if it was prepared during the step before.
    next: Option<(u64, PreparedStep)>,
    train: FacePack,
    /// Heads on sample sheets.
    validation: FacePack,
    /// Draws the pairs of each step.
    sampler: BatchSampler,
    /// Total steps.
    steps: u64,
    device: Device,
}

impl MirrorTrainer {
    /// Starts a run of `steps` steps on training heads, with validation heads for the sample sheets.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn start(
        settings: TrainingSettings,
        judges: Judges,
        targets: TargetSource,
        [train, validation]: [FacePack; 2],
        steps: u64,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        let sampler = BatchSampler::new(train.faces(), settings.batch, settings.seed);
        let preparation = Preparation::new(settings.clone(), targets, device)?;
        let (run, device) = (Run::start(settings, judges, device)?, device.clone());
        Ok(Self { run, preparation, next: None, train, validation, sampler, steps, device })
    }

    /// Prepares the step after `done` steps.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn prepare(&self, done: u64) -> Result<PreparedStep, TrainingError> {
        self.preparation.step(done, &self.train, &self.sampler)
    }

    /// Trains one step on `prepared`; `done` is the number of earlier steps.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn train_prepared(
        &mut self,
        done: u64,
        prepared: &PreparedStep,
    ) -> Result<StepRecord, TrainingError> {
        Ok(record(self.run.train_step(done, prepared)?))
    }

    /// The moving average of the weights in half precision.
    fn weights(&self) -> candle_core::Result<NamedTensors> {
        let half = |(name, value): (&String, &Tensor)| Ok((name.clone(), value.to_dtype(DType::F16)?));
        self.run.ema_weights().iter().map(half).collect()
    }
}

fn record(terms: Terms) -> StepRecord {
    StepRecord { scalars: terms.into_iter().collect(), histograms: Vec::new() }
}

impl Trainer for MirrorTrainer {
    fn steps(&self) -> u64 {
        self.steps
    }

    fn step(&mut self, done: u64) -> Result<StepRecord, TrainingError> {
        let ready = self.next.take().filter(|(step, _)| *step == done);
        let prepared = ready.map_or_else(|| self.prepare(done), |(_, prepared)| Ok(prepared))?;
        // `join` would move work from a thread that is no worker to the workers, away from its thread-local settings.
        if done + 1 >= self.steps || rayon::current_thread_index().is_none() {
            return self.train_prepared(done, &prepared);
        }
        let Self { run, preparation, train, sampler, .. } = self;
        let (terms, next) =
            rayon::join(|| run.train_step(done, &prepared), || preparation.step(done + 1, train, sampler));
        // After an error the next step prepares again, and reports it.
        self.next = next.ok().map(|prepared| (done + 1, prepared));
        Ok(record(terms?))
    }

    fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
        self.run.save(state)
    }

    fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
        self.run.restore(state)
    }

    fn write_artifacts(&self, folder: &Path, done: u64, last: bool) -> Result<(), TrainingError> {
        if !last && !done.is_multiple_of(SHEET_EVERY_STEPS) {
            return Ok(());
        }
        let samples = folder.join("samples");
        let name = format!("{done:07}");
        std::fs::create_dir_all(&samples).map_err(|source| SaveError::at(&samples, source))?;
        // The weights of every sheet are kept, so that the best can be chosen by eye.
        let file = samples.join(&name).with_extension("safetensors");
        let weights = self.weights()?;
        write_tensors(&weights, &file)?;
        write_tensors(&weights, &folder.join(WEIGHTS))?;
        let bytes = std::fs::read(&file).map_err(|source| SaveError::at(&file, source))?;
        let failed = |error| TrainingError::Network(candle_core::Error::wrap(error));
        let model = Mirror::from_bytes(&bytes, &file.display().to_string(), &self.device).map_err(failed)?;
        let picture = draw_sheet(&model, &self.validation, &evenly_spread(&self.validation, HEADS_ON_SHEET))
            .map_err(failed)?;
        write_sheet(&samples.join(name).with_extension("jpg"), &picture)
    }
}
