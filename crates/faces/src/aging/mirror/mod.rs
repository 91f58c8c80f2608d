//! The bundled aging network.
//!
//! One encoder reads a face once; a light decoder predicts a *change* for each requested age: a residual, a
//! mask, a flow and a gain of fine detail. Like FRAN (Zoss et al., "Production-Ready Face Re-Aging for Visual
//! Effects", 2022) it predicts what to add rather than a picture; unlike FRAN, one encoding serves any number
//! of ages. The change is computed at 128 px and applied at the crop's own resolution, so that whatever does
//! not age keeps every pixel of the camera.
//!
//! A network of this size cannot paint hair or wrinkles. The module `appearance` handles them at the crop's
//! resolution: hair greys strand by strand or regains its colour, children lose beards, lines of other old
//! faces are drawn along the face mesh, and the person's own lines fade. A second network segments hair, skin
//! and whatever covers them.

mod age_code;
mod appearance;
mod apply;
mod change;
mod change_pixels;
mod coarse;
mod ellipse;
mod eyes;
mod face_state;
mod face_window;
mod growth;
mod layers;
mod mouth;
mod network;
mod outputs;
mod recolour;
mod shade;
mod shade_planes;
mod toning;
mod training_view;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use image::RgbImage;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

pub use age_code::{AGE_CODE, age_codes};
pub use appearance::{
    ATLAS_IN_HEAD, ATLAS_PLANES, ATLAS_SIDE, LOGARITHM_STEP, LineAtlas, LinedFace, NO_LINE, Plane,
};
pub use change::{apply_change, window};
pub use face_window::{FACE_IN_HEAD, face_in_head, face_of, head_to_input, input_to_head};
pub use network::{Features, Network};
pub use outputs::Change;
pub use recolour::{RecolouredHead, Recolourer};
pub use shade_planes::colour_cast;
pub use training_view::{HEAD_MULTIPLE, TrainingView, ViewCanvas, apply_to_view};

use self::age_code::requested;
use self::appearance::{Head, HeadAppearance};
use self::apply::{Canvas, CropPart, apply_to_crop, difference};
use self::change_pixels::ChangePixels;
use self::coarse::Coarse;
use self::face_state::{FaceState, Readings};
use self::face_window::FaceWindow;
use self::growth::add_growth;
use self::recolour::person_of;
use self::toning::Toning;
use super::model::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, FaceMemory, ModelInfo};
use crate::age::{Gender, OLDEST_AGE, YOUNGEST_AGE};
use crate::face::dlib::{AgeNetwork, CropWindow};
use crate::face::regions::{EdgeGuide, HEAD_TEMPLATE, RegionNetwork, SmallHead};
use crate::face::{AlignmentTemplate, FaceMesh};
use crate::pixels::planes;
use agemirror_kernels::sigmoid;

/// Name on the command line.
pub const NAME: &str = "mirror";
/// Name in the window.
pub(crate) const TITLE: &str = "Mirror";

/// Positions of the landmarks in the network's input: brow and chin inside, some hair at the sides.
pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
    points: [[0.343_75, 0.42], [0.656_25, 0.42], [0.5, 0.5867], [0.37, 0.7645], [0.63, 0.7645]],
};

/// The part of a head crop that tiles show: the head with its hair.
const VIEW: CropWindow = CropWindow { left: 0.165, top: 0.11, right: 0.835, bottom: 0.78 };

/// Side of the network's input, in pixels.
const SIDE: u32 = 128;

