//! Opening the published models with the weights that the user has taken in.

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

/// What to do to get a published file.
fn how_to_get(file: &Published) -> String {
    format!("{} ({}): {}; then {}.", file.title, file.names.join(", "), file.place, file.then)
}

/// The converted file of the weights that `fits`, or which published files are wanted.
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

/// CAAE with the authors' weights, else with those of the PyTorch variant.
///
/// # Errors
/// When neither was taken in, or they do not fit.
pub fn open_caae(device: &Device) -> Result<Caae, AgingError> {
    let store = Store::of_user()?;
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

/// IPCGAN or cGAN with the weights that were taken in.
///
/// # Errors
/// When there are none, they do not fit, or there are no companions where `statistics` wants some.
pub fn open_ipcgan(flavour: Flavour, statistics: &Statistics, device: &Device) -> Result<Ipcgan, AgingError> {
    let file =
        find(&Store::of_user()?, flavour.name, |record| matches!(record.system, System::Ipcgan { .. }))?;
    Ipcgan::open(flavour, &file, statistics, device)
}

/// The statistics for the window: frozen ones where the folder of weights has a folder `ipcgan-companions`
/// (`cgan-companions`) of faces cut out as the model's own, else the moving averages. A picture that cannot
/// be read is left out.
///
/// # Errors
/// When there is no folder of weights.
pub fn usual_statistics(flavour: Flavour) -> Result<Statistics, AgingError> {
    let folder = Store::of_user()?.folder().join(format!("{}-companions", flavour.name));
    if !folder.is_dir() {
        return Ok(Statistics::MovingAverages);
    }
    let (paths, _) = collect_pictures(&[folder]);
    let mut pictures = Vec::new();
    for path in paths.iter().take(MOST_COMPANIONS) {
        match load_picture(path) {
            Ok(loaded) => pictures.push(loaded.picture),
            Err(error) => tracing::warn!("left out of the companions: {error}"),
        }
    }
    Ok(if pictures.is_empty() { Statistics::MovingAverages } else { Statistics::Frozen(pictures) })
}

/// The authors use 31; more cost memory and change little.
const MOST_COMPANIONS: usize = 64;

/// The files of PAGAN's three clusters in their order, or which published file is wanted instead.
///
/// # Errors
/// When there is no folder of weights.
pub fn pagan_files() -> Result<[Result<PathBuf, AgingError>; pagan::CLUSTERS], AgingError> {
    let store = Store::of_user()?;
    Ok(std::array::from_fn(|i| {
        let cluster = u8::try_from(i + 1).ok();
        let found = find(&store, pagan::NAME, |record| {
            matches!(record.system, System::Pagan { .. }) && record.cluster == cluster
        });
        found.map_err(|error| match error {
            AgingError::NoWeights { model, wanted } => {
                let own = published_for(pagan::NAME).nth(i).map_or(wanted, how_to_get);
                AgingError::NoWeights { model, wanted: own }
            }
            other => other,
        })
    }))
}

/// PAGAN with the three files that were taken in.
///
/// # Errors
/// When one is missing, each missing one being named, or does not fit.
pub fn open_pagan(device: &Device) -> Result<Pagan, AgingError> {
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

/// AgeTransGAN with the weights that were taken in: those of so many `groups`, or of either number, the
/// latest.
///
/// # Errors
/// When there are none, or they do not fit.
pub fn open_agetransgan(groups: Option<usize>, device: &Device) -> Result<AgeTransGan, AgingError> {
    AgeTransGan::open(&find_agetransgan(&Store::of_user()?, groups)?, device)
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
    fn missing_weights_are_named_with_their_place_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let error = find_agetransgan(&Store::at(folder.path()), Some(10)).unwrap_err();
        assert!(matches!(error, AgingError::NoWeights { model: "agetransgan", .. }));
        let said = error.to_string();
        for part in ["ffhq_10group_910k.pt", "https://drive.google.com", "add it in the window"] {
            assert!(said.contains(part), "{said}");
        }
    }
}
