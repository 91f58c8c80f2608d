//! HEIC and AVIF: intact, cut short, damaged and hostile.

use heifer::heifer_isobmff::HeifFile;
use heifer::heifer_isobmff::writer::{HeifWriter, ImageSpec};
use moxcms::ColorProfile;
use proptest::prelude::*;

use crate::error::PictureError;
use crate::open::decode_picture;
use crate::open::tests::{corners, squares};
use image::RgbImage;

const AVIF: &[u8] = include_bytes!("../../../../tests/pictures/squares.avif");
const TURNED: &[u8] = include_bytes!("../../../../tests/pictures/turned.avif");
const WITH_ALPHA: &[u8] = include_bytes!("../../../../tests/pictures/alpha.avif");

fn heic(picture: &RgbImage) -> Vec<u8> {
    let options = heifer::EncodeOptions { quality: 90, max_threads: 1 };
    heifer::encode_rgb8(picture.width(), picture.height(), picture.as_raw(), &options).unwrap()
}

fn read(bytes: &[u8]) -> Result<RgbImage, PictureError> {
    decode_picture(bytes, "a").map(|read| read.picture)
}

#[test]
fn heic_and_avif_are_read() {
    for bytes in [&heic(&squares())[..], AVIF] {
        let picture = read(bytes).unwrap();
        assert_eq!((picture.dimensions(), corners(&picture).as_str()), ((32, 32), "RGBW"));
    }
}

#[test]
fn a_heic_of_many_tiles_is_assembled() {
    let picture = RgbImage::from_fn(1100, 700, |x, y| image::Rgb([(x / 5) as u8, (y / 3) as u8, 90]));
    let back = read(&heic(&picture)).unwrap();
    assert_eq!(back.dimensions(), picture.dimensions());
    let worst = back.iter().zip(picture.iter()).map(|(one, other)| one.abs_diff(*other)).max().unwrap();
    assert!(worst < 12, "{worst}");
}

#[test]
fn an_avif_is_rotated_as_its_container_says() {
    assert_eq!(corners(&read(TURNED).unwrap()), "WRGB");
}

#[test]
fn transparency_in_an_avif_becomes_white() {
    let picture = read(WITH_ALPHA).unwrap();
    assert!(picture.get_pixel(24, 8).0.iter().all(|&value| value > 250));
    assert_eq!(picture.get_pixel(8, 8).0.map(|value| value > 127), [true, false, false]);
}

#[test]
fn the_colour_profile_of_a_heic_is_applied() {
    let metadata = heifer::Metadata {
        icc_profile: Some(ColorProfile::new_display_p3().encode().unwrap()),
        ..heifer::Metadata::default()
    };
    let picture = heifer::Image::filled(32, 32, 8, [180, 150, 120, 255]);
    let options = heifer::EncodeOptions { quality: 95, max_threads: 1 };
    let bytes = heifer::encode_with_metadata(&picture, &metadata, &options).unwrap();
    let pixel = read(&bytes).unwrap().get_pixel(9, 9).0;
    assert!(
        pixel.iter().zip([186, 149, 116]).all(|(&is, should): (&u8, u8)| is.abs_diff(should) < 4),
        "{pixel:?}"
    );
}

#[test]
fn files_that_are_cut_short_are_errors() {
    for whole in [&heic(&squares())[..], AVIF] {
        for part in [whole.len() / 4, whole.len() / 2, whole.len() - 8] {
            let error = read(&whole[..part]).unwrap_err();
            let known = matches!(error, PictureError::CutShort { .. } | PictureError::Damaged { .. });
            assert!(known, "{part} of {}: {error:?}", whole.len());
        }
    }
}

#[test]
fn an_unsupported_codec_is_named() {
    let mut bytes = AVIF.to_vec();
    while let Some(at) = bytes.windows(4).position(|name| name == b"av01") {
        bytes[at..at + 4].copy_from_slice(b"vvc1");
    }
    let error = read(&bytes).unwrap_err();
    assert!(error.to_string().contains("a HEIF picture coded as vvc1"), "{error}");
}

/// A HEIC with its headers among its data, after `before`.
fn with_headers_in_data(before: &[Vec<u8>]) -> Vec<u8> {
    let picture = heic(&squares());
    let inner = HeifFile::parse(&picture).unwrap();
    let id = inner.items.iter().find(|item| item.item_type.0 == *b"hvc1").unwrap().id;
    let config = inner.hevc_config(id).unwrap().unwrap();
    let data = inner.item_data(id).unwrap();
    let mut units = before.to_vec();
    units.extend(config.nal_units.clone());
    let mut rest = &data[..];
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (unit, after) = after.split_at(u32::from_be_bytes(*length) as usize);
        units.push(unit.to_vec());
        rest = after;
    }
    let mut writer = HeifWriter::new();
    let image = writer.add_image(&ImageSpec::new(32, 32, config.clone(), &units));
    writer.set_primary(image);
    writer.finish()
}

/// Cameras of Sony write them so.
#[test]
fn a_heic_with_its_headers_among_its_data_is_read() {
    assert_eq!(corners(&read(&with_headers_in_data(&[])).unwrap()), "RGBW");
}

#[test]
fn a_header_among_the_data_cannot_exceed_the_limit_on_pixels() {
    let options = heifer::EncodeOptions { quality: 10, max_threads: 1 };
    let large = heifer::encode_rgb8(64, 64, &[0; 64 * 64 * 3], &options).unwrap();
    let large = HeifFile::parse(&large).unwrap();
    let config = large.items.iter().find_map(|item| large.hevc_config(item.id).unwrap()).unwrap();
    let file = with_headers_in_data(&config.nal_units);
    let file = HeifFile::parse(&file).unwrap();
    assert_eq!(super::parts::hevc_pixels(&file, file.primary_id).unwrap(), 64 * 64);
}

/// The reader terminates on pictures that are composed of each other.
#[test]
fn a_picture_composed_of_itself_is_an_error() {
    let picture = heic(&squares());
    let inner = HeifFile::parse(&picture).unwrap();
    let mut writer = HeifWriter::new();
    let tile = {
        let id = inner.items.iter().find(|item| item.item_type.0 == *b"hvc1").unwrap().id;
        let config = inner.hevc_config(id).unwrap().unwrap().clone();
        let slices = [inner.item_data(id).unwrap().into_owned()];
        writer.add_image(&ImageSpec::new(32, 32, config, &slices))
    };
    let grid = writer.add_grid(1, 1, 32, 32, &[tile], None, None);
    writer.add_reference(*b"dimg", tile, &[grid]);
    writer.set_primary(grid);
    let mut bytes = writer.finish();
    while let Some(at) = bytes.windows(4).position(|name| name == b"hvc1") {
        bytes[at..at + 4].copy_from_slice(b"iden");
    }
    assert!(matches!(read(&bytes), Err(PictureError::Damaged { .. })), "{:?}", read(&bytes).map(|_| ()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Damaged AVIF files are tested with the program, which decodes them in another process.
    #[test]
    fn damaged_heic_files_neither_panic_nor_hang(
        hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = heic(&squares());
        for (at, byte) in hits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(picture) = read(&bytes) {
            prop_assert!(picture.width() > 0 && picture.height() > 0);
        }
    }
}
