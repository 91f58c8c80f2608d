//! `agemirror train pagan`: trains PAGAN's generator for one age cluster.

use std::path::{Path, PathBuf};

use anyhow::Context;
use candle_core::Device;

use super::data::read_labelled;
use super::pictures::PictureArgs;
use super::running::RunArgs;
use crate::dataset::{Convention, Labelled, PictureStore, Skipped, pictures_in};
use crate::training::pagan::{
    Clusters, FeatureNetworks, Mode, PaganSettings, PaganTrainer, Vgg, YOUNG, prepared,
};
use agemirror_faces::aging::pagan::GROUPS;
use agemirror_faces::face::FivePoints;

/// Arguments of `agemirror train pagan`. Names with underscores are the published program's own.
#[derive(Debug, clap::Args)]
pub(super) struct PaganArgs {
    /// Folder of labelled pictures of all ages, instead of the folders of young and old faces
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Convention of the labels in --data [default: detected from the folder's contents]
    #[arg(long, value_enum, requires = "data")]
    convention: Option<Convention>,
    /// Folder of faces up to 30 years
    #[arg(long = "young_dataroot", value_name = "DIR", default_value = "data_train/young")]
    young_dataroot: PathBuf,
    /// Folder of faces of the cluster [default: data_train/elder1, 2 or 3]
    #[arg(long = "elder_dataroot", value_name = "DIR")]
    elder_dataroot: Option<PathBuf>,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Age cluster: 1 for 31 to 40 years, 2 for 41 to 50, 3 for older
    #[arg(long = "train_age", default_value_t = PaganSettings::default().train_age)]
    train_age: usize,
    /// Train as the published program does, or with VGG's original input and optimisers that keep their state
    #[arg(long, value_enum, default_value_t = Mode::Source)]
    mode: Mode,
    /// VGG-16 trained on ages; only conv1_1 to conv4_3 are used
    #[arg(long = "age_weights_pth", value_name = "FILE", default_value = "model_vgg/vgg_age.pth")]
    age_weights_pth: PathBuf,
    /// VGG-16 trained on identities, conv1_1 to fc7
    #[arg(long = "identity_weights_pth", value_name = "FILE", default_value = "model_vgg/vgg_identity.pth")]
    identity_weights_pth: PathBuf,
    /// Start the generator from these weights
    #[arg(long = "netG_pth", value_name = "FILE")]
    net_g_pth: Option<PathBuf>,
    /// Start the discriminator from these weights
    #[arg(long = "netD_pth", value_name = "FILE")]
    net_d_pth: Option<PathBuf>,
    /// Side of the pictures in pixels; VGG's fc6 fits 224 only
    #[arg(long = "img_size", default_value_t = PaganSettings::default().img_size)]
    img_size: usize,
    /// Channels of the generator's first layer
    #[arg(long, default_value_t = PaganSettings::default().ngf)]
    ngf: usize,
    /// Total number of steps
    #[arg(long, default_value_t = PaganSettings::default().iters)]
    iters: u64,
    /// Young faces, and old faces, per step
    #[arg(long = "batch_size", default_value_t = PaganSettings::default().batch_size)]
    batch_size: usize,
    /// Weight of the generator's adversarial loss
    #[arg(long = "par_ad_g", default_value_t = PaganSettings::default().par_ad_g)]
    par_ad_g: f64,
    /// Weight of the discriminator's loss
    #[arg(long = "par_ad_d", default_value_t = PaganSettings::default().par_ad_d)]
    par_ad_d: f64,
    /// Weight of the pixel loss
    #[arg(long = "par_pix", default_value_t = PaganSettings::default().par_pix)]
    par_pix: f64,
    /// Weight of the identity loss
    #[arg(long = "par_identity", default_value_t = PaganSettings::default().par_identity)]
    par_identity: f64,
    /// Learning rate
    #[arg(long, default_value_t = PaganSettings::default().lr)]
    lr: f64,
    /// Random seed
    #[arg(long = "manual_Seed", default_value_t = PaganSettings::default().seed)]
    manual_seed: u64,
}

/// Landmarks of a picture's face, if labelled.
type Points = Option<FivePoints>;
/// Pictures with the landmarks of their faces.
type Pictures = Vec<(PathBuf, Points)>;

impl PaganArgs {
    fn settings(&self) -> PaganSettings {
        PaganSettings {
            seed: self.manual_seed,
            img_size: self.img_size,
            ngf: self.ngf,
            iters: self.iters,
            batch_size: self.batch_size,
            par_ad_g: self.par_ad_g,
            par_ad_d: self.par_ad_d,
            par_pix: self.par_pix,
            par_identity: self.par_identity,
            lr: self.lr,
            train_age: self.train_age,
            mode: self.mode,
        }
    }

