//! From a folder of labelled portraits to an atlas: which faces, and their lines aligned over the average face.

use std::path::{Path, PathBuf};

use candle_core::Device;
use image::RgbImage;
use rayon::prelude::*;

use super::extract::{ExtractedLines, extract_lines};
use crate::dataset::{DatasetError, Face, Gender, Split, read_labels};
use crate::training::error::TrainingError;
use agemirror_faces::aging::mirror::{ATLAS_IN_HEAD, LineAtlas, LinedFace};
use agemirror_faces::face::regions::{HEAD_TEMPLATE, face_region};
use agemirror_faces::face::{FaceMesh, MESH_POINTS, Similarity, align, eye_distance};
use agemirror_pictures::load_picture;

/// The youngest age, in years, of a face whose lines are taken.
const MIN_AGE_YEARS: f32 = 50.0;
/// The smallest distance of the eyes in pixels.
const MIN_EYE_DISTANCE_PX: f32 = 62.0;
/// How far the nose may be off the middle of the eyes, in eye distances.
const MAX_YAW: f32 = 0.13;
/// The surest faces of the mesh network have this score or more.
const MIN_MESH_SCORE: f32 = 0.8;
/// The side in pixels of the head crop that the mesh is fitted in.
const HEAD_SIDE: u32 = 512;
/// Parts of the tones of skin, from light to dark, from which equally many faces are taken.
const TONE_BINS: usize = 3;

/// What an atlas is made of.
#[derive(Clone, Debug)]
pub struct LinesSpec {
    /// The folder with `labels.csv`, the pictures, and `masks/` beside them.
    pub data: PathBuf,
    /// The number of faces.
    pub faces: usize,
    /// Names of pictures that are left out, as the table has them.
    pub exclude: Vec<String>,
}

/// What came of it.
pub struct AtlasReport {
    /// The atlas.
    pub atlas: LineAtlas,
    /// The pictures that its lines come from, in its order.
    pub files: Vec<String>,
    /// Old faces that could not be used, with the reason.
    pub skipped: Vec<(String, String)>,
}

/// An old face with its mesh.
pub(super) struct Candidate {
    pub face: Face,
    pub picture: RgbImage,
    /// The mask of the picture's regions, at a side of its own.
    pub mask: image::GrayImage,
    /// From pixels of the picture to fractions of the atlas's side.
    pub to_atlas: Similarity,
    /// In fractions of the atlas's side.
    pub mesh: Vec<[f32; 2]>,
}

/// Makes an atlas; `progress` gets the number of pictures read and of all.
///
/// # Errors
/// When the table cannot be read, a network fails, or there are too few old faces.
pub fn build_atlas(
    spec: &LinesSpec,
    progress: impl Fn(usize, usize) + Sync,
) -> Result<AtlasReport, TrainingError> {
    let faces = read_labels(&spec.data.join("labels.csv"))?;
    let old: Vec<Face> = faces
        .into_iter()
        .filter(|face| face.split == Split::Train && !spec.exclude.contains(&face.file))
        .filter(|face| face.age_low >= MIN_AGE_YEARS && face.yaw.abs() < MAX_YAW)
        .collect();
    let network = FaceMesh::bundled(&Device::Cpu)?;
    let mut skipped = Vec::new();
    let mut candidates = Vec::new();
    let count = old.len();
    for (done, face) in old.into_iter().enumerate() {
        progress(done, count);
        let name = face.file.clone();
        match candidate(&network, &spec.data, face)? {
            Ok(found) => candidates.push(found),
            Err(reason) => skipped.push((name, reason)),
        }
    }
    let reference = mean_mesh(&candidates);
    let drawn: Vec<ExtractedLines> =
        candidates.par_iter().map(|candidate| extract_lines(candidate, &reference)).collect();
    let chosen = choose(&candidates, &drawn, spec.faces);
    if chosen.len() < spec.faces {
        return Err(TrainingError::Settings(format!(
            "{} shows {} old faces with clear lines, and {} are wanted; ask for fewer with --faces",
            spec.data.display(),
            chosen.len(),
            spec.faces
        )));
    }
    let lined = |i: &usize| LinedFace {
        planes: drawn[*i].planes.clone(),
        male: f32::from(u8::from(candidates[*i].face.gender == Gender::Male)),
        tone: drawn[*i].tone,
        mesh: candidates[*i].mesh.clone(),
    };
    let files = chosen.iter().map(|i| candidates[*i].face.file.clone()).collect();
    Ok(AtlasReport {
        atlas: LineAtlas { reference, faces: chosen.iter().map(lined).collect() },
        files,
        skipped,
    })
}

