//! Labelled faces for training: loading, aligning, packing, sampling, augmenting.
