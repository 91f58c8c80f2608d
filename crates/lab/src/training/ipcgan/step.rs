//! One step of the discriminator, then one of the generator.

use candle_core::{Device, Result, Tensor};
use serde::{Deserialize, Serialize};

use super::alexnet::Judges;
use super::discriminator::Discriminator;
use super::moving::MovingMoments;
use super::plan;
use crate::training::adam::{Adam, AdamForm, AdamSettings};
use crate::training::losses::{cross_entropy, least_squares};
use crate::training::parameters::Parameters;
use crate::training::session::NamedTensors;
use agemirror_faces::aging::ipcgan::{Network, with_class, with_classes};

/// How much each loss counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossWeights {
    /// Of the generator and the discriminator against each other.
    pub gan: f64,
    /// That the features of the person stay.
    pub features: f64,
    /// That the age is the one asked for.
    pub age: f64,
}

impl LossWeights {
    /// The authors' (their shell script's).
    pub const PUBLISHED: Self = Self { gan: 75.0, features: 0.5e-4, age: 30.0 };
}

/// The groups of the faces of a step, one each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Groups {
    /// Whether the groups are mixed; the discriminator's batches then mix real and made faces as well.
    pub mixed: bool,
    /// Those of the real faces, and those that the sources are aged to.
    pub right: Vec<usize>,
    /// What the discriminator must not take the real faces for.
    pub wrong: Vec<usize>,
}

/// What the discriminator's step is shown. Sources (N, 3, 128, 128) have their means taken off.
pub(super) struct DiscriminatorInput {
    /// Real faces (N, 3, 128, 128) of the true groups, -1..1.
    pub real: Tensor,
    /// The sources of the faces that are made.
    pub sources: Tensor,
}

/// What the generator's step is shown: other sources, at both sizes.
pub(super) struct GeneratorInput {
    /// (N, 3, 128, 128), means taken off.
    pub small: Tensor,
    /// (N, 3, 227, 227), means taken off; nothing where no network judges.
    pub large: Option<Tensor>,
}

/// The losses of a step, without their weights; what is not judged is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Losses {
    pub discriminator: f32,
    pub generator: f32,
    pub features: f32,
    pub age: f32,
}

/// Generator and discriminator with their optimisers.
pub(super) struct Networks {
    generator: Parameters,
    generator_adam: Adam,
    moving: MovingMoments,
    discriminator: Parameters,
    discriminator_adam: Adam,
    device: Device,
}

impl Networks {
    /// Networks of the width `base` from the beginning; each patch has `outputs` logits.
    pub(super) fn start(base: usize, outputs: usize, seed: u64, rate: f64, device: &Device) -> Result<Self> {
        let seed = seed.wrapping_mul(2);
        let generator = Parameters::random(seed, device, &plan::generator(base))?;
        let discriminator =
            Parameters::random(seed.wrapping_add(1), device, &plan::discriminator(base, outputs))?;
        Self::of(generator, discriminator, rate, device)
    }

    pub(super) fn of(
        generator: Parameters,
        discriminator: Parameters,
        rate: f64,
        device: &Device,
    ) -> Result<Self> {
        let settings = AdamSettings {
            learning_rate: rate,
            beta1: 0.5,
            form: AdamForm::TensorFlow,
            ..AdamSettings::default()
        };
        Ok(Self {
            generator_adam: Adam::new(&generator, settings)?,
            discriminator_adam: Adam::new(&discriminator, settings)?,
            moving: MovingMoments::new(&generator)?,
            generator,
            discriminator,
            device: device.clone(),
        })
    }

    /// The generator. What it gives has gradients where `trained`.
    fn network(&self, trained: bool) -> Result<Network> {
        let averages = self.moving.values()?;
        let mut all: NamedTensors = averages;
        for (name, var) in self.generator.iter() {
            let value = if trained { var.as_tensor().clone() } else { var.as_detached_tensor() };
            all.insert(name.to_owned(), value);
        }
        Network::new(&candle_nn::VarBuilder::from_tensors(all, candle_core::DType::F32, &self.device))
    }

    /// Faces (N, 3, 128, 128), -1..1, made of sources at a group, normalised by their batch or else by the moving
    /// averages.
    pub(super) fn make(&self, sources: &Tensor, class: usize, by_batch: bool) -> Result<Tensor> {
        let (network, sources) = (self.network(false)?, with_class(sources, class)?);
        if by_batch {
            Ok(network.run_by_batch(&sources)?.0)
        } else {
            network.by_moving_averages()?.run(&sources)
        }
    }

