//! The packed training file: aligned crops of one split in one file, from which batches are cut.
//!
//! Layout: 8 bytes [`MAGIC`]; the crops, each `side * side * 3` bytes RGB; the header as JSON; the header's
//! length as a little-endian `u64`. The header comes last because the number of readable pictures is known
//! only at the end. Its `sha256` is that of the crops.

use std::fs::File;
use std::path::Path;

use image::RgbImage;
use memmap2::Mmap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{DatasetError, Gender, ValidWindow};
use agemirror_faces::face::{Similarity, align};

/// The first bytes of a packed file.
pub(super) const MAGIC: &[u8; 8] = b"AGEPACK1";
/// Maximum side of a packed crop in pixels.
pub(super) const MAX_SIDE_PX: u32 = 512;

/// The labels of a packed crop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PackedFace {
    /// Path of the source picture, relative to the table of labels.
    pub file: String,
    /// Name of the collection.
    pub dataset: String,
    /// The youngest possible age in years.
    pub age_low: f32,
    /// The oldest possible age in years.
    pub age_high: f32,
    /// Gender as labelled.
    pub gender: Gender,
    /// Ethnicity as labelled.
    pub ethnicity: String,
    /// The part of the crop that shows the picture.
    pub window: ValidWindow,
}

impl PackedFace {
    /// The middle of the age range in years.
    pub(crate) fn age(&self) -> f32 {
        (self.age_low + self.age_high) / 2.0
    }
}

/// The header of a packed file.
#[derive(Serialize, Deserialize)]
pub(super) struct Header {
    pub side: u32,
    pub template: [[f32; 2]; 5],
    pub sha256: String,
    pub faces: Vec<PackedFace>,
}

/// A memory-mapped packed file. The system may drop pages that were not read recently, because a pack is
/// often larger than free memory.
#[derive(Debug)]
pub(crate) struct FacePack {
    side: u32,
    faces: Vec<PackedFace>,
    bytes: Mmap,
}

impl FacePack {
    /// Opens the packed file at `path` and verifies its checksum.
    ///
    /// # Errors
    /// When it cannot be read, is damaged, or is another kind of file.
    pub(crate) fn open(path: &Path) -> Result<Self, DatasetError> {
        let file = File::open(path).map_err(DatasetError::io(path, "read"))?;
        // SAFETY: a pack appears under its name when it is complete, and is never written in place after
        // that.
        let bytes = unsafe { Mmap::map(&file) }.map_err(DatasetError::io(path, "read"))?;
        let header = read_header(&bytes).map_err(|reason| DatasetError::bad_pack(path, reason))?;
        let body = MAGIC.len()..MAGIC.len() + header.faces.len() * crop_bytes(header.side);
        if hex(&Sha256::digest(&bytes[body])) != header.sha256 {
            return Err(DatasetError::bad_pack(path, "its checksum does not match its crops"));
        }
        Ok(Self { side: header.side, faces: header.faces, bytes })
    }

    /// Number of crops.
    pub(crate) fn len(&self) -> usize {
        self.faces.len()
    }

    /// Side of each crop in pixels.
    pub(crate) fn side(&self) -> u32 {
        self.side
    }

    /// The labels in the order of the crops.
    pub(crate) fn faces(&self) -> &[PackedFace] {
        &self.faces
    }

    /// The labels of crop `index`, which must be below [`FacePack::len`].
    pub(crate) fn face(&self, index: usize) -> &PackedFace {
        &self.faces[index]
    }

    /// The pixels of crop `index`, row by row, RGB; `index` must be below [`FacePack::len`].
    pub(crate) fn crop(&self, index: usize) -> &[u8] {
        let length = crop_bytes(self.side);
        let start = MAGIC.len() + index * length;
        &self.bytes[start..start + length]
    }

    /// Crop `index` as a picture; `index` must be below [`FacePack::len`].
    pub(crate) fn picture(&self, index: usize) -> RgbImage {
        let crop = RgbImage::from_raw(self.side, self.side, self.crop(index).to_vec());
        // The crop has exactly this length, so the default is never used.
        crop.unwrap_or_else(|| RgbImage::new(self.side, self.side))
    }

    /// A square part of crop `index` (left, top and side as fractions of the crop's side), scaled to `side`
    /// pixels, and its mask: 0 outside the source picture, 1 from one pixel inside.
    pub(crate) fn part(&self, index: usize, [left, top, part]: [f32; 3], side: u32) -> (RgbImage, Vec<f32>) {
        let packed = self.side as f32;
        let scale = side as f32 / (part * packed);
        let to_part = Similarity { a: scale, b: 0.0, tx: -scale * left * packed, ty: -scale * top * packed };
        let mask = self.faces[index].window.mask(&to_part.inverse(), self.side, side, 1.0);
        (align(&self.picture(index), &to_part, side), mask)
    }
}

/// Bytes of one crop of `side` pixels.
pub(super) fn crop_bytes(side: u32) -> usize {
    side as usize * side as usize * 3
}

/// Lower-case hexadecimal digits of `bytes`.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads the header and checks that its lengths match the file.
fn read_header(bytes: &[u8]) -> Result<Header, String> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("it does not start like a pack")?;
    let (rest, length) = rest.split_last_chunk::<8>().ok_or("it is truncated")?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok().filter(|length| *length <= rest.len());
    let (body, header) = rest.split_at(rest.len() - length.ok_or("it is truncated")?);
    let header: Header =
        serde_json::from_slice(header).map_err(|error| format!("its header is damaged ({error})"))?;
    if !(1..=MAX_SIDE_PX).contains(&header.side) {
        return Err(format!("its crops have {} pixels a side", header.side));
    }
    if header.faces.len().checked_mul(crop_bytes(header.side)) != Some(body.len()) {
        return Err("its length does not match its number of crops".to_owned());
    }
    Ok(header)
}
