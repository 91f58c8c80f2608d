//! Decodes a camera's JPEG without trusting it: checks its structure before decoding.

use image::RgbImage;
use zune_core::bytestream::ZCursor;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::camera::error::FrameError;
use agemirror_pictures::next_jpeg_marker;

const START_OF_IMAGE: u8 = 0xd8;
const END_OF_IMAGE: u8 = 0xd9;
const HUFFMAN_TABLES: u8 = 0xc4;

/// A header that makes the decoder use the Huffman tables of the JPEG standard: many webcams omit the
/// tables, as AVI files do.
const MOTION_JPEG_HEADER: [u8; 18] =
    [0xff, 0xe0, 0, 16, b'A', b'V', b'I', b'1', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// Maximum number of scans. A camera's picture has one; each costs a pass over the whole picture.
const MAX_SCANS: usize = 16;

/// What the markers of a JPEG say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JpegOutline {
    /// Bytes from the start to the end of the end-of-image marker.
    pub length: usize,
    /// Width in pixels according to the header.
    pub width: u32,
    /// Height in pixels according to the header.
    pub height: u32,
    has_huffman_tables: bool,
}

/// Walks the markers of the JPEG at the start of `bytes` to its end-of-image marker. `None` if it is not a
/// JPEG, has no size, or ends before that marker.
pub(crate) fn outline(bytes: &[u8]) -> Option<JpegOutline> {
    if bytes.get(..2)? != [0xff, START_OF_IMAGE] {
        return None;
    }
    let (mut size, mut has_huffman_tables) = (None, false);
    let mut at = 2;
    loop {
        let marker_at = next_jpeg_marker(bytes, at)?;
        let marker = bytes[marker_at + 1];
        at = marker_at + 2;
        match marker {
            END_OF_IMAGE => {
                let (width, height) = size?;
                return Some(JpegOutline { length: at, width, height, has_huffman_tables });
            }
            HUFFMAN_TABLES => has_huffman_tables = true,
            0xc0..=0xcf if !matches!(marker, 0xc8 | 0xcc) => size = Some(frame_size(bytes, at)?),
            _ => {}
        }
        // The header of a scan is followed by picture data without a length field; it contains no markers.
        at += segment_length(bytes, at)?;
    }
}

/// The length of the segment whose length field is at `at`; includes the field.
fn segment_length(bytes: &[u8], at: usize) -> Option<usize> {
    let field: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
    let length = usize::from(u16::from_be_bytes(field));
    (length >= 2).then_some(length)
}

/// Width and height from the frame header whose length field is at `at`.
fn frame_size(bytes: &[u8], at: usize) -> Option<(u32, u32)> {
    let fields: [u8; 4] = bytes.get(at + 3..at + 7)?.try_into().ok()?;
    let [height_high, height_low, width_high, width_low] = fields;
    let width = u32::from(u16::from_be_bytes([width_high, width_low]));
    let height = u32::from(u16::from_be_bytes([height_high, height_low]));
    Some((width, height))
}

/// Decodes a whole JPEG of exactly `width` x `height` pixels.
///
/// With `strict`, every violation of the standard is an error: it is often the only trace of damage in the
/// picture data.
///
/// # Errors
/// [`FrameError`] when it is cut short, claims another size, or does not decode. Allocates nothing before
/// the size is checked.
pub(crate) fn decode_jpeg(
    bytes: &[u8],
    width: u32,
    height: u32,
    strict: bool,
) -> Result<RgbImage, FrameError> {
    let outline = outline(bytes).ok_or(FrameError::CutShort)?;
    if (outline.width, outline.height) != (width, height) {
        return Err(FrameError::OtherSize { width: outline.width, height: outline.height });
    }
    let whole = &bytes[..outline.length];
    let pixels = if outline.has_huffman_tables {
        decode_whole(whole, width, height, strict)?
    } else {
        let (start, rest) = whole.split_at(2);
        decode_whole(&[start, &MOTION_JPEG_HEADER, rest].concat(), width, height, strict)?
    };
    RgbImage::from_raw(width, height, pixels).ok_or(FrameError::Undecodable)
}

