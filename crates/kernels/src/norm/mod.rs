//! Normalisation, modulation and activation.

pub(crate) mod activation;
pub(crate) mod batch_norm;
pub(crate) mod modulate;
pub(crate) mod noisy_leaky;
pub(crate) mod normalise;
pub(crate) mod pointwise;
pub(crate) mod prelu;
pub(crate) mod relu6;
pub(crate) mod weigh;
