//! Builds prototypes from a pack of faces.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::effects::{Sums, effects};
use super::measure::measured_planes;
use super::{AGES, Effect, POPULATIONS, Population, Prototypes};
use crate::dataset::FacePack;
use crate::training::error::TrainingError;
use crate::training::mirror::meshes::{Mesh, fit_meshes};
use crate::training::mirror::texture::TEXTURE_PLANES;
use agemirror_faces::face::MESH_POINTS;
use agemirror_faces::face::field::Grid;

/// Largest side of a texture, in pixels.
const MAX_SIDE_PX: usize = 128;

/// Weight of a face of `age` in the prototype at `AGES[i]`.
fn closeness(age: f32, i: usize) -> f32 {
    let (left, right) = (AGES[i.saturating_sub(1)], AGES[(i + 1).min(AGES.len() - 1)]);
    (-((age - AGES[i]) / (0.4 * (right - left))).powi(2)).exp()
}

/// Sums of shapes and of textures over one kind of face.
struct Kind {
    shape: Sums,
    texture: Sums,
}

impl Prototypes {
    /// Fits meshes to all heads of `pack`, with their faces scaled to `packed` pixels, and averages them.
    /// `progress` receives the number of fitted meshes.
    ///
    /// # Errors
    /// When the mesh network fails.
    pub(crate) fn build(
        pack: &FacePack,
        packed: u32,
        progress: impl FnMut(usize),
    ) -> Result<Self, TrainingError> {
        let meshes = fit_meshes(pack, packed, progress)?;
        let reference = mean_mesh(&meshes);
        let side = (packed as usize).min(MAX_SIDE_PX);
        let mut kinds = BTreeMap::<(String, Population), Vec<usize>>::new();
        for (index, _) in meshes.iter().enumerate().filter(|(_, mesh)| mesh.is_some()) {
            let face = pack.face(index);
            let name = format!("{} {}", face.dataset, face.ethnicity);
            kinds.entry((name, Population::of(face))).or_default().push(index);
        }
        let kinds: Vec<(Population, Vec<usize>)> =
            kinds.into_iter().map(|((_, pool), faces)| (pool, faces)).collect();
        let kinds: Vec<Kind> = kinds
            .par_iter()
            .map(|(pool, faces)| sum_faces(pack, *pool, faces, &meshes, &reference, (packed as usize, side)))
            .collect();
        let (shapes, textures): (Vec<Sums>, Vec<Sums>) =
            kinds.into_iter().map(|kind| (kind.shape, kind.texture)).unzip();
        let shapes = effects(&shapes, 2 * MESH_POINTS);
        let textures = effects(&textures, TEXTURE_PLANES * side * side);
        let effect = |pool: usize| {
            let shapes = shapes[pool].iter().map(|shape| points(shape)).collect();
            Effect::new(shapes, textures[pool].iter().map(|texture| grid(texture, side)).collect())
        };
        let effects = (0..POPULATIONS).map(effect).collect();
        Ok(Self { reference, effects, meshes })
    }
}

fn points(shape: &[f32]) -> Mesh {
    shape.chunks_exact(2).map(|point| [point[0], point[1]]).collect()
}

fn grid(texture: &[f32], side: usize) -> Grid {
    Grid { planes: texture.chunks_exact(side * side).map(<[f32]>::to_vec).collect(), side }
}

fn mean_mesh(meshes: &[Option<Mesh>]) -> Mesh {
    let mut sum = vec![[0f32; 2]; MESH_POINTS];
    let mut count = 0f32;
    for mesh in meshes.iter().flatten() {
        count += 1.0;
        sum.iter_mut().zip(mesh).for_each(|(sum, point)| {
            sum[0] += point[0];
            sum[1] += point[1];
        });
    }
    sum.into_iter().map(|point| point.map(|v| v / count.max(1.0))).collect()
}

fn sum_faces(
    pack: &FacePack,
    pool: Population,
    faces: &[usize],
    meshes: &[Option<Mesh>],
    reference: &[[f32; 2]],
    (packed, side): (usize, usize),
) -> Kind {
    let pixels = side * side;
    let empty = |length: usize| {
        let block = vec![vec![0f32; length]; AGES.len()];
        Sums { pool: pool.0, values: block.clone(), weights: block }
    };
    let mut kind = Kind { shape: empty(2 * MESH_POINTS), texture: empty(TEXTURE_PLANES * pixels) };
    for index in faces {
        let Some(mesh) = meshes.get(*index).and_then(Option::as_ref) else { continue };
        let warped = measured_planes(pack, *index, mesh, reference, (packed, side));
        let age = pack.face(*index).age();
        for i in 0..AGES.len() {
            let weight = closeness(age, i);
            if weight < 0.01 {
                continue;
            }
            let shape = kind.shape.values[i].iter_mut().zip(&mut kind.shape.weights[i]);
            for ((sum, total), value) in shape.zip(mesh.as_flattened()) {
                *sum += weight * value;
                *total += weight;
            }
            let (values, weights) = (&mut kind.texture.values[i], &mut kind.texture.weights[i]);
            let blocks = values.chunks_exact_mut(pixels).zip(weights.chunks_exact_mut(pixels));
            for ((values, weights), plane) in blocks.zip(&warped) {
                let seen = &warped[TEXTURE_PLANES];
                for (((sum, total), value), seen) in values.iter_mut().zip(weights).zip(plane).zip(seen) {
                    *sum += weight * seen * value;
                    *total += weight * seen;
                }
            }
        }
    }
    kind
}
