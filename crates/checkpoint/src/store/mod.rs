//! The folder in which the user's converted weights are kept.
//!
//! Each is a safetensors file with the checkpoint's own names, keyed by the SHA-256 of the file it was made
//! from, and beside it a small JSON file that says what it is and what its own hash must be.

mod error;
mod hash;
mod record;

#[cfg(test)]
mod tests;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use directories::ProjectDirs;

pub use error::StoreError;
pub use record::{Installed, Record};

use super::{Checkpoint, Recognition, System, convert, recognise};
use hash::{hash_file, hash_files};

/// The environment variable that names another folder.
const FOLDER_VARIABLE: &str = "AGEMIRROR_WEIGHTS";
/// Characters of a hash that stand in a file's name.
const HASH_IN_NAME: usize = 16;

/// Whether the weights of a system are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// They are.
    Present(Installed),
    /// They are not.
    Missing,
    /// They were changed or cut since they were converted, and why that is known.
    Damaged(Installed, String),
}

/// The folder of converted weights.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The user's folder: what `AGEMIRROR_WEIGHTS` names, or `weights` in the program's data folder. It need
    /// not exist yet.
    ///
    /// # Errors
    /// When the system names no data folder.
    pub fn of_user() -> Result<Self, StoreError> {
        if let Some(folder) = std::env::var_os(FOLDER_VARIABLE).filter(|folder| !folder.is_empty()) {
            return Ok(Self::at(Path::new(&folder)));
        }
        let folders = ProjectDirs::from("", "", "agemirror").ok_or(StoreError::NoFolder)?;
        Ok(Self::at(&folders.data_dir().join("weights")))
    }

    /// A folder of the caller's choice.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes the weights at `path` into the folder; a file that was taken in before is not converted again.
    /// PAGAN has a file for each of its clusters 1 to 3; `cluster` says which this is, where its path does
    /// not. `progress` is told the share that is done, 0 to 1.
    ///
    /// # Errors
    /// When the file cannot be read, is no known system or not all of it, holds values that are no numbers,
    /// or the folder cannot be written.
    pub fn install(
        &self,
        path: &Path,
        cluster: Option<u8>,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Installed, StoreError> {
        self.install_while(path, cluster, &mut |share| {
            progress(share);
            ControlFlow::Continue(())
        })
    }

    /// As [`Store::install`], but `progress` says whether to go on; where it does not, nothing is taken in.
    ///
    /// # Errors
    /// As there, and [`super::ConvertError::Stopped`].
    pub fn install_while(
        &self,
        path: &Path,
        cluster: Option<u8>,
        progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
    ) -> Result<Installed, StoreError> {
        let checkpoint = Checkpoint::open(path)?;
        let recognition = recognised(&checkpoint)?;
        let system = recognition.system;
        let cluster = cluster_of(system, cluster, path)?;
        let source_sha256 = hash_files(&checkpoint.files()).map_err(|e| StoreError::io(path, e))?;
        let mut name = slug(system);
        if let Some(cluster) = cluster {
            name = format!("{name}-{cluster}");
        }
        let key: String = source_sha256.chars().take(HASH_IN_NAME).collect();
        let file = self.folder.join(format!("{name}-{key}.safetensors"));
        if let Some(installed) = self.unchanged(&file, &source_sha256) {
            // It is here already, so there is nothing to stop.
            let _ = progress(1.0);
            return Ok(installed);
        }
        fs::create_dir_all(&self.folder).map_err(|e| StoreError::io(&self.folder, e))?;
        let converted = convert(&checkpoint, &recognition.prefix, &file, progress)?;
        if !converted.not_finite.is_empty() {
            // The next attempt converts it again, so failing to remove it does no harm.
            let _ = fs::remove_file(&file);
            let (count, first) = (converted.not_finite.len(), converted.not_finite[0].clone());
            return Err(StoreError::NotNumbers { file: path.to_owned(), count, first });
        }
        let source = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let record = Record {
            system,
            cluster,
            source,
            source_sha256,
            bytes: converted.bytes,
            sha256: converted.sha256,
            installed: now.map_or(0, |now| now.as_secs()),
        };
        let installed = Installed { file, record };
        installed.write_record()?;
        Ok(installed)
    }

    /// Everything that was taken in, the latest first. What is no record is passed over.
    pub fn installed(&self) -> Vec<Installed> {
        let mut all: Vec<_> = self.records().filter_map(|file| Installed::read(&file)).collect();
        all.sort_by(|a, b| (b.record.installed, &b.file).cmp(&(a.record.installed, &a.file)));
        all
    }

    /// The weights of the system that `fits`, as far as the file's size tells; the latest where there are
    /// several, a whole one before a damaged one.
    pub fn find(&self, fits: impl Fn(&Record) -> bool) -> Presence {
        let mut damaged = None;
        for installed in self.installed().into_iter().filter(|installed| fits(&installed.record)) {
            match installed.check_size() {
                Ok(()) => return Presence::Present(installed),
                Err(why) => damaged = damaged.or(Some((installed, why))),
            }
        }
        damaged.map_or(Presence::Missing, |(installed, why)| Presence::Damaged(installed, why))
    }

    /// As [`Store::find`], but every byte is read and compared with the hash.
    pub fn verify(&self, fits: impl Fn(&Record) -> bool) -> Presence {
        let found = self.find(fits);
        let Presence::Present(installed) = found else { return found };
        match hash_file(&installed.file) {
            Ok(hash) if hash == installed.record.sha256 => Presence::Present(installed),
            Ok(_) => Presence::Damaged(installed, "its bytes were changed".to_owned()),
            Err(error) => Presence::Damaged(installed, error.to_string()),
        }
    }

    fn records(&self) -> impl Iterator<Item = PathBuf> + use<> {
        // A folder that is not there holds nothing.
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "json")).map(|mut path| {
            path.set_extension("safetensors");
            path
        })
    }

    fn unchanged(&self, file: &Path, source_sha256: &str) -> Option<Installed> {
        let installed = Installed::read(file).filter(|old| old.record.source_sha256 == source_sha256)?;
        let hash = hash_file(&installed.file).ok()?;
        (hash == installed.record.sha256).then_some(installed)
    }
}

