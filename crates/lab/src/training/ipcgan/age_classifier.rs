//! Trainer of the age classifier that judges IPCGAN and cGAN.
//!
//! Only its shape was published: three dense layers on AlexNet's last feature map, five groups. If the
//! identity network is given, its convolutions are frozen and only the branch is trained; otherwise both are
//! trained from random weights. Groups are drawn evenly, and half of the faces are mirrored.

use std::path::Path;

use candle_core::{Device, Tensor};
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::alexnet::{AgeBranch, Alexnet, FeatureLayer, predicted_groups};
use super::faces::{Faces, IpcganFace};
use super::plan;
use super::trainer::Recipe;
use crate::dataset::{GroupOrder, PictureStore, seeded};
use crate::training::adam::{Adam, AdamForm, AdamSettings};
use crate::training::losses::cross_entropy;
use crate::training::parameters::Parameters;
use crate::training::{NamedTensors, StepRecord, Trainer};
use crate::training::{TrainingError, keep_newest, write_tensors};
use agemirror_checkpoint::Checkpoint;
use agemirror_faces::aging::ipcgan::CLASSES;

/// Settings of a run.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct AgeClassifierSettings {
    /// The system whose age groups it learns.
    pub recipe: Recipe,
    /// Total steps.
    pub max_steps: u64,
    /// Faces per step.
    pub batch_size: usize,
    /// Learning rate.
    pub learning_rate: f64,
    /// Divides all widths of the published network.
    pub divisor: usize,
    /// Steps between two files of weights.
    pub weights_every: u64,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for AgeClassifierSettings {
    fn default() -> Self {
        Self {
            recipe: Recipe::Ipcgan,
            max_steps: 300_000,
            batch_size: 30,
            learning_rate: 1e-4,
            divisor: 1,
            weights_every: 10_000,
            seed: 1,
        }
    }
}

/// Width of the hidden layers of the published branch.
pub(super) const HIDDEN: usize = 4096;
/// RNG stream of mirroring; lower streams belong to the orders of faces.
const FLIP_STREAM: u64 = 103;
const MAX_WEIGHT_FILES: usize = 5;

/// Trainer of the classifier.
pub(crate) struct AgeClassifierTrainer {
    settings: AgeClassifierSettings,
    faces: Faces,
    order: GroupOrder,
    /// Frozen convolutions, if they were given.
    frozen: Option<Parameters>,
    /// The trained parameters.
    parameters: Parameters,
    adam: Adam,
    device: Device,
}

impl AgeClassifierTrainer {
    /// Starts a run on the faces of `store`, prepared for the classifier. `persons` is the file of an
    /// identity network whose convolutions are used and frozen.
    ///
    /// # Errors
    /// When the file does not fit, or a group has fewer faces than its share of a batch.
    pub(crate) fn start(
        settings: AgeClassifierSettings,
        store: PictureStore<IpcganFace>,
        persons: Option<&Path>,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        let AgeClassifierSettings { divisor, batch_size, seed, .. } = settings;
        if divisor == 0 || !48_usize.is_multiple_of(divisor) || batch_size < CLASSES {
            let message =
                "the divisor must divide 48, and the batch must have at least one face per age group";
            return Err(TrainingError::Settings(message.to_owned()));
        }
        let frozen = persons.map(|path| load_trunk(path, device)).transpose()?;
        let mut plan = if frozen.is_some() { Vec::new() } else { plan::alexnet_trunk(divisor) };
        let outputs = match &frozen {
            Some(trunk) => output_channels(trunk),
            None => 256 / divisor,
        };
        plan.extend(plan::age_branch(outputs * 36, HIDDEN / divisor));
        let parameters = Parameters::random(seed, device, &plan)?;
        let form = AdamForm::TensorFlow;
        let adam = AdamSettings { learning_rate: settings.learning_rate, form, ..AdamSettings::default() };
        let faces = Faces::new(store, device)?;
        let names = settings.recipe.groups().map(|(first, last)| format!("the ages {first} to {last}"));
        Ok(Self {
            order: GroupOrder::new(&faces.groups(), &names, batch_size / CLASSES, seed)?,
            adam: Adam::new(&parameters, adam)?,
            settings,
            faces,
            frozen,
            parameters,
            device: device.clone(),
        })
    }

