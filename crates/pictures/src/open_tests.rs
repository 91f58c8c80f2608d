//! Pictures of every format, and files that are not pictures.

use std::fs;
use std::path::PathBuf;

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{GrayImage, ImageBuffer, Luma, Rgb, Rgba, RgbaImage};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const KINDS: [ImageFormat; 7] = [
    ImageFormat::Jpeg,
    ImageFormat::Png,
    ImageFormat::WebP,
    ImageFormat::Gif,
    ImageFormat::Tiff,
    ImageFormat::Bmp,
    ImageFormat::Pnm,
];

/// Four squares of 16 pixels: red, green, blue, white, clockwise from the top left.
pub(crate) fn squares() -> RgbImage {
    RgbImage::from_fn(32, 32, |x, y| match (x < 16, y < 16) {
        (true, true) => Rgb([255, 0, 0]),
        (false, true) => Rgb([0, 255, 0]),
        (false, false) => Rgb([0, 0, 255]),
        (true, false) => Rgb([255, 255, 255]),
    })
}

pub(crate) fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The names of the squares' colours, clockwise from the top left.
pub(crate) fn corners(picture: &RgbImage) -> String {
    let (right, bottom) = (picture.width() - 4, picture.height() - 4);
    let name = |(x, y)| match picture.get_pixel(x, y).0.map(|value| value > 127) {
        [true, false, false] => 'R',
        [false, true, false] => 'G',
        [false, false, true] => 'B',
        [true, true, true] => 'W',
        _ => '?',
    };
    [(3, 3), (right, 3), (right, bottom), (3, bottom)].map(name).iter().collect()
}

/// A file with this name and content, in a folder that lives as long as the first value.
fn file(name: &str, content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    (folder, path)
}

fn error_of(name: &str, content: &[u8]) -> PictureError {
    let (_folder, path) = file(name, content);
    let error = load_picture(&path).unwrap_err();
    assert!(error.to_string().contains(name), "{error} does not name the file");
    error
}

#[test]
fn every_format_is_detected_by_its_content() {
    for kind in KINDS {
        let (_folder, path) = file("wrong extension.xyz", &encoded(squares(), kind));
        let loaded = load_picture(&path).unwrap();
        assert_eq!(corners(&loaded.picture), "RGBW", "{kind:?}");
        assert_eq!(loaded.name, "wrong extension.xyz");
    }
    let (_folder, path) = file("really a PNG.jpg", &encoded(squares(), ImageFormat::Png));
    assert_eq!(load_picture(&path).unwrap().picture, squares());
}

#[test]
fn every_format_reports_a_file_that_is_cut_short() {
    for kind in KINDS {
        let whole = encoded(squares(), kind);
        for part in [whole.len() / 4, whole.len() / 2, whole.len() * 3 / 4] {
            let error = error_of("cut.bin", &whole[..part]);
            assert!(
                matches!(error, PictureError::CutShort { .. } | PictureError::Damaged { .. }),
                "{kind:?} cut at {part} of {}: {error:?}",
                whole.len()
            );
        }
        // The last bytes of some formats contain no pixels.
        if let Ok(loaded) = decode_picture(&whole[..whole.len() - 3], "cut.bin") {
            assert_eq!(loaded.picture, decode_picture(&whole, "whole").unwrap().picture, "{kind:?}");
        }
    }
    let jpeg = encoded(squares(), ImageFormat::Jpeg);
    assert!(matches!(error_of("half.jpg", &jpeg[..jpeg.len() / 2]), PictureError::CutShort { .. }));
    let png = encoded(squares(), ImageFormat::Png);
    assert!(matches!(error_of("half.png", &png[..png.len() / 2]), PictureError::CutShort { .. }));
}

#[test]
fn a_file_that_is_not_a_picture_is_an_error() {
    for content in [&b"hello"[..], b"%PDF-1.7 and so on", &[0; 100]] {
        assert!(matches!(error_of("notes.jpg", content), PictureError::NotAPicture { .. }), "{content:?}");
    }
}

#[test]
fn an_empty_file_is_reported_as_empty() {
    let error = error_of("empty.jpg", b"");
    assert!(matches!(error, PictureError::Empty { .. }) && error.to_string().contains("is empty"), "{error}");
}

