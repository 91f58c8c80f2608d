//! The small conditional GAN of `Face_Aging_cGAN`'s notebook `Age_cGAN_v2`, in the style of "Face Aging with
//! Conditional Generative Adversarial Networks" (Antipov, Baccouche and Dugelay, 2017).
//!
//! It generates faces of 64 pixels in six age groups from noise. It has no encoder, so it cannot age a given
//! face.

mod networks;
mod trainer;

#[cfg(test)]
mod tests;

pub(crate) use trainer::{AgeCganFace, AgeCganSettings, AgeCganTrainer};
