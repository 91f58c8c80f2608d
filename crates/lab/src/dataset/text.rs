//! Text files from editors and spreadsheets, in any of their encodings.

use std::io::{self, Read};
use std::path::Path;

/// Maximum size of a text file in bytes: a hundred times the labels of the largest data set.
const MAX_BYTES: u64 = 1 << 30;

/// The characters of Windows-1252 from 0x80 to 0x9f; the others equal Latin-1. Five are not assigned.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Reads the text file at `path` in any encoding.
///
/// # Errors
/// When it cannot be read or exceeds the size limit.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        let what = format!("it is larger than {} MiB, too large for a table of labels", MAX_BYTES >> 20);
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    Ok(decode_text(bytes))
}

/// Decodes text: UTF-8 or UTF-16, detected by byte order mark or content, otherwise Windows-1252, which
/// accepts any bytes. The byte order mark is removed.
pub(crate) fn decode_text(bytes: Vec<u8>) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16(rest, u16::from_be_bytes);
    }
    // A table begins with the ASCII name of a column, whose every other byte is zero in UTF-16.
    match bytes[..] {
        [a, 0, b, 0, ..] if a > 0 && b > 0 => return utf16(&bytes, u16::from_le_bytes),
        [0, a, 0, b, ..] if a > 0 && b > 0 => return utf16(&bytes, u16::from_be_bytes),
        _ => {}
    }
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            text
        }
        Err(error) => error.as_bytes().iter().map(|byte| windows_1252(*byte)).collect(),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (units, _) = bytes.as_chunks::<2>();
    let characters = char::decode_utf16(units.iter().map(|pair| unit(*pair)));
    characters.map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "file,name\nü.jpg,Zoë – “x”\n";

    #[test]
    fn every_encoding_gives_the_same_text() {
        let little: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let latin = b"file,name\n\xfc.jpg,Zo\xeb \x96 \x93x\x94\n".to_vec();
        for bytes in [
            TEXT.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", TEXT.as_bytes()].concat(),
            [b"\xff\xfe", little.as_slice()].concat(),
            [b"\xfe\xff", big.as_slice()].concat(),
            little,
            big,
            latin,
        ] {
            assert_eq!(decode_text(bytes), TEXT);
        }
    }

    #[test]
    fn damaged_text_is_still_decoded() {
        assert_eq!(decode_text(Vec::new()), "");
        assert_eq!(decode_text(b"\xff\xfea".to_vec()), "");
        assert_eq!(decode_text(b"\xff\xfe\x00\xd8a\x00".to_vec()), "\u{fffd}a");
        assert_eq!(decode_text(b"a\0".to_vec()), "a\0");
    }
}
