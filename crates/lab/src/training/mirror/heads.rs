//! Batches of heads: cut from packs, recoloured for the ages asked for, and as the network and the judges see them.

use candle_core::{Device, Tensor};
use image::RgbImage;
use rayon::prelude::*;

use super::losses::HeadViews;
use crate::dataset::{Augmentation, Batch, BatchSpec, FacePack, Placement, picture_of, planes};
use crate::training::error::TrainingError;
use agemirror_faces::aging::mirror::{
    HeadView, RecolouredHead, Recolourer, ViewCanvas, face_in_head, face_of,
};

/// Over how much of the side the mask of a picture rises from its edge.
const FEATHER: f32 = 1.0 / 32.0;

/// Webcams are worse than photographs, and no two are alike.
pub const WEBCAM: Augmentation = Augmentation {
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

/// HeadBatch of a batch as the packs give them.
pub struct HeadBatch {
    batch: Batch,
    view: HeadView,
    device: Device,
}

/// HeadBatch on the way to the ages asked for.
pub struct AgingBatch {
    /// What the network sees, at its own size, and where its colours count: in the picture, within the network's window
    /// and where pixels take them.
    pub input: HeadViews,
    /// The views of the heads as they are: (N, 3, V, V) in -1..1.
    pub views: Tensor,
    /// What the network's change is applied to.
    pub canvas: ViewCanvas,
    /// Where the views show a picture: (N, 1, V, V).
    pub view_masks: Tensor,
    /// How much skin takes of the network's colours, at the network's size: (N, 1, S, S), 0..=1.
    pub open_skin: Tensor,
}

impl HeadBatch {
    /// The heads `indices` of `pack`, changed as `seed` and `draw` decide.
    ///
    /// # Errors
    /// When the device fails.
    pub fn assemble(
        pack: &FacePack,
        indices: &[usize],
        (seed, draw): (u64, u64),
        device: &Device,
    ) -> Result<Self, TrainingError> {
        let side = pack.side();
        let spec = BatchSpec { side, feather: FEATHER * side as f32, augmentation: WEBCAM };
        let batch = Batch::assemble(pack, indices, &spec, seed, draw)?;
        Ok(Self { batch, view: HeadView::of(side), device: device.clone() })
    }

    /// Where each packed head lies in its crop.
    pub fn placements(&self) -> &[Placement] {
        &self.batch.placements
    }

    fn tensor(&self, values: &[f32], channels: usize) -> candle_core::Result<Tensor> {
        let side = self.batch.side as usize;
        Tensor::from_slice(values, (self.batch.ages.len(), channels, side, side), &self.device)
    }

    /// The views of the heads as they are.
    ///
    /// # Errors
    /// When the device fails.
    pub fn views(&self) -> candle_core::Result<HeadViews> {
        Ok(HeadViews {
            pictures: self.view.cut(&self.tensor(&self.batch.pixels, 3)?)?,
            masks: self.view.cut(&self.tensor(&self.batch.masks, 1)?)?,
            ages: self.batch.ages.clone(),
        })
    }

    /// The heads on the way to `asked` (years); `male` says for each head how surely it is a man's, and `window`, of the
    /// size of the network's input, how much of a change is let through.
    ///
    /// # Errors
    /// When a network fails.
    pub fn towards(
        &self,
        recolourer: &Recolourer,
        male: &[f32],
        asked: &[f32],
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
        let jobs = heads.par_iter().zip(&self.batch.ages).zip(asked).zip(male);
        let recoloured = jobs.map(|(((head, from), to), male)| recolourer.recolour(head, *male, *from, *to));
        let recoloured = recoloured.collect::<candle_core::Result<Vec<RecolouredHead>>>()?;
        let all =
            |part: fn(&RecolouredHead) -> Vec<f32>| recoloured.iter().flat_map(part).collect::<Vec<f32>>();
        let pictures = self.tensor(&all(|head| planes(&head.picture)), 3)?;
        let open = self.tensor(&all(|head| head.open.clone()), 1)?;
        let skin = self.tensor(&all(|head| head.skin.clone()), 1)?;
        let masks = self.tensor(&self.batch.masks, 1)?;
        let small: Vec<f32> = heads.iter().flat_map(|head| planes(&face_of(head, size as u32))).collect();
        let small = Tensor::from_vec(small, (heads.len(), 3, size, size), &self.device)?;
        let of_face = |planes: &Tensor| face_in_head().cut(planes, size);
        let counts = (of_face(&masks)? * of_face(&open)?)?.broadcast_mul(window)?;
        Ok(AgingBatch {
            input: HeadViews { pictures: small.clone(), masks: counts, ages: self.batch.ages.clone() },
            views: self.view.cut(&self.tensor(&self.batch.pixels, 3)?)?,
            view_masks: self.view.cut(&masks)?,
            open_skin: of_face(&(&open * skin)?)?,
            canvas: ViewCanvas { recoloured: self.view.cut(&pictures)?, open: self.view.cut(&open)?, small },
        })
    }
}
