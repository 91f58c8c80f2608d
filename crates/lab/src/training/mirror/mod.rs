//! Training of mirror. First prototypes teach it what usually happens to a face such as the one it sees; then a
//! discriminator that knows the age asked for, an age network and a face network judge what it makes as well. They see
//! whole heads as the program draws them: grey hair, lines and all, at the resolution of the crop.

mod degrade;
mod discriminator;
mod emphasis;
pub(in crate::training) mod features;
mod heads;
mod judges;
mod lesson;
mod losses;
mod meshes;
mod mixing;
mod prototypes;
mod run;
mod settings;
mod sheet;
mod teacher;
mod trainer;

pub use emphasis::Strength;
pub use features::FeatureNetwork;
pub use judges::Judges;
pub use lesson::Lesson;
pub use losses::LossWeights;
pub use prototypes::Prototypes;
pub use run::{Run, Teaching};
pub use settings::TrainingSettings;
pub use teacher::Teacher;
pub use trainer::MirrorTrainer;

#[cfg(test)]
mod tests;
