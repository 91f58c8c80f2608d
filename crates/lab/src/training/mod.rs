//! Losses, optimisers and trainers.

pub mod adam;
pub mod age_cgan;
pub mod age_estimator;
pub mod agetransgan;
pub mod caae;
mod ema;
mod error;
mod events;
pub mod ipcgan;
pub mod lines;
mod loss_table;
pub mod losses;
pub mod mirror;
pub mod pagan;
pub mod parameters;
pub mod regions;
mod schedule;
mod session;
mod sheets;
mod tensors;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod testing;

pub use ema::Ema;
pub use error::TrainingError;
use events::EventFile;
pub use loss_table::{LossTable, TableStyle};
pub use schedule::LrSchedule;
pub use session::{
    AuthorsTable, CheckpointPolicy, LOG_FILE, NamedTensors, Session, StepRecord, Trainer, TrainingObserver,
    keep_newest, newest_checkpoint,
};
pub use sheets::write_sheet;
pub use tensors::write_tensors;
