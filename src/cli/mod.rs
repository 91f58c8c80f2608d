//! The command line, one file a subcommand.
//!
//! Exit codes: 0 all is well, 1 something failed, 2 the command line makes no sense.

mod age;
mod age_picture;
mod bench;
mod cameras;
mod convert;
mod inspect;
mod live;
mod live_report;
mod models;

use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use agemirror_console::output;
use agemirror_lab::commands::LabCommand;

use crate::app::AppOptions;

/// The environment variable that sets what is logged, such as `agemirror=debug`.
const LOG_VARIABLE: &str = "AGEMIRROR_LOG";

/// Shows a person at other ages, live. Without a command the window opens.
#[derive(Parser)]
#[command(name = "agemirror", version, about)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Ages the faces in pictures and writes them to a folder
    Age(age::Arguments),
    /// Opens the window on a camera, or measures it without a window
    Live(live::Arguments),
    /// Lists the cameras
    Cameras,
    /// Lists the aging models, and which of their weights are there
    Models,
    /// Says what a weight file holds
    Inspect(inspect::Arguments),
    /// Writes a weight file as safetensors, or takes it in
    Convert(convert::Arguments),
    /// Measures how long each stage takes on this machine
    Bench(bench::Arguments),
    #[command(flatten)]
    Lab(LabCommand),
}

/// Runs the program on the process's arguments and says how it ended.
pub fn run() -> ExitCode {
    let started = Instant::now();
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // A closed pipe is nothing to complain about.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    log();
    let outcome = match line.command {
        None => crate::app::run(AppOptions::default()).map(|()| ExitCode::SUCCESS),
        Some(Command::Live(arguments)) => live::run(arguments, started),
        Some(Command::Age(arguments)) => age::run(&arguments),
        Some(Command::Cameras) => cameras::run(),
        Some(Command::Models) => models::run(),
        Some(Command::Inspect(arguments)) => inspect::run(&arguments),
        Some(Command::Convert(arguments)) => convert::run(&arguments),
        Some(Command::Bench(arguments)) => bench::run(&arguments),
        Some(Command::Lab(command)) => agemirror_lab::commands::run(command),
    };
    outcome.unwrap_or_else(|error| {
        output::print_error(&format!("{error:#}"));
        ExitCode::FAILURE
    })
}

/// Logs to standard error, errors only unless the environment says otherwise. What a panic says goes
/// there too: the pipeline shows it to the user in its own way.
fn log() {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("off"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber is refused; the first one then serves as well.
    let _ = subscriber.try_init();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!("{panic}");
        let supervised =
            std::thread::current().name().is_some_and(|name| crate::pipeline::THREADS.contains(&name));
        if !supervised {
            usual(panic);
        }
    }));
}
