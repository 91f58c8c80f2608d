//! Measures aging models: ages, identity, realism and stability, next to the published tables.

pub(crate) mod agetransgan_estimator;
mod change;
mod csv_table;
pub(crate) mod face_res;
pub(crate) mod feature_cache;
pub(crate) mod inception;
mod judge_files;
pub(crate) mod measure;
pub(crate) mod mobile_face;
pub(crate) mod report;
pub(crate) mod stability;
pub(crate) mod statistics;
pub(crate) mod verify;
mod weights;

#[cfg(test)]
mod mobile_face_tests;