fn decode_whole(bytes: &[u8], width: u32, height: u32, strict: bool) -> Result<Vec<u8>, FrameError> {
    let options = DecoderOptions::default()
        .set_strict_mode(strict)
        .set_max_width(width as usize)
        .set_max_height(height as usize)
        .jpeg_set_max_scans(MAX_SCANS);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|_| FrameError::Undecodable)?;
    let expected = width as usize * height as usize * 3;
    if decoder.output_buffer_size() != Some(expected) {
        return Err(FrameError::Undecodable);
    }
    decoder.decode().map_err(|_| FrameError::Undecodable)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;
    use proptest::prelude::*;

    /// A JPEG with enough detail that damage shows.
    fn sample(width: u32, height: u32) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([(x * 5) as u8, (y * 3) as u8, ((x * y) % 251) as u8])
        });
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&picture).unwrap();
        bytes
    }

    /// The same JPEG with another size in its header.
    fn claiming(mut bytes: Vec<u8>, width: u16, height: u16) -> Vec<u8> {
        let header = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
        bytes[header + 5..header + 7].copy_from_slice(&height.to_be_bytes());
        bytes[header + 7..header + 9].copy_from_slice(&width.to_be_bytes());
        bytes
    }

    fn without_tables(bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes[..2].to_vec();
        let mut at = 2;
        while bytes[at + 1] != 0xda {
            let end = at + 2 + segment_length(bytes, at + 2).unwrap();
            if bytes[at + 1] != HUFFMAN_TABLES {
                out.extend_from_slice(&bytes[at..end]);
            }
            at = end;
        }
        out.extend_from_slice(&bytes[at..]);
        out
    }

    #[test]
    fn an_intact_picture_decodes_whatever_follows_it() {
        let mut bytes = sample(64, 48);
        let length = bytes.len();
        bytes.extend_from_slice(&[0xff, 0xd8, 0xff, 0xd9, 7, 7, 7]);
        assert_eq!(outline(&bytes).unwrap().length, length);
        let picture = decode_jpeg(&bytes, 64, 48, true).unwrap();
        assert_eq!(picture.dimensions(), (64, 48));
        let pixel = picture.get_pixel(40, 20).0;
        assert!(pixel[0].abs_diff(200) < 12 && pixel[1].abs_diff(60) < 12, "{pixel:?}");
    }

    #[test]
    fn a_picture_without_its_end_is_refused_wherever_it_is_cut() {
        let bytes = sample(64, 48);
        for end in 0..bytes.len() {
            assert_eq!(decode_jpeg(&bytes[..end], 64, 48, false), Err(FrameError::CutShort), "cut at {end}");
        }
    }

    #[test]
    fn another_size_in_the_header_is_refused_before_anything_is_allocated() {
        let bytes = claiming(sample(64, 48), 30_000, 30_000);
        let refused = decode_jpeg(&bytes, 64, 48, false);
        assert_eq!(refused, Err(FrameError::OtherSize { width: 30_000, height: 30_000 }));
        let smaller = decode_jpeg(&sample(32, 48), 64, 48, false);
        assert_eq!(smaller, Err(FrameError::OtherSize { width: 32, height: 48 }));
    }

    #[test]
    fn omitted_tables_are_filled_in() {
        let whole = sample(64, 48);
        let bare = without_tables(&whole);
        assert!(bare.len() + 400 < whole.len());
        assert_eq!(decode_jpeg(&bare, 64, 48, true), decode_jpeg(&whole, 64, 48, true));
    }

    proptest! {
        #[test]
        fn noise_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            prop_assert!(decode_jpeg(&bytes, 64, 48, false).is_err());
        }

        #[test]
        fn damage_never_panics(hits in proptest::collection::vec((2usize..3000, any::<u8>()), 1..40), strict: bool) {
            let mut bytes = sample(64, 48);
            for (at, byte) in hits {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            if let Ok(picture) = decode_jpeg(&bytes, 64, 48, strict) {
                prop_assert_eq!(picture.dimensions(), (64, 48));
            }
        }
    }
}
