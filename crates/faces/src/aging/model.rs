//! What every aging model can do and says of itself.

use std::any::Any;

use image::{GrayImage, RgbImage};

use crate::age::{Gender, OPEN_GROUP_END};
use crate::face::AlignmentTemplate;
use crate::face::dlib::CropWindow;
use agemirror_checkpoint::{CheckpointError, StoreError};

/// The ages a model knows.
#[derive(Clone, Debug, PartialEq)]
pub enum AgeChoice {
    /// Any age in years between the two, both included.
    Years {
        /// The youngest age.
        youngest: f32,
        /// The oldest age.
        oldest: f32,
    },
    /// Only these groups of ages, as (first year, last year). The last one may be open, such as 70 and
    /// older; its last year is then [`OPEN_GROUP_END`] or more.
    Groups(Vec<(u8, u8)>),
    /// These groups, and every age between the ages that stand for them.
    Between {
        /// The groups, as in [`AgeChoice::Groups`].
        groups: Vec<(u8, u8)>,
        /// The age in years that stands for each of them, rising.
        centres: Vec<f32>,
    },
}

/// Half the years that an open group is taken to last.
const HALF_OPEN_GROUP: f32 = 5.0;

impl AgeChoice {
    /// The groups in their order, each with the age in years that stands for it; none where the model
    /// knows years only. Where the model does not say, it is the middle of the group: 25.5 for 21 to 30.
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

/// The middle of a group in years.
fn middle((first, last): (u8, u8)) -> f32 {
    if last >= OPEN_GROUP_END {
        return f32::from(first) + HALF_OPEN_GROUP;
    }
    (f32::from(first) + f32::from(last)) / 2.0
}

/// What a model says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelInfo {
    /// The name on the command line, such as `mirror`.
    pub name: &'static str,
    /// The name in the window.
    pub title: &'static str,
    /// The ages it knows.
    pub ages: AgeChoice,
    /// Whether it ages a face as a woman or as a man; the others do not ask.
    pub knows_gender: bool,
    /// How its crop is aligned: to the template that the face fits best, one at least.
    pub templates: Vec<AlignmentTemplate>,
    /// The square part of a crop that tiles show; the rest is there for hair that reaches farther.
    pub view: CropWindow,
    /// The side in pixels at which the network itself works.
    pub side: u32,
    /// SHA-256 of the weights, in hexadecimal.
    pub weights_hash: String,
}

/// A crop as the model's encoder sees it; only the model that made it can read it.
pub struct EncodedFace(pub Box<dyn Any + Send + Sync>);

/// What a model remembers of one face that is followed from frame to frame; only the model that wrote it can
/// read it.
#[derive(Default)]
pub struct FaceMemory(pub Option<Box<dyn Any + Send>>);

/// One aged face.
#[derive(Clone, Debug)]
pub struct AgedCrop {
    /// The aged crop, the size of the crop that went in.
    pub picture: RgbImage,
    /// Where the picture may differ from the crop: 0 means it is the crop, bit for bit.
    pub mask: GrayImage,
}

/// Why a model could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum AgingError {
    /// The weights do not fit the network.
    #[error("the weights {file} do not fit the model {model}: {reason}")]
    Weights {
        /// The model's name.
        model: &'static str,
        /// Where the weights came from.
        file: String,
        /// What does not fit.
        reason: String,
    },
    /// The weights cannot be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The weights were not taken in yet.
    #[error("the model {model} needs weights that are not here. {wanted}")]
    NoWeights {
        /// The model's name.
        model: &'static str,
        /// Which files, where they are, and what to do with them.
        wanted: String,
    },
    /// The weights were changed after they had been taken in.
    #[error("the weights {file} are damaged, {reason}; take the published file in again")]
    DamagedWeights {
        /// The file.
        file: String,
        /// How that is known.
        reason: String,
    },
    /// There is no folder of weights.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An encoded face was handed to a model that did not make it.
    #[error("a face encoded by another model was handed to {0}")]
    ForeignFace(&'static str),
    /// There is no model of that name.
    #[error("there is no model {0:?}; `agemirror models` lists them")]
    UnknownModel(String),
    /// A file holds the weights of no model that runs from one file.
    #[error(
        "{0} holds the weights of no model that runs from one file; `agemirror inspect` says what is in it"
    )]
    NoModelIn(String),
    /// One of the three files that make PAGAN.
    #[error(
        "{0} is one of PAGAN's three generators, one for each cluster of ages, and the model needs all of them: \
         import each with `agemirror convert FILE --cluster 1` (31 to 40; 2: 41 to 50; 3: 51 and older), then use \
         `--model pagan`"
    )]
    OneOfPagan(String),
    /// The network failed while it ran.
    #[error("the network failed: {0}")]
    Network(#[from] candle_core::Error),
}

/// A network that shows a face at other ages.
///
/// It knows nothing of cameras or windows. A crop is a square picture aligned to
/// one of [`ModelInfo::templates`], of any size; the aged crops have the same size.
pub trait AgingModel: Send {
    /// What the model says of itself.
    fn info(&self) -> &ModelInfo;

    /// The part of the work that all ages share.
    ///
    /// # Errors
    /// When the network fails.
    fn encode(&self, crop: &RgbImage) -> Result<EncodedFace, AgingError>;

    /// As [`AgingModel::encode`], for the next frame of a face that is followed. A model may keep in `memory`,
    /// empty for the first frame, what steadies the next one; frames that do not differ are encoded alike.
    ///
    /// # Errors
    /// As [`AgingModel::encode`].
    fn encode_next(&self, crop: &RgbImage, _memory: &mut FaceMemory) -> Result<EncodedFace, AgingError> {
        self.encode(crop)
    }

    /// Ages an encoded face to each of `ages` (years), in their order. `crop` is the one that was encoded;
    /// `gender` counts only where [`ModelInfo::knows_gender`]. A model of groups takes the group that the
    /// age falls into, or mixes the two between whose middles it lies.
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

    /// The age in years that the model reads off the face, where it estimates one.
    fn present_age(&self, _face: &EncodedFace) -> Option<f32> {
        None
    }
}
