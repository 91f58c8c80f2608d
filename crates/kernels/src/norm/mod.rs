//! Normalisations, modulations and activations.

pub mod activation;
pub mod modulate;
pub mod noisy_leaky;
pub mod normalise;
pub mod pointwise;
pub mod prelu;
pub mod relu6;
