//! Trains the age estimator that judges, with the mean-variance loss (Pan et al., "Mean-Variance Loss for Deep Age
//! Estimation from a Face", 2018), as AgeTransGAN's estimator is.

mod loss;
mod run;
mod trainer;

pub use loss::{AgeRange, MeanVariance, mean_variance};
pub use run::EstimatorSettings;
pub use trainer::EstimatorTrainer;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
