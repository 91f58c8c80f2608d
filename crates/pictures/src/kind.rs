//! Detects the format of a picture by its first bytes, and by its extension if these are ambiguous.

use std::path::Path;

use image::ImageFormat;

/// A picture format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A format read by the crate `image`.
    Other(ImageFormat),
    /// JPEG.
    Jpeg,
    /// TIFF or BigTIFF.
    Tiff,
    /// HEIC, AVIF and related formats.
    Heif,
    /// A format that cannot be read; its name, with an article.
    Unsupported(&'static str),
}

/// Number of bytes at the start of a file that [`detect_kind`] needs.
pub(crate) const PROBE_BYTES: usize = 1024;

/// Extensions of supported formats, in lower case.
const SUPPORTED: [&str; 22] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "tif", "tiff", "btf", "bmp", "dib", "pnm",
    "pbm", "pgm", "ppm", "pam", "heic", "heif", "hif", "avif",
];

/// Extensions of raw photographs.
const RAW_EXTENSIONS: [&str; 27] = [
    "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "dng", "raf", "rw2", "rwl", "orf", "pef", "srw",
    "x3f", "3fr", "fff", "iiq", "mrw", "erf", "kdc", "dcr", "mef", "mos", "gpr", "raw",
];

const RAW_NAME: &str = "a raw photograph";

