//! The command line, one file a subcommand.
//!
//! Exit codes: 0 all is well, 1 something failed, 2 the command line makes no sense.

mod age;
mod age_picture;
mod age_video;
mod bench;
mod cameras;
mod choices;
mod convert;
mod each_picture;
mod estimate_age;
mod evaluate;
mod facepp;
mod fid;
mod inspect;
mod interrupt;
mod live;
mod live_report;
mod models;
mod output;
mod stability;
mod test;
mod train;
mod verify;

use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

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
    /// Ages the faces in pictures and videos and writes them to a folder
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
        Some(Command::Test(arguments)) => test::run(&arguments),
        Some(Command::EstimateAge(arguments)) => estimate_age::run(&arguments),
        Some(Command::Verify(arguments)) => verify::run(&arguments),
        Some(Command::Stability(arguments)) => stability::run(&arguments),
        Some(Command::Fid(arguments)) => fid::run(&arguments),
        Some(Command::Evaluate(arguments)) => evaluate::run(&arguments),
        Some(Command::Facepp(arguments)) => facepp::run(&arguments),
        Some(Command::Train(arguments)) => train::run(&arguments).map(|()| ExitCode::SUCCESS),
    };
    outcome.unwrap_or_else(|error| {
        output::complain(&format!("{error:#}"));
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
