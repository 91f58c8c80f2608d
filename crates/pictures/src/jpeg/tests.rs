//! JPEG files from unusual programs and failing disks.

use image::Rgb;
use proptest::prelude::*;

use crate::error::PictureError;
use crate::open::tests::{corners, encoded, squares};
use crate::open::{Picture, decode_picture, decode_unguarded};
use image::{ImageFormat, RgbImage};

const PROGRESSIVE: &[u8] = include_bytes!("../../../../tests/pictures/progressive.jpg");

/// Writes bits as in a JPEG.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    buffer: u64,
    count: u32,
}

impl Writer {
    fn write(&mut self, bits: u64, length: u32) {
        self.buffer = self.buffer << length | bits;
        self.count += length;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.buffer >> self.count) as u8;
            self.bytes.extend(if byte == 0xff { vec![byte, 0] } else { vec![byte] });
        }
    }

    fn align(&mut self) {
        if self.count > 0 {
            let length = 8 - self.count;
            self.write((1 << length) - 1, length);
        }
    }
}

fn segment(out: &mut Vec<u8>, marker: u8, content: &[u8]) {
    out.extend([0xff, marker]);
    out.extend((content.len() as u16 + 2).to_be_bytes());
    out.extend(content);
}

/// The headers of a JPEG with three components, the first at twice the resolution, all quantisation steps 1.
/// A DC value is coded with its length in four bits, and the end of a block with one bit.
fn headers(width: u16, height: u16, restart: u16) -> Vec<u8> {
    let mut out = vec![0xff, 0xd8];
    segment(&mut out, 0xdb, &[&[0][..], &[1; 64]].concat());
    let [high, low] = height.to_be_bytes();
    let [wide, narrow] = width.to_be_bytes();
    segment(&mut out, 0xc0, &[8, high, low, wide, narrow, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]);
    segment(
        &mut out,
        0xc4,
        &[&[0, 0, 0, 0, 12][..], &[0; 12], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]].concat(),
    );
    segment(&mut out, 0xc4, &[&[0x10, 1][..], &[0; 15], &[0]].concat());
    segment(&mut out, 0xdd, &restart.to_be_bytes());
    out
}

/// A JPEG of 16-pixel squares of one colour each, `units` of them horizontally and vertically, with a restart
/// marker after every `restart` units and one scan for each list of components.
fn units(
    units: [usize; 2],
    colour: impl Fn(usize, usize) -> [u8; 3],
    restart: usize,
    scans: &[&[usize]],
) -> Vec<u8> {
    let mut out = headers(units[0] as u16 * 16, units[1] as u16 * 16, restart as u16);
    for scan in scans {
        let ids: Vec<u8> = scan.iter().flat_map(|&index| [index as u8 + 1, 0]).collect();
        segment(&mut out, 0xda, &[&[scan.len() as u8][..], &ids, &[0, 63, 0]].concat());
        let by = |index: usize| if index == 0 { 2 } else { 1 };
        // The units of a single component are its blocks.
        let factor = if scan.len() == 1 { by(scan[0]) } else { 1 };
        let mut writer = Writer::default();
        let mut means = [0; 3];
        let [across, down] = units.map(|count| count * factor);
        for unit in 0..across * down {
            if restart > 0 && unit > 0 && unit % restart == 0 {
                writer.align();
                writer.bytes.extend([0xff, 0xd0 + ((unit / restart - 1) % 8) as u8]);
                means = [0; 3];
            }
            let ycc = colour(unit % across / factor, unit / across / factor);
            for &index in *scan {
                let blocks = if scan.len() == 1 { 1 } else { by(index) * by(index) };
                for _ in 0..blocks {
                    let mean = 8 * (i32::from(ycc[index]) - 128);
                    let change = mean - means[index];
                    means[index] = mean;
                    let length = 32 - change.unsigned_abs().leading_zeros();
                    writer.write(u64::from(length), 4);
                    let bits = if change < 0 { change + (1 << length) - 1 } else { change };
                    writer.write(bits as u64, length);
                    writer.write(0, 1);
                }
            }
        }
        writer.align();
        out.extend(writer.bytes);
    }
    out.extend([0xff, 0xd9]);
    out
}

fn striped(_: usize, row: usize) -> [u8; 3] {
    [40 + 20 * row as u8, 128, 128]
}

fn read(bytes: &[u8]) -> Result<Picture, PictureError> {
    decode_picture(bytes, "a.jpg")
}

/// The brightness in the middle of each row of units.
fn stripes(picture: &RgbImage) -> Vec<u8> {
    (0..picture.height() / 16).map(|row| picture.get_pixel(picture.width() / 2, row * 16 + 8).0[0]).collect()
}

#[test]
fn subsampled_scans_of_one_component_are_read() {
    let colours = |x: usize, y: usize| [[90, 60, 200], [150, 90, 40], [60, 220, 130]][(x + 2 * y) % 3];
    let together = read(&units([3, 2], colours, 0, &[&[0, 1, 2]])).unwrap().picture;
    for scans in [&[&[0][..], &[1], &[2]][..], &[&[0], &[1, 2]], &[&[2], &[1], &[0]]] {
        let apart = read(&units([3, 2], colours, 0, scans)).unwrap().picture;
        for (x, y) in [(8, 8), (24, 8), (40, 8), (8, 24), (24, 24), (40, 24)] {
            let (one, other) = (together.get_pixel(x, y).0, apart.get_pixel(x, y).0);
            assert!(
                one.iter().zip(other).all(|(one, other)| one.abs_diff(other) < 3),
                "{one:?} {other:?} {scans:?}"
            );
        }
    }
}

