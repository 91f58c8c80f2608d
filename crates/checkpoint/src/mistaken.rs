//! Files that are often taken for weights: each is named, with what to do instead.

use std::path::Path;

use super::error::Defect;

/// A signature, the byte at which it is, and what the file is.
type Signature = (usize, &'static [u8], &'static str);

/// Packed files and other formats by their signatures.
const SIGNATURES: &[Signature] = &[
    (0, b"Rar!\x1a\x07", "a RAR archive; unpack it and name the weight file inside"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it and name the weight file inside"),
    (257, b"ustar", "a tar archive; unpack it and name the weight file inside"),
    (
        0,
        b"\x1f\x8b",
        "compressed with gzip; unpack it (gunzip, or tar xzf for .tar.gz) and name the weight file inside",
    ),
    (
        0,
        b"BZh",
        "compressed with bzip2; unpack it (bunzip2, or tar xjf for .tar.bz2) and name the weight file inside",
    ),
    (
        0,
        b"\xfd7zXZ\0",
        "compressed with xz; unpack it (unxz, or tar xJf for .tar.xz) and name the weight file inside",
    ),
    (0, b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it (unzstd) and name the weight file inside"),
    (0, b"\x93NUMPY", "an array of NumPy's; save the network's weights as safetensors"),
    (0, b"GGUF", "a GGUF file, whose weights are quantised; take the original weights"),
    (4, b"TFL3", "a network for TensorFlow Lite; take the checkpoint that it was made from"),
    (
        0,
        b"version https://git-lfs",
        "a pointer of Git LFS, which stands for the real file; download the file itself",
    ),
    (0, b"%PDF-", "a PDF document, no weights"),
];

/// How web pages begin, in small letters.
const PAGES: [&[u8]; 6] = [b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<?xml"];

/// What the file that begins with `start` is, where it is in no format that is read.
pub(super) fn mistaken(start: &[u8], path: &Path) -> Defect {
    let Some(first) = start.first().copied() else { return Defect::Truncated("its first byte") };
    let fits = |(at, signature, _): &&Signature| start.get(*at..).is_some_and(|s| s.starts_with(signature));
    let what = if let Some((_, _, what)) = SIGNATURES.iter().find(fits) {
        what
    } else if is_page(start) {
        "a web page, saved where the weights were wanted; open the link in a browser, confirm the \
         download there and take the file that comes"
    } else if first == 0x80 && start.get(1).is_some_and(|version| (1..=5).contains(version)) {
        "a Python pickle that torch.save did not write"
    } else if let Some(what) = graph(start, path) {
        what
    } else {
        return Defect::UnknownFormat;
    };
    Defect::Unsupported(what.to_owned())
}

fn is_page(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let begins = |page: &&[u8]| start.get(..page.len()).is_some_and(|own| own.eq_ignore_ascii_case(page));
    PAGES.iter().any(begins)
}

/// Networks in protocol buffers, which carry weights as constants of a program.
fn graph(start: &[u8], path: &Path) -> Option<&'static str> {
    let has_ending = |ending: &str| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending));
    match start {
        // An `ir_version`, then the name of the producer or the graph.
        [0x08, 1..=32, 0x12 | 0x1a | 0x22 | 0x3a, ..] if !has_ending("pb") => {
            Some("an ONNX network; take the PyTorch or TensorFlow weights that it was exported from")
        }
        // A `schema_version`, then a `MetaGraphDef`.
        [0x08, _, 0x12, ..] => Some(
            "a SavedModel's graph, without its values; name the file in the folder `variables` beside it that ends \
             in .index",
        ),
        [b'n', b'o', b'd', b'e', b' ', b'{', ..] => {
            Some("a TensorFlow graph as text, without its values; name the checkpoint's .index file")
        }
        _ if is_frozen_graph(start) => Some(
            "a frozen TensorFlow graph, a program with its weights as constants; take the checkpoint that it was \
             made from (.index and .data files)",
        ),
        _ => None,
    }
}

