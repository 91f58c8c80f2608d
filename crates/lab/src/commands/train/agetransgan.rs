//! `agemirror train agetransgan`: trains AgeTransGAN.

use std::path::PathBuf;

use super::data::DataArgs;
use super::pictures::PictureArgs;
use super::running::RunArgs;
use crate::training::agetransgan::{
    AgeTransGanSettings, AgeTransGanTrainer, Balance, FaceExpert, FaceSet, GroupedFace, Layers, LossWeights,
};
use agemirror_console::output::print_line;

/// Arguments of `agemirror train agetransgan`. Names with underscores are those of StyleGAN2's PyTorch
/// program, on which the authors' unpublished one is based.
#[derive(Debug, clap::Args)]
pub(super) struct AgeTransGanArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Side of the pictures in pixels: 32, 64, 128, 256, 512 or 1024
    #[arg(long, default_value_t = AgeTransGanSettings::default().size)]
    size: usize,
    /// Number of age groups, 10 or 4
    #[arg(long, default_value_t = AgeTransGanSettings::default().group)]
    group: usize,
    /// Maximum number of channels, 512 as published; narrower networks are faster, but no other program reads
    /// them
    #[arg(long, default_value_t = AgeTransGanSettings::default().width)]
    width: usize,
    /// Faces per step: up to 4, or a multiple of 4
    #[arg(long, default_value_t = AgeTransGanSettings::default().batch)]
    batch: usize,
    /// Total number of steps
    #[arg(long, default_value_t = AgeTransGanSettings::default().iter)]
    iter: u64,
    /// Learning rate
    #[arg(long, default_value_t = AgeTransGanSettings::default().lr)]
    lr: f64,
    /// Weight of the R1 regularization; 0 disables it
    #[arg(long, default_value_t = AgeTransGanSettings::default().r1)]
    r1: f64,
    /// Weight of the path length regularization; 0 disables it
    #[arg(long = "path_regularize", default_value_t = AgeTransGanSettings::default().path_regularize)]
    path_regularize: f64,
    /// Steps between R1 regularizations
    #[arg(long = "d_reg_every", default_value_t = AgeTransGanSettings::default().d_reg_every)]
    d_reg_every: u64,
    /// Steps between path length regularizations
    #[arg(long = "g_reg_every", default_value_t = AgeTransGanSettings::default().g_reg_every)]
    g_reg_every: u64,
    /// Whether the discriminator's heads use its last map only, or four scales with a subnet each
    #[arg(long, value_enum, default_value_t = Layers::Single)]
    discriminator: Layers,
    /// Whether to sample all age groups, or all faces, equally often
    #[arg(long, value_enum, default_value_t = Balance::Groups)]
    balance: Balance,
    /// Weight of L_a, the age class loss
    #[arg(long, default_value_t = LossWeights::default().age)]
    loss_age: f64,
    /// Weight of L_px, the pixel loss
    #[arg(long, default_value_t = LossWeights::default().pixel)]
    loss_pixel: f64,
    /// Weight of L_cyc, the cycle loss
    #[arg(long, default_value_t = LossWeights::default().cycle)]
    loss_cycle: f64,
    /// Weight of L_t, the triplet loss of identity codes
    #[arg(long, default_value_t = LossWeights::default().triplet)]
    loss_triplet: f64,
    /// Margin of L_t
    #[arg(long, default_value_t = LossWeights::default().margin)]
    margin: f64,
    /// Weight of L_id, the identity code loss
    #[arg(long, default_value_t = LossWeights::default().identity)]
    loss_identity: f64,
    /// Weight of the face expert's loss; requires --face-expert
    #[arg(long, default_value_t = LossWeights::default().expert, requires = "face_expert")]
    loss_expert: f64,
    /// Face expert: ArcFace's IR-50 of face.evoLVe, `backbone_ir50_ms1m_epoch63.pth`
    #[arg(long, value_name = "FILE")]
    face_expert: Option<PathBuf>,
    /// Steps between sample sheets
    #[arg(long, default_value_t = AgeTransGanSettings::default().sample_every)]
    sample_every: u64,
    /// Random seed
    #[arg(long, default_value_t = AgeTransGanSettings::default().seed)]
    seed: u64,
}

impl AgeTransGanArgs {
    fn settings(&self) -> AgeTransGanSettings {
        AgeTransGanSettings {
            seed: self.seed,
            size: self.size,
            group: self.group,
            width: self.width,
            discriminator: self.discriminator,
            balance: self.balance,
            batch: self.batch,
            iter: self.iter,
            lr: self.lr,
            r1: self.r1,
            path_regularize: self.path_regularize,
            d_reg_every: self.d_reg_every,
            g_reg_every: self.g_reg_every,
            sample_every: self.sample_every,
            losses: LossWeights {
                age: self.loss_age,
                pixel: self.loss_pixel,
                cycle: self.loss_cycle,
                triplet: self.loss_triplet,
                identity: self.loss_identity,
                expert: self.loss_expert,
                margin: self.margin,
            },
        }
    }
}

/// Trains until the steps are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data or the folder cannot be used, or training diverges.
pub(super) fn run(args: &AgeTransGanArgs) -> anyhow::Result<()> {
    args.run.prepare()?;
    let given = args.settings();
    given.check()?;
    let settings = args.run.settings(given)?;
    let device = args.run.device.open()?;
    let expert = args.face_expert.as_ref().map(|file| FaceExpert::open(file, &device)).transpose()?;
    let (faces, left_out) =
        args.data.faces(&args.run, |labelled| GroupedFace::of(labelled, settings.group))?;
    args.run.require_same_files(faces.iter().map(|(file, _)| file))?;
    let side = settings.size as u32;
    let store = args.pictures.read(&args.run.out, faces, left_out, move |picture, face| {
        face.prepared(picture, side).map(|one| vec![one]).map_err(|error| error.to_string())
    })?;
    let set = FaceSet::new(store, settings.group, (settings.balance, settings.batch, settings.seed))?;
    print_line(&format!("faces per age group: {:?}", set.counts()));
    let mut trainer = AgeTransGanTrainer::start(settings, set, expert, &device)?;
    args.run.train(&mut trainer, 1)
}
