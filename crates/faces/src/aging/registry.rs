//! Every model by its name.

use std::path::Path;

use candle_core::Device;

use super::agetransgan::{self, AgeTransGan};
use super::caae::{self, Caae};
use super::cgan::{self, CGAN};
use super::installed::{open_agetransgan, open_caae, open_ipcgan, open_pagan, usual_statistics};
use super::ipcgan::{self, IPCGAN, Ipcgan};
use super::mirror::{self, Mirror};
use super::model::{AgingError, AgingModel};
use super::pagan;
use agemirror_checkpoint::{Checkpoint, CheckpointError, System, recognise};

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
        name: agetransgan::NAME,
        title: agetransgan::TITLE,
        description: "ten groups from 0-2 to 70 and older, or four, and ages between them, 1024 pixels",
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

/// Opens the model called `name` on `device`; a name that no model has may be the path of a file of weights.
///
/// # Errors
/// When there is none of that name or its weights do not fit.
pub fn open_model(name: &str, device: &Device) -> Result<Box<dyn AgingModel>, AgingError> {
    match name {
        mirror::NAME => Ok(Box::new(Mirror::bundled(device)?)),
        agetransgan::NAME => Ok(Box::new(open_agetransgan(None, device)?)),
        caae::NAME => Ok(Box::new(open_caae(device)?)),
        ipcgan::NAME => Ok(Box::new(open_ipcgan(IPCGAN, &usual_statistics(IPCGAN)?, device)?)),
        cgan::NAME => Ok(Box::new(open_ipcgan(CGAN, &usual_statistics(CGAN)?, device)?)),
        pagan::NAME => Ok(Box::new(open_pagan(device)?)),
        path if Path::new(path).exists() => open_model_file(Path::new(path), device),
        _ => Err(AgingError::UnknownModel(name.to_owned())),
    }
}

/// Opens the model called `name` with the weights in the file at `path`, on `device`.
///
/// # Errors
/// When there is no model of that name that runs from one file, or the weights do not fit.
pub fn open_model_from(name: &str, path: &Path, device: &Device) -> Result<Box<dyn AgingModel>, AgingError> {
    let flavoured = |flavour| Ipcgan::open(flavour, path, &usual_statistics(flavour)?, device);
    match name {
        agetransgan::NAME => Ok(Box::new(AgeTransGan::open(path, device)?)),
        caae::NAME => Ok(Box::new(Caae::open(path, device)?)),
        ipcgan::NAME => Ok(Box::new(flavoured(IPCGAN)?)),
        cgan::NAME => Ok(Box::new(flavoured(CGAN)?)),
        mirror::NAME => Ok(Box::new(open_mirror(path, device)?)),
        pagan::NAME => Err(AgingError::OneOfPagan(path.display().to_string())),
        _ => Err(AgingError::UnknownModel(name.to_owned())),
    }
}

/// Opens the model whose weights are in the file at `path`, on `device`: names and shapes tell which.
///
/// # Errors
/// When the file cannot be read or is damaged, or holds weights of no model that runs from one file.
pub fn open_model_file(path: &Path, device: &Device) -> Result<Box<dyn AgingModel>, AgingError> {
    let known = recognise(&Checkpoint::open(path)?).map(|known| known.system);
    match known {
        Some(System::Agetransgan { .. }) => Ok(Box::new(AgeTransGan::open(path, device)?)),
        Some(System::Caae { .. } | System::CaaeTorchEncoder { .. } | System::CaaeTorchGenerator { .. }) => {
            Ok(Box::new(Caae::open(path, device)?))
        }
        Some(System::Ipcgan { .. }) => {
            Ok(Box::new(Ipcgan::open(IPCGAN, path, &usual_statistics(IPCGAN)?, device)?))
        }
        Some(System::Mirror) => Ok(Box::new(open_mirror(path, device)?)),
        Some(System::Pagan { .. }) => Err(AgingError::OneOfPagan(path.display().to_string())),
        _ => Err(AgingError::NoModelIn(path.display().to_string())),
    }
}

fn open_mirror(path: &Path, device: &Device) -> Result<Mirror, AgingError> {
    let bytes = std::fs::read(path).map_err(|error| CheckpointError::new(path, error))?;
    Mirror::from_bytes(&bytes, &path.display().to_string(), device)
}
