//! Trains the age estimator that serves as a judge, with the mean-variance loss (Pan et al., "Mean-Variance
//! Loss for Deep Age Estimation from a Face", 2018), like AgeTransGAN's estimator.

mod loss;
mod run;
mod trainer;

pub(crate) use run::EstimatorSettings;
pub(crate) use trainer::EstimatorTrainer;

#[cfg(test)]
mod tests;
