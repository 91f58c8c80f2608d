//! The file that describes an exhibit.

use std::path::{Path, PathBuf};

use agemirror_faces::age::{OLDEST_AGE, YOUNGEST_AGE};
use agemirror_faces::aging::models;
use serde::Deserialize;

use crate::camera::CameraSettings;
use crate::text::{Choice, Language, number, text};

mod parts;

pub use parts::{Colors, ExhibitLayout, Photo, Play, Texts, color};

/// An exhibit file with every key, its default and what it does.
pub const TEMPLATE: &str = include_str!("../../assets/exhibit.toml");

/// Longest time that a key of the file may set, in seconds.
const MAX_SECONDS: f32 = 3600.0;
/// Largest number of ages that a strip or the tiles show.
const MAX_AGES: usize = 10;

/// Why an exhibit file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExhibitError {
    /// The file cannot be read.
    #[error(
        "{} cannot be read: {cause}; `agemirror live --exhibit-template` prints a file to start with", file.display()
    )]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's error.
        cause: std::io::Error,
    },
    /// The file is not valid TOML, or a key is unknown or has a wrong type.
    #[error("{} is not a valid exhibit file: {cause}; `agemirror live --exhibit-template` prints a valid one", file.display())]
    Invalid {
        /// The file.
        file: PathBuf,
        /// The parser's message, with the line.
        cause: String,
    },
    /// A value is out of range.
    #[error("{}: {key} {reason}", file.display())]
    Value {
        /// The file.
        file: PathBuf,
        /// The key.
        key: &'static str,
        /// What is wrong, and what is allowed.
        reason: String,
    },
}

/// An exhibit.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Exhibit {
    /// Name, path or number of the camera; empty takes the first usable one.
    pub camera: String,
    /// Language of the texts, such as `de`; empty takes the system's.
    pub language: String,
    /// Name of a model.
    pub model: String,
    /// How ages are shown.
    pub layout: ExhibitLayout,
    /// Ages of tiles and strips, in years.
    pub ages: Vec<f32>,
    /// Whether every visitor is aged (four at most) or only the one in front.
    pub everybody: bool,
    /// Time without a face until the invitation returns, in seconds.
    pub idle: f32,
    /// Picture of the invitation; empty shows the texts alone.
    pub picture: PathBuf,
    /// Logo in the lower right corner; empty shows none.
    pub logo: PathBuf,
    /// Table of daily counts; empty uses `exhibit.csv` in the program's data folder.
    pub log: PathBuf,
    /// The play of the large picture.
    pub play: Play,
    /// The photograph.
    pub photo: Photo,
    /// The texts.
    pub texts: Texts,
    /// The colors.
    pub colors: Colors,
}

impl Default for Exhibit {
    fn default() -> Self {
        Self {
            camera: String::new(),
            language: String::new(),
            model: "mirror".to_owned(),
            layout: ExhibitLayout::default(),
            ages: vec![8.0, 18.0, 30.0, 45.0, 60.0, 75.0],
            everybody: true,
            idle: 8.0,
            picture: PathBuf::new(),
            logo: PathBuf::new(),
            log: PathBuf::new(),
            play: Play::default(),
            photo: Photo::default(),
            texts: Texts::default(),
            colors: Colors::default(),
        }
    }
}

impl Exhibit {
    /// The settings of its camera.
    pub fn camera_settings(&self) -> CameraSettings {
        let name = Some(self.camera.clone()).filter(|name| !name.is_empty());
        CameraSettings { name, ..CameraSettings::default() }
    }

    /// Reads the exhibit in `file`. Relative paths in it start at the file's folder.
    ///
    /// # Errors
    /// When the file cannot be read or is not valid; the message names the file, the key and what is allowed.
    pub fn load(file: &Path) -> Result<Self, ExhibitError> {
        let text = std::fs::read_to_string(file)
            .map_err(|cause| ExhibitError::Unreadable { file: file.to_owned(), cause })?;
        let mut exhibit: Self = toml::from_str(&text).map_err(|error| ExhibitError::Invalid {
            file: file.to_owned(),
            cause: error.to_string().trim_end().replace('\n', " "),
        })?;
        let folder = file.parent().unwrap_or(Path::new("."));
        for path in [&mut exhibit.picture, &mut exhibit.logo, &mut exhibit.log, &mut exhibit.photo.save_to] {
            if let Some(relative) = given(path) {
                *path = folder.join(relative);
            }
        }
        exhibit.check().map_err(|(key, reason)| ExhibitError::Value {
            file: file.to_owned(),
            key,
            reason,
        })?;
        Ok(exhibit)
    }

    /// Checks every value; an error has the key and the reason.
    fn check(&self) -> Result<(), (&'static str, String)> {
        self.check_ages()?;
        let seconds = |key, value: f32| match (1.0..=MAX_SECONDS).contains(&value) {
            true => Ok(()),
            false => Err((key, format!("is {value}, but must be 1 to {MAX_SECONDS} seconds"))),
        };
        seconds("play.seconds", self.play.seconds)?;
        seconds("idle", self.idle)?;
        seconds("photo.countdown", self.photo.countdown)?;
        seconds("photo.shown", self.photo.shown)?;
        let file = |key, path: &Path| match given(path).is_none_or(Path::is_file) {
            true => Ok(()),
            false => Err((
                key,
                format!("names {}, which is not a file; correct it or remove the line", path.display()),
            )),
        };
        file("picture", &self.picture)?;
        file("logo", &self.logo)?;
        self.check_words()
    }

