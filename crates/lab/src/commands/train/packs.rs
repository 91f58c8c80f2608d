//! Faces of a `labels.csv`, packed once for all steps of a run.

use std::path::{Path, PathBuf};

use super::running::progress_bar;
use crate::dataset::{FacePack, PackSpec};
use agemirror_console::output::print_error;

/// Opens the packed faces at `path`; packs those of the folders `data` first if the file does not exist.
///
/// # Errors
/// When the faces cannot be read or the pack cannot be written.
pub(super) fn open_or_pack(path: &Path, data: &[PathBuf], spec: &PackSpec) -> anyhow::Result<FacePack> {
    if !path.exists() {
        let bar = progress_bar(0, "packing {pos}/{len} faces {wide_bar} {eta}")?;
        let report = FacePack::build_from(data, spec, path, |done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        })?;
        bar.finish_and_clear();
        for (file, reason) in &report.skipped {
            print_error(&format!("left out {}: {reason}", file.display()));
        }
    }
    Ok(FacePack::open(path)?)
}