    /// One step of each network on faces of these groups.
    pub(super) fn step(
        &mut self,
        groups: &Groups,
        shown: &DiscriminatorInput,
        aged: &GeneratorInput,
        weights: &LossWeights,
        judges: &Judges,
    ) -> Result<Losses> {
        let discriminator = self.step_discriminator(groups, shown, weights.gan)?;
        let losses = self.step_generator(groups, &shown.real, aged, weights, judges)?;
        Ok(Losses { discriminator, ..losses })
    }

    fn step_discriminator(
        &mut self,
        groups: &Groups,
        shown: &DiscriminatorInput,
        weight: f64,
    ) -> Result<f32> {
        let sources = with_classes(&shown.sources, &groups.right)?;
        let (made, moments) = self.network(false)?.run_by_batch(&sources)?;
        let network = Discriminator::new(&self.discriminator.var_builder(&self.device))?;
        let [real, mistaken, fake] = logits(&network, &shown.real, &made.detach(), groups)?;
        let (real, mistaken) = (least_squares(&real, 1.0)?, least_squares(&mistaken, 0.0)?);
        let fake = least_squares(&fake, 0.0)?;
        let loss = ((real + ((mistaken + fake)? * 0.5)?)? * 0.5)?;
        self.discriminator_adam.step(&self.discriminator, &(&loss * weight)?.backward()?)?;
        self.moving.update(&moments)?;
        loss.to_scalar()
    }

    fn step_generator(
        &mut self,
        groups: &Groups,
        real: &Tensor,
        aged: &GeneratorInput,
        weights: &LossWeights,
        judges: &Judges,
    ) -> Result<Losses> {
        let (made, moments) = self.network(true)?.run_by_batch(&with_classes(&aged.small, &groups.right)?)?;
        let network = Discriminator::new(&self.discriminator.frozen_builder(&self.device))?;
        let fake = if groups.mixed {
            let [_, _, fake] = logits(&network, real, &made, groups)?;
            fake
        } else {
            network.forward(&made, &groups.right)?
        };
        let gan = (least_squares(&fake, 1.0)? * 0.5)?;
        let mut losses = Losses { generator: gan.to_scalar()?, ..Losses::default() };
        let mut total = (gan * weights.gan)?;
        let judged = aged.large.as_ref().map(|source| judges.judge(&made, source)).transpose()?;
        let (features, ages) = judged.unwrap_or_default();
        if let Some(features) = features {
            losses.features = features.to_scalar()?;
            total = (total + (features * weights.features)?)?;
        }
        if let Some(logits) = ages {
            let age = cross_entropy(&logits, &groups.right)?;
            losses.age = age.to_scalar()?;
            total = (total + (age * weights.age)?)?;
        }
        self.generator_adam.step(&self.generator, &total.backward()?)?;
        self.moving.update(&moments)?;
        Ok(losses)
    }

    /// Generator, its averages, and discriminator under the authors' names.
    pub(super) fn weights(&self) -> Result<NamedTensors> {
        let mut weights = self.moving.values()?;
        self.generator.save(&mut weights, "")?;
        self.discriminator.save(&mut weights, "")?;
        Ok(weights)
    }

    pub(super) fn save(&self, state: &mut NamedTensors) -> Result<()> {
        self.generator.save(state, "")?;
        self.discriminator.save(state, "")?;
        self.generator_adam.save(state, "generator_adam.")?;
        self.discriminator_adam.save(state, "discriminator_adam.")?;
        self.moving.save(state, "moving.")
    }

    pub(super) fn restore(&mut self, state: &NamedTensors) -> Result<()> {
        self.generator.restore(state, "")?;
        self.discriminator.restore(state, "")?;
        self.generator_adam.restore(state, "generator_adam.")?;
        self.discriminator_adam.restore(state, "discriminator_adam.")?;
        self.moving.restore(state, "moving.")
    }
}

/// The discriminator's logits of real faces said to be of their groups and of others, and of made faces. It
/// normalises by the batch, which takes away what all of the batch share, such as a grid over all made faces; where
/// `groups` are mixed, all faces are one batch.
fn logits(network: &Discriminator, real: &Tensor, made: &Tensor, groups: &Groups) -> Result<[Tensor; 3]> {
    let Groups { mixed, right, wrong } = groups;
    if !mixed {
        return Ok([
            network.forward(real, right)?,
            network.forward(real, wrong)?,
            network.forward(made, right)?,
        ]);
    }
    let all = network.forward(&Tensor::cat(&[real, real, made], 0)?, &[&right[..], wrong, right].concat())?;
    let part = |i: usize| all.narrow(0, i * right.len(), right.len());
    Ok([part(0)?, part(1)?, part(2)?])
}
