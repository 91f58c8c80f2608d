//! The age estimator for evaluation: a small network trained by this project, against which no aging model is
//! trained.
//!
//! Its output is the probabilities of the ages 0 to 100.

mod layers;
mod network;
mod reader;

pub use network::{AGES, Network, Statistics, expected_age};
pub use reader::{AgeEstimator, SIDE, TEMPLATE};
