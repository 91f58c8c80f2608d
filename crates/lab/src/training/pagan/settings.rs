//! What a run is given, under the names of the version of `lumosity4tpj`.

use serde::{Deserialize, Serialize};

use super::vgg::InputScaling;
use crate::training::TrainingError;
use crate::training::adam::{AdamForm, AdamSettings};

/// Whether a run does what the published program does, or what it was to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Pictures go into VGG unscaled and its dropout is active; the optimisers are made anew for each step, so
    /// that only signs of gradients count; and every 2,000 steps one of them pulls all weights to zero.
    #[default]
    Source,
    /// Pictures go into VGG as it was trained, without dropout, and the optimisers remember.
    Corrected,
}

/// The settings of a run; they lie beside its checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaganSettings {
    /// Everything that is drawn at random depends on it.
    pub seed: u64,
    /// Side of the pictures in pixels.
    pub img_size: usize,
    /// Channels of the generator's first layer.
    pub ngf: usize,
    /// Steps in all.
    pub iters: u64,
    /// Young faces, and old ones, in a step.
    pub batch_size: usize,
    /// How much deceiving the discriminator counts.
    pub par_ad_g: f64,
    /// How much the discriminator's loss counts.
    pub par_ad_d: f64,
    /// How much the change of pixels counts.
    pub par_pix: f64,
    /// How much the person counts.
    pub par_identity: f64,
    /// Length of the steps.
    pub lr: f64,
    /// The cluster that is trained: 1 for 31 to 40 years, 2 for 41 to 50, 3 for older.
    pub train_age: usize,
    /// As the source, or corrected.
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

/// Steps from one look at the pixels to the next.
pub const PIXEL_EVERY_STEPS: u64 = 5;
/// Steps from one pull of the weights to zero to the next, and how much it counts.
const DECAY_EVERY_STEPS: u64 = 2000;
const DECAY: f64 = 0.5;

impl PaganSettings {
    /// Checks that the settings make sense.
    ///
    /// # Errors
    /// When they do not.
    pub fn check(&self) -> Result<(), TrainingError> {
        let wrong = |what: String| Err(TrainingError::Settings(what));
        if !(1..=super::CLUSTERS).contains(&self.train_age) {
            return wrong(format!("the clusters of ages are 1, 2 and 3, not {}", self.train_age));
        }
        if self.img_size == 0 || !self.img_size.is_multiple_of(32) {
            return wrong(format!("pictures have a multiple of 32 pixels a side, not {}", self.img_size));
        }
        if self.batch_size == 0 || self.ngf == 0 {
            return wrong("batch and width must be at least 1".to_owned());
        }
        Ok(())
    }

    /// The optimisers of both networks: epsilon stands where PyTorch 1.0 had it.
    pub fn adam(&self) -> AdamSettings {
        let form = AdamForm::TensorFlow;
        AdamSettings { learning_rate: self.lr, beta1: 0.5, beta2: 0.999, form, ..AdamSettings::default() }
    }

    /// The L2 decay of the step that `done` steps came before.
    pub fn weight_decay(&self, done: u64) -> f64 {
        if self.mode == Mode::Source && done.is_multiple_of(DECAY_EVERY_STEPS) { DECAY } else { 0.0 }
    }

    /// How pictures go into VGG.
    pub fn input_scaling(&self) -> InputScaling {
        if self.mode == Mode::Source { InputScaling::Unscaled } else { InputScaling::Trained }
    }
}
