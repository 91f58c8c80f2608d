//! TensorFlow V2 bundles: a table of names, shapes and locations, and data files with the values.
//!
//! Format of the messages: `tensorflow/core/protobuf/tensor_bundle.proto`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use candle_core::Tensor;

use super::data::DataFile;
use super::elements::{Piece, element_type, read_tensor, unread_type};
use super::locate::with_suffix;
use super::ordered::slice_key;
use super::proto::{Fields, malformed};
use super::slices::{Region, TensorSlice, check_parts, parse_shape};
use super::table::Table;
use crate::{CheckpointError, Defect, TensorEntry, TensorReader, Unread};

/// Largest total size of an index's keys and values, in bytes.
const MAX_INDEX: usize = 16 << 20;
/// Largest number of tensors and slices of tensors.
const MAX_RECORDS: usize = 1 << 16;
/// First byte of the keys of slices; no name begins with it.
const SLICE_PREFIX: u8 = 0;

/// A key and its value in the index.
struct Record {
    key: Vec<u8>,
    value: Vec<u8>,
    /// Offset of the value in the index file.
    offset: u64,
}

/// A `BundleEntryProto`.
#[derive(Default)]
struct BundleEntry {
    data_type: u64,
    shape: Vec<usize>,
    shard: u64,
    offset: u64,
    size: u64,
    checksum: u32,
    slices: Vec<TensorSlice>,
}

/// The relevant part of a `BundleHeaderProto`.
#[derive(Default)]
struct BundleHeader {
    shards: u64,
    big_endian: bool,
    oldest_reader: u64,
}

/// An open bundle. The index is in memory; the data files are opened when a tensor is read.
pub(super) struct Bundle {
    index: PathBuf,
    shards: u64,
    records: Vec<Record>,
    entries: Vec<TensorEntry>,
    /// Index of each entry's record.
    record_indices: Vec<usize>,
    unread: Vec<Unread>,
}

impl Bundle {
    /// `header` is the value of the table's first key.
    pub(super) fn open(table: &Table, header: &[u8]) -> Result<Self, CheckpointError> {
        let shards = check_header(header).map_err(|defect| CheckpointError::new(table.path(), defect))?;
        let index = table.path().to_owned();
        let records = read_records(table)?;
        let (mut entries, mut record_indices, mut unread) = (Vec::new(), Vec::new(), Vec::new());
        for (index_of_record, record) in records.iter().enumerate() {
            let entry = describe(record)
                .map_err(|defect| CheckpointError::new(&index, defect).offset(record.offset))?;
            match entry {
                Some(Ok(entry)) => {
                    entries.push(entry);
                    record_indices.push(index_of_record);
                }
                Some(Err(left)) => unread.push(left),
                None => {}
            }
        }
        Ok(Self { index, shards, records, entries, record_indices, unread })
    }

    fn bundle_entry(&self, record: &Record) -> Result<BundleEntry, CheckpointError> {
        BundleEntry::parse(&record.value).map_err(|defect| self.error(record, defect))
    }

    fn error(&self, record: &Record, defect: Defect) -> CheckpointError {
        CheckpointError::new(&self.index, defect).offset(record.offset)
    }

    fn read_entry(&self, index: usize) -> Result<Tensor, CheckpointError> {
        let (entry, record) = (&self.entries[index], &self.records[self.record_indices[index]]);
        let stored = self.bundle_entry(record)?;
        let slices = stored.slices.clone();
        if slices.is_empty() {
            let data = self.data_file(&stored, record)?;
            let find = |_| self.piece(&stored, &data, record);
            return read_tensor(&self.index, entry, &[Region::whole(&entry.shape)], &find);
        }
        let regions: Result<Vec<_>, _> = slices.iter().map(|slice| slice.region(&entry.shape)).collect();
        let regions = regions.map_err(|defect| self.error(record, defect))?;
        let parts = self.parts(entry, &stored, &regions)?;
        let find = |number: usize| {
            let (record, stored, data) = &parts[number];
            self.piece(stored, data, record)
        };
        read_tensor(&self.index, entry, &regions, &find)
    }

