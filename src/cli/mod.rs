//! The command line, one file a subcommand.

use std::process::ExitCode;

mod train;

#[derive(clap::Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}
#[derive(clap::Subcommand)]
enum Command {
    Train(train::TrainArgs),
}

/// Runs the program on the process's arguments and says how it ended.
pub fn run() -> ExitCode {
    let cli = <Cli as clap::Parser>::parse();
    let Command::Train(args) = cli.command;
    match train::run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
