//! A training run: the terms of its loss, from `log.csv`, and its newest sheet of samples.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use image::RgbImage;

use crate::text::Message;

/// One column of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The title of the column.
    pub name: String,
    /// Step and value, in rising order of steps. In a long log each point is a mean of neighbours.
    pub points: Vec<[f64; 2]>,
    /// The last value.
    pub last: f64,
}

/// The contents of `log.csv`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    /// The terms that have values, in the order of their columns.
    pub terms: Vec<Term>,
    /// The last step.
    pub step: u64,
}

/// A sheet of samples.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleSheet {
    /// The name of its file.
    pub name: String,
    /// The sheet.
    pub picture: Arc<RgbImage>,
}

/// What is known about a training run.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingRun {
    /// Its folder.
    pub folder: PathBuf,
    /// The log, or why it cannot be read, for the user.
    pub log: Result<Log, Message>,
    /// When the log was last written.
    pub written: Option<Instant>,
    /// The newest sheet.
    pub sheet: Option<SampleSheet>,
}
