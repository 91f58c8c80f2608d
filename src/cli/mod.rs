//! The command line; one file per subcommand.
//!
//! Exit codes: 0 success, 1 failure, 2 usage error.

mod age;
mod age_picture;
mod age_video;
mod bench;
mod cameras;
mod convert;
mod inspect;
mod live;
mod live_minutes;
mod live_outputs;
mod live_report;
mod models;
mod package_files;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{CommandFactory, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use agemirror_console::output;
use agemirror_lab::commands::LabCommand;

use crate::app::AppOptions;

/// Environment variable with the log filter, such as `agemirror=debug`.
const LOG_VARIABLE: &str = "AGEMIRROR_LOG";

/// Name of the command that decodes an AVIF in a process of its own.
const DECODE_AVIF: &str = "decode-avif";

/// Shows a person at other ages, live. Without a command the window opens.
#[derive(Parser)]
#[command(name = "agemirror", version, about)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Ages the faces in pictures and videos and writes them to a folder
    Age(age::Arguments),
    /// Opens the window on a camera, or measures it without a window
    Live(live::Arguments),
    /// Lists the cameras
    Cameras,
    /// Lists the aging models, and which of their weights are installed
    Models,
    /// Shows what a weight file contains
    Inspect(inspect::Arguments),
    /// Converts a weight file to safetensors, or imports it
    Convert(convert::Arguments),
    /// Measures how long each stage takes on this machine
    Bench(bench::Arguments),
    /// Writes manual pages and shell completions
    #[command(hide = true)]
    PackageFiles(package_files::Arguments),
    /// Decodes an AVIF for another process of this program, from standard input to standard output
    #[command(hide = true, name = DECODE_AVIF)]
    DecodeAvif,
    #[command(flatten)]
    Lab(LabCommand),
}

/// Runs the program with the process's arguments and returns its exit code.
pub fn run() -> ExitCode {
    let started = Instant::now();
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // Writing to a closed pipe is not an error.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    init_logging();
    agemirror_pictures::use_avif_worker(this_program(), DECODE_AVIF);
    let outcome = match line.command {
        None => crate::app::run(AppOptions::default()).map(|()| ExitCode::SUCCESS),
        Some(Command::Live(arguments)) => live::run(arguments, started),
        Some(Command::Age(arguments)) => age::run(&arguments),
        Some(Command::Cameras) => cameras::run(),
        Some(Command::Models) => models::run(),
        Some(Command::Inspect(arguments)) => inspect::run(&arguments),
        Some(Command::Convert(arguments)) => convert::run(&arguments),
        Some(Command::Bench(arguments)) => bench::run(&arguments),
        Some(Command::PackageFiles(arguments)) => package_files::run(&arguments, CommandLine::command()),
        Some(Command::DecodeAvif) => {
            agemirror_pictures::serve_avif().map(|()| ExitCode::SUCCESS).map_err(anyhow::Error::from)
        }
        Some(Command::Lab(command)) => agemirror_lab::commands::run(command),
    };
    outcome.unwrap_or_else(|error| {
        output::print_error(&format!("{error:#}"));
        ExitCode::FAILURE
    })
}

/// The file of this program. On Linux it is a link that is valid even after an update replaced the file.
fn this_program() -> PathBuf {
    const OWN_LINK: &str = "/proc/self/exe";
    if cfg!(target_os = "linux") {
        return OWN_LINK.into();
    }
    std::env::current_exe().unwrap_or_else(|_| "agemirror".into())
}

/// Logs to standard error if [`LOG_VARIABLE`] is set. Panics of the pipeline's threads are only logged: the
/// pipeline shows them to the user.
fn init_logging() {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("off"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Fails if a subscriber is set already; that one is used then.
    let _ = subscriber.try_init();
    let default_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!("{panic}");
        let supervised =
            std::thread::current().name().is_some_and(|name| crate::pipeline::THREADS.contains(&name));
        if !supervised {
            default_hook(panic);
        }
    }));
}
