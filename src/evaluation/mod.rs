//! Measuring aging models: ages, identities, quality and stability, beside the published tables.

pub mod age_estimator;
pub mod judges;
pub mod measure;
pub mod mobile_face_net;
mod pixels;
pub mod readings;
pub mod report;
pub mod statistics;
