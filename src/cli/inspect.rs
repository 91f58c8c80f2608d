//! `agemirror inspect`: shows what a weight file contains.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use agemirror_console::output::{print_json, print_line};

/// Arguments of `agemirror inspect`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The weight file, or a TensorFlow folder
    file: PathBuf,
    /// Prints everything as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let inspection = agemirror_checkpoint::inspect(&arguments.file)?;
    if arguments.json {
        print_json(&inspection)?;
    } else {
        print_line(&inspection.to_string());
    }
    Ok(ExitCode::SUCCESS)
}
