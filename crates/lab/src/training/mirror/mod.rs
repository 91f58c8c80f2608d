//! Training of mirror. First prototypes teach it what usually happens to a face such as the one it sees; then a
//! discriminator that knows the age asked for, an age network and a face network judge what it makes as well. They see
//! whole heads as the program draws them: grey hair, lines and all, at the resolution of the crop.

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
