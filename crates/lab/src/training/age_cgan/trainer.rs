//! A training run of the notebook's GAN.

use std::path::Path;

use candle_core::{Device, Tensor};
use image::RgbImage;
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::networks::{GROUPS, NOISE, discriminate, discriminator, generate, generator};
use crate::dataset::{EpochOrder, Labelled, PictureStore, seeded};
use crate::training::adam::{Adam, AdamSettings};
use crate::training::losses::{binary_cross_entropy, one_hot};
use crate::training::parameters::Parameters;
use crate::training::{NamedTensors, StepRecord, Trainer};
use crate::training::{TrainingError, write_sheet, write_tensors};
use agemirror_faces::age::OPEN_GROUP_END;
use agemirror_faces::aging::picture::{Mapping, Resampling, pictures, planes, resized};
use agemirror_faces::compose::mosaic;

/// First and last year of the age groups.
const YEARS: [(u8, u8); GROUPS] = [(0, 18), (19, 29), (30, 39), (40, 49), (50, 59), (60, OPEN_GROUP_END)];
/// Side of the faces in pixels.
const SIDE: u32 = 64;
/// RNG streams of the noise; stream 0 belongs to the order of faces.
const NOISE_STREAM: u64 = 1;
const SAMPLE_STREAM: u64 = 2;
/// Columns of a sample sheet.
const COLUMNS: usize = 8;

/// Settings of a run, with the notebook's values as defaults.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct AgeCganSettings {
    /// Passes over all faces.
    pub epochs: u64,
    /// Faces per step.
    pub batch_size: usize,
    /// Learning rate.
    pub learning_rate: f64,
    /// Base width of the networks; all layers scale with it.
    pub channels: usize,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for AgeCganSettings {
    fn default() -> Self {
        Self { epochs: 50, batch_size: 128, learning_rate: 2e-4, channels: 64, seed: 1 }
    }
}

/// The label of a face: its age group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct AgeCganFace(pub usize);

impl AgeCganFace {
    /// The label of a labelled picture.
    ///
    /// # Errors
    /// When its age is in no group.
    pub(crate) fn of(labelled: &Labelled) -> Result<Self, String> {
        let group = labelled.age.group_in(&YEARS).ok_or("its age is in no group")?;
        Ok(Self(group))
    }

    /// The picture scaled to 64 pixels.
    ///
    /// # Errors
    /// When it has no pixels.
    pub(crate) fn prepared(picture: &RgbImage) -> candle_core::Result<RgbImage> {
        resized(picture, SIDE, SIDE, Resampling::Antialiased)
    }
}

/// Trainer of the GAN.
pub(crate) struct AgeCganTrainer {
    settings: AgeCganSettings,
    store: PictureStore<AgeCganFace>,
    order: EpochOrder,
    pub(super) generator: Parameters,
    generator_adam: Adam,
    pub(super) discriminator: Parameters,
    discriminator_adam: Adam,
    device: Device,
}

impl AgeCganTrainer {
    /// Starts a run on the faces of `store`.
    ///
    /// # Errors
    /// When there are fewer faces than a batch.
    pub(crate) fn start(
        settings: AgeCganSettings,
        store: PictureStore<AgeCganFace>,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        let AgeCganSettings { batch_size, channels, seed, .. } = settings;
        let adam =
            AdamSettings { learning_rate: settings.learning_rate, beta1: 0.5, ..AdamSettings::default() };
        let generator = Parameters::random(seed.wrapping_mul(2), device, &generator(channels.max(1)))?;
        let discriminator = Parameters::random(
            seed.wrapping_mul(2).wrapping_add(1),
            device,
            &discriminator(channels.max(1)),
        )?;
        Ok(Self {
            order: EpochOrder::new(store.len(), batch_size, seed, 0, "the data set")?,
            generator_adam: Adam::new(&generator, adam)?,
            discriminator_adam: Adam::new(&discriminator, adam)?,
            settings,
            store,
            generator,
            discriminator,
            device: device.clone(),
        })
    }

