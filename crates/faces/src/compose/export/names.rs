//! Valid file names.

use std::ffi::{OsStr, OsString};

/// Maximum length of a file name on common file systems, in bytes.
const MAX_NAME_BYTES: usize = 255;
/// Bytes reserved for the number that distinguishes files of the same name, such as `-9999`.
const NUMBER_BYTES: usize = 5;

/// Joins `stem` and `ending` into a valid file name, with room for a number.
///
/// A stem that is too long is truncated at a character boundary and ends in a tilde and eight hexadecimal
/// digits that hash the whole stem, so two long stems with the same beginning still get different names.
pub fn file_name(stem: &OsStr, ending: &str) -> OsString {
    let room = MAX_NAME_BYTES.saturating_sub(ending.len() + NUMBER_BYTES);
    let mut name = if stem.len() <= room { stem.to_owned() } else { shortened(stem, room) };
    name.push(ending);
    name
}

fn shortened(stem: &OsStr, room: usize) -> OsString {
    let mark = format!("~{:08x}", fingerprint(stem.as_encoded_bytes()));
    let mut short = beginning(stem, room.saturating_sub(mark.len()));
    short.push(mark);
    short
}

/// The first characters of `name`, at most `max_bytes` bytes.
fn beginning(name: &OsStr, max_bytes: usize) -> OsString {
    if let Some(text) = name.to_str() {
        return beginning_of_text(text, max_bytes).into();
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        OsStr::from_bytes(&name.as_bytes()[..max_bytes.min(name.len())]).to_owned()
    }
    #[cfg(not(unix))]
    beginning_of_text(&name.to_string_lossy(), max_bytes).into()
}

fn beginning_of_text(text: &str, max_bytes: usize) -> &str {
    let mut end = max_bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// 32-bit FNV-1a: the same on every system and in every version.
fn fingerprint(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_unchanged() {
        assert_eq!(file_name(OsStr::new("me"), "_strip.png"), "me_strip.png");
        let long = "a".repeat(240);
        assert_eq!(file_name(OsStr::new(&long), "_strip.png"), OsString::from(long + "_strip.png"));
    }

    #[test]
    fn a_long_name_is_truncated_between_characters_and_stays_unique() {
        // Two, three and four bytes per character, with offsets so that the cut falls at any byte.
        for letter in ["é", "語", "🙂", "e\u{301}"] {
            for before in 0..4 {
                let stem =
                    |last: &str| format!("{}{}{last}", "x".repeat(before), letter.repeat(251 / letter.len()));
                let [one, other] = ["1", "2"].map(|last| file_name(OsStr::new(&stem(last)), "_strip.png"));
                assert!(one.len() + NUMBER_BYTES <= MAX_NAME_BYTES, "{one:?}");
                assert!(one.to_str().is_some_and(|name| name.ends_with("_strip.png")), "{one:?}");
                assert_ne!(one, other);
                let again = file_name(OsStr::new(&stem("1")), "_strip.png");
                assert_eq!(one, again, "the same every time");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_long_name_that_is_not_utf8_is_truncated_too() {
        use std::os::unix::ffi::OsStrExt;
        let name = file_name(OsStr::from_bytes(&[0xe9; 251]), "_sweep");
        assert!(name.as_bytes().starts_with(&[0xe9; 200]) && name.len() <= MAX_NAME_BYTES);
    }
}
