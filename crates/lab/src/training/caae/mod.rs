//! Trainer of CAAE as its authors wrote it (Zhang, Song and Qi, CVPR 2017; `ZZUTK/Face-Aging-CAAE`).
//!
//! A conditional autoencoder on age and gender with two discriminators: one spreads the codes evenly over
//! -1..1, the other makes the faces realistic. All three are updated at once, from gradients of one forward
//! pass. The original is meant to start with ten epochs of the autoencoder alone, but discards them when it
//! starts again; here they count.

mod discriminators;
mod plan;
mod sheets;
mod step;
mod trainer;

#[cfg(test)]
mod tests;

use super::parameters::shapes;

/// Names and shapes of the parameters of encoder and generator, for an encoder whose first layer has `base`
/// channels and codes of length `code`.
pub(crate) fn autoencoder_shapes(base: usize, code: usize) -> Vec<(String, Vec<usize>)> {
    shapes(plan::autoencoder(base, code))
}

pub(crate) use step::LossWeights;
pub(crate) use trainer::{CaaeFace, CaaeSettings, CaaeTrainer};
