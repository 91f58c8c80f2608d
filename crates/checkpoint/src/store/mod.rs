//! The store: the folder of the user's converted weights.
//!
//! Each entry is a safetensors file with the checkpoint's own names, identified by the SHA-256 of its source,
//! and beside it a small JSON record that says what it is and what its own hash must be.

mod error;
mod record;

#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

pub use error::StoreError;
pub use record::{Installed, Record};

use super::{Checkpoint, Recognition, System, convert, recognise};

/// Environment variable that overrides the folder.
const FOLDER_VARIABLE: &str = "AGEMIRROR_WEIGHTS";
/// Number of characters of the hash in a file name.
const HASH_IN_NAME: usize = 16;

/// Whether the weights of a system are installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// They are installed.
    Present(Installed),
    /// They are not installed.
    Missing,
    /// They were modified or truncated after conversion, with the evidence.
    Damaged(Installed, String),
}

/// A folder of converted weights.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// The user's store: the folder in `AGEMIRROR_WEIGHTS`, or `weights` in the program's data folder. It
    /// need not exist.
    ///
    /// # Errors
    /// If the system has no data folder.
    pub fn for_user() -> Result<Self, StoreError> {
        if let Some(folder) = std::env::var_os(FOLDER_VARIABLE).filter(|folder| !folder.is_empty()) {
            return Ok(Self::at(Path::new(&folder)));
        }
        let data = agemirror_storage::data_folder().ok_or(StoreError::NoFolder)?;
        Ok(Self::at(&data.join("weights")))
    }

    /// The store in `folder`.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Imports the weights at `path` into the store; a file that was imported before is not converted again.
    /// PAGAN has a file for each of its age clusters 1 to 3; `cluster` says which one this is if its path
    /// does not. `progress` receives the finished fraction, 0 to 1.
    ///
    /// # Errors
    /// If the file cannot be read, is not a complete checkpoint of a known system, contains infinite or NaN
    /// values, or the folder cannot be written.
    pub fn install(
        &self,
        path: &Path,
        cluster: Option<u8>,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Installed, StoreError> {
        self.install_cancellable(path, cluster, &mut |share| {
            progress(share);
            ControlFlow::Continue(())
        })
    }

    /// Like [`Store::install`], but `progress` returns whether to continue; if not, nothing is imported.
    ///
    /// # Errors
    /// Like [`Store::install`], and [`super::ConvertError::Cancelled`].
    pub fn install_cancellable(
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
            // It is installed already, so there is nothing to cancel.
            let _ = progress(1.0);
            return Ok(installed);
        }
        fs::create_dir_all(&self.folder).map_err(|e| StoreError::io(&self.folder, e))?;
        let converted = convert(&checkpoint, &recognition.prefix, &file, progress)?;
        if !converted.not_finite.is_empty() {
            // The next attempt converts it again, so a failure to remove it is harmless.
            let _ = fs::remove_file(&file);
            let (count, first) = (converted.not_finite.len(), converted.not_finite[0].clone());
            return Err(StoreError::NotFinite { file: path.to_owned(), count, first });
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

    /// All installed weights, latest first. Invalid records are skipped.
    pub fn installed(&self) -> Vec<Installed> {
        let mut all: Vec<_> = self.records().filter_map(|file| Installed::read(&file)).collect();
        all.sort_by(|a, b| (b.record.installed, &b.file).cmp(&(a.record.installed, &a.file)));
        all
    }

    /// Finds weights whose record `fits`, checking only the file's size: the latest if there are several,
    /// intact before damaged ones.
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

    /// Like [`Store::find`], but reads every byte and compares the hash.
    pub fn verify(&self, fits: impl Fn(&Record) -> bool) -> Presence {
        let found = self.find(fits);
        let Presence::Present(installed) = found else { return found };
        match hash_file(&installed.file) {
            Ok(hash) if hash == installed.record.sha256 => Presence::Present(installed),
            Ok(_) => Presence::Damaged(installed, "its content was modified".to_owned()),
            Err(error) => Presence::Damaged(installed, error.to_string()),
        }
    }

    fn records(&self) -> impl Iterator<Item = PathBuf> + use<> {
        // A missing folder contains nothing.
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

/// Recognises a checkpoint, which must be a complete one of a known system.
fn recognised(checkpoint: &Checkpoint) -> Result<Recognition, StoreError> {
    let file = || checkpoint.path().to_owned();
    let recognition = recognise(checkpoint).ok_or_else(|| StoreError::UnknownSystem(file()))?;
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

/// The age cluster of a PAGAN generator: as given, or as the authors name the file and its folder
/// (`model_crop_3/netG_epoch_49900.pth`).
fn cluster_of(system: System, given: Option<u8>, path: &Path) -> Result<Option<u8>, StoreError> {
    if !matches!(system, System::Pagan { .. }) {
        return Ok(None);
    }
    let in_name = |name: &str| {
        let (_, last) = name.rsplit_once(|c: char| !c.is_ascii_digit()).unwrap_or(("", name));
        last.parse::<u8>().ok()
    };
    let names = [path.file_stem(), path.parent().and_then(Path::file_name)];
    let named = names.into_iter().flatten().filter_map(|name| in_name(name.to_str()?));
    let mut choices = given.into_iter().chain(named).filter(|cluster| (1..=3).contains(cluster));
    choices.next().map(Some).ok_or_else(|| StoreError::UnknownCluster(path.to_owned()))
}

/// File name of a system's weights.
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

/// SHA-256 of a file, in hexadecimal.
fn hash_file(path: &Path) -> io::Result<String> {
    hash_files(&[path.to_owned()])
}

/// SHA-256 of several files one after the other, in hexadecimal.
fn hash_files(paths: &[PathBuf]) -> io::Result<String> {
    let mut hasher = Sha256::new();
    for path in paths {
        io::copy(&mut File::open(path)?, &mut hasher)?;
    }
    Ok(format!("{:x}", hasher.finalize()))
}