/// The bundled weights.
pub static WEIGHTS: &[u8] = include_bytes!("../../../../../weights/mirror.safetensors");

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

    /// Opens weights from the bytes of a safetensors file; errors call it `file`.
    ///
    /// # Errors
    /// When they do not fit the network.
    pub fn from_bytes(bytes: &[u8], file: &str, device: &Device) -> Result<Self, AgingError> {
        // In parallel, because the first tiles wait for all of them.
        let ((network, weights_hash), (age, (mesh, regions, atlas))) = rayon::join(
            || (Self::network(bytes, file, device), format!("{:x}", Sha256::digest(bytes))),
            || {
                rayon::join(
                    || AgeNetwork::bundled(device),
                    || {
                        let regions = RegionNetwork::bundled(&Device::Cpu).map(RegionNetwork::in_bf16);
                        (FaceMesh::bundled(&Device::Cpu), regions, LineAtlas::bundled())
                    },
                )
            },
        );
        let info = ModelInfo {
            name: NAME,
            title: TITLE,
            ages: AgeChoice::Years { youngest: YOUNGEST_AGE, oldest: OLDEST_AGE },
            knows_gender: false,
            templates: vec![HEAD_TEMPLATE],
            view: VIEW,
            side: SIDE,
            weights_hash,
        };
        let device = device.clone();
        Ok(Self { info, network: network?, age: age?, mesh: mesh?, regions: regions?, atlas: atlas?, device })
    }

    /// The network with the weights in the bytes of a safetensors file.
    fn network(bytes: &[u8], file: &str, device: &Device) -> Result<Network, AgingError> {
        let network = VarBuilder::from_slice_safetensors(bytes, DType::F32, device).and_then(Network::new);
        network.map(Network::in_bf16).map_err(|reason| AgingError::Weights {
            model: NAME,
            file: file.to_owned(),
            reason: reason.to_string(),
        })
    }

    /// The network's input for a head crop: (1, 3, side, side) in -1..1.
    fn input(&self, crop: &RgbImage) -> candle_core::Result<Tensor> {
        planes(&[face_of(crop, SIDE)], SIDE, &self.device)
    }

    /// The age, in years, that the age network reads from the network's input.
    fn read_age(&self, small: &Tensor) -> candle_core::Result<f32> {
        let window = CropWindow::between(&TEMPLATE, &AgeNetwork::TEMPLATE);
        let chip = window.cut(small, AgeNetwork::SIDE)?;
        self.age.expected_age(&self.age.logits(&chip)?)?.get(0)?.to_scalar()
    }

    /// Probability that the face is male, 0..=1.
    fn male(&self, features: &Features) -> candle_core::Result<f32> {
        sigmoid(&self.network.male(features)?)?.flatten_all()?.get(0)?.to_scalar()
    }

    /// Ages a part of the encoded `crop` to each of `ages` (years).
    fn decode_part(
        &self,
        crop: &RgbImage,
        part: CropPart,
        face: &EncodedFace,
        ages: &[f32],
    ) -> Result<Vec<RgbImage>, AgingError> {
        let encoded = face.0.downcast_ref::<Encoded>().ok_or(AgingError::ForeignFace(NAME))?;
        if ages.is_empty() {
            return Ok(Vec::new());
        }
        let (coarse, current_age) = (&encoded.coarse, encoded.current_age);
        let appearance = Some((&encoded.appearance, current_age));
        let canvas = Canvas { part, window: FaceWindow::of(crop), coarse, appearance };
        let decode = |ages: &[f32]| {
            let requested_ages: Vec<f32> = ages.iter().map(|age| requested(*age)).collect();
            let (outputs, strengths) =
                self.network.outputs(&encoded.features, requested(current_age), &requested_ages)?;
            let mut changes = ChangePixels::of(outputs, &strengths)?;
            for (change, age) in changes.iter_mut().zip(ages) {
                add_growth(change, current_age, *age);
                if let Some(eyes) = encoded.appearance.eyes() {
                    eyes.correct(change, coarse, current_age, *age);
                }
                if let Some(mouth) = encoded.appearance.mouth() {
                    mouth.correct(change, current_age, *age);
                }
            }
            let mut aged = apply_to_crop(&canvas, ages, &changes);
            if let Some(toning) = &encoded.toning {
                aged.iter_mut().for_each(|aged| toning.apply(aged, canvas.part.picture));
            }
            Ok(aged)
        };
        // On the CPU every thread decodes its own ages from beginning to end, without waiting for the others.
        let parts = if self.device.is_cpu() { rayon::current_num_threads() } else { 1 };
        let parts = ages.par_chunks(ages.len().div_ceil(parts.max(1)));
        let aged = parts.map(decode).collect::<Result<Vec<_>, AgingError>>()?;
        Ok(aged.into_iter().flatten().collect())
    }

    /// Encodes the next frame of a face, given the state after its previous frame.
    fn encode_after(
        &self,
        crop: &RgbImage,
        previous: Option<FaceState>,
    ) -> candle_core::Result<(Encoded, FaceState)> {
        let mut state = previous.unwrap_or_default();
        let due = state.due();
        let small_head = SmallHead::of(crop)?;
        let read_face = || {
            let small = self.input(crop)?;
            let features = self.network.encode(&small)?;
            let age = due.age.then(|| self.read_age(&small)).transpose()?;
            candle_core::Result::Ok((small, features, age, EdgeGuide::with_small(crop, &small_head)))
        };
        let read_head = || {
            let masks = due.masks.then(|| self.regions.masks_of(&small_head)).transpose()?;
            let mesh = due.mesh.then(|| state.fit_mesh(&self.mesh, crop)).transpose()?;
            candle_core::Result::Ok((masks, mesh))
        };
        let (face, head) = rayon::join(read_face, read_head);
        let ((small, features, age, guide), (masks, mesh)) = (face?, head?);
        let readings = Readings { age, masks, mesh };
        let Some((current_age, masks)) = state.update(small_head, readings) else {
            candle_core::bail!("the first frame has no readings")
        };
        if let (None, Some(mesh)) = (&state.person, &state.mesh) {
            state.person = Some(person_of(&self.atlas, crop, &masks, self.male(&features)?, mesh));
        }
        let face = state.mesh.as_deref().zip(state.person.as_mut());
        let appearance = HeadAppearance::of(crop, Head { masks: &masks, guide: &guide, face }, &self.atlas)?;
        let weight = appearance.weight_within(FaceWindow::of(crop), small.dim(3)?);
        let coarse = Coarse::of(&small, Some(&weight))?;
        let toning = Toning::of(crop);
        Ok((Encoded { coarse, features, appearance, toning, current_age }, state))
    }
}

