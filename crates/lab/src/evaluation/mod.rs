//! Measuring aging models: ages, identities, quality and stability, beside the published tables.

pub mod agetransgan_estimator;
mod change;
pub mod face_res;
pub mod inception;
pub mod kept;
pub mod measure;
pub mod report;
pub mod stability;
pub mod statistics;
mod table;
pub mod verify;
mod weights;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod mobile_face_tests;