    fn noise(&self, count: usize, draw: u64, rng_stream: u64) -> candle_core::Result<Tensor> {
        let mut random = seeded(self.settings.seed, draw, rng_stream);
        let values: Vec<f32> = (0..count * NOISE).map(|_| random.random_range(-1.0..1.0)).collect();
        Tensor::from_vec(values, (count, NOISE), &self.device)
    }

    /// One step of the discriminator, then one of the generator; returns both losses.
    pub(super) fn train(
        &mut self,
        faces: &Tensor,
        labels: &Tensor,
        noise: &Tensor,
    ) -> candle_core::Result<[Tensor; 2]> {
        let device = self.device.clone();
        let trained = self.discriminator.var_builder(&device);
        let generated = generate(&self.generator.frozen_builder(&device), noise, labels)?;
        let real = binary_cross_entropy(&discriminate(&trained, faces, labels)?, true)?;
        let fake = binary_cross_entropy(&discriminate(&trained, &generated, labels)?, false)?;
        let discriminator = (real + fake)?;
        self.discriminator_adam.step(&self.discriminator, &discriminator.backward()?)?;
        let generated = generate(&self.generator.var_builder(&device), noise, labels)?;
        let judged = discriminate(&self.discriminator.frozen_builder(&device), &generated, labels)?;
        let generator = binary_cross_entropy(&judged, true)?;
        self.generator_adam.step(&self.generator, &generator.backward()?)?;
        Ok([discriminator.detach(), generator.detach()])
    }

    /// The same noise in every group: one row per group, youngest first.
    fn sheet(&self) -> Result<RgbImage, TrainingError> {
        let noise = self.noise(COLUMNS, 0, SAMPLE_STREAM)?;
        let noise = Tensor::cat(&[&noise; GROUPS], 0)?;
        let groups: Vec<usize> = (0..GROUPS * COLUMNS).map(|i| i / COLUMNS).collect();
        let labels = one_hot(&groups, GROUPS, &self.device)?;
        let generated = generate(&self.generator.frozen_builder(&self.device), &noise, &labels)?;
        Ok(mosaic(&pictures(&generated, Mapping::Rounded)?, COLUMNS))
    }
}

impl Trainer for AgeCganTrainer {
    fn steps(&self) -> u64 {
        self.settings.epochs * self.order.batches()
    }

    fn step(&mut self, done: u64) -> Result<StepRecord, TrainingError> {
        let indices = self.order.batch(done);
        let faces = ((planes(&self.store.get_first(&indices)?, &self.device)? / 127.5)? - 1.0)?;
        let groups: Vec<usize> = indices.iter().map(|index| self.store.label(*index).0).collect();
        let noise = self.noise(indices.len(), done, NOISE_STREAM)?;
        let [discriminator, generator] =
            self.train(&faces, &one_hot(&groups, GROUPS, &self.device)?, &noise)?;
        let scalars = vec![("D_loss", discriminator.to_scalar()?), ("G_loss", generator.to_scalar()?)];
        Ok(StepRecord { scalars, histograms: Vec::new() })
    }

    fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
        self.generator.save(state, "")?;
        self.discriminator.save(state, "")?;
        self.generator_adam.save(state, "generator_adam.")?;
        self.discriminator_adam.save(state, "discriminator_adam.")
    }

    fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
        self.generator.restore(state, "")?;
        self.discriminator.restore(state, "")?;
        self.generator_adam.restore(state, "generator_adam.")?;
        self.discriminator_adam.restore(state, "discriminator_adam.")
    }

    /// Writes weights and samples after every epoch, under the notebook's file names.
    fn write_artifacts(&self, folder: &Path, done: u64, last: bool) -> Result<(), TrainingError> {
        if !last && !done.is_multiple_of(self.order.batches()) {
            return Ok(());
        }
        let epoch = done.div_ceil(self.order.batches());
        for (name, parameters) in [("G", &self.generator), ("D", &self.discriminator)] {
            let mut weights = NamedTensors::new();
            parameters.save(&mut weights, "")?;
            write_tensors(&weights, &folder.join(format!("{name}_{epoch}.safetensors")))?;
        }
        write_sheet(&folder.join(format!("samples/train_samples_ages_{epoch:02}.png")), &self.sheet()?)
    }
}
