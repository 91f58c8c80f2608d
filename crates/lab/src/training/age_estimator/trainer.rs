//! Implements the common trainer interface for the estimator.

use std::path::Path;

use super::run::{EstimatorSettings, Run};
use crate::dataset::{BatchSampler, FacePack};
use crate::training::{
    LossTable, NamedTensors, StepRecord, TableStyle, Trainer, TrainingError, write_tensors,
};

/// File name of the published weights in a run's folder.
const WEIGHTS: &str = "age_estimator.safetensors";
/// File name of the errors on the validation split in a run's folder.
const VALIDATION_FILE: &str = "validation.csv";
/// Steps between two lines of that file.
const VALIDATE_EVERY_STEPS: u64 = 250;

/// A run with its training and validation faces.
pub(crate) struct EstimatorTrainer {
    run: Run,
    train: FacePack,
    validation: FacePack,
    sampler: BatchSampler,
    steps: u64,
}

impl EstimatorTrainer {
    /// Starts a run that learns from the faces of `train`.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn start(
        settings: EstimatorSettings,
        train: FacePack,
        validation: FacePack,
        device: &candle_core::Device,
    ) -> Result<Self, TrainingError> {
        let sampler = BatchSampler::new(train.faces(), settings.pairs, settings.seed);
        Ok(Self { run: Run::start(settings, device)?, train, validation, sampler, steps: settings.steps })
    }

    /// Mean absolute error in years on the faces of the validation split with exact ages; `None` if there are
    /// none.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn error(&self) -> Result<Option<f32>, TrainingError> {
        self.run.error_on(&self.validation, &self.train, &self.sampler)
    }
}

impl Trainer for EstimatorTrainer {
    fn steps(&self) -> u64 {
        self.steps
    }

    fn step(&mut self, done: u64) -> Result<StepRecord, TrainingError> {
        let loss = self.run.train_step(done, &self.train, &self.sampler)?;
        Ok(StepRecord { scalars: vec![("loss", loss)], histograms: Vec::new() })
    }

    fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
        self.run.save(state)
    }

    fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
        self.run.restore(state)
    }

    fn write_artifacts(&self, folder: &Path, done: u64, last: bool) -> Result<(), TrainingError> {
        if !last && !done.is_multiple_of(VALIDATE_EVERY_STEPS) {
            return Ok(());
        }
        write_tensors(&self.run.weights(&self.train, &self.sampler)?, &folder.join(WEIGHTS))?;
        match self.error()? {
            Some(error) => LossTable::open(&folder.join(VALIDATION_FILE), TableStyle::CSV, done)?
                .append(done, &[("mean_absolute_error", error)]),
            None => Ok(()),
        }
    }
}
