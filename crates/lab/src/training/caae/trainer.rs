//! A training run of CAAE: data, epochs, logs and files.

use std::path::Path;

use candle_core::{Device, Tensor};
use image::RgbImage;
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::sheets;
use super::step::{LossWeights, Losses, Networks, TrainingBatch};
use crate::dataset::{DatasetError, EpochOrder, Labelled, PictureStore, seeded, shuffled};
use crate::training::schedule::LrSchedule;
use crate::training::{NamedTensors, StepRecord, Trainer};
use crate::training::{TrainingError, keep_newest, write_tensors};
use agemirror_checkpoint::Checkpoint;
use agemirror_faces::age::Gender;
use agemirror_faces::aging::caae::{GROUPS, SIDE, TEMPLATE};
use agemirror_faces::aging::picture::{Resampling, planes, resized, stretched};
use agemirror_faces::face::{FivePoints, Similarity, align};

/// Settings of a run, with the authors' names and values.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct CaaeSettings {
    /// Epochs with all losses.
    pub epoch: u64,
    /// Epochs of the autoencoder alone, before the others.
    pub pretrain_epochs: u64,
    /// Faces per step; as many are held out for samples.
    pub size_batch: usize,
    /// Channels after the encoder's first layer; the width of all networks scales with it.
    pub num_encoder_channels: usize,
    /// Learning rate.
    pub learning_rate: f64,
    /// Factor for the learning rate after every two epochs.
    pub decay_rate: f64,
    /// Decay of the optimisers' running mean of the gradients.
    pub beta1: f64,
    /// Weights of the loss terms.
    pub weights: LossWeights,
    /// Seed of everything random.
    pub seed: u64,
    /// Whether pixel values stay as they are; the authors stretch them to the range of bytes.
    pub plain: bool,
}

impl Default for CaaeSettings {
    fn default() -> Self {
        Self {
            epoch: 50,
            pretrain_epochs: 10,
            size_batch: 100,
            num_encoder_channels: 64,
            learning_rate: 2e-4,
            decay_rate: 1.0,
            beta1: 0.5,
            weights: LossWeights::PUBLISHED,
            seed: 2017,
            plain: false,
        }
    }
}

/// Length of a code.
const CODE_LENGTH: usize = 50;
/// RNG streams; stream 0 belongs to the order of faces.
const HELD_OUT_STREAM: u64 = 1;
const PRIOR_STREAM: u64 = 2;
/// Epochs between two files of weights.
const WEIGHTS_EVERY_EPOCHS: u64 = 5;

/// The label of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CaaeFace {
    /// Index of its age group in [`GROUPS`].
    pub group: usize,
    /// Its gender.
    pub gender: Gender,
    /// Its landmarks in the picture, if known.
    pub points: Option<FivePoints>,
}

impl CaaeFace {
    /// The label of a labelled picture.
    ///
    /// # Errors
    /// When its gender or age group is unknown. The error says why the picture cannot be used.
    pub(crate) fn of(labelled: &Labelled) -> Result<Self, String> {
        let group = labelled.age.group_in(&GROUPS).ok_or("its age is in no group")?;
        let gender = labelled.gender.ok_or("its gender is unknown")?;
        Ok(Self { group, gender, points: labelled.points })
    }

    /// The face at the network's size: aligned if its landmarks are known, otherwise the whole picture, as
    /// the authors take it. Unless `plain`, pixel values are first stretched to the range of bytes, as the
    /// authors do.
    ///
    /// # Errors
    /// When it has no pixels.
    pub(crate) fn prepared(&self, picture: &RgbImage, plain: bool) -> candle_core::Result<RgbImage> {
        let stretch = |picture: &RgbImage| if plain { picture.clone() } else { stretched(picture) };
        match &self.points {
            Some(points) => {
                Ok(stretch(&align(picture, &Similarity::from_points(points, &TEMPLATE, SIDE), SIDE)))
            }
            None => resized(&stretch(picture), SIDE, SIDE, Resampling::Antialiased),
        }
    }

