//! The numbered files in the `checkpoint` folder of a run.

use std::path::{Path, PathBuf};

use super::TrainingError;
use agemirror_storage::SaveError;

/// Prefix of checkpoint file names.
pub(super) const STATE: &str = "state-";

/// Removes the oldest files `checkpoint/PREFIX<steps>.safetensors` in a run's folder until at most `keep`
/// (but at least one) are left.
///
/// # Errors
/// When the folder cannot be read or a file cannot be removed.
pub(crate) fn keep_newest(folder: &Path, prefix: &str, keep: usize) -> Result<(), TrainingError> {
    let found = numbered(folder, prefix)?;
    for (_, file) in &found[..found.len().saturating_sub(keep.max(1))] {
        std::fs::remove_file(file).map_err(|source| SaveError::at(file, source))?;
    }
    Ok(())
}

/// Path of the checkpoint after `done` steps in a run's folder.
pub(super) fn checkpoint_path(folder: &Path, done: u64) -> PathBuf {
    folder.join("checkpoint").join(format!("{STATE}{done:08}.safetensors"))
}

/// The files `checkpoint/PREFIX<steps>.safetensors` in a run's folder with their step counts, oldest first.
pub(super) fn numbered(folder: &Path, prefix: &str) -> Result<Vec<(u64, PathBuf)>, TrainingError> {
    let folder = folder.join("checkpoint");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(&folder).map_err(|source| SaveError::at(&folder, source))?;
    let steps = |path: &Path| {
        path.file_name()?.to_str()?.strip_prefix(prefix)?.strip_suffix(".safetensors")?.parse().ok()
    };
    let mut found: Vec<(u64, PathBuf)> = entries
        .filter_map(Result::ok)
        .map(|e| e.path())
        .filter_map(|path| Some((steps(&path)?, path)))
        .collect();
    found.sort();
    Ok(found)
}

/// The newest checkpoint of the run in `folder`, if there is one.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn newest_checkpoint(folder: &Path) -> Result<Option<PathBuf>, TrainingError> {
    Ok(numbered(folder, STATE)?.pop().map(|(_, path)| path))
}
