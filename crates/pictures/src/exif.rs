//! The orientation that a camera or program noted in a picture file.

use std::io::Read;

use flate2::read::ZlibDecoder;
use image::ImageFormat;
use image::metadata::Orientation;

/// How a block of Exif begins in a JPEG; some programs write it in front in other files too.
const PREFIX: &[u8] = b"Exif\0\0";

/// Largest block of Exif inside a PNG's text that is unpacked, in bytes.
const MOST_UNPACKED: u64 = 1 << 20;

/// The orientation in a block of Exif, with or without the prefix that it has in a JPEG. One that makes no
/// sense says nothing.
pub(crate) fn orientation_of(block: &[u8]) -> Option<Orientation> {
    Orientation::from_exif_chunk(block.strip_prefix(PREFIX).unwrap_or(block))
}

/// The orientation noted in a PNG or WebP file, wherever in the file it is.
pub(crate) fn orientation_in_file(bytes: &[u8], format: ImageFormat) -> Option<Orientation> {
    match format {
        ImageFormat::Png => png_chunks(bytes).find_map(|(kind, data)| match kind {
            b"eXIf" => orientation_of(data),
            b"tEXt" | b"zTXt" | b"iTXt" => orientation_of(&raw_profile(kind, data)?),
            _ => None,
        }),
        ImageFormat::WebP => webp_chunks(bytes)
            .find_map(|(kind, data)| if kind == b"EXIF" { orientation_of(data) } else { None }),
        _ => None,
    }
}

/// The chunks of a PNG, before and behind its pixels.
fn png_chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        let (kind, behind) = behind.split_first_chunk::<4>()?;
        let (data, behind) = behind.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = behind.get(4..)?;
        Some((kind, data))
    })
}

/// The chunks of a WebP.
fn webp_chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes.get(12..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (kind, behind) = rest.split_first_chunk::<4>()?;
        let (length, behind) = behind.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let (data, behind) = behind.split_at_checked(length)?;
        rest = behind.get(length % 2..).unwrap_or_default();
        Some((kind, data))
    })
}

/// The Exif that ImageMagick and its relatives write into a text chunk of a PNG, as hexadecimal digits.
fn raw_profile(kind: &[u8; 4], data: &[u8]) -> Option<Vec<u8>> {
    let end = data.iter().position(|&byte| byte == 0)?;
    let keyword = data[..end].to_ascii_lowercase();
    if keyword != b"raw profile type exif" && keyword != b"raw profile type app1" {
        return None;
    }
    let rest = &data[end + 1..];
    let text = match kind {
        b"tEXt" => rest.to_vec(),
        b"zTXt" => unpacked(rest.get(1..)?)?,
        // Behind whether it is packed and how come a language and a translated keyword.
        _ => {
            let packed = *rest.first()? == 1;
            let mut texts = rest.get(2..)?.splitn(3, |&byte| byte == 0).skip(2);
            let text = texts.next()?;
            if packed { unpacked(text)? } else { text.to_vec() }
        }
    };
    from_hexadecimal(&text)
}

fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    ZlibDecoder::new(packed).take(MOST_UNPACKED).read_to_end(&mut text).ok()?;
    Some(text)
}

/// The bytes of a raw profile: a line with its name, one with its length, then digits in lines.
fn from_hexadecimal(text: &[u8]) -> Option<Vec<u8>> {
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
