//! FaceRes as an age judge.

use candle_core::{Device, Result, Tensor};
use candle_nn::ops::softmax_last_dim;
use image::RgbImage;

use super::trunk::{FEATURES, SIDE, Trunk};
use crate::evaluation::judge_files::FACE_RES_AGE;
use agemirror_faces::face::AlignmentTemplate;
use agemirror_faces::judges::{AgeJudge, Cut};

/// Units of the dense layer before the ages.
const HIDDEN: usize = 256;
/// Number of age classes: 0..=99 years.
const AGES: usize = 100;
/// A person labelled 30 is on average 30.5 years old.
const HALF_A_YEAR: f32 = 0.5;

/// FaceRes, fine-tuned for ages.
pub(crate) struct FaceResAge {
    trunk: Trunk,
    /// (256, 1024)
    dense: Tensor,
    dense_bias: Tensor,
    /// (100, 256)
    ages: Tensor,
    ages_bias: Tensor,
    /// The ages of the classes in years, (100, 1).
    years: Tensor,
}

impl FaceResAge {
    /// Landmarks of the crop, which contains the whole head. Of the eye distances 0.20 to 0.38 of the side,
    /// 0.25 has the smallest error on labelled faces.
    pub(crate) const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
        points: [[0.3743, 0.4207], [0.6243, 0.4193], [0.5001, 0.5629], [0.3975, 0.7093], [0.6045, 0.7081]],
    };

    /// Loads the bundled weights.
    ///
    /// # Errors
    /// When the weights are missing or do not fit this network.
    pub(crate) fn bundled(device: &Device) -> Result<Self> {
        let (trunk, vb) = Trunk::load(&FACE_RES_AGE, device)?;
        let years: Vec<f32> = (0..AGES).map(|age| age as f32).collect();
        Ok(Self {
            trunk,
            dense: vb.get((HIDDEN, FEATURES), "feats/kernel")?,
            dense_bias: vb.get(HIDDEN, "feats/bias")?,
            ages: vb.get((AGES, HIDDEN), "age_pred/kernel")?,
            ages_bias: vb.get(AGES, "age_pred/bias")?,
            years: Tensor::from_vec(years, (AGES, 1), device)?,
        })
    }

    /// Expected age in years for each row of `features` (N, 1024).
    pub(super) fn ages(&self, features: &Tensor) -> Result<Vec<f32>> {
        let hidden = features.matmul(&self.dense.t()?)?.broadcast_add(&self.dense_bias)?.relu()?;
        let logits = hidden.matmul(&self.ages.t()?)?.broadcast_add(&self.ages_bias)?;
        softmax_last_dim(&logits)?.matmul(&self.years)?.flatten_all()?.to_vec1()
    }

    /// Features (N, 1024) of `x` (N, 3, H, W), RGB in -1..1.
    #[cfg(test)]
    pub(super) fn features(&self, x: &Tensor) -> Result<Tensor> {
        self.trunk.forward(x)
    }
}

impl AgeJudge for FaceResAge {
    fn name(&self) -> &'static str {
        "faceres"
    }

    fn about(&self) -> &'static str {
        "FaceRes, trained by its authors on their own faces; no model is trained or tuned against it"
    }

    fn is_used_in_training(&self) -> bool {
        false
    }

    fn cut(&self) -> Cut {
        Cut { template: Self::TEMPLATE, side: SIDE }
    }

    fn read(&self, crops: &[RgbImage]) -> Result<Vec<f32>> {
        if crops.is_empty() {
            return Ok(Vec::new());
        }
        let ages = self.ages(&self.trunk.read(crops)?)?;
        Ok(ages.into_iter().map(|age| age + HALF_A_YEAR).collect())
    }
}
