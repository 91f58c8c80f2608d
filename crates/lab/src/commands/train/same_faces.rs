//! The faces that a run began with: it goes on with the same ones or not at all.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use agemirror_storage::write_atomically;

/// The mark of a run's faces, in its folder.
const MARK: &str = "faces.json";

/// How many faces there are, and a hash of their names.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Mark {
    faces: usize,
    names: String,
}

impl Mark {
    /// The folder that a file lies in counts, as it may be its group; those above do not: data may be moved.
    fn of<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Self {
        let (mut faces, mut names) = (0, Sha256::new());
        for file in files {
            faces += 1;
            let parts = [file.parent().and_then(Path::file_name), file.file_name()];
            parts.iter().for_each(|part| {
                names.update(part.unwrap_or_default().as_encoded_bytes());
                names.update([0]);
            });
        }
        Self { faces, names: format!("{:x}", names.finalize()) }
    }
}

/// Notes in the folder `out` which `files` a new run is trained on, or makes sure that they are those that the
/// run in it began with.
///
/// # Errors
/// When they are others, or the mark cannot be read or written.
pub(super) fn keep_to<'a>(
    out: &Path,
    resume: bool,
    files: impl IntoIterator<Item = &'a PathBuf>,
) -> anyhow::Result<()> {
    let (mark, path) = (Mark::of(files), out.join(MARK));
    if resume && path.exists() {
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let began: Mark = serde_json::from_str(&text)
            .with_context(|| format!("{} is no mark of a run's faces", path.display()))?;
        if began != mark {
            bail!(
                "{} was trained on {} faces, and --data gives {} that are not the same; give the data it began \
                 with, or another --out for a new run",
                out.display(),
                began.faces,
                mark.faces
            );
        }
        return Ok(());
    }
    let text = serde_json::to_vec_pretty(&mark)?;
    Ok(write_atomically(&path, |file| file.write_all(&text))?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn files(root: &str, names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(|name| Path::new(root).join(name)).collect()
    }

    #[test]
    fn a_run_goes_on_with_its_own_faces_only() {
        let out = tempfile::tempdir().unwrap();
        let keep = |resume, files: &[PathBuf]| keep_to(out.path(), resume, files);
        keep(false, &files("/a", &["0/x.png", "1/y.png"])).unwrap();
        keep(true, &files("/moved", &["0/x.png", "1/y.png"])).unwrap();
        for other in [&["0/x.png"][..], &["0/x.png", "1/z.png"], &["0/x.png", "0/y.png"]] {
            let message = keep(true, &files("/a", other)).unwrap_err().to_string();
            assert!(message.contains("was trained on 2 faces"), "{message}");
        }
        keep(false, &files("/a", &["0/x.png"])).unwrap();
        keep(true, &files("/a", &["0/x.png"])).unwrap();
    }
}
