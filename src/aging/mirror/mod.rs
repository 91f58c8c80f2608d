//! mirror: agemirror's own small network, bundled with the program.
//!
//! One encoder reads a face once; a light decoder turns what it read into a *change* for each age
//! asked for: a residual, a mask, a flow and a gain of fine detail; lines are kept over the average face and drawn
//! where this one has their places. The change is made at 128 px and applied to
//! the crop at the crop's own resolution, so that what does not age keeps every pixel of the camera, and lines
//! that are there deepen or fade as finely as the camera saw them. After FRAN (Zoss et
//! al., "Production-Ready Face Re-Aging for Visual Effects", 2022) it predicts what to add rather than a
//! picture, and unlike FRAN any age at once from one encoding.

mod age_code;
mod apply;
mod change;
mod layers;
mod lines;
mod network;
mod shade;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use image::RgbImage;
use sha2::{Digest, Sha256};

pub use age_code::{AGE_CODE, age_codes};
pub use change::{apply_change, window};
pub use lines::{LINES_SIDE, share_by};
pub use network::{Change, Features, Network};
pub use shade::{luma, residual_for};

use super::model::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, Gender, ModelInfo};
use crate::face::AlignmentTemplate;
use crate::face::dlib::{AgeNetwork, CropWindow};

/// The name on the command line.
pub const NAME: &str = "mirror";

/// Where mirror's crop has the landmarks: brow and chin inside, some hair at the sides.
pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
    points: [[0.343_75, 0.42], [0.656_25, 0.42], [0.5, 0.5867], [0.37, 0.7645], [0.63, 0.7645]],
};

/// The side at which the network works, in pixels.
const SIDE: u32 = 128;

/// The weights that come with the program.
const WEIGHTS: &[u8] = include_bytes!("../../../weights/mirror.safetensors");

/// The bundled model.
pub struct Mirror {
    info: ModelInfo,
    network: Network,
    age: AgeNetwork,
    device: Device,
}

impl Mirror {
    /// Opens the bundled weights.
    ///
    /// # Errors
    /// When they do not fit the network.
    pub fn bundled(device: &Device) -> Result<Self, AgingError> {
        Self::from_bytes(WEIGHTS, "bundled with the program", device)
    }

    /// Opens weights given as the bytes of a safetensors file; `file` is what to call it.
    ///
    /// # Errors
    /// When they do not fit the network.
    pub fn from_bytes(bytes: &[u8], file: &str, device: &Device) -> Result<Self, AgingError> {
        let network =
            VarBuilder::from_buffered_safetensors(bytes.to_vec(), DType::F32, device).and_then(Network::new);
        let network = network.map_err(|reason| AgingError::Weights {
            model: NAME,
            file: file.to_owned(),
            reason: reason.to_string(),
        })?;
        let info = ModelInfo {
            name: NAME,
            title: "Mirror",
            ages: AgeChoice::Years { youngest: 1.0, oldest: 85.0 },
            knows_gender: false,
            templates: vec![TEMPLATE],
            view: CropWindow::WHOLE,
            side: SIDE,
            weights_hash: format!("{:x}", Sha256::digest(bytes)),
        };
        Ok(Self { info, network, age: AgeNetwork::bundled(device)?, device: device.clone() })
    }
}

impl Mirror {
    /// The crop as (1, 3, side, side) in -1..1.
    fn shrunk(&self, crop: &RgbImage) -> candle_core::Result<Tensor> {
        let size = SIDE as usize;
        Tensor::from_vec(apply::shrink(crop, SIDE), (1, 3, size, size), &self.device)
    }

    /// The age in years that the age network reads off what the network sees.
    fn read_age(&self, small: &Tensor) -> candle_core::Result<f32> {
        let window = CropWindow::between(&TEMPLATE, &AgeNetwork::TEMPLATE);
        let chip = window.cut(small, AgeNetwork::SIDE)?;
        self.age.expected_age(&self.age.logits(&chip)?)?.get(0)?.to_scalar()
    }
}

/// What the encoder found in a crop, with the age that was read off it.
struct Encoded {
    /// The crop at the network's size.
    small: Tensor,
    features: Features,
    present_age: f32,
}

impl AgingModel for Mirror {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encode(&self, crop: &RgbImage) -> Result<EncodedFace, AgingError> {
        let small = self.shrunk(crop)?;
        let features = self.network.encode_with_lines(&small)?;
        let present_age = self.read_age(&small)?;
        Ok(EncodedFace(Box::new(Encoded { small, features, present_age })))
    }

    fn decode(
        &self,
        crop: &RgbImage,
        face: &EncodedFace,
        ages: &[f32],
        _gender: Gender,
    ) -> Result<Vec<AgedCrop>, AgingError> {
        let encoded = face.0.downcast_ref::<Encoded>().ok_or(AgingError::ForeignFace(NAME))?;
        if ages.is_empty() {
            return Ok(Vec::new());
        }
        let change = self.network.decode(&encoded.features, &[encoded.present_age], ages)?;
        apply::apply_to_crop(crop, &encoded.small, &change)
    }

    fn present_age(&self, face: &EncodedFace) -> Option<f32> {
        face.0.downcast_ref::<Encoded>().map(|encoded| encoded.present_age)
    }
}

#[cfg(test)]
mod tests;
