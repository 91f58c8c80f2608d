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

pub(crate) use error::EvaluationError;
pub(crate) use features::Features;
pub(crate) use pairs::PairTable;
pub(crate) use record::{Aged, FaceRecord, Label, Outcome, SliderStep};
pub(crate) use shard::Shard;
pub(crate) use store::{RunSettings, Store, merge};
#[cfg(test)]
pub(crate) use traits::InputTraits;
pub(crate) use work::{Selection, Work, run};
pub(crate) use worker::{PictureSource, Worker};

#[cfg(test)]
mod tests;
