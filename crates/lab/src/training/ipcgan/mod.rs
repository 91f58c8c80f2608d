//! The trainers of IPCGAN (Wang, Tang, Luo and Gao, CVPR 2018) and of `Face_Aging_cGAN`, which shares its
//! network and losses, and of the classifier of ages that both are judged by.
//!
//! A generator is told the group of ages to show. A discriminator of patches tells real faces with their true
//! group from real ones with a false group and from made ones (least squares); a frozen AlexNet keeps the
//! features of the source, and its branch of ages says whether the age is right.

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
#[allow(clippy::unwrap_used)]
mod tests;

pub use age_classifier::{AgeClassifierSettings, AgeClassifierTrainer};
pub use alexnet::{Alexnet, FeatureLayer, Judges};
pub use faces::{FaceViews, IpcganFace};
pub use pairs::LabelPairs;
pub use step::LossWeights;
pub use trainer::{IpcganSettings, IpcganTrainer, Recipe};
