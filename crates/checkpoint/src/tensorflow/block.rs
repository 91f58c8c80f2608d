//! A block of a table: keys, each sharing a prefix with the previous one, and their values.
//!
//! Format: `doc/table_format.md` of LevelDB.

use std::ops::Range;
use std::path::PathBuf;

use super::proto::{malformed, take, varint};
use crate::{CheckpointError, Defect};

/// Longest key in bytes, longer than any writer's; the limit keeps comparisons cheap.
const MAX_KEY: usize = 4096;

/// A block, decompressed and with its checksum verified.
pub(super) struct Block {
    file: PathBuf,
    bytes: Vec<u8>,
    /// End of the entries, where the list of restart points begins.
    end: usize,
    /// Offset of its first byte in the file.
    offset: u64,
    /// Whether it was compressed, so that positions in it are not positions in the file.
    compressed: bool,
}

impl Block {
    pub(super) fn new(
        file: PathBuf,
        bytes: Vec<u8>,
        offset: u64,
        compressed: bool,
    ) -> Result<Self, CheckpointError> {
        let mut block = Self { file, bytes, end: 0, offset, compressed };
        block.end = block.entries_end().map_err(|defect| block.error(0, defect))?;
        Ok(block)
    }

    /// The end of the entries, which are followed by the restart points, four bytes each, and their number.
    fn entries_end(&self) -> Result<usize, Defect> {
        let (entries, count) =
            self.bytes.split_last_chunk().ok_or(Defect::Truncated("the end of a block's restart points"))?;
        let restarts = u64::from(u32::from_le_bytes(*count)) * 4;
        let end = (entries.len() as u64).checked_sub(restarts);
        end.map(|end| end as usize).ok_or_else(|| {
            malformed(format!("a block with {} restart points is too short for them", restarts / 4))
        })
    }

    /// A defect at the byte `at` of the block.
    pub(super) fn error(&self, at: usize, defect: Defect) -> CheckpointError {
        CheckpointError::new(&self.file, defect).offset(self.file_offset(at))
    }

    /// Offset in the file of the byte `at` of the block; for a compressed block, the block's offset.
    pub(super) fn file_offset(&self, at: usize) -> u64 {
        self.offset + if self.compressed { 0 } else { at as u64 }
    }

    pub(super) fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// Reduces the block to the bytes of `range`.
    pub(super) fn into_bytes(mut self, range: Range<usize>) -> Vec<u8> {
        self.bytes.truncate(range.end);
        self.bytes.drain(..range.start);
        self.bytes
    }

    pub(super) fn entries(&self) -> Entries<'_> {
        Entries { block: self, at: 0, key: Vec::new(), first: true }
    }
}

/// Iterates over the entries of a block, whose keys must be ascending.
pub(super) struct Entries<'a> {
    block: &'a Block,
    at: usize,
    key: Vec<u8>,
    first: bool,
}

impl Entries<'_> {
    /// The key of the entry that [`Entries::advance`] found last.
    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Advances to the next entry and returns the range of its value in the block; `None` at the end.
    pub(super) fn advance(&mut self) -> Result<Option<Range<usize>>, CheckpointError> {
        if self.at == self.block.end {
            return Ok(None);
        }
        let start = self.at;
        let value = self.step().map_err(|defect| self.block.error(start, defect))?;
        Ok(Some(value))
    }

    fn step(&mut self) -> Result<Range<usize>, Defect> {
        let mut rest = &self.block.bytes[self.at..self.block.end];
        let shared = varint(&mut rest)?;
        let added = varint(&mut rest)?;
        let length = varint(&mut rest)?;
        let suffix = take(&mut rest, added)?;
        self.change_key(shared, suffix)?;
        let start = self.block.end - rest.len();
        take(&mut rest, length)?;
        self.at = self.block.end - rest.len();
        Ok(start..self.at)
    }

    fn change_key(&mut self, shared: u64, suffix: &[u8]) -> Result<(), Defect> {
        let shared = usize::try_from(shared).ok().filter(|&shared| shared <= self.key.len());
        let shared = shared.ok_or_else(|| malformed("a key shares more than the previous key has"))?;
        if shared + suffix.len() > MAX_KEY {
            return Err(Defect::Unsupported(format!("a name of more than {MAX_KEY} bytes")));
        }
        // The shared prefixes are equal, so the rest decides the order.
        if !self.first && suffix <= &self.key[shared..] {
            return Err(malformed("the keys are not in order"));
        }
        self.first = false;
        self.key.truncate(shared);
        self.key.extend_from_slice(suffix);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(bytes: &[u8]) -> Result<Block, CheckpointError> {
        Block::new(PathBuf::from("x.index"), bytes.to_vec(), 100, false)
    }

    fn pairs(bytes: &[u8]) -> Result<Vec<(Vec<u8>, Vec<u8>)>, CheckpointError> {
        let block = block(bytes)?;
        let mut entries = block.entries();
        let mut pairs = Vec::new();
        while let Some(value) = entries.advance()? {
            pairs.push((entries.key().to_vec(), block.bytes(value).to_vec()));
        }
        Ok(pairs)
    }

    const ONE_RESTART: [u8; 8] = [0, 0, 0, 0, 1, 0, 0, 0];

    #[test]
    fn keys_share_prefixes() {
        let bytes = [&b"\0\x02\x01abX\x01\x02\0cd"[..], &ONE_RESTART].concat();
        let expected = [(b"ab".to_vec(), b"X".to_vec()), (b"acd".to_vec(), vec![])];
        assert_eq!(pairs(&bytes).unwrap(), expected);
    }

    #[test]
    fn hostile_entries_are_refused_where_they_are() {
        let shares_too_much = [&b"\0\x01\0a\x02\x01\0b"[..], &ONE_RESTART].concat();
        let error = pairs(&shares_too_much).unwrap_err();
        assert!(matches!(*error.defect, Defect::Malformed(_)));
        assert_eq!(error.offset, Some(104));
        let out_of_order = [&b"\0\x01\0b\0\x01\0a"[..], &ONE_RESTART].concat();
        assert!(matches!(*pairs(&out_of_order).unwrap_err().defect, Defect::Malformed(_)));
        let long_value = [&b"\0\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7fa"[..], &ONE_RESTART].concat();
        assert!(matches!(*pairs(&long_value).unwrap_err().defect, Defect::Truncated(_)));
        let endless = [&[0xff; 20][..], &ONE_RESTART].concat();
        assert!(matches!(*pairs(&endless).unwrap_err().defect, Defect::Malformed(_)));
    }

    #[test]
    fn implausible_restart_counts_are_refused() {
        assert!(matches!(
            *block(&[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]).err().unwrap().defect,
            Defect::Malformed(_)
        ));
        assert!(matches!(*block(&[0, 0]).err().unwrap().defect, Defect::Truncated(_)));
    }
}
