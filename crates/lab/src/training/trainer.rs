//! What a trainer does, and what it reports of each step.

use std::collections::HashMap;
use std::path::Path;

use candle_core::Tensor;

use super::TrainingError;
use super::loss_table::TableStyle;

/// Tensors by name.
pub(crate) type NamedTensors = HashMap<String, Tensor>;

/// The results of one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct StepRecord {
    /// Losses and learning rates under the names by which the system's authors log them; the same names in
    /// every step.
    pub scalars: Vec<(&'static str, f32)>,
    /// Values whose distribution is logged.
    pub histograms: Vec<(&'static str, Vec<f32>)>,
}

/// A loss table in the format of the authors' program, one line per step, counted from zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AuthorsTable {
    /// File name in the run's folder.
    pub file: &'static str,
    /// Format of the table.
    pub style: TableStyle,
    /// Its scalars, each with the header of its column.
    pub columns: &'static [(&'static str, &'static str)],
}

impl AuthorsTable {
    /// The values of its columns.
    pub(super) fn row(&self, record: &StepRecord) -> Vec<(&'static str, f32)> {
        let value = |scalar: &str| record.scalars.iter().find(|(name, _)| *name == scalar).map(|(_, v)| *v);
        self.columns.iter().filter_map(|(name, head)| Some((*head, value(name)?))).collect()
    }
}

/// A network or set of networks in training.
///
/// Everything random in a step must depend only on the settings and the step number, so that a stopped run
/// resumes as if it had never stopped.
pub(crate) trait Trainer {
    /// Total number of steps.
    fn steps(&self) -> u64;

    /// Trains one step; `done` is the number of earlier steps.
    ///
    /// # Errors
    /// When the device fails or a picture can no longer be read.
    fn step(&mut self, done: u64) -> Result<StepRecord, TrainingError>;

    /// Adds everything that a step changes to `state`.
    ///
    /// # Errors
    /// When the device fails.
    fn save(&self, state: &mut NamedTensors) -> candle_core::Result<()>;

    /// Loads what [`Trainer::save`] stored.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    fn restore(&mut self, state: &NamedTensors) -> candle_core::Result<()>;

    /// Writes the files that are due after `done` steps into `folder`, such as samples. `last` is true if the
    /// run ends or stops here; the weights are then due whatever the step.
    ///
    /// # Errors
    /// When a file cannot be written.
    fn write_artifacts(&self, folder: &Path, done: u64, last: bool) -> Result<(), TrainingError>;

    /// The table in the format of the authors' program, if the system has one.
    fn authors_table(&self) -> Option<AuthorsTable> {
        None
    }
}

/// Observes a run; called after every step.
pub(crate) trait TrainingObserver {
    /// Called after each step; `done` is the number of steps so far.
    fn on_step(&mut self, done: u64, record: &StepRecord);

    /// Whether the run should stop after this step.
    fn should_stop(&self) -> bool;
}
