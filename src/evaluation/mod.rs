//! Measuring aging models: ages, identities, quality and stability, beside the published tables.

pub mod age_estimator;