    fn logits(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let trained = self.parameters.var_builder(&self.device);
        let trunk = match &self.frozen {
            Some(frozen) => Alexnet::new(&frozen.frozen_builder(&self.device))?,
            None => Alexnet::new(&trained)?,
        };
        AgeBranch::new(&trained)?.forward(&trunk.features(x, FeatureLayer::Pool5)?.1)
    }

    /// The faces of a step with their groups; each group has equally many.
    fn batch(&self, done: u64) -> Result<(Tensor, Vec<usize>), TrainingError> {
        let (mut indices, mut groups) = (Vec::new(), Vec::new());
        for group in 0..CLASSES {
            let faces = self.order.batch(group, done);
            groups.extend(std::iter::repeat_n(group, faces.len()));
            indices.extend(faces);
        }
        let x = self.faces.classified(&indices)?;
        let mut random = seeded(self.settings.seed, done, FLIP_STREAM);
        let turned = x.flip(&[3])?;
        let chosen = (0..indices.len()).map(|i| if random.random() { x.get(i) } else { turned.get(i) });
        Ok((Tensor::stack(&chosen.collect::<candle_core::Result<Vec<_>>>()?, 0)?, groups))
    }
}

/// The convolutions of the identity network in the file at `path`.
fn load_trunk(path: &Path, device: &Device) -> Result<Parameters, TrainingError> {
    let checkpoint = Checkpoint::open(path)?;
    let mut tensors = Vec::new();
    for (name, ..) in plan::alexnet_trunk(1) {
        let tensor = checkpoint.tensor(&name)?.to_dtype(candle_core::DType::F32)?.to_device(device)?;
        tensors.push((name, tensor));
    }
    Ok(Parameters::from_tensors(tensors)?)
}

/// Channels of the last map of a trunk.
fn output_channels(trunk: &Parameters) -> usize {
    let last = trunk.iter().find(|(name, _)| *name == "alexnet/conv5/biases");
    last.map_or(0, |(_, biases)| biases.elem_count())
}

impl Trainer for AgeClassifierTrainer {
    fn steps(&self) -> u64 {
        self.settings.max_steps
    }

    fn step(&mut self, done: u64) -> Result<StepRecord, TrainingError> {
        let (x, groups) = self.batch(done)?;
        let logits = self.logits(&x)?;
        let loss = cross_entropy(&logits, &groups)?;
        let right =
            predicted_groups(&logits)?.iter().zip(&groups).filter(|(a, b)| **a as usize == **b).count();
        self.adam.step(&self.parameters, &loss.backward()?)?;
        let accuracy = right as f32 / groups.len() as f32;
        let scalars = vec![("age_loss", loss.to_scalar()?), ("accuracy", accuracy)];
        Ok(StepRecord { scalars, histograms: Vec::new() })
    }

    fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
        self.parameters.save(state, "")?;
        self.adam.save(state, "adam.")
    }

    fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
        self.parameters.restore(state, "")?;
        self.adam.restore(state, "adam.")
    }

    fn write_artifacts(&self, folder: &Path, done: u64, last: bool) -> Result<(), TrainingError> {
        if !last && !done.is_multiple_of(self.settings.weights_every.max(1)) {
            return Ok(());
        }
        let mut weights = NamedTensors::new();
        self.parameters.save(&mut weights, "")?;
        let file = folder.join(format!("checkpoint/age_classifier.model-{done}.safetensors"));
        write_tensors(&weights, &file)?;
        keep_newest(folder, "age_classifier.model-", MAX_WEIGHT_FILES)
    }
}
