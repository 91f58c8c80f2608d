//! The face mesh of every packed crop.

use candle_core::{Device, Result};
use rayon::prelude::*;

use crate::dataset::FacePack;
use crate::face::{FaceBox, FaceMesh, FaceRegion};
use image::RgbImage;

/// Below this score a crop counts as having no mesh.
const SURE: f32 = 0.6;
/// Where the mesh lies in a crop of mirror's template, roughly: left, top, width, height in fractions.
const ROUGHLY: [f32; 4] = [0.2, 0.2, 0.6, 0.77];
/// Faces fitted between two reports.
const CHUNK: usize = 256;

/// The points of a mesh, in fractions of the crop's side.
pub type Mesh = Vec<[f32; 2]>;

/// Fits the mesh to every crop of `pack`; none where no face is seen. `progress` is told how many are done.
///
/// # Errors
/// When the network fails.
pub fn fit_meshes(pack: &FacePack, mut progress: impl FnMut(usize)) -> Result<Vec<Option<Mesh>>> {
    let network = FaceMesh::bundled(&Device::Cpu)?;
    let indices: Vec<usize> = (0..pack.len()).collect();
    let mut meshes = Vec::with_capacity(pack.len());
    for chunk in indices.chunks(CHUNK) {
        let fitted: Vec<_> = chunk.par_iter().map(|index| fit(&network, pack, *index)).collect();
        for mesh in fitted {
            meshes.push(mesh?);
        }
        progress(meshes.len());
    }
    Ok(meshes)
}

fn fit(network: &FaceMesh, pack: &FacePack, index: usize) -> Result<Option<Mesh>> {
    let side = pack.side();
    let Some(crop) = RgbImage::from_raw(side, side, pack.crop(index).to_vec()) else { return Ok(None) };
    let [x, y, width, height] = ROUGHLY.map(|part| part * side as f32);
    let fit = network.fit_refined(
        &crop,
        FaceRegion::around_box(&FaceBox { x, y, width, height, score: 1.0 }),
        1,
    )?;
    let mesh = fit.mesh.iter().map(|point| point.map(|v| v / side as f32)).collect();
    Ok((fit.score > SURE).then_some(mesh))
}
