//! Trainer of PAGAN in the version of `lumosity4tpj`: one generator per age cluster, and a discriminator on
//! the maps of several layers of a network that was trained on ages.

mod artifacts;
mod faces;
mod pyramid;
mod settings;
mod trainer;
mod vgg;

#[cfg(test)]
mod tests;

pub(crate) use agemirror_faces::aging::pagan::CLUSTERS;
pub(crate) use faces::{ClusterSource, Clusters, YOUNG, prepared};
pub(crate) use settings::{Mode, PaganSettings};
pub(crate) use trainer::{FeatureNetworks, PaganTrainer};
pub(crate) use vgg::{InputScaling, Vgg, vgg_shapes};
