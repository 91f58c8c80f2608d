//! Losses, optimisers and trainers.

pub(crate) mod adam;
pub(crate) mod age_cgan;
pub(crate) mod age_estimator;
pub(crate) mod agetransgan;
pub(crate) mod caae;
mod checkpoints;
mod ema;
mod error;
mod events;
pub(crate) mod ipcgan;
pub(crate) mod lines;
mod loss_table;
pub(crate) mod losses;
pub(crate) mod mirror;
mod output;
pub(crate) mod pagan;
pub(crate) mod parameters;
pub(crate) mod regions;
mod schedule;
mod session;
#[cfg(test)]
pub(crate) mod testing;
mod trainer;

pub(crate) use checkpoints::{keep_newest, newest_checkpoint};
pub(crate) use ema::Ema;
pub(crate) use error::TrainingError;
use events::EventFile;
pub(crate) use loss_table::{LossTable, TableStyle};
pub(crate) use output::{write_sheet, write_tensors};
pub(crate) use schedule::LrSchedule;
pub(crate) use session::{CheckpointPolicy, Session};
pub(crate) use trainer::{AuthorsTable, NamedTensors, StepRecord, Trainer, TrainingObserver};
