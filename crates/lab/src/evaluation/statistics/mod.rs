//! Statistics of the report: means with confidence intervals, verification rates, distances between
//! distributions.

mod bootstrap;
mod distribution;
mod kernel_distance;
mod verification;

pub use bootstrap::{Estimate, mean_estimate};
pub(crate) use distribution::{frechet_estimate, inception_estimate};
pub(crate) use kernel_distance::{AgedFace, Comparison, KernelShare, RealFace, kernel_share};
pub(crate) use verification::{FalseAcceptRate, threshold_for};
