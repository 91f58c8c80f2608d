//! One training run: its state, a step, its checkpoints.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;

use super::discriminator::{Discriminator, Weights};
use super::judges::{Judges, Look};
use super::lesson::Lesson;
use super::losses::{
    Seen, adversarial_loss, change_loss, discriminator_loss, lesson_losses, smoothness_losses,
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
use crate::training::tensors::write_tensors;

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
    /// Steps done.
    pub step: u64,
}

/// The last layer of a residual block and what paints start small, so that training starts from "no change".
fn generator_gain(name: &str) -> f32 {
    match name {
        _ if name.ends_with("second.weight") => 0.3,
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
            step: 0,
        })
    }

    /// One step on the pairs that the sampler draws for it.
    ///
    /// # Errors
    /// When the device fails or a term is no longer a number.
    pub fn advance(&mut self, pack: &FacePack, sampler: &BatchSampler) -> Result<Terms, TrainingError> {
        let pairs = sampler.batch(self.step);
        let sources: Vec<usize> = pairs.iter().map(|pair| pair.source).collect();
        let targets: Vec<usize> = pairs.iter().map(|pair| pair.target).collect();
        let (input, cut) = self.seen(pack, &sources, 2 * self.step, webcam())?;
        let (real, _) = self.seen(pack, &targets, 2 * self.step + 1, photograph())?;
        let (asked, lessons) = self.lessons(pack, &sources, &real.ages, &cut)?;
        let terms = self.train(&input, &real, asked, &lessons)?;
        if let Some((name, value)) = terms.iter().find(|(_, value)| !value.is_finite()) {
            return Err(TrainingError::Diverged { step: self.step, term: name, value: *value });
        }
        self.step += 1;
        Ok(terms)
    }

    /// The ages that are asked for on the way to `wanted`, and what is taught of them. A teacher shows its own ages
    /// only, so the nearest ones are asked for.
    fn lessons(
        &self,
        pack: &FacePack,
        sources: &[usize],
        wanted: &[f32],
        cut: &Batch,
    ) -> Result<(Vec<f32>, Lessons), TrainingError> {
        match &self.teaching {
            Teaching::Prototypes(prototypes) => {
                let lesson = Lesson::of(prototypes, pack, sources, wanted, cut, &self.device)?;
                Ok((wanted.to_vec(), Lessons::OfPrototypes(lesson)))
            }
            Teaching::Teacher(teacher) => {
                let asked = teacher.nearest(wanted);
                let draw = (self.settings.seed, 2 * self.step);
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

    fn train(
        &mut self,
        input: &Seen,
        real: &Seen,
        asked: Vec<f32>,
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
        let [picture, way, gain] = match lessons {
            Lessons::OfPrototypes(lesson) => lesson_losses(input, (&made, &change), lesson, &self.window)?,
            Lessons::OfTeacher(taught) => taught.losses(input, &made)?,
        };
        let [flow, mask, residual] = smoothness_losses(&change)?;
        let mut parts = vec![
            ("lesson", weights.lesson, picture),
            ("lesson_flow", weights.lesson_flow, way),
            ("lesson_gain", weights.lesson_gain, gain),
            ("change", weights.change, change_loss(input, &made)?),
            ("flow", weights.flow, flow),
            ("mask", weights.mask, mask),
            ("residual", weights.residual, residual),
        ];
        let mut terms = Terms::from(JUDGED.map(|name| (name, 0.0)));
        if self.step >= self.settings.lessons_first {
            parts.extend(self.judge(input, real, &made, &mut terms)?);
        }
        let mut total = Tensor::zeros((), DType::F32, &self.device)?;
        for (name, weight, part) in parts {
            terms.insert(name, part.to_scalar()?);
            total = (total + (part * weight)?)?;
        }
        self.generator_adam.step(&self.generator_parameters, &total.backward()?)?;
        self.follow()?;
        Ok(terms)
    }

    /// What the judges say, with the weights of their terms; the discriminator is trained on the way.
    fn judge(
        &mut self,
        input: &Seen,
        real: &Seen,
        made: &Seen,
        terms: &mut Terms,
    ) -> Result<Vec<(&'static str, f64, Tensor)>, TrainingError> {
        let (weights, seed) = (self.settings.losses, self.settings.seed);
        let seen_real = self.judges.look(real, seed, 2 * self.step)?.detach();
        let look = self.judges.look(made, seed, 2 * self.step + 1)?;
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
    fn follow(&mut self) -> Result<(), TrainingError> {
        let keep = self.settings.mean_decay.min((self.step as f64 + 1.0) / (self.step as f64 + 10.0));
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

    /// Writes the whole state to `path`, which appears only when it is complete.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), TrainingError> {
        let mut tensors = HashMap::new();
        for (prefix, parameters) in
            [("generator.", &self.generator_parameters), ("discriminator.", &self.discriminator_parameters)]
        {
            for (name, value) in parameters.snapshot()? {
                tensors.insert(format!("{prefix}{name}"), value);
            }
        }
        self.mean.save(&mut tensors, "mean.");
        self.generator_adam.save(&mut tensors, "generator_adam.")?;
        self.discriminator_adam.save(&mut tensors, "discriminator_adam.")?;
        self.discriminator.save(&mut tensors, "discriminator.");
        tensors.insert(
            "step".into(),
            Tensor::new(&[i64::try_from(self.step).unwrap_or(i64::MAX)], &Device::Cpu)?,
        );
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
        self.generator_parameters.restore(tensors, "generator.")?;
        self.discriminator_parameters.restore(tensors, "discriminator.")?;
        self.generator_adam.restore(tensors, "generator_adam.")?;
        self.discriminator_adam.restore(tensors, "discriminator_adam.")?;
        self.discriminator.restore(tensors, "discriminator.")?;
        self.mean.restore(tensors, "mean.")?;
        let step = tensors.get("step").map(Tensor::to_vec1::<i64>).transpose()?;
        self.step = step.and_then(|s| s.first().copied()).and_then(|s| u64::try_from(s).ok()).unwrap_or(0);
        Ok(())
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
