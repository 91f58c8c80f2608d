//! Settings of a run, with the names of StyleGAN2's PyTorch program, on which the authors' program is based.

use serde::{Deserialize, Serialize};

use super::discriminator::{DiscriminatorShape, Layers};
use super::faces::Balance;
use super::losses::LossWeights;
use crate::training::TrainingError;
use crate::training::adam::AdamSettings;
use agemirror_faces::aging::agetransgan::NetworkShape;

/// Settings of a run, stored as `settings.json` besides its checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AgeTransGanSettings {
    /// Seed of everything random.
    pub seed: u64,
    /// Side of the pictures in pixels, one of [`NetworkShape::SIDES`].
    pub size: usize,
    /// Number of age groups, 10 or 4.
    pub group: usize,
    /// Largest number of channels.
    pub width: usize,
    /// Form of the discriminator.
    pub discriminator: Layers,
    /// How faces are drawn.
    pub balance: Balance,
    /// Pictures per step: up to four, or a multiple of four.
    pub batch: usize,
    /// Total steps.
    pub iter: u64,
    /// Learning rate.
    pub lr: f64,
    /// Weight of R1; 0 disables it.
    pub r1: f64,
    /// Weight of the path length regulariser; 0 disables it.
    pub path_regularize: f64,
    /// Steps between two R1 steps.
    pub d_reg_every: u64,
    /// Steps between two path length steps.
    pub g_reg_every: u64,
    /// Steps between two sample sheets.
    pub sample_every: u64,
    /// Weights of the generator's loss terms.
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

/// Decay of the moving average of the weights: half of it is forgotten after ten thousand pictures, counted
/// in batches of 32.
pub(super) fn mean_decay() -> f64 {
    0.5f64.powf(32.0 / 10_000.0)
}

impl AgeTransGanSettings {
    /// Checks that the settings are valid together.
    ///
    /// # Errors
    /// When they do not.
    pub(crate) fn check(&self) -> Result<(), TrainingError> {
        let wrong = |what: String| Err(TrainingError::Settings(what));
        if !NetworkShape::SIDES.contains(&self.size) {
            return wrong(format!(
                "the picture side must be 32, 64, 128, 256, 512 or 1024 pixels, not {}",
                self.size
            ));
        }
        if ![4, 10].contains(&self.group) {
            return wrong(format!("the number of age groups must be 4 or 10, not {}", self.group));
        }
        if self.batch == 0 || (self.batch > 4 && !self.batch.is_multiple_of(4)) {
            return wrong(format!("the batch must be 1, 2, 3, 4 or a multiple of 4, not {}", self.batch));
        }
        if self.width == 0 || self.d_reg_every == 0 || self.g_reg_every == 0 || self.sample_every == 0 {
            return wrong("width and intervals must be at least 1".to_owned());
        }
        Ok(())
    }

    /// The generator's shape.
    pub(crate) fn shape(&self) -> NetworkShape {
        NetworkShape { side: self.size, groups: self.group, width: self.width }
    }

    /// The discriminator's shape.
    pub(crate) fn discriminator_shape(&self) -> DiscriminatorShape {
        DiscriminatorShape { network: self.shape(), layers: self.discriminator }
    }

    /// Optimiser settings of a network that is regularised every `every` steps. The extra step must not speed
    /// up learning, so learning rate and betas are scaled to the interval.
    pub(crate) fn adam(&self, every: u64) -> AdamSettings {
        let share = every as f64 / (every as f64 + 1.0);
        AdamSettings {
            learning_rate: self.lr * share,
            beta1: 0.0,
            beta2: 0.99f64.powf(share),
            ..AdamSettings::default()
        }
    }
}
