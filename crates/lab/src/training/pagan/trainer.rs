//! A training run of PAGAN: its state and its steps.

use std::path::Path;

use candle_core::{Device, Result, Tensor};
use rand::rngs::StdRng;

use super::faces::ClusterSource;
use super::pyramid::{self, Pyramid, Statistics};
use super::settings::{Mode, PIXEL_EVERY_STEPS, PaganSettings};
use super::vgg::Vgg;
use crate::dataset::seeded;
use crate::training::adam::Adam;
use crate::training::parameters::{Init, Parameters};
use crate::training::{NamedTensors, StepRecord, TrainingError};
use agemirror_checkpoint::Checkpoint;
use agemirror_faces::aging::pagan::{Network, parameters};

/// RNG stream of dropout.
const RNG_STREAM: u64 = u64::MAX;
/// Name of the last pixel loss in a checkpoint.
const PIXEL_LOSS: &str = "loss_pixel";

/// The frozen feature networks.
pub(crate) struct FeatureNetworks {
    /// Input of the discriminator: the first four stages of a VGG trained on ages.
    pub age: Vgg,
    /// Measures identity: a whole VGG.
    pub identity: Vgg,
}

/// The state of a run and its inputs.
pub(crate) struct PaganTrainer<S> {
    pub(super) settings: PaganSettings,
    pub(super) device: Device,
    pub(super) source: S,
    features: FeatureNetworks,
    generator: Parameters,
    generator_adam: Adam,
    discriminator: Parameters,
    discriminator_adam: Adam,
    pub(super) statistics: Statistics,
    /// The last pixel loss; it is evaluated only every fifth step.
    last_pixel_loss: f32,
}

/// Initial distribution of the parameter `name`. In the generator, all one-dimensional weights belong to
/// instance normalisation.
fn init_of(name: &str, shape: &[usize], generator: bool) -> Init {
    match shape.len() {
        _ if name.ends_with("bias") => Init::Constant(0.0),
        1 if generator => Init::Constant(1.0),
        1 => Init::Normal(1.0, 0.02),
        _ => Init::Normal(0.0, 0.02),
    }
}

impl<S: ClusterSource> PaganTrainer<S> {
    /// Starts a run on the faces of `source`.
    ///
    /// # Errors
    /// When the settings are invalid or the device fails.
    pub(crate) fn start(
        settings: PaganSettings,
        source: S,
        features: FeatureNetworks,
        device: &Device,
    ) -> std::result::Result<Self, TrainingError> {
        settings.check()?;
        let base = features.age.base();
        let init = |generator: bool| move |name: &str, shape: &[usize]| init_of(name, shape, generator);
        let shapes = parameters(settings.ngf);
        let generator = Parameters::random_from_shapes(settings.seed, device, shapes, init(true))?;
        let (seed, shapes) = (settings.seed.wrapping_add(1), pyramid::parameters(base));
        let discriminator = Parameters::random_from_shapes(seed, device, shapes, init(false))?;
        Ok(Self {
            generator_adam: Adam::new(&generator, settings.adam())?,
            discriminator_adam: Adam::new(&discriminator, settings.adam())?,
            statistics: Statistics::new(base, device)?,
            device: device.clone(),
            settings,
            source,
            features,
            generator,
            discriminator,
            last_pixel_loss: 0.0,
        })
    }

    /// Initialises generator and discriminator from files of the published program or of a run, where given.
    ///
    /// # Errors
    /// When a file cannot be read or contains another network.
    pub(crate) fn start_from(
        &mut self,
        generator: Option<&Path>,
        discriminator: Option<&Path>,
    ) -> std::result::Result<(), TrainingError> {
        let read = |path: &Path| -> std::result::Result<NamedTensors, TrainingError> {
            let checkpoint = Checkpoint::open(path)?;
            let tensor =
                |name: &str| Ok((name.to_owned(), checkpoint.tensor(name)?.to_device(&self.device)?));
            checkpoint.entries().iter().map(|entry| tensor(&entry.name)).collect()
        };
        let wrong = |path: &Path| {
            let file = path.to_owned();
            move |reason| TrainingError::Checkpoint { file, reason }
        };
        if let Some(path) = generator {
            self.generator.restore(&read(path)?, "").map_err(wrong(path))?;
        }
        if let Some(path) = discriminator {
            let tensors = read(path)?;
            self.discriminator.restore(&tensors, "").map_err(wrong(path))?;
            self.statistics.restore(&tensors, "").map_err(wrong(path))?;
        }
        Ok(())
    }

    /// The parameters of generator and discriminator.
    pub(crate) fn parameters(&self) -> [&Parameters; 2] {
        [&self.generator, &self.discriminator]
    }

    /// Trains one step; `done` is the number of earlier steps.
    ///
    /// # Errors
    /// When the device fails or faces cannot be read.
    pub(crate) fn train_step(&mut self, done: u64) -> std::result::Result<StepRecord, TrainingError> {
        let batch = self.settings.batch_size;
        let young = self.source.young(done, batch, &self.device)?;
        let elder = self.source.elder(done, batch, &self.device)?;
        for adam in [&mut self.generator_adam, &mut self.discriminator_adam] {
            adam.set_weight_decay(self.settings.weight_decay(done));
            if self.settings.mode == Mode::Source {
                adam.reset()?;
            }
        }
        let mut scalars = self.train_discriminator(&young, &elder)?;
        scalars.extend(self.train_generator(&young, done)?);
        Ok(StepRecord { scalars, histograms: Vec::new() })
    }

