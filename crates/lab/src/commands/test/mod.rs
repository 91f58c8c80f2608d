//! `agemirror test`: the outputs of the published systems' test programs, one file per system.

mod agetransgan;
mod caae;
mod faces;
mod ipcgan;
mod pagan;

use std::process::ExitCode;

use agemirror_faces::aging::cgan::CGAN;
use agemirror_faces::aging::ipcgan::IPCGAN;
use agemirror_faces::aging::picture::Mapping;

/// Arguments of `agemirror test`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    system: System,
}

#[derive(Debug, clap::Subcommand)]
enum System {
    /// Sweep over all ages of one face, as numbered pictures and as an animation
    Agetransgan(agetransgan::Arguments),
    /// Ten ages of every person in one picture, as male and as female
    Caae(caae::Arguments),
    /// Four age classes of every picture, separately and in a row
    Ipcgan(ipcgan::Arguments),
    /// The same with Face_Aging_cGAN
    Cgan(ipcgan::Arguments),
    /// One folder per picture, with the ages 31-40, 41-50 and 51+ as 1.png, 2.png and 3.png
    Pagan(pagan::Arguments),
}

/// Runs one system's test.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.system {
        System::Agetransgan(arguments) => agetransgan::run(arguments),
        System::Caae(arguments) => caae::run(arguments),
        System::Ipcgan(arguments) => ipcgan::run(arguments, IPCGAN, Mapping::Stretched),
        System::Cgan(arguments) => ipcgan::run(arguments, CGAN, Mapping::Truncated),
        System::Pagan(arguments) => pagan::run(arguments),
    }
}
