//! Writes small TIFF files.

/// A TIFF under construction: its tags with their values, and its strips or tiles.
#[derive(Clone)]
pub(super) struct Tiff {
    /// Whether the byte order is little-endian.
    pub little: bool,
    /// Whether it is a BigTIFF.
    pub big: bool,
    /// Tags and their values.
    pub tags: Vec<(u16, Vec<u32>)>,
    /// Strips or tiles.
    pub chunks: Vec<Vec<u8>>,
}

impl Tiff {
    /// An uncompressed TIFF of 32 x 32 pixels.
    pub(super) fn new(bits: &[u32], photometric: u32, chunks: Vec<Vec<u8>>) -> Self {
        let tags = vec![
            (256, vec![32]),
            (257, vec![32]),
            (258, bits.to_vec()),
            (262, vec![photometric]),
            (277, vec![bits.len() as u32]),
        ];
        Self { little: true, big: false, tags, chunks }
    }

    /// Sets a tag.
    pub(super) fn with(mut self, tag: u16, values: &[u32]) -> Self {
        self.tags.retain(|(other, _)| *other != tag);
        self.tags.push((tag, values.to_vec()));
        self
    }

    fn number(&self, value: u64, size: usize) -> Vec<u8> {
        if self.little {
            value.to_le_bytes()[..size].to_vec()
        } else {
            value.to_be_bytes()[8 - size..].to_vec()
        }
    }

    /// The bytes of the file: header, chunks, values, directory.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = if self.little { b"II".to_vec() } else { b"MM".to_vec() };
        let width = if self.big { 8 } else { 4 };
        out.extend(self.number(if self.big { 43 } else { 42 }, 2));
        if self.big {
            out.extend(self.number(8, 2));
            out.extend(self.number(0, 2));
        }
        let pointer = out.len();
        out.extend(vec![0; width]);
        let mut tags = self.tags.clone();
        let tiled = tags.iter().any(|(tag, _)| *tag == 322);
        let (mut offsets, mut lengths) = (Vec::new(), Vec::new());
        for chunk in &self.chunks {
            offsets.push(out.len() as u32);
            lengths.push(chunk.len() as u32);
            out.extend(chunk);
        }
        tags.push((if tiled { 324 } else { 273 }, offsets));
        tags.push((if tiled { 325 } else { 279 }, lengths));
        tags.sort();
        let mut directory = self.number(tags.len() as u64, if self.big { 8 } else { 2 });
        for (tag, values) in &tags {
            directory.extend(self.number(u64::from(*tag), 2));
            // Fractions are written as numbers over one, everything else as 32-bit integers.
            let fraction = matches!(tag, 529 | 532);
            directory.extend(self.number(if fraction { 5 } else { 4 }, 2));
            directory.extend(self.number(values.len() as u64, width));
            let mut data: Vec<u8> = Vec::new();
            for &value in values {
                data.extend(self.number(u64::from(value), 4));
                if fraction {
                    data.extend(self.number(1000, 4));
                }
            }
            if data.len() > width {
                directory.extend(self.number(out.len() as u64, width));
                out.extend(data);
            } else {
                data.resize(width, 0);
                directory.extend(data);
            }
        }
        let at = self.number(out.len() as u64, width);
        out[pointer..pointer + width].copy_from_slice(&at);
        out.extend(directory);
        out.extend(vec![0; width]);
        out
    }
}
