//! Losses, optimisers and the trainer of the bundled model.

pub mod adam;
mod error;
mod events;
pub mod mirror;
pub mod parameters;
mod tensors;

pub use error::TrainingError;
pub use events::EventFile;
pub use tensors::write_tensors;
