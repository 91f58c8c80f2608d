//! The small conditional GAN of `Face_Aging_cGAN`'s notebook `Age_cGAN_v2`, in the manner of "Face Aging with
//! Conditional Generative Adversarial Networks" (Antipov, Baccouche and Dugelay, 2017).
//!
//! It makes faces of 64 pixels at six groups of ages out of noise. There is no encoder, so that it ages nobody's
//! own face.

mod networks;
mod trainer;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use trainer::{AgeCganFace, AgeCganSettings, AgeCganTrainer};
