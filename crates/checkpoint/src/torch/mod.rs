//! The PyTorch reader: a pickle that describes tensors, and the storages that contain their values.
//!
//! Since PyTorch 1.6 both are entries of a zip archive, as in TorchScript files; before, they followed each
//! other in one file (`torch/serialization.py`, functions `_save` and `_legacy_save`).

mod archive;
mod legacy;
mod pickle;
mod tensors;
mod walk;
mod zip_format;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use candle_core::Tensor;

use super::TensorReader;
use super::entry::TensorEntry;
use super::error::{CheckpointError, Defect};
use super::source::Source;
use super::values::{Location, check_tensor, read_tensor};
use pickle::{Graph, Value};
use tensors::{Storages, TensorDescription, TensorError};

/// An open PyTorch file.
pub(super) struct TorchReader {
    source: Source,
    entries: Vec<TensorEntry>,
    locations: Vec<Location>,
}

/// A tensor, and the index of its storage.
struct StoredTensor {
    name: String,
    tensor: TensorDescription,
    storage: usize,
}

impl TorchReader {
    /// Opens a file of PyTorch 1.6 or later.
    ///
    /// # Errors
    /// If it is damaged or contains no tensors.
    pub(super) fn zip(source: Source) -> Result<Self, CheckpointError> {
        let (tensors, starts) = zip_format::read(&source)?;
        Self::new(source, tensors, &starts)
    }

    /// Opens a file written before PyTorch 1.6, whose signature is `signature` bytes long.
    ///
    /// # Errors
    /// If it is damaged or contains no tensors.
    pub(super) fn legacy(source: Source, signature: u64) -> Result<Self, CheckpointError> {
        let (tensors, starts) = legacy::read(&source, signature)?;
        Self::new(source, tensors, &starts)
    }

    /// `starts` are the offsets of the storages.
    fn new(
        source: Source,
        tensors: Vec<StoredTensor>,
        starts: &[Option<u64>],
    ) -> Result<Self, CheckpointError> {
        let mut reader = Self { source, entries: Vec::new(), locations: Vec::new() };
        let mut names = HashSet::new();
        for StoredTensor { name, tensor, storage } in tensors {
            let wrong = |what: &str| reader.source.error(Defect::Malformed(what.to_owned())).tensor(&name);
            if !names.insert(name.clone()) {
                return Err(wrong("duplicate tensor name"));
            }
            let start = starts.get(storage).copied().flatten();
            let start = start.ok_or_else(|| wrong("the storage is not in the file"))?;
            let TensorDescription { shape, strides, first, storage } = tensor;
            let location =
                Location { start, length: storage.length, first, strides: Some(strides), big_endian: false };
            check_tensor(&reader.source, storage.elements, &shape, &location)
                .map_err(|error| error.tensor(&name))?;
            reader.entries.push(TensorEntry { name, shape, elements: storage.elements });
            reader.locations.push(location);
        }
        Ok(reader)
    }
}

impl TensorReader for TorchReader {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn read(&self, index: usize) -> Result<Tensor, CheckpointError> {
        let (Some(entry), Some(location)) = (self.entries.get(index), self.locations.get(index)) else {
            return Err(self.source.error(Defect::NoSuchTensor));
        };
        read_tensor(&self.source, entry.elements, &entry.shape, location)
            .map_err(|error| error.tensor(&entry.name))
    }
}

/// The tensors that the pickle at `offset` describes, and their storages.
fn collect_tensors(
    source: &Source,
    offset: u64,
    graph: &Graph,
    root: Value,
) -> Result<(Vec<StoredTensor>, Storages), CheckpointError> {
    let found = walk::tensors(graph, root).map_err(|what| source.malformed(offset, what))?;
    if found.is_empty() {
        let what = "a Python object without tensors; save the network's `state_dict()` instead";
        return Err(source.error(Defect::Unsupported(what.to_owned())).offset(offset));
    }
    let mut storages = Storages::default();
    let mut tensors = Vec::with_capacity(found.len());
    for (name, tensor) in found {
        let located = tensor.and_then(|tensor| Ok((storages.index_of(tensor.storage.clone())?, tensor)));
        let (storage, tensor) = located.map_err(|fault| {
            let defect = match fault {
                TensorError::Malformed(what) => Defect::Malformed(what.to_owned()),
                TensorError::Unsupported(what) => Defect::Unsupported(what),
            };
            source.error(defect).tensor(&name).offset(offset)
        })?;
        tensors.push(StoredTensor { name, tensor, storage });
    }
    Ok((tensors, storages))
}
