//! Settings of a training run of mirror.

use serde::{Deserialize, Serialize};

use super::target_scaling::TargetScale;
use super::losses::LossWeights;

/// Settings of a run, stored as `settings.json` besides its checkpoints. Older files use other names for some
/// fields.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainingSettings {
    /// Seed of everything random.
    pub seed: u64,
    /// Side of the network's input, in pixels; a multiple of 16.
    pub side: u32,
    /// Side of the packed head crops in pixels; a multiple of 20. The judges see seven tenths of it.
    pub head: u32,
    /// Pairs per step.
    pub batch: usize,
    /// Learning rate of the generator.
    #[serde(alias = "generator_rate")] pub generator_learning_rate: f64,
    /// Learning rate of the discriminator.
    #[serde(alias = "discriminator_rate")] pub discriminator_learning_rate: f64,
    /// Decay of the moving average of the weights.
    #[serde(alias = "mean_decay")] pub ema_decay: f64,
    /// Steps at the start of a run that train on targets alone, without judges, which is fast.
    #[serde(alias = "lessons_first")] pub targets_only_steps: u64,
    /// Scale of the targets.
    #[serde(alias = "lessons")] pub target_scale: TargetScale,
    /// Factor for the weights of the targets once judges are active; below 1, because averages of faces are
    /// blurred.
    #[serde(alias = "lessons_kept")] pub target_weight_factor: f64,
    /// Weights of the loss terms.
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
