//! Bounds-checked reading of a file's bytes.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::error::{CheckpointError, Defect};

/// Bytes that a reader may allocate beyond the size of its file: room for an expanded tensor.
const ALLOWANCE: u64 = 32 << 20;

trait Bytes: Read + Seek + Send {}

impl<T: Read + Seek + Send> Bytes for T {}

/// An open file, or a file's content in memory.
pub(crate) struct Source {
    path: PathBuf,
    length: u64,
    bytes: Mutex<Box<dyn Bytes>>,
}

impl Source {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// If the system denies access, or it is not a regular file: devices and pipes have no size to rely on.
    pub(crate) fn open(path: &Path) -> Result<Self, CheckpointError> {
        let open = || -> io::Result<(File, u64)> {
            let metadata = std::fs::metadata(path)?;
            if !metadata.is_file() {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
            }
            let file = File::open(path)?;
            let length = file.metadata()?.len();
            Ok((file, length))
        };
        let (file, length) = open().map_err(|error| CheckpointError::new(path, error))?;
        Ok(Self { path: path.to_owned(), length, bytes: Mutex::new(Box::new(file)) })
    }

    /// A file whose content is in memory; `path` is its name in errors.
    pub(crate) fn from_bytes(path: &Path, bytes: Vec<u8>) -> Self {
        let length = bytes.len() as u64;
        Self { path: path.to_owned(), length, bytes: Mutex::new(Box::new(Cursor::new(bytes))) }
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Size in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// `defect`, found in this file.
    pub(crate) fn error(&self, defect: impl Into<Defect>) -> CheckpointError {
        CheckpointError::new(&self.path, defect)
    }

    /// A `Malformed` error at the byte `offset`.
    pub(crate) fn malformed(&self, offset: u64, what: impl Into<String>) -> CheckpointError {
        self.error(Defect::Malformed(what.into())).offset(offset)
    }

    /// Fills `buffer` with the bytes from `offset`; `what` describes them in errors.
    ///
    /// # Errors
    /// If the file ends before them or cannot be read.
    pub(crate) fn fill(
        &self,
        offset: u64,
        buffer: &mut [u8],
        what: &'static str,
    ) -> Result<(), CheckpointError> {
        self.check_inside(offset, buffer.len() as u64, what)?;
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let read = bytes.seek(SeekFrom::Start(offset)).and_then(|_| bytes.read_exact(buffer));
        read.map_err(|error| match error.kind() {
            // The file was truncated after it was opened.
            io::ErrorKind::UnexpectedEof => self.error(Defect::Truncated(what)).offset(offset),
            _ => self.error(error).offset(offset),
        })
    }

    /// Reads `length` bytes from `offset`; `what` describes them in errors. Nothing is allocated before the
    /// length is checked against the file's.
    ///
    /// # Errors
    /// Like [`Source::fill`].
    pub(crate) fn bytes(
        &self,
        offset: u64,
        length: u64,
        what: &'static str,
    ) -> Result<Vec<u8>, CheckpointError> {
        self.check_inside(offset, length, what)?;
        let length =
            usize::try_from(length).map_err(|_| self.malformed(offset, "a length is implausibly large"))?;
        let mut buffer = vec![0; length];
        self.fill(offset, &mut buffer, what)?;
        Ok(buffer)
    }

    /// Reads `N` bytes from `offset`.
    ///
    /// # Errors
    /// Like [`Source::fill`].
    pub(crate) fn array<const N: usize>(
        &self,
        offset: u64,
        what: &'static str,
    ) -> Result<[u8; N], CheckpointError> {
        let mut buffer = [0; N];
        self.fill(offset, &mut buffer, what)?;
        Ok(buffer)
    }

    /// # Errors
    /// If the file ends before `offset + length`.
    pub(crate) fn check_inside(
        &self,
        offset: u64,
        length: u64,
        what: &'static str,
    ) -> Result<(), CheckpointError> {
        match offset.checked_add(length) {
            Some(end) if end <= self.length => Ok(()),
            _ => Err(self.error(Defect::Truncated(what)).offset(offset)),
        }
    }

    /// The memory in bytes for `count` elements of `width` bytes.
    ///
    /// # Errors
    /// If a file of this size cannot contain that much.
    pub(crate) fn check_memory(&self, count: u64, width: u64) -> Result<usize, CheckpointError> {
        let allowed = self.length.saturating_add(ALLOWANCE);
        count
            .checked_mul(width)
            .filter(|bytes| *bytes <= allowed)
            .and_then(|bytes| usize::try_from(bytes).ok())
            .ok_or_else(|| {
                self.error(Defect::Malformed(format!(
                    "it claims {count} elements, far more than a file of its size holds"
                )))
            })
    }
}
