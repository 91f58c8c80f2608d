//! The face mesh of every packed crop.

use candle_core::{Device, Result};
use rayon::prelude::*;

use crate::dataset::FacePack;
use agemirror_faces::aging::mirror::FACE_IN_HEAD;
use agemirror_faces::face::{FaceBox, FaceMesh, FaceRegion};

/// Crops whose mesh score is lower count as having no mesh.
const MIN_SCORE: f32 = 0.6;
/// Approximate position of the face in a crop of mirror's template: left, top, width, height as fractions.
const FACE_BOX: [f32; 4] = [0.2, 0.2, 0.6, 0.77];
/// Faces fitted between two progress reports.
const CHUNK: usize = 256;

/// Points of a mesh, in fractions of the side of the network's view of a head.
pub(super) type Mesh = Vec<[f32; 2]>;

/// Fits the mesh to the face in every head crop of `pack`, scaled to `side` pixels; `None` where no face is
/// found. `progress` receives the number of finished crops.
///
/// # Errors
/// When the network fails.
pub(super) fn fit_meshes(
    pack: &FacePack,
    side: u32,
    mut progress: impl FnMut(usize),
) -> Result<Vec<Option<Mesh>>> {
    let network = FaceMesh::bundled(&Device::Cpu)?;
    let indices: Vec<usize> = (0..pack.len()).collect();
    let mut meshes = Vec::with_capacity(pack.len());
    for chunk in indices.chunks(CHUNK) {
        let fitted: Vec<_> = chunk.par_iter().map(|index| fit(&network, pack, *index, side)).collect();
        for mesh in fitted {
            meshes.push(mesh?);
        }
        progress(meshes.len());
    }
    Ok(meshes)
}

fn fit(network: &FaceMesh, pack: &FacePack, index: usize, side: u32) -> Result<Option<Mesh>> {
    let (crop, _) = pack.part(index, FACE_IN_HEAD, side);
    let [x, y, width, height] = FACE_BOX.map(|part| part * side as f32);
    let fit = network.fit_refined(
        &crop,
        FaceRegion::around_box(&FaceBox { x, y, width, height, score: 1.0 }),
        1,
    )?;
    let mesh = fit.mesh.iter().map(|point| point.map(|v| v / side as f32)).collect();
    Ok((fit.score > MIN_SCORE).then_some(mesh))
}
