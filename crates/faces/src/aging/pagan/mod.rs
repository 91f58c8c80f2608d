//! PAGAN: "Learning Face Age Progression: A Pyramid Architecture of GANs" by Yang, Huang, Wang and Jain (CVPR
//! 2018), in the PyTorch version by `lumosity4tpj`.
//!
//! Each generator produces one age cluster and takes only a face of up to 30 years, so the model needs three
//! files: 31 to 40, 41 to 50, and older.

mod network;

use std::path::Path;

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

pub use network::{Network, parameters};

use super::model::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, ModelInfo};
use super::picture::{Mapping, Resampling, middle_square, pictures, planes, replacing};
use super::weights::Weights;
use crate::age::group_index;
use crate::age::{Gender, OPEN_GROUP_END};
use crate::face::AlignmentTemplate;

/// Name on the command line.
pub const NAME: &str = "pagan";
/// Name in the window.
pub(crate) const TITLE: &str = "PAGAN";

/// Number of age clusters.
pub const CLUSTERS: usize = 3;
/// Years of the clusters; the last has no upper end.
pub const GROUPS: [(u8, u8); CLUSTERS] = [(31, 40), (41, 50), (51, OPEN_GROUP_END)];

/// Positions of the landmarks. This version's crop is not documented; its pictures come from the same data
/// set as IPCGAN's, so IPCGAN's published crop is used.
pub const TEMPLATE: AlignmentTemplate = super::ipcgan::IPCGAN.template;

/// Side of the networks' input, in pixels.
pub const SIDE: u32 = 224;

/// The model.
pub struct Pagan {
    info: ModelInfo,
    generators: [Network; CLUSTERS],
    device: Device,
}

/// Opens the generator of one cluster; the file does not say which.
///
/// # Errors
/// When the file cannot be read, or its weights do not fit the network.
pub fn open_generator(path: &Path, device: &Device) -> std::result::Result<Network, AgingError> {
    let weights = Weights::open(NAME, path)?;
    weights.build(Network::new(&weights.tensors(device)))
}

/// Converts a picture to the networks' input: its central square at 224 px, (1, 3, 224, 224) in -1..1.
///
/// # Errors
/// When the picture has no pixels.
pub fn prepare(picture: &RgbImage, device: &Device) -> Result<Tensor> {
    (planes(&[middle_square(picture, SIDE, Resampling::Antialiased)?], device)? / 127.5)? - 1.0
}

impl Pagan {
    /// Opens the generators of the three clusters, in order.
    ///
    /// # Errors
    /// When a file cannot be read, or its weights do not fit the network.
    pub fn open(paths: [&Path; CLUSTERS], device: &Device) -> std::result::Result<Self, AgingError> {
        let open = |path| Weights::open(NAME, path);
        let files = [open(paths[0])?, open(paths[1])?, open(paths[2])?];
        let network = |file: &Weights| file.build(Network::new(&file.tensors(device)));
        let generators = [network(&files[0])?, network(&files[1])?, network(&files[2])?];
        let info = ModelInfo {
            name: NAME,
            title: TITLE,
            ages: AgeChoice::Groups(GROUPS.to_vec()),
            knows_gender: false,
            templates: vec![TEMPLATE],
            view: crate::face::dlib::CropWindow::WHOLE,
            side: SIDE,
            weights_hash: Weights::hash(&files.each_ref())?,
        };
        Ok(Self { info, generators, device: device.clone() })
    }
}

/// The networks' input for a face.
struct Encoded(Tensor);

impl AgingModel for Pagan {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encode(&self, crop: &RgbImage) -> std::result::Result<EncodedFace, AgingError> {
        Ok(EncodedFace(Box::new(Encoded(prepare(crop, &self.device)?))))
    }

    fn decode(
        &self,
        crop: &RgbImage,
        face: &EncodedFace,
        ages: &[f32],
        _gender: Gender,
    ) -> std::result::Result<Vec<AgedCrop>, AgingError> {
        let Encoded(face) = face.0.downcast_ref().ok_or(AgingError::ForeignFace(NAME))?;
        let mut aged: [Option<AgedCrop>; CLUSTERS] = Default::default();
        let mut all = Vec::with_capacity(ages.len());
        for age in ages {
            let cluster = group_index(*age, &GROUPS);
            let picture = match &aged[cluster] {
                Some(done) => done.clone(),
                None => {
                    let faces = pictures(&self.generators[cluster].run(face)?, Mapping::Rounded)?;
                    let picture = faces.first().map(|face| replacing(crop, face)).transpose()?;
                    picture.ok_or_else(|| candle_core::Error::msg("the network returned no picture"))?
                }
            };
            aged[cluster] = Some(picture.clone());
            all.push(picture);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests;
