//! What faces of a kind look like on average at each age, and so how a face of that kind changes on
//! average: the prototypes of Burt and Perrett ("Perception of age in adult Caucasian male faces", 1995).
//! Blurred, they keep colours and beards where they belong, and lead while the discriminator has nothing to
//! say yet.

use std::collections::BTreeMap;

use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;

use crate::dataset::{Augmentation, Batch, BatchSpec, DatasetError, FacePack, PackedFace};

/// Side of a prototype in pixels.
pub const PROTOTYPE_SIDE: usize = 32;
/// Ages for which there is a prototype; between them the nearest serves.
const AGES: [f32; 15] =
    [1.0, 3.0, 5.0, 8.0, 11.0, 14.0, 18.0, 23.0, 29.0, 36.0, 44.0, 52.0, 60.0, 69.0, 78.0];
/// How many faces of a kind it takes for prototypes of its own.
const FEWEST: usize = 150;

/// Red, green, blue and weight planes.
const PLANES: usize = 4;
const PIXELS: usize = PROTOTYPE_SIDE * PROTOTYPE_SIDE;
type Prototype = Vec<f32>;

/// Prototypes of every kind of face: collection, gender and, where there are enough, ethnicity.
pub struct Prototypes(BTreeMap<String, Vec<Prototype>>);

/// The kinds a face belongs to, the narrower first.
fn kinds(face: &PackedFace) -> [String; 2] {
    let wide = format!("{} {:?}", face.dataset, face.gender);
    [format!("{wide} {}", face.ethnicity), wide]
}

/// How much a face of `age` counts for the prototype at `AGES[i]`.
fn closeness(age: f32, i: usize) -> f32 {
    let (left, right) = (AGES[i.saturating_sub(1)], AGES[(i + 1).min(AGES.len() - 1)]);
    (-((age - AGES[i]) / (0.4 * (right - left))).powi(2)).exp()
}

fn nearest(age: f32) -> usize {
    (0..AGES.len()).min_by(|a, b| (AGES[*a] - age).abs().total_cmp(&(AGES[*b] - age).abs())).unwrap_or(0)
}

impl Prototypes {
    /// Averages all faces of `pack`.
    ///
    /// # Errors
    /// When the pack's crops are smaller than a prototype.
    pub fn new(pack: &FacePack) -> std::result::Result<Self, DatasetError> {
        let mut members = BTreeMap::<String, Vec<usize>>::new();
        for index in 0..pack.len() {
            for kind in kinds(pack.face(index)) {
                members.entry(kind).or_default().push(index);
            }
        }
        members.retain(|_, faces| faces.len() >= FEWEST);
        let averaged = members.into_par_iter().map(|(kind, faces)| Ok((kind, average(pack, &faces)?)));
        averaged.collect::<std::result::Result<_, _>>().map(Self)
    }

    /// How the faces `indices` of `pack` would change on average on the way to `ages`, as (N, 3, side,
    /// side) with its weights (N, 1, side, side): zero where nothing is known.
    ///
    /// # Errors
    /// When the device fails.
    pub fn changes(
        &self,
        pack: &FacePack,
        indices: &[usize],
        ages: &[f32],
        device: &Device,
    ) -> Result<[Tensor; 2]> {
        let (mut changes, mut weights) = (Vec::new(), Vec::new());
        for (index, age) in indices.iter().zip(ages) {
            let face = pack.face(*index);
            let kind = kinds(face).into_iter().find_map(|kind| self.0.get(&kind));
            let Some(kind) = kind else {
                changes.resize(changes.len() + 3 * PIXELS, 0.0);
                weights.resize(weights.len() + PIXELS, 0.0);
                continue;
            };
            let (from, to) = (&kind[nearest(face.age())], &kind[nearest(*age)]);
            changes.extend(to[..3 * PIXELS].iter().zip(from).map(|(to, from)| to - from));
            weights.extend(to[3 * PIXELS..].iter().zip(&from[3 * PIXELS..]).map(|(a, b)| a.min(*b)));
        }
        let n = indices.len();
        Ok([
            Tensor::from_vec(changes, (n, 3, PROTOTYPE_SIDE, PROTOTYPE_SIDE), device)?,
            Tensor::from_vec(weights, (n, 1, PROTOTYPE_SIDE, PROTOTYPE_SIDE), device)?,
        ])
    }
}

/// The prototypes at every age of one kind. The weight plane is 1 where enough pictures reach.
fn average(pack: &FacePack, faces: &[usize]) -> std::result::Result<Vec<Prototype>, DatasetError> {
    let spec = BatchSpec { side: PROTOTYPE_SIDE as u32, feather: 1.0, augmentation: Augmentation::NONE };
    let mut sums = vec![vec![0f32; PLANES * PIXELS]; AGES.len()];
    for chunk in faces.chunks(256) {
        let batch = Batch::assemble(pack, chunk, &spec, 0, 0)?;
        let pictures = batch.pixels.chunks_exact(3 * PIXELS).zip(batch.masks.chunks_exact(PIXELS));
        for ((pixels, mask), age) in pictures.zip(&batch.ages) {
            for (i, sum) in sums.iter_mut().enumerate() {
                let weight = closeness(*age, i);
                for (p, seen) in mask.iter().enumerate() {
                    for plane in 0..3 {
                        sum[plane * PIXELS + p] += weight * seen * pixels[plane * PIXELS + p];
                    }
                    sum[3 * PIXELS + p] += weight * seen;
                }
            }
        }
    }
    for sum in &mut sums {
        for p in 0..PIXELS {
            let weight = sum[3 * PIXELS + p];
            for plane in 0..3 {
                sum[plane * PIXELS + p] /= weight.max(1e-3);
            }
            // A dozen faces make an average.
            sum[3 * PIXELS + p] = (weight / 12.0).min(1.0);
        }
    }
    Ok(sums)
}
