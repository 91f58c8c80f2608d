//! Losses, optimisers and trainers.

pub mod adam;
pub mod age_cgan;
pub mod age_estimator;
pub mod agetransgan;
pub mod caae;
mod checkpoints;
mod ema;
mod error;
mod events;
pub mod ipcgan;
pub mod lines;
mod loss_table;
pub mod losses;
pub mod mirror;
mod output;
pub mod pagan;
pub mod parameters;
pub mod regions;
mod schedule;
mod session;
#[cfg(test)]
pub(crate) mod testing;
mod trainer;

pub use checkpoints::{keep_newest, newest_checkpoint};
pub use ema::Ema;
pub use error::TrainingError;
use events::EventFile;
pub use loss_table::{LossTable, TableStyle};
pub use output::{write_sheet, write_tensors};
pub use schedule::LrSchedule;
pub use session::{CheckpointPolicy, LOG_FILE, Session};
pub use trainer::{AuthorsTable, NamedTensors, StepRecord, Trainer, TrainingObserver};
