//! The settings that the window stores between two runs: one JSON file, written atomically.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use directories::UserDirs;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::sweep::PICTURE_COUNTS;
use crate::camera::CameraSettings;
use crate::pipeline::DeviceChoice;
use agemirror_faces::age::Gender;
use agemirror_storage::{AtomicFile, folder_of};

/// Longest settings file that is read, in bytes; a longer one is not ours.
const MAX_FILE_BYTES: u64 = 256 * 1024;

/// The theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// The system's theme; dark if the system has none.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Which age groups are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupChoice {
    /// Ten groups, from infancy to old age.
    #[default]
    Ten,
    /// Four groups of adults.
    Four,
}

/// The panel in the lower half of the left column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SidePanel {
    /// The gallery.
    #[default]
    Pictures,
    /// The time of each stage.
    Measurements,
    /// What other networks read off the tiles.
    Readings,
}

impl SidePanel {
    /// `panel`, or the gallery if `panel` is already open.
    pub fn toggled(self, panel: Self) -> Self {
        if self == panel { Self::Pictures } else { panel }
    }
}

/// The settings. A missing, unknown or invalid entry of the file falls back to its default without affecting
/// the others, so that a file of another version loses as little as possible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The camera and its format.
    #[serde(deserialize_with = "or_default")]
    pub camera: CameraSettings,
    /// The name of the model; `None` is the first one.
    #[serde(deserialize_with = "or_default")]
    pub model: Option<String>,
    /// The device that runs the model.
    #[serde(deserialize_with = "or_default")]
    pub device: DeviceChoice,
    /// Which age groups are shown.
    #[serde(deserialize_with = "or_default")]
    pub groups: GroupChoice,
    /// Gender to age faces as, for models that distinguish.
    #[serde(deserialize_with = "or_default")]
    pub gender: Gender,
    /// The number of pictures in a sweep over years.
    #[serde(deserialize_with = "picture_count")]
    pub sweep_pictures: usize,
    /// Whether whole frames are shown instead of crops.
    #[serde(deserialize_with = "or_default")]
    pub whole_frame: bool,
    /// The theme.
    #[serde(deserialize_with = "or_default")]
    pub theme: ThemeChoice,
    /// The tag of the language; `None` is the system's.
    #[serde(deserialize_with = "or_default")]
    pub language: Option<String>,
    /// The folder to save in; `None` is [`default_save_folder`].
    #[serde(deserialize_with = "or_default")]
    pub save_folder: Option<PathBuf>,
    /// The panel in the lower half of the left column.
    #[serde(deserialize_with = "or_default")]
    pub side_panel: SidePanel,
    /// The folder of the watched training run.
    #[serde(deserialize_with = "or_default")]
    pub training_run: Option<PathBuf>,
    /// Whether the introduction is shown, until it is closed for the first time.
    #[serde(deserialize_with = "or_true")]
    pub introduction: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            camera: CameraSettings::default(),
            model: None,
            device: DeviceChoice::default(),
            groups: GroupChoice::default(),
            gender: Gender::default(),
            sweep_pictures: PICTURE_COUNTS[1],
            whole_frame: false,
            theme: ThemeChoice::default(),
            language: None,
            save_folder: None,
            side_panel: SidePanel::default(),
            training_run: None,
            introduction: true,
        }
    }
}

/// Why the settings were not stored.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file or its folder cannot be written.
    #[error("the settings were not stored in {path}: {source}; check that the folder is writable")]
    Write {
        /// The settings file.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
}

impl Settings {
    /// Reads the settings; an unreadable or oversized file gives the defaults.
    pub fn load(path: &Path) -> Self {
        let small = fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() <= MAX_FILE_BYTES);
        if !small {
            return Self::default();
        }
        match fs::read(path) {
            Ok(bytes) => Self::from_json(&bytes),
            Err(error) => {
                tracing::warn!("the settings {} cannot be read: {error}", path.display());
                Self::default()
            }
        }
    }

    /// Parses the bytes of a settings file, like [`Settings::load`].
    pub fn from_json(bytes: &[u8]) -> Self {
        serde_json::from_slice::<Value>(bytes).and_then(serde_json::from_value).unwrap_or_else(|error| {
            tracing::warn!("the settings file is damaged, so the defaults are used: {error}");
            Self::default()
        })
    }

    /// Writes the settings to a temporary file and moves it to `path`, so that a crash leaves the old file.
    ///
    /// # Errors
    /// When the folder cannot be created or written.
    pub fn store(&self, path: &Path) -> Result<(), SettingsError> {
        self.write(path).map_err(|source| SettingsError::Write { path: path.to_owned(), source })
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        fs::create_dir_all(folder_of(path))?;
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        let mut file = AtomicFile::create(path)?;
        file.write_all(&text)?;
        file.commit()
    }

    /// The folder to save in.
    pub fn save_folder(&self) -> PathBuf {
        self.save_folder.clone().unwrap_or_else(default_save_folder)
    }
}

