//! Builds a packed training file from a folder of labelled pictures.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use image::{ImageReader, Limits, RgbImage};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::labels::{blank_line, read_labels_and_blanks};
use super::pack::{Header, MAGIC, MAX_SIDE_PX, crop_bytes, hex};
use super::{DatasetError, Face, FacePack, PackedFace, Split, ValidWindow};
use agemirror_faces::face::{AlignmentTemplate, Similarity, align};
use agemirror_storage::AtomicFile;

/// Pictures cut between two writes, which bounds memory.
const CHUNK: usize = 512;
/// Largest value of a black bar after lossy compression.
const MAX_BLACK: u8 = 8;
/// Maximum side of a source picture in pixels.
const MAX_PICTURE_SIDE_PX: u32 = 16_384;

/// What to pack.
#[derive(Clone, Debug)]
pub(crate) struct PackSpec {
    /// The split to pack.
    pub split: Split,
    /// Landmark positions in the crops.
    pub template: AlignmentTemplate,
    /// Side of the crops in pixels, 1..=512.
    pub side: u32,
    /// Takes every `stride`-th face of the split; 0 counts as 1.
    pub stride: usize,
    /// Maximum number of faces.
    pub limit: Option<usize>,
}

/// Result of packing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PackReport {
    /// Number of packed crops.
    pub packed: usize,
    /// Skipped pictures and blank lines with the reason.
    pub skipped: Vec<(PathBuf, String)>,
}

impl FacePack {
    /// Like [`FacePack::build_from`], from one folder.
    ///
    /// # Errors
    /// As [`FacePack::build_from`].
    pub(crate) fn build(
        data: &Path,
        spec: &PackSpec,
        out: &Path,
        progress: impl FnMut(usize, usize),
    ) -> Result<PackReport, DatasetError> {
        Self::build_from(&[data.to_owned()], spec, out, progress)
    }

    /// Packs the faces selected by `spec` from the `labels.csv` of each folder in `data` into the file `out`,
    /// on all cores. Stride and limit of `spec` apply to each folder.
    ///
    /// `progress` receives the number of processed pictures and the total. Unreadable pictures are skipped
    /// and listed in the report. `out` appears only when complete.
    ///
    /// # Errors
    /// When the labels cannot be read, no face remains, or `out` cannot be written.
    pub(crate) fn build_from(
        data: &[PathBuf],
        spec: &PackSpec,
        out: &Path,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<PackReport, DatasetError> {
        let side = spec.side.clamp(1, MAX_SIDE_PX);
        let (mut faces, mut blank) = (Vec::new(), Vec::new());
        for folder in data {
            let table = folder.join("labels.csv");
            let (labelled, lines) = read_labels_and_blanks(&table)?;
            let of_folder = select(labelled, spec);
            if of_folder.is_empty() {
                return Err(DatasetError::NoFaces { file: table });
            }
            faces.extend(of_folder.into_iter().map(|face| (folder, face)));
            blank.extend(lines.into_iter().map(|line| (table.clone(), blank_line(line))));
        }
        let mut report = PackReport::default();
        let blank_lines = blank.len();
        report.skipped.extend(blank);
        let mut body = Body::create(out, side)?;
        for chunk in faces.chunks(CHUNK) {
            let cut: Vec<_> =
                chunk.par_iter().map(|(folder, face)| cut(folder, face, &spec.template, side)).collect();
            for ((folder, face), cut) in chunk.iter().zip(cut) {
                match cut {
                    Ok((crop, window)) => body.push(&crop, packed_face(face, window))?,
                    Err(reason) => report.skipped.push((folder.join(&face.file), reason)),
                }
            }
            progress(body.faces.len() + report.skipped.len() - blank_lines, faces.len());
        }
        report.packed = body.faces.len();
        if report.packed == 0 {
            let first = data.first().map(|folder| folder.join("labels.csv"));
            return Err(DatasetError::NoFaces { file: first.unwrap_or_default() });
        }
        body.finish(&spec.template)?;
        Ok(report)
    }
}

fn select(faces: Vec<Face>, spec: &PackSpec) -> Vec<Face> {
    let of_split = faces.into_iter().filter(|face| face.split == spec.split);
    of_split.step_by(spec.stride.max(1)).take(spec.limit.unwrap_or(usize::MAX)).collect()
}

fn packed_face(face: &Face, window: ValidWindow) -> PackedFace {
    PackedFace {
        file: face.file.clone(),
        dataset: face.dataset.clone(),
        age_low: face.age_low,
        age_high: face.age_high,
        gender: face.gender,
        ethnicity: face.ethnicity.clone(),
        window,
    }
}

/// Reads a picture and cuts out its face.
fn cut(
    data: &Path,
    face: &Face,
    template: &AlignmentTemplate,
    side: u32,
) -> Result<(RgbImage, ValidWindow), String> {
    let picture = read_picture(&data.join(&face.file)).map_err(|error| error.to_string())?;
    let similarity = Similarity::from_points(&face.points, template, side);
    let Similarity { a, b, tx, ty } = similarity;
    let window = ValidWindow { picture_to_crop: [a, b, tx, ty], bounds: content_bounds(&picture) };
    Ok((align(&picture, &similarity, side), window))
}

fn read_picture(file: &Path) -> image::ImageResult<RgbImage> {
    let bytes = std::fs::read(file)?;
    let mut reader = ImageReader::new(std::io::Cursor::new(bytes.as_slice())).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_PICTURE_SIDE_PX);
    limits.max_image_height = Some(MAX_PICTURE_SIDE_PX);
    reader.limits(limits);
    Ok(reader.decode()?.into_rgb8())
}

