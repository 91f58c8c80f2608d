//! Opens the published models with the weights that the user has imported.

use std::path::PathBuf;

use candle_core::Device;

use super::agetransgan::{self, AgeTransGan};
use super::caae::{self, Caae};
use super::ipcgan::{Flavour, Ipcgan, Statistics};
use super::model::AgingError;
use super::pagan::{self, Pagan};
use agemirror_checkpoint::catalogue::{Published, published_for};
use agemirror_checkpoint::{Presence, Record, Store, System};
use agemirror_pictures::{collect_pictures, load_picture};

/// Instructions for getting a published file.
fn how_to_get(file: &Published) -> String {
    format!("{} ({}): {}; then {}.", file.title, file.names.join(", "), file.location, file.next_step)
}

/// Path of the converted weights that match `fits`, or an error that names the published files to get.
fn find(store: &Store, model: &'static str, fits: impl Fn(&Record) -> bool) -> Result<PathBuf, AgingError> {
    match store.find(&fits) {
        Presence::Present(installed) => Ok(installed.file),
        Presence::Damaged(installed, reason) => {
            Err(AgingError::DamagedWeights { file: installed.file.display().to_string(), reason })
        }
        Presence::Missing => {
            let wanted: Vec<String> = published_for(model).map(how_to_get).collect();
            Err(AgingError::NoWeights { model, wanted: wanted.join(" Or: ") })
        }
    }
}

/// Opens CAAE with the authors' weights, else with those of the PyTorch variant.
///
/// # Errors
/// When neither is imported, or they do not fit.
pub fn open_caae(device: &Device) -> Result<Caae, AgingError> {
    let store = Store::for_user()?;
    let part = |fits: fn(&Record) -> bool| find(&store, caae::NAME, fits);
    let whole = part(|record| matches!(record.system, System::Caae { .. }));
    let encoder = part(|record| matches!(record.system, System::CaaeTorchEncoder { .. }));
    let generator = part(|record| matches!(record.system, System::CaaeTorchGenerator { .. }));
    match (whole, encoder, generator) {
        (Ok(file), _, _) => Caae::open(&file, device),
        (_, Ok(encoder), Ok(generator)) => Caae::open_pair(&encoder, &generator, device),
        (Err(error), _, _) => Err(error),
    }
}

/// Opens IPCGAN or cGAN with the imported weights.
///
/// # Errors
/// When there are none, they do not fit, or `statistics` requires companions and there are none.
pub fn open_ipcgan(flavour: Flavour, statistics: &Statistics, device: &Device) -> Result<Ipcgan, AgingError> {
    let file =
        find(&Store::for_user()?, flavour.name, |record| matches!(record.system, System::Ipcgan { .. }))?;
    Ipcgan::open(flavour, &file, statistics, device)
}

/// The batch-norm statistics for the window: frozen ones if the weights folder has a folder
/// `ipcgan-companions` (`cgan-companions`) of faces cropped like the model's own, else the moving averages.
/// Unreadable pictures are skipped.
///
/// # Errors
/// When there is no weights folder.
pub(super) fn usual_statistics(flavour: Flavour) -> Result<Statistics, AgingError> {
    let folder = Store::for_user()?.folder().join(format!("{}-companions", flavour.name));
    if !folder.is_dir() {
        return Ok(Statistics::MovingAverages);
    }
    let (paths, _) = collect_pictures(&[folder]);
    let mut pictures = Vec::new();
    for path in paths.iter().take(MAX_COMPANIONS) {
        match load_picture(path) {
            Ok(loaded) => pictures.push(loaded.picture),
            Err(error) => tracing::warn!("skipped a companion picture: {error}"),
        }
    }
    Ok(if pictures.is_empty() { Statistics::MovingAverages } else { Statistics::Frozen(pictures) })
}

/// Maximum number of companions. The authors use 31; more cost memory and change little.
const MAX_COMPANIONS: usize = 64;

/// The files of PAGAN's three clusters in order; for a missing one, an error that names the file to get.
///
/// # Errors
/// When there is no weights folder.
pub fn pagan_files() -> Result<[Result<PathBuf, AgingError>; pagan::CLUSTERS], AgingError> {
    let store = Store::for_user()?;
    Ok(std::array::from_fn(|i| {
        let cluster = u8::try_from(i + 1).ok();
        let found = find(&store, pagan::NAME, |record| {
            matches!(record.system, System::Pagan { .. }) && record.cluster == cluster
        });
        found.map_err(|error| match error {
            AgingError::NoWeights { model, wanted } => {
                let source = published_for(pagan::NAME).nth(i).map_or(wanted, how_to_get);
                AgingError::NoWeights { model, wanted: source }
            }
            other => other,
        })
    }))
}

/// Opens PAGAN with its three imported files.
///
/// # Errors
/// When one is missing, naming each missing one, or does not fit.
pub(super) fn open_pagan(device: &Device) -> Result<Pagan, AgingError> {
    let (mut files, mut missing) = (Vec::new(), Vec::new());
    for file in pagan_files()? {
        match file {
            Ok(file) => files.push(file),
            Err(AgingError::NoWeights { wanted, .. }) => missing.push(wanted),
            Err(other) => return Err(other),
        }
    }
    match &files[..] {
        [first, second, third] => Pagan::open([first, second, third], device),
        _ => Err(AgingError::NoWeights { model: pagan::NAME, wanted: missing.join(" And: ") }),
    }
}

/// Opens AgeTransGAN with the imported weights: with `groups` age groups, or the latest of either kind.
///
/// # Errors
/// When there are none, or they do not fit.
pub fn open_agetransgan(groups: Option<usize>, device: &Device) -> Result<AgeTransGan, AgingError> {
    AgeTransGan::open(&find_agetransgan(&Store::for_user()?, groups)?, device)
}

fn find_agetransgan(store: &Store, wanted: Option<usize>) -> Result<PathBuf, AgingError> {
    find(store, agetransgan::NAME, |record| match record.system {
        System::Agetransgan { groups, .. } => wanted.is_none_or(|wanted| wanted == groups),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_weights_are_named_with_their_source_and_instructions() {
        let folder = tempfile::tempdir().unwrap();
        let error = find_agetransgan(&Store::at(folder.path()), Some(10)).unwrap_err();
        assert!(matches!(error, AgingError::NoWeights { model: "agetransgan", .. }));
        let message = error.to_string();
        for part in ["ffhq_10group_910k.pt", "https://drive.google.com", "add it in the window"] {
            assert!(message.contains(part), "{message}");
        }
    }
}
