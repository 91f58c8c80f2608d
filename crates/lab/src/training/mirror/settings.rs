//! What a training run of mirror is given.

use serde::{Deserialize, Serialize};

use super::losses::LossWeights;
use super::target_scaling::TargetScale;

/// The settings of a run; they lie beside its checkpoints.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainingSettings {
    /// Everything that is drawn at random depends on it.
    pub seed: u64,
    /// Side of what the network sees, in pixels; a multiple of 16.
    pub side: u32,
    /// Side of the packed head crops in pixels, a multiple of 20; the judges see seven tenths of it.
    pub head: u32,
    /// Pairs in a step.
    pub batch: usize,
    /// Length of the generator's steps.
    #[serde(alias = "generator_rate")]
    pub generator_learning_rate: f64,
    /// Length of the discriminator's steps.
    #[serde(alias = "discriminator_rate")]
    pub discriminator_learning_rate: f64,
    /// How long the running mean of the weights remembers.
    #[serde(alias = "mean_decay")]
    pub ema_decay: f64,
    /// Steps at the beginning in which only prototypes teach, which is quick.
    #[serde(alias = "lessons_first")]
    pub targets_only_steps: u64,
    /// How strongly the lessons teach.
    #[serde(alias = "lessons")]
    pub target_scale: TargetScale,
    /// What is left of the weights of the lessons once the judges have their say: averages of faces are blurred.
    #[serde(alias = "lessons_kept")]
    pub target_weight_factor: f64,
    /// How much each term counts.
    pub losses: LossWeights,
}

impl Default for TrainingSettings {
    fn default() -> Self {
        Self {
            seed: 1,
            side: 128,
            head: 320,
            batch: 16,
            generator_learning_rate: 2e-4,
            discriminator_learning_rate: 4e-4,
            ema_decay: 0.998,
            targets_only_steps: 3000,
            target_scale: TargetScale::default(),
            target_weight_factor: 0.2,
            losses: LossWeights::default(),
        }
    }
}
