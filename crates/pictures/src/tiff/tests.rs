//! TIFFs of all kinds, written here byte by byte.

mod writer;

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, Rgb};
use proptest::prelude::*;

use crate::error::PictureError;
use crate::open::tests::{corners, squares};
use crate::open::{decode_picture, decode_unguarded};
use crate::orientation::tests::xmp;
use image::RgbImage;

use writer::Tiff;

fn read(tiff: &Tiff) -> Result<RgbImage, PictureError> {
    decode_picture(&tiff.bytes(), "a.tif").map(|read| read.picture)
}

#[track_caller]
fn assert_squares(tiff: &Tiff) {
    for little in [true, false] {
        let tiff = Tiff { little, ..tiff.clone() };
        let picture = read(&tiff).unwrap();
        assert_eq!((picture.dimensions(), corners(&picture).as_str()), ((32, 32), "RGBW"));
    }
}

fn rgb() -> Vec<u8> {
    squares().into_raw()
}

fn lzw(bytes: &[u8]) -> Vec<u8> {
    weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(bytes).unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The square of a pixel: 0 to 3 for red, green, white and blue.
fn square(x: usize, y: usize) -> u8 {
    u8::from(x >= 16) + 2 * u8::from(y >= 16)
}

fn each(pixel: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    (0..32 * 32).flat_map(|at| pixel(square(at % 32, at / 32))).collect()
}

const MAP: [u32; 12] = [65535, 0, 65535, 0, 0, 65535, 65535, 0, 0, 0, 65535, 65535];

#[test]
fn strips_and_compressions_are_read() {
    assert_squares(&Tiff::new(&[8; 3], 2, vec![rgb()]));
    let strips = |pack: fn(&[u8]) -> Vec<u8>| rgb().chunks(32 * 3 * 10).map(pack).collect::<Vec<_>>();
    assert_squares(&Tiff::new(&[8; 3], 2, strips(lzw)).with(278, &[10]).with(259, &[5]));
    assert_squares(&Tiff::new(&[8; 3], 2, strips(deflated)).with(278, &[10]).with(259, &[8]));
    assert_squares(&Tiff::new(&[8; 3], 2, strips(zstandard)).with(278, &[10]).with(259, &[50000]));
    let literal =
        |bytes: &[u8]| bytes.chunks(100).flat_map(|run| [&[run.len() as u8 - 1], run].concat()).collect();
    assert_squares(&Tiff::new(&[8; 3], 2, strips(literal)).with(278, &[10]).with(259, &[32773]));
    let big = Tiff { big: true, ..Tiff::new(&[8; 3], 2, strips(lzw)).with(278, &[10]).with(259, &[5]) };
    assert_squares(&big);
}

#[test]
fn planar_tiles_are_read() {
    let mut tiles = Vec::new();
    for channel in 0..3 {
        for (left, top) in [(0, 0), (24, 0), (0, 24), (24, 24)] {
            let tile: Vec<u8> = (0..24 * 24)
                .map(|at| {
                    let (x, y) = ((left + at % 24).min(31), (top + at / 24).min(31));
                    squares().get_pixel(x as u32, y as u32).0[channel]
                })
                .collect();
            tiles.push(lzw(&tile));
        }
    }
    assert_squares(
        &Tiff::new(&[8; 3], 2, tiles).with(259, &[5]).with(284, &[2]).with(322, &[24]).with(323, &[24]),
    );
}

#[test]
fn predictors_are_undone() {
    let mut row = rgb();
    for line in row.chunks_exact_mut(96) {
        for at in (3..96).rev() {
            line[at] = line[at].wrapping_sub(line[at - 3]);
        }
    }
    assert_squares(&Tiff::new(&[8; 3], 2, vec![lzw(&row)]).with(259, &[5]).with(317, &[2]));
    // 16 bits: differences of numbers, in the file's byte order.
    for little in [true, false] {
        let mut data = Vec::new();
        for line in rgb().chunks_exact(96) {
            let deep: Vec<u16> = line.iter().map(|&value| u16::from(value) * 257).collect();
            for at in 0..96 {
                let change = if at < 3 { deep[at] } else { deep[at].wrapping_sub(deep[at - 3]) };
                data.extend(if little { change.to_le_bytes() } else { change.to_be_bytes() });
            }
        }
        let tiff = Tiff::new(&[16; 3], 2, vec![deflated(&data)]).with(259, &[8]).with(317, &[2]);
        assert_eq!(read(&Tiff { little, ..tiff }).unwrap(), squares());
    }
    // Floating point: the bytes of a row grouped by significance, then differences.
    let mut data = Vec::new();
    for line in rgb().chunks_exact(96) {
        let numbers: Vec<[u8; 4]> =
            line.iter().map(|&value| (f32::from(value) / 255.0).to_be_bytes()).collect();
        let sorted: Vec<u8> =
            (0..4).flat_map(|weight| numbers.iter().map(move |number| number[weight])).collect();
        data.extend(
            (0..sorted.len())
                .map(|at| if at < 3 { sorted[at] } else { sorted[at].wrapping_sub(sorted[at - 3]) }),
        );
    }
    assert_squares(
        &Tiff::new(&[32; 3], 2, vec![deflated(&data)]).with(259, &[8]).with(317, &[3]).with(339, &[3, 3, 3]),
    );
}

#[test]
fn samples_of_any_size_are_read() {
    let palette = |bits: usize| {
        let mut packed = Vec::new();
        for y in 0..32 {
            for x in (0..32).step_by(8 / bits) {
                packed.push(
                    (0..8 / bits).fold(0, |byte: u8, at| (u16::from(byte) << bits) as u8 | square(x + at, y)),
                );
            }
        }
        let map: Vec<u32> = MAP.chunks(4).flat_map(|part| (0..1 << bits).map(|at| part[at % 4])).collect();
        Tiff::new(&[bits as u32], 3, vec![packed]).with(320, &map)
    };
    for bits in [2, 4, 8] {
        assert_squares(&palette(bits));
    }
    let grey = |tiff: &Tiff| {
        let picture = read(tiff).unwrap();
        [(0, 0), (31, 0), (0, 31), (31, 31)].map(|(x, y)| picture.get_pixel(x, y).0[0])
    };
    let wide = each(|square| (u32::from(square) << 30 | 1000).to_le_bytes().to_vec());
    assert_eq!(grey(&Tiff::new(&[32], 1, vec![wide])), [0, 64, 128, 192]);
    let real = each(|square| (f32::from(square) / 3.0).to_le_bytes().to_vec());
    assert_eq!(grey(&Tiff::new(&[32], 1, vec![real]).with(339, &[3])), [0, 85, 170, 255]);
    let half = each(|square| half::f16::from_f32(f32::from(square) * 20.0).to_bits().to_le_bytes().to_vec());
    assert_eq!(grey(&Tiff::new(&[16], 1, vec![half]).with(339, &[3])), [0, 85, 170, 255]);
    // Signed: black is 0 and less, white the largest sample.
    let signed = |square: u8| [-500, 0, 1000, 2000][usize::from(square)];
    let short = each(|square| i16::to_le_bytes(signed(square)).to_vec());
    let long = each(|square| i32::from(signed(square)).to_le_bytes().to_vec());
    assert_eq!(grey(&Tiff::new(&[16], 1, vec![short]).with(339, &[2])), [0, 0, 128, 255]);
    assert_eq!(grey(&Tiff::new(&[32], 1, vec![long]).with(339, &[2])), [0, 0, 128, 255]);
    // Programs that write bytes as signed mean unsigned.
    let byte = each(|square| vec![square * 80]);
    assert_eq!(grey(&Tiff::new(&[8], 1, vec![byte]).with(339, &[2])), [0, 80, 160, 240]);
    let two: Vec<u8> = (0..32 * 8).map(|at| square(at % 8 * 4, at / 8) * 0x55).collect();
    assert_eq!(grey(&Tiff::new(&[2], 1, vec![two.clone()])), [0, 85, 170, 255]);
    assert_eq!(grey(&Tiff::new(&[2], 0, vec![two])), [255, 170, 85, 0]);
}

#[test]
fn fax_is_read() {
    let lines = |line: &dyn Fn(&mut fax::encoder::Encoder<fax::VecWriter>, usize)| {
        let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
        (0..32).for_each(|y| line(&mut encoder, y));
        encoder.finish().unwrap().finish()
    };
    let packed = lines(&|encoder, y| {
        let pixels = (0..32).map(|x| if x >= 16 && y < 16 { fax::Color::Black } else { fax::Color::White });
        encoder.encode_line(pixels, 32).unwrap();
    });
    let tiff = Tiff::new(&[1], 0, vec![packed.clone()]).with(259, &[4]);
    let reversed: Vec<u8> = packed.iter().map(|byte| byte.reverse_bits()).collect();
    let turned = Tiff::new(&[1], 0, vec![reversed]).with(259, &[4]).with(266, &[2]);
    for tiff in [tiff, turned] {
        let picture = read(&tiff).unwrap();
        let value = |x, y| picture.get_pixel(x, y).0[0];
        assert_eq!(
            [value(3, 3), value(15, 3), value(16, 3), value(31, 15), value(31, 16), value(3, 31)],
            [255, 255, 0, 0, 255, 255]
        );
    }
}

#[test]
fn other_colours_become_rgb() {
    let cmyk = each(|square| {
        [[0, 255, 255, 0], [255, 0, 255, 0], [0, 0, 0, 0], [255, 255, 0, 0]][usize::from(square)].to_vec()
    });
    assert_squares(&Tiff::new(&[8; 4], 5, vec![cmyk]));
    // Lightness, then signed a and b.
    let lab = each(|square| {
        [[136_i16, 81, 70], [224, -79, 81], [255, 0, 0], [76, 68, -112]][usize::from(square)]
            .map(|value| value as u8)
            .to_vec()
    });
    assert_squares(&Tiff::new(&[8; 3], 8, vec![lab]));
    // Groups of 2 x 2 pixels: four luma samples, then the chroma.
    let mut groups = Vec::new();
    for y in (0..32).step_by(2) {
        for x in (0..32).step_by(2) {
            let [luma, blue, red] =
                [[76, 85, 255], [150, 44, 21], [255, 128, 128], [29, 255, 107]][usize::from(square(x, y))];
            groups.extend([luma, luma, luma, luma, blue, red]);
        }
    }
    let ycbcr = Tiff::new(&[8; 3], 6, vec![groups]).with(530, &[2, 2]);
    assert_squares(&ycbcr.clone().with(532, &[0, 255_000, 128_000, 255_000, 128_000, 255_000]));
    assert_squares(&ycbcr);
}

#[test]
fn a_jpeg_inside_is_read() {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 90)
        .encode(squares().as_raw(), 32, 32, ExtendedColorType::Rgb8)
        .unwrap();
    assert_squares(&Tiff::new(&[8; 3], 6, vec![jpeg]).with(259, &[7]));
}

