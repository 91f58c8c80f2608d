//! Losses, optimisers and the trainer of the bundled model.

pub mod adam;
mod error;
pub mod mirror;
pub mod parameters;

pub use error::TrainingError;