    /// The records and data files of the slices of a partitioned tensor.
    fn parts(
        &self,
        entry: &TensorEntry,
        whole: &BundleEntry,
        regions: &[Region],
    ) -> Result<Vec<(&Record, BundleEntry, DataFile)>, CheckpointError> {
        let (mut parts, mut claimed, mut present) = (Vec::new(), 0u64, 0u64);
        let mut shards = Vec::new();
        for (slice, region) in whole.slices.iter().zip(regions) {
            let key = slice_key(&entry.name, slice);
            let found = self.records.binary_search_by(|record| record.key.as_slice().cmp(&key));
            let missing =
                || CheckpointError::new(&self.index, malformed("a slice of the tensor is not in the index"));
            let record = &self.records[found.map_err(|_| missing())?];
            let stored = self.bundle_entry(record)?;
            if stored.data_type != whole.data_type || stored.shape != region.lengths {
                return Err(
                    self.error(record, malformed("the type or shape of a slice contradicts its tensor"))
                );
            }
            let data = self.data_file(&stored, record)?;
            self.locate(&stored, &data, record)?;
            claimed = claimed.saturating_add(stored.size);
            if !shards.contains(&stored.shard) {
                shards.push(stored.shard);
                present = present.saturating_add(data.length());
            }
            parts.push((record, stored, data));
        }
        // Otherwise slices that share their bytes could claim far more memory than there are bytes.
        if claimed > present {
            return Err(CheckpointError::new(
                &self.index,
                malformed("the slices claim more bytes than the data files have"),
            ));
        }
        Ok(parts)
    }

    fn data_file(&self, stored: &BundleEntry, record: &Record) -> Result<DataFile, CheckpointError> {
        if stored.shard >= self.shards {
            let what = format!("values in data file {} of {}", stored.shard, self.shards);
            return Err(self.error(record, malformed(what)));
        }
        DataFile::open(&self.data_path(stored.shard), self.shards == 1)
    }

    fn data_path(&self, shard: u64) -> PathBuf {
        let named = self.index.extension().is_some_and(|extension| extension == "index");
        let prefix = if named { &self.index.with_extension("") } else { &self.index };
        with_suffix(prefix, &format!(".data-{shard:05}-of-{:05}", self.shards))
    }

    /// Numbers of the data files that contain tensors.
    fn used_shards(&self) -> BTreeSet<u64> {
        let stored = self.records.iter().filter_map(|record| BundleEntry::parse(&record.value).ok());
        stored.map(|stored| stored.shard).filter(|shard| *shard < self.shards).collect()
    }

    /// The file with the first value, and the value's offset in it; all values must be present.
    fn locate(
        &self,
        stored: &BundleEntry,
        data: &DataFile,
        record: &Record,
    ) -> Result<(PathBuf, u64), CheckpointError> {
        let Some(end) = stored.offset.checked_add(stored.size) else {
            return Err(self.error(record, malformed("the values lie beyond the end of any file")));
        };
        let (file, offset) = data.locate(stored.offset);
        if end > data.length() {
            let defect = Defect::Truncated("the end of a tensor's values");
            return Err(CheckpointError::new(file, defect).offset(offset));
        }
        Ok((file.to_owned(), offset))
    }

    fn piece<'a>(
        &self,
        stored: &BundleEntry,
        data: &'a DataFile,
        record: &Record,
    ) -> Result<Piece<'a>, CheckpointError> {
        let (file, offset) = self.locate(stored, data, record)?;
        let bytes = Box::new(data.reader(stored.offset));
        Ok(Piece { bytes, length: stored.size, checksum: Some(stored.checksum), file, offset })
    }
}

impl TensorReader for Bundle {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn unread(&self) -> &[Unread] {
        &self.unread
    }

    fn files(&self) -> Vec<PathBuf> {
        let data = self.used_shards().into_iter().flat_map(|shard| {
            let path = self.data_path(shard);
            // List a missing file too, so that nobody takes the rest for the whole checkpoint.
            DataFile::open(&path, self.shards == 1).map_or(vec![path], DataFile::into_paths)
        });
        std::iter::once(self.index.clone()).chain(data).collect()
    }

