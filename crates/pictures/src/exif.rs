//! Reads the EXIF orientation of a picture file.

use std::io::Read;

use flate2::read::ZlibDecoder;
use image::ImageFormat;
use image::metadata::Orientation;

/// Start of an EXIF block in a JPEG; some programs write it in other files too.
const PREFIX: &[u8] = b"Exif\0\0";

/// Maximum size of an EXIF block inside a PNG text chunk after inflating, in bytes.
const MAX_INFLATED: u64 = 1 << 20;

/// The orientation in an EXIF block, with or without the prefix used in a JPEG. An invalid one is ignored.
pub(crate) fn parse_orientation(block: &[u8]) -> Option<Orientation> {
    Orientation::from_exif_chunk(block.strip_prefix(PREFIX).unwrap_or(block))
}

/// The orientation in a PNG or WebP file, wherever in the file it is.
pub(crate) fn orientation_in_file(bytes: &[u8], format: ImageFormat) -> Option<Orientation> {
    match format {
        ImageFormat::Png => png_chunks(bytes).find_map(|(kind, data)| match kind {
            b"eXIf" => parse_orientation(data),
            b"tEXt" | b"zTXt" | b"iTXt" => parse_orientation(&raw_profile(kind, data)?),
            _ => None,
        }),
        ImageFormat::WebP => webp_chunks(bytes)
            .find_map(|(kind, data)| if kind == b"EXIF" { parse_orientation(data) } else { None }),
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
    let end = data.iter().position(|&byte| byte == 0)?;
    let keyword = data[..end].to_ascii_lowercase();
    if keyword != b"raw profile type exif" && keyword != b"raw profile type app1" {
        return None;
    }
    let rest = &data[end + 1..];
    let text = match kind {
        b"tEXt" => rest.to_vec(),
        b"zTXt" => inflate(rest.get(1..)?)?,
        // The compression flag and method are followed by a language and a translated keyword.
        _ => {
            let compressed = *rest.first()? == 1;
            let mut texts = rest.get(2..)?.splitn(3, |&byte| byte == 0).skip(2);
            let text = texts.next()?;
            if compressed { inflate(text)? } else { text.to_vec() }
        }
    };
    parse_hex_profile(&text)
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
