//! Losses, optimisers and trainers.

pub mod adam;
pub mod age_cgan;
pub mod age_estimator;
pub mod agetransgan;
pub mod caae;
mod error;
mod events;
pub mod ipcgan;
pub mod lines;
mod loss_table;
pub mod losses;
pub mod mirror;
mod moving_mean;
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

pub use error::TrainingError;
use events::EventFile;
pub use loss_table::{LossTable, TableStyle};
pub use moving_mean::MovingMean;
pub use schedule::RateSchedule;
pub use session::{
    Keeping, LOG_FILE, NamedTensors, OwnTable, Session, StepRecord, Trainer, Watch, keep_newest,
    newest_checkpoint,
};
pub use sheets::write_sheet;
pub use tensors::write_tensors;