    /// Age group and gender.
    pub(super) fn label(&self) -> (usize, Gender) {
        (self.group, self.gender)
    }
}

/// Trainer of CAAE.
pub(crate) struct CaaeTrainer {
    settings: CaaeSettings,
    store: PictureStore<CaaeFace>,
    /// Indices of the training faces, and of the held-out faces shown in samples.
    trained: Vec<usize>,
    held_out: Vec<usize>,
    order: EpochOrder,
    networks: Networks,
    device: Device,
}

impl CaaeTrainer {
    /// Starts a run on the faces of `store`, prepared at [`SIDE`] pixels.
    ///
    /// # Errors
    /// When the settings are invalid, or there are fewer faces than two batches.
    pub(crate) fn start(
        settings: CaaeSettings,
        store: PictureStore<CaaeFace>,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        let CaaeSettings { size_batch, num_encoder_channels, seed, .. } = settings;
        if size_batch == 0 || num_encoder_channels < 4 || !num_encoder_channels.is_multiple_of(4) {
            let message = "the batch must have at least one face, and the channels must be a multiple of 4";
            return Err(TrainingError::Settings(message.to_owned()));
        }
        if store.len() < 2 * size_batch {
            let what = "the data set".to_owned();
            return Err(DatasetError::TooFew { what, found: store.len(), needed: 2 * size_batch }.into());
        }
        let mut trained = shuffled(store.len(), seed, 0, HELD_OUT_STREAM);
        let held_out = trained.drain(..size_batch).collect();
        Ok(Self {
            order: EpochOrder::new(trained.len(), size_batch, seed, 0, "the data set")?,
            networks: Networks::start(num_encoder_channels, CODE_LENGTH, seed, settings.beta1, device)?,
            settings,
            store,
            trained,
            held_out,
            device: device.clone(),
        })
    }

    /// Initialises all four networks, or the autoencoder alone, from a checkpoint of the authors or of a run.
    ///
    /// # Errors
    /// When it cannot be read, or belongs to another system or width.
    pub(crate) fn start_from(&mut self, path: &Path) -> Result<(), TrainingError> {
        let checkpoint = Checkpoint::open(path)?;
        let mut tensors = NamedTensors::new();
        for entry in checkpoint.entries() {
            let tensor = checkpoint.tensor(&entry.name)?.to_dtype(candle_core::DType::F32)?;
            tensors.insert(entry.name.clone(), tensor);
        }
        let wrong = |reason| TrainingError::Checkpoint { file: path.to_owned(), reason };
        self.networks.autoencoder.parameters.restore(&tensors, "").map_err(wrong)?;
        for part in [&self.networks.of_codes, &self.networks.of_faces] {
            if part.parameters.iter().any(|(name, _)| tensors.contains_key(name)) {
                part.parameters.restore(&tensors, "").map_err(wrong)?;
            }
        }
        Ok(())
    }

    /// Steps of the autoencoder alone.
    fn pretraining_steps(&self) -> u64 {
        self.settings.pretrain_epochs * self.order.batches()
    }

    fn faces(&self, indices: &[usize]) -> Result<Tensor, TrainingError> {
        let pictures = planes(&self.store.get_first(indices)?, &self.device)?;
        Ok(((pictures / 127.5)? - 1.0)?)
    }

    /// The batch of step `done`. The orders start again with the first step of all losses, as the original
    /// starts a new session there.
    fn training_batch(&self, done: u64) -> Result<TrainingBatch, TrainingError> {
        let batch = self.order.batch(done.checked_sub(self.pretraining_steps()).unwrap_or(done));
        let indices: Vec<usize> = batch.into_iter().map(|index| self.trained[index]).collect();
        let mut random = seeded(self.settings.seed, done, PRIOR_STREAM);
        let prior: Vec<f32> =
            (0..indices.len() * CODE_LENGTH).map(|_| random.random_range(-1.0..1.0)).collect();
        Ok(TrainingBatch {
            faces: self.faces(&indices)?,
            labels: indices.iter().map(|index| self.store.label(*index).label()).collect(),
            prior: Tensor::from_vec(prior, (indices.len(), CODE_LENGTH), &self.device)?,
        })
    }

