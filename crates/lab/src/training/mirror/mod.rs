//! Training of mirror. First the network learns the typical change of a face like its input, from prototypes.
//! Then a discriminator that knows the target age, an age network and a face network also judge the result.
//! They see whole heads as the program renders them, with grey hair and lines, at the resolution of the crop.

mod degrade;
mod discriminator;
pub(in crate::training) mod features;
mod heads;
mod judges;
mod losses;
mod meshes;
mod mixing;
mod prototype_targets;
mod prototypes;
mod run;
mod settings;
mod sheet;
mod target_scaling;
mod teacher;
mod texture;
mod trainer;

pub use features::FeatureNetwork;
pub use judges::Judges;
pub use losses::LossWeights;
pub use prototype_targets::PrototypeTargets;
pub use prototypes::Prototypes;
pub use run::{Run, TargetSource};
pub use settings::TrainingSettings;
pub use target_scaling::TargetScale;
pub use teacher::Teacher;
pub use trainer::MirrorTrainer;

#[cfg(test)]
mod tests;
