//! The registry of models: one [`ModelId`] and one table row per model.

use std::path::Path;

use candle_core::Device;

use super::agetransgan::{self, AgeTransGan};
use super::caae::{self, Caae};
use super::cgan::{self, CGAN};
use super::installed::{open_agetransgan, open_caae, open_ipcgan, open_pagan, usual_statistics};
use super::ipcgan::{self, Flavour, IPCGAN, Ipcgan};
use super::mirror::{self, Mirror};
use super::model::{AgingError, AgingModel};
use super::pagan;
use agemirror_checkpoint::{Checkpoint, CheckpointError, System, recognise};

type Opened = Result<Box<dyn AgingModel>, AgingError>;

/// Identifies a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelId {
    /// The bundled network.
    Mirror,
    /// AgeTransGAN.
    AgeTransGan,
    /// CAAE, by its authors or in PyTorch.
    Caae,
    /// IPCGAN.
    Ipcgan,
    /// Face Aging cGAN.
    Cgan,
    /// PAGAN.
    Pagan,
}

/// A model's description before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelSummary {
    /// Identifier.
    pub id: ModelId,
    /// Name on the command line.
    pub name: &'static str,
    /// Name in the window.
    pub title: &'static str,
    /// Description in one sentence.
    pub description: &'static str,
}

/// A row of the registry.
struct ModelSpec {
    summary: ModelSummary,
    /// Whether weights of this system run as this model.
    accepts: fn(System) -> bool,
    /// Whether the published files marked as present, in the catalogue's order, suffice to run the model.
    suffices: fn(&[bool]) -> bool,
    /// Opens the model with the bundled or imported weights.
    open_installed: fn(&Device) -> Opened,
    /// Opens the model with the weights in a file.
    open_file: fn(&Path, &Device) -> Opened,
}

const SPECS: [ModelSpec; 6] = [
    ModelSpec {
        summary: ModelSummary {
            id: ModelId::Mirror,
            name: mirror::NAME,
            title: mirror::TITLE,
            description: "the bundled network: any age from 1 to 85, live on a laptop's processor",
        },
        accepts: |system| matches!(system, System::Mirror),
        suffices: |_| true,
        open_installed: |device| boxed(Mirror::bundled(device)),
        open_file: |path, device| {
            let bytes = std::fs::read(path).map_err(|error| CheckpointError::new(path, error))?;
            boxed(Mirror::from_bytes(&bytes, &path.display().to_string(), device))
        },
    },
    ModelSpec {
        summary: ModelSummary {
            id: ModelId::AgeTransGan,
            name: agetransgan::NAME,
            title: agetransgan::TITLE,
            description: "ten groups from 0-2 to 70 and older, or four, and ages between them, 1024 pixels",
        },
        accepts: |system| matches!(system, System::Agetransgan { .. }),
        suffices: any,
        open_installed: |device| boxed(open_agetransgan(None, device)),
        open_file: |path, device| boxed(AgeTransGan::open(path, device)),
    },
    ModelSpec {
        summary: ModelSummary {
            id: ModelId::Caae,
            name: caae::NAME,
            title: caae::TITLE,
            description: "ten groups from 0-5 to 71 and older, as a woman or as a man, soft, 128 pixels",
        },
        accepts: |system| {
            matches!(
                system,
                System::Caae { .. } | System::CaaeTorchEncoder { .. } | System::CaaeTorchGenerator { .. }
            )
        },
        // The authors' own model comes first; the PyTorch variant needs both of the halves after it.
        suffices: |present| match present {
            [whole, halves @ ..] => *whole || (!halves.is_empty() && all(halves)),
            [] => false,
        },
        open_installed: |device| boxed(open_caae(device)),
        open_file: |path, device| boxed(Caae::open(path, device)),
    },
    ModelSpec {
        summary: ModelSummary {
            id: ModelId::Ipcgan,
            name: ipcgan::NAME,
            title: IPCGAN.title,
            description: "four groups from 21-30 to 51 and older, for young faces, 128 pixels",
        },
        accepts: |system| matches!(system, System::Ipcgan { .. }),
        suffices: any,
        open_installed: |device| boxed(open_ipcgan(IPCGAN, &usual_statistics(IPCGAN)?, device)),
        open_file: |path, device| open_flavour(IPCGAN, path, device),
    },
    ModelSpec {
        summary: ModelSummary {
            id: ModelId::Cgan,
            name: cgan::NAME,
            title: CGAN.title,
            description: "IPCGAN's network on faces aligned in another way, four groups, 128 pixels",
        },
        // Its weights have the same names and shapes as IPCGAN's, to which they are attributed.
        accepts: |_| false,
        suffices: any,
        open_installed: |device| boxed(open_ipcgan(CGAN, &usual_statistics(CGAN)?, device)),
        open_file: |path, device| open_flavour(CGAN, path, device),
    },
    ModelSpec {
        summary: ModelSummary {
            id: ModelId::Pagan,
            name: pagan::NAME,
            title: pagan::TITLE,
            description: "three groups from 31-40 to 51 and older, for faces of up to 30 years, 224 pixels",
        },
        accepts: |system| matches!(system, System::Pagan { .. }),
        suffices: all,
        open_installed: |device| boxed(open_pagan(device)),
        open_file: |path, _| Err(AgingError::OneOfPagan(path.display().to_string())),
    },
];

