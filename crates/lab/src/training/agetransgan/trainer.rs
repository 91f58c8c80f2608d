//! A training run of AgeTransGAN: its state and its steps.

use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Result, Tensor, Var};
use rand::Rng;
use rand::rngs::StdRng;

use super::discriminator::Discriminator;
use super::expert::FaceExpert;
use super::faces::{FaceSource, Faces};
use super::loss_graph::LossGraph;
use super::losses::class_loss;
use super::regularisers::{paths, r1};
use super::settings::{AgeTransGanSettings, mean_decay};
use crate::dataset::seeded;
use crate::training::adam::Adam;
use crate::training::losses::{binary_cross_entropy, one_hot};
use crate::training::parameters::{Init, Parameters};
use crate::training::{Ema, NamedTensors, StepRecord, TrainingError};
use agemirror_faces::aging::agetransgan::{Generator, Noise, Styles};

/// RNG stream of everything random in a step except its faces.
const RNG_STREAM: u64 = u64::MAX;

/// Name of [`AgeTransGanTrainer::regulariser_stats`] in a checkpoint.
const REGULARISER_STATS: &str = "mean_path_length";

/// The state of a run and its inputs.
pub(crate) struct AgeTransGanTrainer<S> {
    pub(super) settings: AgeTransGanSettings,
    pub(super) device: Device,
    pub(super) source: S,
    pub(super) expert: Option<FaceExpert>,
    pub(super) generator: Parameters,
    pub(super) generator_adam: Adam,
    pub(super) discriminator: Parameters,
    discriminator_adam: Adam,
    pub(super) ema: Ema,
    /// Running mean of the path length, then the last R1, path penalty and path length.
    pub(super) regulariser_stats: [f64; 4],
}

/// The pictures of a step and their labels.
#[derive(Clone)]
pub(super) struct StepBatch {
    pub(super) pictures: Tensor,
    /// One-hot labels of their own and of the target groups: (N, groups).
    pub(super) own: Tensor,
    pub(super) target: Tensor,
    pub(super) random: StdRng,
}

/// Initial distribution of the parameter `name`, as in StyleGAN2: unit variance, scaled when used.
fn init_of(name: &str, _: &[usize]) -> Init {
    match name {
        _ if name.ends_with(".modulation.bias") => Init::Constant(1.0),
        _ if name.ends_with(".bias") || name.ends_with(".noise.weight") => Init::Constant(0.0),
        // They are multiplied by their learning rate factor, 0.01.
        _ if name.starts_with("style.") => Init::Normal(0.0, 100.0),
        _ => Init::Normal(0.0, 1.0),
    }
}

impl<S: FaceSource> AgeTransGanTrainer<S> {
    /// Starts a run on the faces of `source`. `expert` is required if its loss has a weight.
    ///
    /// # Errors
    /// When the settings are invalid or the device fails.
    pub(crate) fn start(
        settings: AgeTransGanSettings,
        source: S,
        expert: Option<FaceExpert>,
        device: &Device,
    ) -> std::result::Result<Self, TrainingError> {
        settings.check()?;
        if settings.losses.expert > 0.0 && expert.is_none() {
            let what = "the face expert's loss requires the expert's weights".to_owned();
            return Err(TrainingError::Settings(what));
        }
        let generator = settings.shape().parameters();
        let generator = Parameters::random_from_shapes(settings.seed, device, generator, init_of)?;
        let (seed, discriminator) =
            (settings.seed.wrapping_add(1), settings.discriminator_shape().parameters());
        let discriminator = Parameters::random_from_shapes(seed, device, discriminator, init_of)?;
        Ok(Self {
            generator_adam: Adam::new(&generator, settings.adam(settings.g_reg_every))?,
            discriminator_adam: Adam::new(&discriminator, settings.adam(settings.d_reg_every))?,
            ema: Ema::new(&generator)?,
            device: device.clone(),
            regulariser_stats: [0.0; 4],
            settings,
            source,
            expert,
            generator,
            discriminator,
        })
    }

    /// The parameters of generator and discriminator.
    #[cfg(test)]
    pub(crate) fn parameters(&self) -> [&Parameters; 2] {
        [&self.generator, &self.discriminator]
    }

