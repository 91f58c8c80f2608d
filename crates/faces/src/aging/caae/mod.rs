//! CAAE: the conditional adversarial autoencoder by Zhang, Song and Qi, "Age Progression/Regression by
//! Conditional Adversarial Autoencoder" (CVPR 2017).
//!
//! An encoder maps a face of 128 px to a short code; a generator turns the code, one of ten age classes and a
//! gender into a face. The code describes only the person, so one encoding serves all ages, which run as one
//! batch. The faces are soft, as published: 50 numbers cannot represent pores.
//!
//! Both the authors' own TensorFlow checkpoints ([`Network`]) and those of the PyTorch variant
//! ([`PyTorchNetwork`]) are supported.

mod labels;
mod network;
mod open;
mod pytorch;

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

pub use labels::{GROUPS, Tiles};
pub use network::Network;
pub use pytorch::PyTorchNetwork;

use super::model::{AgedCrop, AgingError, AgingModel, EncodedFace, ModelInfo};
use super::picture::{Mapping, Resampling, pictures, planes, replacing, resized, stretched};
use crate::age::Gender;
use crate::age::group_index;
use crate::face::AlignmentTemplate;

/// Name on the command line.
pub const NAME: &str = "caae";
/// Name in the window.
pub(crate) const TITLE: &str = "CAAE";

/// Positions of the landmarks in its training pictures, the aligned chips of UTKFace: brow and chin touch the
/// edges. Medians over 5,777 roughly frontal adults; the eyes agree to 0.02 with an independent measurement
/// on 147 chips.
pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
    points: [[0.304, 0.2865], [0.6865, 0.2865], [0.5005, 0.496], [0.327, 0.671], [0.6695, 0.671]],
};

/// Side of the network's input, in pixels.
pub const SIDE: u32 = 128;

enum Variant {
    TensorFlow(Network),
    PyTorch(PyTorchNetwork),
}

/// How a picture is resized to the network's input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preparation {
    /// Resize only.
    #[default]
    Plain,
    /// Stretch to the full byte range first, as `scipy.misc.imresize` did to the authors' pictures.
    AsPublished,
}

/// The model.
pub struct Caae {
    info: ModelInfo,
    variant: Variant,
    device: Device,
}

impl Caae {
    /// Converts a face to the network's input: (1, 3, 128, 128) in -1..1.
    ///
    /// # Errors
    /// When the picture has no pixels.
    pub fn prepare(&self, picture: &RgbImage, how: Preparation) -> Result<Tensor> {
        let small = match how {
            Preparation::Plain => resized(picture, SIDE, SIDE, Resampling::Antialiased)?,
            Preparation::AsPublished => resized(&stretched(picture), SIDE, SIDE, Resampling::Antialiased)?,
        };
        (planes(&[small], &self.device)? / 127.5)? - 1.0
    }

    /// Encodes prepared faces (N, 3, 128, 128) to codes (N, 50).
    ///
    /// # Errors
    /// When the faces have another size.
    pub fn encode_faces(&self, x: &Tensor) -> Result<Tensor> {
        match &self.variant {
            Variant::TensorFlow(network) => network.encode(x),
            Variant::PyTorch(network) => network.encode(x),
        }
    }

    /// Decodes one code (1, 50) at each of the age classes (indices into [`GROUPS`]): (N, 3, 128, 128) in
    /// -1..1.
    ///
    /// # Errors
    /// When the code has another length.
    pub fn decode_face(&self, code: &Tensor, classes: &[usize], gender: Gender) -> Result<Tensor> {
        let code = code.broadcast_as((classes.len(), code.dim(1)?))?.contiguous()?;
        match &self.variant {
            Variant::TensorFlow(network) => {
                network.decode(&code, &network.tiles().labels(classes, gender, &self.device)?)
            }
            Variant::PyTorch(network) => {
                network.decode(&code, &network.tiles().labels(classes, gender, &self.device)?)
            }
        }
    }
}

impl Caae {
    /// Faces in the authors' order for a grid, (N * 10, 3, 128, 128): a row per age class, youngest first,
    /// and a column per code (1, 50).
    ///
    /// # Errors
    /// When there is no code, or one has another length.
    pub fn age_rows(&self, codes: &[Tensor], gender: Gender) -> Result<Tensor> {
        let classes: Vec<usize> = (0..GROUPS.len()).collect();
        let people = codes.iter().map(|code| self.decode_face(code, &classes, gender));
        let people = Tensor::stack(&people.collect::<Result<Vec<_>>>()?, 1)?;
        people.flatten(0, 1)
    }
}

/// The code of a face.
struct Encoded(Tensor);

impl AgingModel for Caae {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encode(&self, crop: &RgbImage) -> std::result::Result<EncodedFace, AgingError> {
        let code = self.encode_faces(&self.prepare(crop, Preparation::Plain)?)?;
        Ok(EncodedFace(Box::new(Encoded(code))))
    }

    fn decode(
        &self,
        crop: &RgbImage,
        face: &EncodedFace,
        ages: &[f32],
        gender: Gender,
    ) -> std::result::Result<Vec<AgedCrop>, AgingError> {
        let Encoded(code) = face.0.downcast_ref().ok_or(AgingError::ForeignFace(NAME))?;
        if ages.is_empty() {
            return Ok(Vec::new());
        }
        let classes: Vec<usize> = ages.iter().map(|age| group_index(*age, &GROUPS)).collect();
        let faces = pictures(&self.decode_face(code, &classes, gender)?, Mapping::Rounded)?;
        Ok(faces.iter().map(|face| replacing(crop, face)).collect::<Result<_>>()?)
    }
}

#[cfg(test)]
mod tests;
