//! One training run: its state, a step, its checkpoints.

mod step;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;

use super::discriminator::Discriminator;
use super::heads::Heads;
use super::judges::Judges;
use super::lesson::Lesson;
use super::losses::Seen;
use super::prototypes::Prototypes;
use super::settings::TrainingSettings;
use super::teacher::{Taught, Teacher};
use crate::dataset::{BatchSampler, FacePack};
use crate::training::adam::{Adam, AdamSettings};
use crate::training::error::TrainingError;
use crate::training::moving_mean::MovingMean;
use crate::training::parameters::Parameters;
use crate::training::session::NamedTensors;
use agemirror_faces::aging::mirror::{Network, Recolourer, window};

/// The terms of one step, by name.
pub type Terms = BTreeMap<&'static str, f32>;

/// What teaches the change from one age to another.
pub enum Teaching {
    /// What usually happens to faces.
    Prototypes(Box<Prototypes>),
    /// What another model makes of them.
    Teacher(Teacher),
}

/// What is taught of a batch.
enum Lessons {
    OfPrototypes(Lesson),
    OfTeacher(Taught),
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
    teaching: Teaching,
    /// The running mean of the generator's parameters, which is what ships.
    mean: MovingMean,
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
    /// A run from the beginning, taught by `teaching` and judged by `judges`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn start(
        settings: TrainingSettings,
        judges: Judges,
        teaching: Teaching,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        let (generator_parameters, generator) =
            Parameters::start(settings.seed, device, generator_gain, Network::new)?;
        let (discriminator_parameters, discriminator) = Discriminator::start(settings.seed + 1, device)?;
        let adam = |rate| AdamSettings { rate, beta1: 0.5, beta2: 0.99, ..AdamSettings::default() };
        Ok(Self {
            window: window(settings.side as usize, device)?,
            generator_adam: Adam::new(&generator_parameters, adam(settings.generator_rate))?,
            discriminator_adam: Adam::new(&discriminator_parameters, adam(settings.discriminator_rate))?,
            mean: MovingMean::of(&generator_parameters)?,
            device: device.clone(),
            recolourer: Recolourer::bundled()?,
            judges,
            teaching,
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
    pub fn advance(
        &mut self,
        done: u64,
        pack: &FacePack,
        sampler: &BatchSampler,
    ) -> Result<Terms, TrainingError> {
        let pairs = sampler.batch(done);
        let sources: Vec<usize> = pairs.iter().map(|pair| pair.source).collect();
        let targets: Vec<usize> = pairs.iter().map(|pair| pair.target).collect();
        let heads = Heads::cut(pack, &sources, (self.settings.seed, 2 * done), &self.device)?;
        let wanted: Vec<f32> = targets.iter().map(|index| pack.face(*index).age()).collect();
        let (asked, lessons) = self.lessons((pack, &sources), done, &wanted, &heads)?;
        let male: Vec<f32> = sources.iter().map(|index| pack.face(*index).gender.male()).collect();
        let heads = heads.asked(&self.recolourer, &male, &asked, &self.window)?;
        // Before the judges have their say, nobody looks at real heads of the age asked for.
        let judging = done >= self.settings.lessons_first;
        let real = judging.then(|| self.real(pack, &targets, done)).transpose()?;
        let terms = self.train(done, &heads, asked, real.as_ref(), &lessons)?;
        self.follow(done)?;
        Ok(terms)
    }

    /// The views of the real heads `indices`. They go through the same as the made ones, so that sharpness, noise and
    /// light tell nothing.
    fn real(&self, pack: &FacePack, indices: &[usize], done: u64) -> Result<Seen, TrainingError> {
        Ok(Heads::cut(pack, indices, (self.settings.seed, 2 * done + 1), &self.device)?.seen()?)
    }

    /// The ages that are asked for on the way to `wanted`, and what is taught of them. A teacher shows its own ages
    /// only, so the nearest ones are asked for.
    fn lessons(
        &self,
        (pack, sources): (&FacePack, &[usize]),
        done: u64,
        wanted: &[f32],
        heads: &Heads,
    ) -> Result<(Vec<f32>, Lessons), TrainingError> {
        let TrainingSettings { side, seed, lessons: strength, .. } = self.settings;
        let (faces, placements) = ((pack, sources), heads.placements());
        match &self.teaching {
            Teaching::Prototypes(prototypes) => {
                let lesson = Lesson::of(prototypes, strength, faces, wanted, placements, side, &self.device)?;
                Ok((wanted.to_vec(), Lessons::OfPrototypes(lesson)))
            }
            Teaching::Teacher(teacher) => {
                let asked = teacher.nearest(wanted);
                let drawn = ((seed, 2 * done), placements);
                let taught = teacher.lesson(faces, &asked, drawn, side, &self.device)?;
                Ok((asked, Lessons::OfTeacher(taught)))
            }
        }
    }

    /// Moves the running mean; early on it forgets faster.
    fn follow(&mut self, done: u64) -> Result<(), TrainingError> {
        let keep = self.settings.mean_decay.min((done as f64 + 1.0) / (done as f64 + 10.0));
        Ok(self.mean.follow(&self.generator_parameters, keep)?)
    }

    /// The running mean of the weights, as it ships.
    pub fn mean(&self) -> &BTreeMap<String, Tensor> {
        self.mean.values()
    }

    /// A network with the running mean of the weights.
    ///
    /// # Errors
    /// When the device fails.
    pub fn mean_network(&self) -> Result<Network, TrainingError> {
        let tensors: HashMap<String, Tensor> = self.mean.values().clone().into_iter().collect();
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
        self.mean = MovingMean::of(&self.generator_parameters)?;
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
        self.mean.save(state, "mean.");
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
        self.mean.restore(state, "mean.")
    }
}
