//! Builds an atlas from a folder of labelled portraits: selects faces and extracts their lines.

use std::path::PathBuf;

use candle_core::Device;
use rayon::prelude::*;

use super::area::line_area;
use super::candidate::Candidate;
use super::extract::{ExtractedLines, extract_lines};
use crate::dataset::{Face, Gender, Split, read_labels};
use crate::training::error::TrainingError;
use agemirror_faces::aging::mirror::{LineAtlas, LinedFace};
use agemirror_faces::face::{FaceMesh, MESH_POINTS};

/// Minimum age in years of the faces in an atlas.
const MIN_AGE_YEARS: f32 = 50.0;
/// Maximum offset of the nose from the middle of the eyes, in eye distances.
const MAX_YAW: f32 = 0.13;
/// Number of skin tone bins, from dark to light, from which equally many faces are taken.
const TONE_BINS: usize = 3;

/// What an atlas is built from.
#[derive(Clone, Debug)]
pub(crate) struct LinesSpec {
    /// Folder with `labels.csv`, the pictures, and `masks/`.
    pub data: PathBuf,
    /// Number of faces.
    pub faces: usize,
    /// Names of pictures to exclude, as written in the table.
    pub exclude: Vec<String>,
}

/// Result of building an atlas.
pub(crate) struct AtlasReport {
    /// The atlas.
    pub atlas: LineAtlas,
    /// The pictures of its faces, in the order of the atlas.
    pub files: Vec<String>,
    /// Old faces that could not be used, with the reason.
    pub skipped: Vec<(String, String)>,
}

/// Builds an atlas. `progress` receives the number of processed pictures and the total.
///
/// # Errors
/// When the table cannot be read, a network fails, or there are too few old faces.
pub(crate) fn build_atlas(
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
    let (mut candidates, mut skipped) = (Vec::new(), Vec::new());
    let count = old.len();
    for (done, face) in old.into_iter().enumerate() {
        progress(done, count);
        let name = face.file.clone();
        match Candidate::read(&network, &spec.data, face)? {
            Ok(found) => candidates.push(found),
            Err(reason) => skipped.push((name, reason)),
        }
    }
    let reference = mean_mesh(&candidates);
    let area = line_area(&reference);
    let lines: Vec<ExtractedLines> =
        candidates.par_iter().map(|candidate| extract_lines(candidate, &reference, &area)).collect();
    let chosen = choose(&candidates, &lines, spec.faces);
    if chosen.len() < spec.faces {
        return Err(TrainingError::Settings(format!(
            "{} has only {} old faces with clear lines, not {}; lower --faces",
            spec.data.display(),
            chosen.len(),
            spec.faces
        )));
    }
    let lined = |i: &usize| LinedFace {
        planes: lines[*i].planes.clone().into(),
        male: f32::from(u8::from(candidates[*i].face.gender == Gender::Male)),
        tone: lines[*i].tone,
        mesh: candidates[*i].mesh.clone(),
    };
    let files = chosen.iter().map(|i| candidates[*i].face.file.clone()).collect();
    Ok(AtlasReport {
        atlas: LineAtlas { reference, faces: chosen.iter().map(lined).collect() },
        files,
        skipped,
    })
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

/// The faces with the strongest lines, balanced between genders and skin tone bins as far as possible.
fn choose(candidates: &[Candidate], lines: &[ExtractedLines], count: usize) -> Vec<usize> {
    let mut tones: Vec<f32> = lines.iter().map(|lines| lines.luma).collect();
    tones.sort_by(f32::total_cmp);
    let tone =
        |i: usize| tones.partition_point(|luma| *luma < lines[i].luma) * TONE_BINS / tones.len().max(1);
    let kind = |i: usize| (candidates[i].face.gender, tone(i));
    let mut order: Vec<usize> = (0..candidates.len()).filter(|i| lines[*i].is_usable()).collect();
    order.sort_by(|a, b| lines[*b].line_strength.total_cmp(&lines[*a].line_strength));
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
