//! Implements the common trainer interface for the region network.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use serde::{Deserialize, Serialize};

use super::batch::Crops;
use super::beard::beard_of;
use super::encoder::ENCODER;
use super::loss::loss;
use super::measure::{Agreement, MEASURED, measure};
use super::network::{TrainedNetwork, network_of};
use super::pack::Head;
use super::sheet::{crops_sheet, masks_sheet};
use super::view::TrainingHead;
use crate::dataset::Split;
use crate::training::adam::{Adam, AdamSettings};
use crate::training::parameters::Parameters;
use crate::training::{
    Ema, LossTable, LrSchedule, NamedTensors, StepRecord, TableStyle, Trainer, TrainingError, write_sheet,
    write_tensors,
};
use agemirror_faces::face::regions::{REGIONS_SIDE, RegionNetwork};

/// File name of the published weights in a run's folder.
const WEIGHTS: &str = "regions.safetensors";
/// File name of the table of validation results in a run's folder.
const TABLE: &str = "validation.csv";
/// Number of batches on which the normalisation of the published weights is measured.
const STATISTICS_BATCHES: u64 = 8;
/// Decay of the weights' moving average, per step.
const EMA_DECAY: f64 = 0.998;
/// Number of warm-up steps of the learning rate.
const WARM_UP_STEPS: u64 = 200;
/// The encoder's learning rate relative to the decoder's; the encoder is pre-trained.
const ENCODER_LR_FACTOR: f64 = 0.1;
/// Number of validation heads on a sheet.
const SHEET_HEADS: usize = 16;

/// The settings of a run.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct RegionSettings {
    /// Seed of all random numbers.
    pub seed: u64,
    /// Crops per step.
    pub batch: usize,
    /// Total number of steps; the learning rate falls to zero over them.
    pub steps: u64,
    /// Maximum learning rate.
    pub rate: f64,
    /// Steps between two measurements on the validation split.
    pub check_every: u64,
}

impl Default for RegionSettings {
    fn default() -> Self {
        Self { seed: 1, batch: 16, steps: 3000, rate: 4e-3, check_every: 500 }
    }
}

/// A run with its training and validation heads.
pub(crate) struct RegionTrainer {
    settings: RegionSettings,
    device: Device,
    network: TrainedNetwork,
    parameters: Parameters,
    adam: Adam,
    /// The moving average of the parameters, which is published.
    ema: Ema,
    crops: Crops,
    validation: Vec<TrainingHead>,
}

/// Random initial parameters. Normalised layers preserve the magnitude of activations with any weights; the logits start
/// small.
fn gain(name: &str) -> f32 {
    if name.starts_with("logits") { 0.1 } else { 1.0 }
}

impl RegionTrainer {
    /// Starts a new run on `heads`. Parameters in `initial` start from its values, all others from random ones.
    ///
    /// # Errors
    /// When there are no training heads, a value of `initial` has another shape, or the device fails.
    pub(crate) fn start(
        settings: RegionSettings,
        heads: Vec<Head>,
        initial: &NamedTensors,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        let (mut train, mut validation) = (Vec::new(), Vec::new());
        for head in heads {
            let ready = TrainingHead::new(&head, &beard_of(&head));
            match head.facts.split {
                Split::Train => train.push(ready),
                Split::Validation => validation.push(ready),
            }
        }
        if train.is_empty() {
            return Err(TrainingError::Settings("the data has no heads of the training part".to_owned()));
        }
        let (parameters, network) = Parameters::init(settings.seed, device, gain, TrainedNetwork::new)?;
        for (name, var) in parameters.iter() {
            if let Some(value) = initial.get(name) {
                var.set(&value.to_device(device)?)?;
            }
        }
        let adam = AdamSettings { learning_rate: settings.rate, beta2: 0.99, ..AdamSettings::default() };
        Ok(Self {
            adam: Adam::new(&parameters, adam)?,
            ema: Ema::new(&parameters)?,
            device: device.clone(),
            crops: Crops::of(train),
            settings,
            network,
            parameters,
            validation,
        })
    }

    fn batch(&self, step: u64) -> Result<(Tensor, Vec<u8>), TrainingError> {
        let RegionSettings { batch, seed, .. } = self.settings;
        let (planes, labels) = self.crops.batch(batch, REGIONS_SIDE, seed, step);
        Ok((Tensor::from_vec(planes, (batch, 3, REGIONS_SIDE, REGIONS_SIDE), &self.device)?, labels))
    }

