//! Errors of saving, with advice for the user.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file could not be saved. No partial file is left behind.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Access is denied, or the file system is read-only.
    #[error("{} cannot be written: access is denied; choose another folder", .0.display())]
    NotWritable(PathBuf),
    /// The disk is full or the quota is used up.
    #[error("{} cannot be written: the disk is full; free some space or choose another folder", .0.display())]
    DiskFull(PathBuf),
    /// The file exists already and was not overwritten.
    #[error("{} already exists and was not overwritten; choose another name", .0.display())]
    Exists(PathBuf),
    /// The folder does not exist, or is a file.
    #[error("{} cannot be written: its folder does not exist or is a file; choose another folder", .0.display())]
    NoFolder(PathBuf),
    /// The file extension is not a picture format that can be written.
    #[error("{} does not end in a known picture format; use .png, .jpg or .webp", .0.display())]
    UnknownFormat(PathBuf),
    /// The format cannot represent the picture.
    #[error("{} cannot be written: {reason}; choose another format or size", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// Any other error of the system.
    #[error("{} cannot be written: {source}", path.display())]
    Other {
        /// The file or folder.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
}

impl SaveError {
    /// Classifies an error of the system for the file or folder at `path`.
    pub fn at(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NotWritable(path),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(path),
            io::ErrorKind::AlreadyExists => Self::Exists(path),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoFolder(path),
            io::ErrorKind::InvalidInput => Self::Encoding { path, reason: source.to_string() },
            _ => Self::Other { path, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_names_the_file_and_what_to_do() {
        for kind in [
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::ReadOnlyFilesystem,
            io::ErrorKind::StorageFull,
            io::ErrorKind::AlreadyExists,
            io::ErrorKind::NotFound,
        ] {
            let message = SaveError::at(Path::new("out/a.png"), kind.into()).to_string();
            assert!(message.starts_with("out/a.png ") && message.contains("choose another"), "{message}");
        }
    }
}
