//! What a run is given, under the names of StyleGAN2's PyTorch program, from which the authors' came.

use candle_core::Device;
use serde::{Deserialize, Serialize};

use super::discriminator::{DiscriminatorShape, Layers};
use super::faces::Balance;
use super::losses::LossWeights;
use crate::training::TrainingError;
use crate::training::adam::AdamSettings;
use agemirror_faces::aging::agetransgan::NetworkShape;

/// The settings of a run; they lie beside its checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgeTransGanSettings {
    /// Everything that is drawn at random depends on it.
    pub seed: u64,
    /// Side of the pictures in pixels, one of [`NetworkShape::SIDES`].
    pub size: usize,
    /// Groups of ages, 10 or 4.
    pub group: usize,
    /// The largest number of channels.
    pub width: usize,
    /// The discriminator's form.
    pub discriminator: Layers,
    /// In which order faces come.
    pub balance: Balance,
    /// Pictures in a step: up to four, or a multiple of four.
    pub batch: usize,
    /// Steps in all.
    pub iter: u64,
    /// Length of the steps.
    pub lr: f64,
    /// How much R1 counts; 0 leaves it out.
    pub r1: f64,
    /// How much the length of paths counts; 0 leaves it out.
    pub path_regularize: f64,
    /// Steps from one R1 to the next.
    pub d_reg_every: u64,
    /// Steps from one look at the paths to the next.
    pub g_reg_every: u64,
    /// Steps from one sheet of samples to the next.
    pub sample_every: u64,
    /// How much the terms of the generator count.
    pub losses: LossWeights,
}

impl Default for AgeTransGanSettings {
    fn default() -> Self {
        Self {
            seed: 1,
            size: 256,
            group: 10,
            width: NetworkShape::PUBLISHED_WIDTH,
            discriminator: Layers::Single,
            balance: Balance::Groups,
            batch: 2,
            iter: 820_000,
            lr: 0.002,
            r1: 10.0,
            path_regularize: 2.0,
            d_reg_every: 16,
            g_reg_every: 4,
            sample_every: 1000,
            losses: LossWeights::default(),
        }
    }
}

/// The share of the running mean of the weights that a step keeps: half of it is forgotten after ten thousand
/// pictures, counted by batches of 32.
pub fn mean_decay() -> f64 {
    0.5f64.powf(32.0 / 10_000.0)
}

impl AgeTransGanSettings {
    /// Checks that the settings make sense together.
    ///
    /// # Errors
    /// When they do not.
    pub fn check(&self) -> Result<(), TrainingError> {
        let wrong = |what: String| Err(TrainingError::Settings(what));
        if !NetworkShape::SIDES.contains(&self.size) {
            return wrong(format!(
                "pictures have 32, 64, 128, 256, 512 or 1024 pixels a side, not {}",
                self.size
            ));
        }
        if ![4, 10].contains(&self.group) {
            return wrong(format!("there are networks of 10 groups and of 4, not of {}", self.group));
        }
        if self.batch == 0 || (self.batch > 4 && !self.batch.is_multiple_of(4)) {
            return wrong(format!("a batch has 1, 2, 3, 4 or a multiple of 4 pictures, not {}", self.batch));
        }
        if self.width == 0 || self.d_reg_every == 0 || self.g_reg_every == 0 || self.sample_every == 0 {
            return wrong("widths and intervals must be at least 1".to_owned());
        }
        Ok(())
    }

    /// The generator's shape.
    pub fn shape(&self) -> NetworkShape {
        NetworkShape { side: self.size, groups: self.group, width: self.width }
    }

    /// The discriminator's shape.
    pub fn discriminator_shape(&self) -> DiscriminatorShape {
        DiscriminatorShape { network: self.shape(), layers: self.discriminator }
    }

    /// The optimiser of a network that is regularised every `every` steps. One more step in so many is not to
    /// make it faster: rate and memory are those of the whole interval.
    pub fn adam(&self, every: u64) -> AdamSettings {
        let share = every as f64 / (every as f64 + 1.0);
        AdamSettings {
            learning_rate: self.lr * share,
            beta1: 0.0,
            beta2: 0.99f64.powf(share),
            ..AdamSettings::default()
        }
    }
}

/// A one among zeros for each of `groups`: (N, count).
pub fn labels(groups: &[usize], count: usize, device: &Device) -> candle_core::Result<candle_core::Tensor> {
    let mut labels = vec![0f32; groups.len() * count];
    for (label, group) in labels.chunks_exact_mut(count.max(1)).zip(groups) {
        match label.get_mut(*group) {
            Some(one) => *one = 1.0,
            None => candle_core::bail!("there is no group {group} among {count}"),
        }
    }
    candle_core::Tensor::from_vec(labels, (groups.len(), count), device)
}
