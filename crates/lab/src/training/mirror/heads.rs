//! Batches of heads: cut from packs, recoloured for the target ages, in the views of the network and of the
//! judges.

use candle_core::{Device, Tensor};
use image::RgbImage;
use rayon::prelude::*;

use super::losses::HeadViews;
use crate::dataset::{Augmentation, Batch, BatchSpec, FacePack, Placement, picture_of, planes};
use crate::training::error::TrainingError;
use agemirror_faces::aging::mirror::{
    RecolouredHead, Recolourer, TrainingView, ViewCanvas, face_in_head, face_of,
};

/// Width of the soft edge of the picture mask, as a fraction of the side.
const FEATHER: f32 = 1.0 / 32.0;

/// Augmentation that imitates webcams: they are worse than photographs, and no two are alike.
pub(super) const WEBCAM: Augmentation = Augmentation {
    flip: true,
    shift: 0.01,
    zoom: 0.04,
    rotation: 0.05,
    brightness: 0.1,
    contrast: 0.15,
    saturation: 0.25,
    tint: 0.05,
    blur: 4.0,
    noise: 0.015,
    jpeg: 0.15,
};

/// A batch of heads as stored in a pack, after augmentation.
pub(super) struct HeadBatch {
    batch: Batch,
    view: TrainingView,
    device: Device,
}

/// A batch of heads to be aged to their target ages.
pub(super) struct AgingBatch {
    /// The network's input at its own size. The masks show where its colours count: inside the picture,
    /// inside the network's window, and where pixels take colour.
    pub input: HeadViews,
    /// The views of the original heads: (N, 3, V, V) in -1..1.
    pub views: Tensor,
    /// What the network's change is applied to.
    pub canvas: ViewCanvas,
    /// Where the views show a picture: (N, 1, V, V).
    pub view_masks: Tensor,
    /// How much of the network's colours skin takes, at the network's size: (N, 1, S, S), 0..=1.
    pub open_skin: Tensor,
}

impl HeadBatch {
    /// Loads the heads `indices` of `pack` and augments them as `seed` and `draw` determine.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn assemble(
        pack: &FacePack,
        indices: &[usize],
        (seed, draw): (u64, u64),
        device: &Device,
    ) -> Result<Self, TrainingError> {
        let side = pack.side();
        let spec = BatchSpec { side, feather: FEATHER * side as f32, augmentation: WEBCAM };
        let batch = Batch::assemble(pack, indices, &spec, seed, draw)?;
        Ok(Self { batch, view: TrainingView::of(side), device: device.clone() })
    }

    /// Placement of each packed head in its augmented crop.
    pub(super) fn placements(&self) -> &[Placement] {
        &self.batch.placements
    }

    fn tensor(&self, values: &[f32], channels: usize) -> candle_core::Result<Tensor> {
        let side = self.batch.side as usize;
        Tensor::from_slice(values, (self.batch.ages.len(), channels, side, side), &self.device)
    }

    /// The views of the original heads.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn views(&self) -> candle_core::Result<HeadViews> {
        Ok(HeadViews {
            pictures: self.view.cut(&self.tensor(&self.batch.pixels, 3)?)?,
            masks: self.view.cut(&self.tensor(&self.batch.masks, 1)?)?,
            ages: self.batch.ages.clone(),
        })
    }

    /// Prepares the heads to be aged to `target_ages` (years). `male` is the probability that a head is a
    /// man's; `window`, of the size of the network's input, is how much of a change passes.
    ///
    /// # Errors
    /// When a network fails.
    pub(super) fn towards(
        &self,
        recolourer: &Recolourer,
        male: &[f32],
        target_ages: &[f32],
        window: &Tensor,
    ) -> candle_core::Result<AgingBatch> {
        let size = window.dim(3)?;
        let length = self.batch.pixels.len() / self.batch.ages.len().max(1);
        let heads: Vec<RgbImage> = self
            .batch
            .pixels
            .par_chunks(length.max(1))
            .map(|planes| picture_of(planes, self.batch.side))
            .collect();
        let jobs = heads.par_iter().zip(&self.batch.ages).zip(target_ages).zip(male);
        let recoloured = jobs.map(|(((head, from), to), male)| recolourer.recolour(head, *male, *from, *to));
        let recoloured = recoloured.collect::<candle_core::Result<Vec<RecolouredHead>>>()?;
        let all =
            |part: fn(&RecolouredHead) -> Vec<f32>| recoloured.iter().flat_map(part).collect::<Vec<f32>>();
        let pictures = self.tensor(&all(|head| planes(&head.picture)), 3)?;
        let network_weight = self.tensor(&all(|head| head.network_weight.clone()), 1)?;
        let skin = self.tensor(&all(|head| head.skin.clone()), 1)?;
        let masks = self.tensor(&self.batch.masks, 1)?;
        let small: Vec<f32> = heads.iter().flat_map(|head| planes(&face_of(head, size as u32))).collect();
        let small = Tensor::from_vec(small, (heads.len(), 3, size, size), &self.device)?;
        let of_face = |planes: &Tensor| face_in_head().cut(planes, size);
        let counts = (of_face(&masks)? * of_face(&network_weight)?)?.broadcast_mul(window)?;
        Ok(AgingBatch {
            input: HeadViews { pictures: small.clone(), masks: counts, ages: self.batch.ages.clone() },
            views: self.view.cut(&self.tensor(&self.batch.pixels, 3)?)?,
            view_masks: self.view.cut(&masks)?,
            open_skin: of_face(&(&network_weight * skin)?)?,
            canvas: ViewCanvas {
                recoloured: self.view.cut(&pictures)?,
                network_weight: self.view.cut(&network_weight)?,
                small,
            },
        })
    }
}
