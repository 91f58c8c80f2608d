//! The networks that judge, behind two plain interfaces: one reads ages, one tells people apart.

pub mod age_estimator;
pub mod mobile_face;
pub mod pixels;

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

use self::age_estimator::AgeEstimator;
use self::mobile_face::MobileFace;
use self::pixels::planes;
use crate::face::dlib::{AgeNetwork, IdentityNetwork};
use crate::face::{AlignmentTemplate, FivePoints, Similarity, align};

/// How a judge wants a face cut out.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Where the landmarks are to lie.
    pub template: AlignmentTemplate,
    /// The side in pixels.
    pub side: u32,
}

impl Cut {
    /// The crop of the face with its landmarks at `points` of `picture`.
    pub fn crop(&self, picture: &RgbImage, points: &FivePoints) -> RgbImage {
        align(picture, &Similarity::from_points(points, &self.template, self.side), self.side)
    }
}

/// Reads ages off faces.
pub trait AgeJudge: Send + Sync {
    /// A short name for tables and files.
    fn name(&self) -> &'static str;

    /// What it is, and whether an aging model was trained to please it.
    fn about(&self) -> &'static str;

    /// Whether an aging model of this program is trained to please it.
    fn is_used_in_training(&self) -> bool;

    /// What it wants to see.
    fn cut(&self) -> Cut;

    /// The ages in years of crops cut as [`AgeJudge::cut`] says.
    ///
    /// # Errors
    /// When a crop has another size.
    fn read(&self, crops: &[RgbImage]) -> Result<Vec<f32>>;
}

/// Tells people apart: the distance between two embeddings is small for one person.
pub trait IdentityJudge: Send + Sync {
    /// A short name for tables and files.
    fn name(&self) -> &'static str;

    /// What it is, and whether an aging model was trained to please it.
    fn about(&self) -> &'static str;

    /// What it wants to see.
    fn cut(&self) -> Cut;

    /// The distance that its makers or its users take as the border, where there is one.
    fn usual_threshold(&self) -> Option<f32>;

    /// The embeddings of crops cut as [`IdentityJudge::cut`] says.
    ///
    /// # Errors
    /// When a crop has another size.
    fn embed(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>>;
}

/// Describes faces by numbers, by which sets of faces are compared.
pub trait FeatureJudge: Send + Sync {
    /// A short name for tables and files.
    fn name(&self) -> &'static str;

    /// What it is, and whether an aging model was trained to please it.
    fn about(&self) -> &'static str;

    /// What it wants to see.
    fn cut(&self) -> Cut;

    /// The features of crops cut as [`FeatureJudge::cut`] says, a row each, all of one length.
    ///
    /// # Errors
    /// When a crop has another size.
    fn features(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>>;
}

/// The Euclidean distance.
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
        "dlib's age network; mirror is trained against it and reads the present age with it"
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

impl IdentityJudge for MobileFace {
    fn name(&self) -> &'static str {
        "mobileface"
    }

    fn about(&self) -> &'static str {
        "MobileFace; no model is trained against it"
    }

    fn cut(&self) -> Cut {
        Cut { template: Self::TEMPLATE, side: Self::SIDE }
    }

    fn usual_threshold(&self) -> Option<f32> {
        None
    }

    fn embed(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>> {
        MobileFace::embed(self, crops)
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
        "dlib's face recognition network; mirror is trained to be recognised by it"
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
