//! One training run: its state, a step, its checkpoints.

mod step;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;

use super::discriminator::Discriminator;
use super::heads::HeadBatch;
use super::judges::Judges;
use super::losses::HeadViews;
use super::prototype_targets::PrototypeTargets;
use super::prototypes::Prototypes;
use super::settings::TrainingSettings;
use super::teacher::{Teacher, TeacherTargets};
use crate::dataset::{BatchSampler, FacePack};
use crate::training::adam::{Adam, AdamSettings};
use crate::training::ema::Ema;
use crate::training::error::TrainingError;
use crate::training::parameters::Parameters;
use crate::training::session::NamedTensors;
use agemirror_faces::aging::mirror::{Network, Recolourer, window};

/// The terms of one step, by name.
pub type Terms = BTreeMap<&'static str, f32>;

/// What teaches the change from one age to another.
pub enum TargetSource {
    /// What usually happens to faces.
    Prototypes(Box<Prototypes>),
    /// What another model makes of them.
    Teacher(Teacher),
}

/// What is targets of a batch.
enum Targets {
    Prototypes(PrototypeTargets),
    Teacher(TeacherTargets),
}

/// Everything that a step changes.
pub struct Run {
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
    /// The running mean of the generator's parameters, which is what ships.
    ema: Ema,
}

/// The last layer of a residual block and what paints start small, so that training starts from "no change".
fn generator_gain(name: &str) -> f32 {
    match name {
        _ if name.ends_with("second.weight") => 0.3,
        _ if name.starts_with("lines.") => 0.1,
        _ if ["paint", "detail", "flow"].iter().any(|part| name.contains(part)) => 0.1,
        _ => 1.0,
    }
}

impl Run {
    /// A run from the beginning, targets by `target_source` and judged by `judges`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn start(
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

    /// One step, after `done` others, on the pairs that the sampler draws for it.
    ///
    /// # Errors
    /// When the device fails.
    pub fn train_step(
        &mut self,
        done: u64,
        pack: &FacePack,
        sampler: &BatchSampler,
    ) -> Result<Terms, TrainingError> {
        let pairs = sampler.batch(done);
        let sources: Vec<usize> = pairs.iter().map(|pair| pair.source).collect();
        let target_faces: Vec<usize> = pairs.iter().map(|pair| pair.target).collect();
        let heads = HeadBatch::assemble(pack, &sources, (self.settings.seed, 2 * done), &self.device)?;
        let wanted: Vec<f32> = target_faces.iter().map(|index| pack.face(*index).age()).collect();
        let (asked, targets) = self.targets((pack, &sources), done, &wanted, &heads)?;
        let male: Vec<f32> = sources.iter().map(|index| pack.face(*index).gender.male()).collect();
        let heads = heads.towards(&self.recolourer, &male, &asked, &self.window)?;
        // Before the judges have their say, nobody looks at real heads of the age asked for.
        let judging = done >= self.settings.targets_only_steps;
        let real = judging.then(|| self.real_views(pack, &target_faces, done)).transpose()?;
        let terms = self.train(done, &heads, asked, real.as_ref(), &targets)?;
        self.update_ema(done)?;
        Ok(terms)
    }

    /// The views of the real heads `indices`. They go through the same as the made ones, so that sharpness, noise and
    /// light tell nothing.
    fn real_views(&self, pack: &FacePack, indices: &[usize], done: u64) -> Result<HeadViews, TrainingError> {
        Ok(HeadBatch::assemble(pack, indices, (self.settings.seed, 2 * done + 1), &self.device)?.views()?)
    }

    /// The ages that are asked for on the way to `wanted`, and what is targets of them. A teacher shows its own ages
    /// only, so the nearest ones are asked for.
    fn targets(
        &self,
        (pack, sources): (&FacePack, &[usize]),
        done: u64,
        wanted: &[f32],
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
                    wanted,
                    placements,
                    side,
                    &self.device,
                )?;
                Ok((wanted.to_vec(), Targets::Prototypes(targets)))
            }
            TargetSource::Teacher(teacher) => {
                let asked = teacher.nearest(wanted);
                let drawn = ((seed, 2 * done), placements);
                let targets = teacher.targets(faces, &asked, drawn, side, &self.device)?;
                Ok((asked, Targets::Teacher(targets)))
            }
        }
    }

    /// Moves the running mean; early on it forgets faster.
    fn update_ema(&mut self, done: u64) -> Result<(), TrainingError> {
        let decay = self.settings.ema_decay.min((done as f64 + 1.0) / (done as f64 + 10.0));
        Ok(self.ema.update(&self.generator_parameters, decay)?)
    }

    /// The running mean of the weights, as it ships.
    pub fn ema_weights(&self) -> &BTreeMap<String, Tensor> {
        self.ema.values()
    }

    /// A network with the running mean of the weights.
    ///
    /// # Errors
    /// When the device fails.
    pub fn ema_network(&self) -> Result<Network, TrainingError> {
        let tensors: HashMap<String, Tensor> = self.ema.values().clone().into_iter().collect();
        Ok(Network::new(VarBuilder::from_tensors(tensors, DType::F32, &self.device))?)
    }

    /// Starts from the weights at `path`, as they ship, in place of chance.
    ///
    /// # Errors
    /// When the file cannot be read or belongs to another network.
    pub fn start_from(&mut self, path: &Path) -> Result<(), TrainingError> {
        let wrong = |reason: candle_core::Error| TrainingError::Checkpoint { file: path.into(), reason };
        let tensors = candle_core::safetensors::load(path, &self.device).map_err(wrong)?;
        let whole = tensors.into_iter().map(|(name, value)| Ok((name, value.to_dtype(DType::F32)?)));
        let whole = whole.collect::<candle_core::Result<HashMap<_, _>>>().map_err(wrong)?;
        self.generator_parameters.restore(&whole, "").map_err(wrong)?;
        self.ema = Ema::new(&self.generator_parameters)?;
        Ok(())
    }

    /// Puts everything that a step changes among `state`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
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

    /// Takes up what [`Run::save`] had put there.
    ///
    /// # Errors
    /// When a part is missing or has another shape.
    pub fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
        self.generator_parameters.restore(state, "generator.")?;
        self.discriminator_parameters.restore(state, "discriminator.")?;
        self.generator_adam.restore(state, "generator_adam.")?;
        self.discriminator_adam.restore(state, "discriminator_adam.")?;
        self.discriminator.restore(state, "discriminator.")?;
        self.ema.restore(state, "mean.")
    }
}
