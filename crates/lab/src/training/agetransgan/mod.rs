//! The trainer of AgeTransGAN (Hsu, Xie, Chen and Lin, ECCV 2022), for which its authors published none.
//!
//! It is put together of what is known: the discriminator, losses and weights of the laboratory's programs, the
//! optimisers, regularisers and habits of StyleGAN2's PyTorch version, from which they came, and what the paper's
//! tables compare. Unknown are the authors' length of steps and size of batches.

mod artifacts;
mod discriminator;
mod expert;
mod faces;
mod generator_step;
mod init;
mod loss_graph;
mod losses;
mod regularisers;
mod settings;
mod trainer;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod golden;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use discriminator::{Discriminator, DiscriminatorOutput, DiscriminatorShape, Layers};
pub use expert::FaceExpert;
pub use faces::{Balance, FaceSet, FaceSource, Faces, GroupedFace};
pub use losses::LossWeights;
pub use settings::AgeTransGanSettings;
pub use trainer::AgeTransGanTrainer;
