//! `agemirror test`: what the published systems' own test programs write, one file a system.

mod agetransgan;
mod caae;
mod faces;
mod ipcgan;
mod pagan;

use std::process::ExitCode;

use agemirror_faces::aging::cgan::CGAN;
use agemirror_faces::aging::ipcgan::IPCGAN;
use agemirror_faces::aging::picture::Mapping;

/// What `agemirror test` is told.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    system: System,
}

#[derive(Debug, clap::Subcommand)]
enum System {
    /// A sweep over all ages of one face, as numbered pictures and as an animation
    Agetransgan(agetransgan::Arguments),
    /// Ten ages of every person in one picture, as male and as female
    Caae(caae::Arguments),
    /// Four age classes of every picture, alone and in a row
    Ipcgan(ipcgan::Arguments),
    /// The same by Face_Aging_cGAN
    Cgan(ipcgan::Arguments),
    /// A folder for every picture, with the ages 31 to 40, 41 to 50 and more as 1.png, 2.png and 3.png
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
