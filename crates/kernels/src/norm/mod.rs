//! Normalisation, modulation and activation.

pub mod activation;
pub mod batch_norm;
pub mod modulate;
pub mod noisy_leaky;
pub mod normalise;
pub mod pointwise;
pub mod prelu;
pub mod relu6;
