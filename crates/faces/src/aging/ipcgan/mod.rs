//! IPCGAN: "Face Aging with Identity-Preserved Conditional Generative Adversarial Networks" by Wang, Tang,
//! Luo and Gao (CVPR 2018).
//!
//! One generator takes a face of 128 px and its target age class as one-hot maps beside the colours. Caffe's
//! means for blue, green and red are subtracted from red, green and blue, in this order, because the authors'
//! network was trained that way. It was trained on faces of 11 to 20 years as they grow up, so it shows
//! classes 1 to 4; class 0 exists but was never a training target.
//!
//! Another system, [`super::cgan`], runs the same network on differently aligned pictures; see [`Flavour`].

mod flavour;
mod network;
mod statistics;

use std::path::Path;

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

pub use flavour::Flavour;
pub use network::{FrozenNetwork, Moments, Network};
pub use statistics::{Statistics, with_class, with_classes};

use super::model::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, ModelInfo};
use super::picture::{Mapping, Resampling, per_channel, pictures, planes, resized};
use super::weights::Weights;
use crate::age::group_index;
use crate::age::{Gender, OPEN_GROUP_END};
use crate::face::AlignmentTemplate;
use statistics::Normalised;

/// Name on the command line.
pub const NAME: &str = "ipcgan";

/// IPCGAN itself. In its pictures the detector's box of the face is centred, with 0.87 of the side; the eyes
/// are measured on 72 of them, nose and mouth follow from typical proportions of a face.
pub const IPCGAN: Flavour = Flavour {
    name: NAME,
    title: "IPCGAN",
    groups: [(21, 30), (31, 40), (41, 50), (51, OPEN_GROUP_END)],
    template: AlignmentTemplate {
        points: [[0.326, 0.4185], [0.655, 0.4185], [0.4905, 0.605], [0.3545, 0.795], [0.6265, 0.795]],
    },
    width: 1.0,
};

/// Side of the network's input, in pixels.
pub const SIDE: u32 = 128;
/// Number of age classes; class 0 is younger than all that are shown.
pub const CLASSES: usize = 5;
/// Means subtracted from red, green and blue.
pub const MEANS: [f32; 3] = [104.0, 117.0, 124.0];

/// A model of either flavour.
pub struct Ipcgan {
    info: ModelInfo,
    flavour: Flavour,
    network: Normalised,
    device: Device,
}

impl Ipcgan {
    /// Opens the checkpoint at `path`.
    ///
    /// # Errors
    /// When it cannot be read, its weights do not fit the network, or `statistics` requires companions and
    /// there are none.
    pub fn open(
        flavour: Flavour,
        path: &Path,
        statistics: &Statistics,
        device: &Device,
    ) -> std::result::Result<Self, AgingError> {
        let weights = Weights::open(flavour.name, path)?;
        let network = weights.build(Network::new(&weights.tensors(device)))?;
        let network = Normalised::new(network, statistics, device)?;
        let info = ModelInfo {
            name: flavour.name,
            title: flavour.title,
            ages: AgeChoice::Groups(flavour.groups.to_vec()),
            knows_gender: false,
            templates: vec![flavour.template],
            view: crate::face::dlib::CropWindow::WHOLE,
            side: SIDE,
            weights_hash: Weights::hash(&[&weights])?,
        };
        Ok(Self { info, flavour, network, device: device.clone() })
    }

    /// Converts a whole picture to the network's input: (1, 3, 128, 128).
    ///
    /// # Errors
    /// When the picture has no pixels.
    pub fn prepare(&self, picture: &RgbImage, how: Resampling) -> Result<Tensor> {
        prepared(std::slice::from_ref(picture), how, &self.device)
    }

    /// Ages a prepared face to each of `classes` (0 to 4): (N, 3, 128, 128) in -1..1.
    ///
    /// # Errors
    /// When there is no such class, or the face has another shape.
    pub fn age_face(&self, face: &Tensor, classes: &[usize]) -> Result<Tensor> {
        if let Some(class) = classes.iter().find(|class| **class >= CLASSES) {
            candle_core::bail!("there is no age class {class}; use 0 to {}", CLASSES - 1);
        }
        self.network.run(face, classes)
    }
}

/// Converts pictures to the network's input: (N, 3, 128, 128), means subtracted.
fn prepared(pictures: &[RgbImage], how: Resampling, device: &Device) -> Result<Tensor> {
    let small: Vec<RgbImage> =
        pictures.iter().map(|picture| resized(picture, SIDE, SIDE, how)).collect::<Result<_>>()?;
    planes(&small, device)?.broadcast_sub(&per_channel(MEANS, device)?)
}

/// The network's input for a face.
struct Encoded(Tensor);

impl AgingModel for Ipcgan {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encode(&self, crop: &RgbImage) -> std::result::Result<EncodedFace, AgingError> {
        let seen = self.flavour.cut(crop);
        Ok(EncodedFace(Box::new(Encoded(self.prepare(&seen, Resampling::Antialiased)?))))
    }

    fn decode(
        &self,
        crop: &RgbImage,
        face: &EncodedFace,
        ages: &[f32],
        _gender: Gender,
    ) -> std::result::Result<Vec<AgedCrop>, AgingError> {
        let Encoded(face) = face.0.downcast_ref().ok_or(AgingError::ForeignFace(self.info.name))?;
        if ages.is_empty() {
            return Ok(Vec::new());
        }
        let classes: Vec<usize> =
            ages.iter().map(|age| 1 + group_index(*age, &self.flavour.groups)).collect();
        let faces = pictures(&self.age_face(face, &classes)?, Mapping::Rounded)?;
        Ok(faces.iter().map(|face| self.flavour.put_back(crop, face)).collect::<Result<_>>()?)
    }
}

#[cfg(test)]
mod tests;
