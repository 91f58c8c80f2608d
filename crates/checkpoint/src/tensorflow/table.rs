//! A sorted table of keys and values in LevelDB's format, which both kinds of TensorFlow checkpoint use.
//!
//! The file ends with a footer that points to the index block, which points to the data blocks. Only the
//! index block stays in memory; data blocks are read on request. Format: `doc/table_format.md` of LevelDB.

use std::path::Path;

use super::block::Block;
use super::checksum::masked;
use super::proto::{malformed, varint};
use crate::source::Source;
use crate::{CheckpointError, Defect};

const FOOTER: usize = 48;
const MAGIC: [u8; 8] = 0xdb47_7524_8b80_fb57_u64.to_le_bytes();
/// Length of a block's trailer in bytes: one for the compression, four for the checksum.
const TRAILER: u64 = 5;
/// Largest index block, and largest total size of its keys, in bytes.
const MAX_INDEX: u64 = 16 << 20;
const MAX_BLOCKS: usize = 1 << 16;
/// Largest size of a decompressed block in bytes; TensorFlow's own are 256 KiB.
const MAX_UNPACKED: usize = 16 << 20;
/// Largest compression ratio of Snappy, whose longest copy makes 64 bytes of 3.
const MAX_SNAPPY_RATIO: usize = 22;

/// The location of a block in the file, without its trailer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Handle {
    offset: u64,
    size: u64,
}

impl Handle {
    fn parse(bytes: &mut &[u8]) -> Result<Self, Defect> {
        Ok(Self { offset: varint(bytes)?, size: varint(bytes)? })
    }

    /// The end of the block with its trailer, which must not exceed `limit`.
    fn end(self, limit: u64) -> Result<u64, Defect> {
        let end = self.offset.checked_add(self.size).and_then(|end| end.checked_add(TRAILER));
        end.filter(|&end| end <= limit).ok_or_else(|| malformed("a block extends beyond the end of the file"))
    }
}

/// A data block, and an upper bound of its keys.
struct IndexEntry {
    last: Vec<u8>,
    handle: Handle,
}

/// An open table.
pub(super) struct Table {
    source: Source,
    index: Vec<IndexEntry>,
}

impl Table {
    pub(super) fn open(source: Source) -> Result<Self, CheckpointError> {
        let Some(footer_at) = source.length().checked_sub(FOOTER as u64) else {
            return Err(source.error(Defect::Truncated("its footer")).offset(source.length()));
        };
        let footer: [u8; FOOTER] = source.array(footer_at, "its footer")?;
        let handle = index_handle(&footer, footer_at);
        let handle = handle.map_err(|defect| source.error(defect).offset(footer_at))?;
        if handle.size > MAX_INDEX {
            let what = format!("an index of more than {} MiB", MAX_INDEX >> 20);
            return Err(source.error(Defect::Unsupported(what)).offset(handle.offset));
        }
        let mut table = Self { source, index: Vec::new() };
        table.index = table.read_index(handle)?;
        Ok(table)
    }

    fn read_index(&self, handle: Handle) -> Result<Vec<IndexEntry>, CheckpointError> {
        let block = self.read_block(handle)?;
        let mut entries = block.entries();
        let mut index = Vec::new();
        let (mut names, mut free) = (0, 0);
        while let Some(value) = entries.advance()? {
            let handle = Handle::parse(&mut block.bytes(value.clone()));
            let found = handle.and_then(|handle| Ok((handle, handle.end(self.source.length())?)));
            let (handle, end) = found.map_err(|defect| block.error(value.start, defect))?;
            names += entries.key().len() as u64;
            // With blocks in ascending order, the work is bounded by the length of the file.
            if handle.offset < free || index.len() >= MAX_BLOCKS || names > MAX_INDEX {
                return Err(block.error(
                    value.start,
                    malformed("the index lists too many blocks or lists them out of order"),
                ));
            }
            free = end;
            index.push(IndexEntry { last: entries.key().to_vec(), handle });
        }
        Ok(index)
    }

    pub(super) fn path(&self) -> &Path {
        self.source.path()
    }

    /// The data blocks, in the order of their keys.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Handle> {
        self.index.iter().map(|entry| entry.handle)
    }

    /// The block that may contain `key`.
    pub(super) fn block_of(&self, key: &[u8]) -> Option<Handle> {
        let at = self.index.partition_point(|entry| entry.last.as_slice() < key);
        self.index.get(at).map(|entry| entry.handle)
    }

    /// Reads and verifies the block at `handle`, which must come from this table.
    pub(super) fn read_block(&self, handle: Handle) -> Result<Block, CheckpointError> {
        let fail = |defect: Defect| self.source.error(defect).offset(handle.offset);
        let mut bytes = self.source.bytes(handle.offset, handle.size + TRAILER, "the end of a block")?;
        let compressed = check_block(&mut bytes).map_err(fail)?;
        if compressed {
            bytes = decompress(&bytes).map_err(fail)?;
        }
        Block::new(self.path().to_owned(), bytes, handle.offset, compressed)
    }
}

/// The location of the index block. The footer has the metadata block first, which is always empty.
fn index_handle(footer: &[u8], footer_at: u64) -> Result<Handle, Defect> {
    let mut rest = footer.strip_suffix(&MAGIC).ok_or_else(|| {
        malformed(
            "it does not end like a TensorFlow checkpoint and is probably truncated; copy or download it again",
        )
    })?;
    Handle::parse(&mut rest)?;
    let handle = Handle::parse(&mut rest)?;
    handle.end(footer_at)?;
    Ok(handle)
}

/// Verifies a block's checksum, removes its trailer, and returns whether it is compressed.
fn check_block(bytes: &mut Vec<u8>) -> Result<bool, Defect> {
    let (checked, &stored) = bytes.split_last_chunk().ok_or(Defect::Truncated("the end of a block"))?;
    if masked(crc32c::crc32c(checked)) != u32::from_le_bytes(stored) {
        return Err(Defect::Checksum);
    }
    let length = checked.len();
    bytes.truncate(length);
    match bytes.pop() {
        Some(0) => Ok(false),
        Some(1) => Ok(true),
        kind => Err(Defect::Unsupported(format!("a block with compression {kind:?}"))),
    }
}

fn decompress(compressed: &[u8]) -> Result<Vec<u8>, Defect> {
    let damaged =
        |error: snap::Error| malformed(format!("a compressed block is not valid Snappy data ({error})"));
    let claimed = snap::raw::decompress_len(compressed).map_err(damaged)?;
    if claimed > compressed.len().saturating_mul(MAX_SNAPPY_RATIO) {
        return Err(malformed(format!("{} compressed bytes claim to be {claimed}", compressed.len())));
    }
    if claimed > MAX_UNPACKED {
        let limit = MAX_UNPACKED >> 20;
        return Err(Defect::Unsupported(format!("a compressed block of more than {limit} MiB")));
    }
    snap::raw::Decoder::new().decompress_vec(compressed).map_err(damaged)
}
