//! What is noted beside each converted file.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::System;
use super::error::StoreError;
use agemirror_storage::AtomicFile;

/// A record is a few hundred bytes.
const LONGEST_RECORD: u64 = 1 << 16;

/// What a converted file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The system.
    #[serde(flatten)]
    pub system: System,
    /// Which of PAGAN's clusters it makes, 1 to 3.
    pub cluster: Option<u8>,
    /// The name of the file it was made from.
    pub source: String,
    /// That file's SHA-256, in hexadecimal; of several files, one after the other.
    pub source_sha256: String,
    /// The converted file's size.
    pub bytes: u64,
    /// The converted file's SHA-256, in hexadecimal.
    pub sha256: String,
    /// When it was converted, in seconds since 1970.
    pub installed: u64,
}

/// A converted file and its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The safetensors file.
    pub file: PathBuf,
    /// What it is.
    pub record: Record,
}

impl Installed {
    /// Where the record of a converted file is.
    pub(super) fn record_path(file: &Path) -> PathBuf {
        file.with_extension("json")
    }

    pub(super) fn read(file: &Path) -> Option<Self> {
        let record = File::open(Self::record_path(file)).ok()?;
        let record = serde_json::from_reader(record.take(LONGEST_RECORD)).ok()?;
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
    /// When the file is not there or has another size.
    pub(super) fn check_size(&self) -> Result<(), String> {
        match fs::metadata(&self.file) {
            Ok(about) if about.len() == self.record.bytes => Ok(()),
            Ok(about) => Err(format!("it has {} bytes instead of {}", about.len(), self.record.bytes)),
            Err(error) => Err(error.to_string()),
        }
    }
}