    fn check_ages(&self) -> Result<(), (&'static str, String)> {
        let age = |key, age: f32| match (YOUNGEST_AGE..=OLDEST_AGE).contains(&age) {
            true => Ok(()),
            false => Err((key, format!("is {age}, but must be {YOUNGEST_AGE} to {OLDEST_AGE} years"))),
        };
        self.ages.iter().try_for_each(|years| age("ages", *years))?;
        if self.ages.is_empty() || self.ages.len() > MAX_AGES {
            return Err(("ages", format!("has {} ages, but must have 1 to {MAX_AGES}", self.ages.len())));
        }
        age("play.youngest", self.play.youngest)?;
        age("play.oldest", self.play.oldest)?;
        match self.play.youngest < self.play.oldest {
            true => Ok(()),
            false => Err(("play.youngest", "must be less than play.oldest".to_owned())),
        }
    }

    /// Checks the language, the model and the colours.
    fn check_words(&self) -> Result<(), (&'static str, String)> {
        if !self.language.is_empty() && Language::of_locale(&self.language).is_none() {
            let tags = Language::ALL.map(Language::tag).join(", ");
            return Err(("language", format!("is {:?}, but must be one of {tags}, or empty", self.language)));
        }
        if !models().iter().any(|model| model.name == self.model) {
            let names: Vec<&str> = models().iter().map(|model| model.name).collect();
            return Err(("model", format!("is {:?}, but must be one of {}", self.model, names.join(", "))));
        }
        let colors = &self.colors;
        for (key, value) in [
            ("colors.background", &colors.background),
            ("colors.text", &colors.text),
            ("colors.accent", &colors.accent),
        ] {
            if color(value).is_none() {
                return Err((key, format!("is {value:?}, but must look like #1a2b3c")));
            }
        }
        Ok(())
    }

    /// Whether strips are saved.
    pub fn saves(&self) -> bool {
        given(&self.photo.save_to).is_some()
    }

    /// The language of the texts.
    pub fn language(&self) -> Language {
        Language::of_locale(&self.language).unwrap_or_else(|| Choice::of_system().language)
    }

    /// The caption of an age in years.
    pub fn caption(&self, age: f32) -> String {
        match self.texts.age.is_empty() {
            true => text!("years", years = number(age, 0)),
            false => self.texts.age.replace("{age}", &number(age, 0).text()),
        }
    }
}

/// A path of the file, `None` if it is empty.
pub(super) fn given(path: &Path) -> Option<&Path> {
    Some(path).filter(|path| !path.as_os_str().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Exhibit, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("exhibit.toml");
        std::fs::write(&file, text).unwrap();
        Exhibit::load(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn the_template_contains_every_default() {
        assert_eq!(load(TEMPLATE).unwrap(), Exhibit::default());
        let table: toml::Table = TEMPLATE.parse().unwrap();
        let keys =
            ["camera", "language", "model", "layout", "ages", "everybody", "idle", "picture", "logo", "log"];
        for key in keys.into_iter().chain(["play", "photo", "texts", "colors"]) {
            assert!(table.contains_key(key), "{key}");
        }
    }

    #[test]
    fn an_empty_file_is_the_default_exhibit() {
        assert_eq!(load("").unwrap(), Exhibit::default());
    }

    #[test]
    fn mistakes_name_the_file_the_key_and_what_is_allowed() {
        for (text, words) in [
            ("colour = 1", vec!["exhibit.toml", "unknown field", "colour", "--exhibit-template"]),
            ("logo = \"gone.png\"", vec!["exhibit.toml: logo", "gone.png", "remove the line"]),
            ("ages = [5, 120]", vec!["ages", "120", "85"]),
            ("ages = []", vec!["ages", "1 to 10"]),
            ("idle = 0", vec!["idle", "1 to 3600 seconds"]),
            ("language = \"ko\"", vec!["language", "ko", "en, de, fr", "empty"]),
            ("model = \"time\"", vec!["model", "time", "mirror"]),
            ("[colors]\ntext = \"white\"", vec!["colors.text", "#1a2b3c"]),
            ("[play]\nyoungest = 60\noldest = 20", vec!["play.youngest", "less than"]),
            ("ages = 5", vec!["not a valid exhibit file"]),
        ] {
            let error = load(text).unwrap_err();
            assert!(words.iter().all(|word| error.contains(word)), "{text}: {error}");
        }
        let missing = Exhibit::load(Path::new("no/exhibit.toml")).unwrap_err().to_string();
        assert!(missing.starts_with("no/exhibit.toml cannot be read"), "{missing}");
        assert!(missing.contains("--exhibit-template"), "{missing}");
    }

    #[test]
    fn paths_start_at_the_folder_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("logo.png"), b"").unwrap();
        let file = folder.path().join("exhibit.toml");
        std::fs::write(&file, "logo = \"logo.png\"\n[photo]\nsave_to = \"strips\"").unwrap();
        let exhibit = Exhibit::load(&file).unwrap();
        assert_eq!(exhibit.logo, folder.path().join("logo.png"));
        assert!(exhibit.saves() && exhibit.photo.save_to == folder.path().join("strips"));
    }
}