/// Extensions of other unsupported formats, with their names.
const UNSUPPORTED: [(&[&str], &str); 15] = [
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

/// First bytes of unsupported formats, with their names.
const UNSUPPORTED_MAGIC: [(&[u8], &str); 23] = [
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

/// Detects the format of a picture by its first bytes; `None` if it is not a picture. Most raw photographs
/// are TIFFs that start with a small picture: those are detected by the extension of `name`.
pub(crate) fn detect_kind(start: &[u8], name: &str) -> Option<Kind> {
    let start = &start[..start.len().min(PROBE_BYTES)];
    if start.starts_with(b"\xff\xd8\xff") {
        return Some(Kind::Jpeg);
    }
    if let Some((_, kind)) = UNSUPPORTED_MAGIC.iter().find(|(bytes, _)| start.starts_with(bytes)) {
        return Some(Kind::Unsupported(kind));
    }
    if is_tiff(start) {
        let raw =
            start.get(8..10) == Some(b"CR") || RAW_EXTENSIONS.contains(&extension(Path::new(name)).as_str());
        return Some(if raw { Kind::Unsupported(RAW_NAME) } else { Kind::Tiff });
    }
    if start.get(4..8) == Some(b"ftyp") {
        return media_kind(start);
    }
    if is_svg(start) {
        return Some(Kind::Unsupported("an SVG drawing"));
    }
    image::guess_format(start).ok().and_then(|format| match format {
        ImageFormat::Ico => Some(Kind::Unsupported("an icon")),
        ImageFormat::Farbfeld => Some(Kind::Unsupported("a farbfeld picture")),
        format => format.reading_enabled().then_some(Kind::Other(format)),
    })
}

fn is_tiff(start: &[u8]) -> bool {
    [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| start.starts_with(*magic))
}

/// Detects the format by the brands of an ISO base media file. Videos use the same container.
fn media_kind(start: &[u8]) -> Option<Kind> {
    let length = u32::from_be_bytes(start.get(..4)?.try_into().ok()?) as usize;
    let brands = start.get(8..length.clamp(12, start.len().max(12))).unwrap_or_default();
    let mut brands = brands.as_chunks::<4>().0.iter();
    if brands.clone().any(|brand| brand == b"crx ") {
        return Some(Kind::Unsupported(RAW_NAME));
    }
    const BRANDS: [&[u8; 4]; 11] =
        [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1", b"avif", b"avis"];
    brands.any(|brand| BRANDS.contains(&brand)).then_some(Kind::Heif)
}

/// Whether the text starts like an SVG: with the element, or with XML that soon contains it.
fn is_svg(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let is_xml = text.starts_with("<?xml") || text.starts_with("<!--") || text.starts_with("<!DOCTYPE svg");
    text.starts_with("<svg") || (is_xml && text.contains("<svg"))
}

fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// Whether `path` has the extension of a picture, supported or not.
pub(crate) fn has_picture_extension(path: &Path) -> bool {
    // Audio files and memory dumps use `raw` as well.
    has_supported_extension(path) || (extension(path) != "raw" && unsupported_by_extension(path).is_some())
}

/// Whether `path` has the extension of a supported format.
pub(crate) fn has_supported_extension(path: &Path) -> bool {
    SUPPORTED.contains(&extension(path).as_str())
}

/// The name of the unsupported format with the extension of `path`.
pub(crate) fn unsupported_by_extension(path: &Path) -> Option<&'static str> {
    let extension = extension(path);
    if RAW_EXTENSIONS.contains(&extension.as_str()) {
        return Some(RAW_NAME);
    }
    UNSUPPORTED.iter().find(|(extensions, _)| extensions.contains(&extension.as_str())).map(|(_, name)| *name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_determine_the_format() {
        let media = |brands: &[u8]| {
            let length = (8 + brands.len()) as u32;
            [&length.to_be_bytes()[..], b"ftyp", brands].concat()
        };
        for (start, kind) in [
            (b"\xff\xd8\xff\xe0".to_vec(), Some(Kind::Jpeg)),
            (b"II*\0\x08\0\0\0".to_vec(), Some(Kind::Tiff)),
            (b"MM\0+\0\x08\0\0".to_vec(), Some(Kind::Tiff)),
            (b"II*\0\x10\0\0\0CR\x02\0".to_vec(), Some(Kind::Unsupported(RAW_NAME))),
            (media(b"heic\0\0\0\0mif1heic"), Some(Kind::Heif)),
            (media(b"avif\0\0\0\0avifmif1"), Some(Kind::Heif)),
            (media(b"crx \0\0\0\x01crx isom"), Some(Kind::Unsupported(RAW_NAME))),
            (media(b"isom\0\0\x02\0isomiso2mp41"), None),
            (b"\xff\x0a\xfa".to_vec(), Some(Kind::Unsupported("a JPEG XL picture"))),
            (b"FUJIFILMCCD-RAW 0201".to_vec(), Some(Kind::Unsupported(RAW_NAME))),
            (b"8BPS\0\x01".to_vec(), Some(Kind::Unsupported("a Photoshop document"))),
            (
                b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<svg>".to_vec(),
                Some(Kind::Unsupported("an SVG drawing")),
            ),
            (b"<?xml version=\"1.0\"?><html>".to_vec(), None),
            (b"%PDF-1.7".to_vec(), None),
            (b"".to_vec(), None),
        ] {
            assert_eq!(detect_kind(&start, "x"), kind, "{:?}", String::from_utf8_lossy(&start));
        }
    }

    #[test]
    fn a_raw_photograph_in_a_tiff_is_detected_by_its_extension() {
        assert_eq!(detect_kind(b"II*\0\x08\0\0\0", "IMG_1.NEF"), Some(Kind::Unsupported(RAW_NAME)));
        assert_eq!(detect_kind(b"II*\0\x08\0\0\0", "IMG_1.tif"), Some(Kind::Tiff));
    }

    #[test]
    fn picture_extensions_are_recognised_in_any_case() {
        for name in ["a.JPG", "b.heic", "c.Avif", "d.jxl", "e.CR3", "f.svg", "g.tiff"] {
            assert!(has_picture_extension(Path::new(name)), "{name}");
        }
        for name in ["a.txt", "b", "c.raw", ".png", "d.mp4"] {
            assert!(!has_picture_extension(Path::new(name)), "{name}");
        }
        assert_eq!(unsupported_by_extension(Path::new("a.Psd")), Some("a Photoshop document"));
        assert_eq!(unsupported_by_extension(Path::new("a.png")), None);
    }
}
