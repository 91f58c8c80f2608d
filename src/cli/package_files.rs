//! Manual pages and shell completions for packages, generated from the command line itself.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::{Shell, generate_to};

use agemirror_faces::compose::check_folder;

/// Arguments of `agemirror package-files`.
#[derive(Args)]
pub(super) struct Arguments {
    /// Folder that receives `man/` and `completions/`
    folder: PathBuf,
}

/// Writes the files for `command`, the whole command line.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn run(arguments: &Arguments, mut command: Command) -> anyhow::Result<ExitCode> {
    let manual = without_help(command.clone());
    let [man, completions] = ["man", "completions"].map(|name| arguments.folder.join(name));
    for folder in [&man, &completions] {
        std::fs::create_dir_all(folder)?;
        check_folder(folder)?;
    }
    command.build();
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        generate_to(shell, &mut command, "agemirror", &completions)?;
    }
    clap_mangen::generate_to(manual, &man)?;
    Ok(ExitCode::SUCCESS)
}

/// The command line without `help` commands, each of which would get a page that repeats another one.
fn without_help(command: Command) -> Command {
    command.disable_help_subcommand(true).mut_subcommands(without_help)
}