#[test]
fn an_unsupported_format_is_named() {
    for (name, content, kind) in [
        ("a.jxl", &b"\xff\x0a\0"[..], "a JPEG XL picture"),
        ("b.bin", b"8BPS\0\x01", "a Photoshop document"),
        ("c.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "an SVG drawing"),
        ("d.CR2", b"II*\0\x10\0\0\0CR\x02\0", "a raw photograph"),
        ("e.NEF", b"MM\0*\0\0\0\x08\0\0", "a raw photograph"),
        ("f.tga", b"\0\0\x02\0\0\0", "a Targa picture"),
    ] {
        let error = error_of(name, content);
        assert!(matches!(error, PictureError::UnreadableKind { .. }), "{error:?}");
        assert!(error.to_string().contains(kind), "{error}");
    }
}

#[test]
fn a_path_that_is_not_a_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(load_picture(folder.path()), Err(PictureError::NotAFile { .. })));
    let missing = load_picture(&folder.path().join("missing.png"));
    assert!(matches!(missing, Err(PictureError::Unreadable { .. })));
}

/// Opening a pipe without a writer would wait forever.
#[cfg(unix)]
#[test]
fn a_pipe_does_not_block() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe.png");
    let name = std::ffi::CString::new(path.as_os_str().as_bytes()).unwrap();
    // SAFETY: the name is a zero-terminated string that lives through the call.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    assert!(matches!(load_picture(&path), Err(PictureError::NotAFile { .. })));
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_utf_8_is_read() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.png"));
    fs::write(&path, encoded(squares(), ImageFormat::Png)).unwrap();
    assert_eq!(load_picture(&path).unwrap().name, "caf\u{fffd}.png");
    fs::write(&path, b"no picture").unwrap();
    assert!(load_picture(&path).unwrap_err().to_string().contains("caf\u{fffd}.png"));
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

pub(crate) fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [&kind[..], data].concat();
    [&(data.len() as u32).to_be_bytes()[..], &body, &crc32(&body).to_be_bytes()].concat()
}

/// A PNG with a header of this size and almost no data.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let chunks = [png_chunk(b"IHDR", &header), png_chunk(b"IDAT", &[0x78, 1]), png_chunk(b"IEND", &[])];
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat()
}

#[test]
fn a_picture_that_claims_to_be_huge_is_refused() {
    let too_many = |error: PictureError, side: u32| match error {
        PictureError::TooManyPixels { width, height, .. } => (width, height) == (side, side),
        _ => false,
    };
    assert!(too_many(error_of("huge.png", &png_claiming(100_000, 100_000)), 100_000));
    // Each side is allowed, but not both.
    let large = error_of("large.png", &png_claiming(16_000, 16_000));
    assert!(large.to_string().contains("smaller than 89 megapixels"), "{large}");
    assert!(too_many(large, 16_000));
    let mut jpeg = encoded(squares(), ImageFormat::Jpeg);
    let header = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[header + 5..header + 9].fill(0xff);
    assert!(too_many(error_of("huge.jpg", &jpeg), 65_535));
    let mut bmp = encoded(squares(), ImageFormat::Bmp);
    for side in [18, 22] {
        bmp[side..side + 4].copy_from_slice(&60_000u32.to_le_bytes());
    }
    assert!(matches!(
        error_of("huge.bmp", &bmp),
        PictureError::TooManyPixels { .. } | PictureError::Damaged { .. }
    ));
    let mut pnm = b"P6 100000 100000 255\n".to_vec();
    pnm.extend([0; 100]);
    assert!(too_many(error_of("huge.ppm", &pnm), 100_000));
}

#[test]
fn a_file_larger_than_the_limit_is_not_read() {
    let (_folder, path) = file("large.png", b"");
    fs::File::options().write(true).open(&path).unwrap().set_len(MAX_BYTES + 1).unwrap();
    assert!(matches!(load_picture(&path), Err(PictureError::TooManyBytes { .. })));
}

#[test]
fn deep_pixels_and_grey_become_8_bit_rgb() {
    let deep: ImageBuffer<Rgb<u16>, Vec<u16>> = ImageBuffer::from_pixel(4, 4, Rgb([0xffff, 0x8080, 0]));
    let png = encoded(DynamicImage::ImageRgb16(deep), ImageFormat::Png);
    assert_eq!(decode_picture(&png, "deep").unwrap().picture.get_pixel(1, 1).0, [255, 128, 0]);
    let grey = encoded(GrayImage::from_pixel(8, 8, Luma([100])), ImageFormat::Jpeg);
    let [red, green, blue] = decode_picture(&grey, "grey").unwrap().picture.get_pixel(1, 1).0;
    assert!(red == green && green == blue && red.abs_diff(100) < 3);
}

