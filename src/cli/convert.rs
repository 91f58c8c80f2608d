//! `agemirror convert`: converts a weight file of any format to safetensors, or imports it for the program's
//! own use.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use agemirror_checkpoint::{Checkpoint, Store, convert, recognise};
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::print_line;

/// Number of steps of the progress bar.
const STEPS: f32 = 1000.0;

/// Receives the share that is done, 0 to 1, and returns whether to continue.
type Progress<'a> = &'a mut dyn FnMut(f32) -> ControlFlow<()>;

/// Arguments of `agemirror convert`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The weight file, or a TensorFlow folder
    input: PathBuf,
    /// The safetensors file to write; by default the weights are imported for the program's use
    output: Option<PathBuf>,
    /// Which of PAGAN's generators it is: 1 for ages 31 to 40, 2 for 41 to 50, 3 for 51 and more
    #[arg(long, value_name = "1-3", value_parser = clap::value_parser!(u8).range(1..=3))]
    cluster: Option<u8>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let style = ProgressStyle::with_template("{bar:40} {percent} %")?;
    let bar = ProgressBar::new(STEPS as u64).with_style(style);
    let interrupt = Interrupt::listen()?;
    let mut progress = |share: f32| {
        bar.set_position((share * STEPS) as u64);
        if interrupt.is_set() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let lines = match &arguments.output {
        Some(output) => write(&arguments.input, output, &mut progress),
        None => import(arguments, &mut progress),
    };
    bar.finish_and_clear();
    lines?.iter().for_each(|line| print_line(line));
    Ok(ExitCode::SUCCESS)
}

fn import(arguments: &Arguments, progress: Progress) -> anyhow::Result<Vec<String>> {
    let installed = Store::for_user()?.install_cancellable(&arguments.input, arguments.cluster, progress)?;
    Ok(vec![format!("{}: {}", installed.file.display(), installed.record.system)])
}

/// Converts `input` to `output`. If its system is recognised, only that system's tensors, with the prefix
/// removed from their names.
fn write(input: &Path, output: &Path, progress: Progress) -> anyhow::Result<Vec<String>> {
    // Writing to a device, pipe or socket is allowed.
    if std::fs::metadata(output).is_ok_and(|about| about.is_file() || about.is_dir()) {
        anyhow::bail!("{} exists already; choose another file or remove it first", output.display());
    }
    let checkpoint = Checkpoint::open(input)?;
    let found = recognise(&checkpoint);
    let prefix = found.as_ref().map_or("", |found| found.prefix.as_str());
    let converted = convert(&checkpoint, prefix, output, progress)?;
    let system = found.as_ref().map_or("no known system".to_owned(), |found| found.system.to_string());
    let mut lines = vec![format!("{}: {} tensors, {system}", output.display(), converted.tensors)];
    if let Some(missing) = found.as_ref().and_then(|found| found.missing.first()) {
        lines.push(format!("incomplete: {} is missing; see `agemirror inspect`", missing.name));
    }
    let bad = converted.not_finite.iter().map(|name| format!("{name} contains NaN or infinite values"));
    lines.extend(bad);
    let unread = checkpoint.unread().iter();
    lines.extend(unread.map(|left| format!("{} was left out: it contains {}", left.name, left.what)));
    Ok(lines)
}
