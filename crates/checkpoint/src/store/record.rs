//! The JSON record of each converted file.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use crate::System;
use agemirror_storage::AtomicFile;

/// Largest record in bytes; usual ones have a few hundred.
const MAX_RECORD_LENGTH: u64 = 1 << 16;

/// Describes a converted file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The system.
    #[serde(flatten)]
    pub system: System,
    /// PAGAN's age cluster, 1 to 3.
    pub cluster: Option<u8>,
    /// Name of the source file.
    pub source: String,
    /// SHA-256 of the source in hexadecimal; of several files, one after the other.
    pub source_sha256: String,
    /// Size of the converted file in bytes.
    pub bytes: u64,
    /// SHA-256 of the converted file, in hexadecimal.
    pub sha256: String,
    /// Time of conversion, in seconds since 1970.
    pub installed: u64,
}

/// A converted file and its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The safetensors file.
    pub file: PathBuf,
    /// Its record.
    pub record: Record,
}

impl Installed {
    /// Path of a converted file's record.
    pub(super) fn record_path(file: &Path) -> PathBuf {
        file.with_extension("json")
    }

    pub(super) fn read(file: &Path) -> Option<Self> {
        let record = File::open(Self::record_path(file)).ok()?;
        let record = serde_json::from_reader(record.take(MAX_RECORD_LENGTH)).ok()?;
        Some(Self { file: file.to_owned(), record })
    }

    pub(super) fn write_record(&self) -> Result<(), StoreError> {
        let path = Self::record_path(&self.file);
        let write = || -> io::Result<()> {
            let mut text = serde_json::to_vec_pretty(&self.record)?;
            text.push(b'\n');
            let mut file = AtomicFile::create(&path)?;
            file.write_all(&text)?;
            file.commit()
        };
        write().map_err(|error| StoreError::io(&path, error))
    }

    /// # Errors
    /// If the file does not exist or has the wrong size.
    pub(super) fn check_size(&self) -> Result<(), String> {
        match fs::metadata(&self.file) {
            Ok(metadata) if metadata.len() == self.record.bytes => Ok(()),
            Ok(metadata) => Err(format!("it has {} bytes instead of {}", metadata.len(), self.record.bytes)),
            Err(error) => Err(error.to_string()),
        }
    }
}
