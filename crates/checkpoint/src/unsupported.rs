//! Recognises files that are often mistaken for checkpoints, and says what to do instead.

use std::path::Path;

use super::error::Defect;

/// Offset of a signature, the signature, and a description of the file.
type Signature = (usize, &'static [u8], &'static str);

/// Signatures of archives and other formats.
const SIGNATURES: &[Signature] = &[
    (0, b"Rar!\x1a\x07", "a RAR archive; unpack it and choose the weight file inside"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it and choose the weight file inside"),
    (257, b"ustar", "a tar archive; unpack it and choose the weight file inside"),
    (
        0,
        b"\x1f\x8b",
        "compressed with gzip; unpack it (gunzip, or tar xzf for .tar.gz) and choose the weight file inside",
    ),
    (
        0,
        b"BZh",
        "compressed with bzip2; unpack it (bunzip2, or tar xjf for .tar.bz2) and choose the weight file inside",
    ),
    (
        0,
        b"\xfd7zXZ\0",
        "compressed with xz; unpack it (unxz, or tar xJf for .tar.xz) and choose the weight file inside",
    ),
    (0, b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it (unzstd) and choose the weight file inside"),
    (0, b"\x93NUMPY", "a NumPy array; save the network's weights as safetensors"),
    (0, b"GGUF", "a GGUF file with quantised weights; use the original weights"),
    (4, b"TFL3", "a TensorFlow Lite network; use the checkpoint that it was made from"),
    (0, b"version https://git-lfs", "a Git LFS pointer, not the file itself; download the file itself"),
    (0, b"%PDF-", "a PDF document, not weights"),
];

/// The first bytes of web pages, in lower case.
const WEB_PAGE_STARTS: [&[u8]; 6] = [b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<?xml"];

/// Describes a file in an unsupported format that begins with `start`.
pub(super) fn describe_unsupported(start: &[u8], path: &Path) -> Defect {
    let Some(first) = start.first().copied() else { return Defect::Truncated("its first byte") };
    let fits = |(at, signature, _): &&Signature| start.get(*at..).is_some_and(|s| s.starts_with(signature));
    let what = if let Some((_, _, what)) = SIGNATURES.iter().find(fits) {
        what
    } else if is_web_page(start) {
        "a web page instead of the weights; open the link in a browser, confirm the download \
         there and use the file that you get"
    } else if first == 0x80 && start.get(1).is_some_and(|version| (1..=5).contains(version)) {
        "a Python pickle that was not written by torch.save"
    } else if let Some(what) = describe_graph(start, path) {
        what
    } else {
        return Defect::UnknownFormat;
    };
    Defect::Unsupported(what.to_owned())
}

fn is_web_page(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let begins = |page: &&[u8]| start.get(..page.len()).is_some_and(|own| own.eq_ignore_ascii_case(page));
    WEB_PAGE_STARTS.iter().any(begins)
}

/// Networks in protocol buffers, whose weights are constants of a program.
fn describe_graph(start: &[u8], path: &Path) -> Option<&'static str> {
    match start {
        // An `ir_version`, then the name of the producer or the graph.
        [0x08, 1..=32, 0x12 | 0x1a | 0x22 | 0x3a, ..] if !has_extension(path, "pb") => {
            Some("an ONNX network; use the PyTorch or TensorFlow weights that it was exported from")
        }
        // A `schema_version`, then a `MetaGraphDef`.
        [0x08, _, 0x12, ..] => Some(
            "the graph of a SavedModel, without its values; choose the .index file in the folder `variables` \
             beside it",
        ),
        [b'n', b'o', b'd', b'e', b' ', b'{', ..] => {
            Some("a TensorFlow graph as text, without its values; choose the checkpoint's .index file")
        }
        _ if is_frozen_graph(start) => Some(
            "a frozen TensorFlow graph, which contains its weights as constants; use the checkpoint that it was \
             made from (.index and .data files)",
        ),
        _ => None,
    }
}

/// Whether a file begins like a `GraphDef`: a node (field 1) that begins with its name (field 1), followed by
/// its operation (field 2).
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

/// The length of the field with this tag at the start of `bytes`, and the bytes after the length.
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

/// Whether the name of the file ends in `extension`, in upper or lower case.
pub(super) fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|own| own.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(start: &[u8]) -> String {
        describe_unsupported(start, Path::new("weights.bin")).to_string()
    }

    /// A node of a graph: tag, length, name and operation.
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
    fn a_frozen_graph_is_not_mistaken_for_a_web_page() {
        // Its length of 60 bytes reads as `<`, after the tag `
        // `, which counts as white space.
        let graph = node("input", "Placeholder");
        assert_eq!(graph[..2], *b"\n<");
        for graph in [graph, node("weights/read", "Const")] {
            assert!(message(&graph).contains("a frozen TensorFlow graph"), "{}", message(&graph));
        }
    }

    #[test]
    fn web_pages_are_recognised_by_their_first_words() {
        for page in ["<!DOCTYPE html>", "\u{feff}\n <HTML lang=en>", "<?xml version=\"1.0\"?>"] {
            assert!(message(page.as_bytes()).contains("a web page"), "{page}");
        }
        assert!(matches!(describe_unsupported(b"<3 no page", Path::new("x")), Defect::UnknownFormat));
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
            let message = message(file);
            assert!(message.contains(name) && message.contains("unpack it"), "{message}");
        }
    }

    #[test]
    fn other_network_formats_are_named() {
        assert!(message(b"\x08\x08\x12\x07pytorch").contains("ONNX"));
        let saved =
            describe_unsupported(b"\x08\x01\x12\xd0\x12\x0a", Path::new("saved_model.pb")).to_string();
        assert!(saved.contains("SavedModel"), "{saved}");
        assert!(matches!(describe_unsupported(b"", Path::new("x")), Defect::Truncated(_)));
        assert!(message(b"\x80\x04K\x01.").contains("pickle"));
        assert!(matches!(describe_unsupported(&[7; 600], Path::new("x")), Defect::UnknownFormat));
    }
}