    /// Young and old pictures, and the skipped ones.
    fn pictures(&self, train_age: usize) -> anyhow::Result<([Pictures; 2], Skipped)> {
        let Some(data) = &self.data else {
            let of = |folder: &Path| -> anyhow::Result<Pictures> {
                Ok(pictures_in(folder)?.into_iter().map(|file| (file, None)).collect())
            };
            let usual = PathBuf::from(format!("data_train/elder{train_age}"));
            let elder = self.elder_dataroot.as_ref().unwrap_or(&usual);
            return Ok(([of(&self.young_dataroot)?, of(elder)?], Skipped::new()));
        };
        let reading = read_labelled(data, self.convention, &self.run)?;
        let groups: Vec<(u8, u8)> = std::iter::once(YOUNG).chain(GROUPS).collect();
        let of = |wanted: usize| {
            let fits = |face: &&Labelled| face.age.group_in(&groups) == Some(wanted);
            reading.faces.iter().filter(fits).map(|face| (face.file.clone(), face.points)).collect()
        };
        Ok(([of(0), of(train_age)], reading.skipped))
    }

    fn eyes(&self, settings: &PaganSettings, device: &Device) -> anyhow::Result<FeatureNetworks> {
        let open = |path: &Path, whole| {
            Vgg::open(path, whole, settings.input_scaling(), device).context(
                "PAGAN requires two VGG-16 networks with layers conv1_1 to fc7: one trained on identities, which is \
                 VGG-Face as `vgg_face_dag.pth` (--identity_weights_pth), and one trained on ages \
                 (--age_weights_pth), which the former can replace",
            )
        };
        Ok(FeatureNetworks {
            age: open(&self.age_weights_pth, false)?,
            identity: open(&self.identity_weights_pth, true)?,
        })
    }
}

/// Trains until the steps are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data or the folder cannot be used, or training diverges.
pub(super) fn run(args: &PaganArgs) -> anyhow::Result<()> {
    args.run.prepare()?;
    let given = args.settings();
    given.check()?;
    let settings = args.run.settings(given)?;
    let device = args.run.device.open()?;
    let eyes = args.eyes(&settings, &device)?;
    let ([young, elder], mut left_out) = args.pictures(settings.train_age)?;
    args.run.require_same_files(young.iter().chain(&elder).map(|(file, _)| file))?;
    let side = settings.img_size as u32;
    let mut read = |pictures| -> anyhow::Result<PictureStore<Points>> {
        args.pictures.read(&args.run.out, pictures, std::mem::take(&mut left_out), move |picture, points| {
            prepared(picture, points.as_ref(), side).map(|one| vec![one]).map_err(|error| error.to_string())
        })
    };
    let clusters = Clusters::new(read(young)?, read(elder)?, settings.seed)?;
    let mut trainer = PaganTrainer::start(settings, clusters, eyes, &device)?;
    if !args.run.resume {
        trainer.start_from(args.net_g_pth.as_deref(), args.net_d_pth.as_deref())?;
    }
    args.run.train(&mut trainer, 25)
}