#[test]
fn damage_without_restart_markers_is_an_error_that_names_the_row() {
    let mut bytes = units([4, 8], striped, 0, &[&[0, 1, 2]]);
    let data = bytes.len() - 2 - 8 * 4 * 6 * 5 / 8;
    let middle = data + (bytes.len() - data) / 2;
    bytes[middle..middle + 4].fill(0xee);
    let error = read(&bytes).unwrap_err();
    let PictureError::DamagedFrom { row, .. } = error else { panic!("{error:?}") };
    assert!((48..=96).contains(&row), "{row}");
    assert!(error.to_string().contains(&format!("damaged from row {row}")), "{error}");
}

#[test]
fn damage_between_restart_markers_costs_only_that_interval() {
    let bytes = units([4, 8], striped, 4, &[&[0, 1, 2]]);
    assert!(read(&bytes).unwrap().remarks.is_empty());
    let expected = stripes(&read(&bytes).unwrap().picture);
    let markers: Vec<usize> = (0..bytes.len() - 1)
        .filter(|&at| bytes[at] == 0xff && (0xd0..=0xd7).contains(&bytes[at + 1]))
        .collect();
    assert_eq!(markers.len(), 7);
    // In the middle of the fourth row of units.
    let mut damaged = bytes.clone();
    damaged[markers[2] + 4..markers[2] + 8].fill(0xee);
    let picture = read(&damaged).unwrap();
    let found = stripes(&picture.picture);
    for row in [0, 1, 2, 4, 5, 6, 7] {
        assert!(found[row].abs_diff(expected[row]) < 3, "row {row}: {found:?} {expected:?}");
    }
    assert_eq!(
        picture.remarks,
        ["“a.jpg” is damaged in parts of the rows 48 to 64; the rest was recovered."]
    );
    // A restart marker itself: what is before and after it cannot be separated.
    let mut damaged = bytes.clone();
    damaged[markers[4] + 1] = 0x33;
    let picture = read(&damaged).unwrap();
    let found = stripes(&picture.picture);
    for row in [0, 1, 2, 3, 6, 7] {
        assert!(found[row].abs_diff(expected[row]) < 3, "row {row}: {found:?} {expected:?}");
    }
    assert_eq!(picture.remarks.len(), 1);
}

#[test]
fn a_complete_picture_needs_no_end_marker_and_may_have_a_trailer() {
    let plain = encoded(squares(), ImageFormat::Jpeg);
    for whole in [plain.as_slice(), PROGRESSIVE] {
        let without_end = &whole[..whole.len() - 2];
        let trailer = b"\x12\x34 the name of a camera and a panorama's data, \xff\xe1\x00\x08 and more than eight bytes";
        for bytes in [without_end.to_vec(), [without_end, trailer].concat(), [whole, trailer].concat()] {
            let picture = read(&bytes).unwrap();
            assert_eq!(corners(&picture.picture), "RGBW");
            assert!(picture.remarks.is_empty());
        }
    }
}

#[test]
fn a_progressive_picture_that_lacks_a_scan_is_cut_short() {
    assert_eq!(corners(&read(PROGRESSIVE).unwrap().picture), "RGBW");
    let last_scan = PROGRESSIVE.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap();
    for cut in [last_scan, last_scan - 40] {
        assert!(matches!(read(&PROGRESSIVE[..cut]), Err(PictureError::CutShort { .. })));
    }
}

#[test]
fn damage_to_a_progressive_picture_is_an_error_that_names_the_row() {
    let mut bytes = PROGRESSIVE.to_vec();
    let scan = bytes.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    bytes[scan + 14..scan + 18].fill(0xfe);
    assert!(matches!(read(&bytes), Err(PictureError::DamagedFrom { .. })), "{:?}", read(&bytes));
}

/// A JPEG of one flat colour: after the first units, all bits are zero.
fn even(width: u16, height: u16) -> Vec<u8> {
    let mut out = headers(width, height, 0);
    segment(&mut out, 0xda, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    let units = usize::from(width).div_ceil(16) * usize::from(height).div_ceil(16);
    out.resize(out.len() + (units * 6 * 5).div_ceil(8), 0);
    out.extend([0xff, 0xd9]);
    out
}

#[test]
fn a_photograph_beyond_the_limit_is_read_at_a_smaller_size() {
    let picture = read(&even(12_000, 9_000)).unwrap();
    assert_eq!(picture.picture.dimensions(), (6_000, 4_500));
    assert_eq!(picture.picture.get_pixel(3_000, 2_000), &Rgb([128; 3]));
    let [remark] = &picture.remarks[..] else { panic!("{:?}", picture.remarks) };
    assert!(remark.contains("12000 × 9000") && remark.contains("1/2"), "{remark}");
    // A panorama that is too wide but has few pixels.
    let picture = read(&even(40_000, 64)).unwrap();
    assert_eq!(picture.picture.dimensions(), (10_000, 16));
}

#[test]
fn arithmetic_coding_is_refused_by_name() {
    let mut bytes = even(16, 16);
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bytes[frame + 1] = 0xc9;
    let error = read(&bytes).unwrap_err();
    assert!(error.to_string().contains("JPEG with arithmetic coding"), "{error}");
}

proptest! {
    #[test]
    fn damaged_files_neither_panic_nor_hang(
        progressive: bool,
        restart in 0_usize..5,
        hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = if progressive { PROGRESSIVE.to_vec() } else { units([4, 4], striped, restart, &[&[0, 1, 2]]) };
        for (at, byte) in hits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len() - cut.index(bytes.len() / 4));
        if let Ok((picture, _)) = decode_unguarded(&bytes, "a") {
            prop_assert!(picture.width() > 0 && picture.height() > 0);
        }
    }
}
