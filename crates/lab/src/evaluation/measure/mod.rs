//! Measuring a model on labelled faces, one face at a time: what is found out is written down at once, so
//! that a run can be stopped, resumed, cut in parts and joined.

mod bench;
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

pub use bench::{Bench, Maker};
pub use error::EvaluationError;
pub use features::Features;
pub use pairs::{PairTable, PairedInput};
pub use record::{Aged, FaceRecord, Label, Outcome, SliderStep};
pub use shard::Shard;
pub use store::{RunSettings, Store, merge};
pub use traits::InputTraits;
pub use work::{Progress, Selection, Work, run};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
