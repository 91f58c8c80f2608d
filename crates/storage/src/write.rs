//! Writing a whole file in one call.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::{AtomicFile, SaveError};

/// Writes a file completely or not at all. A regular file of that name is replaced in one step, links are
/// followed, and devices, pipes and sockets are written to directly (see [`AtomicFile`]).
///
/// # Errors
/// If `write` fails or the file cannot be written; a regular file is then unchanged.
pub fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), SaveError> {
    let attempt = || {
        let mut file = AtomicFile::create(path)?;
        let mut out = BufWriter::with_capacity(1 << 16, &mut file);
        write(&mut out)?;
        out.flush()?;
        drop(out);
        file.commit()
    };
    attempt().map_err(|error| SaveError::at(path, error))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_failed_write_keeps_the_old_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        write_atomically(&path, |out| out.write_all(b"old")).unwrap();
        let failed = write_atomically(&path, |out| {
            out.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(matches!(failed, Err(SaveError::DiskFull(_))));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        write_atomically(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
