//! The trainer of CAAE as its authors wrote it (Zhang, Song and Qi, CVPR 2017; `ZZUTK/Face-Aging-CAAE`).
//!
//! An autoencoder that is told age and gender, with two discriminators: one keeps the codes spread evenly over
//! -1..1, the other the faces real. All three are moved at once, by gradients of one forward pass. The original
//! means to begin with ten epochs of the autoencoder alone, but loses them where it starts anew; here they
//! count.

mod discriminators;
mod plan;
mod sheets;
mod step;
mod trainer;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use step::{LossWeights, Losses};
pub use trainer::{CaaeFace, CaaeSettings, CaaeTrainer};
