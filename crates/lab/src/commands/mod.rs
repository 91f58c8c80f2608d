//! The commands of the laboratory, one file each.

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

/// The commands of the laboratory.
#[derive(Subcommand)]
pub enum LabCommand {
    /// Writes what a published system's own test program writes
    Test(test::Arguments),
    /// Reads the ages of faces in pictures
    EstimateAge(estimate_age::Arguments),
    /// Tells whether pairs of pictures show one person
    Verify(verify::Arguments),
    /// Measures how calm an aging model is on stills and sequences
    Stability(stability::Arguments),
    /// Measures how far two folders of pictures are apart
    Fid(fid::Arguments),
    /// Measures an aging model on labelled faces and writes a report
    Evaluate(Box<evaluate::Arguments>),
    /// Asks Face++'s paid service, with your keys, for ages and confidences
    Facepp(facepp::Arguments),
    /// Trains a network on labelled faces
    Train(train::TrainArgs),
}

/// Runs `command`.
///
/// # Errors
/// When the command fails; the message is for the user.
pub fn run(command: LabCommand) -> anyhow::Result<ExitCode> {
    match command {
        LabCommand::Test(arguments) => test::run(&arguments),
        LabCommand::EstimateAge(arguments) => estimate_age::run(&arguments),
        LabCommand::Verify(arguments) => verify::run(&arguments),
        LabCommand::Stability(arguments) => stability::run(&arguments),
        LabCommand::Fid(arguments) => fid::run(&arguments),
        LabCommand::Evaluate(arguments) => evaluate::run(&arguments),
        LabCommand::Facepp(arguments) => facepp::run(&arguments),
        LabCommand::Train(arguments) => train::run(&arguments).map(|()| ExitCode::SUCCESS),
    }
}
