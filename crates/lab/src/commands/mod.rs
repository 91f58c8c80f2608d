//! Commands of the laboratory, one file each.

mod device;
mod estimate_age;
mod evaluate;
mod facepp;
mod fid;
mod stability;
mod test;
mod train;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

use crate::workers::on_workers;

pub use device::{DeviceArgs, run as check_device};

/// Commands of the laboratory.
#[derive(Subcommand)]
pub enum LabCommand {
    /// Writes the same files as a published system's test program
    Test(test::Arguments),
    /// Estimates the ages of faces in pictures
    EstimateAge(estimate_age::Arguments),
    /// Decides whether pairs of pictures show the same person
    Verify(verify::Arguments),
    /// Measures the temporal stability of an aging model on stills and sequences
    Stability(stability::Arguments),
    /// Measures the distance between two folders of pictures (FID)
    Fid(fid::Arguments),
    /// Measures an aging model on labelled faces and writes a report
    Evaluate(Box<evaluate::Arguments>),
    /// Queries Face++'s paid service, with your keys, for ages and confidences
    Facepp(facepp::Arguments),
    /// Trains a network on labelled faces
    Train(train::TrainArgs),
}

/// Runs `command`.
///
/// # Errors
/// When the command fails; the message is meant for the user.
pub fn run(command: LabCommand) -> anyhow::Result<ExitCode> {
    match command {
        LabCommand::Test(arguments) => test::run(&arguments),
        LabCommand::EstimateAge(arguments) => estimate_age::run(&arguments),
        LabCommand::Verify(arguments) => verify::run(&arguments),
        LabCommand::Stability(arguments) => stability::run(&arguments),
        LabCommand::Fid(arguments) => fid::run(&arguments),
        LabCommand::Evaluate(arguments) => evaluate::run(&arguments),
        LabCommand::Facepp(arguments) => facepp::run(&arguments),
        LabCommand::Train(arguments) => on_workers(|| train::run(&arguments)).map(|()| ExitCode::SUCCESS),
    }
}
