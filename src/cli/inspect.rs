//! `agemirror inspect`: says what a weight file holds.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use agemirror_console::output::{say, say_json};

/// What `agemirror inspect` is told.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The weight file, or a folder of TensorFlow's
    file: PathBuf,
    /// Writes everything as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let inspection = agemirror_checkpoint::inspect(&arguments.file)?;
    if arguments.json {
        say_json(&inspection)?;
    } else {
        say(&inspection.to_string());
    }
    Ok(ExitCode::SUCCESS)
}
