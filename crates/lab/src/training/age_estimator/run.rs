//! A training run of the estimator: its state, a step, its checkpoints.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::loss::{AgeRange, mean_variance};
use crate::dataset::{Augmentation, Batch, BatchSampler, BatchSpec, FacePack, Pair};
use crate::training::adam::{Adam, AdamSettings};
use crate::training::parameters::Parameters;
use crate::training::{Ema, LrSchedule, NamedTensors, TrainingError};
use agemirror_faces::judges::age_estimator::{AgeEstimator, SIDE};
use agemirror_faces::judges::age_estimator::{Network, Statistics};

/// Settings of a run.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct EstimatorSettings {
    /// Seed of everything random.
    pub seed: u64,
    /// Pairs of faces per step; the network learns from both faces of a pair.
    pub pairs: usize,
    /// Total steps; the learning rate falls to zero over them.
    pub steps: u64,
    /// The largest learning rate.
    #[serde(alias = "rate")]
    pub learning_rate: f64,
}

impl Default for EstimatorSettings {
    fn default() -> Self {
        Self { seed: 1, pairs: 16, steps: 5000, learning_rate: 1.5e-3 }
    }
}

/// Steps of warmup.
const WARMUP_STEPS: u64 = 100;
/// Decay of the moving average of the weights.
const EMA_DECAY: f64 = 0.998;

/// Faces over which the published batch statistics are measured.
const STATISTICS_FACES: usize = 512;

/// Everything that a step changes.
pub(super) struct Run {
    settings: EstimatorSettings,
    device: Device,
    network: Network,
    parameters: Parameters,
    adam: Adam,
    /// Moving average of the parameters; these are the published weights.
    ema: Ema,
}

/// Gain of the initial weights: small for the output layer.
fn gain(name: &str) -> f32 {
    if name == "ages.weight" { 0.1 } else { 1.0 }
}