/// Left, top, right and bottom of `picture` without the black bars that some collections add. An entirely
/// black picture keeps its whole size.
fn content_bounds(picture: &RgbImage) -> [f32; 4] {
    let (width, height) = picture.dimensions();
    let black = |x: u32, y: u32| picture.get_pixel(x, y).0.iter().all(|value| *value <= MAX_BLACK);
    let black_row = |y: &u32| (0..width).all(|x| black(x, *y));
    let black_column = |x: &u32| (0..height).all(|y| black(*x, y));
    let top = (0..height).take_while(black_row).count() as u32;
    if top == height {
        return [0.0, 0.0, width as f32, height as f32];
    }
    let bottom = height - (0..height).rev().take_while(black_row).count() as u32;
    let left = (0..width).take_while(black_column).count() as u32;
    let right = width - (0..width).rev().take_while(black_column).count() as u32;
    [left, top, right, bottom].map(|edge| edge as f32)
}

/// The packed file during writing, under a temporary name in the same folder.
struct Body {
    out: PathBuf,
    side: u32,
    writer: BufWriter<AtomicFile>,
    sha256: Sha256,
    faces: Vec<PackedFace>,
}

impl Body {
    fn create(out: &Path, side: u32) -> Result<Self, DatasetError> {
        let file = AtomicFile::create(out).map_err(DatasetError::io(out, "written"))?;
        let mut writer = BufWriter::new(file);
        writer.write_all(MAGIC).map_err(DatasetError::io(out, "written"))?;
        Ok(Self { out: out.to_owned(), side, writer, sha256: Sha256::new(), faces: Vec::new() })
    }

    fn push(&mut self, crop: &RgbImage, face: PackedFace) -> Result<(), DatasetError> {
        debug_assert_eq!(crop.as_raw().len(), crop_bytes(self.side));
        self.sha256.update(crop.as_raw());
        self.faces.push(face);
        self.writer.write_all(crop.as_raw()).map_err(DatasetError::io(&self.out, "written"))
    }

    fn finish(self, template: &AlignmentTemplate) -> Result<(), DatasetError> {
        let Self { out, side, mut writer, sha256, faces } = self;
        let header = Header { side, template: template.points, sha256: hex(&sha256.finalize()), faces };
        let header = serde_json::to_vec(&header).map_err(std::io::Error::from);
        let write = |header: Vec<u8>| -> std::io::Result<()> {
            writer.write_all(&header)?;
            writer.write_all(&(header.len() as u64).to_le_bytes())?;
            writer.into_inner().map_err(|error| error.into_error())?.commit()
        };
        header.and_then(write).map_err(DatasetError::io(&out, "written"))
    }
}
