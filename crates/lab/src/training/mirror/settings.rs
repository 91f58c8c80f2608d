//! Settings of a training run of mirror.

use serde::{Deserialize, Serialize};

use super::losses::LossWeights;
use super::target_scaling::TargetScale;

/// Settings of a run, stored as `settings.json` besides its checkpoints. Older files use other names for some
/// fields.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TrainingSettings {
    /// Seed of everything random.
    pub seed: u64,
    /// Side of the network's input, in pixels; a multiple of 16.
    pub side: u32,
    /// Side of the packed head crops in pixels; a multiple of 20. The judges see seven tenths of it.
    pub head: u32,
    /// Pairs per step.
    pub batch: usize,
    /// Learning rate of the generator.
    #[serde(alias = "generator_rate")]
    pub generator_learning_rate: f64,
    /// Learning rate of the discriminator.
    #[serde(alias = "discriminator_rate")]
    pub discriminator_learning_rate: f64,
    /// Decay of the moving average of the weights.
    #[serde(alias = "mean_decay")]
    pub ema_decay: f64,
    /// Steps at the start of a run that train on targets alone, without judges, which is fast.
    #[serde(alias = "lessons_first")]
    pub targets_only_steps: u64,
    /// Scale of the targets.
    #[serde(alias = "lessons")]
    pub target_scale: TargetScale,
    /// Factor for the weights of the targets once judges are active; below 1, because averages of faces are
    /// blurred.
    #[serde(alias = "lessons_kept")]
    pub target_weight_factor: f64,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Settings as an earlier version wrote them into the folder of a run.
    const OLD: &str = r#"{
        "seed": 7, "side": 128, "head": 320, "batch": 8,
        "generator_rate": 0.0003, "discriminator_rate": 0.0005, "mean_decay": 0.9, "lessons_first": 12,
        "lessons": {
            "shape": [1.35, 1.8], "even": 0.7, "coarse": [1.4, 1.7], "finer": [1.1, 1.9], "detail": [1.0, 2.6],
            "steepest": 1.1, "eyes": 0.4, "mouth": 0.2
        },
        "lessons_kept": 0.25,
        "losses": {
            "adversarial": 0.5, "wrong_age": 0.4, "lesson": 11.0, "lesson_fine": 6.0, "lesson_flow": 0.7,
            "lesson_gain": 1.2, "male": 0.05, "change": 0.02, "flow": 0.05, "mask": 0.02, "residual": 0.05,
            "colour": 20.0, "age": 0.1, "identity": 0.6
        }
    }"#;

    fn check(settings: &TrainingSettings) {
        assert_eq!((settings.generator_learning_rate, settings.discriminator_learning_rate), (3e-4, 5e-4));
        assert_eq!((settings.ema_decay, settings.targets_only_steps), (0.9, 12));
        assert_eq!(settings.target_weight_factor, 0.25);
        let TargetScale { brightness, fine, max_log_gain, shape, .. } = settings.target_scale;
        assert_eq!((brightness, fine, max_log_gain, shape), (0.7, [1.1, 1.9], 1.1, [1.35, 1.8]));
        let LossWeights { target, target_fine, target_flow, target_gain, .. } = settings.losses;
        assert_eq!((target, target_fine, target_flow, target_gain), (11.0, 6.0, 0.7, 1.2));
    }

    #[test]
    fn settings_of_earlier_versions_are_read() {
        let settings: TrainingSettings = serde_json::from_str(OLD).unwrap();
        check(&settings);
        let written = serde_json::to_string(&settings).unwrap();
        check(&serde_json::from_str(&written).unwrap());
        assert!(
            written.contains("\"lesson_fine\""),
            "loss weights have the names of the log's columns: {written}"
        );
    }
}
