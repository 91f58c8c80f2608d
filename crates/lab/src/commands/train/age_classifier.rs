//! `agemirror train ipcgan-age-classifier`: trains the age classifier of IPCGAN and cGAN.

use std::path::PathBuf;

use super::data::DataArgs;
use super::pictures::PictureArgs;
use super::running::RunArgs;
use crate::training::ipcgan::{AgeClassifierSettings, AgeClassifierTrainer, FaceViews, IpcganFace, Recipe};

/// Arguments of `agemirror train ipcgan-age-classifier`.
#[derive(Debug, clap::Args)]
pub(super) struct AgeClassifierArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Use the groups and framing of cGAN, whose youngest group starts at birth
    #[arg(long)]
    cgan: bool,
    /// Identity network whose convolutions are reused [default: learn new ones]
    #[arg(long = "alexnet_pretrained_model", value_name = "FILE")]
    alexnet_pretrained_model: Option<PathBuf>,
    /// Total number of steps
    #[arg(long = "max_steps", default_value_t = AgeClassifierSettings::default().max_steps)]
    max_steps: u64,
    /// Faces per step, the same number of each group
    #[arg(long = "batch_size", default_value_t = AgeClassifierSettings::default().batch_size)]
    batch_size: usize,
    /// Learning rate
    #[arg(long = "learning_rate", default_value_t = AgeClassifierSettings::default().learning_rate)]
    learning_rate: f64,
    /// Divide all widths of the published network by this number
    #[arg(long, default_value_t = 1)]
    divisor: usize,
    /// Steps between weight files
    #[arg(long, default_value_t = AgeClassifierSettings::default().weights_every)]
    weights_every: u64,
    /// Random seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Trains until the steps are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data, the folder or a network cannot be used, or training diverges.
pub(super) fn run(args: &AgeClassifierArgs) -> anyhow::Result<()> {
    args.run.prepare()?;
    let settings = args.run.settings(AgeClassifierSettings {
        recipe: if args.cgan { Recipe::Cgan } else { Recipe::Ipcgan },
        max_steps: args.max_steps,
        batch_size: args.batch_size,
        learning_rate: args.learning_rate,
        divisor: args.divisor,
        weights_every: args.weights_every,
        seed: args.seed,
    })?;
    let (flavour, groups) = (settings.recipe.flavour(), settings.recipe.groups());
    let (faces, left_out) =
        args.data.faces(&args.run, |labelled| IpcganFace::of(labelled, &groups, |_| false))?;
    args.run.require_same_files(faces.iter().map(|(file, _)| file))?;
    let store = args.pictures.read(&args.run.out, faces, left_out, move |picture, face| {
        face.views(picture, &flavour, FaceViews::Classifier).map_err(|error| error.to_string())
    })?;
    let device = args.run.device.open()?;
    let persons = args.alexnet_pretrained_model.as_deref();
    let mut trainer = AgeClassifierTrainer::start(settings, store, persons, &device)?;
    args.run.train(&mut trainer, 1)
}
