//! Reads the directory of a TIFF, a BigTIFF or an EXIF block: the tags of its first picture.

use std::collections::BTreeMap;

/// Maximum number of tags, and of values per tag.
const MAX_VALUES: u64 = 1 << 22;

/// Maximum number of directories to search for one that is not a thumbnail.
const MAX_DIRECTORIES: usize = 16;

const NEW_SUBFILE_TYPE: u16 = 254;

/// The tags of one picture.
pub(crate) struct Directory<'a> {
    /// The whole file.
    pub bytes: &'a [u8],
    /// Byte order of the file.
    pub little_endian: bool,
    big: bool,
    entries: BTreeMap<u16, Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    kind: u16,
    count: u64,
    /// Position of its values in the file.
    at: usize,
}

/// Size of a value of each type, in bytes.
fn size_of(kind: u16) -> Option<usize> {
    Some(match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => return None,
    })
}

/// Whether values of this type are integers. Signed ones are read as unsigned: some programs confuse the two.
fn is_integer(kind: u16) -> bool {
    matches!(kind, 1 | 3 | 4 | 6..=9 | 13 | 16..=18)
}

impl<'a> Directory<'a> {
    /// Reads the directory of the first picture that is not a reduced copy of another one. `None` if there is
    /// none.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let little_endian = bytes.first()? == &b'I';
        let mut this = Self { bytes, little_endian, big: false, entries: BTreeMap::new() };
        this.big = match this.unsigned(2, 2)? {
            42 => false,
            43 => true,
            _ => return None,
        };
        let mut at = if this.big { this.unsigned(8, 8)? } else { this.unsigned(4, 4)? };
        let mut first = None;
        for _ in 0..MAX_DIRECTORIES {
            let Some((entries, next)) = this.entries_at(usize::try_from(at).ok()?) else { break };
            this.entries = entries;
            if this.number(NEW_SUBFILE_TYPE).unwrap_or(0) & 1 == 0 {
                return Some(this);
            }
            first.get_or_insert_with(|| this.entries.clone());
            at = next;
            if at == 0 {
                break;
            }
        }
        this.entries = first?;
        Some(this)
    }

    fn entries_at(&self, at: usize) -> Option<(BTreeMap<u16, Entry>, u64)> {
        let (width, entry_size) = if self.big { (8, 20) } else { (4, 12) };
        let (count, mut at) = if self.big {
            (self.unsigned(at, 8)?, at.checked_add(8)?)
        } else {
            (self.unsigned(at, 2)?, at.checked_add(2)?)
        };
        if count == 0 || count > MAX_VALUES {
            return None;
        }
        let mut entries = BTreeMap::new();
        for _ in 0..count {
            let (tag, kind) = (self.unsigned(at, 2)? as u16, self.unsigned(at + 2, 2)? as u16);
            let count = self.unsigned(at + 4, width)?;
            let value_at = at + 4 + width;
            if let Some(size) = size_of(kind).filter(|_| count > 0 && count <= MAX_VALUES) {
                let fits = size as u64 * count <= width as u64;
                let at =
                    if fits { Some(value_at) } else { usize::try_from(self.unsigned(value_at, width)?).ok() };
                if let Some(at) = at {
                    entries.entry(tag).or_insert(Entry { kind, count, at });
                }
            }
            at += entry_size;
        }
        // The directory may end without the position of a next one.
        Some((entries, self.unsigned(at, width).unwrap_or(0)))
    }

    /// An unsigned integer of `size` bytes, 1..=8.
    fn unsigned(&self, at: usize, size: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..at.checked_add(size)?)?;
        let join = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.little_endian { bytes.iter().rev().fold(0, join) } else { bytes.iter().fold(0, join) })
    }

    /// Whether the tag is present.
    pub(crate) fn has(&self, tag: u16) -> bool {
        self.entries.contains_key(&tag)
    }

    /// The bytes of a tag's values.
    pub(crate) fn raw(&self, tag: u16) -> Option<&'a [u8]> {
        let entry = self.entries.get(&tag)?;
        let length = usize::try_from(entry.count).ok()?.checked_mul(size_of(entry.kind)?)?;
        self.bytes.get(entry.at..entry.at.checked_add(length)?)
    }

    /// The integers of a tag.
    pub(crate) fn numbers(&self, tag: u16) -> Option<Vec<u64>> {
        let entry = self.entries.get(&tag).filter(|entry| is_integer(entry.kind))?;
        let size = size_of(entry.kind)?;
        let length = self.raw(tag)?.len();
        (0..length / size).map(|index| self.unsigned(entry.at + index * size, size)).collect()
    }

    /// The first integer of a tag.
    pub(crate) fn number(&self, tag: u16) -> Option<u64> {
        let entry = self.entries.get(&tag).filter(|entry| is_integer(entry.kind))?;
        self.unsigned(entry.at, size_of(entry.kind)?)
    }

    /// The fractions of a tag.
    pub(crate) fn fractions(&self, tag: u16) -> Option<Vec<f32>> {
        let entry = self.entries.get(&tag).filter(|entry| entry.kind == 5)?;
        let length = self.raw(tag)?.len();
        (0..length / 8)
            .map(|index| {
                let at = entry.at + index * 8;
                let (over, under) = (self.unsigned(at, 4)?, self.unsigned(at + 4, 4)?);
                (under > 0).then(|| over as f32 / under as f32)
            })
            .collect()
    }
}
