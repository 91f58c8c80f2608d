//! The reader of HDF5 files as Keras writes them: old-style groups, contiguous values.
//!
//! Format: "HDF5 File Format Specification", version 2.0
//! (<https://docs.hdfgroup.org/hdf5/develop/_f_m_t2.html>). Only the variants that h5py writes by default are
//! supported; errors name any other.

mod bytes;
mod datatype;
mod groups;
mod object;

#[cfg(test)]
mod tests;

use candle_core::Tensor;

use super::TensorReader;
use super::entry::{TensorEntry, Unread};
use super::error::{CheckpointError, Defect};
use super::source::Source;
use super::values::{Location, element_count, read_tensor};
use groups::datasets_below;

/// The first bytes of an HDF5 file.
pub(super) const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";

/// A tensor and the location of its values.
struct FoundTensor {
    entry: TensorEntry,
    /// Offset of the values in bytes; `None` if none were written.
    start: Option<u64>,
    big_endian: bool,
}

/// All datasets of a file.
#[derive(Default)]
struct Datasets {
    tensors: Vec<FoundTensor>,
    unread: Vec<Unread>,
}

/// An open HDF5 file.
pub(super) struct Hdf5Reader {
    source: Source,
    entries: Vec<TensorEntry>,
    /// The offset of each entry's values, and whether they are big-endian.
    locations: Vec<(Option<u64>, bool)>,
    unread: Vec<Unread>,
}

impl Hdf5Reader {
    /// # Errors
    /// If the file is damaged or uses a newer variant than Keras writes.
    pub(super) fn new(source: Source) -> Result<Self, CheckpointError> {
        let root = root(&source)?;
        let Datasets { tensors, unread } = datasets_below(&source, root)?;
        let split = tensors.into_iter().map(|found| (found.entry, (found.start, found.big_endian)));
        let (entries, locations) = split.unzip();
        Ok(Self { source, entries, locations, unread })
    }
}

impl TensorReader for Hdf5Reader {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn unread(&self) -> &[Unread] {
        &self.unread
    }

    fn read(&self, index: usize) -> Result<Tensor, CheckpointError> {
        let (Some(entry), Some((start, big_endian))) = (self.entries.get(index), self.locations.get(index))
        else {
            return Err(self.source.error(Defect::NoSuchTensor));
        };
        let count = element_count(&entry.shape).unwrap_or(u64::MAX);
        let start = match start {
            Some(start) => *start,
            None if count == 0 => 0,
            None => return Err(self.source.error(Defect::Truncated("the values")).tensor(&entry.name)),
        };
        let location = Location { big_endian: *big_endian, ..Location::packed(start, count) };
        read_tensor(&self.source, entry.elements, &entry.shape, &location)
            .map_err(|error| error.tensor(&entry.name))
    }
}

/// The address of the root group's object header.
fn root(source: &Source) -> Result<u64, CheckpointError> {
    let start: [u8; 16] = source.array(0, "its superblock")?;
    let version = start[8];
    // Version 1 has four more bytes before the addresses.
    let more = match version {
        0 => 0,
        1 => 4,
        _ => return Err(unsupported(source, format!("a superblock of version {version}"))),
    };
    if start[13..15] != [8, 8] {
        return Err(unsupported(source, format!("addresses of {} bytes", start[13])));
    }
    let base = u64::from_le_bytes(source.array(24 + more, "its superblock")?);
    if base != 0 {
        return Err(unsupported(source, "a user block".to_owned()));
    }
    Ok(u64::from_le_bytes(source.array(64 + more, "its superblock")?))
}

fn unsupported(source: &Source, what: String) -> CheckpointError {
    source.error(Defect::Unsupported(format!(
        "{what} in HDF5; save the weights again with h5py's libver=\"earliest\" and without compression"
    )))
}
