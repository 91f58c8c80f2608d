//! `agemirror train age-estimator`: trains the age estimator that judges models.

use std::path::PathBuf;

use anyhow::bail;

use super::packs::open_or_pack;
use super::running::RunArgs;
use crate::dataset::{PackSpec, Split};
use crate::training::age_estimator::{EstimatorSettings, EstimatorTrainer};
use agemirror_console::output::print_line;
use agemirror_faces::judges::age_estimator::{SIDE, TEMPLATE};

/// Steps averaged into one line of the log.
const LOG_EVERY: u64 = 25;

/// Arguments of `agemirror train age-estimator`.
#[derive(Debug, clap::Args)]
pub(super) struct EstimatorArgs {
    /// Folder with `labels.csv` and its pictures
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    run: RunArgs,
    /// Pairs of faces per step
    #[arg(long, default_value_t = EstimatorSettings::default().pairs)]
    pairs: usize,
    /// Total number of steps; the learning rate falls to zero over them
    #[arg(long, default_value_t = EstimatorSettings::default().steps)]
    steps: u64,
    /// Maximum learning rate
    #[arg(long, default_value_t = EstimatorSettings::default().learning_rate)]
    rate: f64,
    /// Random seed
    #[arg(long, default_value_t = EstimatorSettings::default().seed)]
    seed: u64,
}

/// Trains until the steps are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data or the folder cannot be used, or training diverges.
pub(super) fn run(args: &EstimatorArgs) -> anyhow::Result<()> {
    if args.pairs == 0 || args.steps == 0 {
        bail!("--pairs and --steps must be at least 1");
    }
    args.run.prepare()?;
    let given =
        EstimatorSettings { seed: args.seed, pairs: args.pairs, steps: args.steps, learning_rate: args.rate };
    let settings = args.run.settings(given)?;
    let pack = |split, name: &str| {
        let spec = PackSpec { split, template: TEMPLATE, side: SIDE, stride: 1, limit: None };
        open_or_pack(&args.run.out.join(name), std::slice::from_ref(&args.data), &spec)
    };
    let (train, validation) =
        (pack(Split::Train, "train.pack")?, pack(Split::Validation, "validation.pack")?);
    let mut trainer = EstimatorTrainer::start(settings, train, validation, &args.run.device.open()?)?;
    args.run.train(&mut trainer, LOG_EVERY)?;
    if let Some(error) = trainer.error()? {
        print_line(&format!("mean absolute error on the validation split: {error:.2} years"));
    }
    Ok(())
}
