//! FaceRes as the judge of realism.

use candle_core::{Device, Result};
use image::RgbImage;
use image::imageops::{FilterType, blur, resize};

use super::trunk::{SIDE, Trunk};
use crate::evaluation::judge_files::FACE_RES;
use agemirror_faces::face::AlignmentTemplate;
use agemirror_faces::judges::{Cut, FeatureJudge};

/// Side of the crop, in pixels. The eyes are 51 px apart in it. Nearly every labelled picture has that
/// resolution, so large pictures show no more detail than small ones.
const CROP: u32 = 156;
/// Standard deviation of the blur applied to all crops, in pixels of the crop. It hides the pictures'
/// sharpness and JPEG artefacts but keeps lines and folds.
const BLUR: f32 = 1.0;

/// FaceRes, trained to recognise people.
pub(crate) struct FaceRes(Trunk);

impl FaceRes {
    /// Landmarks of the crop: the face with the hair beside it and above the forehead. A tightly cropped
    /// picture ends inside it and is stretched there, in inputs and outputs alike.
    pub(crate) const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
        points: [[0.3342, 0.4409], [0.6642, 0.4391], [0.5002, 0.6286], [0.3647, 0.8218], [0.6379, 0.8203]],
    };

    /// Loads the bundled weights.
    ///
    /// # Errors
    /// When the weights are missing or do not fit this network.
    pub(crate) fn bundled(device: &Device) -> Result<Self> {
        Ok(Self(Trunk::load(&FACE_RES, device)?.0))
    }

    /// Features (N, 1024) of `x` (N, 3, H, W), RGB in -1..1.
    #[cfg(test)]
    pub(super) fn forward(&self, x: &candle_core::Tensor) -> Result<candle_core::Tensor> {
        self.0.forward(x)
    }
}

impl FeatureJudge for FaceRes {
    fn name(&self) -> &'static str {
        "faceres"
    }

    fn about(&self) -> &'static str {
        "the 1024 means of FaceRes's last maps, of a network trained by others to tell people apart; no model is \
         trained or tuned against it"
    }

    fn cut(&self) -> Cut {
        Cut { template: Self::TEMPLATE, side: CROP }
    }

    fn features(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>> {
        if let Some(other) = crops.iter().find(|crop| crop.dimensions() != (CROP, CROP)) {
            candle_core::bail!("a crop must have {CROP} pixels a side, not {:?}", other.dimensions());
        }
        let seen = |crop: &RgbImage| resize(&blur(crop, BLUR), SIDE, SIDE, FilterType::Triangle);
        self.0.read(&crops.iter().map(seen).collect::<Vec<_>>())?.to_vec2()
    }
}
