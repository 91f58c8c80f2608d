//! The trainer of PAGAN in the version of `lumosity4tpj`: one generator for each cluster of ages, and a
//! discriminator that looks at faces through several layers of a network that knows ages.

mod artifacts;
mod faces;
mod pyramid;
mod settings;
mod trainer;
mod vgg;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use agemirror_faces::aging::pagan::CLUSTERS;
pub use faces::{ClusterSource, Clusters, YOUNG, prepared};
pub use settings::{Mode, PaganSettings};
pub use trainer::{FeatureNetworks, PaganTrainer};
pub use vgg::{InputScaling, Vgg};
