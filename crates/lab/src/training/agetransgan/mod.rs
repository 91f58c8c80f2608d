//! Trainer of AgeTransGAN (Hsu, Xie, Chen and Lin, ECCV 2022), whose authors published none.
//!
//! It combines what is known: the discriminator, losses and weights of the laboratory's programs; the
//! optimisers, regularisers and defaults of StyleGAN2's PyTorch version, on which those are based; and the
//! variants in the paper's tables. The authors' learning rate and batch size are unknown.

mod artifacts;
mod discriminator;
mod expert;
mod faces;
mod generator_step;
mod loss_graph;
mod losses;
mod regularisers;
mod settings;
mod trainer;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;

pub(crate) use discriminator::Layers;
pub(crate) use expert::FaceExpert;
pub(crate) use faces::{Balance, FaceSet, FaceSource, Faces, GroupedFace};
pub(crate) use losses::LossWeights;
pub(crate) use settings::AgeTransGanSettings;
pub(crate) use trainer::AgeTransGanTrainer;