/// What the file is, if it is a known system and all of it.
fn recognised(checkpoint: &Checkpoint) -> Result<Recognition, StoreError> {
    let file = || checkpoint.path().to_owned();
    let recognition = recognise(checkpoint).ok_or_else(|| StoreError::Unknown(file()))?;
    let system = recognition.system;
    match recognition.missing.first() {
        None if system == System::Mirror => Err(StoreError::ForMirror(file())),
        None => Ok(recognition),
        Some(first) => {
            let (count, first) = (recognition.missing.len(), first.name.clone());
            Err(StoreError::Incomplete { file: file(), system, count, first })
        }
    }
}

/// The cluster of ages that a generator of PAGAN makes: as said, or as the authors name the file and the
/// folder it is in (`model_crop_3/netG_epoch_49900.pth`).
fn cluster_of(system: System, said: Option<u8>, path: &Path) -> Result<Option<u8>, StoreError> {
    if !matches!(system, System::Pagan { .. }) {
        return Ok(None);
    }
    let in_name = |name: &str| {
        let (_, last) = name.rsplit_once(|c: char| !c.is_ascii_digit()).unwrap_or(("", name));
        last.parse::<u8>().ok()
    };
    let names = [path.file_stem(), path.parent().and_then(Path::file_name)];
    let named = names.into_iter().flatten().filter_map(|name| in_name(name.to_str()?));
    let mut choices = said.into_iter().chain(named).filter(|cluster| (1..=3).contains(cluster));
    choices.next().map(Some).ok_or_else(|| StoreError::WhichCluster(path.to_owned()))
}

/// How a system's files are named here.
fn slug(system: System) -> String {
    match system {
        System::Agetransgan { groups, .. } => format!("agetransgan-{groups}"),
        System::AgetransganDiscriminator { groups, .. } => format!("agetransgan-discriminator-{groups}"),
        System::AgetransganEstimator => "agetransgan-estimator".to_owned(),
        System::Caae { .. } => "caae".to_owned(),
        System::CaaeTorchEncoder { .. } => "caae-torch-encoder".to_owned(),
        System::CaaeTorchGenerator { .. } => "caae-torch-generator".to_owned(),
        System::Ipcgan { .. } => "ipcgan".to_owned(),
        System::Pagan { .. } => "pagan".to_owned(),
        System::PaganDiscriminator => "pagan-discriminator".to_owned(),
        System::AlexnetIdentity => "alexnet-identity".to_owned(),
        System::AlexnetAge => "alexnet-age".to_owned(),
        System::InceptionV3 { classes } => format!("inception-v3-{classes}"),
        System::Mirror => "mirror".to_owned(),
        System::VggFace => "vgg-face".to_owned(),
    }
}
