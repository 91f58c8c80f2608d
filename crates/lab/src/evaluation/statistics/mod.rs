//! Statistics of the report: means with confidence intervals, verification rates, distances between
//! distributions.

mod bootstrap;
mod distribution;
mod kernel_distance;
mod verification;

pub use bootstrap::{Estimate, mean_estimate};
pub use distribution::{
    DistributionError, Features, InceptionScore, frechet_distance, frechet_estimate, inception_estimate,
    inception_score,
};
pub use kernel_distance::{Comparison, FEWEST, KernelShare, MadeFace, RealFace, kernel_share};
pub use verification::{FalseAcceptRate, threshold_for};
