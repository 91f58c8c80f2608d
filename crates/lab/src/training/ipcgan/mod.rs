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

use super::parameters::shapes;
use agemirror_faces::aging::ipcgan::Network;

/// Names and shapes of the generator's parameters and of the moving averages of its normalisation; its first
/// layer has `base` channels.
pub(crate) fn generator_shapes(base: usize) -> Vec<(String, Vec<usize>)> {
    let mut shapes = shapes(plan::generator(base));
    for norm in Network::norms() {
        let beta = shapes.iter().find(|(name, _)| *name == format!("{norm}/beta"));
        let Some(shape) = beta.map(|(_, shape)| shape.clone()) else { continue };
        shapes.push((format!("{norm}/moving_mean"), shape.clone()));
        shapes.push((format!("{norm}/moving_variance"), shape));
    }
    shapes
}

/// Names and shapes of the network that judges ages, as published: AlexNet's convolutions and the age branch.
pub(crate) fn judge_shapes() -> Vec<(String, Vec<usize>)> {
    let mut plan = plan::alexnet_trunk(1);
    let outputs = plan.last().map_or(0, |(_, shape, _)| shape.iter().product());
    plan.extend(plan::age_branch(outputs * 36, age_classifier::HIDDEN));
    shapes(plan)
}

pub(crate) use age_classifier::{AgeClassifierSettings, AgeClassifierTrainer};
pub(crate) use alexnet::{FeatureLayer, Judges};
pub(crate) use faces::{FaceViews, IpcganFace};
pub(crate) use pairs::LabelPairs;
pub(crate) use step::LossWeights;
pub(crate) use trainer::{IpcganSettings, IpcganTrainer, Recipe};
