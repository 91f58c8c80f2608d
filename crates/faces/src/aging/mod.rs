//! The aging models behind one trait, [`AgingModel`]: a crop and ages in, aged crops out.

pub mod agetransgan;
pub mod caae;
pub mod cgan;
mod installed;
pub mod ipcgan;
pub mod mirror;
mod model;
pub mod pagan;
pub mod picture;
mod registry;
pub mod tensorflow;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod weights;

pub use installed::{open_agetransgan, open_caae, open_ipcgan, pagan_files};
pub use model::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, FaceMemory, ModelInfo};
pub use registry::{ModelId, ModelSummary, models, open_model, open_model_file, open_model_from};