    /// Trains one step; `done` is the number of earlier steps.
    ///
    /// # Errors
    /// When the device fails or faces cannot be read.
    pub(crate) fn train_step(&mut self, done: u64) -> std::result::Result<StepRecord, TrainingError> {
        let faces = self.source.faces(done, self.settings.batch, &self.device)?;
        let mut batch = self.batch(&faces, done)?;
        let mut scalars = self.train_discriminator(&mut batch)?;
        let AgeTransGanSettings { d_reg_every, g_reg_every, r1, path_regularize, .. } = self.settings;
        if r1 > 0.0 && done.is_multiple_of(d_reg_every) {
            self.regularise_r1(&batch)?;
        }
        scalars.extend(self.train_generator(&mut batch)?);
        if path_regularize > 0.0 && done.is_multiple_of(g_reg_every) {
            self.regularise_path_length(&mut batch)?;
        }
        self.ema.update(&self.generator, mean_decay())?;
        let [mean_path, r1, path, length] = self.regulariser_stats.map(|value| value as f32);
        scalars.extend([
            ("r1", r1),
            ("path", path),
            ("path_length", length),
            ("mean_path_length", mean_path),
        ]);
        Ok(StepRecord { scalars, histograms: Vec::new() })
    }

    fn batch(&self, faces: &Faces, done: u64) -> Result<StepBatch> {
        let count = self.settings.group;
        let mut random = seeded(self.settings.seed, done, RNG_STREAM);
        let target: Vec<usize> = faces.groups.iter().map(|_| random.random_range(0..count)).collect();
        Ok(StepBatch {
            pictures: faces.pictures.clone(),
            own: one_hot(&faces.groups, count, &self.device)?,
            target: one_hot(&target, count, &self.device)?,
            random,
        })
    }

    /// New noise for a pass of the generator.
    pub(super) fn noise(&self, batch: &mut StepBatch) -> Result<Vec<Tensor>> {
        let noise = Noise::Drawn(batch.random.random());
        noise.planes(&self.settings.shape().noise_sides(), self.settings.batch, &self.device)
    }

    pub(super) fn train_discriminator(&mut self, batch: &mut StepBatch) -> Result<Vec<(&'static str, f32)>> {
        let StepBatch { pictures, own, target, .. } = batch.clone();
        let generator = Generator::new(&self.generator.frozen_builder(&self.device))?;
        let generated = aged(&generator, (&pictures, &target), &self.noise(batch)?)?;
        let back = aged(&generator, (&generated, &own), &self.noise(batch)?)?;
        let judge = self.judge(&self.discriminator.var_builder(&self.device))?;
        let mut graph = LossGraph::new([], variables(&self.discriminator));
        let mut scores = [0f32; 3];
        let faces = [(&pictures, &own, true), (&generated, &target, false), (&back, &own, false)];
        for (score, (face, labels, is_real)) in scores.iter_mut().zip(faces) {
            let output = judge.forward(face, labels)?;
            *score = output.real.mean_all()?.to_scalar()?;
            // Real pictures count twice, once against each kind of generated ones.
            let weight = if is_real { 2.0 } else { 1.0 };
            let mut terms = vec![("d", weight, binary_cross_entropy(&output.real, is_real)?)];
            if is_real {
                terms.push(("d_class", 1.0, class_loss(&output.classes, &own)?));
            }
            graph.add(&terms)?;
        }
        self.discriminator_adam.step(&self.discriminator, graph.gradients())?;
        let [real, fake, _] = scores;
        Ok(vec![
            ("d", graph.total),
            ("d_class", graph.scalar("d_class")),
            ("real_score", real),
            ("fake_score", fake),
        ])
    }

    pub(super) fn judge(&self, vb: &candle_nn::VarBuilder<'_>) -> Result<Discriminator> {
        Discriminator::new(self.settings.discriminator_shape(), vb)
    }

