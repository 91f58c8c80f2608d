//! Measures a model on labelled faces, one face at a time. Each result is written at once, so that a run can
//! be stopped, resumed, split into parts and merged.

mod error;
mod face;
mod features;
mod pair_face;
mod pairs;
mod record;
mod shard;
mod store;
mod traits;
mod work;
mod worker;

pub use error::EvaluationError;
pub use features::Features;
pub use pairs::PairTable;
pub use record::{Aged, FaceRecord, Label, Outcome, SliderStep};
pub use shard::Shard;
pub use store::{RunSettings, Store, merge};
#[cfg(test)]
pub use traits::InputTraits;
pub use work::{Selection, Work, run};
pub use worker::{PictureSource, Worker};

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