/// The summaries of [`SPECS`], for callers that need a slice.
const SUMMARIES: [ModelSummary; SPECS.len()] = {
    let mut summaries = [SPECS[0].summary; SPECS.len()];
    let mut index = 0;
    while index < SPECS.len() {
        summaries[index] = SPECS[index].summary;
        index += 1;
    }
    summaries
};

fn any(present: &[bool]) -> bool {
    present.contains(&true)
}

fn all(present: &[bool]) -> bool {
    !present.contains(&false)
}

fn boxed<M: AgingModel + 'static>(model: Result<M, AgingError>) -> Opened {
    Ok(Box::new(model?))
}

fn open_flavour(flavour: Flavour, path: &Path, device: &Device) -> Opened {
    boxed(Ipcgan::open(flavour, path, &usual_statistics(flavour)?, device))
}

fn spec(found: impl Fn(&ModelSpec) -> bool) -> Option<&'static ModelSpec> {
    const ALL: &[ModelSpec] = &SPECS;
    ALL.iter().find(|spec| found(spec))
}

impl ModelId {
    /// The model with this command-line name.
    pub fn from_name(name: &str) -> Option<Self> {
        spec(|spec| spec.summary.name == name).map(|spec| spec.summary.id)
    }

    /// The model that runs weights of `system`; `None` for weights that serve only training or evaluation.
    pub fn from_system(system: System) -> Option<Self> {
        spec(|spec| (spec.accepts)(system)).map(|spec| spec.summary.id)
    }

    /// Name on the command line.
    pub fn name(self) -> &'static str {
        spec(|spec| spec.summary.id == self).map_or("", |spec| spec.summary.name)
    }

    /// Whether the model's published files marked as present, in the catalogue's order, suffice to run it.
    pub fn suffices(self, present: &[bool]) -> bool {
        spec(|spec| spec.summary.id == self).is_some_and(|spec| (spec.suffices)(present))
    }
}

/// All models, the default first.
pub fn models() -> &'static [ModelSummary] {
    &SUMMARIES
}

/// Opens the model called `name` on `device`; a name that no model has may be the path of a weight file.
///
/// # Errors
/// When there is no such model or its weights do not fit.
pub fn open_model(name: &str, device: &Device) -> Opened {
    match spec(|spec| spec.summary.name == name) {
        Some(spec) => (spec.open_installed)(device),
        None if Path::new(name).exists() => open_model_file(Path::new(name), device),
        None => Err(AgingError::UnknownModel(name.to_owned())),
    }
}

/// Opens the model called `name` with the weights in the file at `path`, on `device`.
///
/// # Errors
/// When no model of that name runs from one file, or the weights do not fit.
pub fn open_model_from(name: &str, path: &Path, device: &Device) -> Opened {
    let spec = spec(|spec| spec.summary.name == name);
    (spec.ok_or_else(|| AgingError::UnknownModel(name.to_owned()))?.open_file)(path, device)
}

/// Opens the model whose weights are in the file at `path`, on `device`, recognised by tensor names and
/// shapes.
///
/// # Errors
/// When the file cannot be read or is damaged, or does not hold the weights of a single-file model.
pub fn open_model_file(path: &Path, device: &Device) -> Opened {
    let system = recognise(&Checkpoint::open(path)?).map(|known| known.system);
    match system.and_then(|system| spec(|spec| (spec.accepts)(system))) {
        Some(spec) => (spec.open_file)(path, device),
        None => Err(AgingError::NoModelIn(path.display().to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agemirror_checkpoint::catalogue::{PUBLISHED, published_for};

    #[test]
    fn every_published_file_belongs_to_a_registered_model() {
        for published in PUBLISHED {
            assert!(ModelId::from_name(published.model).is_some(), "{}", published.model);
        }
        assert!(models().iter().all(|model| ModelId::from_name(model.name) == Some(model.id)));
        assert_eq!(ModelId::from_name("none"), None);
    }

    #[test]
    fn a_model_runs_only_with_a_complete_set_of_files() {
        for (id, present, suffices) in [
            (ModelId::Pagan, &[true, true, false][..], false),
            (ModelId::Pagan, &[true, true, true], true),
            (ModelId::Caae, &[true, false, false], true),
            (ModelId::Caae, &[false, true, false], false),
            (ModelId::Caae, &[false, true, true], true),
            (ModelId::AgeTransGan, &[false, true], true),
            (ModelId::Ipcgan, &[false], false),
            (ModelId::Mirror, &[], true),
        ] {
            assert_eq!(id.suffices(present), suffices, "{id:?} {present:?}");
        }
    }

    #[test]
    fn the_halves_of_caae_follow_the_complete_model_in_the_catalogue() {
        let names: Vec<_> = published_for("caae").map(|file| file.names[0]).collect();
        assert_eq!(names, ["init_model", "E.dat", "G.dat"]);
    }
}
