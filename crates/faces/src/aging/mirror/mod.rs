//! mirror: agemirror's own small network, bundled with the program.
//!
//! One encoder reads a face once; a light decoder turns what it read into a *change* for each age asked for: a residual,
//! a mask, a flow and a gain of fine detail. After FRAN (Zoss et al., "Production-Ready Face Re-Aging for Visual
//! Effects", 2022) it predicts what to add rather than a picture, and unlike FRAN any age at once from one encoding. The
//! change is made at 128 px and applied at the crop's own resolution, so that what does not age keeps every pixel of the
//! camera.
//!
//! What a network of this size cannot paint is done beside it, at the crop's resolution, in [`look`]: hair greys strand
//! by strand or gets its colour back, beards go from children, lines of other old faces are drawn along the face mesh,
//! and a person's own lines fade. A second network tells hair, skin and what covers them apart.

mod age_code;
mod apply;
mod change;
mod followed;
mod layers;
mod look;
mod network;
mod recolour;
mod shade;
mod view;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use image::RgbImage;
use sha2::{Digest, Sha256};

pub use age_code::{AGE_CODE, age_codes};
pub use apply::sample;
pub use change::{apply_change, window};
pub use look::{
    ATLAS_IN_HEAD, ATLAS_PLANES, ATLAS_SIDE, LOGARITHM_STEP, LineAtlas, LinedFace, NO_LINE, Plane,
};
pub use network::{Change, Features, Network};
pub use recolour::{RecolouredHead, Recolourer};
pub use shade::{colour_cast, luma};
pub use view::{
    HEAD_MULTIPLE, HeadView, ViewCanvas, apply_to_view, face_in_head, face_of, from_head, to_head,
};

use self::apply::{Canvas, FaceWindow, apply_to_crop, planes_of};
use self::followed::Followed;
use self::look::{Head, Look};
use self::recolour::person_of;
use super::model::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, FaceMemory, ModelInfo};
use crate::age::Gender;
use crate::face::dlib::{AgeNetwork, CropWindow};
use crate::face::regions::{HEAD_TEMPLATE, RegionNetwork};
use crate::face::{AlignmentTemplate, FaceMesh, align};
use agemirror_kernels::sigmoid;

/// The name on the command line.
pub const NAME: &str = "mirror";

/// Where the network's input has the landmarks: brow and chin inside, some hair at the sides.
pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
    points: [[0.343_75, 0.42], [0.656_25, 0.42], [0.5, 0.5867], [0.37, 0.7645], [0.63, 0.7645]],
};

/// The part of a head crop that the network sees: left, top and side in fractions. Aligned to [`HEAD_TEMPLATE`], this
/// part is aligned to [`TEMPLATE`].
pub const FACE_IN_HEAD: [f32; 3] = [0.25, 0.21, 0.5];

/// The part of a head crop that tiles show: the head with its hair.
const VIEW: CropWindow = CropWindow { left: 0.165, top: 0.11, right: 0.835, bottom: 0.78 };

/// The side at which the network works, in pixels.
const SIDE: u32 = 128;

/// The weights that come with the program.
const WEIGHTS: &[u8] = include_bytes!("../../../../../weights/mirror.safetensors");

/// The share at `age` (years) in a table of ages and shares, linear between them.
pub fn share_by(age: f32, table: &[(f32, f32)]) -> f32 {
    let mut last = table[0];
    for next in table {
        if age < next.0 {
            let far = ((age - last.0) / (next.0 - last.0).max(1e-3)).clamp(0.0, 1.0);
            return last.1 + (next.1 - last.1) * far;
        }
        last = *next;
    }
    last.1
}

