//! `agemirror train age-cgan`: trains the small GAN of cGAN's notebook.

use super::data::DataArgs;
use super::pictures::PictureArgs;
use super::running::RunArgs;
use crate::training::age_cgan::{AgeCganFace, AgeCganSettings, AgeCganTrainer};

/// Arguments of `agemirror train age-cgan`.
#[derive(Debug, clap::Args)]
pub(super) struct AgeCganArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Epochs
    #[arg(long, default_value_t = AgeCganSettings::default().epochs)]
    epochs: u64,
    /// Faces per step
    #[arg(long = "batch_size", default_value_t = AgeCganSettings::default().batch_size)]
    batch_size: usize,
    /// Learning rate
    #[arg(long = "learning_rate", default_value_t = AgeCganSettings::default().learning_rate)]
    learning_rate: f64,
    /// Channels of the layer next to the picture; all others scale with it
    #[arg(long, default_value_t = AgeCganSettings::default().channels)]
    channels: usize,
    /// Random seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Trains until the epochs are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data or the folder cannot be used, or training diverges.
pub(super) fn run(args: &AgeCganArgs) -> anyhow::Result<()> {
    args.run.prepare()?;
    let settings = args.run.settings(AgeCganSettings {
        epochs: args.epochs,
        batch_size: args.batch_size,
        learning_rate: args.learning_rate,
        channels: args.channels,
        seed: args.seed,
    })?;
    let (faces, left_out) = args.data.faces(&args.run, AgeCganFace::of)?;
    args.run.require_same_files(faces.iter().map(|(file, _)| file))?;
    let store = args.pictures.read(&args.run.out, faces, left_out, |picture, _| {
        AgeCganFace::prepared(picture).map(|small| vec![small]).map_err(|error| error.to_string())
    })?;
    let mut trainer = AgeCganTrainer::start(settings, store, &args.run.device.open()?)?;
    args.run.train(&mut trainer, 1)
}
