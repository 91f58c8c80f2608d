//! The aging models behind one trait: a crop and ages go in, aged crops come out.

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

pub use installed::{open_agetransgan, open_caae, open_ipcgan, open_pagan, pagan_files, usual_statistics};
pub use model::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, FaceMemory, ModelInfo};
pub use registry::{ModelSummary, models, open_model, open_model_file, open_model_from};
