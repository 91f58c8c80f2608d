//! TensorFlow V1 files: one table that holds a list of the tensors and then their values.
//!
//! Source of the messages: `tensorflow/core/util/saved_tensor_slice.proto`, `tensor.proto`.

use std::io::Cursor;
use std::path::PathBuf;

use candle_core::Tensor;

use super::elements::{Piece, element_type, read_tensor};
use super::ordered::slice_key;
use super::proto::{Fields, malformed, varint};
use super::slices::{Region, TensorSlice, check_parts, parse_shape};
use super::table::Table;
use crate::checkpoint::{CheckpointError, Defect, ElementType, TensorEntry, TensorReader};

/// The longest list of tensors, in bytes and in tensors.
const MAX_LIST: usize = 16 << 20;
const MAX_TENSORS: usize = 1 << 16;

/// An open V1 file. The list of its tensors and of its blocks is held.
pub(super) struct V1File {
    table: Table,
    entries: Vec<TensorEntry>,
    /// The `SavedSliceMeta` of each entry.
    metas: Vec<Vec<u8>>,
}

impl V1File {
    /// `header` is the value of the table's first key, a `SavedTensorSlices` with nothing but the list.
    pub(super) fn open(table: Table, header: &[u8]) -> Result<Self, CheckpointError> {
        let mut file = Self { table, entries: Vec::new(), metas: Vec::new() };
        file.read_list(header).map_err(|defect| CheckpointError::new(file.table.path(), defect))?;
        Ok(file)
    }

    fn read_list(&mut self, header: &[u8]) -> Result<(), Defect> {
        if header.len() > MAX_LIST {
            return Err(Defect::Unsupported(format!(
                "a list of tensors of more than {} MiB",
                MAX_LIST >> 20
            )));
        }
        for field in Fields::of(only(header, 1)?) {
            if let (1, value) = field? {
                self.add(value.bytes()?)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, meta: &[u8]) -> Result<(), Defect> {
        if self.entries.len() >= MAX_TENSORS {
            return Err(Defect::Unsupported(format!("more than {MAX_TENSORS} tensors")));
        }
        let name = String::from_utf8(only(meta, 1)?.to_vec()).map_err(|_| malformed("a name is not text"))?;
        let shape = parse_shape(only(meta, 2)?)?;
        let mut data_type = 0;
        for field in Fields::of(meta) {
            if let (3, value) = field? {
                data_type = value.number()?;
            }
        }
        let Some(elements) = element_type(data_type) else {
            tracing::debug!("{name} is left out: its TensorFlow type is number {data_type}");
            return Ok(());
        };
        self.entries.push(TensorEntry { name, shape, elements });
        self.metas.push(meta.to_vec());
        Ok(())
    }

    fn read_entry(&self, index: usize) -> Result<Tensor, CheckpointError> {
        let entry = &self.entries[index];
        let slices = slices_of(&self.metas[index]).and_then(|slices| {
            let regions: Result<Vec<_>, _> = slices.iter().map(|slice| slice.region(&entry.shape)).collect();
            Ok((slices, regions?))
        });
        let (slices, regions) = slices.map_err(|defect| CheckpointError::new(self.table.path(), defect))?;
        let find = |number: usize| self.piece(entry, &slices[number], &regions[number]);
        read_tensor(self.table.path(), entry, &regions, &find)
    }

    fn piece(
        &self,
        entry: &TensorEntry,
        slice: &TensorSlice,
        region: &Region,
    ) -> Result<Piece<'_>, CheckpointError> {
        let key = slice_key(&entry.name, slice);
        let missing = || CheckpointError::new(self.table.path(), malformed("its values are not in the file"));
        let block = self.table.read_block(self.table.block_of(&key).ok_or_else(missing)?)?;
        let mut entries = block.entries();
        while let Some(value) = entries.advance()? {
            if entries.key() == key {
                let (offset, fail) = (block.place(value.start), |defect| block.error(value.start, defect));
                let found = values_in(block.bytes(value.clone()), entry, region.elements());
                let bytes = match found.map_err(fail)? {
                    Values::Plain(within) => {
                        block.into_bytes(value.start + within.start..value.start + within.end)
                    }
                    Values::Spelt(bytes) => bytes,
                };
                let (length, file): (_, PathBuf) = (bytes.len() as u64, self.table.path().to_owned());
                // The checksum of the block covers the values, too.
                return Ok(Piece {
                    bytes: Box::new(Cursor::new(bytes)),
                    length,
                    checksum: None,
                    file,
                    offset,
                });
            }
        }
        Err(missing())
    }
}

impl TensorReader for V1File {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn files(&self) -> Vec<PathBuf> {
        vec![self.table.path().to_owned()]
    }

