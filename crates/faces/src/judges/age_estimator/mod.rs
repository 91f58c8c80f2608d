//! The age estimator that judges: a small network of our own that no aging model is trained against.
//!
//! It ends in the probabilities of the ages 0 to 100.

mod layers;
mod network;
mod reader;

pub use network::{AGES, Network, Statistics, expected_age};
pub use reader::{AgeEstimator, SIDE, TEMPLATE};
