//! The networks used for evaluation, behind simple interfaces: age estimation, face recognition, and
//! features.

pub mod age_estimator;

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

use self::age_estimator::AgeEstimator;
use crate::face::dlib::{AgeNetwork, IdentityNetwork};
use crate::face::{AlignmentTemplate, FivePoints, Similarity, align};
use crate::pixels::planes;

/// How a judge's input is cropped.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Positions of the landmarks.
    pub template: AlignmentTemplate,
    /// Side in pixels.
    pub side: u32,
}

impl Cut {
    /// Crops the face with its landmarks at `points` in `picture`.
    pub fn crop(&self, picture: &RgbImage, points: &FivePoints) -> RgbImage {
        align(picture, &Similarity::from_points(points, &self.template, self.side), self.side)
    }
}

/// Estimates ages.
pub trait AgeJudge: Send + Sync {
    /// Short name for tables and files.
    fn name(&self) -> &'static str;

    /// Description, including whether an aging model was trained against it.
    fn about(&self) -> &'static str;

    /// Whether an aging model of this program is trained against it.
    fn is_used_in_training(&self) -> bool;

    /// The required crop.
    fn cut(&self) -> Cut;

    /// Ages, in years, of crops made with [`AgeJudge::cut`].
    ///
    /// # Errors
    /// When a crop has another size.
    fn read(&self, crops: &[RgbImage]) -> Result<Vec<f32>>;
}

/// Distinguishes people: the distance between two embeddings of one person is small.
pub trait IdentityJudge: Send + Sync {
    /// Short name for tables and files.
    fn name(&self) -> &'static str;

    /// Description, including whether an aging model was trained against it.
    fn about(&self) -> &'static str;

    /// The required crop.
    fn cut(&self) -> Cut;

    /// The published or customary distance threshold for the same person, if there is one.
    fn usual_threshold(&self) -> Option<f32>;

    /// Embeddings of crops made with [`IdentityJudge::cut`].
    ///
    /// # Errors
    /// When a crop has another size.
    fn embed(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>>;
}

/// Extracts features for comparing sets of faces.
pub trait FeatureJudge: Send + Sync {
    /// Short name for tables and files.
    fn name(&self) -> &'static str;

    /// Description, including whether an aging model was trained against it.
    fn about(&self) -> &'static str;

    /// The required crop.
    fn cut(&self) -> Cut;

    /// Features of crops made with [`FeatureJudge::cut`], one row each, all of the same length.
    ///
    /// # Errors
    /// When a crop has another size.
    fn features(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>>;
}

/// Euclidean distance.
pub fn distance(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
}

impl AgeJudge for AgeEstimator {
    fn name(&self) -> &'static str {
        "estimator"
    }

    fn about(&self) -> &'static str {
        "agemirror's own estimator (mean-variance loss, training split); no model is trained against it"
    }

    fn is_used_in_training(&self) -> bool {
        false
    }

    fn cut(&self) -> Cut {
        Cut { template: age_estimator::TEMPLATE, side: age_estimator::SIDE }
    }

    fn read(&self, crops: &[RgbImage]) -> Result<Vec<f32>> {
        AgeEstimator::read(self, crops)
    }
}

/// dlib's age network as a judge.
pub struct DlibAge(AgeNetwork, Device);

impl DlibAge {
    /// The bundled network.
    ///
    /// # Errors
    /// When the bundled weights are damaged.
    pub fn bundled(device: &Device) -> Result<Self> {
        Ok(Self(AgeNetwork::bundled(device)?, device.clone()))
    }
}

impl AgeJudge for DlibAge {
    fn name(&self) -> &'static str {
        "dlib"
    }

    fn about(&self) -> &'static str {
        "dlib's age network; mirror is trained against it and estimates the current age with it"
    }

    fn is_used_in_training(&self) -> bool {
        true
    }

    fn cut(&self) -> Cut {
        Cut { template: AgeNetwork::TEMPLATE, side: AgeNetwork::SIDE as u32 }
    }

    fn read(&self, crops: &[RgbImage]) -> Result<Vec<f32>> {
        let chips = planes(crops, AgeNetwork::SIDE as u32, &self.1)?;
        self.0.expected_age(&self.0.logits(&chips)?)?.to_vec1()
    }
}

/// dlib's face recognition network as a judge.
pub struct DlibIdentity(IdentityNetwork, Device);

impl DlibIdentity {
    /// The bundled network.
    ///
    /// # Errors
    /// When the bundled weights are damaged.
    pub fn bundled(device: &Device) -> Result<Self> {
        Ok(Self(IdentityNetwork::bundled(device)?, device.clone()))
    }
}

impl IdentityJudge for DlibIdentity {
    fn name(&self) -> &'static str {
        "dlib"
    }

    fn about(&self) -> &'static str {
        "dlib's face recognition network; mirror is trained against it"
    }

    fn cut(&self) -> Cut {
        Cut { template: IdentityNetwork::TEMPLATE, side: IdentityNetwork::SIDE as u32 }
    }

    fn usual_threshold(&self) -> Option<f32> {
        Some(IdentityNetwork::SAME_PERSON)
    }

    fn embed(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>> {
        let chips: Tensor = planes(crops, IdentityNetwork::SIDE as u32, &self.1)?;
        self.0.descriptors(&chips)?.to_vec2()
    }
}
