//! Why something could not be saved, in words that say what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why something could not be saved. Nothing half-written is left behind.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Access is refused, or the disk is read-only.
    #[error("{} cannot be written, access is refused; choose another folder", .0.display())]
    NotWritable(PathBuf),
    /// No space is left.
    #[error("{} cannot be written, the disk is full; free some space or choose another folder", .0.display())]
    DiskFull(PathBuf),
    /// The file is there already, and is kept as it is.
    #[error("{} exists already and was kept; choose another name", .0.display())]
    Exists(PathBuf),
    /// The folder is not there, or a file stands in its place.
    #[error("{} cannot be written, its folder does not exist or is a file; choose another folder", .0.display())]
    NoFolder(PathBuf),
    /// The file's ending names no format that can be written.
    #[error("{} has an ending that names no picture format; end it in .png, .jpg or .webp", .0.display())]
    UnknownFormat(PathBuf),
    /// The format cannot hold the picture.
    #[error("{} cannot be written: {reason}; choose another format or size", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// Anything else the system says.
    #[error("{} cannot be written: {source}", path.display())]
    Other {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl SaveError {
    /// What an error of the system means for the file or folder at `path`.
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
