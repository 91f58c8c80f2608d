//! A training run: its state, a step, its checkpoints.

mod step;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Tensor};

use super::discriminator::Discriminator;
use super::heads::HeadBatch;
use super::judges::Judges;
use super::losses::HeadViews;
use super::prototype_targets::PrototypeTargets;
use super::prototypes::Prototypes;
use super::settings::TrainingSettings;
use super::teacher::{Teacher, TeacherTargets};
use crate::dataset::{BatchSampler, FacePack};
use crate::training::NamedTensors;
use crate::training::adam::{Adam, AdamSettings};
use crate::training::ema::Ema;
use crate::training::error::TrainingError;
use crate::training::parameters::Parameters;
use agemirror_faces::aging::mirror::{Network, Recolourer, window};

/// The loss terms of one step, by name.
pub(super) type Terms = BTreeMap<&'static str, f32>;

/// Source of the training targets.
pub(crate) enum TargetSource {
    /// The typical change of faces.
    Prototypes(Box<Prototypes>),
    /// Pictures rendered by another model.
    Teacher(Teacher),
}

/// The targets of a batch.
enum Targets {
    Prototypes(PrototypeTargets),
    Teacher(TeacherTargets),
}

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
    recolourer: Recolourer,
    target_source: TargetSource,
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
    /// Starts a run with targets from `target_source`, judged by `judges`.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn start(
        settings: TrainingSettings,
        judges: Judges,
        target_source: TargetSource,
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
            recolourer: Recolourer::bundled()?,
            judges,
            target_source,
            settings,
            generator,
            generator_parameters,
            discriminator,
            discriminator_parameters,
        })
    }

    /// Trains one step on the pairs that the sampler draws for it; `done` is the number of earlier steps.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn train_step(
        &mut self,
        done: u64,
        pack: &FacePack,
        sampler: &BatchSampler,
    ) -> Result<Terms, TrainingError> {
        let pairs = sampler.batch(done);
        let sources: Vec<usize> = pairs.iter().map(|pair| pair.source).collect();
        let target_faces: Vec<usize> = pairs.iter().map(|pair| pair.target).collect();
        let heads = HeadBatch::assemble(pack, &sources, (self.settings.seed, 2 * done), &self.device)?;
        let requested_ages: Vec<f32> = target_faces.iter().map(|index| pack.face(*index).age()).collect();
        let (target_ages, targets) = self.targets((pack, &sources), done, &requested_ages, &heads)?;
        let male: Vec<f32> = sources.iter().map(|index| pack.face(*index).gender.male()).collect();
        let heads = heads.towards(&self.recolourer, &male, &target_ages, &self.window)?;
        // While only the targets train, the real heads of the target age are not needed.
        let judging = done >= self.settings.targets_only_steps;
        let real = judging.then(|| self.real_views(pack, &target_faces, done)).transpose()?;
        let terms = self.train(done, &heads, target_ages, real.as_ref(), &targets)?;
        self.ema.update_with_warmup(&self.generator_parameters, self.settings.ema_decay, done)?;
        Ok(terms)
    }

    /// The views of the real heads `indices`. They pass through the same augmentation as generated ones, so
    /// that sharpness, noise and light reveal nothing.
    fn real_views(&self, pack: &FacePack, indices: &[usize], done: u64) -> Result<HeadViews, TrainingError> {
        Ok(HeadBatch::assemble(pack, indices, (self.settings.seed, 2 * done + 1), &self.device)?.views()?)
    }

    /// The target ages and the targets for heads that should reach `requested_ages`. A teacher has pictures
    /// of its own ages only, so the nearest ones are used.
    fn targets(
        &self,
        (pack, sources): (&FacePack, &[usize]),
        done: u64,
        requested_ages: &[f32],
        heads: &HeadBatch,
    ) -> Result<(Vec<f32>, Targets), TrainingError> {
        let TrainingSettings { side, seed, target_scale, .. } = self.settings;
        let (faces, placements) = ((pack, sources), heads.placements());
        match &self.target_source {
            TargetSource::Prototypes(prototypes) => {
                let targets = PrototypeTargets::new(
                    prototypes,
                    target_scale,
                    faces,
                    requested_ages,
                    placements,
                    side,
                    &self.device,
                )?;
                Ok((requested_ages.to_vec(), Targets::Prototypes(targets)))
            }
            TargetSource::Teacher(teacher) => {
                let target_ages = teacher.nearest(requested_ages);
                let augmentation = ((seed, 2 * done), placements);
                let targets = teacher.targets(faces, &target_ages, augmentation, side, &self.device)?;
                Ok((target_ages, Targets::Teacher(targets)))
            }
        }
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
