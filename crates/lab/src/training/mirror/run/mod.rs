//! A training run: its state, a step, its checkpoints.

mod prepare;
mod step;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Tensor};

use super::discriminator::Discriminator;
use super::judges::Judges;
use super::settings::TrainingSettings;
use crate::training::NamedTensors;
use crate::training::adam::{Adam, AdamSettings};
use crate::training::ema::Ema;
use crate::training::error::TrainingError;
use crate::training::parameters::Parameters;
use agemirror_faces::aging::mirror::{Network, window};

pub(crate) use self::prepare::{Preparation, PreparedStep, TargetSource};

/// The loss terms of one step, by name.
pub(super) type Terms = BTreeMap<&'static str, f32>;

/// Everything that a step changes.
pub(crate) struct Run {
    settings: TrainingSettings,
    device: Device,
    window: Tensor,
    generator: Network,
    generator_parameters: Parameters,
    generator_adam: Adam,
    discriminator: Discriminator,
    discriminator_parameters: Parameters,
    discriminator_adam: Adam,
    judges: Judges,
    /// Moving average of the generator's parameters; these are the published weights.
    ema: Ema,
}

/// Gain of the initial weights: small for the last layer of residual blocks and for output layers, so that
/// training starts from "no change".
fn generator_gain(name: &str) -> f32 {
    match name {
        _ if name.ends_with("second.weight") => 0.3,
        _ if name.starts_with("lines.") => 0.1,
        _ if ["paint", "detail", "flow"].iter().any(|part| name.contains(part)) => 0.1,
        _ => 1.0,
    }
}

impl Run {
    /// Starts a run judged by `judges`.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn start(
        settings: TrainingSettings,
        judges: Judges,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        let (generator_parameters, generator) =
            Parameters::init(settings.seed, device, generator_gain, Network::new)?;
        let (discriminator_parameters, discriminator) = Discriminator::start(settings.seed + 1, device)?;
        let adam = |learning_rate| AdamSettings {
            learning_rate,
            beta1: 0.5,
            beta2: 0.99,
            ..AdamSettings::default()
        };
        Ok(Self {
            window: window(settings.side as usize, device)?,
            generator_adam: Adam::new(&generator_parameters, adam(settings.generator_learning_rate))?,
            discriminator_adam: Adam::new(
                &discriminator_parameters,
                adam(settings.discriminator_learning_rate),
            )?,
            ema: Ema::new(&generator_parameters)?,
            device: device.clone(),
            judges,
            settings,
            generator,
            generator_parameters,
            discriminator,
            discriminator_parameters,
        })
    }

    /// Trains one step on `prepared`; `done` is the number of earlier steps.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn train_step(&mut self, done: u64, prepared: &PreparedStep) -> Result<Terms, TrainingError> {
        let terms = self.train(done, prepared)?;
        self.ema.update_with_warmup(&self.generator_parameters, self.settings.ema_decay, done)?;
        Ok(terms)
    }

    /// The moving average of the weights, as published.
    pub(crate) fn ema_weights(&self) -> &BTreeMap<String, Tensor> {
        self.ema.values()
    }

    /// Initialises the generator from published weights at `path` instead of random ones.
    ///
    /// # Errors
    /// When the file cannot be read or belongs to another network.
    pub(crate) fn start_from(&mut self, path: &Path) -> Result<(), TrainingError> {
        let wrong = |reason: candle_core::Error| TrainingError::Checkpoint { file: path.into(), reason };
        let tensors = candle_core::safetensors::load(path, &self.device).map_err(wrong)?;
        let whole = tensors.into_iter().map(|(name, value)| Ok((name, value.to_dtype(DType::F32)?)));
        let whole = whole.collect::<candle_core::Result<HashMap<_, _>>>().map_err(wrong)?;
        self.generator_parameters.restore(&whole, "").map_err(wrong)?;
        self.ema = Ema::new(&self.generator_parameters)?;
        Ok(())
    }

    /// Adds everything that a step changes to `state`.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
        for (prefix, parameters) in
            [("generator.", &self.generator_parameters), ("discriminator.", &self.discriminator_parameters)]
        {
            for (name, value) in parameters.snapshot()? {
                state.insert(format!("{prefix}{name}"), value);
            }
        }
        self.ema.save(state, "mean.");
        self.generator_adam.save(state, "generator_adam.")?;
        self.discriminator_adam.save(state, "discriminator_adam.")?;
        self.discriminator.save(state, "discriminator.");
        Ok(())
    }

    /// Loads what [`Run::save`] stored.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(crate) fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
        self.generator_parameters.restore(state, "generator.")?;
        self.discriminator_parameters.restore(state, "discriminator.")?;
        self.generator_adam.restore(state, "generator_adam.")?;
        self.discriminator_adam.restore(state, "discriminator_adam.")?;
        self.discriminator.restore(state, "discriminator.")?;
        self.ema.restore(state, "mean.")
    }
}