/// The encoder's output for a crop.
struct Encoded {
    coarse: Coarse,
    features: Features,
    appearance: HeadAppearance,
    toning: Option<Toning>,
    current_age: f32,
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
        let before = memory.0.take().and_then(|memory| memory.downcast::<FaceState>().ok());
        let (encoded, state) = self.encode_after(crop, before.map(|before| *before))?;
        memory.0 = Some(Box::new(state));
        Ok(EncodedFace(Box::new(encoded)))
    }

    fn decode(
        &self,
        crop: &RgbImage,
        face: &EncodedFace,
        ages: &[f32],
        _gender: Gender,
    ) -> Result<Vec<AgedCrop>, AgingError> {
        let pictures = self.decode_part(crop, CropPart::whole(crop), face, ages)?.into_par_iter();
        Ok(pictures.map(|picture| AgedCrop { mask: difference(crop, &picture), picture }).collect())
    }

    fn decode_view(
        &self,
        crop: &RgbImage,
        face: &EncodedFace,
        ages: &[f32],
        _gender: Gender,
    ) -> Result<Vec<RgbImage>, AgingError> {
        let [left, top, _] = VIEW.pixels(crop.width()).map(|v| v as usize);
        let part = CropPart { picture: &VIEW.part_of(crop), left, top };
        self.decode_part(crop, part, face, ages)
    }

    fn current_age(&self, face: &EncodedFace) -> Option<f32> {
        face.0.downcast_ref::<Encoded>().map(|encoded| encoded.current_age)
    }
}

#[cfg(test)]
mod tests;
