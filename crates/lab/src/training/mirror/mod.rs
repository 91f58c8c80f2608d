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

pub(crate) use features::FeatureNetwork;
pub(crate) use judges::Judges;
pub(crate) use prototypes::Prototypes;
pub(crate) use run::TargetSource;
pub(crate) use settings::TrainingSettings;
pub(crate) use teacher::Teacher;
pub(crate) use trainer::MirrorTrainer;

#[cfg(test)]
mod tests;
