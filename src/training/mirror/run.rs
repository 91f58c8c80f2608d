//! One training run: its state, a step, its checkpoints.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;

use super::discriminator::{Discriminator, Weights};
use super::judges::{Judges, Look};
use super::lesson::Lesson;
use super::losses::{
    Seen, adversarial_loss, change_loss, discriminator_loss, lesson_losses, male_loss, smoothness_losses,
};
use super::prototypes::Prototypes;
use super::settings::TrainingSettings;
use super::teacher::{Taught, Teacher};
use crate::aging::mirror::{Network, apply_change, window};
use crate::dataset::{Augmentation, Batch, BatchSampler, BatchSpec, FacePack};
use crate::training::adam::{Adam, AdamSettings};
use crate::training::error::TrainingError;
use crate::training::moving_mean::MovingMean;
use crate::training::parameters::Parameters;
use crate::training::session::NamedTensors;

/// The terms of one step, by name.
pub type Terms = BTreeMap<&'static str, f32>;

/// The face network is heavy: one in so many faces is shown to it.
const IDENTITY_SHARE: usize = 4;

/// The terms of the judges; zero as long as only prototypes teach.
const JUDGED: [&str; 4] = ["adversarial", "age", "identity", "discriminator"];

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
        let (input, cut) = self.seen(pack, &sources, 2 * done, webcam())?;
        let ages: Vec<f32> = targets.iter().map(|index| pack.face(*index).age()).collect();
        // Before the judges have their say, nobody looks at real faces of the age asked for.
        let judging = done >= self.settings.lessons_first;
        let real = judging.then(|| self.seen(pack, &targets, 2 * done + 1, photograph())).transpose()?;
        let (asked, lessons) = self.lessons(pack, (done, &sources), &ages, &cut)?;
        let terms = self.train(done, &input, asked, real.map(|(real, _)| real).as_ref(), &lessons)?;
        self.follow(done)?;
        Ok(terms)
    }

    /// The ages that are asked for on the way to `wanted`, and what is taught of them. A teacher shows its own ages
    /// only, so the nearest ones are asked for.
    fn lessons(
        &self,
        pack: &FacePack,
        (done, sources): (u64, &[usize]),
        wanted: &[f32],
        cut: &Batch,
    ) -> Result<(Vec<f32>, Lessons), TrainingError> {
        match &self.teaching {
            Teaching::Prototypes(prototypes) => {
                let strength = self.settings.lessons;
                let lesson = Lesson::of(prototypes, strength, pack, sources, wanted, cut, &self.device)?;
                Ok((wanted.to_vec(), Lessons::OfPrototypes(lesson)))
            }
            Teaching::Teacher(teacher) => {
                let asked = teacher.nearest(wanted);
                let draw = (self.settings.seed, 2 * done);
                let spec = self.spec(webcam());
                let taught = teacher.lesson(pack, sources, &asked, (&spec, draw, cut), &self.device)?;
                Ok((asked, Lessons::OfTeacher(taught)))
            }
        }
    }

    fn spec(&self, augmentation: Augmentation) -> BatchSpec {
        let side = self.settings.side;
        BatchSpec { side, feather: side as f32 / 16.0, augmentation }
    }

    fn seen(
        &self,
        pack: &FacePack,
        indices: &[usize],
        draw: u64,
        augmentation: Augmentation,
    ) -> Result<(Seen, Batch), TrainingError> {
        let batch = Batch::assemble(pack, indices, &self.spec(augmentation), self.settings.seed, draw)?;
        let (n, side) = (indices.len(), self.settings.side as usize);
        let masks = Tensor::from_slice(&batch.masks, (n, 1, side, side), &self.device)?;
        let seen = Seen {
            pictures: Tensor::from_slice(&batch.pixels, (n, 3, side, side), &self.device)?,
            masks: masks.broadcast_mul(&self.window)?,
            ages: batch.ages.clone(),
        };
        Ok((seen, batch))
    }

    /// One step on the way of `input` to the ages `asked` for; `real` faces are there once they are looked at.
    fn train(
        &mut self,
        done: u64,
        input: &Seen,
        asked: Vec<f32>,
        real: Option<&Seen>,
        lessons: &Lessons,
    ) -> Result<Terms, TrainingError> {
        let weights = self.settings.losses;
        let features = self.generator.encode(&input.pictures)?;
        let change = self.generator.decode(&features, &input.ages, &asked)?;
        let made = Seen {
            pictures: apply_change(&input.pictures, &change, &self.window)?,
            masks: input.masks.clone(),
            ages: asked,
        };
        let [picture, fine, way, gain] = match lessons {
            Lessons::OfPrototypes(lesson) => lesson_losses(input, (&made, &change), lesson, &self.window)?,
            Lessons::OfTeacher(taught) => taught.losses(input, &made)?,
        };
        let male = match lessons {
            Lessons::OfPrototypes(lesson) => male_loss(&self.generator.male(&features)?, lesson)?,
            Lessons::OfTeacher(_) => picture.zeros_like()?,
        };
        let [flow, mask, residual] = smoothness_losses(&change)?;
        let mut parts = vec![
            ("lesson", weights.lesson, picture),
            ("lesson_fine", weights.lesson_fine, fine),
            ("lesson_flow", weights.lesson_flow, way),
            ("lesson_gain", weights.lesson_gain, gain),
            ("male", weights.male, male),
            ("change", weights.change, change_loss(input, &made)?),
            ("flow", weights.flow, flow),
            ("mask", weights.mask, mask),
            ("residual", weights.residual, residual),
        ];
        let mut terms = Terms::from(JUDGED.map(|name| (name, 0.0)));
        if let Some(real) = real {
            parts.extend(self.judge(done, input, (real, &made), &mut terms)?);
        }
        let mut total = Tensor::zeros((), DType::F32, &self.device)?;
        for (name, weight, part) in parts {
            terms.insert(name, part.to_scalar()?);
            total = (total + (part * weight)?)?;
        }
        self.generator_adam.step(&self.generator_parameters, &total.backward()?)?;
        Ok(terms)
    }

    /// What the judges say, with the weights of their terms; the discriminator is trained on the way.
    fn judge(
        &mut self,
        done: u64,
        input: &Seen,
        (real, made): (&Seen, &Seen),
        terms: &mut Terms,
    ) -> Result<Vec<(&'static str, f64, Tensor)>, TrainingError> {
        let (weights, seed) = (self.settings.losses, self.settings.seed);
        let seen_real = self.judges.look(real, seed, 2 * done)?.detach();
        let look = self.judges.look(made, seed, 2 * done + 1)?;
        let (judge, judged) = self.train_discriminator((&seen_real, real), (&look, made), input)?;
        terms.insert("discriminator", judged);
        let few = (self.settings.batch / IDENTITY_SHARE).max(1);
        Ok(vec![
            ("adversarial", weights.adversarial, adversarial_loss(&judge, &look, &made.ages)?),
            ("age", weights.age, Judges::age_loss(&look, &made.ages)?),
            ("identity", weights.identity, self.judges.identity_loss(input, made, few)?),
        ])
    }

    /// Trains the discriminator; returns its weights, not followed by gradients, and its loss.
    fn train_discriminator(
        &mut self,
        (seen_real, real): (&Look, &Seen),
        (look, made): (&Look, &Seen),
        input: &Seen,
    ) -> Result<(Weights, f32), TrainingError> {
        let weights = self.discriminator.weights()?;
        let (look, wrong) = (look.detach(), self.settings.losses.wrong_age);
        let loss =
            discriminator_loss(&weights, (seen_real, &real.ages), (&look, &made.ages), &input.ages, wrong)?;
        self.discriminator_adam.step(&self.discriminator_parameters, &loss.backward()?)?;
        Ok((weights.detach(), loss.to_scalar()?))
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

/// Webcams are worse than photographs, and no two are alike.
fn webcam() -> Augmentation {
    Augmentation { blur: 4.0, noise: 0.015, jpeg: 0.15, ..Augmentation::default() }
}

/// What real faces go through that made ones are compared with: nothing that takes detail away.
fn photograph() -> Augmentation {
    Augmentation { blur: 0.0, noise: 0.0, jpeg: 0.0, ..Augmentation::default() }
}
