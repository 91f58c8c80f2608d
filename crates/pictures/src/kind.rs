//! What kind of picture a file is: by its first bytes, and by its ending where these do not say.

use std::path::Path;

use image::ImageFormat;

/// A kind of picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One of the kinds that the crate `image` reads for us.
    Plain(ImageFormat),
    /// JPEG.
    Jpeg,
    /// TIFF or BigTIFF.
    Tiff,
    /// HEIC, AVIF and their relatives.
    Heif,
    /// A picture that cannot be read; the name of its kind, with its article.
    Foreign(&'static str),
}

/// Bytes at the start of a file that [`kind_of`] looks at.
pub(crate) const LOOKED_AT: usize = 1024;

/// Endings of the kinds of pictures that are read, in small letters.
const READABLE: [&str; 22] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "tif", "tiff", "btf", "bmp", "dib", "pnm",
    "pbm", "pgm", "ppm", "pam", "heic", "heif", "hif", "avif",
];

/// Endings of raw photographs.
const RAW: [&str; 27] = [
    "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "dng", "raf", "rw2", "rwl", "orf", "pef", "srw",
    "x3f", "3fr", "fff", "iiq", "mrw", "erf", "kdc", "dcr", "mef", "mos", "gpr", "raw",
];

const RAW_NAME: &str = "a raw photograph";

/// Endings of other pictures that are not read, with the names of their kinds.
const FOREIGN: [(&[&str], &str); 15] = [
    (&["jxl"], "a JPEG XL picture"),
    (&["jp2", "j2k", "jpf", "jpx", "jpm", "j2c"], "a JPEG 2000 picture"),
    (&["jxr", "wdp", "hdp"], "a JPEG XR picture"),
    (&["psd", "psb"], "a Photoshop document"),
    (&["xcf"], "a GIMP document"),
    (&["svg", "svgz"], "an SVG drawing"),
    (&["eps"], "an EPS drawing"),
    (&["exr"], "an OpenEXR picture"),
    (&["hdr"], "a Radiance HDR picture"),
    (&["dds"], "a DDS texture"),
    (&["ico", "cur"], "an icon"),
    (&["tga"], "a Targa picture"),
    (&["pcx"], "a PCX picture"),
    (&["qoi"], "a QOI picture"),
    (&["djvu", "djv"], "a DjVu document"),
];

/// First bytes of pictures that are not read, with the names of their kinds.
const FOREIGN_STARTS: [(&[u8], &str); 23] = [
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"II\xbc", "a JPEG XR picture"),
    (b"8BPS", "a Photoshop document"),
    (b"gimp xcf", "a GIMP document"),
    (b"%!PS-Adobe", "an EPS drawing"),
    (b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"#?RGBE", "a Radiance HDR picture"),
    (b"DDS ", "a DDS texture"),
    (b"qoif", "a QOI picture"),
    (b"AT&TFORM", "a DjVu document"),
    (b"BPG\xfb", "a BPG picture"),
    (b"FLIF", "a FLIF picture"),
    (b"IIU\0", RAW_NAME),
    (b"IIRO", RAW_NAME),
    (b"IIRS", RAW_NAME),
    (b"MMOR", RAW_NAME),
    (b"FUJIFILMCCD-RAW", RAW_NAME),
    (b"II\x1a\0\0\0HEAPCCDR", RAW_NAME),
    (b"FOVb", RAW_NAME),
];

/// The kind of the picture that begins with `start`, or `None` where that is no picture. Most raw
/// photographs are TIFFs inside with a small picture in front: those are told by the ending of `name`.
pub(crate) fn kind_of(start: &[u8], name: &str) -> Option<Kind> {
    let start = &start[..start.len().min(LOOKED_AT)];
    if start.starts_with(b"\xff\xd8\xff") {
        return Some(Kind::Jpeg);
    }
    if let Some((_, kind)) = FOREIGN_STARTS.iter().find(|(bytes, _)| start.starts_with(bytes)) {
        return Some(Kind::Foreign(kind));
    }
    if is_tiff(start) {
        let raw = start.get(8..10) == Some(b"CR") || RAW.contains(&ending(Path::new(name)).as_str());
        return Some(if raw { Kind::Foreign(RAW_NAME) } else { Kind::Tiff });
    }
    if start.get(4..8) == Some(b"ftyp") {
        return media_kind(start);
    }
    if is_svg(start) {
        return Some(Kind::Foreign("an SVG drawing"));
    }
    image::guess_format(start).ok().and_then(|format| match format {
        ImageFormat::Ico => Some(Kind::Foreign("an icon")),
        ImageFormat::Farbfeld => Some(Kind::Foreign("a farbfeld picture")),
        format => format.reading_enabled().then_some(Kind::Plain(format)),
    })
}

