//! A run of CAAE: its data, its epochs, what it logs and writes.

use std::path::Path;

use candle_core::{Device, Tensor};
use image::RgbImage;
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::sheets;
use super::step::{LossWeights, Losses, Networks, TrainingBatch};
use crate::dataset::{DatasetError, EpochOrder, Labelled, PictureStore, seeded, shuffled};
use crate::training::schedule::LrSchedule;
use crate::training::session::{NamedTensors, StepRecord, Trainer};
use crate::training::{TrainingError, keep_newest, write_tensors};
use agemirror_checkpoint::Checkpoint;
use agemirror_faces::age::Gender;
use agemirror_faces::aging::caae::{GROUPS, SIDE, TEMPLATE};
use agemirror_faces::aging::picture::{Resampling, planes, resized, stretched};
use agemirror_faces::face::{FivePoints, Similarity, align};

/// The settings of a run, under the authors' names and with their values.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CaaeSettings {
    /// Epochs with all losses.
    pub epoch: u64,
    /// Epochs of the autoencoder alone before them.
    pub pretrain_epochs: u64,
    /// Faces in a step; as many are held out for samples.
    pub size_batch: usize,
    /// Channels after the encoder's first layer; all networks widen with it.
    pub num_encoder_channels: usize,
    /// The length of a step.
    pub learning_rate: f64,
    /// What the rate is multiplied by after every two epochs.
    pub decay_rate: f64,
    /// How long the optimisers' mean of the gradients remembers.
    pub beta1: f64,
    /// How much each loss counts.
    pub weights: LossWeights,
    /// Everything that is drawn at random depends on it.
    pub seed: u64,
    /// Whether the values of pictures are left as they are; the authors stretch them to the range of bytes.
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

/// The length of a code.
const CODE_LENGTH: usize = 50;
/// What is drawn at random beside the orders of epochs, whose lane is 0.
const HELD_OUT_STREAM: u64 = 1;
const PRIOR_STREAM: u64 = 2;
/// Weights are written after every so many epochs.
const WEIGHTS_EVERY_EPOCHS: u64 = 5;

/// What the trainer is told of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CaaeFace {
    /// The place of its age in [`GROUPS`].
    pub group: usize,
    /// Its gender.
    pub gender: Gender,
    /// Its landmarks in the picture, where they are known.
    pub points: Option<FivePoints>,
}

impl CaaeFace {
    /// What the trainer is told of a labelled picture, or why it cannot be used.
    ///
    /// # Errors
    /// When its gender or its group of ages is not known.
    pub fn of(labelled: &Labelled) -> Result<Self, String> {
        let group = labelled.age.group_in(&GROUPS).ok_or("its age is in no group")?;
        let gender = labelled.gender.ok_or("its gender is not known")?;
        Ok(Self { group, gender, points: labelled.points })
    }

    /// A picture of the face at the network's size: cut out where its landmarks are known, else whole, as the
    /// authors take it; stretched to the range of bytes before, as they do, unless it is to be left `plain`.
    ///
    /// # Errors
    /// When it has no pixels.
    pub fn prepared(&self, picture: &RgbImage, plain: bool) -> candle_core::Result<RgbImage> {
        let stretch = |picture: &RgbImage| if plain { picture.clone() } else { stretched(picture) };
        match &self.points {
            Some(points) => {
                Ok(stretch(&align(picture, &Similarity::from_points(points, &TEMPLATE, SIDE), SIDE)))
            }
            None => resized(&stretch(picture), SIDE, SIDE, Resampling::Antialiased),
        }
    }

    /// Age class and gender, as the networks are told of them.
    pub(super) fn label(&self) -> (usize, Gender) {
        (self.group, self.gender)
    }
}

/// Trains CAAE.
pub struct CaaeTrainer {
    settings: CaaeSettings,
    store: PictureStore<CaaeFace>,
    /// The faces that are trained on, and those that are shown in samples.
    trained: Vec<usize>,
    held_out: Vec<usize>,
    order: EpochOrder,
    networks: Networks,
    device: Device,
}

impl CaaeTrainer {
    /// A run on the faces of `store`, prepared at [`SIDE`] pixels.
    ///
    /// # Errors
    /// When the settings make no sense, or there are fewer faces than two batches.
    pub fn start(
        settings: CaaeSettings,
        store: PictureStore<CaaeFace>,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        let CaaeSettings { size_batch, num_encoder_channels, seed, .. } = settings;
        if size_batch == 0 || num_encoder_channels < 4 || !num_encoder_channels.is_multiple_of(4) {
            let wanted = "the batch must have a face at least, and the channels be a multiple of 4";
            return Err(TrainingError::Settings(wanted.to_owned()));
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

    /// Takes the weights of all four networks, or of the autoencoder alone, from a checkpoint of the authors or
    /// one written by a run.
    ///
    /// # Errors
    /// When it cannot be read, or is of another system or width.
    pub fn start_from(&mut self, path: &Path) -> Result<(), TrainingError> {
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

    /// The steps of the autoencoder alone.
    fn pretraining_steps(&self) -> u64 {
        self.settings.pretrain_epochs * self.order.batches()
    }

    fn faces(&self, indices: &[usize]) -> Result<Tensor, TrainingError> {
        let pictures = planes(&self.store.get_first(indices)?, &self.device)?;
        Ok(((pictures / 127.5)? - 1.0)?)
    }

    /// What step `done` trains on. With all losses the orders begin anew, as the original begins a new session.
    fn training_batch(&self, done: u64) -> Result<TrainingBatch, TrainingError> {
        let batch = self.order.batch(done.checked_sub(self.pretraining_steps()).unwrap_or(done));
        let indices: Vec<usize> = batch.into_iter().map(|place| self.trained[place]).collect();
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

    /// The sheets of the epoch that has just ended.
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

    /// Writes the weights under the authors' names; the two newest files are kept.
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

/// The losses under the authors' names; the total variation has none.
fn record(losses: &Losses, prior: &Tensor, rate: f64) -> Result<StepRecord, TrainingError> {
    let [prior_loss, code_loss] = &losses.codes;
    let [real, made] = &losses.faces;
    let value = |loss: &Tensor| loss.to_scalar::<f32>();
    let scalars = vec![
        ("EG_loss", value(&losses.reconstruction)?),
        ("D_z_loss_z", value(code_loss)?),
        ("D_z_loss_prior", value(prior_loss)?),
        ("E_z_loss", value(&losses.encoder)?),
        ("D_img_loss_input", value(real)?),
        ("D_img_loss_G", value(made)?),
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
