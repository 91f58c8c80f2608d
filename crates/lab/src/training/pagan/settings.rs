//! Settings of a run, with the names of the version of `lumosity4tpj`.

use serde::{Deserialize, Serialize};

use super::vgg::InputScaling;
use crate::training::TrainingError;
use crate::training::adam::{AdamForm, AdamSettings};

/// Whether a run follows the published program or a corrected version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// Like the published program: pictures enter VGG unscaled with dropout active; the optimisers are
    /// created again in each step, so that only signs of gradients count; and every 2,000 steps strong weight
    /// decay is applied.
    #[default]
    Source,
    /// VGG gets the input it was trained on, without dropout, and the optimisers keep their state.
    Corrected,
}

/// Settings of a run, stored as `settings.json` besides its checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PaganSettings {
    /// Seed of everything random.
    pub seed: u64,
    /// Side of the pictures in pixels.
    pub img_size: usize,
    /// Channels of the generator's first layer.
    pub ngf: usize,
    /// Total steps.
    pub iters: u64,
    /// Young faces, and as many elder ones, per step.
    pub batch_size: usize,
    /// Weight of the generator's adversarial loss.
    pub par_ad_g: f64,
    /// Weight of the discriminator's loss.
    pub par_ad_d: f64,
    /// Weight of the pixel loss.
    pub par_pix: f64,
    /// Weight of the identity loss.
    pub par_identity: f64,
    /// Learning rate.
    pub lr: f64,
    /// The age cluster to train: 1 for 31 to 40 years, 2 for 41 to 50, 3 for older.
    pub train_age: usize,
    /// Published or corrected behaviour.
    pub mode: Mode,
}

impl Default for PaganSettings {
    fn default() -> Self {
        Self {
            seed: 2018,
            img_size: 224,
            ngf: 32,
            iters: 50_000,
            batch_size: 8,
            par_ad_g: 750.0,
            par_ad_d: 1.0,
            par_pix: 0.2,
            par_identity: 0.005,
            lr: 1e-4,
            train_age: 3,
            mode: Mode::Source,
        }
    }
}

/// Steps between two evaluations of the pixel loss.
pub(super) const PIXEL_EVERY_STEPS: u64 = 5;
/// Steps between two applications of weight decay, and its strength.
const DECAY_EVERY_STEPS: u64 = 2000;
const DECAY: f64 = 0.5;

impl PaganSettings {
    /// Checks that the settings are valid.
    ///
    /// # Errors
    /// When they do not.
    pub(crate) fn check(&self) -> Result<(), TrainingError> {
        let wrong = |what: String| Err(TrainingError::Settings(what));
        if !(1..=super::CLUSTERS).contains(&self.train_age) {
            return wrong(format!("the age cluster must be 1, 2 or 3, not {}", self.train_age));
        }
        if self.img_size == 0 || !self.img_size.is_multiple_of(32) {
            return wrong(format!("the picture side must be a multiple of 32 pixels, not {}", self.img_size));
        }
        if self.batch_size == 0 || self.ngf == 0 {
            return wrong("the batch and the width must be at least 1".to_owned());
        }
        Ok(())
    }

    /// Optimiser settings of both networks, with epsilon as in PyTorch 1.0.
    pub(crate) fn adam(&self) -> AdamSettings {
        let form = AdamForm::TensorFlow;
        AdamSettings { learning_rate: self.lr, beta1: 0.5, beta2: 0.999, form, ..AdamSettings::default() }
    }

    /// Weight decay of the step after `done` others.
    pub(crate) fn weight_decay(&self, done: u64) -> f64 {
        if self.mode == Mode::Source && done.is_multiple_of(DECAY_EVERY_STEPS) { DECAY } else { 0.0 }
    }

    /// Input scaling of VGG.
    pub(crate) fn input_scaling(&self) -> InputScaling {
        if self.mode == Mode::Source { InputScaling::Unscaled } else { InputScaling::Trained }
    }
}
