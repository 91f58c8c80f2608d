//! Training of mirror: unpaired, against a discriminator that knows the age asked for.

mod discriminator;
mod judges;
mod losses;
mod prototypes;
mod run;
mod settings;
mod sheet;

pub use judges::Judges;
pub use losses::LossWeights;
pub use run::{Run, Terms, write_tensors};
pub use settings::TrainingSettings;
pub use sheet::sheet;

#[cfg(test)]
mod tests;
