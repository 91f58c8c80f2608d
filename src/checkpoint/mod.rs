//! Readers that turn weight files into named tensors.
