//! Training of mirror: unpaired, against a discriminator that knows the age asked for.

mod discriminator;
mod losses;
mod run;
mod settings;
mod sheet;

pub use losses::LossWeights;
pub use run::{write_tensors, Run, Terms};
pub use settings::TrainingSettings;
pub use sheet::{sheet, SHEET_AGES};
