//! A run of mirror as the loop of all trainers sees it.

use std::path::Path;

use candle_core::{DType, Device, Tensor};

use super::run::Run;
use super::sheet::sheet;
use crate::dataset::{BatchSampler, FacePack};
use crate::training::session::{NamedTensors, StepRecord, Trainer};
use crate::training::sheets::write_sheet;
use crate::training::{TrainingError, write_tensors};

/// The weights as they ship, in the folder of a run.
const WEIGHTS: &str = "mirror.safetensors";
/// Steps between two sheets of samples.
const SHEET_EVERY: u64 = 250;
/// Faces on a sheet.
const SHOWN: usize = 8;

/// A run with the faces it learns from and those it is judged by.
pub struct MirrorTrainer {
    /// What is trained.
    pub run: Run,
    /// Faces that it learns from.
    pub train: FacePack,
    /// Faces that it never learns from, which are shown on its sheets.
    pub check: FacePack,
    /// Draws the pairs of each step.
    pub sampler: BatchSampler,
    /// Steps in all.
    pub steps: u64,
    /// Where the networks run.
    pub device: Device,
}

impl MirrorTrainer {
    /// The running mean of the weights in half precision.
    fn weights(&self) -> candle_core::Result<NamedTensors> {
        let half = |(name, value): (&String, &Tensor)| Ok((name.clone(), value.to_dtype(DType::F16)?));
        self.run.mean().iter().map(half).collect()
    }
}

impl Trainer for MirrorTrainer {
    fn steps(&self) -> u64 {
        self.steps
    }

    fn step(&mut self, done: u64) -> Result<StepRecord, TrainingError> {
        let terms = self.run.advance(done, &self.train, &self.sampler)?;
        Ok(StepRecord { scalars: terms.into_iter().collect(), histograms: Vec::new() })
    }

    fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
        self.run.save(state)
    }

    fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
        self.run.restore(state)
    }

    fn deliver(&self, folder: &Path, done: u64, last: bool) -> Result<(), TrainingError> {
        if !last && !done.is_multiple_of(SHEET_EVERY) {
            return Ok(());
        }
        write_tensors(&self.weights()?, &folder.join(WEIGHTS))?;
        let faces: Vec<usize> = (0..SHOWN).map(|i| (i * 2 + 1) * self.check.len() / (2 * SHOWN)).collect();
        let picture = sheet(&self.run.mean_network()?, &self.check, &faces, self.check.side(), &self.device)?;
        write_sheet(&folder.join("samples").join(format!("{done:07}.png")), &picture)
    }
}
