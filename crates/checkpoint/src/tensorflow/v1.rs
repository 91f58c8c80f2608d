//! TensorFlow V1 files: a table with a list of the tensors followed by their values. A sharded saver writes
//! several files, each with the tensors, or slices of tensors, of one device.
//!
//! Format of the messages: `tensorflow/core/util/saved_tensor_slice.proto`, `tensor.proto`.

use std::collections::HashMap;
use std::io::Cursor;
use std::path::PathBuf;

use candle_core::Tensor;

use super::elements::{Piece, element_type, read_tensor, unread_type};
use super::ordered::slice_key;
use super::proto::{Fields, malformed, varint};
use super::slices::{Region, TensorSlice, check_parts, parse_shape};
use super::table::Table;
use crate::{CheckpointError, Defect, ElementType, TensorEntry, TensorReader, Unread};

/// Largest list of tensors of all files together, in bytes and in tensors.
const MAX_LIST: usize = 16 << 20;
const MAX_TENSORS: usize = 1 << 16;

/// The open V1 files of one checkpoint. The lists of their tensors and of their blocks are in memory.
pub(super) struct V1Files {
    tables: Vec<Table>,
    entries: Vec<TensorEntry>,
    /// The `SavedSliceMeta` of each entry, with the index of its table.
    metas: Vec<Vec<(usize, Vec<u8>)>>,
    unread: Vec<Unread>,
}

/// The contents of the lists read so far.
#[derive(Default)]
struct Listed {
    /// Total size of the lists in bytes.
    bytes: usize,
    /// Index of each tensor's entry; `None` for an unsupported type.
    by_name: HashMap<String, Option<usize>>,
}

impl V1Files {
    /// Each table comes with the value of its first key, a `SavedTensorSlices` that contains only the list.
    pub(super) fn open(tables: Vec<(Table, Vec<u8>)>) -> Result<Self, CheckpointError> {
        let (mut files, mut listed) = (Self::empty(), Listed::default());
        for (index, (table, header)) in tables.into_iter().enumerate() {
            let path = table.path().to_owned();
            files.tables.push(table);
            files
                .read_list(index, &header, &mut listed)
                .map_err(|defect| CheckpointError::new(&path, defect))?;
        }
        Ok(files)
    }

    fn empty() -> Self {
        Self { tables: Vec::new(), entries: Vec::new(), metas: Vec::new(), unread: Vec::new() }
    }

    fn read_list(&mut self, table: usize, header: &[u8], listed: &mut Listed) -> Result<(), Defect> {
        listed.bytes = listed.bytes.saturating_add(header.len());
        if listed.bytes > MAX_LIST {
            let what = format!("a list of tensors of more than {} MiB", MAX_LIST >> 20);
            return Err(Defect::Unsupported(what));
        }
        for field in Fields::of(last_field(header, 1)?) {
            if let (1, value) = field? {
                self.add(table, value.bytes()?, listed)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, table: usize, meta: &[u8], listed: &mut Listed) -> Result<(), Defect> {
        let name =
            String::from_utf8(last_field(meta, 1)?.to_vec()).map_err(|_| malformed("a name is not text"))?;
        let shape = parse_shape(last_field(meta, 2)?)?;
        let mut data_type = 0;
        for field in Fields::of(meta) {
            if let (3, value) = field? {
                data_type = value.number()?;
            }
        }
        if let Some(known) = listed.by_name.get(&name) {
            return known.map_or(Ok(()), |known| self.add_slices(known, table, meta, (&shape, data_type)));
        }
        if listed.by_name.len() >= MAX_TENSORS {
            return Err(Defect::Unsupported(format!("more than {MAX_TENSORS} tensors")));
        }
        let Some(elements) = element_type(data_type) else {
            listed.by_name.insert(name.clone(), None);
            self.unread.push(Unread { name, what: unread_type(data_type) });
            return Ok(());
        };
        listed.by_name.insert(name.clone(), Some(self.entries.len()));
        self.entries.push(TensorEntry { name, shape, elements });
        self.metas.push(vec![(table, meta.to_vec())]);
        Ok(())
    }

    /// Adds slices of the tensor at `known` from another file.
    fn add_slices(
        &mut self,
        known: usize,
        table: usize,
        meta: &[u8],
        (shape, data_type): (&[usize], u64),
    ) -> Result<(), Defect> {
        let entry = &self.entries[known];
        if entry.shape != shape || element_type(data_type) != Some(entry.elements) {
            return Err(malformed(format!("{} has a different shape or type in another file", entry.name)));
        }
        self.metas[known].push((table, meta.to_vec()));
        Ok(())
    }

    fn read_entry(&self, index: usize) -> Result<Tensor, CheckpointError> {
        let entry = &self.entries[index];
        let path = self.tables[self.metas[index][0].0].path();
        let slices = slices_of(&self.metas[index]).and_then(|slices| {
            let regions: Result<Vec<_>, _> =
                slices.iter().map(|(_, slice)| slice.region(&entry.shape)).collect();
            Ok((slices, regions?))
        });
        let (slices, regions) = slices.map_err(|defect| CheckpointError::new(path, defect))?;
        let find = |number: usize| {
            let (table, slice) = &slices[number];
            piece(&self.tables[*table], entry, slice, &regions[number])
        };
        read_tensor(path, entry, &regions, &find)
    }
}

/// Finds the values of one slice in `table`.
fn piece<'a>(
    table: &'a Table,
    entry: &TensorEntry,
    slice: &TensorSlice,
    region: &Region,
) -> Result<Piece<'a>, CheckpointError> {
    let key = slice_key(&entry.name, slice);
    let missing = || CheckpointError::new(table.path(), malformed("its values are not in the file"));
    let block = table.read_block(table.block_of(&key).ok_or_else(missing)?)?;
    let mut entries = block.entries();
    while let Some(value) = entries.advance()? {
        if entries.key() == key {
            let (offset, fail) = (block.file_offset(value.start), |defect| block.error(value.start, defect));
            let found = values_in(block.bytes(value.clone()), entry, region.elements());
            let bytes = match found.map_err(fail)? {
                Values::Plain(within) => {
                    block.into_bytes(value.start + within.start..value.start + within.end)
                }
                Values::Decoded(bytes) => bytes,
            };
            let (length, file): (_, PathBuf) = (bytes.len() as u64, table.path().to_owned());
            // The checksum of the block covers the values too.
            return Ok(Piece { bytes: Box::new(Cursor::new(bytes)), length, checksum: None, file, offset });
        }
    }
    Err(missing())
}