#[test]
fn premultiplied_colours_are_blended_once() {
    let half_red = each(|_| vec![128, 0, 0, 128]);
    let pixel = |extra: u32| {
        read(&Tiff::new(&[8; 4], 2, vec![half_red.clone()]).with(338, &[extra])).unwrap().get_pixel(5, 5).0
    };
    assert_eq!(pixel(1), [255, 127, 127]);
    assert_eq!(pixel(2), [191, 127, 127]);
    // An extra sample of unknown meaning is ignored.
    assert_eq!(pixel(0), [128, 0, 0]);
}

#[test]
fn transparency_beside_a_palette_is_blended_with_white() {
    let map: Vec<u32> = [255_u32, 0, 0].iter().flat_map(|&value| [value << 8; 16]).collect();
    let pixel = |bits: u32, sample: [u8; 2]| {
        let data = if bits == 8 { sample.to_vec() } else { vec![sample[0] << 4 | sample[1]] };
        let tiff = Tiff::new(&[bits; 2], 3, vec![data.repeat(32 * 32)]).with(320, &map).with(338, &[2]);
        read(&tiff).unwrap().get_pixel(5, 5).0
    };
    assert_eq!(pixel(8, [3, 255]), [255, 0, 0]);
    assert_eq!(pixel(8, [3, 0]), [255, 255, 255]);
    assert_eq!(pixel(4, [3, 15]), [255, 0, 0]);
    assert_eq!(pixel(4, [3, 5]), [255, 170, 170]);
}

