//! What the window remembers between two runs: one JSON file, written whole or not at all.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use directories::{ProjectDirs, UserDirs};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::sweep::PICTURE_COUNTS;
use crate::camera::CameraSettings;
use crate::pipeline::DeviceChoice;
use agemirror_faces::age::Gender;
use agemirror_storage::{AtomicFile, folder_of};

/// A settings file longer than this is not ours.
const MAX_FILE_BYTES: u64 = 256 * 1024;

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// As the system says; dark where it does not say.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Which groups of ages are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupChoice {
    /// Ten groups, from the cradle to old age.
    #[default]
    Ten,
    /// Four groups of grown-ups.
    Four,
}

/// What fills the lower half of the left column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SidePanel {
    /// The place for pictures.
    #[default]
    Pictures,
    /// How long each stage takes.
    Measurements,
    /// What other networks read off the tiles.
    Readings,
}

impl SidePanel {
    /// `panel`, or the place for pictures where `panel` is there already.
    pub fn toggled(self, panel: Self) -> Self {
        if self == panel { Self::Pictures } else { panel }
    }
}

/// What the window remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The camera and how it is used.
    pub camera: CameraSettings,
    /// The model's name; `None` takes the first one.
    pub model: Option<String>,
    /// What runs it.
    pub device: DeviceChoice,
    /// Which groups are shown.
    pub groups: GroupChoice,
    /// As whom a face is aged, by models that know of it.
    pub gender: Gender,
    /// How many pictures a sweep over years has.
    pub sweep_pictures: usize,
    /// Whether whole frames are shown in place of crops.
    pub whole_frame: bool,
    /// Light or dark.
    pub theme: ThemeChoice,
    /// Where Save writes; `None` is [`default_save_folder`].
    pub save_folder: Option<PathBuf>,
    /// What fills the lower half of the left column.
    pub side_panel: SidePanel,
    /// The folder of the training run that is watched.
    pub training_run: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            camera: CameraSettings::default(),
            model: None,
            device: DeviceChoice::default(),
            groups: GroupChoice::default(),
            gender: Gender::default(),
            sweep_pictures: sweep_pictures(None),
            whole_frame: false,
            theme: ThemeChoice::default(),
            save_folder: None,
            side_panel: SidePanel::default(),
            training_run: None,
        }
    }
}

/// Why settings were not stored.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file or its folder cannot be written.
    #[error("the settings were not stored in {path}: {source}; check that the folder can be written")]
    Write {
        /// The settings file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Settings {
    /// Reads settings. What is missing, unknown or of the wrong kind falls back to its default, entry
    /// by entry, so that a file of another version loses as little as possible.
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

    /// As [`Settings::load`], from the bytes of the file.
    pub fn from_json(bytes: &[u8]) -> Self {
        let Ok(Value::Object(mut entries)) = serde_json::from_slice::<Value>(bytes) else {
            tracing::warn!("the settings file is damaged; the defaults are used");
            return Self::default();
        };
        Self {
            camera: entry(entries.remove("camera")),
            model: entry(entries.remove("model")),
            groups: entry(entries.remove("groups")),
            gender: entry(entries.remove("gender")),
            sweep_pictures: sweep_pictures(entries.remove("sweep_pictures")),
            device: entry(entries.remove("device")),
            whole_frame: entry(entries.remove("whole_frame")),
            theme: entry(entries.remove("theme")),
            save_folder: entry(entries.remove("save_folder")),
            side_panel: entry(entries.remove("side_panel")),
            training_run: entry(entries.remove("training_run")),
        }
    }

    /// Writes the settings beside `path` and moves them over it, so that a crash leaves the old file.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
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

    /// The folder that Save writes to.
    pub fn save_folder(&self) -> PathBuf {
        self.save_folder.clone().unwrap_or_else(default_save_folder)
    }
}

/// One entry of the file, or its default where it does not fit.
fn entry<T: Default + for<'de> Deserialize<'de>>(value: Option<Value>) -> T {
    value.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
}

/// One of the numbers that are offered; the middle one where it is none of them.
fn sweep_pictures(value: Option<Value>) -> usize {
    let count: usize = entry(value);
    if PICTURE_COUNTS.contains(&count) { count } else { PICTURE_COUNTS[1] }
}

/// Where the settings lie on this system; `None` where it has no place for them.
pub fn settings_file() -> Option<PathBuf> {
    Some(ProjectDirs::from("", "", "agemirror")?.config_dir().join("settings.json"))
}

/// The folder `agemirror` among the user's pictures, or in the present folder where there is none.
pub fn default_save_folder() -> PathBuf {
    let pictures = UserDirs::new().map(|dirs| match dirs.picture_dir() {
        Some(pictures) => pictures.to_owned(),
        None => dirs.home_dir().join("Pictures"),
    });
    pictures.unwrap_or_default().join("agemirror")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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
            save_folder: Some("/somewhere".into()),
            side_panel: SidePanel::Readings,
            training_run: Some("/runs/mirror".into()),
        }
    }

    #[test]
    fn settings_come_back_as_they_went() {
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
    fn one_bad_entry_costs_only_itself() {
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
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"").unwrap();
        let error = unusual().store(&file.join("settings.json")).unwrap_err();
        assert!(error.to_string().contains("settings.json"));
    }
}
