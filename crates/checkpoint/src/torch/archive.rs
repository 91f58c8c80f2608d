//! The subset of zip that PyTorch uses: stored entries, not compressed ones. TorchScript compresses the text
//! of its programs, which is not read.
//!
//! Format: PKWARE's APPNOTE, sections 4.3 and 4.5. Nothing is written to the disk and nothing is
//! decompressed, so an archive cannot expand. Checksums are not verified: `torch.save` can omit them.

use std::collections::HashMap;

use crate::error::{CheckpointError, Defect};
use crate::source::Source;

const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const ENTRY: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;
/// Length of the end record without a comment, and the longest comment, in bytes.
const END_RECORD_LENGTH: u64 = 22;
const MAX_COMMENT_LENGTH: u64 = u16::MAX as u64;
const ENTRY_LENGTH: usize = 46;
/// Longest central directory in bytes; PyTorch needs about a hundred bytes per tensor.
const MAX_DIRECTORY_LENGTH: u64 = 4 << 20;
/// The extra field with 64-bit lengths.
const FIELD_64: u16 = 1;

/// An entry: its length and the offset of its header.
#[derive(Clone, Copy, Debug)]
struct Entry {
    length: u64,
    header: u64,
    /// Whether its bytes are neither compressed nor encrypted.
    is_stored: bool,
}

/// The entries of an archive by their names.
pub(super) struct Archive {
    entries: HashMap<String, Entry>,
}

impl Archive {
    /// # Errors
    /// If it is damaged or has names that lead outside.
    pub(super) fn open(source: &Source) -> Result<Self, CheckpointError> {
        let (start, length) = find_directory(source)?;
        if length > MAX_DIRECTORY_LENGTH {
            return Err(source.malformed(start, "the central directory is implausibly long"));
        }
        let directory = source.bytes(start, length, "the end of its central directory")?;
        let mut entries = HashMap::new();
        let mut rest = directory.as_slice();
        while !rest.is_empty() {
            let at = start + (directory.len() - rest.len()) as u64;
            let (name, entry, length) = parse(source, at, rest)?;
            rest = rest.get(length..).unwrap_or_default();
            if entries.insert(name.clone(), entry).is_some() {
                return Err(source.malformed(at, format!("duplicate entry {name:?}")));
            }
        }
        Ok(Self { entries })
    }

    /// The names of the entries, in arbitrary order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The offset and length of the bytes of the entry `name`.
    ///
    /// # Errors
    /// If there is no such entry, it is not stored, or it is incomplete.
    pub(super) fn locate(&self, source: &Source, name: &str) -> Result<(u64, u64), CheckpointError> {
        let entry = self.entries.get(name);
        let entry = entry
            .ok_or_else(|| source.error(Defect::Malformed(format!("the archive has no entry {name:?}"))))?;
        if !entry.is_stored {
            let what = format!(
                "the entry {name:?} is compressed or encrypted, which torch.save never does; if the archive only \
                 wraps the weight file, unpack it"
            );
            return Err(source.error(Defect::Unsupported(what)).offset(entry.header));
        }
        let header: [u8; 30] = source.array(entry.header, "the header of an entry")?;
        if number::<4>(&header, 0) != Some(u64::from(LOCAL)) {
            return Err(
                source.malformed(entry.header, format!("the header of the entry {name:?} is not here"))
            );
        }
        let skipped = 30 + number::<2>(&header, 26).unwrap_or(0) + number::<2>(&header, 28).unwrap_or(0);
        let start = entry.header.saturating_add(skipped);
        source.check_inside(start, entry.length, "the end of an entry")?;
        Ok((start, entry.length))
    }
}

/// The little-endian number of `N` bytes at `at`.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let mut whole = [0; 8];
    whole.get_mut(..N)?.copy_from_slice(bytes.get(at..at.checked_add(N)?)?);
    Some(u64::from_le_bytes(whole))
}