#[test]
fn the_orientation_of_a_tiff_is_applied() {
    let turned = read(&Tiff::new(&[8; 3], 2, vec![rgb()]).with(274, &[6])).unwrap();
    assert_eq!(corners(&turned), "WRGB");
    let mut packet = xmp(6, false);
    packet.resize(packet.len().next_multiple_of(4), b' ');
    let packet: Vec<u32> = packet.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
    let by_xmp = Tiff::new(&[8; 3], 2, vec![rgb()]).with(700, &packet);
    assert_eq!(corners(&read(&by_xmp).unwrap()), "WRGB");
    assert_eq!(corners(&read(&by_xmp.with(274, &[3])).unwrap()), "BWRG", "the tag is preferred");
}

#[test]
fn a_thumbnail_before_the_picture_is_skipped() {
    let bytes = Tiff::new(&[8; 3], 2, vec![rgb()]).bytes();
    // The directory of a thumbnail, followed by that of the picture.
    let mut with_copy = bytes.clone();
    let at = u32::from_le_bytes(*bytes[4..8].first_chunk().unwrap());
    let copy = with_copy.len() as u32;
    with_copy.extend([1, 0, 254, 0, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
    with_copy.extend(at.to_le_bytes());
    with_copy[4..8].copy_from_slice(&copy.to_le_bytes());
    assert_eq!(decode_picture(&with_copy, "a.tif").unwrap().picture, squares());
}

#[test]
fn unsupported_files_are_refused_in_plain_words() {
    let tiff = || Tiff::new(&[8; 3], 2, vec![rgb()]);
    for (tiff, words) in [
        (tiff().with(259, &[34925]), "a TIFF compressed with LZMA"),
        (tiff().with(259, &[6]).with(513, &[8]), "a TIFF compressed with JPEG of the old kind"),
        (tiff().with(259, &[999]), "a TIFF compressed with method 999"),
        (tiff().with(262, &[32844]), "a TIFF in LogLuv colours"),
        (tiff().with(262, &[32803]), "a raw photograph"),
        (tiff().with(50706, &[1]), "a raw photograph"),
        (tiff().with(339, &[5, 5, 5]), "a TIFF with complex numbers"),
        (tiff().with(258, &[8, 8, 4]), "a TIFF with samples of different sizes"),
    ] {
        let error = read(&tiff).unwrap_err();
        assert!(matches!(error, PictureError::UnreadableKind { .. }), "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let large = read(&tiff().with(256, &[60_000])).unwrap_err();
    assert!(matches!(large, PictureError::TooManyPixels { width: 60_000, .. }), "{large:?}");
    let mut cut = tiff();
    cut.chunks[0].truncate(100);
    assert!(read(&cut).is_err());
}

/// Bits, photometric and other tags of the files damaged below.
const KINDS: [(&[u32], u32, &[(u16, u32)]); 9] = [
    (&[16; 3], 2, &[(317, 2), (339, 2)]),
    (&[8; 3], 2, &[(259, 1)]),
    (&[8; 3], 2, &[(259, 5), (317, 2)]),
    (&[8; 3], 6, &[(259, 7)]),
    (&[16; 3], 2, &[(259, 8), (322, 16), (323, 16)]),
    (&[1], 0, &[(259, 4)]),
    (&[1], 0, &[(259, 3)]),
    (&[4], 3, &[(259, 32773)]),
    (&[32; 4], 2, &[(339, 3), (338, 1), (317, 3)]),
];

proptest! {
    #[test]
    fn damaged_files_neither_panic_nor_hang(
        kind in 0..KINDS.len(),
        big: bool,
        data in proptest::collection::vec(any::<u8>(), 0..3000),
        hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..5),
    ) {
        let (bits, photometric, tags) = KINDS[kind];
        let mut tiff = Tiff { big, ..Tiff::new(bits, photometric, vec![data.clone(), data]) };
        for (tag, value) in tags {
            tiff = tiff.with(*tag, &[*value]);
        }
        let mut bytes = tiff.bytes();
        for (at, byte) in hits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok((picture, _)) = decode_unguarded(&bytes, "a") {
            prop_assert!(picture.width() > 0 && picture.height() > 0);
        }
    }
}

#[test]
fn the_colours_of_a_profile_are_converted() {
    let mut profile = moxcms::ColorProfile::new_srgb();
    std::mem::swap(&mut profile.red_colorant, &mut profile.green_colorant);
    let icc = profile.encode().unwrap();
    let mut words: Vec<u32> = icc
        .chunks(4)
        .map(|word| {
            let mut bytes = [0; 4];
            bytes[..word.len()].copy_from_slice(word);
            u32::from_le_bytes(bytes)
        })
        .collect();
    words.push(0);
    let picture = read(&Tiff::new(&[8; 3], 2, vec![rgb()]).with(34675, &words)).unwrap();
    assert_eq!(picture.get_pixel(3, 3).0.map(|value| value > 127), [false, true, false]);
    assert_eq!(picture.get_pixel(28, 3), &Rgb([255, 0, 0]));
}
