//! Ensures that a resumed run trains on the faces it started with.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use agemirror_storage::write_atomically;

/// File in the run's folder that identifies its faces.
const FILE: &str = "faces.json";

/// Number of faces, and a hash of their names.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct FacesId {
    faces: usize,
    names: String,
}

impl FacesId {
    /// Hashes each file's name and its folder's name, which may be its group, but no folders above, so that
    /// data can be moved.
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

/// Stores in the folder `out` which `files` a new run trains on, or checks that a resumed run has the same.
///
/// # Errors
/// When the files differ, or the stored hash cannot be read or written.
pub(super) fn require_same<'a>(
    out: &Path,
    resume: bool,
    files: impl IntoIterator<Item = &'a PathBuf>,
) -> anyhow::Result<()> {
    let (id, path) = (FacesId::of(files), out.join(FILE));
    if resume && path.exists() {
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let stored: FacesId = serde_json::from_str(&text)
            .with_context(|| format!("{} does not describe the faces of a run", path.display()))?;
        if stored != id {
            bail!(
                "{} was trained on {} faces, but --data has {} different ones; pass the original data, or another \
                 --out for a new run",
                out.display(),
                stored.faces,
                id.faces
            );
        }
        return Ok(());
    }
    let text = serde_json::to_vec_pretty(&id)?;
    Ok(write_atomically(&path, |file| file.write_all(&text))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(root: &str, names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(|name| Path::new(root).join(name)).collect()
    }

    #[test]
    fn a_run_resumes_only_with_its_own_faces() {
        let out = tempfile::tempdir().unwrap();
        let keep = |resume, files: &[PathBuf]| require_same(out.path(), resume, files);
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
