//! Everything that one worker needs to measure faces.

use std::sync::Arc;

use crate::aging::AgingModel;
use crate::evaluation::judges::{AgeJudge, IdentityJudge};

/// A model and its judges.
pub struct Bench {
    /// The model.
    pub model: Box<dyn AgingModel>,
    /// The age judges; the first is the one that counts.
    pub age_judges: Arc<Vec<Box<dyn AgeJudge>>>,
    /// The identity judges.
    pub identity_judges: Arc<Vec<Box<dyn IdentityJudge>>>,
    /// The ages asked for, in years.
    pub targets: Vec<f32>,
}