    /// The weights to publish, from the moving average.
    fn weights(&self) -> Result<NamedTensors, TrainingError> {
        let parameters: NamedTensors = self.ema.values().clone().into_iter().collect();
        let first = u64::MAX - STATISTICS_BATCHES;
        let batches: Vec<Tensor> = (first..first + STATISTICS_BATCHES)
            .map(|step| Ok(self.batch(step)?.0))
            .collect::<Result<_, TrainingError>>()?;
        Ok(network_of(&parameters, &self.device)?.fold(&batches)?)
    }

    /// The agreement of `network` with the hand-made validation masks, and with those made by a network.
    ///
    /// # Errors
    /// When the device fails.
    fn agreements(&self, network: &RegionNetwork) -> Result<[Agreement; 2], TrainingError> {
        let of = |hand_made: bool| {
            measure(network, self.validation.iter().filter(|head| head.hand_made == hand_made))
        };
        Ok([of(true)?, of(false)?])
    }
}

/// The network with published weights.
fn finished(weights: &NamedTensors, device: &Device) -> candle_core::Result<RegionNetwork> {
    let floats: NamedTensors = weights
        .iter()
        .map(|(name, value)| Ok((name.clone(), value.to_dtype(DType::F32)?)))
        .collect::<candle_core::Result<_>>()?;
    RegionNetwork::new(&VarBuilder::from_tensors(floats, DType::F32, device), device)
}

impl Trainer for RegionTrainer {
    fn steps(&self) -> u64 {
        self.settings.steps
    }

    fn step(&mut self, done: u64) -> Result<StepRecord, TrainingError> {
        let (x, labels) = self.batch(done)?;
        let loss = loss(&self.network.logits(&x)?, &labels)?;
        let schedule = LrSchedule::Cosine { warmup_steps: WARM_UP_STEPS, steps: self.settings.steps };
        self.adam.set_learning_rate(self.settings.rate * schedule.factor(done));
        let scale = |name: &str| if name.starts_with(ENCODER) { ENCODER_LR_FACTOR } else { 1.0 };
        self.adam.step_scaled(&self.parameters, &loss.graph.backward()?, scale)?;
        self.ema.update_with_warmup(&self.parameters, EMA_DECAY, done)?;
        let scalars = vec![("cross_entropy", loss.cross_entropy), ("disjoint", loss.disjoint)];
        Ok(StepRecord { scalars, histograms: Vec::new() })
    }

    fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
        self.parameters.save(state, "now.")?;
        self.ema.save(state, "mean.");
        self.adam.save(state, "adam.")
    }

    fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
        self.parameters.restore(state, "now.")?;
        self.ema.restore(state, "mean.")?;
        self.adam.restore(state, "adam.")
    }

    fn write_artifacts(&self, folder: &Path, done: u64, last: bool) -> Result<(), TrainingError> {
        if done == 1 {
            let sheet = crops_sheet(&self.crops, 6, 10, self.settings.seed);
            write_sheet(&folder.join("samples").join("crops.png"), &sheet)?;
        }
        if !last && !done.is_multiple_of(self.settings.check_every.max(1)) {
            return Ok(());
        }
        let weights = self.weights()?;
        write_tensors(&weights, &folder.join(WEIGHTS))?;
        let network = finished(&weights, &self.device)?;
        if !self.validation.is_empty() {
            let [by_hand, by_machine] = self.agreements(&network)?;
            let mut columns = BTreeMap::new();
            for region in MEASURED {
                for (kind, agreement) in [("hand", &by_hand), ("machine", &by_machine)] {
                    let value = agreement.of(region).unwrap_or_default();
                    columns.insert(format!("{kind}_{}", region.name()), value);
                }
            }
            let line: Vec<(&str, f32)> =
                columns.iter().map(|(name, value)| (name.as_str(), *value)).collect();
            LossTable::open(&folder.join(TABLE), TableStyle::CSV, done)?.append(done, &line)?;
        }
        let shown: Vec<&TrainingHead> =
            self.validation.iter().step_by(self.validation.len().div_ceil(SHEET_HEADS).max(1)).collect();
        let sheet = masks_sheet(&network, &shown, 4, 2 * REGIONS_SIDE as u32)?;
        write_sheet(&folder.join("samples").join(format!("{done:07}.png")), &sheet)
    }
}
