//! Training of mirror. First prototypes teach it what usually happens to a face such as the one it sees; then a
//! discriminator that knows the age asked for, an age network and a face network judge what it makes as well.

mod discriminator;
mod emphasis;
mod field;
mod hair;
mod judges;
mod lesson;
mod losses;
mod meshes;
mod prototypes;
mod run;
mod settings;
mod sheet;
mod teacher;

pub use judges::Judges;
pub use losses::LossWeights;
pub use prototypes::Prototypes;
pub use run::{Run, Teaching, Terms};
pub use settings::TrainingSettings;
pub use sheet::sheet;
pub use teacher::Teacher;

#[cfg(test)]
mod tests;
