//! The orientation of pictures, wherever programs write it.

use image::ImageFormat;

use crate::open::decode_picture;
use crate::open::tests::{corners, encoded, png_chunk, squares};

/// An EXIF block with only the orientation.
fn exif(orientation: u16) -> Vec<u8> {
    let [low, high] = orientation.to_le_bytes();
    let entry = [0x12, 0x01, 3, 0, 1, 0, 0, 0, low, high, 0, 0];
    [&b"II*\0\x08\0\0\0\x01\0"[..], &entry, &[0; 4]].concat()
}

#[test]
fn the_orientation_is_applied() {
    let expected = ["RGBW", "GRWB", "BWRG", "WBGR", "RWBG", "WRGB", "BGRW", "GBWR"];
    let jpeg = encoded(squares(), ImageFormat::Jpeg);
    let png = encoded(squares(), ImageFormat::Png);
    for (orientation, expected) in (1..).zip(expected) {
        let block = [&b"Exif\0\0"[..], &exif(orientation)].concat();
        let noted = with_segment(&jpeg, &block);
        assert_eq!(corners(&decode_picture(&noted, "a").unwrap().picture), expected, "JPEG {orientation}");
        // The header of a PNG is 33 bytes long.
        let noted = [&png[..33], &png_chunk(b"eXIf", &exif(orientation)), &png[33..]].concat();
        assert_eq!(corners(&decode_picture(&noted, "a").unwrap().picture), expected, "PNG {orientation}");
    }
}

#[test]
fn the_orientation_is_found_wherever_programs_write_it() {
    let png = encoded(squares(), ImageFormat::Png);
    let (pixels, end) = png.split_at(png.len() - 12);
    let prefixed = [&b"Exif\0\0"[..], &exif(6)].concat();
    let digits: String = prefixed.iter().map(|byte| format!("{byte:02x}")).collect();
    let profile = format!("\nexif\n{:8}\n{}\n{}\n", prefixed.len(), &digits[..20], &digits[20..]);
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, profile.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    for (kind, data) in [
        (b"eXIf", exif(6)),
        (b"eXIf", prefixed.clone()),
        (b"tEXt", [b"Raw profile type exif\0", profile.as_bytes()].concat()),
        (b"zTXt", [b"Raw profile type APP1\0\0", &packed[..]].concat()),
        (b"iTXt", [b"Raw profile type exif\0\x01\0\0\0", &packed[..]].concat()),
    ] {
        let behind = [pixels, &png_chunk(kind, &data), end].concat();
        let read = decode_picture(&behind, "a").unwrap().picture;
        assert_eq!(corners(&read), "WRGB", "{}", String::from_utf8_lossy(kind));
    }
    for block in [exif(6), prefixed] {
        let mut webp = Vec::new();
        let mut encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut webp);
        image::ImageEncoder::set_exif_metadata(&mut encoder, block).unwrap();
        encoder.encode(squares().as_raw(), 32, 32, image::ExtendedColorType::Rgb8).unwrap();
        assert_eq!(corners(&decode_picture(&webp, "a").unwrap().picture), "WRGB");
    }
}

/// An XMP packet with only the orientation, as an attribute or as an element.
pub(crate) fn xmp(orientation: u8, as_element: bool) -> Vec<u8> {
    let property = match as_element {
        true => format!("><tiff:Orientation>{orientation}</tiff:Orientation></rdf:Description>"),
        false => format!(" tiff:Orientation=\"{orientation}\"/>"),
    };
    format!("<x:xmpmeta><rdf:RDF><rdf:Description rdf:about=\"\"{property}</rdf:RDF></x:xmpmeta>")
        .into_bytes()
}

fn with_segment(jpeg: &[u8], content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, content, &jpeg[2..]].concat()
}

#[test]
fn the_orientation_in_xmp_is_applied_where_exif_states_none() {
    let turned = |bytes: &[u8]| corners(&decode_picture(bytes, "a").unwrap().picture);
    let png = encoded(squares(), ImageFormat::Png);
    let with_chunk = |chunk: &[u8]| [&png[..33], chunk, &png[33..]].concat();
    let jpeg = encoded(squares(), ImageFormat::Jpeg);
    for as_element in [false, true] {
        let packet = xmp(6, as_element);
        let text = [b"XML:com.adobe.xmp\0\0\0\0\0", &packet[..]].concat();
        assert_eq!(turned(&with_chunk(&png_chunk(b"iTXt", &text))), "WRGB");
        let both = [png_chunk(b"iTXt", &text), png_chunk(b"eXIf", &exif(3))].concat();
        assert_eq!(turned(&with_chunk(&both)), "BWRG", "EXIF is preferred");
        let segment = [b"http://ns.adobe.com/xap/1.0/\0", &packet[..]].concat();
        let tagged = with_segment(&jpeg, &segment);
        assert_eq!(turned(&tagged), "WRGB");
        let both = with_segment(&tagged, &[&b"Exif\0\0"[..], &exif(3)].concat());
        assert_eq!(turned(&both), "BWRG", "EXIF is preferred");
        let mut webp = Vec::new();
        image::codecs::webp::WebPEncoder::new_lossless(&mut webp)
            .encode(squares().as_raw(), 32, 32, image::ExtendedColorType::Rgb8)
            .unwrap();
        webp.extend(b"XMP ".iter().chain(&(packet.len() as u32).to_le_bytes()).chain(&packet));
        webp.resize(webp.len().next_multiple_of(2), 0);
        let size = (webp.len() as u32 - 8).to_le_bytes();
        webp[4..8].copy_from_slice(&size);
        assert_eq!(turned(&webp), "WRGB");
    }
    for wrong in [xmp(0, false), xmp(9, true), b"tiff:Orientation".to_vec(), b"tiff:Orientation=\"".to_vec()]
    {
        let text = [b"XML:com.adobe.xmp\0\0\0\0\0", &wrong[..]].concat();
        assert_eq!(turned(&with_chunk(&png_chunk(b"iTXt", &text))), "RGBW");
    }
}

/// Some cameras write it as a long integer, signed or not, instead of a short one.
#[test]
fn an_orientation_of_another_type_is_applied() {
    let jpeg = encoded(squares(), ImageFormat::Jpeg);
    for kind in [4, 9] {
        let mut block = [&b"Exif\0\0"[..], &exif(6)].concat();
        // The type follows the prefix, the header, the number of entries and the tag.
        block[6 + 8 + 2 + 2] = kind;
        let noted = with_segment(&jpeg, &block);
        assert_eq!(corners(&decode_picture(&noted, "a").unwrap().picture), "WRGB");
    }
}

#[test]
fn an_invalid_orientation_is_ignored() {
    let jpeg = encoded(squares(), ImageFormat::Jpeg);
    for block in [b"Exif\0\0II*\0\xff\xff\xff\xff".to_vec(), [&b"Exif\0\0"[..], &exif(99)].concat()] {
        let noted = with_segment(&jpeg, &block);
        assert_eq!(corners(&decode_picture(&noted, "a").unwrap().picture), "RGBW");
    }
}
