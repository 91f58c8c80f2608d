//! `agemirror train caae`: trains CAAE as its authors do.

use std::path::PathBuf;

use super::data::DataArgs;
use super::flags::{three, truth};
use super::pictures::PictureArgs;
use super::running::RunArgs;
use crate::training::caae::{CaaeFace, CaaeSettings, CaaeTrainer, LossWeights};

/// What `agemirror train caae` is given. Names with underscores are the authors' own.
#[derive(Debug, clap::Args)]
pub struct CaaeArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Epochs with all losses
    #[arg(long, default_value_t = CaaeSettings::default().epoch)]
    epoch: u64,
    /// Goes on from trained weights, without training the autoencoder alone first; with False, or where no
    /// weights to start from are found, that comes first
    #[arg(long = "use_trained_model", default_value = "True", value_parser = truth, action = clap::ArgAction::Set)]
    use_trained_model: bool,
    /// Starts from the initial model where it is found
    #[arg(long = "use_init_model", default_value = "True", value_parser = truth, action = clap::ArgAction::Set)]
    use_init_model: bool,
    /// The weights to start from: a checkpoint of the authors or one of a run
    #[arg(long = "init_model", value_name = "FILE|DIR", default_value = "init_model")]
    init_model: PathBuf,
    /// Epochs of the autoencoder alone
    #[arg(long = "pretrain_epochs", default_value_t = CaaeSettings::default().pretrain_epochs)]
    pretrain_epochs: u64,
    /// Faces in a step
    #[arg(long = "size_batch", default_value_t = CaaeSettings::default().size_batch)]
    size_batch: usize,
    /// Channels after the encoder's first layer; the other networks widen with it
    #[arg(long = "num_encoder_channels", default_value_t = CaaeSettings::default().num_encoder_channels)]
    num_encoder_channels: usize,
    /// Length of a step
    #[arg(long = "learning_rate", default_value_t = CaaeSettings::default().learning_rate)]
    learning_rate: f64,
    /// What the rate is multiplied by after every two epochs
    #[arg(long = "decay_rate", default_value_t = CaaeSettings::default().decay_rate)]
    decay_rate: f64,
    /// How long the optimisers' mean of the gradients remembers
    #[arg(long, default_value_t = CaaeSettings::default().beta1)]
    beta1: f64,
    /// Weights of the adversarial losses of face and code and of the total variation
    #[arg(long, default_value = "0.0001,0,0", value_parser = three, value_name = "FACE,CODE,TV")]
    weights: [f64; 3],
    /// Everything drawn at random depends on it
    #[arg(long, default_value_t = CaaeSettings::default().seed)]
    seed: u64,
    /// Leaves the values of pictures as they are; the authors' program stretches them to the whole range
    #[arg(long)]
    plain: bool,
}

impl CaaeArgs {
    /// The weights to start from, where there are some and they are wanted.
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
pub fn run(args: &CaaeArgs) -> anyhow::Result<()> {
    args.run.prepare()?;
    let settings = args.settings()?;
    let (faces, left_out) = args.data.faces(&args.run, CaaeFace::of)?;
    args.run.keep_to(faces.iter().map(|(file, _)| file))?;
    let store = args.pictures.read(&args.run.out, faces, left_out, move |picture, face| {
        face.prepared(picture, settings.plain).map(|small| vec![small]).map_err(|error| error.to_string())
    })?;
    let mut trainer = CaaeTrainer::start(settings, store, &args.run.device.open()?)?;
    if let Some(path) = args.initial() {
        trainer.start_from(path)?;
    }
    args.run.train(&mut trainer, 1)
}
