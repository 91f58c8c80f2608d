//! Numbers in blocks of a file.

/// The little-endian number in the eight bytes at `offset`; zero if the block is too short.
pub(super) fn u64_at(block: &[u8], offset: usize) -> u64 {
    let bytes = block.get(offset..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