/// Reads a face and fits its mesh; the reason where it cannot be used.
fn candidate(
    network: &FaceMesh,
    data: &Path,
    face: Face,
) -> Result<Result<Candidate, String>, TrainingError> {
    if eye_distance(&face.points) < MIN_EYE_DISTANCE_PX {
        return Ok(Err(format!("its eyes are less than {MIN_EYE_DISTANCE_PX} pixels apart")));
    }
    let file = data.join(&face.file);
    let unreadable = |reason: String| DatasetError::Picture { file: file.clone(), reason };
    let picture = load_picture(&file).map_err(|error| unreadable(error.to_string()))?.picture;
    let stem = file.file_stem().unwrap_or_default();
    let mask = data.join("masks").join(stem).with_extension("png");
    let Ok(mask) = read_mask(&mask) else { return Ok(Err("it has no mask of its regions".to_owned())) };
    let to_head = Similarity::from_points(&face.points, &HEAD_TEMPLATE, HEAD_SIDE);
    let head = align(&picture, &to_head, HEAD_SIDE);
    let fit = network.fit_refined(&head, face_region(HEAD_SIDE as f32), 2)?;
    if fit.score < MIN_MESH_SCORE {
        return Ok(Err("no clear face is seen in it".to_owned()));
    }
    let [left, top, side] = ATLAS_IN_HEAD;
    let scale = 1.0 / (HEAD_SIDE as f32 * side);
    let to_atlas = Similarity { a: scale, b: 0.0, tx: -left / side, ty: -top / side };
    let mesh = fit.mesh.iter().map(|point| to_atlas.apply(*point)).collect();
    Ok(Ok(Candidate { face, picture, mask, to_atlas: to_atlas.after(&to_head), mesh }))
}

/// The indices of an indexed PNG.
fn read_mask(path: &Path) -> Result<image::GrayImage, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut decoder = png::Decoder::new(std::io::BufReader::new(file));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let size = reader.output_buffer_size().ok_or("it is too large")?;
    let mut bytes = vec![0; size];
    let info = reader.next_frame(&mut bytes).map_err(|error| error.to_string())?;
    let bits = info.bit_depth as usize;
    if info.color_type != png::ColorType::Indexed || bits > 8 {
        return Err("it is no indexed PNG".to_owned());
    }
    let index =
        |row: &[u8], x: usize| (row[x * bits / 8] >> (8 - bits - x * bits % 8)) & (0xff >> (8 - bits));
    let rows = bytes.chunks_exact(info.line_size).take(info.height as usize);
    let indices = rows.flat_map(|row| (0..info.width as usize).map(move |x| index(row, x))).collect();
    image::GrayImage::from_raw(info.width, info.height, indices).ok_or_else(|| "it is cut short".to_owned())
}

fn mean_mesh(candidates: &[Candidate]) -> Vec<[f32; 2]> {
    let mean = |point: usize| {
        let sum = candidates.iter().fold([0f32; 2], |sum, candidate| {
            let [x, y] = candidate.mesh[point];
            [sum[0] + x, sum[1] + y]
        });
        sum.map(|value| value / candidates.len().max(1) as f32)
    };
    (0..MESH_POINTS).map(mean).collect()
}

/// The most lined faces, equally many women and men and of each part of the tones of skin, as far as there are.
fn choose(candidates: &[Candidate], drawn: &[ExtractedLines], count: usize) -> Vec<usize> {
    let mut tones: Vec<f32> = drawn.iter().map(|drawn| drawn.luma).collect();
    tones.sort_by(f32::total_cmp);
    let tone =
        |i: usize| tones.partition_point(|luma| *luma < drawn[i].luma) * TONE_BINS / tones.len().max(1);
    let kind = |i: usize| (candidates[i].face.gender, tone(i));
    let mut order: Vec<usize> = (0..candidates.len()).filter(|i| drawn[*i].is_usable()).collect();
    order.sort_by(|a, b| drawn[*b].line_strength.total_cmp(&drawn[*a].line_strength));
    let share = count.div_ceil(2 * TONE_BINS);
    let mut taken: Vec<usize> = Vec::new();
    for limit in [share, usize::MAX] {
        for i in &order {
            let alike = taken.iter().filter(|other| kind(**other) == kind(*i)).count();
            if taken.len() < count && alike < limit && !taken.contains(i) {
                taken.push(*i);
            }
        }
    }
    taken
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn masks_of_any_depth_are_read_as_indices() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mask.png");
        for (depth, bytes) in [
            (png::BitDepth::Four, vec![0x12, 0x30, 0x45, 0x60]),
            (png::BitDepth::Eight, vec![1, 2, 3, 4, 5, 6]),
        ] {
            let file = std::fs::File::create(&path).unwrap();
            let mut encoder = png::Encoder::new(file, 3, 2);
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_depth(depth);
            encoder.set_palette(vec![0u8; 3 * 8]);
            encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
            assert_eq!(read_mask(&path).unwrap().into_raw(), [1, 2, 3, 4, 5, 6]);
        }
        std::fs::write(&path, b"no picture").unwrap();
        assert!(read_mask(&path).is_err());
    }
}
