//! Labelled faces for training: loading, aligning, packing, sampling, augmenting.

mod augment;
mod batch;
mod error;
mod labels;
mod pack;
mod pack_build;
mod sampler;
mod window;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod pack_tests;

pub use augment::{Augmentation, Augmented, Placement};
pub use batch::{Batch, BatchSpec};
pub use error::DatasetError;
pub use labels::{Face, Gender, Split, read_labels};
pub use pack::{FacePack, PackedFace};
pub use pack_build::{PackReport, PackSpec};
pub use sampler::{BatchSampler, Pair, seeded};
pub use window::ValidWindow;
