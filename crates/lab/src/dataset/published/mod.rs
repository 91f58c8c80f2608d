//! Data sets in the formats in which they are published: labels in the names of files or folders, or in lists
//! and tables.

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

pub(crate) use choice::Choice;
pub(crate) use lists::listed_files;

/// The age label of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum AgeLabel {
    /// Age range in years; both ends are equal if the age is exact.
    Years {
        /// The youngest possible age.
        low: f32,
        /// The oldest possible age.
        high: f32,
    },
    /// Index of a group, counted from 0, whose years the data set does not state.
    Group(usize),
}

impl AgeLabel {
    /// An exact age in years.
    pub(crate) fn exact(years: f32) -> Self {
        Self::Years { low: years, high: years }
    }

    /// The index in `groups` (first and last year of each, rising) of the middle of the age range, if any. A
    /// group ends on the birthday on which the next year begins; a group whose last year is [`OPEN_GROUP_END`]
    /// or more has no upper end.
    pub(crate) fn group_in(self, groups: &[(u8, u8)]) -> Option<usize> {
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

/// A labelled picture of one face.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Labelled {
    /// The picture.
    pub file: PathBuf,
    /// The age.
    pub age: AgeLabel,
    /// The gender, if labelled.
    pub gender: Option<Gender>,
    /// The landmarks in pixels of the picture, if given.
    pub points: Option<FivePoints>,
}

impl Labelled {
    fn new(file: PathBuf, age: AgeLabel, gender: Option<Gender>) -> Self {
        Self { file, age, gender, points: None }
    }
}

/// Where a data set has its labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Convention {
    /// File names `age_gender_race_date.jpg`, gender 0 for male and 1 for female
    #[value(name = "utkface")]
    #[serde(rename = "utkface")]
    UtkFace,
    /// File names `age_Name_Of_Person_0001.jpg`; the age is the first number
    Cacd,
    /// File names `001A16.jpg`: person, age, and a letter if there are several
    #[value(name = "fgnet")]
    #[serde(rename = "fgnet")]
    FgNet,
    /// File names `id_birth-date_year.jpg` or `nm.._rm.._birth-date_year.jpg`, as in IMDB-WIKI
    Wiki,
    /// Lists `train_age_group_0.txt` and so on, or `train.txt` with a group after each path
    Lists,
    /// One folder per group: `0`, `1`, .. or years such as `21-30` and `51+`
    Folders,
    /// A table `labels.csv` with the columns file, age (or age_low and age_high) and gender
    Labels,
    /// The table of FFHQ-Aging next to its pictures
    FfhqAging,
}

/// A data set as read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reading {
    /// The labelled pictures, in the order of their files or of the lists.
    pub faces: Vec<Labelled>,
    /// Pictures without a valid label, and blank lines of tables, with the reason.
    pub skipped: Vec<(PathBuf, String)>,
    /// The convention of the labels.
    pub choice: Choice,
}

/// Labels read by one convention.
#[derive(Default)]
struct Labels {
    faces: Vec<Labelled>,
    skipped: Vec<(PathBuf, String)>,
}

/// Reads the data set in `folder`; its convention is detected unless given.
///
/// # Errors
/// When the folder cannot be read, no convention fits, file names and folders contradict each other and no
/// convention is given, or a list or table is damaged.
pub(crate) fn read_published(folder: &Path, given: Option<Convention>) -> Result<Reading, DatasetError> {
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
        let remark = choice::compare_with_folders(folder, choice.convention, &faces)?;
        choice.evidence.extend(remark.into_iter().flat_map(|remark| ["; ", remark]));
    }
    Ok(Reading { faces, skipped, choice })
}

/// All pictures in a folder and its subfolders.
///
/// # Errors
/// When the folder cannot be read or has no pictures.
pub(crate) fn pictures_in(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
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
mod tests;