/// The offset and length of the central directory.
fn find_directory(source: &Source) -> Result<(u64, u64), CheckpointError> {
    let missing = || source.error(Defect::Truncated("its central directory"));
    let tail_length = source.length().min(END_RECORD_LENGTH + MAX_COMMENT_LENGTH);
    let tail_start = source.length() - tail_length;
    let tail = source.bytes(tail_start, tail_length, "its central directory")?;
    let last = tail.len().checked_sub(END_RECORD_LENGTH as usize).ok_or_else(missing)?;
    let at =
        (0..=last).rev().find(|at| number::<4>(&tail, *at) == Some(u64::from(END))).ok_or_else(missing)?;
    let field = |width: u64, value: Option<u64>| value.filter(|value| *value != width);
    let length = field(0xffff_ffff, number::<4>(&tail, at + 12));
    let start = field(0xffff_ffff, number::<4>(&tail, at + 16));
    let end = tail_start + at as u64;
    if let (Some(start), Some(length)) = (start, length) {
        return Ok((start, length));
    }
    let locator_at = end.checked_sub(20).ok_or_else(missing)?;
    let locator: [u8; 20] = source.array(locator_at, "its central directory")?;
    if number::<4>(&locator, 0) != Some(u64::from(LOCATOR_64)) {
        return Err(source.malformed(locator_at, "the offset of the central directory is missing"));
    }
    let end_at = number::<8>(&locator, 8).unwrap_or(u64::MAX);
    let end: [u8; 56] = source.array(end_at, "its central directory")?;
    match (number::<4>(&end, 0), number::<8>(&end, 48), number::<8>(&end, 40)) {
        (Some(signature), Some(start), Some(length)) if signature == u64::from(END_64) => Ok((start, length)),
        _ => Err(source.malformed(end_at, "the offset of the central directory is wrong")),
    }
}

/// The first entry of `directory`, its name, and the bytes that it occupies there.
fn parse(source: &Source, at: u64, directory: &[u8]) -> Result<(String, Entry, usize), CheckpointError> {
    let wrong = |what: String| source.malformed(at, what);
    let header =
        directory.get(..ENTRY_LENGTH).filter(|header| number::<4>(header, 0) == Some(u64::from(ENTRY)));
    let header = header.ok_or_else(|| wrong("the central directory is damaged".to_owned()))?;
    let [flags, method, name, extra, comment] =
        [8, 10, 28, 30, 32].map(|at| number::<2>(header, at).unwrap_or(0) as usize);
    let [packed, length, start] = [20, 24, 42].map(|at| number::<4>(header, at).unwrap_or(0));
    let end = ENTRY_LENGTH + name + extra + comment;
    let fields = directory.get(ENTRY_LENGTH + name..ENTRY_LENGTH + name + extra);
    let text =
        directory.get(ENTRY_LENGTH..ENTRY_LENGTH + name).and_then(|name| std::str::from_utf8(name).ok());
    let (Some(text), Some(fields), true) = (text, fields, end <= directory.len()) else {
        return Err(wrong("an entry's name is damaged".to_owned()));
    };
    if is_unsafe(text) {
        return Err(wrong(format!("it has an entry that leads out of the archive: {text:?}")));
    }
    let [length, packed, start] = widened([length, packed, start], fields)
        .ok_or_else(|| wrong(format!("the length of the entry {text:?} is missing")))?;
    let is_stored = flags & 1 == 0 && method == 0 && packed == length;
    if start.checked_add(packed).is_none_or(|end| end > source.length()) {
        return Err(source.error(Defect::Truncated("the end of an entry")).offset(at));
    }
    Ok((text.to_owned(), Entry { length, header: start, is_stored }, end))
}

/// Replaces numbers that are all ones by those in the 64-bit field, in this order.
fn widened(numbers: [u64; 3], mut fields: &[u8]) -> Option<[u64; 3]> {
    let mut wide: &[u8] = &[];
    while let (Some(id), Some(length)) = (number::<2>(fields, 0), number::<2>(fields, 2)) {
        let content = fields.get(4..4 + length as usize)?;
        if id == u64::from(FIELD_64) {
            wide = content;
        }
        fields = fields.get(4 + length as usize..)?;
    }
    let mut out = numbers;
    for value in &mut out {
        if *value == 0xffff_ffff {
            *value = number::<8>(wide, 0)?;
            wide = wide.get(8..)?;
        }
    }
    Some(out)
}

/// Whether a name is not a plain path inside the archive. Entries are never written to the disk, but an
/// archive with such names is malicious.
fn is_unsafe(name: &str) -> bool {
    let plain = |part: &str| part != ".." && !part.contains(':');
    name.starts_with(['/', '\\']) || name.contains('\0') || !name.split(['/', '\\']).all(plain)
}
