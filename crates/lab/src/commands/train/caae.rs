//! `agemirror train caae`: trains CAAE as its authors do.

use std::path::PathBuf;

use super::data::DataArgs;
use super::flags::{parse_bool, parse_three};
use super::pictures::PictureArgs;
use super::running::RunArgs;
use crate::training::caae::{CaaeFace, CaaeSettings, CaaeTrainer, LossWeights};

/// Arguments of `agemirror train caae`. Names with underscores are the authors' own.
#[derive(Debug, clap::Args)]
pub(super) struct CaaeArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Epochs with all losses
    #[arg(long, default_value_t = CaaeSettings::default().epoch)]
    epoch: u64,
    /// Start from trained weights without pretraining the autoencoder; with False, or if no initial weights
    /// are found, the autoencoder is pretrained first
    #[arg(long = "use_trained_model", default_value = "True", value_parser = parse_bool, action = clap::ArgAction::Set)]
    use_trained_model: bool,
    /// Start from the initial model if it exists
    #[arg(long = "use_init_model", default_value = "True", value_parser = parse_bool, action = clap::ArgAction::Set)]
    use_init_model: bool,
    /// Initial weights: a checkpoint of the authors or of a run
    #[arg(long = "init_model", value_name = "FILE|DIR", default_value = "init_model")]
    init_model: PathBuf,
    /// Pretraining epochs of the autoencoder
    #[arg(long = "pretrain_epochs", default_value_t = CaaeSettings::default().pretrain_epochs)]
    pretrain_epochs: u64,
    /// Faces per step
    #[arg(long = "size_batch", default_value_t = CaaeSettings::default().size_batch)]
    size_batch: usize,
    /// Channels after the encoder's first layer; the other networks scale with it
    #[arg(long = "num_encoder_channels", default_value_t = CaaeSettings::default().num_encoder_channels)]
    num_encoder_channels: usize,
    /// Learning rate
    #[arg(long = "learning_rate", default_value_t = CaaeSettings::default().learning_rate)]
    learning_rate: f64,
    /// Factor of the learning rate after every two epochs
    #[arg(long = "decay_rate", default_value_t = CaaeSettings::default().decay_rate)]
    decay_rate: f64,
    /// Decay of Adam's first moment
    #[arg(long, default_value_t = CaaeSettings::default().beta1)]
    beta1: f64,
    /// Weights of the adversarial losses of face and code, and of the total variation
    #[arg(long, default_value = "0.0001,0,0", value_parser = parse_three, value_name = "FACE,CODE,TV")]
    weights: [f64; 3],
    /// Random seed
    #[arg(long, default_value_t = CaaeSettings::default().seed)]
    seed: u64,
    /// Keep the pictures' values; the authors' program stretches them to the full range
    #[arg(long)]
    plain: bool,
}

impl CaaeArgs {
    /// The initial weights, if they exist and are requested.
    fn initial(&self) -> Option<&PathBuf> {
        let wanted = self.use_trained_model && self.use_init_model && !self.run.resume;
        Some(&self.init_model).filter(|path| wanted && path.exists())
    }

    fn settings(&self) -> anyhow::Result<CaaeSettings> {
        let [face, code, smoothness] = self.weights;
        let pretrain_epochs = if self.initial().is_some() { 0 } else { self.pretrain_epochs };
        let given = CaaeSettings {
            epoch: self.epoch,
            pretrain_epochs,
            size_batch: self.size_batch,
            num_encoder_channels: self.num_encoder_channels,
            learning_rate: self.learning_rate,
            decay_rate: self.decay_rate,
            beta1: self.beta1,
            weights: LossWeights { face, code, smoothness },
            seed: self.seed,
            plain: self.plain,
        };
        self.run.settings(given)
    }
}

/// Trains until the epochs are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data or the folder cannot be used, or training diverges.
pub(super) fn run(args: &CaaeArgs) -> anyhow::Result<()> {
    args.run.prepare()?;
    let settings = args.settings()?;
    let (faces, left_out) = args.data.faces(&args.run, CaaeFace::of)?;
    args.run.require_same_files(faces.iter().map(|(file, _)| file))?;
    let store = args.pictures.read(&args.run.out, faces, left_out, move |picture, face| {
        face.prepared(picture, settings.plain).map(|small| vec![small]).map_err(|error| error.to_string())
    })?;
    let mut trainer = CaaeTrainer::start(settings, store, &args.run.device.open()?)?;
    if let Some(path) = args.initial() {
        trainer.start_from(path)?;
    }
    args.run.train(&mut trainer, 1)
}
