//! The aging models behind one trait: a crop and ages go in, aged crops come out.

pub mod agetransgan;
pub mod mirror;
mod model;
mod registry;

pub use model::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, Gender, ModelInfo, OLDEST_YEAR};
pub use registry::{ModelSummary, models, open_model};
