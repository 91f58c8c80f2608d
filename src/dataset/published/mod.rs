//! Folders of faces by the conventions under which data sets are published: labels in the names of the files,
//! in the names of the folders, or in lists and tables beside them.

mod folders;
mod lists;
mod names;
mod tables;

use std::path::{Path, PathBuf};

use super::{DatasetError, Gender};
use crate::aging::OLDEST_YEAR;
use crate::camera::collect_pictures;
use crate::face::FivePoints;

/// What is known of the age on a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AgeLabel {
    /// Years, from the youngest to the oldest that the person can be; equal where the age is exact.
    Years {
        /// The youngest age.
        low: f32,
        /// The oldest age.
        high: f32,
    },
    /// The number of a group, counted from 0, whose years the data set does not say.
    Group(usize),
}

impl AgeLabel {
    /// An age that is known exactly.
    pub fn exact(years: f32) -> Self {
        Self::Years { low: years, high: years }
    }

    /// The place in `groups` (first and last year of each, in rising order) where the middle of the age lies,
    /// if there is one. A group reaches up to the birthday on which
    /// the next year begins, and one whose last year is [`OLDEST_YEAR`] or more is open.
    pub fn group_in(self, groups: &[(u8, u8)]) -> Option<usize> {
        match self {
            Self::Group(group) => (group < groups.len()).then_some(group),
            Self::Years { low, high } => {
                let middle = (low + high) / 2.0;
                groups.iter().position(|(first, last)| {
                    middle >= f32::from(*first) && (*last >= OLDEST_YEAR || middle < f32::from(*last) + 1.0)
                })
            }
        }
    }
}

/// A picture of one face with its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// The picture.
    pub file: PathBuf,
    /// The age.
    pub age: AgeLabel,
    /// The gender, where it is labelled.
    pub gender: Option<Gender>,
    /// The landmarks in pixels of the picture, where they are given.
    pub points: Option<FivePoints>,
}

impl Labelled {
    fn new(file: PathBuf, age: AgeLabel, gender: Option<Gender>) -> Self {
        Self { file, age, gender, points: None }
    }
}

/// How the labels of a data set are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Convention {
    /// Names `age_gender_race_date.jpg`, gender 0 for male and 1 for female
    #[value(name = "utkface")]
    UtkFace,
    /// Names `age_Name_Of_Person_0001.jpg`
    Cacd,
    /// Names `001A16.jpg`: person, age, and a letter where there are several
    #[value(name = "fgnet")]
    FgNet,
    /// Names `id_birth-date_year.jpg`, as of IMDB-WIKI
    Wiki,
    /// Lists `train_age_group_0.txt` and so on, or `train.txt` with a group behind each path
    Lists,
    /// A folder for each group: `0`, `1`, .. or years such as `21-30` and `51+`
    Folders,
    /// A table `labels.csv` with the columns file, age (or age_low and age_high) and gender
    Labels,
    /// The table of FFHQ-Aging beside its pictures
    FfhqAging,
}

/// What was read of a data set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The labelled pictures, in the order of their files or of the lists.
    pub faces: Vec<Labelled>,
    /// Pictures without a label that could be understood, each with the reason.
    pub skipped: Vec<(PathBuf, String)>,
}

/// Reads the data set in `folder`; the convention is told from what lies there unless it is given.
///
/// # Errors
/// When the folder cannot be read, no convention fits, or a list or table is damaged.
pub fn read_published(folder: &Path, convention: Option<Convention>) -> Result<Reading, DatasetError> {
    let convention = match convention {
        Some(convention) => convention,
        None => recognise(folder)?,
    };
    let reading = match convention {
        Convention::Lists => lists::read(folder)?,
        Convention::Labels => tables::read_labels_csv(folder)?,
        Convention::FfhqAging => tables::read_ffhq_aging(folder)?,
        Convention::Folders => folders::read(folder)?,
        by_name => by_names(folder, by_name)?,
    };
    if reading.faces.is_empty() {
        return Err(unlabelled(folder, &reading.skipped));
    }
    Ok(reading)
}

/// The pictures in a folder, which are told apart by nothing.
///
/// # Errors
/// When it cannot be read or holds no picture.
pub fn pictures_in(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let (pictures, errors) = collect_pictures(&[folder.to_owned()]);
    match errors.into_iter().next() {
        Some(error) => Err(DatasetError::Pictures(error)),
        None => Ok(pictures),
    }
}

/// Names that are looked at to tell a convention.
const LOOKED_AT: usize = 200;

fn recognise(folder: &Path) -> Result<Convention, DatasetError> {
    if folder.join("labels.csv").is_file() {
        return Ok(Convention::Labels);
    }
    if tables::ffhq_table(folder).is_some() {
        return Ok(Convention::FfhqAging);
    }
    if lists::are_there(folder) {
        return Ok(Convention::Lists);
    }
    let named = by_most_names(folder)?;
    match named {
        // IMDB-WIKI's folders bear numbers that mean nothing.
        Ok(convention @ Convention::Wiki) => Ok(convention),
        _ if folders::are_there(folder) => Ok(Convention::Folders),
        named => named.map_err(|example| unlabelled(folder, &[(example, String::new())])),
    }
}

/// The convention that most names in a folder follow, or a file whose name follows none.
fn by_most_names(folder: &Path) -> Result<Result<Convention, PathBuf>, DatasetError> {
    let pictures = pictures_in(folder)?;
    let step = (pictures.len() / LOOKED_AT).max(1);
    let looked_at: Vec<&PathBuf> = pictures.iter().step_by(step).collect();
    let by_name = [Convention::UtkFace, Convention::Wiki, Convention::FgNet, Convention::Cacd];
    for convention in by_name {
        let fits = looked_at.iter().filter(|file| names::label(convention, file).is_some()).count();
        if 2 * fits > looked_at.len() {
            return Ok(Ok(convention));
        }
    }
    Ok(Err(pictures.into_iter().next().unwrap_or_default()))
}

fn by_names(folder: &Path, convention: Convention) -> Result<Reading, DatasetError> {
    let mut reading = Reading::default();
    for file in pictures_in(folder)? {
        match names::label(convention, &file) {
            Some((age, gender)) => reading.faces.push(Labelled::new(file, AgeLabel::exact(age), gender)),
            None => reading.skipped.push((file, "its name states no age".to_owned())),
        }
    }
    Ok(reading)
}

fn unlabelled(folder: &Path, skipped: &[(PathBuf, String)]) -> DatasetError {
    let example =
        skipped.first().map(|(file, _)| file.file_name().unwrap_or_default().to_string_lossy().into_owned());
    DatasetError::Unlabelled {
        folder: folder.to_owned(),
        example: example.unwrap_or_else(|| "none".to_owned()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
