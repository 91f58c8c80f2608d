//! Measuring aging models: ages, identities, quality and stability, beside the published tables.

pub mod age_estimator;
pub mod agetransgan_estimator;
mod change;
pub mod face_res;
pub mod inception;
pub mod judges;
pub mod kept;
pub mod measure;
pub mod mobile_face;
mod pixels;
pub mod readings;
pub mod report;
pub mod stability;
pub mod statistics;
mod table;
pub mod verify;
mod weights;
