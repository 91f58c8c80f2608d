//! `agemirror train lines`: extracts the lines that mirror draws from sharp pictures of old faces.

use std::path::PathBuf;

use anyhow::Context;

use super::running::progress_bar;
use crate::training::lines::{LinesSpec, atlas_sheet, build_atlas};
use crate::training::{write_sheet, write_tensors};
use agemirror_console::output::print_line;

/// Arguments of `agemirror train lines`.
#[derive(Debug, clap::Args)]
pub(super) struct LinesArgs {
    /// Folder with `labels.csv`, its portraits, and their masks in `masks/`
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder for `lines.safetensors`, its sheet and its list of faces
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Number of faces to extract lines from
    #[arg(long, default_value_t = 32, value_name = "NUMBER")]
    faces: usize,
    /// Picture to leave out, named as in the table; repeatable
    #[arg(long, value_name = "FILE")]
    leave_out: Vec<String>,
}

/// Builds the atlas.
///
/// # Errors
/// When the portraits cannot be used or the files cannot be written.
pub(super) fn run(args: &LinesArgs) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("{} cannot be created", args.out.display()))?;
    let bar = progress_bar(0, "old faces {pos}/{len} {wide_bar} {eta}")?;
    let spec = LinesSpec { data: args.data.clone(), faces: args.faces, exclude: args.leave_out.clone() };
    let report = build_atlas(&spec, |done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    for (file, reason) in &report.skipped {
        print_line(&format!("left out: {file}: {reason}"));
    }
    for file in &report.files {
        print_line(&format!("used: {file}"));
    }
    let file = args.out.join("lines.safetensors");
    write_tensors(&report.atlas.tensors()?, &file)?;
    write_sheet(&args.out.join("lines.png"), &atlas_sheet(&report.atlas))?;
    print_line(&format!("The lines of {} faces are in {}", report.files.len(), file.display()));
    Ok(())
}
