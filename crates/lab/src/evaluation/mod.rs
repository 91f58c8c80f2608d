//! Measures aging models: ages, identity, realism and stability, next to the published tables.

pub mod agetransgan_estimator;
mod change;
mod csv_table;
pub mod face_res;
pub mod feature_cache;
pub mod inception;
pub mod measure;
pub mod report;
pub mod stability;
pub mod statistics;
pub mod verify;
mod weights;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod mobile_face_tests;
