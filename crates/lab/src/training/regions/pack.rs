//! Packs the heads of a run, with their masks and landmarks, into one file.

use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use image::RgbImage;
use image::imageops::{FilterType, resize};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::RegionDataError;
use super::male::MaleReader;
use super::table::{Entry, read_table};
use crate::dataset::Split;
use crate::training::{NamedTensors, TrainingError, write_tensors};
use agemirror_faces::face::regions::{HEAD_TEMPLATE, face_region};
use agemirror_faces::face::{FaceFinder, FaceMesh, FivePoints, MESH_POINTS, Similarity, align};
use agemirror_pictures::load_picture;

/// Side of a packed head and of its labels, in pixels.
pub(crate) const PACK_SIDE: usize = 192;
/// Number of pixels of a packed head.
pub(crate) const PACK_SIZE: usize = PACK_SIDE * PACK_SIDE;
/// Values of a mask in a data folder: 0 background, 1 skin, 2 neck and ears, 3 hair, 4 brows, 5 eyes, 6 lips,
/// 7 glasses, 8 hat, 9 clothes.
const CLASSES: u8 = 10;
/// Side in pixels of the crop in which a mesh is fitted.
const HEAD_SIDE: u32 = 384;
/// Number of pictures read between two progress reports.
const CHUNK: usize = 32;

/// One head.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// Its metadata.
    pub facts: Facts,
    /// Red, green and blue of [`PACK_SIZE`] pixels.
    pub pixels: Vec<u8>,
    /// The class of every pixel, as in the data folder.
    pub labels: Vec<u8>,
}

/// Metadata of a head.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// The picture, relative to its data folder.
    pub file: String,
    /// The split it belongs to.
    pub split: Split,
    /// Whether the mask is hand-made; otherwise a network made it.
    pub hand_made: bool,
    /// Above 0 for the face of a man old enough for a beard.
    pub male: f32,
    /// The five landmarks, in pixels of the packed head.
    pub points: FivePoints,
    /// The face mesh, in pixels of the packed head.
    pub mesh: Vec<[f32; 2]>,
}

/// Reads the heads of the data folders `folders`, in order, with their masks. `progress` receives the number of
/// processed pictures and the total, and stops by returning `false`. Returns the heads, and the pictures that cannot
/// be used with the reason; `None` if stopped.
///
/// # Errors
/// When a table cannot be read or a network fails.
pub(crate) fn read_heads(
    folders: &[PathBuf],
    mut progress: impl FnMut(usize, usize) -> bool,
) -> Result<Option<(Vec<Head>, Vec<(PathBuf, String)>)>, TrainingError> {
    let mut entries = Vec::new();
    for folder in folders {
        entries.extend(read_table(folder).map_err(|error| TrainingError::Settings(error.to_string()))?);
    }
    let networks = Networks::load()?;
    let (mut heads, mut skipped) = (Vec::new(), Vec::new());
    for chunk in entries.chunks(CHUNK) {
        let read: Vec<_> = chunk.par_iter().map(|entry| read_head(entry, &networks)).collect();
        for (entry, head) in chunk.iter().zip(read) {
            match head {
                Ok(head) => heads.push(head),
                Err(error) => skipped.push((entry.picture.clone(), error.to_string())),
            }
        }
        if !progress(heads.len() + skipped.len(), entries.len()) {
            return Ok(None);
        }
    }
    Ok(Some((heads, skipped)))
}

/// What reads a head.
struct Networks {
    finder: FaceFinder,
    mesh: FaceMesh,
    male: MaleReader,
}

impl Networks {
    fn load() -> Result<Self, TrainingError> {
        let finder = FaceFinder::new().map_err(|error| TrainingError::Settings(error.to_string()))?;
        Ok(Self { finder, mesh: FaceMesh::bundled(&Device::Cpu)?, male: MaleReader::bundled()? })
    }

    /// The face mesh between known landmarks, in pixels of the picture. The face finder overlooks men with large beards,
    /// whose beards matter most.
    fn mesh_between(&self, picture: &RgbImage, points: &FivePoints) -> candle_core::Result<Vec<[f32; 2]>> {
        let upright = Similarity::from_points(points, &HEAD_TEMPLATE, HEAD_SIDE);
        let head = align(picture, &upright, HEAD_SIDE);
        let fit = self.mesh.fit_refined(&head, face_region(HEAD_SIDE as f32), 1)?;
        let back = upright.inverse();
        Ok(fit.mesh.into_iter().map(|point| back.apply(point)).collect())
    }
}

fn read_head(entry: &Entry, networks: &Networks) -> Result<Head, RegionDataError> {
    let picture = load_picture(&entry.picture)?.picture;
    let (width, height) = picture.dimensions();
    if width != height || width == 0 {
        return Err(RegionDataError::NotSquare { width, height });
    }
    let scale = PACK_SIDE as f32 / width as f32;
    let side = PACK_SIDE as u32;
    let pixels = resize(&picture, side, side, FilterType::Triangle).into_raw();
    let found = networks.finder.find(&picture)?.into_iter().next();
    let (points, mesh) = match (found, entry.points) {
        (Some(face), _) => (face.points, face.mesh),
        (None, Some(points)) => (points, networks.mesh_between(&picture, &points)?),
        (None, None) => return Err(RegionDataError::NoFace),
    };
    let shrink = |point: [f32; 2]| point.map(|value| value * scale);
    let points = points.map(shrink);
    let male = match entry.male {
        Some(male) => {
            if male {
                1.0
            } else {
                -1.0
            }
        }
        None => networks.male.logit(&pixels, PACK_SIDE as u32, &points)?,
    };
    Ok(Head {
        facts: Facts {
            file: entry.file.clone(),
            split: entry.split,
            hand_made: entry.hand_made,
            male,
            points,
            mesh: mesh.into_iter().map(shrink).collect(),
        },
        pixels,
        labels: read_mask(&entry.mask)?,
    })
}

