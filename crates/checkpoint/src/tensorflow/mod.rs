//! The TensorFlow reader: V2 bundles (an index and data files) and V1 files.
//!
//! Both contain the same kind of table, whose empty key distinguishes them. Names and shapes are read when a
//! checkpoint is opened, values on request. Tensors of types that no supported network uses (text, complex
//! and quantised numbers) are listed but not read.
//!
//! Limits, against malicious files: an index of 16 MiB or 65,536 tensors, names of 4096 bytes, 32 dimensions,
//! 1024 slices per tensor, 1000 files per V1 checkpoint, compressed blocks of 16 MiB.

mod block;
mod bundle;
mod checksum;
mod data;
mod elements;
mod locate;
mod ordered;
mod proto;
mod slices;
mod table;
mod v1;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use bundle::Bundle;
use proto::{Fields, Value, malformed};
use table::Table;
use v1::V1Files;

use super::source::Source;
use super::{CheckpointError, Format, TensorReader};

/// Whether `path` has the name of a TensorFlow checkpoint's file, or is the prefix of one.
pub(super) fn is_named_like_tensorflow(path: &Path) -> bool {
    locate::is_named_like_tensorflow(path)
}

/// Opens the checkpoint that `path` belongs to: its folder, its prefix, or any of its files (`.index`,
/// `.data-...`, `.meta`, a part of the data file, a V1 file).
///
/// # Errors
/// If no checkpoint belongs to `path`, or its table is damaged. Missing data files are only reported when a
/// tensor is read.
pub(super) fn open(path: &Path) -> Result<(Format, Box<dyn TensorReader>), CheckpointError> {
    let mut files = locate::table_files(path)?;
    match (files.pop(), files.is_empty()) {
        (Some(only), true) => open_table(Source::open(&only)?),
        (last, _) => open_shards(files.into_iter().chain(last)),
    }
}

/// Opens the shards of a V1 checkpoint.
fn open_shards(
    files: impl Iterator<Item = PathBuf>,
) -> Result<(Format, Box<dyn TensorReader>), CheckpointError> {
    let mut tables = Vec::new();
    for file in files {
        let table = Table::open(Source::open(&file)?)?;
        let header = read_header(&table)?;
        if !is_v1(&table, &header)? {
            let what = "it is named like a file of a V1 checkpoint, but is not one";
            return Err(CheckpointError::new(&file, malformed(what)));
        }
        tables.push((table, header));
    }
    Ok((Format::TensorflowV1, Box::new(V1Files::open(tables)?)))
}

/// Opens a V1 file or the index of a V2 bundle, whatever its name.
///
/// # Errors
/// If it is damaged.
pub(super) fn open_table(source: Source) -> Result<(Format, Box<dyn TensorReader>), CheckpointError> {
    let table = Table::open(source)?;
    let header = read_header(&table)?;
    if is_v1(&table, &header)? {
        return Ok((Format::TensorflowV1, Box::new(V1Files::open(vec![(table, header)])?)));
    }
    Ok((Format::TensorflowV2, Box::new(Bundle::open(&table, &header)?)))
}

/// Whether the value of a table's first key is that of a V1 file.
fn is_v1(table: &Table, header: &[u8]) -> Result<bool, CheckpointError> {
    let first = Fields::of(header).next().transpose();
    let first = first.map_err(|defect| CheckpointError::new(table.path(), defect))?;
    Ok(matches!(first, Some((1, Value::Bytes(_)))))
}

/// The value of the empty key, which comes first.
fn read_header(table: &Table) -> Result<Vec<u8>, CheckpointError> {
    if let Some(handle) = table.blocks().next() {
        let block = table.read_block(handle)?;
        let mut entries = block.entries();
        if let Some(value) = entries.advance()?.filter(|_| entries.key().is_empty()) {
            return Ok(block.into_bytes(value));
        }
    }
    Err(CheckpointError::new(table.path(), malformed("a table without a TensorFlow header")))
}
