//! TensorFlow's checkpoints: V2 bundles (an index and data files) and V1 files.
//!
//! Both begin with the same kind of table; what lies under its empty key tells them apart. Names and shapes
//! are read when a checkpoint is opened, values when they are asked for. Tensors of types that no network
//! here uses (texts, complex numbers, unsigned integers of more than a byte) are left out.
//!
//! Limits, against hostile files: an index of 16 MiB or 65,536 tensors, names of 4096 bytes, 32 dimensions,
//! 1024 slices a tensor, compressed blocks of 16 MiB.

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

use std::path::Path;

use bundle::Bundle;
use proto::{Fields, Value, malformed};
use table::Table;
use v1::V1File;

use super::source::Source;
use super::{CheckpointError, Format, TensorReader};

/// Whether `path` is a file of a TensorFlow checkpoint by its name, or the prefix of one.
pub(super) fn is_named_like_tensorflow(path: &Path) -> bool {
    locate::is_named_like_tensorflow(path)
}

/// Opens the checkpoint that `path` belongs to: its folder, its prefix, or any of its files (`.index`,
/// `.data-...`, `.meta`, a part of the data file, a V1 file).
///
/// # Errors
/// When no checkpoint belongs to `path`, or its table is damaged. Missing data files show when a tensor is
/// read.
pub(super) fn open(path: &Path) -> Result<(Format, Box<dyn TensorReader>), CheckpointError> {
    open_table(Source::open(&locate::table_file(path)?)?)
}

/// Opens a V1 file or the index of a V2 bundle, whatever its name.
///
/// # Errors
/// When it is damaged.
pub(super) fn open_table(source: Source) -> Result<(Format, Box<dyn TensorReader>), CheckpointError> {
    let table = Table::open(source)?;
    let header = read_header(&table)?;
    let first = Fields::of(&header).next().transpose();
    match first.map_err(|defect| CheckpointError::new(table.path(), defect))? {
        Some((1, Value::Bytes(_))) => Ok((Format::TensorflowV1, Box::new(V1File::open(table, &header)?))),
        _ => Ok((Format::TensorflowV2, Box::new(Bundle::open(&table, &header)?))),
    }
}

/// The value under the empty key, which is the first.
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
