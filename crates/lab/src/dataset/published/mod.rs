//! Folders of faces by the conventions under which data sets are published: labels in the names of the files,
//! in the names of the folders, or in lists and tables beside them.

mod choice;
mod folders;
mod lists;
mod names;
mod tables;
mod walk;

use std::path::{Path, PathBuf};

use super::{DatasetError, Gender};
use agemirror_faces::age::OPEN_GROUP_END;
use agemirror_faces::face::FivePoints;

pub use choice::Choice;
pub use lists::listed_files;

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
    /// the next year begins, and one whose last year is [`OPEN_GROUP_END`] or more is open.
    pub fn group_in(self, groups: &[(u8, u8)]) -> Option<usize> {
        match self {
            Self::Group(group) => (group < groups.len()).then_some(group),
            Self::Years { low, high } => {
                let middle = (low + high) / 2.0;
                groups.iter().position(|(first, last)| {
                    middle >= f32::from(*first)
                        && (*last >= OPEN_GROUP_END || middle < f32::from(*last) + 1.0)
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
    #[serde(rename = "utkface")]
    UtkFace,
    /// Names `age_Name_Of_Person_0001.jpg`; the age is the first number
    Cacd,
    /// Names `001A16.jpg`: person, age, and a letter where there are several
    #[value(name = "fgnet")]
    #[serde(rename = "fgnet")]
    FgNet,
    /// Names `id_birth-date_year.jpg` or `nm.._rm.._birth-date_year.jpg`, as in IMDB-WIKI
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
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The labelled pictures, in the order of their files or of the lists.
    pub faces: Vec<Labelled>,
    /// Pictures without a label that could be understood, and empty lines of tables, each with the reason.
    pub skipped: Vec<(PathBuf, String)>,
    /// The convention that it was read by.
    pub choice: Choice,
}

/// What was read by one convention.
#[derive(Default)]
struct Labels {
    faces: Vec<Labelled>,
    skipped: Vec<(PathBuf, String)>,
}

/// Reads the data set in `folder`; the convention is told from what is there unless it is given.
///
/// # Errors
/// When the folder cannot be read, no convention fits, names and folders contradict each other and none is given, or
/// a list or table is damaged.
pub fn read_published(folder: &Path, given: Option<Convention>) -> Result<Reading, DatasetError> {
    let (mut choice, pictures) = match given {
        Some(convention) => (Choice::given(convention), None),
        None => choice::detect(folder)?,
    };
    let Labels { faces, skipped } = match choice.convention {
        Convention::Lists => lists::read(folder)?,
        Convention::Labels => tables::read_labels_csv(folder)?,
        Convention::FfhqAging => tables::read_ffhq_aging(folder)?,
        Convention::Folders => folders::read(folder)?,
        by_name => by_names(pictures.map_or_else(|| pictures_in(folder), Ok)?, by_name),
    };
    if faces.is_empty() {
        return Err(unlabelled(folder, &skipped, String::new()));
    }
    if given.is_none() && names::BY_NAME.contains(&choice.convention) {
        let said = choice::compare_with_folders(folder, choice.convention, &faces)?;
        choice.evidence.extend(said.into_iter().flat_map(|said| ["; ", said]));
    }
    Ok(Reading { faces, skipped, choice })
}

/// The pictures in a folder, which are told apart by nothing.
///
/// # Errors
/// When it cannot be read or holds no picture.
pub fn pictures_in(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    walk::pictures_below(folder, walk::MAX_FILES)
}

fn by_names(pictures: Vec<PathBuf>, convention: Convention) -> Labels {
    let mut labels = Labels::default();
    for file in pictures {
        match names::parse_name(convention, &file) {
            Some(stated) if stated.is_possible() => {
                labels.faces.push(Labelled::new(file, AgeLabel::exact(stated.age), stated.gender));
            }
            Some(stated) => {
                labels.skipped.push((file, format!("its name states an age of {} years", stated.age)));
            }
            None => labels.skipped.push((file, "its name states no age".to_owned())),
        }
    }
    labels
}

fn unlabelled(folder: &Path, skipped: &[(PathBuf, String)], hint: String) -> DatasetError {
    let example =
        skipped.first().map(|(file, _)| file.file_name().unwrap_or_default().to_string_lossy().into_owned());
    DatasetError::Unlabelled {
        folder: folder.to_owned(),
        example: example.unwrap_or_else(|| "none".to_owned()),
        hint,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
