//! `agemirror train`: one file per system.

mod age_cgan;
mod age_classifier;
mod age_estimator;
mod agetransgan;
mod caae;
mod data;
pub(super) mod device;
mod flags;
mod ipcgan;
mod lines;
mod mirror;
mod packs;
mod pagan;
mod pictures;
mod regions;
mod running;
mod same_faces;

use crate::training::ipcgan::Recipe;

/// Arguments of `agemirror train`.
#[derive(Debug, clap::Args)]
pub struct TrainArgs {
    #[command(subcommand)]
    system: System,
}

#[derive(Debug, clap::Subcommand)]
enum System {
    /// The bundled aging model
    Mirror(mirror::MirrorArgs),
    /// The lines that the bundled aging model draws
    Lines(lines::LinesArgs),
    /// CAAE, as its authors train it
    Caae(Box<caae::CaaeArgs>),
    /// AgeTransGAN, as far as its recipe is known
    Agetransgan(Box<agetransgan::AgeTransGanArgs>),
    /// PAGAN's generator for one age cluster
    Pagan(Box<pagan::PaganArgs>),
    /// IPCGAN, as its authors train it
    Ipcgan(Box<ipcgan::IpcganArgs>),
    /// Face_Aging_cGAN, which shares IPCGAN's network
    Cgan(Box<ipcgan::IpcganArgs>),
    /// The age classifier of IPCGAN and cGAN
    IpcganAgeClassifier(Box<age_classifier::AgeClassifierArgs>),
    /// The small GAN of Face_Aging_cGAN's notebook, which generates faces from noise
    AgeCgan(age_cgan::AgeCganArgs),
    /// The age estimator that judges models
    AgeEstimator(age_estimator::EstimatorArgs),
    /// The network that segments a head into hair, skin, glasses and other regions
    Regions(regions::RegionArgs),
}

/// Trains a system until its steps are done or Ctrl-C is pressed.
///
/// # Errors
/// When the data or the folder cannot be used, or training diverges.
pub(super) fn run(args: &TrainArgs) -> anyhow::Result<()> {
    match &args.system {
        System::Mirror(args) => mirror::run(args),
        System::Lines(args) => lines::run(args),
        System::Caae(args) => caae::run(args),
        System::Agetransgan(args) => agetransgan::run(args),
        System::Pagan(args) => pagan::run(args),
        System::Ipcgan(args) => ipcgan::run(args, Recipe::Ipcgan),
        System::Cgan(args) => ipcgan::run(args, Recipe::Cgan),
        System::IpcganAgeClassifier(args) => age_classifier::run(args),
        System::AgeCgan(args) => age_cgan::run(args),
        System::AgeEstimator(args) => age_estimator::run(args),
        System::Regions(args) => regions::run(args),
    }
}
