//! `agemirror bench device`: checks a device and measures it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};

use super::train::device::TrainingDevice;
use crate::device_check::{DeviceCheck, Report};
use agemirror_console::output::{print_error, print_line};
use agemirror_faces::aging::agetransgan::NetworkShape;
use agemirror_storage::write_atomically;

/// Arguments of `agemirror bench device`.
#[derive(Debug, clap::Args)]
pub struct DeviceArgs {
    /// The device to check; with `cpu`, a rehearsal of what a GPU does
    #[arg(long, value_enum, default_value_t = TrainingDevice::Cuda)]
    device: TrainingDevice,
    /// Minutes for everything. Comparisons are always completed
    #[arg(long, default_value_t = 10.0, value_name = "MINUTES")]
    minutes: f32,
    /// Folder for `device.json`, `device.md` and the training run
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only measures times
    #[arg(long, conflicts_with = "only_compare")]
    only_time: bool,
    /// Only compares results
    #[arg(long)]
    only_compare: bool,
    /// Only the operations, networks and trainers whose name contains this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Side of AgeTransGAN's pictures, in pixels
    #[arg(long, default_value_t = 1024)]
    side: usize,
    /// Shell command of another program that times the same networks, in turn, such as
    /// `python3 tests/reference/speed.py --serve`
    #[arg(long, value_name = "COMMAND")]
    peer: Option<String>,
    /// Packed heads to train mirror on in the minutes that are left
    #[arg(long, value_name = "FILE")]
    pack: Option<PathBuf>,
    /// Folder with the frozen judge networks for that training [default: only the targets train]
    #[arg(long, value_name = "DIR", requires = "pack")]
    networks: Option<PathBuf>,
}

/// Checks the device and writes the results. The exit code is 1 if a check failed.
///
/// # Errors
/// When there is no such device or the results cannot be written.
pub fn run(args: &DeviceArgs) -> anyhow::Result<ExitCode> {
    if !args.minutes.is_finite() || args.minutes <= 0.0 {
        bail!("--minutes must be above 0");
    }
    if !NetworkShape::SIDES.contains(&args.side) {
        bail!("--side must be one of {:?}", NetworkShape::SIDES);
    }
    let chosen = args.device.choose()?;
    let check = DeviceCheck {
        compare: !args.only_time,
        time: !args.only_compare,
        limit: Duration::from_secs_f32(60.0 * args.minutes),
        only: args.only.clone(),
        side: args.side,
        peer: args.peer.clone(),
        pack: args.pack.clone(),
        networks: args.networks.clone(),
        out: args.out.clone(),
    };
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("{} cannot be created", args.out.display()))?;
    let mut report = check.run(&chosen.device, &mut |part| print_line(part))?;
    report.device = chosen.description.to_string();
    write(&args.out, &report)?;
    if report.comparisons.is_empty() && report.timings.is_empty() && report.training.is_none() {
        bail!("nothing was checked: no name contains {:?}", args.only.as_deref().unwrap_or_default());
    }
    let failures = report.failures();
    failures.iter().for_each(|failure| print_error(failure));
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn write(out: &Path, report: &Report) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(report)?;
    for (name, text) in [("device.json", json), ("device.md", report.markdown())] {
        let path = out.join(name);
        write_atomically(&path, |file| file.write_all(text.as_bytes()))?;
        print_line(&format!("wrote {}", path.display()));
    }
    Ok(())
}
