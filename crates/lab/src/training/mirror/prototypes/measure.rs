//! Aligns one face with the reference mesh.

use image::RgbImage;

use crate::dataset::FacePack;
use crate::training::mirror::texture::binomial_blur;
use agemirror_faces::aging::mirror::FACE_IN_HEAD;
use agemirror_faces::face::field::{Bilinear, centres, displacement};

/// Added to the strength of detail before the logarithm: one and a half grey levels.
const DETAIL_OFFSET: f32 = 0.012;

/// The texture planes of a face over the reference mesh, followed by the visibility of each pixel (0..1). The
/// face is scaled to `packed` pixels first.
pub(super) fn measured_planes(
    pack: &FacePack,
    index: usize,
    mesh: &[[f32; 2]],
    reference: &[[f32; 2]],
    (packed, side): (usize, usize),
) -> Vec<Vec<f32>> {
    let (face, mask) = pack.part(index, FACE_IN_HEAD, packed as u32);
    let mut planes = colours(&face);
    planes.push(log_detail(&planes, packed));
    planes.push(mask);
    warp(&planes, packed, mesh, reference, side)
}

fn colours(face: &RgbImage) -> Vec<Vec<f32>> {
    (0..3).map(|c: usize| face.pixels().map(|pixel| f32::from(pixel.0[c]) / 127.5 - 1.0).collect()).collect()
}

/// Warps planes of `packed` px from this mesh to the reference mesh.
fn warp(
    planes: &[Vec<f32>],
    packed: usize,
    mesh: &[[f32; 2]],
    reference: &[[f32; 2]],
    side: usize,
) -> Vec<Vec<f32>> {
    let moves: Vec<[f32; 2]> =
        mesh.iter().zip(reference).map(|(to, from)| [to[0] - from[0], to[1] - from[1]]).collect();
    let field = displacement(reference, &moves);
    let mut warped: Vec<Vec<_>> = planes.iter().map(|_| Vec::with_capacity(side * side)).collect();
    for centre in centres(side) {
        let bilinear = Bilinear::of(centre, field.side);
        let [dx, dy] = [0, 1].map(|axis| bilinear.value(&field.planes[axis]));
        let source = Bilinear::of([centre[0] + dx, centre[1] + dy], packed);
        for (to, plane) in warped.iter_mut().zip(planes) {
            to.push(source.value(plane));
        }
    }
    warped
}

/// Log of the local strength of the detail that halving the picture loses.
fn log_detail(planes: &[Vec<f32>], side: usize) -> Vec<f32> {
    let grey: Vec<f32> =
        (0..side * side).map(|i| (planes[0][i] + planes[1][i] + planes[2][i]) / 3.0).collect();
    let mut coarse = grey.clone();
    (0..2).for_each(|_| binomial_blur(&mut coarse, side));
    let mut local: Vec<f32> = grey.iter().zip(&coarse).map(|(a, b)| (a - b) * (a - b)).collect();
    (0..6).for_each(|_| binomial_blur(&mut local, side));
    local.iter().map(|s| (s.sqrt() + DETAIL_OFFSET).ln()).collect()
}
