//! Crops side by side, as a network takes them.

use rayon::prelude::*;

use super::{Augmentation, DatasetError, FacePack, Placement, seeded};

/// How a batch is made.
#[derive(Clone, Copy, Debug)]
pub struct BatchSpec {
    /// Side of the pictures in pixels, at most the pack's: a smaller one is an area average.
    pub side: u32,
    /// Over how many pixels the masks rise from 0 to 1 inside the edge of the source picture.
    pub feather: f32,
    /// What is changed at random.
    pub augmentation: Augmentation,
}

/// `N` pictures of `side` pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Shape `[N, 3, side, side]`, values in [-1, 1].
    pub pixels: Vec<f32>,
    /// Shape `[N, 1, side, side]`: 0 where a picture does not reach, 1 well inside it.
    pub masks: Vec<f32>,
    /// Shape `[N]`: years, the middle of what the age can be.
    pub ages: Vec<f32>,
    /// Where each packed crop lies in its picture.
    pub placements: Vec<Placement>,
    /// Side in pixels.
    pub side: u32,
}

impl Batch {
    /// Makes a batch of the crops `indices` of `pack`, on all cores.
    ///
    /// What is changed at random depends on `seed`, `step` and the place in the batch alone.
    ///
    /// # Errors
    /// When `spec.side` is zero or exceeds the pack's. Every index must be below [`FacePack::len`].
    pub fn assemble(
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
            .map(|(place, ((pixels, mask), index))| {
                // Lane 0 is the sampler's.
                let mut random = seeded(seed, step, place as u64 + 1);
                let crop = pack.picture(*index);
                let face = pack.face(*index);
                let drawn = spec.augmentation.apply(&crop, face, side, spec.feather, &mut random);
                pixels.copy_from_slice(&drawn.pixels);
                mask.copy_from_slice(&drawn.mask);
                drawn.placement
            })
            .collect();
        let ages = indices.iter().map(|index| pack.face(*index).age()).collect();
        Ok(Self { pixels, masks, ages, placements, side })
    }
}
