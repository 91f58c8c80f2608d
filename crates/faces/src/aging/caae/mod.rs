//! CAAE: the conditional adversarial autoencoder of Zhang, Song and Qi, "Age Progression/Regression by
//! Conditional Adversarial Autoencoder" (CVPR 2017).
//!
//! An encoder reads a face of 128 px into a short code; a generator makes a face of the code, one of ten
//! ages and a gender. The code holds the person alone, so one encoding serves all ages, which run as one
//! batch. The faces are soft, as published: 50 numbers hold no pores.
//!
//! Read are the authors' own TensorFlow checkpoints ([`Network`]) and those of the PyTorch variant
//! ([`PyTorchNetwork`]).

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

/// The name on the command line.
pub const NAME: &str = "caae";
/// The name in the window.
pub const TITLE: &str = "CAAE";

/// Where the pictures it was trained on, the aligned chips of UTKFace, have the landmarks: brow and chin
/// touch the edges. Medians over 5,777 roughly frontal grown-ups; the eyes agree with those measured
/// elsewhere on 147 chips to 0.02.
pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
    points: [[0.304, 0.2865], [0.6865, 0.2865], [0.5005, 0.496], [0.327, 0.671], [0.6695, 0.671]],
};

/// The side at which the network works, in pixels.
pub const SIDE: u32 = 128;

enum Variant {
    TensorFlow(Network),
    PyTorch(PyTorchNetwork),
}

/// How a picture is brought to the network's size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preparation {
    /// Resized.
    #[default]
    Plain,
    /// Stretched to the whole range of bytes before, as `scipy.misc.imresize` did to the authors' pictures.
    AsPublished,
}

/// The model.
pub struct Caae {
    info: ModelInfo,
    variant: Variant,
    device: Device,
}

impl Caae {
    /// A face as the network takes it: (1, 3, 128, 128), -1..1.
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

    /// The codes (N, 50) of prepared faces (N, 3, 128, 128).
    ///
    /// # Errors
    /// When the faces have another size.
    pub fn encode_faces(&self, x: &Tensor) -> Result<Tensor> {
        match &self.variant {
            Variant::TensorFlow(network) => network.encode(x),
            Variant::PyTorch(network) => network.encode(x),
        }
    }

    /// The face of one code (1, 50) at each of the age classes (places in [`GROUPS`]): (N, 3, 128, 128),
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
    /// Faces in the authors' order for a grid, (N * 10, 3, 128, 128): every row an age class, the youngest
    /// first, every column one of the codes (1, 50).
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
