//! One training run of the estimator: its state, a step, its checkpoints.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::loss::{AgeRange, mean_variance};
use super::network::Network;
use super::reader::{AgeEstimator, SIDE};
use crate::dataset::{Augmentation, Batch, BatchSampler, BatchSpec, FacePack};
use crate::training::TrainingError;
use crate::training::adam::{Adam, AdamSettings};
use crate::training::mirror::write_tensors;
use crate::training::parameters::Parameters;

/// The settings of a run.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct EstimatorSettings {
    /// Everything that is drawn at random depends on it.
    pub seed: u64,
    /// Pairs of faces in a step; both of a pair are learnt from.
    pub pairs: usize,
    /// Steps in all; the rate falls to zero over them.
    pub steps: u64,
    /// The largest length of a step.
    pub rate: f64,
}

impl Default for EstimatorSettings {
    fn default() -> Self {
        Self { seed: 1, pairs: 16, steps: 4000, rate: 2e-3 }
    }
}

/// Steps over which the rate rises.
const WARM_UP: f64 = 100.0;
/// How long the running mean of the weights remembers.
const MEAN_DECAY: f64 = 0.998;

/// Everything that a step changes.
pub struct Run {
    settings: EstimatorSettings,
    device: Device,
    network: Network,
    parameters: Parameters,
    adam: Adam,
    /// The running mean of the parameters, which is what ships.
    mean: BTreeMap<String, Tensor>,
    /// Steps done.
    pub step: u64,
}

/// The branches of residual blocks start small, and so does what ends in ages.
fn gain(name: &str) -> f32 {
    if name == "ages.weight" { 0.1 } else { 1.0 }
}

impl Run {
    /// A run from the beginning.
    ///
    /// # Errors
    /// When the device fails.
    pub fn start(settings: EstimatorSettings, device: &Device) -> Result<Self, TrainingError> {
        let (parameters, network) = Parameters::start(settings.seed, device, gain, Network::new)?;
        let adam = Adam::new(&parameters, AdamSettings { rate: settings.rate, beta1: 0.9, beta2: 0.99 })?;
        let mean = parameters.snapshot()?;
        Ok(Self { settings, device: device.clone(), network, parameters, adam, mean, step: 0 })
    }

    /// One step on the faces that the sampler draws for it; returns the loss.
    ///
    /// # Errors
    /// When the device fails or the loss is no longer a number.
    pub fn advance(&mut self, pack: &FacePack, sampler: &BatchSampler) -> Result<f32, TrainingError> {
        let pairs = sampler.batch(self.step);
        let faces: Vec<usize> = pairs.iter().flat_map(|pair| [pair.source, pair.target]).collect();
        let spec = BatchSpec { side: SIDE, feather: 1.0, augmentation: augmentation() };
        let batch = Batch::assemble(pack, &faces, &spec, self.settings.seed, self.step)?;
        let side = SIDE as usize;
        let x = Tensor::from_vec(batch.pixels, (faces.len(), 3, side, side), &self.device)?;
        let ages: Vec<AgeRange> = faces.iter().map(|face| age_range(pack, *face)).collect();
        let loss = mean_variance(&self.network.fold()?.logits(&x)?, &ages)?.total()?;
        let value = loss.to_scalar::<f32>()?;
        if !value.is_finite() {
            return Err(TrainingError::Diverged { step: self.step, term: "the loss", value });
        }
        self.adam.set_rate(self.rate());
        self.adam.step(&self.parameters, &loss.backward()?)?;
        self.follow()?;
        self.step += 1;
        Ok(value)
    }

    /// The rate rises over the first steps and falls with half a cosine.
    fn rate(&self) -> f64 {
        let done = self.step as f64 / self.settings.steps.max(1) as f64;
        let fall = 0.5 + 0.5 * (std::f64::consts::PI * done.min(1.0)).cos();
        self.settings.rate * fall * ((self.step as f64 + 1.0) / WARM_UP).min(1.0)
    }

