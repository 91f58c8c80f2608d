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

/// Arguments of both commands. Names with underscores are the authors' own.
#[derive(Debug, clap::Args)]
pub(super) struct IpcganArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Total number of steps [default: 200000 for IPCGAN, 2000 for cGAN]
    #[arg(long = "max_steps")]
    max_steps: Option<u64>,
    /// Faces per step
    #[arg(long = "batch_size", default_value_t = 32)]
    batch_size: usize,
    /// Mix age groups, and in the discriminator real and generated faces, within a batch. The authors'
    /// batches contain one group and one kind, and batch normalization removes what a whole batch has in
    /// common
    #[arg(long)]
    mixed_batches: bool,
    /// Learning rate
    #[arg(long = "learning_rate", default_value_t = 1e-3)]
    learning_rate: f64,
    /// Identity network: the authors' AlexNet [default: the age classifier's convolutions]
    #[arg(long = "alexnet_pretrained_model", value_name = "FILE")]
    alexnet_pretrained_model: Option<PathBuf>,
    /// Age classifier, trained with `agemirror train ipcgan-age-classifier`
    #[arg(long = "age_pretrained_model", value_name = "FILE")]
    age_pretrained_model: Option<PathBuf>,
    /// Weight of the adversarial loss
    #[arg(long = "gan_loss_weight", default_value_t = LossWeights::PUBLISHED.gan)]
    gan_loss_weight: f64,
    /// Weight of the feature loss
    #[arg(long = "fea_loss_weight", default_value_t = LossWeights::PUBLISHED.features)]
    fea_loss_weight: f64,
    /// Weight of the age loss
    #[arg(long = "age_loss_weight", default_value_t = LossWeights::PUBLISHED.age)]
    age_loss_weight: f64,
    /// Layer whose features are compared
    #[arg(long = "fea_layer_name", value_enum, default_value_t = FeatureLayer::Conv5)]
    fea_layer_name: FeatureLayer,
    /// List of the faces to age, with lines of a path in the data folder and a group [default: the youngest
    /// group for IPCGAN, all faces for cGAN]
    #[arg(long = "source_file", value_name = "FILE")]
    source_file: Option<PathBuf>,
    /// List of true and false groups, such as the authors' train_label_pair.txt [default: random]
    #[arg(long = "label_pairs", value_name = "FILE")]
    label_pairs: Option<PathBuf>,
    /// Channels after the generator's first layer; the discriminator scales with it
    #[arg(long, default_value_t = 32)]
    channels: usize,
    /// Logits per patch of the discriminator; 1 may train more stably
    #[arg(long, default_value_t = 512)]
    discriminator_outputs: usize,
    /// Steps between sample sheets [default: 5000 for IPCGAN, 50 for cGAN]
    #[arg(long)]
    sample_every: Option<u64>,
    /// Steps between weight files [default: 10000 for IPCGAN, 100 for cGAN]
    #[arg(long)]
    weights_every: Option<u64>,
    /// Random seed
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
pub(super) fn run(args: &IpcganArgs, recipe: Recipe) -> anyhow::Result<()> {
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
    args.run.require_same_files(faces.iter().map(|(file, _)| file))?;
    let store = args.pictures.read(&args.run.out, faces, left_out, move |picture, face| {
        face.views(picture, &flavour, FaceViews::Generator).map_err(|error| error.to_string())
    })?;
    let mut trainer = IpcganTrainer::start(settings, store, pairs, judges, &device)?;
    args.run.train(&mut trainer, 1)
}
