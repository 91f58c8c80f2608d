//! The origin in every format, read back by other code than ours, or compared with the bytes of the
//! specifications. ExifTool reads the same from these files.

use image::codecs::jpeg::JpegDecoder;
use image::{ImageDecoder, RgbImage};
use std::io::Cursor;

use super::*;
use crate::compose::PictureFormat;
use crate::compose::export::animate::Animation;
use crate::compose::export::palette::Samples;

fn aged() -> Provenance {
    Provenance::of_ages(["8", "20–29", "80"])
}

fn written(format: PictureFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    format.write(&RgbImage::new(9, 7), Some(&aged()), &mut bytes).unwrap();
    bytes
}

fn animation(provenance: &Provenance) -> Animation<'_, impl FnMut(usize) -> io::Result<RgbImage>> {
    let read = |_| Ok(RgbImage::new(9, 7));
    Animation { count: 2, size: [9, 7], delay: 5, hold: 5, provenance: Some(provenance), read }
}

fn gif(provenance: &Provenance) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut samples = Samples::new(1);
    samples.take(&RgbImage::new(9, 7));
    animation(provenance).write_gif(samples.palette(), &mut bytes).unwrap();
    bytes
}

#[test]
fn descriptions_name_the_ages_once() {
    let of = |labels: &[&str]| Provenance::of_ages(labels.iter().copied()).description().to_owned();
    assert_eq!(of(&["8", "30", "8", "30"]), "Aged by agemirror: 8, 30 years");
    assert_eq!(of(&["1"]), "Aged by agemirror: 1 year");
    assert_eq!(of(&[]), "Aged by agemirror");
    assert_eq!(Provenance::between("5", "80").description(), "Aged by agemirror: 5 to 80 years");
}

#[test]
fn the_packet_states_description_program_and_origin() {
    let xmp = Provenance::of_ages(["<2 & more"]).xmp();
    assert!(xmp.contains(">Aged by agemirror: &lt;2 &amp; more years</rdf:li>"), "{xmp}");
    assert!(xmp.contains(&format!(">{SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>")), "{xmp}");
    assert!(xmp.contains(&format!("<xmp:CreatorTool>{}<", PROGRAM)), "{xmp}");
}

#[test]
fn still_and_animated_png_carry_it_before_the_pixels() {
    let mut animated = Vec::new();
    animation(&aged()).write_apng(&mut animated).unwrap();
    for bytes in [written(PictureFormat::Png), animated] {
        let reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
        let texts: Vec<_> =
            reader.info().utf8_text.iter().map(|text| (&text.keyword, text.get_text())).collect();
        let read =
            |name: &str| texts.iter().find(|(key, _)| *key == name).unwrap().1.as_ref().unwrap().clone();
        assert_eq!(read("Description"), "Aged by agemirror: 8, 20–29, 80 years");
        assert_eq!(read("XML:com.adobe.xmp"), aged().xmp());
    }
}

#[test]
fn jpeg_carries_it_and_keeps_its_profile() {
    let mut decoder = JpegDecoder::new(Cursor::new(written(PictureFormat::Jpeg))).unwrap();
    assert_eq!(decoder.xmp_metadata().unwrap().unwrap(), aged().xmp().as_bytes());
    assert!(decoder.icc_profile().unwrap().is_some());
}

#[test]
fn webp_carries_it_and_keeps_its_profile() {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(written(PictureFormat::WebP))).unwrap();
    assert_eq!(decoder.xmp_metadata().unwrap().unwrap(), aged().xmp().as_bytes());
    assert!(decoder.icc_profile().unwrap().is_some());
}

/// The 258 bytes at the end of XMP in a GIF, by the XMP specification, part 3.
#[test]
fn gif_carries_it_where_decoders_skip_it() {
    let bytes = gif(&aged());
    let find = |wanted: &[u8]| bytes.windows(wanted.len()).position(|window| window == wanted).unwrap();
    let comment = find(b"\x21\xfe");
    let text = aged().description().as_bytes().to_vec();
    assert_eq!(usize::from(bytes[comment + 2]), text.len());
    assert_eq!(bytes[comment + 3..][..text.len()], text);
    let xmp = find(b"\x21\xff\x0bXMP DataXMP") + 14;
    assert_eq!(bytes[xmp..][..aged().xmp().len()], *aged().xmp().as_bytes());
    let trailer = &bytes[xmp + aged().xmp().len()..][..258];
    assert_eq!((trailer[0], trailer[1], trailer[2], trailer[256], trailer[257]), (1, 255, 254, 0, 0));
    let mut decoder = gif::DecodeOptions::new().read_info(Cursor::new(&bytes)).unwrap();
    let mut frames = 0;
    while decoder.read_next_frame().unwrap().is_some() {
        frames += 1;
    }
    assert_eq!(frames, 2);
}

#[test]
fn a_picture_that_is_not_aged_says_nothing() {
    for format in [PictureFormat::Png, PictureFormat::Jpeg, PictureFormat::WebP] {
        let mut bytes = Vec::new();
        format.write(&RgbImage::new(9, 7), None, &mut bytes).unwrap();
        assert!(!bytes.windows(4).any(|window| window == b"IPTC" || window == b"Iptc"), "{format:?}");
    }
}
