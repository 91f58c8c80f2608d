//! The parts of a zip archive that PyTorch uses: entries that are stored, not compressed. TorchScript compresses the
//! text of its programs, which is not read.
//!
//! The format: PKWARE's APPNOTE, sections 4.3 and 4.5. Nothing is unpacked to the disk and nothing is
//! decompressed, so an archive cannot grow. Checksums are not compared: `torch.save` can be told to leave
//! them out.

use std::collections::HashMap;

use super::super::error::{CheckpointError, Defect};
use super::super::source::Source;

const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const ENTRY: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;
/// The end's length without a comment, and the longest comment.
const END_LENGTH: u64 = 22;
const LONGEST_COMMENT: u64 = u16::MAX as u64;
const ENTRY_LENGTH: usize = 46;
/// The list of entries; PyTorch needs about a hundred bytes a tensor.
const LONGEST_LIST: u64 = 4 << 20;
/// The field that holds 64-bit lengths.
const FIELD_64: u16 = 1;

/// An entry: its length and where its header is.
#[derive(Clone, Copy, Debug)]
struct Entry {
    length: u64,
    header: u64,
    /// Whether its bytes can be read as they are.
    is_stored: bool,
}

/// The entries of an archive by their names.
pub(super) struct Archive {
    entries: HashMap<String, Entry>,
}

impl Archive {
    /// # Errors
    /// When it is damaged, has compressed entries, or names that lead elsewhere.
    pub(super) fn open(source: &Source) -> Result<Self, CheckpointError> {
        let (start, length) = find_list(source)?;
        if length > LONGEST_LIST {
            return Err(source.malformed(start, "its list of entries is absurdly long"));
        }
        let list = source.bytes(start, length, "the end of its list of entries")?;
        let mut entries = HashMap::new();
        let mut rest = list.as_slice();
        while !rest.is_empty() {
            let at = start + (list.len() - rest.len()) as u64;
            let (name, entry, length) = parse(source, at, rest)?;
            rest = rest.get(length..).unwrap_or_default();
            if entries.insert(name.clone(), entry).is_some() {
                return Err(source.malformed(at, format!("the entry {name:?} is there twice")));
            }
        }
        Ok(Self { entries })
    }

    /// The names of the entries, in no order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Where the bytes of the entry `name` begin, and how many there are.
    ///
    /// # Errors
    /// When there is none of that name, or it is not all there.
    pub(super) fn place(&self, source: &Source, name: &str) -> Result<(u64, u64), CheckpointError> {
        let entry = self.entries.get(name);
        let entry = entry
            .ok_or_else(|| source.error(Defect::Malformed(format!("the archive has no entry {name:?}"))))?;
        if !entry.is_stored {
            let what = format!(
                "the entry {name:?} is compressed or encrypted, which torch.save never does; unpack the archive if it \
                 merely wraps the weight file"
            );
            return Err(source.error(Defect::Unsupported(what)).offset(entry.header));
        }
        let header: [u8; 30] = source.array(entry.header, "the header of an entry")?;
        if number::<4>(&header, 0) != Some(u64::from(LOCAL)) {
            return Err(source.malformed(entry.header, format!("the entry {name:?} does not begin here")));
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

/// Where the list of entries begins, and its length.
fn find_list(source: &Source) -> Result<(u64, u64), CheckpointError> {
    let missing = || source.error(Defect::Truncated("its list of entries"));
    let tail_length = source.length().min(END_LENGTH + LONGEST_COMMENT);
    let tail_start = source.length() - tail_length;
    let tail = source.bytes(tail_start, tail_length, "its list of entries")?;
    let last = tail.len().checked_sub(END_LENGTH as usize).ok_or_else(missing)?;
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
    let locator: [u8; 20] = source.array(locator_at, "its list of entries")?;
    if number::<4>(&locator, 0) != Some(u64::from(LOCATOR_64)) {
        return Err(source.malformed(locator_at, "the place of its list of entries is missing"));
    }
    let end_at = number::<8>(&locator, 8).unwrap_or(u64::MAX);
    let end: [u8; 56] = source.array(end_at, "its list of entries")?;
    match (number::<4>(&end, 0), number::<8>(&end, 48), number::<8>(&end, 40)) {
        (Some(signature), Some(start), Some(length)) if signature == u64::from(END_64) => Ok((start, length)),
        _ => Err(source.malformed(end_at, "the place of its list of entries is wrong")),
    }
}

/// The entry that begins `list`, its name, and the bytes that it takes there.
fn parse(source: &Source, at: u64, list: &[u8]) -> Result<(String, Entry, usize), CheckpointError> {
    let wrong = |what: String| source.malformed(at, what);
    let header = list.get(..ENTRY_LENGTH).filter(|header| number::<4>(header, 0) == Some(u64::from(ENTRY)));
    let header = header.ok_or_else(|| wrong("its list of entries is damaged".to_owned()))?;
    let [flags, method, name, extra, comment] =
        [8, 10, 28, 30, 32].map(|at| number::<2>(header, at).unwrap_or(0) as usize);
    let [packed, length, start] = [20, 24, 42].map(|at| number::<4>(header, at).unwrap_or(0));
    let end = ENTRY_LENGTH + name + extra + comment;
    let fields = list.get(ENTRY_LENGTH + name..ENTRY_LENGTH + name + extra);
    let text = list.get(ENTRY_LENGTH..ENTRY_LENGTH + name).and_then(|name| std::str::from_utf8(name).ok());
    let (Some(text), Some(fields), true) = (text, fields, end <= list.len()) else {
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

/// Numbers that are all ones stand in the 64-bit field instead, in this order.
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

/// Whether a name is no plain path inside the archive. Entries are never written to the disk; but an
/// archive with such names was made to do harm.
fn is_unsafe(name: &str) -> bool {
    let plain = |part: &str| part != ".." && !part.contains(':');
    name.starts_with(['/', '\\']) || name.contains('\0') || !name.split(['/', '\\']).all(plain)
}