#[test]
fn transparency_becomes_white() {
    let mut picture = RgbaImage::from_pixel(3, 1, Rgba([255, 0, 0, 255]));
    picture.put_pixel(1, 0, Rgba([0, 0, 0, 0]));
    picture.put_pixel(2, 0, Rgba([0, 0, 0, 128]));
    let loaded = decode_picture(&encoded(picture, ImageFormat::Png), "alpha").unwrap();
    assert_eq!(loaded.picture.into_raw(), [255, 0, 0, 255, 255, 255, 127, 127, 127]);
}

#[test]
fn the_first_picture_of_an_animation_is_read() {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    let plain = |colour| image::Frame::new(RgbaImage::from_pixel(8, 8, Rgba(colour)));
    encoder.encode_frames([plain([255, 0, 0, 255]), plain([0, 0, 255, 255])]).unwrap();
    drop(encoder);
    assert_eq!(decode_picture(&bytes, "animation").unwrap().picture.get_pixel(2, 2).0, [255, 0, 0]);
}

/// An 8 x 8 JPEG of one colour with four components, inverted as Adobe's programs write CMYK.
fn cmyk_jpeg(inverted: [u8; 4]) -> Vec<u8> {
    let mut bits = String::new();
    for value in inverted {
        // With quantisation 1, the DC coefficient is eight times the mean; the others are zero.
        let coefficient = 8 * (i32::from(value) - 128);
        let category = 32 - coefficient.unsigned_abs().leading_zeros();
        let amplitude = if coefficient < 0 { coefficient + (1 << category) - 1 } else { coefficient };
        bits += &format!("{category:04b}");
        if category > 0 {
            bits += &format!("{amplitude:0width$b}", width = category as usize);
        }
        bits += "0";
    }
    bits += &"1".repeat(8 - bits.len() % 8);
    let mut data = Vec::new();
    for byte in bits.as_bytes().chunks(8) {
        let byte = byte.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
        data.push(byte);
        if byte == 0xff {
            data.push(0);
        }
    }
    let mut bytes = vec![0xff, 0xd8];
    let mut segment = |marker: u8, content: &[u8]| {
        bytes.extend([0xff, marker]);
        bytes.extend((content.len() as u16 + 2).to_be_bytes());
        bytes.extend(content);
    };
    segment(0xee, b"Adobe\0\x64\0\0\0\0\0");
    segment(0xdb, &[&[0][..], &[1; 64]].concat());
    segment(0xc0, &[8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]);
    // Categories 0 to 11 with four bits each; one bit for the end of a block.
    segment(0xc4, &[&[0, 0, 0, 0, 12][..], &[0; 12], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]].concat());
    segment(0xc4, &[&[0x10, 1][..], &[0; 15], &[0]].concat());
    segment(0xda, &[4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
    bytes.extend(data);
    bytes.extend([0xff, 0xd9]);
    bytes
}

#[test]
fn cmyk_becomes_rgb() {
    for (inverted, rgb) in [([255, 0, 0, 255], [255, 0, 0]), ([0, 255, 255, 128], [0, 128, 128])] {
        let loaded = decode_picture(&cmyk_jpeg(inverted), "cmyk").unwrap();
        let pixel = loaded.picture.get_pixel(4, 4).0;
        assert!(pixel.iter().zip(rgb).all(|(&is, should)| is.abs_diff(should) < 4), "{pixel:?}, not {rgb:?}");
    }
}

#[test]
fn a_jpeg_with_a_trailer_is_complete() {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&squares()).unwrap();
    bytes.extend(b"a video clip, as some phones append");
    assert_eq!(corners(&decode_picture(&bytes, "phone.jpg").unwrap().picture), "RGBW");
}

proptest! {
    #[test]
    fn damage_never_panics(
        kind in 0..KINDS.len(),
        hits in proptest::collection::vec((0usize..4000, any::<u8>()), 1..20),
        cut in 0usize..4000,
    ) {
        let mut bytes = encoded(squares(), KINDS[kind]);
        for (at, byte) in hits {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        bytes.truncate(cut.max(16));
        if let Ok((picture, _)) = decode_unguarded(&bytes, "a") {
            prop_assert!(picture.width() > 0 && picture.height() > 0);
        }
    }

    #[test]
    fn noise_is_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        prop_assert!(decode_unguarded(&bytes, "noise").is_err());
    }
}
