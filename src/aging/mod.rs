//! The aging models behind one trait: a crop and ages go in, aged crops come out.

pub mod mirror;
mod model;

pub use model::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, ModelInfo};