    fn learning_rate(&self, done: u64) -> f64 {
        let every = 2 * self.order.batches();
        let schedule = LrSchedule::Staircase { every_steps: every, factor: self.settings.decay_rate };
        self.settings.learning_rate
            * schedule.factor(done.checked_sub(self.pretraining_steps()).unwrap_or(done))
    }

    /// Writes the sample sheets of the epoch that has just ended.
    fn write_samples(&self, folder: &Path, done: u64) -> Result<(), TrainingError> {
        let batches = self.order.batches();
        let name = match done.checked_sub(self.pretraining_steps()) {
            None | Some(0) => format!("pretrain_{:02}.png", done / batches),
            Some(done) => format!("{:02}.png", done / batches),
        };
        let network = self.networks.network()?;
        let labels: Vec<_> = self.held_out.iter().map(|index| self.store.label(*index).label()).collect();
        sheets::write(folder, &name, &network, &self.faces(&self.held_out)?, &labels)
    }

    /// Writes the weights under the authors' names; keeps the two newest files.
    fn write_weights(&self, folder: &Path, done: u64) -> Result<(), TrainingError> {
        write_tensors(
            &self.networks.weights()?,
            &folder.join(format!("checkpoint/model-{done}.safetensors")),
        )?;
        keep_newest(folder, "model-", 2)
    }
}

impl Trainer for CaaeTrainer {
    fn steps(&self) -> u64 {
        (self.settings.pretrain_epochs + self.settings.epoch) * self.order.batches()
    }

    fn step(&mut self, done: u64) -> Result<StepRecord, TrainingError> {
        let batch = self.training_batch(done)?;
        let rate = self.learning_rate(done);
        if done > 0 && done == self.pretraining_steps() {
            self.networks.reset_optimisers()?;
        }
        let alone = done < self.pretraining_steps();
        let weights = if alone { LossWeights::AUTOENCODER } else { self.settings.weights };
        let losses = self.networks.step(&batch, &weights, rate)?;
        record(&losses, &batch.prior, rate)
    }

    fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()> {
        self.networks.save(state)
    }

    fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()> {
        self.networks.restore(state)
    }

    fn write_artifacts(&self, folder: &Path, done: u64, last: bool) -> Result<(), TrainingError> {
        let batches = self.order.batches();
        if done.is_multiple_of(batches) {
            self.write_samples(folder, done)?;
        }
        if last || done.is_multiple_of(WEIGHTS_EVERY_EPOCHS * batches) {
            self.write_weights(folder, done)?;
        }
        Ok(())
    }
}

/// The losses under the authors' names; the authors have no name for the total variation.
fn record(losses: &Losses, prior: &Tensor, rate: f64) -> Result<StepRecord, TrainingError> {
    let [prior_loss, code_loss] = &losses.codes;
    let [real, generated] = &losses.faces;
    let value = |loss: &Tensor| loss.to_scalar::<f32>();
    let scalars = vec![
        ("EG_loss", value(&losses.reconstruction)?),
        ("D_z_loss_z", value(code_loss)?),
        ("D_z_loss_prior", value(prior_loss)?),
        ("E_z_loss", value(&losses.encoder)?),
        ("D_img_loss_input", value(real)?),
        ("D_img_loss_G", value(generated)?),
        ("G_img_loss", value(&losses.generator)?),
        ("tv_loss", value(&losses.smoothness)?),
        ("EG_learning_rate", rate as f32),
    ];
    let values = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<f32>();
    let [of_prior, of_code, of_real, of_made] = &losses.logits;
    let histograms = vec![
        ("z", values(&losses.code)?),
        ("z_prior_1", values(prior)?),
        ("D_z_logits", values(of_code)?),
        ("D_z_prior_logits", values(of_prior)?),
        ("D_G_logits", values(of_made)?),
        ("D_input_logits", values(of_real)?),
    ];
    Ok(StepRecord { scalars, histograms })
}
