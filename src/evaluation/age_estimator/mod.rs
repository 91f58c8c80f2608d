//! The age estimator that judges: a small network of our own that no aging model was trained against.
//!
//! It ends in the chances of the ages 0 to 100 and is trained with the mean-variance loss (Pan et al.,
//! "Mean-Variance Loss for Deep Age Estimation from a Face", 2018), as AgeTransGAN's estimator is.

mod layers;
mod loss;
mod network;
mod reader;
mod run;
mod trainer;

pub use loss::{AgeRange, MeanVariance, mean_variance};
pub use network::{AGES, Network, Statistics, expected_age};
pub use reader::{AgeEstimator, SIDE, TEMPLATE};
pub use run::EstimatorSettings;
pub use trainer::EstimatorTrainer;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
