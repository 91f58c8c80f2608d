//! What a training run of mirror is given.

use serde::{Deserialize, Serialize};

use super::emphasis::Strength;
use super::losses::LossWeights;

/// The settings of a run; they lie beside its checkpoints.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainingSettings {
    /// Everything that is drawn at random depends on it.
    pub seed: u64,
    /// Side of the crops in pixels; a multiple of 16.
    pub side: u32,
    /// Pairs in a step.
    pub batch: usize,
    /// Length of the generator's steps.
    pub generator_rate: f64,
    /// Length of the discriminator's steps.
    pub discriminator_rate: f64,
    /// How long the running mean of the weights remembers.
    pub mean_decay: f64,
    /// Steps at the beginning in which only prototypes teach, which is quick.
    pub lessons_first: u64,
    /// How strongly the lessons teach.
    pub lessons: Strength,
    /// How much each term counts.
    pub losses: LossWeights,
}

impl Default for TrainingSettings {
    fn default() -> Self {
        Self {
            seed: 1,
            side: 128,
            batch: 16,
            generator_rate: 4e-4,
            discriminator_rate: 1e-3,
            mean_decay: 0.997,
            lessons_first: 3000,
            lessons: Strength::default(),
            losses: LossWeights::default(),
        }
    }
}