    fn read(&self, index: usize) -> Result<Tensor, CheckpointError> {
        self.read_entry(index).map_err(|error| error.tensor(&self.entries[index].name))
    }
}

fn check_header(message: &[u8]) -> Result<u64, Defect> {
    let mut header = BundleHeader::default();
    for field in Fields::of(message) {
        match field? {
            (1, value) => header.shards = value.number()?,
            (2, value) => header.big_endian = value.number()? != 0,
            (3, value) => header.oldest_reader = oldest_reader(value.bytes()?)?,
            _ => {}
        }
    }
    if header.big_endian {
        return Err(Defect::Unsupported("big-endian values".into()));
    }
    if header.oldest_reader > 1 {
        return Err(Defect::Unsupported(format!("version {} of the bundle format", header.oldest_reader)));
    }
    if !(1..=99_999).contains(&header.shards) {
        return Err(malformed(format!("a bundle of {} data files", header.shards)));
    }
    Ok(header.shards)
}

/// The oldest version of a program that may read the bundle, from a `VersionDef`.
fn oldest_reader(message: &[u8]) -> Result<u64, Defect> {
    let mut version = 0;
    for field in Fields::of(message) {
        if let (2, value) = field? {
            version = value.number()?;
        }
    }
    Ok(version)
}

/// All records except the header.
fn read_records(table: &Table) -> Result<Vec<Record>, CheckpointError> {
    let mut records: Vec<Record> = Vec::new();
    let mut size = 0;
    for handle in table.blocks() {
        let block = table.read_block(handle)?;
        let mut entries = block.entries();
        while let Some(value) = entries.advance()? {
            let (key, offset) = (entries.key().to_vec(), block.file_offset(value.start));
            if key.is_empty() && records.is_empty() {
                continue;
            }
            let fail = |defect| CheckpointError::new(table.path(), defect).offset(offset);
            if records.last().is_some_and(|before| before.key >= key) {
                return Err(fail(malformed("the names are not in order")));
            }
            size += key.len() + value.len();
            if size > MAX_INDEX || records.len() >= MAX_RECORDS {
                let limit = MAX_INDEX >> 20;
                let what = format!("an index of more than {limit} MiB or {MAX_RECORDS} tensors");
                return Err(fail(Defect::Unsupported(what)));
            }
            records.push(Record { key, value: block.bytes(value).to_vec(), offset });
        }
    }
    Ok(records)
}

/// The tensor that a record describes, which may be of an unsupported type; `None` for a slice of a tensor.
fn describe(record: &Record) -> Result<Option<Result<TensorEntry, Unread>>, Defect> {
    if record.key.first() == Some(&SLICE_PREFIX) {
        return Ok(None);
    }
    let name = String::from_utf8(record.key.clone()).map_err(|_| malformed("a name is not text"))?;
    let stored = BundleEntry::parse(&record.value)?;
    let Some(elements) = element_type(stored.data_type) else {
        return Ok(Some(Err(Unread { name, what: unread_type(stored.data_type) })));
    };
    Ok(Some(Ok(TensorEntry { name, shape: stored.shape, elements })))
}

impl BundleEntry {
    fn parse(message: &[u8]) -> Result<Self, Defect> {
        let mut entry = Self::default();
        for field in Fields::of(message) {
            match field? {
                (1, value) => entry.data_type = value.number()?,
                (2, value) => entry.shape = parse_shape(value.bytes()?)?,
                (3, value) => entry.shard = value.number()?,
                (4, value) => entry.offset = value.number()?,
                (5, value) => entry.size = value.number()?,
                (6, value) => entry.checksum = value.fixed32()?,
                (7, value) => entry.slices.push(TensorSlice::parse(value.bytes()?)?),
                _ => {}
            }
            check_parts(entry.slices.len())?;
        }
        Ok(entry)
    }
}
