//! Batches of crops.

use rayon::prelude::*;

use super::{Augmentation, DatasetError, FacePack, Placement, seeded};

/// How a batch is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchSpec {
    /// Side of the pictures in pixels, at most the pack's; smaller pictures are area averages.
    pub side: u32,
    /// Distance from the edge of the source picture over which the masks rise from 0 to 1, in pixels.
    pub feather: f32,
    /// Random changes.
    pub augmentation: Augmentation,
}

/// A batch of `N` pictures of `side` pixels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Batch {
    /// Shape `[N, 3, side, side]`, values in [-1, 1].
    pub pixels: Vec<f32>,
    /// Shape `[N, 1, side, side]`: 0 outside the source picture, 1 well inside it.
    pub masks: Vec<f32>,
    /// Shape `[N]`: ages in years, the middle of each age range.
    pub ages: Vec<f32>,
    /// Placement of each packed crop in its picture.
    pub placements: Vec<Placement>,
    /// Side in pixels.
    pub side: u32,
}

impl Batch {
    /// Assembles a batch of the crops `indices` of `pack`, on all cores. Every index must be below
    /// [`FacePack::len`].
    ///
    /// Random changes depend only on `seed`, `step` and the index in the batch.
    ///
    /// # Errors
    /// When `spec.side` is zero or exceeds the pack's.
    pub(crate) fn assemble(
        pack: &FacePack,
        indices: &[usize],
        spec: &BatchSpec,
        seed: u64,
        step: u64,
    ) -> Result<Self, DatasetError> {
        let side = spec.side;
        if !(1..=pack.side()).contains(&side) {
            return Err(DatasetError::BatchSide { side, packed: pack.side() });
        }
        let plane = side as usize * side as usize;
        let mut pixels = vec![0.0; indices.len() * 3 * plane];
        let mut masks = vec![0.0; indices.len() * plane];
        let placements = pixels
            .par_chunks_exact_mut(3 * plane)
            .zip(masks.par_chunks_exact_mut(plane))
            .zip(indices)
            .enumerate()
            .map(|(position, ((pixels, mask), index))| {
                // RNG stream 0 belongs to the sampler.
                let mut random = seeded(seed, step, position as u64 + 1);
                let crop = pack.picture(*index);
                let face = pack.face(*index);
                let augmented = spec.augmentation.apply(&crop, face, side, spec.feather, &mut random);
                pixels.copy_from_slice(&augmented.pixels);
                mask.copy_from_slice(&augmented.mask);
                augmented.placement
            })
            .collect();
        let ages = indices.iter().map(|index| pack.face(*index).age()).collect();
        Ok(Self { pixels, masks, ages, placements, side })
    }
}
