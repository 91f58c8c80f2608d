//! Every model by its name.

use candle_core::Device;

use super::caae;
use super::cgan::{self, CGAN};
use super::installed::{open_caae, open_ipcgan, open_pagan, usual_statistics};
use super::ipcgan::{self, IPCGAN};
use super::mirror::{self, Mirror};
use super::model::{AgingError, AgingModel};
use super::pagan;

/// What there is to say of a model before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelSummary {
    /// The name on the command line.
    pub name: &'static str,
    /// The name in the window.
    pub title: &'static str,
    /// One sentence.
    pub description: &'static str,
}

const MODELS: &[ModelSummary] = &[
    ModelSummary {
        name: mirror::NAME,
        title: "Mirror",
        description: "the bundled network: any age from 1 to 85, live on a laptop's processor",
    },
    ModelSummary {
        name: caae::NAME,
        title: caae::TITLE,
        description: "ten groups from 0-5 to 71 and older, as a woman or as a man, soft, 128 pixels",
    },
    ModelSummary {
        name: ipcgan::NAME,
        title: IPCGAN.title,
        description: "four groups from 21-30 to 51 and older, for young faces, 128 pixels",
    },
    ModelSummary {
        name: cgan::NAME,
        title: CGAN.title,
        description: "IPCGAN's network on faces aligned in another way, four groups, 128 pixels",
    },
    ModelSummary {
        name: pagan::NAME,
        title: pagan::TITLE,
        description: "three groups from 31-40 to 51 and older, for faces of up to 30 years, 224 pixels",
    },
];

/// The models there are, the default first.
pub fn models() -> &'static [ModelSummary] {
    MODELS
}

/// Opens the model called `name` on `device`.
///
/// # Errors
/// When there is none of that name or its weights do not fit.
pub fn open_model(name: &str, device: &Device) -> Result<Box<dyn AgingModel>, AgingError> {
    match name {
        mirror::NAME => Ok(Box::new(Mirror::bundled(device)?)),
        caae::NAME => Ok(Box::new(open_caae(device)?)),
        ipcgan::NAME => Ok(Box::new(open_ipcgan(IPCGAN, &usual_statistics(IPCGAN)?, device)?)),
        cgan::NAME => Ok(Box::new(open_ipcgan(CGAN, &usual_statistics(CGAN)?, device)?)),
        pagan::NAME => Ok(Box::new(open_pagan(device)?)),
        _ => Err(AgingError::UnknownModel(name.to_owned())),
    }
}