    fn train_discriminator(&mut self, young: &Tensor, elder: &Tensor) -> Result<Vec<(&'static str, f32)>> {
        let base = self.features.age.base();
        let generated = Network::new(&self.generator.frozen_builder(&self.device))?.run(young)?;
        let judge = Pyramid::new(&self.discriminator.var_builder(&self.device), base)?;
        let mut off = |pictures: &Tensor, target: f64| -> Result<Tensor> {
            let maps = self.features.age.maps(pictures)?;
            (judge.forward(&maps, &mut self.statistics)? - target)?.sqr()?.mean_all()
        };
        let half = self.settings.par_ad_d / 2.0;
        let real = (off(elder, 1.0)? * half)?;
        let fake = ((off(&generated, 0.0)? + off(young, 0.0)?)? * half)?;
        let loss = (&real + &fake)?;
        self.discriminator_adam.step(&self.discriminator, &loss.backward()?)?;
        Ok(vec![
            ("D_loss", loss.to_scalar()?),
            ("D_loss_fake", fake.to_scalar()?),
            ("D_loss_real", real.to_scalar()?),
        ])
    }

    fn train_generator(&mut self, young: &Tensor, done: u64) -> Result<Vec<(&'static str, f32)>> {
        let PaganSettings { par_ad_g, par_pix, par_identity, .. } = self.settings;
        let base = self.features.age.base();
        let generated = Network::new(&self.generator.var_builder(&self.device))?.run(young)?;
        let judge = Pyramid::new(&self.discriminator.frozen_builder(&self.device), base)?;
        let judged = judge.forward(&self.features.age.maps(&generated)?, &mut self.statistics)?;
        let fake = ((judged - 1.0)?.sqr()?.mean_all()? * par_ad_g)?;
        let identity = (self.identity_loss(&generated, young, done)? * par_identity)?;
        let mut loss = (&fake + &identity)?;
        if done.is_multiple_of(PIXEL_EVERY_STEPS) {
            let pixel = ((&generated - young)?.sqr()?.mean_all()? * par_pix)?;
            self.last_pixel_loss = pixel.to_scalar()?;
            loss = (loss + pixel)?;
        }
        self.generator_adam.step(&self.generator, &loss.backward()?)?;
        Ok(vec![
            ("G_loss", loss.to_scalar()?),
            ("G_loss_fake", fake.to_scalar()?),
            ("G_loss_pixel", self.last_pixel_loss),
            ("G_loss_identity", identity.to_scalar()?),
        ])
    }

    /// Mean squared change of the identity features. In [`Mode::Source`], dropout hides a different half on
    /// each side.
    fn identity_loss(&self, generated: &Tensor, young: &Tensor, done: u64) -> Result<Tensor> {
        let mut random = seeded(self.settings.seed, done, RNG_STREAM);
        let mut say = |pictures: &Tensor| {
            let dropout: Option<&mut StdRng> = (self.settings.mode == Mode::Source).then_some(&mut random);
            self.features.identity.identity_features(pictures, dropout)
        };
        let (aged, before) = (say(generated)?, say(young)?.detach());
        (aged - before)?.sqr()?.mean_all()
    }

    /// Adds everything that a step changes to `state`.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn save_state(&self, state: &mut NamedTensors) -> Result<()> {
        self.generator.save(state, "netG.")?;
        for (name, tensor) in self.discriminator_state()? {
            state.insert(format!("netD.{name}"), tensor);
        }
        self.generator_adam.save(state, "optimG.")?;
        self.discriminator_adam.save(state, "optimD.")?;
        state.insert(PIXEL_LOSS.to_owned(), Tensor::new(&[self.last_pixel_loss], &Device::Cpu)?);
        Ok(())
    }

    /// The discriminator's weights and statistics, with the names of its checkpoints.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn discriminator_state(&self) -> Result<NamedTensors> {
        let mut tensors: NamedTensors = self.discriminator.snapshot()?.into_iter().collect();
        tensors.extend(self.statistics.iter().map(|(name, value)| (name.clone(), value.clone())));
        Ok(tensors)
    }

    /// Loads what [`PaganTrainer::save_state`] stored.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(crate) fn load_state(&mut self, state: &NamedTensors) -> Result<()> {
        self.generator.restore(state, "netG.")?;
        self.discriminator.restore(state, "netD.")?;
        self.statistics.restore(state, "netD.")?;
        self.generator_adam.restore(state, "optimG.")?;
        self.discriminator_adam.restore(state, "optimD.")?;
        let pixel = state.get(PIXEL_LOSS).map(Tensor::to_vec1::<f32>).transpose()?;
        match pixel.and_then(|values| values.first().copied()) {
            Some(pixel) => self.last_pixel_loss = pixel,
            None => candle_core::bail!("{PIXEL_LOSS} is missing"),
        }
        Ok(())
    }
}