/// Deserialises an entry, or returns its default if the value does not fit.
fn or_default<'de, D: Deserializer<'de>, T: Default + DeserializeOwned>(entry: D) -> Result<T, D::Error> {
    let value = Value::deserialize(entry)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// Like [`or_default`], for a switch that is on by default.
fn or_true<'de, D: Deserializer<'de>>(entry: D) -> Result<bool, D::Error> {
    Ok(or_default::<D, Option<bool>>(entry)?.unwrap_or(true))
}

/// Like [`or_default`], for one of the [`PICTURE_COUNTS`].
fn picture_count<'de, D: Deserializer<'de>>(entry: D) -> Result<usize, D::Error> {
    let count: usize = or_default(entry)?;
    Ok(if PICTURE_COUNTS.contains(&count) { count } else { PICTURE_COUNTS[1] })
}

/// The settings file on this system; `None` if the system has no folder for it.
pub fn settings_file() -> Option<PathBuf> {
    Some(agemirror_storage::config_folder()?.join("settings.json"))
}

/// The folder `agemirror` in the user's pictures, or in the current folder if there is none.
pub fn default_save_folder() -> PathBuf {
    let pictures = UserDirs::new().map(|dirs| match dirs.picture_dir() {
        Some(pictures) => pictures.to_owned(),
        None => dirs.home_dir().join("Pictures"),
    });
    pictures.unwrap_or_default().join("agemirror")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unusual() -> Settings {
        Settings {
            camera: CameraSettings { name: Some("Desk camera".into()), width: 1280, ..Default::default() },
            device: DeviceChoice::Cpu,
            model: Some("mirror".into()),
            groups: GroupChoice::Four,
            gender: Gender::Male,
            sweep_pictures: 91,
            whole_frame: true,
            theme: ThemeChoice::Light,
            language: Some("de".into()),
            save_folder: Some("/somewhere".into()),
            side_panel: SidePanel::Readings,
            training_run: Some("/runs/mirror".into()),
            introduction: false,
        }
    }

    #[test]
    fn stored_settings_are_loaded_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.json");
        unusual().store(&path).unwrap();
        assert_eq!(Settings::load(&path), unusual());
        let files: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
        assert_eq!(files.len(), 1, "nothing else is left behind");
    }

    #[test]
    fn a_damaged_file_gives_the_defaults() {
        for bytes in [&b""[..], b"{", b"null", b"[1,2]", b"\xff\xfe\x00", b"{\"theme\": }"] {
            assert_eq!(Settings::from_json(bytes), Settings::default());
        }
        assert_eq!(Settings::load(Path::new("/nowhere/at/all.json")), Settings::default());
    }

    #[test]
    fn an_invalid_entry_falls_back_to_its_default_alone() {
        let json = br#"{"theme": "Sepia", "groups": "Four", "whole_frame": 3, "from_the_future": {"a": 1}}"#;
        assert_eq!(Settings::from_json(json), Settings { groups: GroupChoice::Four, ..Settings::default() });
    }

    #[test]
    fn a_huge_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let mut text = serde_json::to_vec(&unusual()).unwrap();
        text.resize(MAX_FILE_BYTES as usize + 1, b' ');
        fs::write(&path, text).unwrap();
        assert_eq!(Settings::load(&path), Settings::default());
    }

    #[test]
    fn a_folder_that_cannot_be_created_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"").unwrap();
        let error = unusual().store(&file.join("settings.json")).unwrap_err();
        assert!(error.to_string().contains("settings.json"));
    }
}