    fn read(&self, index: usize) -> Result<Tensor, CheckpointError> {
        self.read_entry(index).map_err(|error| error.tensor(&self.entries[index].name))
    }
}

/// The bytes of the last field `wanted` of a message; empty where there is none.
fn only(message: &[u8], wanted: u64) -> Result<&[u8], Defect> {
    let mut bytes: &[u8] = &[];
    for field in Fields::of(message) {
        match field? {
            (number, value) if number == wanted => bytes = value.bytes()?,
            _ => {}
        }
    }
    Ok(bytes)
}

/// The slices in a `SavedSliceMeta`.
fn slices_of(meta: &[u8]) -> Result<Vec<TensorSlice>, Defect> {
    let mut slices = Vec::new();
    for field in Fields::of(meta) {
        if let (4, value) = field? {
            slices.push(TensorSlice::parse(value.bytes()?)?);
            check_parts(slices.len())?;
        }
    }
    Ok(slices)
}

/// The values of a slice.
#[derive(Debug)]
enum Values {
    /// They are stored as they are wanted, in these bytes of the record.
    Plain(std::ops::Range<usize>),
    /// They were stored as numbers of variable length, and are these bytes.
    Spelt(Vec<u8>),
}

/// The field of `TensorProto` with truth values, which count as bytes here.
const TRUTH_VALUES: u64 = 11;

/// Finds the values in a record, a `SavedTensorSlices` with one `SavedSlice`.
fn values_in(record: &[u8], entry: &TensorEntry, count: usize) -> Result<Values, Defect> {
    let saved = only(record, 2)?;
    if only(saved, 1)? != entry.name.as_bytes() {
        return Err(malformed("another tensor's values lie under its name"));
    }
    let tensor = only(saved, 3)?;
    let content = only(tensor, 4)?;
    let (field, plain) = value_field(entry.elements);
    let mut listed = only(tensor, field)?;
    if listed.is_empty() && entry.elements == ElementType::U8 {
        listed = only(tensor, TRUTH_VALUES)?;
    }
    if content.is_empty() && !plain {
        return spell(listed, count, entry.elements.size() as usize).map(Values::Spelt);
    }
    let bytes = if content.is_empty() { listed } else { content };
    // A part of the record, so the distance between their beginnings is its place in it.
    let start = if bytes.is_empty() { 0 } else { bytes.as_ptr() as usize - record.as_ptr() as usize };
    Ok(Values::Plain(start..start + bytes.len()))
}

/// The field of `TensorProto` with values of a type, and whether they are stored at their own size.
fn value_field(elements: ElementType) -> (u64, bool) {
    match elements {
        ElementType::F32 => (5, true),
        ElementType::F64 => (6, true),
        ElementType::U8 | ElementType::I8 | ElementType::I16 | ElementType::I32 => (7, false),
        ElementType::I64 => (10, false),
        ElementType::F16 | ElementType::BF16 => (13, false),
    }
}

/// The low `size` bytes of `count` numbers of variable length.
fn spell(mut numbers: &[u8], count: usize, size: usize) -> Result<Vec<u8>, Defect> {
    if count > numbers.len() {
        return Err(Defect::Truncated("the end of a tensor's values"));
    }
    let mut bytes = Vec::with_capacity(count * size);
    while !numbers.is_empty() && bytes.len() < count * size {
        bytes.extend_from_slice(&varint(&mut numbers)?.to_le_bytes()[..size]);
    }
    if !numbers.is_empty() {
        return Err(malformed("a tensor has more values than its shape says"));
    }
    Ok(bytes)
}
