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
    /// Side of what the network sees, in pixels; a multiple of 16.
    pub side: u32,
    /// Side of the packed head crops in pixels, a multiple of 20; the judges see seven tenths of it.
    pub head: u32,
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
    /// What is left of the weights of the lessons once the judges have their say: averages of faces are blurred.
    pub lessons_kept: f64,
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
            generator_rate: 2e-4,
            discriminator_rate: 4e-4,
            mean_decay: 0.998,
            lessons_first: 3000,
            lessons: Strength::default(),
            lessons_kept: 0.2,
            losses: LossWeights::default(),
        }
    }
}
