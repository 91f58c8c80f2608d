//! Trainers of IPCGAN (Wang, Tang, Luo and Gao, CVPR 2018), of `Face_Aging_cGAN`, which shares its network
//! and losses, and of the age classifier that judges both.
//!
//! The generator receives the target age group. A patch discriminator tells real faces with their true group
//! from real ones with a wrong group and from generated ones (least squares). A frozen AlexNet preserves the
//! features of the source, and its age branch judges the age.

mod age_classifier;
mod alexnet;
mod discriminator;
mod faces;
mod moving;
mod pairs;
mod plan;
mod step;
mod trainer;

#[cfg(test)]
mod tests;

pub use age_classifier::{AgeClassifierSettings, AgeClassifierTrainer};
pub use alexnet::{Alexnet, FeatureLayer, Judges};
pub use faces::{FaceViews, IpcganFace};
pub use pairs::LabelPairs;
pub use step::LossWeights;
pub use trainer::{IpcganSettings, IpcganTrainer, Recipe};
