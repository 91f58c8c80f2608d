//! `agemirror train ipcgan` and `agemirror train cgan`: train a generator as the authors do.

use std::collections::HashSet;
use std::path::PathBuf;

use super::data::DataArgs;
use super::pictures::PictureArgs;
use super::running::RunArgs;
use crate::dataset::{Labelled, listed_files};
use crate::training::ipcgan::{
    FaceViews, FeatureLayer, IpcganFace, IpcganSettings, IpcganTrainer, Judges, LabelPairs, LossWeights,
    Recipe,
};

/// What the two commands are given. Names with underscores are the authors' own.
#[derive(Debug, clap::Args)]
pub struct IpcganArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Steps in all [default: 200000 of IPCGAN, 2000 of cGAN]
    #[arg(long = "max_steps")]
    max_steps: Option<u64>,
    /// Faces in a step
    #[arg(long = "batch_size", default_value_t = 32)]
    batch_size: usize,
    /// Mix groups, and for the discriminator real and made faces, in a batch: the authors' are of one group and
    /// one kind, and normalisation by the batch takes away what all of it share
    #[arg(long)]
    mixed_batches: bool,
    /// Length of a step
    #[arg(long = "learning_rate", default_value_t = 1e-3)]
    learning_rate: f64,
    /// The network that tells persons apart: the authors' AlexNet [default: the age classifier's convolutions]
    #[arg(long = "alexnet_pretrained_model", value_name = "FILE")]
    alexnet_pretrained_model: Option<PathBuf>,
    /// The classifier of ages, which `agemirror train ipcgan-age-classifier` trains
    #[arg(long = "age_pretrained_model", value_name = "FILE")]
    age_pretrained_model: Option<PathBuf>,
    /// Weight of the adversarial loss
    #[arg(long = "gan_loss_weight", default_value_t = LossWeights::PUBLISHED.gan)]
    gan_loss_weight: f64,
    /// Weight of the loss of features
    #[arg(long = "fea_loss_weight", default_value_t = LossWeights::PUBLISHED.features)]
    fea_loss_weight: f64,
    /// Weight of the loss of ages
    #[arg(long = "age_loss_weight", default_value_t = LossWeights::PUBLISHED.age)]
    age_loss_weight: f64,
    /// The layer whose features are compared
    #[arg(long = "fea_layer_name", value_enum, default_value_t = FeatureLayer::Conv5)]
    fea_layer_name: FeatureLayer,
    /// A list of the faces that are aged, lines of a path in the data folder and a group [default: the youngest
    /// group of IPCGAN, all faces of cGAN]
    #[arg(long = "source_file", value_name = "FILE")]
    source_file: Option<PathBuf>,
    /// A list of true and false groups, as the authors' train_label_pair.txt [default: drawn at random]
    #[arg(long = "label_pairs", value_name = "FILE")]
    label_pairs: Option<PathBuf>,
    /// Channels after the generator's first layer; the discriminator widens with it
    #[arg(long, default_value_t = 32)]
    channels: usize,
    /// Logits of each patch that the discriminator gives; 1 is said to train more steadily
    #[arg(long, default_value_t = 512)]
    discriminator_outputs: usize,
    /// Steps between sheets of samples [default: 5000 of IPCGAN, 50 of cGAN]
    #[arg(long)]
    sample_every: Option<u64>,
    /// Steps between files of weights [default: 10000 of IPCGAN, 100 of cGAN]
    #[arg(long)]
    weights_every: Option<u64>,
    /// Everything drawn at random depends on it
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl IpcganArgs {
    fn settings(&self, recipe: Recipe) -> anyhow::Result<IpcganSettings> {
        let published = IpcganSettings::published(recipe);
        let weights = LossWeights {
            gan: self.gan_loss_weight,
            features: self.fea_loss_weight,
            age: self.age_loss_weight,
        };
        let settings = self.run.settings(IpcganSettings {
            recipe,
            max_steps: self.max_steps.unwrap_or(published.max_steps),
            batch_size: self.batch_size,
            mixed_batches: self.mixed_batches,
            learning_rate: self.learning_rate,
            weights,
            fea_layer_name: self.fea_layer_name,
            channels: self.channels,
            discriminator_outputs: self.discriminator_outputs,
            sample_every: self.sample_every.unwrap_or(published.sample_every),
            weights_every: self.weights_every.unwrap_or(published.weights_every),
            seed: self.seed,
        })?;
        if settings.recipe != recipe {
            anyhow::bail!("{} holds a run of the other system", self.run.out.display());
        }
        Ok(settings)
    }

    /// Whether a face is aged.
    fn sources(&self, recipe: Recipe) -> anyhow::Result<impl Fn(&Labelled, usize) -> bool + use<>> {
        let listed =
            self.source_file.as_deref().map(|list| listed_files(list, &self.data.data)).transpose()?;
        let listed = listed.map(|files| files.into_iter().collect::<HashSet<_>>());
        Ok(move |face: &Labelled, group| match &listed {
            Some(files) => files.contains(&face.file),
            None => recipe.ages(group),
        })
    }
}

/// Trains until the steps are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data, the folder or a network cannot be used, or training diverges.
pub fn run(args: &IpcganArgs, recipe: Recipe) -> anyhow::Result<()> {
    args.run.prepare()?;
    let settings = args.settings(recipe)?;
    let device = args.run.device.open()?;
    let judges = Judges::open(
        args.alexnet_pretrained_model.as_deref(),
        args.age_pretrained_model.as_deref(),
        settings.fea_layer_name,
        &device,
    )?;
    let pairs = match &args.label_pairs {
        Some(path) => LabelPairs::read(path, settings.seed)?,
        None => LabelPairs::Drawn { seed: settings.seed },
    };
    let is_source = args.sources(recipe)?;
    let (flavour, groups) = (recipe.flavour(), recipe.groups());
    let (faces, left_out) = args
        .data
        .faces(&args.run, |labelled| IpcganFace::of(labelled, &groups, |group| is_source(labelled, group)))?;
    args.run.keep_to(faces.iter().map(|(file, _)| file))?;
    let store = args.pictures.read(&args.run.out, faces, left_out, move |picture, face| {
        face.views(picture, &flavour, FaceViews::Generator).map_err(|error| error.to_string())
    })?;
    let mut trainer = IpcganTrainer::start(settings, store, pairs, judges, &device)?;
    args.run.train(&mut trainer, 1)
}