/// The bundled model.
pub struct Mirror {
    info: ModelInfo,
    network: Network,
    age: AgeNetwork,
    mesh: FaceMesh,
    regions: RegionNetwork,
    atlas: LineAtlas,
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
            templates: vec![HEAD_TEMPLATE],
            view: VIEW,
            side: SIDE,
            weights_hash: format!("{:x}", Sha256::digest(bytes)),
        };
        Ok(Self {
            info,
            network,
            age: AgeNetwork::bundled(device)?,
            mesh: FaceMesh::bundled(&Device::Cpu)?,
            regions: RegionNetwork::bundled(&Device::Cpu)?,
            atlas: LineAtlas::bundled()?,
            device: device.clone(),
        })
    }

    /// What the network sees of a head crop, as (1, 3, side, side) in -1..1.
    fn input(&self, crop: &RgbImage) -> candle_core::Result<Tensor> {
        let size = SIDE as usize;
        let small = align(crop, &face_window(crop).to_input(SIDE), SIDE);
        Tensor::from_vec(planes_of(&small), (1, 3, size, size), &self.device)
    }

    /// The age in years that the age network reads off what the network sees.
    fn read_age(&self, small: &Tensor) -> candle_core::Result<f32> {
        let window = CropWindow::between(&TEMPLATE, &AgeNetwork::TEMPLATE);
        let chip = window.cut(small, AgeNetwork::SIDE)?;
        self.age.expected_age(&self.age.logits(&chip)?)?.get(0)?.to_scalar()
    }

    /// How surely a face is a man's, 0..=1.
    fn male(&self, features: &Features) -> candle_core::Result<f32> {
        sigmoid(&self.network.male(features)?)?.flatten_all()?.get(0)?.to_scalar()
    }

    /// Encodes the next frame of a face of which `before` was seen.
    fn encode_after(
        &self,
        crop: &RgbImage,
        before: Option<Followed>,
    ) -> candle_core::Result<(Encoded, Followed)> {
        let small = self.input(crop)?;
        let features = self.network.encode(&small)?;
        let mut followed = before.unwrap_or_default();
        let masks = followed.masks(crop, || self.regions.masks(crop))?;
        let present_age = followed.age(|| self.read_age(&small))?;
        followed.fit_mesh(&self.mesh, crop)?;
        followed.next_frame();
        if let (None, Some(mesh)) = (&followed.person, &followed.mesh) {
            followed.person = Some(person_of(&self.atlas, crop, &masks, self.male(&features)?, mesh));
        }
        let lines = followed.mesh.as_deref().zip(followed.person.as_ref());
        let look = Look::of(crop, &Head { masks: &masks, lines }, &self.atlas)?;
        Ok((Encoded { small, features, look, present_age }, followed))
    }
}

/// Where the network looks in a head crop.
fn face_window(crop: &RgbImage) -> FaceWindow {
    let [left, top, side] = FACE_IN_HEAD.map(|part| part * crop.width() as f32);
    FaceWindow { left, top, side }
}

/// What the encoder found in a crop, with the age that was read off it.
struct Encoded {
    /// What the network saw.
    small: Tensor,
    features: Features,
    look: Look,
    present_age: f32,
}

impl AgingModel for Mirror {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn encode(&self, crop: &RgbImage) -> Result<EncodedFace, AgingError> {
        let (encoded, _) = self.encode_after(crop, None)?;
        Ok(EncodedFace(Box::new(encoded)))
    }

    fn encode_next(&self, crop: &RgbImage, memory: &mut FaceMemory) -> Result<EncodedFace, AgingError> {
        let before = memory.0.take().and_then(|memory| memory.downcast::<Followed>().ok());
        let (encoded, followed) = self.encode_after(crop, before.map(|before| *before))?;
        memory.0 = Some(Box::new(followed));
        Ok(EncodedFace(Box::new(encoded)))
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
        let canvas = Canvas {
            crop,
            window: face_window(crop),
            small: &encoded.small,
            look: Some((&encoded.look, encoded.present_age)),
        };
        apply_to_crop(&canvas, ages, &change)
    }

    fn present_age(&self, face: &EncodedFace) -> Option<f32> {
        face.0.downcast_ref::<Encoded>().map(|encoded| encoded.present_age)
    }
}

#[cfg(test)]
mod tests;