/// The classes of a mask file at [`PACK_SIDE`].
fn read_mask(path: &Path) -> Result<Vec<u8>, RegionDataError> {
    let unreadable = |reason: String| RegionDataError::Mask { file: path.to_owned(), reason };
    let file = std::fs::File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .map_err(|error| unreadable(error.to_string()))?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    let plain = matches!(reader.info().color_type, png::ColorType::Indexed | png::ColorType::Grayscale);
    let bits = reader.info().bit_depth as usize;
    if !plain || bits > 8 || width != height || width == 0 || width > 4096 {
        return Err(unreadable("it is no square picture of indices".to_owned()));
    }
    let line = (width * bits).div_ceil(8);
    let mut packed = vec![0u8; line * height];
    reader.next_frame(&mut packed).map_err(|error| unreadable(error.to_string()))?;
    let value = |row: &[u8], x: usize| {
        let shift = 8 - bits - x * bits % 8;
        (row[x * bits / 8] >> shift) & ((1u16 << bits) - 1) as u8
    };
    let values: Vec<u8> =
        packed.chunks_exact(line).flat_map(|row| (0..width).map(move |x| value(row, x))).collect();
    if let Some(value) = values.iter().find(|value| **value >= CLASSES) {
        return Err(unreadable(format!("it has the value {value}; {} is the largest", CLASSES - 1)));
    }
    let at = |i: usize| ((2 * i + 1) * width / (2 * PACK_SIDE)).min(width.saturating_sub(1));
    Ok((0..PACK_SIZE).map(|i| values[at(i / PACK_SIDE) * width + at(i % PACK_SIDE)]).collect())
}

/// Writes heads to `path`, replacing an existing file.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write_pack(heads: &[Head], path: &Path) -> Result<(), TrainingError> {
    let count = heads.len();
    let pixels: Vec<u8> = heads.iter().flat_map(|head| head.pixels.iter().copied()).collect();
    let labels: Vec<u8> = heads.iter().flat_map(|head| head.labels.iter().copied()).collect();
    let facts: Vec<&Facts> = heads.iter().map(|head| &head.facts).collect();
    let facts = serde_json::to_vec(&facts).map_err(|error| TrainingError::Settings(error.to_string()))?;
    let device = Device::Cpu;
    let tensors = NamedTensors::from([
        ("pixels".to_owned(), Tensor::from_vec(pixels, (count, PACK_SIDE, PACK_SIDE, 3), &device)?),
        ("labels".to_owned(), Tensor::from_vec(labels, (count, PACK_SIDE, PACK_SIDE), &device)?),
        ("facts".to_owned(), Tensor::from_vec(facts.clone(), facts.len(), &device)?),
    ]);
    write_tensors(&tensors, path)
}

/// Reads heads that [`write_pack`] wrote.
///
/// # Errors
/// When the file cannot be read or has another format.
pub(crate) fn read_pack(path: &Path) -> Result<Vec<Head>, TrainingError> {
    let damaged = || {
        let file = path.display();
        TrainingError::Settings(format!("{file} holds no packed heads; remove it, and it is made again"))
    };
    let mut tensors = candle_core::safetensors::load(path, &Device::Cpu)?;
    let mut bytes = |name: &str| -> Result<Vec<u8>, TrainingError> {
        Ok(tensors.remove(name).ok_or_else(damaged)?.flatten_all()?.to_vec1()?)
    };
    let facts: Vec<Facts> = serde_json::from_slice(&bytes("facts")?).map_err(|_| damaged())?;
    let (pixels, labels) = (bytes("pixels")?, bytes("labels")?);
    let sized = pixels.len() == 3 * PACK_SIZE * facts.len() && labels.len() == PACK_SIZE * facts.len();
    let meshes = facts.iter().all(|facts| facts.mesh.is_empty() || facts.mesh.len() == MESH_POINTS);
    if !sized || !meshes || labels.iter().any(|label| *label >= CLASSES) {
        return Err(damaged());
    }
    let parts = pixels.chunks_exact(3 * PACK_SIZE).zip(labels.chunks_exact(PACK_SIZE));
    let head = |(facts, (pixels, labels)): (Facts, (&[u8], &[u8]))| Head {
        facts,
        pixels: pixels.to_vec(),
        labels: labels.to_vec(),
    };
    Ok(facts.into_iter().zip(parts).map(head).collect())
}

impl Head {
    /// The head as a picture.
    pub(crate) fn picture(&self) -> RgbImage {
        let side = PACK_SIDE as u32;
        RgbImage::from_raw(side, side, self.pixels.clone()).unwrap_or_else(|| RgbImage::new(side, side))
    }
}
