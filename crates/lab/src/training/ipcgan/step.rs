//! One step of the discriminator, then one of the generator.

use candle_core::{Device, Result, Tensor};
use serde::{Deserialize, Serialize};

use super::alexnet::Judges;
use super::discriminator::Discriminator;
use super::moving::MovingMoments;
use super::plan;
use crate::training::NamedTensors;
use crate::training::adam::{Adam, AdamForm, AdamSettings};
use crate::training::losses::{cross_entropy, least_squares};
use crate::training::parameters::Parameters;
use agemirror_faces::aging::ipcgan::{Network, with_class, with_classes};

/// Weights of the loss terms.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LossWeights {
    /// Adversarial loss of generator and discriminator.
    pub gan: f64,
    /// Preservation of the identity features.
    pub features: f64,
    /// Classification into the target age group.
    pub age: f64,
}

impl LossWeights {
    /// The weights of the authors' shell script.
    pub(crate) const PUBLISHED: Self = Self { gan: 75.0, features: 0.5e-4, age: 30.0 };
}

/// The groups of the faces of a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Groups {
    /// Whether groups are mixed; the discriminator's batches then also mix real and generated faces.
    pub mixed: bool,
    /// Groups of the real faces, which are also the target groups of the sources.
    pub right: Vec<usize>,
    /// Wrong groups, which the discriminator should reject for the real faces.
    pub wrong: Vec<usize>,
}

/// Input of the discriminator's step; sources (N, 3, 128, 128) have their means subtracted.
pub(super) struct DiscriminatorInput {
    /// Real faces (N, 3, 128, 128) of the true groups in -1..1.
    pub real: Tensor,
    /// Sources of the generated faces.
    pub sources: Tensor,
}

/// Input of the generator's step: other sources, at both sizes.
pub(super) struct GeneratorInput {
    /// (N, 3, 128, 128), means subtracted.
    pub small: Tensor,
    /// (N, 3, 227, 227), means subtracted; `None` without judges.
    pub large: Option<Tensor>,
}

/// The unweighted losses of a step; terms without a judge are zero.
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
    /// Initialises networks of width `base` with `outputs` logits per patch.
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

    /// The generator, with gradients to its parameters if `trained`.
    fn network(&self, trained: bool) -> Result<Network> {
        let averages = self.moving.values()?;
        let mut all: NamedTensors = averages;
        for (name, var) in self.generator.iter() {
            let value = if trained { var.as_tensor().clone() } else { var.as_detached_tensor() };
            all.insert(name.to_owned(), value);
        }
        Network::new(&candle_nn::VarBuilder::from_tensors(all, candle_core::DType::F32, &self.device))
    }

    /// Generates faces (N, 3, 128, 128) in -1..1 from sources for a group, normalised by the batch or by the
    /// moving averages.
    pub(super) fn make(&self, sources: &Tensor, class: usize, by_batch: bool) -> Result<Tensor> {
        let (network, sources) = (self.network(false)?, with_class(sources, class)?);
        if by_batch {
            Ok(network.run_by_batch(&sources)?.0)
        } else {
            network.by_moving_averages()?.run(&sources)
        }
    }

    /// One step of each network.
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
        let (generated, moments) = self.network(false)?.run_by_batch(&sources)?;
        let network = Discriminator::new(&self.discriminator.var_builder(&self.device))?;
        let [real, mistaken, fake] = logits(&network, &shown.real, &generated.detach(), groups)?;
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
        let (generated, moments) =
            self.network(true)?.run_by_batch(&with_classes(&aged.small, &groups.right)?)?;
        let network = Discriminator::new(&self.discriminator.frozen_builder(&self.device))?;
        let fake = if groups.mixed {
            let [_, _, fake] = logits(&network, real, &generated, groups)?;
            fake
        } else {
            network.forward(&generated, &groups.right)?
        };
        let gan = (least_squares(&fake, 1.0)? * 0.5)?;
        let mut losses = Losses { generator: gan.to_scalar()?, ..Losses::default() };
        let mut total = (gan * weights.gan)?;
        let judged = aged.large.as_ref().map(|source| judges.judge(&generated, source)).transpose()?;
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

    /// Generator, its moving averages, and discriminator under the authors' names.
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

/// The discriminator's logits of real faces with their true groups, of real faces with wrong groups, and of
/// generated faces. Batch normalisation removes what all of a batch share, such as a grid over all generated
/// faces; if `groups` are mixed, all faces form one batch.
fn logits(
    network: &Discriminator,
    real: &Tensor,
    generated: &Tensor,
    groups: &Groups,
) -> Result<[Tensor; 3]> {
    let Groups { mixed, right, wrong } = groups;
    if !mixed {
        return Ok([
            network.forward(real, right)?,
            network.forward(real, wrong)?,
            network.forward(generated, right)?,
        ]);
    }
    let all =
        network.forward(&Tensor::cat(&[real, real, generated], 0)?, &[&right[..], wrong, right].concat())?;
    let part = |i: usize| all.narrow(0, i * right.len(), right.len());
    Ok([part(0)?, part(1)?, part(2)?])
}
