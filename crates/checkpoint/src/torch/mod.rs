//! The reader of PyTorch's files: a pickle that describes tensors, and the storages they lie in.
//!
//! Since PyTorch 1.6 both are entries of a zip archive, as in TorchScript's files; before, they followed each other
//! in one file
//! (`torch/serialization.py`, functions `_save` and `_legacy_save`).

mod legacy;
mod pickle;
mod tensors;
mod walk;
mod zip;
mod zipped;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use candle_core::Tensor;

use super::TensorReader;
use super::entry::TensorEntry;
use super::error::{CheckpointError, Defect};
use super::source::Source;
use super::values::{Place, check_tensor, read_tensor};
use pickle::{Graph, Value};
use tensors::{Described, Fault, Storages};

/// A PyTorch file.
pub(super) struct TorchReader {
    source: Source,
    entries: Vec<TensorEntry>,
    places: Vec<Place>,
}

/// A tensor that was described, and the place of its storage among all.
struct Wanted {
    name: String,
    tensor: Described,
    storage: usize,
}

impl TorchReader {
    /// Reads a file of PyTorch 1.6 or later.
    ///
    /// # Errors
    /// When it is damaged or holds no tensors.
    pub(super) fn zip(source: Source) -> Result<Self, CheckpointError> {
        let (wanted, starts) = zipped::read(&source)?;
        Self::new(source, wanted, &starts)
    }

    /// Reads a file written before PyTorch 1.6, whose first `signature` bytes say so.
    ///
    /// # Errors
    /// When it is damaged or holds no tensors.
    pub(super) fn legacy(source: Source, signature: u64) -> Result<Self, CheckpointError> {
        let (wanted, starts) = legacy::read(&source, signature)?;
        Self::new(source, wanted, &starts)
    }

    /// `starts` are the bytes at which the storages begin.
    fn new(source: Source, wanted: Vec<Wanted>, starts: &[Option<u64>]) -> Result<Self, CheckpointError> {
        let mut reader = Self { source, entries: Vec::new(), places: Vec::new() };
        let mut names = HashSet::new();
        for Wanted { name, tensor, storage } in wanted {
            let wrong = |what: &str| reader.source.error(Defect::Malformed(what.to_owned())).tensor(&name);
            if !names.insert(name.clone()) {
                return Err(wrong("its name is there twice"));
            }
            let start = starts.get(storage).copied().flatten();
            let start = start.ok_or_else(|| wrong("its storage is not in the file"))?;
            let Described { shape, strides, first, storage } = tensor;
            let place =
                Place { start, length: storage.length, first, strides: Some(strides), big_endian: false };
            check_tensor(&reader.source, storage.elements, &shape, &place)
                .map_err(|error| error.tensor(&name))?;
            reader.entries.push(TensorEntry { name, shape, elements: storage.elements });
            reader.places.push(place);
        }
        Ok(reader)
    }
}

impl TensorReader for TorchReader {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn read(&self, index: usize) -> Result<Tensor, CheckpointError> {
        let (Some(entry), Some(place)) = (self.entries.get(index), self.places.get(index)) else {
            return Err(self.source.error(Defect::NoSuchTensor));
        };
        read_tensor(&self.source, entry.elements, &entry.shape, place)
            .map_err(|error| error.tensor(&entry.name))
    }
}

/// The tensors that the pickle at `offset` describes, and their storages.
fn collect(
    source: &Source,
    offset: u64,
    graph: &Graph,
    root: Value,
) -> Result<(Vec<Wanted>, Storages), CheckpointError> {
    let found = walk::tensors(graph, root).map_err(|what| source.malformed(offset, what))?;
    if found.is_empty() {
        let what = "a Python object without tensors; save the network's `state_dict()` instead";
        return Err(source.error(Defect::Unsupported(what.to_owned())).offset(offset));
    }
    let mut storages = Storages::default();
    let mut wanted = Vec::with_capacity(found.len());
    for (name, tensor) in found {
        let placed = tensor.and_then(|tensor| Ok((storages.place(tensor.storage.clone())?, tensor)));
        let (storage, tensor) = placed.map_err(|fault| {
            let defect = match fault {
                Fault::Malformed(what) => Defect::Malformed(what.to_owned()),
                Fault::Unsupported(what) => Defect::Unsupported(what),
            };
            source.error(defect).tensor(&name).offset(offset)
        })?;
        wanted.push(Wanted { name, tensor, storage });
    }
    Ok((wanted, storages))
}
