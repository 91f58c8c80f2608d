//! The interface of every aging model.

use std::any::Any;

use image::{GrayImage, RgbImage};

use crate::age::{Gender, OPEN_GROUP_END};
use crate::face::AlignmentTemplate;
use crate::face::dlib::CropWindow;
use agemirror_checkpoint::{CheckpointError, StoreError};

/// The ages that a model can show.
#[derive(Clone, Debug, PartialEq)]
pub enum AgeChoice {
    /// Any age in this range of years, inclusive.
    Years {
        /// Youngest age.
        youngest: f32,
        /// Oldest age.
        oldest: f32,
    },
    /// Only these age groups, as (first year, last year). The last group may have no upper end, such as 70
    /// and older; its last year is then [`OPEN_GROUP_END`] or more.
    Groups(Vec<(u8, u8)>),
    /// These groups, and every age between their representative ages.
    Between {
        /// The groups, as in [`AgeChoice::Groups`].
        groups: Vec<(u8, u8)>,
        /// Representative age of each group, in years, ascending.
        centres: Vec<f32>,
    },
}

/// Half the assumed length of a group without an upper end, in years.
const HALF_OPEN_GROUP: f32 = 5.0;

impl AgeChoice {
    /// The groups in order, each with its representative age in years; empty if the model takes years only.
    /// If the model does not define one, it is the middle of the group: 25.5 for 21 to 30.
    pub fn groups(&self) -> Vec<((u8, u8), f32)> {
        match self {
            Self::Years { .. } => Vec::new(),
            Self::Groups(groups) => groups.iter().map(|&group| (group, middle(group))).collect(),
            Self::Between { groups, centres } => {
                groups.iter().copied().zip(centres.iter().copied()).collect()
            }
        }
    }
}

/// The middle of a group, in years.
fn middle((first, last): (u8, u8)) -> f32 {
    if last >= OPEN_GROUP_END {
        return f32::from(first) + HALF_OPEN_GROUP;
    }
    (f32::from(first) + f32::from(last)) / 2.0
}

/// A model's description of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInfo {
    /// Name on the command line, such as `mirror`.
    pub name: &'static str,
    /// Name in the window.
    pub title: &'static str,
    /// Ages that it can show.
    pub ages: AgeChoice,
    /// Whether it takes a gender; the others ignore it.
    pub knows_gender: bool,
    /// Templates for aligning its crop, at least one; the face is aligned to the nearest.
    pub templates: Vec<AlignmentTemplate>,
    /// The square part of a crop that tiles show; the rest leaves room for long hair.
    pub view: CropWindow,
    /// Side of the network's input, in pixels.
    pub side: u32,
    /// SHA-256 of the weights, in hexadecimal.
    pub weights_hash: String,
}

/// A model's encoding of a crop; only the model that produced it can decode it.
pub struct EncodedFace(pub Box<dyn Any + Send + Sync>);

/// A model's state for one face that is tracked from frame to frame; only the model that wrote it can read
/// it.
#[derive(Default)]
pub struct FaceMemory(pub Option<Box<dyn Any + Send>>);

/// One aged face.
#[derive(Clone, Debug)]
pub struct AgedCrop {
    /// The aged crop, with the size of the input crop.
    pub picture: RgbImage,
    /// Where the picture may differ from the crop: at 0 it equals the crop, bit for bit.
    pub mask: GrayImage,
}

/// Why a model failed.
#[derive(Debug, thiserror::Error)]
pub enum AgingError {
    /// The weights do not fit the network.
    #[error("the weights {file} do not fit the model {model}: {reason}")]
    Weights {
        /// The model's name.
        model: &'static str,
        /// Origin of the weights.
        file: String,
        /// The mismatch.
        reason: String,
    },
    /// The weights cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The weights have not been imported yet.
    #[error("the model {model} needs weights that are not imported. {wanted}")]
    NoWeights {
        /// The model's name.
        model: &'static str,
        /// The required files, where to get them, and how to import them.
        wanted: String,
    },
    /// The weights changed after they were imported.
    #[error("the weights {file} are damaged, {reason}; import the published file again")]
    DamagedWeights {
        /// The file.
        file: String,
        /// The evidence.
        reason: String,
    },
    /// There is no weights folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A face encoded by another model was passed.
    #[error("a face encoded by another model was passed to {0}")]
    ForeignFace(&'static str),
    /// No model has this name.
    #[error("unknown model {0:?}; run `agemirror models` to list the models")]
    UnknownModel(String),
    /// The file does not hold the weights of a single-file model.
    #[error(
        "{0} does not hold the weights of a model that runs from one file; run `agemirror inspect` on it to see its content"
    )]
    NoModelIn(String),
    /// One of PAGAN's three files.
    #[error(
        "{0} is one of PAGAN's three generators, one for each cluster of ages, and the model needs all of them: \
         import each with `agemirror convert FILE --cluster 1` (31 to 40; 2: 41 to 50; 3: 51 and older), then use \
         `--model pagan`"
    )]
    OneOfPagan(String),
    /// The network failed at run time.
    #[error("the network failed: {0}")]
    Network(#[from] candle_core::Error),
}

/// A network that shows a face at other ages.
///
/// A crop is a square picture of any size, aligned to one of [`ModelInfo::templates`]; the aged crops have
/// the same size.
pub trait AgingModel: Send {
    /// The model's description of itself.
    fn info(&self) -> &ModelInfo;

    /// Encodes a crop: the part of the work that all ages share.
    ///
    /// # Errors
    /// When the network fails.
    fn encode(&self, crop: &RgbImage) -> Result<EncodedFace, AgingError>;

    /// Like [`AgingModel::encode`], for the next frame of a tracked face. A model may keep state in `memory`,
    /// empty for the first frame, to steady the next one; identical frames must give identical encodings.
    ///
    /// # Errors
    /// As [`AgingModel::encode`].
    fn encode_next(&self, crop: &RgbImage, _memory: &mut FaceMemory) -> Result<EncodedFace, AgingError> {
        self.encode(crop)
    }

    /// Ages an encoded face to each of `ages` (years), in order. `crop` is the crop that was encoded;
    /// `gender` matters only if [`ModelInfo::knows_gender`]. A model of groups uses the group that contains
    /// the age, or interpolates between the two nearest groups.
    ///
    /// # Errors
    /// When the network fails or the face was encoded by another model.
    fn decode(
        &self,
        crop: &RgbImage,
        face: &EncodedFace,
        ages: &[f32],
        gender: Gender,
    ) -> Result<Vec<AgedCrop>, AgingError>;

    /// Like [`AgingModel::decode`], but only the part [`ModelInfo::view`] of each aged crop, which tiles show. Values may
    /// be rounded differently.
    ///
    /// # Errors
    /// As [`AgingModel::decode`].
    fn decode_view(
        &self,
        crop: &RgbImage,
        face: &EncodedFace,
        ages: &[f32],
        gender: Gender,
    ) -> Result<Vec<RgbImage>, AgingError> {
        let aged = self.decode(crop, face, ages, gender)?;
        Ok(aged.iter().map(|aged| self.info().view.part_of(&aged.picture)).collect())
    }

    /// The current age in years that the model estimates for the face, if it estimates one.
    fn current_age(&self, _face: &EncodedFace) -> Option<f32> {
        None
    }
}
