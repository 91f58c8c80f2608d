//! SHA-256 of files.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The hash of a file's bytes, in hexadecimal.
pub(super) fn hash_file(path: &Path) -> io::Result<String> {
    hash_files(&[path.to_owned()])
}

/// The hash of the bytes of several files, one after the other.
pub(super) fn hash_files(paths: &[PathBuf]) -> io::Result<String> {
    let mut hasher = Sha256::new();
    for path in paths {
        io::copy(&mut File::open(path)?, &mut hasher)?;
    }
    Ok(format!("{:x}", hasher.finalize()))
}