fn is_tiff(start: &[u8]) -> bool {
    [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| start.starts_with(*magic))
}

/// What the brands of an ISO base media file say it is; films have the same container.
fn media_kind(start: &[u8]) -> Option<Kind> {
    let length = u32::from_be_bytes(start.get(..4)?.try_into().ok()?) as usize;
    let brands = start.get(8..length.clamp(12, start.len().max(12))).unwrap_or_default();
    let mut brands = brands.as_chunks::<4>().0.iter();
    if brands.clone().any(|brand| brand == b"crx ") {
        return Some(Kind::Foreign(RAW_NAME));
    }
    const BRANDS: [&[u8; 4]; 11] =
        [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1", b"avif", b"avis"];
    brands.any(|brand| BRANDS.contains(&brand)).then_some(Kind::Heif)
}

/// Whether the text begins as an SVG does: with the element itself, or with XML that names it soon.
fn is_svg(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let is_xml = text.starts_with("<?xml") || text.starts_with("<!--") || text.starts_with("<!DOCTYPE svg");
    text.starts_with("<svg") || (is_xml && text.contains("<svg"))
}

fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// Whether the ending of `path` is that of a picture, readable or not.
pub(crate) fn has_picture_ending(path: &Path) -> bool {
    // Sound and memory dumps end in `raw` as well.
    has_readable_ending(path) || (ending(path) != "raw" && foreign_by_ending(path).is_some())
}

/// Whether the ending of `path` is that of a kind of picture that is read.
pub(crate) fn has_readable_ending(path: &Path) -> bool {
    READABLE.contains(&ending(path).as_str())
}

/// The name of the kind of unreadable picture that the ending of `path` stands for.
pub(crate) fn foreign_by_ending(path: &Path) -> Option<&'static str> {
    let ending = ending(path);
    if RAW.contains(&ending.as_str()) {
        return Some(RAW_NAME);
    }
    FOREIGN.iter().find(|(endings, _)| endings.contains(&ending.as_str())).map(|(_, name)| *name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_name_the_kind() {
        let media = |brands: &[u8]| {
            let length = (8 + brands.len()) as u32;
            [&length.to_be_bytes()[..], b"ftyp", brands].concat()
        };
        for (start, kind) in [
            (b"\xff\xd8\xff\xe0".to_vec(), Some(Kind::Jpeg)),
            (b"II*\0\x08\0\0\0".to_vec(), Some(Kind::Tiff)),
            (b"MM\0+\0\x08\0\0".to_vec(), Some(Kind::Tiff)),
            (b"II*\0\x10\0\0\0CR\x02\0".to_vec(), Some(Kind::Foreign(RAW_NAME))),
            (media(b"heic\0\0\0\0mif1heic"), Some(Kind::Heif)),
            (media(b"avif\0\0\0\0avifmif1"), Some(Kind::Heif)),
            (media(b"crx \0\0\0\x01crx isom"), Some(Kind::Foreign(RAW_NAME))),
            (media(b"isom\0\0\x02\0isomiso2mp41"), None),
            (b"\xff\x0a\xfa".to_vec(), Some(Kind::Foreign("a JPEG XL picture"))),
            (b"8BPS\0\x01".to_vec(), Some(Kind::Foreign("a Photoshop document"))),
            (b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<svg>".to_vec(), Some(Kind::Foreign("an SVG drawing"))),
            (b"<?xml version=\"1.0\"?><html>".to_vec(), None),
            (b"%PDF-1.7".to_vec(), None),
            (b"".to_vec(), None),
        ] {
            assert_eq!(kind_of(&start, "x"), kind, "{:?}", String::from_utf8_lossy(&start));
        }
    }

    #[test]
    fn a_raw_photograph_that_is_a_tiff_inside_is_told_by_its_ending() {
        assert_eq!(kind_of(b"II*\0\x08\0\0\0", "IMG_1.NEF"), Some(Kind::Foreign(RAW_NAME)));
        assert_eq!(kind_of(b"II*\0\x08\0\0\0", "IMG_1.tif"), Some(Kind::Tiff));
    }

    #[test]
    fn endings_of_pictures_are_known_in_any_case() {
        for name in ["a.JPG", "b.heic", "c.Avif", "d.jxl", "e.CR3", "f.svg", "g.tiff"] {
            assert!(has_picture_ending(Path::new(name)), "{name}");
        }
        for name in ["a.txt", "b", "c.raw", ".png", "d.mp4"] {
            assert!(!has_picture_ending(Path::new(name)), "{name}");
        }
        assert_eq!(foreign_by_ending(Path::new("a.Psd")), Some("a Photoshop document"));
        assert_eq!(foreign_by_ending(Path::new("a.png")), None);
    }
}