impl Run {
    /// Starts a run.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn start(settings: EstimatorSettings, device: &Device) -> Result<Self, TrainingError> {
        let (parameters, network) = Parameters::init(settings.seed, device, gain, Network::new)?;
        let adam =
            AdamSettings { learning_rate: settings.learning_rate, beta2: 0.99, ..AdamSettings::default() };
        let adam = Adam::new(&parameters, adam)?;
        let ema = Ema::new(&parameters)?;
        Ok(Self { settings, device: device.clone(), network, parameters, adam, ema })
    }

    /// Trains one step on the faces that the sampler draws for it and returns the loss; `done` is the number
    /// of earlier steps.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn train_step(
        &mut self,
        done: u64,
        pack: &FacePack,
        sampler: &BatchSampler,
    ) -> Result<f32, TrainingError> {
        let faces = faces_of(&sampler.batch(done));
        let x = self.pictures(pack, &faces, done)?;
        let ages: Vec<AgeRange> = faces.iter().map(|face| age_range(pack, *face)).collect();
        let (logits, _) = self.network.fold()?.forward(&x, None)?;
        let loss = mean_variance(&logits, &ages)?.total()?;
        self.adam.set_learning_rate(self.learning_rate(done));
        self.adam.step(&self.parameters, &loss.backward()?)?;
        self.ema.update_with_warmup(&self.parameters, EMA_DECAY, done)?;
        Ok(loss.to_scalar()?)
    }

    fn pictures(&self, pack: &FacePack, faces: &[usize], draw: u64) -> Result<Tensor, TrainingError> {
        let spec = BatchSpec { side: SIDE, feather: 1.0, augmentation: augmentation() };
        let batch = Batch::assemble(pack, faces, &spec, self.settings.seed, draw)?;
        let side = SIDE as usize;
        Ok(Tensor::from_vec(batch.pixels, (faces.len(), 3, side, side), &self.device)?)
    }

    /// The learning rate rises during warmup and falls along half a cosine.
    fn learning_rate(&self, done: u64) -> f64 {
        let schedule = LrSchedule::Cosine { warmup_steps: WARMUP_STEPS, steps: self.settings.steps };
        self.settings.learning_rate * schedule.factor(done)
    }

    /// The moving average of the weights as published: in half precision, with channel statistics over faces
    /// of `pack`.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn weights(
        &self,
        pack: &FacePack,
        sampler: &BatchSampler,
    ) -> Result<HashMap<String, Tensor>, TrainingError> {
        let half = |(name, value): (&String, &Tensor)| Ok((name.clone(), value.to_dtype(DType::F16)?));
        let mut weights: HashMap<String, Tensor> =
            self.ema.values().iter().map(half).collect::<candle_core::Result<_>>()?;
        for (index, [mean, variance]) in self.statistics(pack, sampler)?.0.into_iter().enumerate() {
            weights.insert(format!("statistics.{index}.mean"), mean);
            weights.insert(format!("statistics.{index}.variance"), variance);
        }
        Ok(weights)
    }

    fn ema_network(&self) -> Result<Network, TrainingError> {
        let tensors: HashMap<String, Tensor> = self.ema.values().clone().into_iter().collect();
        Ok(Network::new(VarBuilder::from_tensors(tensors, DType::F32, &self.device))?)
    }

    /// Channel statistics of the moving average of the weights over the faces of a few steps.
    fn statistics(&self, pack: &FacePack, sampler: &BatchSampler) -> Result<Statistics, TrainingError> {
        let steps = 0..STATISTICS_FACES.div_ceil(2 * self.settings.pairs.max(1)) as u64;
        let faces: Vec<usize> = steps.flat_map(|step| faces_of(&sampler.batch(step))).collect();
        let x = self.pictures(pack, &faces, u64::MAX)?;
        Ok(self.ema_network()?.fold()?.forward(&x, None)?.1)
    }

    /// Mean absolute error in years of the moving average on the faces of `validation` with exact ages;
    /// `None` if there are none.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn error_on(
        &self,
        validation: &FacePack,
        pack: &FacePack,
        sampler: &BatchSampler,
    ) -> Result<Option<f32>, TrainingError> {
        let statistics = self.statistics(pack, sampler)?;
        let estimator = AgeEstimator::new(&self.ema_network()?, statistics, &self.device)?;
        let exact = |index: &usize| validation.face(*index).age_low == validation.face(*index).age_high;
        let faces: Vec<usize> = (0..validation.len()).filter(exact).collect();
        let crop = |i: &usize| {
            RgbImage::from_raw(validation.side(), validation.side(), validation.crop(*i).to_vec())
        };
        let crops: Vec<RgbImage> = faces.iter().filter_map(crop).collect();
        let read = estimator.read(&crops)?;
        let off = read.iter().zip(&faces).map(|(age, face)| (age - validation.face(*face).age()).abs());
        Ok((!faces.is_empty()).then(|| off.sum::<f32>() / faces.len() as f32))
    }

    /// Adds everything that a step changes to `state`.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
        let now = self.parameters.snapshot()?.into_iter().map(|(name, value)| (format!("now.{name}"), value));
        state.extend(now);
        self.ema.save(state, "mean.");
        self.adam.save(state, "adam.")
    }

    /// Loads what [`Run::save`] stored.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(super) fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
        self.parameters.restore(state, "now.")?;
        self.adam.restore(state, "adam.")?;
        self.ema.restore(state, "mean.")
    }
}

fn faces_of(pairs: &[Pair]) -> Vec<usize> {
    pairs.iter().flat_map(|pair| [pair.source, pair.target]).collect()
}

fn age_range(pack: &FacePack, face: usize) -> AgeRange {
    let face = pack.face(face);
    AgeRange { low: face.age_low, high: face.age_high }
}

/// Faces are not perfectly aligned and lit, and generated pictures can be softer than photographs.
fn augmentation() -> Augmentation {
    Augmentation {
        shift: 0.04,
        zoom: 0.08,
        rotation: 0.1,
        blur: 10.0,
        noise: 0.02,
        ..Augmentation::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_earlier_versions_are_read() {
        let old = r#"{ "seed": 1, "pairs": 16, "steps": 5000, "rate": 0.002 }"#;
        assert_eq!(serde_json::from_str::<EstimatorSettings>(old).unwrap().learning_rate, 2e-3);
    }
}
