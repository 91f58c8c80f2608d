//! Reads the orientation of a picture file from its EXIF or, if that has none, from its XMP.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;
use image::ImageFormat;
use image::metadata::Orientation;

use crate::directory::Directory;

/// Start of an EXIF block in a JPEG; some programs write it in other files too.
const PREFIX: &[u8] = b"Exif\0\0";

/// The keyword of XMP in a PNG.
const PNG_XMP: &[u8] = b"XML:com.adobe.xmp";

/// Maximum size of a PNG text chunk after inflating, in bytes.
const MAX_INFLATED: u64 = 1 << 20;

/// The orientation in an EXIF block, with or without the prefix used in a JPEG. An invalid one is ignored. EXIF
/// is a TIFF without pixels.
pub(crate) fn orientation_in_exif(block: &[u8]) -> Option<Orientation> {
    orientation_in_directory(&Directory::read(block.strip_prefix(PREFIX).unwrap_or(block))?)
}

/// The orientation in the directory of a TIFF or an EXIF block.
pub(crate) fn orientation_in_directory(directory: &Directory<'_>) -> Option<Orientation> {
    const ORIENTATION: u16 = 274;
    Orientation::from_exif(u8::try_from(directory.number(ORIENTATION)?).ok()?)
}

/// The orientation in an XMP packet: the property `tiff:Orientation`, as an attribute or an element. An invalid
/// one is ignored.
pub(crate) fn orientation_in_xmp(packet: &[u8]) -> Option<Orientation> {
    const NAME: &[u8] = b"tiff:Orientation";
    let starts = packet.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME);
    let mut values = starts.filter_map(|(at, _)| match packet.get(at + NAME.len()..)? {
        [b'=', b'"' | b'\'', digit, ..] | [b'>', digit, ..] => char::from(*digit).to_digit(10),
        _ => None,
    });
    values.next().and_then(|value| Orientation::from_exif(value as u8))
}

/// The orientation in a PNG or WebP file, wherever in the file it is.
pub(crate) fn orientation_in_file(bytes: &[u8], format: ImageFormat) -> Option<Orientation> {
    match format {
        ImageFormat::Png => {
            let exif = png_chunks(bytes).find_map(|(kind, data)| match kind {
                b"eXIf" => orientation_in_exif(data),
                b"tEXt" | b"zTXt" | b"iTXt" => orientation_in_exif(&raw_profile(kind, data)?),
                _ => None,
            });
            let in_text = |(kind, data): (&[u8; 4], &[u8])| {
                let (_, rest) =
                    keyword(data).filter(|(keyword, _)| kind == b"iTXt" && *keyword == PNG_XMP)?;
                orientation_in_xmp(&png_text(kind, rest)?)
            };
            exif.or_else(|| png_chunks(bytes).find_map(in_text))
        }
        ImageFormat::WebP => {
            let find = |name: &[u8; 4], parse: fn(&[u8]) -> Option<Orientation>| {
                webp_chunks(bytes).find_map(|(kind, data)| if kind == name { parse(data) } else { None })
            };
            find(b"EXIF", orientation_in_exif).or_else(|| find(b"XMP ", orientation_in_xmp))
        }
        _ => None,
    }
}

/// The chunks of a PNG, before and after its pixels.
fn png_chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (kind, after) = after.split_first_chunk::<4>()?;
        let (data, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = after.get(4..)?;
        Some((kind, data))
    })
}

/// The chunks of a WebP.
fn webp_chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes.get(12..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (kind, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let (data, after) = after.split_at_checked(length)?;
        rest = after.get(length % 2..).unwrap_or_default();
        Some((kind, data))
    })
}

/// The EXIF block that ImageMagick and related programs write into a text chunk of a PNG, in hexadecimal.
fn raw_profile(kind: &[u8; 4], data: &[u8]) -> Option<Vec<u8>> {
    let (keyword, rest) = keyword(data)?;
    let keyword = keyword.to_ascii_lowercase();
    if keyword != b"raw profile type exif" && keyword != b"raw profile type app1" {
        return None;
    }
    parse_hex_profile(&png_text(kind, rest)?)
}

/// The keyword of a text chunk of a PNG, and what follows it.
fn keyword(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = data.iter().position(|&byte| byte == 0)?;
    Some((&data[..end], &data[end + 1..]))
}

/// The text of a text chunk of a PNG; `rest` follows its keyword.
fn png_text<'a>(kind: &[u8; 4], rest: &'a [u8]) -> Option<Cow<'a, [u8]>> {
    Some(match kind {
        b"tEXt" => rest.into(),
        b"zTXt" => inflate(rest.get(1..)?)?.into(),
        // The compression flag and method are followed by a language and a translated keyword.
        _ => {
            let compressed = *rest.first()? == 1;
            let mut texts = rest.get(2..)?.splitn(3, |&byte| byte == 0).skip(2);
            let text = texts.next()?;
            if compressed { inflate(text)?.into() } else { text.into() }
        }
    })
}

fn inflate(compressed: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    ZlibDecoder::new(compressed).take(MAX_INFLATED).read_to_end(&mut text).ok()?;
    Some(text)
}

/// Decodes a raw profile: a line with its name, a line with its length, then lines of hexadecimal digits.
fn parse_hex_profile(text: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(text).ok()?;
    let (_name, rest) = text.trim_start().split_once('\n')?;
    let (_length, digits) = rest.trim_start().split_once('\n')?;
    let digits: Vec<u8> = digits
        .chars()
        .filter(|digit| !digit.is_whitespace())
        .map_while(|digit| digit.to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    Some(digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
#[path = "orientation_tests.rs"]
pub(crate) mod tests;
