//! Losses, optimisers and the trainer of the bundled model.

pub mod frozen;
