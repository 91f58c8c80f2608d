//! Which convention a data set follows, and on what evidence.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::folders::{self, Groups};
use super::names::{BY_NAME, parse_name};
use super::{AgeLabel, Convention, Labelled, lists, pictures_in, tables, unlabelled};
use crate::dataset::DatasetError;

/// Names that are looked at to tell a convention.
const SAMPLED_NAMES: usize = 200;
/// How far a name and a folder may be apart, in years: a birthday that is not known.
const TOLERANCE_YEARS: f32 = 1.0;

/// How the labels of a data set are taken to be given, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The convention.
    pub convention: Convention,
    /// Why it is taken to be this one, in words.
    pub evidence: String,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { convention, evidence } = self;
        write!(
            f,
            "ages are taken from {} (--convention {}): {evidence}",
            convention.description(),
            convention.flag()
        )
    }
}

impl Choice {
    pub(super) fn given(convention: Convention) -> Self {
        Self { convention, evidence: "as --convention says".to_owned() }
    }
}

impl Convention {
    /// Where it has the ages, as in `names as in UTKFace`.
    pub fn description(self) -> &'static str {
        match self {
            Self::UtkFace => "names as in UTKFace",
            Self::Cacd => "names as in CACD",
            Self::FgNet => "names as in FG-NET",
            Self::Wiki => "names as in IMDB-WIKI",
            Self::Lists => "lists of files",
            Self::Folders => "the names of folders",
            Self::Labels => "labels.csv",
            Self::FfhqAging => "FFHQ-Aging's table",
        }
    }

    /// As the command line writes it.
    pub(super) fn flag(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// Tells the convention of the data set in `folder`; tables and lists come first, then names, then folders. Also gives
/// the pictures in it, where they were looked through.
///
/// # Errors
/// When the folder cannot be read or follows none.
pub(super) fn detect(folder: &Path) -> Result<(Choice, Option<Vec<PathBuf>>), DatasetError> {
    let by_file =
        |convention, file: String| (Choice { convention, evidence: format!("{file} is there") }, None);
    if folder.join("labels.csv").is_file() {
        return Ok(by_file(Convention::Labels, "labels.csv".to_owned()));
    }
    if let Some(table) = tables::ffhq_table(folder) {
        let name = table.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(by_file(Convention::FfhqAging, name));
    }
    if let Some(list) = lists::first(folder) {
        return Ok(by_file(Convention::Lists, list));
    }
    let pictures = pictures_in(folder)?;
    if let Some(choice) = by_names(&pictures) {
        return Ok((choice, Some(pictures)));
    }
    let groups = Groups::of(folder)?;
    if groups.are_plausible() {
        let evidence = format!("{}; the names of the pictures state no ages", groups.description());
        return Ok((Choice { convention: Convention::Folders, evidence }, None));
    }
    let example = pictures.into_iter().next().unwrap_or_default();
    Err(unlabelled(folder, &[(example, String::new())], groups.too_high_hint().unwrap_or_default()))
}

/// The convention that more than half of the names follow, and more than any other.
fn by_names(pictures: &[PathBuf]) -> Option<Choice> {
    let step = (pictures.len() / SAMPLED_NAMES).max(1);
    let looked_at: Vec<&PathBuf> = pictures.iter().step_by(step).collect();
    let fits = |convention: Convention| {
        looked_at.iter().filter(move |file| parse_name(convention, file).is_some()).count()
    };
    // `max_by_key` takes the last of several, so the order is turned round.
    let counted = BY_NAME.into_iter().rev().map(|convention| (fits(convention), convention));
    let (count, convention) = counted.max_by_key(|(count, _)| *count)?;
    if 2 * count <= looked_at.len() {
        return None;
    }
    let (example, age) =
        looked_at.iter().find_map(|file| Some((file.file_name()?, parse_name(convention, file)?.age)))?;
    let evidence = format!(
        "{count} of {} names looked at follow it, such as {} ({age} years)",
        looked_at.len(),
        example.to_string_lossy()
    );
    Some(Choice { convention, evidence })
}

/// What the folders say beside the names of `faces`, which follow `convention`; none where they say nothing.
///
/// # Errors
/// When they contradict the names.
pub(super) fn compare_with_folders(
    folder: &Path,
    convention: Convention,
    faces: &[Labelled],
) -> Result<Option<&'static str>, DatasetError> {
    let (mut numbered, mut wrong, mut all) = (BTreeMap::<usize, Vec<(f32, &Path)>>::new(), Vec::new(), 0);
    for face in faces {
        let (Some(of_folder), AgeLabel::Years { low: age, .. }) =
            (folder_label(folder, &face.file), face.age)
        else {
            continue;
        };
        all += 1;
        match of_folder {
            AgeLabel::Group(number) => numbered.entry(number).or_default().push((age, &face.file)),
            AgeLabel::Years { low, high } => {
                // A year ends on the next birthday.
                let range = low - TOLERANCE_YEARS..high + 1.0 + TOLERANCE_YEARS;
                if !range.contains(&age) {
                    wrong.push((age, face.file.as_path()));
                }
            }
        }
    }
    let said = match convention {
        _ if all == 0 => return Ok(None),
        Convention::FgNet if !numbered.is_empty() => "the numbers of its folders are those of the persons",
        Convention::Wiki if !numbered.is_empty() => "the numbers of its folders say nothing of ages",
        _ => {
            wrong.extend(out_of_order(&numbered));
            "its folders agree with the names"
        }
    };
    let Some((age, example)) = wrong.first() else { return Ok(Some(said)) };
    let inside = example.strip_prefix(folder).unwrap_or(example);
    Err(DatasetError::Contradiction {
        folder: folder.to_owned(),
        count: wrong.len(),
        all,
        example: format!("{} ({age} years by its name)", inside.display()),
        by_name: convention.flag(),
    })
}

/// Of folders that are numbered as groups of rising ages, the pictures that are younger than one in an earlier group.
fn out_of_order<'a>(groups: &BTreeMap<usize, Vec<(f32, &'a Path)>>) -> Vec<(f32, &'a Path)> {
    let (mut oldest, mut wrong) = (f32::NEG_INFINITY, Vec::new());
    for faces in groups.values() {
        wrong.extend(faces.iter().filter(|(age, _)| *age < oldest).copied());
        oldest = faces.iter().fold(oldest, |oldest, (age, _)| oldest.max(*age));
    }
    wrong
}

/// What the outermost folder says that `file` is in, below the data set's own.
fn folder_label(folder: &Path, file: &Path) -> Option<AgeLabel> {
    let mut parts = file.strip_prefix(folder).ok()?.components();
    let outermost = parts.next()?.as_os_str().to_str()?;
    parts.next()?;
    folders::label(outermost)
}