/// Whether a file begins like a `GraphDef`: a node (field 1) that begins with its name (field 1), which is followed
/// by its operation (field 2).
fn is_frozen_graph(start: &[u8]) -> bool {
    let node = || {
        let (node, rest) = field(start, 0x0a)?;
        let (name, rest) = field(rest.get(..node.min(rest.len()))?, 0x0a)?;
        let text = rest.get(..name)?;
        let (operation, rest) = field(rest.get(name..)?, 0x12)?;
        let word = rest.get(..operation)?;
        let is_word = |text: &[u8]| text.iter().all(u8::is_ascii_graphic);
        Some(name > 0 && operation > 0 && is_word(text) && is_word(word))
    };
    node().unwrap_or(false)
}

/// The length of the field with this tag at the beginning of `bytes`, and what follows the length.
fn field(bytes: &[u8], tag: u8) -> Option<(usize, &[u8])> {
    let (first, mut rest) = bytes.split_first()?;
    let mut length = 0_usize;
    for shift in [0, 7, 14, 21, 28] {
        let (byte, after) = rest.split_first()?;
        rest = after;
        length |= usize::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return (*first == tag).then_some((length, rest));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(start: &[u8]) -> String {
        mistaken(start, Path::new("weights.bin")).to_string()
    }

    /// A node of a graph: `\n`, its length, its name and its operation.
    fn node(name: &str, operation: &str) -> Vec<u8> {
        let inner = [
            &[0x0a, name.len() as u8],
            name.as_bytes(),
            &[0x12, operation.len() as u8],
            operation.as_bytes(),
            &[0x2a; 40],
        ]
        .concat();
        [&[0x0a, inner.len() as u8], inner.as_slice()].concat()
    }

    #[test]
    fn a_frozen_graph_is_none_of_the_web() {
        // 60 bytes, which is `<` as a letter, behind what counts as white space.
        let graph = node("input", "Placeholder");
        assert_eq!(graph[..2], *b"\n<");
        for graph in [graph, node("weights/read", "Const")] {
            assert!(said(&graph).contains("a frozen TensorFlow graph"), "{}", said(&graph));
        }
    }

    #[test]
    fn web_pages_are_known_by_their_first_words() {
        for page in ["<!DOCTYPE html>", "\u{feff}\n <HTML lang=en>", "<?xml version=\"1.0\"?>"] {
            assert!(said(page.as_bytes()).contains("a web page"), "{page}");
        }
        assert!(matches!(mistaken(b"<3 no page", Path::new("x")), Defect::UnknownFormat));
    }

    #[test]
    fn packed_files_say_how_to_unpack_them() {
        let mut tar = vec![0; 300];
        tar[257..262].copy_from_slice(b"ustar");
        for (file, name) in [
            (&b"Rar!\x1a\x07\x01\x00"[..], "RAR"),
            (b"7z\xbc\xaf\x27\x1c\0\x04", "7z"),
            (&tar, "tar"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"BZh91AY", "bzip2"),
            (b"\xfd7zXZ\0\0", "xz"),
        ] {
            let said = said(file);
            assert!(said.contains(name) && said.contains("unpack it"), "{said}");
        }
    }

    #[test]
    fn other_networks_are_named() {
        assert!(said(b"\x08\x08\x12\x07pytorch").contains("ONNX"));
        let saved = mistaken(b"\x08\x01\x12\xd0\x12\x0a", Path::new("saved_model.pb")).to_string();
        assert!(saved.contains("SavedModel"), "{saved}");
        assert!(matches!(mistaken(b"", Path::new("x")), Defect::Truncated(_)));
        assert!(said(b"\x80\x04K\x01.").contains("pickle"));
        assert!(matches!(mistaken(&[7; 600], Path::new("x")), Defect::UnknownFormat));
    }
}