impl TensorReader for V1Files {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn unread(&self) -> &[Unread] {
        &self.unread
    }

    fn files(&self) -> Vec<PathBuf> {
        self.tables.iter().map(|table| table.path().to_owned()).collect()
    }

    fn read(&self, index: usize) -> Result<Tensor, CheckpointError> {
        self.read_entry(index).map_err(|error| error.tensor(&self.entries[index].name))
    }
}

/// The bytes of the last field `wanted` of a message; empty if there is none.
fn last_field(message: &[u8], wanted: u64) -> Result<&[u8], Defect> {
    let mut bytes: &[u8] = &[];
    for field in Fields::of(message) {
        match field? {
            (number, value) if number == wanted => bytes = value.bytes()?,
            _ => {}
        }
    }
    Ok(bytes)
}

/// The slices of a tensor, each with the index of its table.
fn slices_of(metas: &[(usize, Vec<u8>)]) -> Result<Vec<(usize, TensorSlice)>, Defect> {
    let mut slices = Vec::new();
    for (table, meta) in metas {
        for field in Fields::of(meta) {
            if let (4, value) = field? {
                slices.push((*table, TensorSlice::parse(value.bytes()?)?));
                check_parts(slices.len())?;
            }
        }
    }
    Ok(slices)
}

/// The values of a slice.
#[derive(Debug)]
enum Values {
    /// Stored as needed, in this range of the record.
    Plain(std::ops::Range<usize>),
    /// Stored as varints, decoded to these bytes.
    Decoded(Vec<u8>),
}

/// The field of `TensorProto` with booleans, which are read as bytes.
const BOOL_FIELD: u64 = 11;

/// Finds the values in a record, a `SavedTensorSlices` with one `SavedSlice`.
fn values_in(record: &[u8], entry: &TensorEntry, count: usize) -> Result<Values, Defect> {
    let saved = last_field(record, 2)?;
    if last_field(saved, 1)? != entry.name.as_bytes() {
        return Err(malformed("another tensor's values are stored under its name"));
    }
    let tensor = last_field(saved, 3)?;
    let content = last_field(tensor, 4)?;
    let (field, plain) = value_field(entry.elements);
    let mut listed = last_field(tensor, field)?;
    if listed.is_empty() && entry.elements == ElementType::U8 {
        listed = last_field(tensor, BOOL_FIELD)?;
    }
    if content.is_empty() && !plain {
        return decode_varints(listed, count, entry.elements.size() as usize).map(Values::Decoded);
    }
    let bytes = if content.is_empty() { listed } else { content };
    // A slice of the record, so the distance between their starts is its offset.
    let start = if bytes.is_empty() { 0 } else { bytes.as_ptr() as usize - record.as_ptr() as usize };
    Ok(Values::Plain(start..start + bytes.len()))
}

/// The field of `TensorProto` with values of a type, and whether they are stored at their own size.
fn value_field(elements: ElementType) -> (u64, bool) {
    match elements {
        ElementType::F32 => (5, true),
        ElementType::F64 => (6, true),
        ElementType::U8 | ElementType::I8 | ElementType::U16 | ElementType::I16 | ElementType::I32 => {
            (7, false)
        }
        ElementType::U32 => (16, false),
        ElementType::U64 => (17, false),
        ElementType::I64 => (10, false),
        ElementType::F16 | ElementType::BF16 => (13, false),
    }
}

/// The low `size` bytes of `count` varints.
fn decode_varints(mut numbers: &[u8], count: usize, size: usize) -> Result<Vec<u8>, Defect> {
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
