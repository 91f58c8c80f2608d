//! AgeTransGAN: Hsu, Xie, Chen and Lin, "AgeTransGAN for Facial Age Transformation with Rectified Performance
//! Metrics", ECCV 2022.
//!
//! An encoder reads the face together with the target age and splits it into an identity code and an age
//! code; StyleGAN2's synthesis network renders the first in the style of the second. Because the age enters
//! in the very first layer, ages share nothing but the weights, and each costs 153 billion multiplications at
//! 1024 px. The picture is generated from scratch rather than changed.

mod ages;
mod decoder;
mod encoder;
mod generator;
pub mod layers;
mod modulated;
mod noise;
mod pixels;
mod poses;
pub mod shape;

use std::path::Path;

use candle_core::{Device, Tensor};
use candle_nn::VarBuilder;
use image::{GrayImage, Luma, RgbImage};

pub use ages::group_years;
pub use decoder::Styles;
pub use generator::Generator;
pub use noise::Noise;
pub use poses::{frontal_template, templates};
pub use shape::NetworkShape;

use super::model::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, ModelInfo};
use super::weights::Weights;
use crate::age::Gender;

/// Name on the command line.
pub const NAME: &str = "agetransgan";
/// Name in the window.
pub(crate) const TITLE: &str = "AgeTransGAN";

/// Maximum number of ages per batch, which bounds the memory used.
const AGES_AT_ONCE: usize = 10;

/// The published model with weights from a file.
pub struct AgeTransGan {
    info: ModelInfo,
    generator: Generator,
    noise: Noise,
    /// The planes of [`Noise::Fixed`].
    planes: Vec<Tensor>,
    device: Device,
}

impl AgeTransGan {
    /// Opens the weights at `path`: the authors' file or a converted one, with ten groups or four.
    ///
    /// # Errors
    /// When the file cannot be read or holds other weights.
    pub fn open(path: &Path, device: &Device) -> Result<Self, AgingError> {
        let weights = Weights::open(NAME, path)?;
        let hash = Weights::hash(&[&weights])?;
        weights.build(Self::new(&weights.tensors(device), hash, device))
    }

    /// Loads the weights from `vb`; `weights_hash` is their file's SHA-256 in hexadecimal.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub fn new(vb: &VarBuilder<'_>, weights_hash: String, device: &Device) -> candle_core::Result<Self> {
        let generator = Generator::new(vb)?;
        let shape = generator.shape();
        let groups = ages::groups(shape.groups);
        let info = ModelInfo {
            name: NAME,
            title: TITLE,
            ages: AgeChoice::Between {
                groups: group_years(shape.groups),
                centres: groups.iter().map(|group| group.age).collect(),
            },
            knows_gender: false,
            templates: templates(shape.side),
            view: crate::face::dlib::CropWindow::WHOLE,
            side: shape.side as u32,
            weights_hash,
        };
        let planes = Noise::Fixed.planes(&shape.noise_sides(), 1, device)?;
        Ok(Self { info, generator, noise: Noise::Fixed, planes, device: device.clone() })
    }

    /// Number of age groups, 10 or 4.
    pub fn groups(&self) -> usize {
        self.generator.shape().groups
    }

    /// Selects the noise; the default is [`Noise::Fixed`].
    pub fn set_noise(&mut self, noise: Noise) {
        self.noise = noise;
    }

    /// Renders the face at positions among the groups: 2 is the third group alone, 2.3 mixes seven tenths of
    /// it with three tenths of the fourth. Each picture has the network's own size.
    ///
    /// # Errors
    /// When the network fails or the face was encoded by another model.
    pub fn paint(&self, face: &EncodedFace, positions: &[f32]) -> Result<Vec<RgbImage>, AgingError> {
        let encoded = face.0.downcast_ref::<Encoded>().ok_or(AgingError::ForeignFace(NAME))?;
        let mut pictures = Vec::with_capacity(positions.len());
        for positions in positions.chunks(AGES_AT_ONCE) {
            let labels = ages::labels(positions, self.groups(), &self.device)?;
            self.generator.forward(&encoded.0, &labels, &self.noise(positions.len())?, |painted| {
                pictures.push(pixels::picture(&painted)?);
                Ok(())
            })?;
        }
        Ok(pictures)
    }

    fn noise(&self, ages: usize) -> candle_core::Result<Vec<Tensor>> {
        match self.noise {
            Noise::Fixed => Ok(self.planes.clone()),
            other => other.planes(&self.generator.shape().noise_sides(), ages, &self.device),
        }
    }
}

/// The crop as planes, (1, 3, side, side): the network encodes it again for every age.
struct Encoded(Tensor);

impl AgingModel for AgeTransGan {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encode(&self, crop: &RgbImage) -> Result<EncodedFace, AgingError> {
        let crop = pixels::resized(crop, self.info.side);
        Ok(EncodedFace(Box::new(Encoded(pixels::planes(&crop, &self.device)?))))
    }

    fn decode(
        &self,
        crop: &RgbImage,
        face: &EncodedFace,
        ages: &[f32],
        _gender: Gender,
    ) -> Result<Vec<AgedCrop>, AgingError> {
        let groups = ages::groups(self.groups());
        let positions: Vec<f32> = ages.iter().map(|age| ages::position(groups, *age)).collect();
        let side = crop.width();
        let aged = |picture: RgbImage| AgedCrop {
            picture: pixels::resized(&picture, side),
            mask: GrayImage::from_pixel(side, side, Luma([255])),
        };
        Ok(self.paint(face, &positions)?.into_iter().map(aged).collect())
    }
}

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;