    /// The R1 step of the discriminator.
    pub(super) fn regularise_r1(&mut self, batch: &StepBatch) -> Result<()> {
        let judge = self.judge(&self.discriminator.var_builder(&self.device))?;
        let square = r1(&judge, &batch.pictures, &batch.own)?;
        let weight = self.settings.r1 / 2.0 * self.settings.d_reg_every as f64;
        let grads = fill_missing_gradients((&square * weight)?.backward()?, &self.discriminator)?;
        self.discriminator_adam.step(&self.discriminator, &grads)?;
        self.regulariser_stats[1] = f64::from(square.to_scalar::<f32>()?);
        Ok(())
    }

    /// The path length step of the generator.
    fn regularise_path_length(&mut self, batch: &mut StepBatch) -> Result<()> {
        let side = self.settings.size;
        let generator = Generator::new(&self.generator.var_builder(&self.device))?;
        let noise = self.noise(batch)?;
        let n = self.settings.batch;
        let planes = Noise::Drawn(batch.random.random()).planes(&[side], 3 * n, &self.device)?;
        let weighting = (planes[0].reshape((n, 3, side, side))? / side as f64)?;
        let (pictures, target) = (&batch.pictures, &batch.target);
        let found = paths(&generator, (pictures, target), &noise, &weighting, self.regulariser_stats[0])?;
        let weight = self.settings.path_regularize * self.settings.g_reg_every as f64;
        let grads = fill_missing_gradients((&found.penalty * weight)?.backward()?, &self.generator)?;
        self.generator_adam.step(&self.generator, &grads)?;
        self.regulariser_stats[0] = found.mean;
        self.regulariser_stats[2] = f64::from(found.penalty.to_scalar::<f32>()?);
        self.regulariser_stats[3] = f64::from(found.lengths.mean_all()?.to_scalar::<f32>()?);
        Ok(())
    }

    /// Adds everything that a step changes to `state`, with the names of the authors' checkpoints.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn save_state(&self, state: &mut NamedTensors) -> Result<()> {
        self.generator.save(state, "g.")?;
        self.discriminator.save(state, "d.")?;
        self.ema.save(state, "g_ema.");
        self.generator_adam.save(state, "g_optim.")?;
        self.discriminator_adam.save(state, "d_optim.")?;
        state.insert(REGULARISER_STATS.to_owned(), Tensor::new(&self.regulariser_stats, &Device::Cpu)?);
        Ok(())
    }

    /// Loads what [`AgeTransGanTrainer::save_state`] stored.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(crate) fn load_state(&mut self, state: &NamedTensors) -> Result<()> {
        self.generator.restore(state, "g.")?;
        self.discriminator.restore(state, "d.")?;
        self.ema.restore(state, "g_ema.")?;
        self.generator_adam.restore(state, "g_optim.")?;
        self.discriminator_adam.restore(state, "d_optim.")?;
        let regulariser_stats = state.get(REGULARISER_STATS).map(Tensor::to_vec1::<f64>).transpose()?;
        match regulariser_stats.and_then(|values| values.try_into().ok()) {
            Some(regulariser_stats) => self.regulariser_stats = regulariser_stats,
            None => candle_core::bail!("{REGULARISER_STATS} is missing"),
        }
        Ok(())
    }

    /// A generator with the moving average of the weights.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn mean_generator(&self) -> Result<Generator> {
        let tensors = self.ema.values().clone().into_iter().collect();
        Generator::new(&candle_nn::VarBuilder::from_tensors(tensors, DType::F32, &self.device))
    }
}

pub(super) fn variables(parameters: &Parameters) -> Vec<Var> {
    parameters.iter().map(|(_, var)| var.clone()).collect()
}

/// Pictures aged by `generator` towards `labels`.
pub(super) fn aged(
    generator: &Generator,
    (pictures, labels): (&Tensor, &Tensor),
    noise: &[Tensor],
) -> Result<Tensor> {
    let (identity, w) = generator.codes(pictures, labels)?;
    generator.paint(identity, &Styles::shared(w), noise)
}

/// Adds zero gradients for parameters that a regulariser does not depend on, so that their optimiser counts
/// the step.
fn fill_missing_gradients(mut grads: GradStore, parameters: &Parameters) -> Result<GradStore> {
    for (_, var) in parameters.iter() {
        if grads.get(var.as_tensor()).is_none() {
            grads.insert(var.as_tensor(), var.zeros_like()?);
        }
    }
    Ok(grads)
}
