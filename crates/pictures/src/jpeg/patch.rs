//! Replacements for damaged parts of a JPEG file.

/// A replacement for a damaged part of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patch {
    /// The bytes to replace.
    pub range: std::ops::Range<usize>,
    /// The replacement.
    pub data: Vec<u8>,
    /// Rows of pixels that are lost.
    pub rows: std::ops::Range<u32>,
}

/// Applies `patches` to `bytes`. They must be sorted and must not overlap.
pub(crate) fn apply_patches(bytes: &[u8], patches: &[Patch]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for patch in patches {
        out.extend_from_slice(&bytes[from..patch.range.start]);
        out.extend_from_slice(&patch.data);
        from = patch.range.end;
    }
    out.extend_from_slice(&bytes[from..]);
    out
}