    /// Moves the running mean; early on it forgets faster.
    fn follow(&mut self) -> Result<(), TrainingError> {
        let keep = MEAN_DECAY.min((self.step as f64 + 1.0) / (self.step as f64 + 10.0));
        for (name, var) in self.parameters.iter() {
            if let Some(mean) = self.mean.get_mut(name) {
                *mean = ((&*mean * keep)? + (var.as_detached_tensor() * (1.0 - keep))?)?;
            }
        }
        Ok(())
    }

    /// The running mean of the weights in half precision, as it ships.
    ///
    /// # Errors
    /// When the device fails.
    pub fn weights(&self) -> Result<HashMap<String, Tensor>, TrainingError> {
        let half = |(name, value): (&String, &Tensor)| Ok((name.clone(), value.to_dtype(DType::F16)?));
        Ok(self.mean.iter().map(half).collect::<candle_core::Result<_>>()?)
    }

    /// The mean absolute error in years of the running mean on the faces of `pack` whose ages are exact;
    /// none where there are none.
    ///
    /// # Errors
    /// When the device fails.
    pub fn error_on(&self, pack: &FacePack) -> Result<Option<f32>, TrainingError> {
        let tensors: HashMap<String, Tensor> = self.mean.clone().into_iter().collect();
        let network = Network::new(VarBuilder::from_tensors(tensors, DType::F32, &self.device))?;
        let estimator = AgeEstimator::new(&network, &self.device)?;
        let exact = |index: &usize| pack.face(*index).age_low == pack.face(*index).age_high;
        let faces: Vec<usize> = (0..pack.len()).filter(exact).collect();
        let crop = |index: &usize| RgbImage::from_raw(pack.side(), pack.side(), pack.crop(*index).to_vec());
        let crops: Vec<RgbImage> = faces.iter().filter_map(crop).collect();
        let read = estimator.read(&crops)?;
        let off = read.iter().zip(&faces).map(|(age, face)| (age - pack.face(*face).age()).abs());
        Ok((!faces.is_empty()).then(|| off.sum::<f32>() / faces.len() as f32))
    }

    /// Writes the whole state to `path`, which appears only when it is complete.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), TrainingError> {
        let now = self.parameters.snapshot()?.into_iter().map(|(name, value)| (format!("now.{name}"), value));
        let mean = self.mean.iter().map(|(name, value)| (format!("mean.{name}"), value.clone()));
        let mut tensors: HashMap<String, Tensor> = now.chain(mean).collect();
        self.adam.save(&mut tensors, "adam.")?;
        let step = Tensor::new(&[i64::try_from(self.step).unwrap_or(i64::MAX)], &Device::Cpu)?;
        tensors.insert("step".into(), step);
        write_tensors(&tensors, path)
    }

    /// Takes up the state that `path` holds.
    ///
    /// # Errors
    /// When the file cannot be read or belongs to another network.
    pub fn resume(&mut self, path: &Path) -> Result<(), TrainingError> {
        let wrong = |reason: candle_core::Error| TrainingError::Checkpoint { file: path.into(), reason };
        let tensors = candle_core::safetensors::load(path, &self.device).map_err(wrong)?;
        self.restore(&tensors).map_err(wrong)
    }

    fn restore(&mut self, tensors: &HashMap<String, Tensor>) -> candle_core::Result<()> {
        self.parameters.restore(tensors, "now.")?;
        self.adam.restore(tensors, "adam.")?;
        for (name, mean) in &mut self.mean {
            let Some(value) = tensors.get(&format!("mean.{name}")) else {
                candle_core::bail!("mean.{name} is missing");
            };
            *mean = value.clone();
        }
        let step = tensors.get("step").map(Tensor::to_vec1::<i64>).transpose()?;
        self.step = step.and_then(|s| s.first().copied()).and_then(|s| u64::try_from(s).ok()).unwrap_or(0);
        Ok(())
    }
}

fn age_range(pack: &FacePack, face: usize) -> AgeRange {
    let face = pack.face(face);
    AgeRange { low: face.age_low, high: face.age_high }
}

/// Faces lie a little off, under another light, and a picture that was made may be softer than a photograph.
fn augmentation() -> Augmentation {
    Augmentation { shift: 0.04, zoom: 0.08, turn: 0.1, blur: 10.0, noise: 0.02, ..Augmentation::default() }
}
