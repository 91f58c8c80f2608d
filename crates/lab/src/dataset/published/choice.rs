//! Detects the convention of a data set, with evidence.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::folders::{self, Groups};
use super::names::{BY_NAME, parse_name};
use super::{AgeLabel, Convention, Labelled, lists, pictures_in, tables, unlabelled};
use crate::dataset::DatasetError;

/// Maximum number of names inspected to detect a convention.
const SAMPLED_NAMES: usize = 200;
/// Tolerated difference between the ages of name and folder, in years: the birthday is unknown.
const TOLERANCE_YEARS: f32 = 1.0;

/// The convention of a data set's labels, and the evidence for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Choice {
    /// The convention.
    pub convention: Convention,
    /// The evidence, as text.
    pub evidence: String,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { convention, evidence } = self;
        write!(
            f,
            "ages come from {} (--convention {}): {evidence}",
            convention.description(),
            convention.flag()
        )
    }
}

impl Choice {
    pub(super) fn given(convention: Convention) -> Self {
        Self { convention, evidence: "given by --convention".to_owned() }
    }
}

impl Convention {
    /// The source of the ages as text, such as `names as in UTKFace`.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::UtkFace => "file names as in UTKFace",
            Self::Cacd => "file names as in CACD",
            Self::FgNet => "file names as in FG-NET",
            Self::Wiki => "file names as in IMDB-WIKI",
            Self::Lists => "lists of files",
            Self::Folders => "folder names",
            Self::Labels => "labels.csv",
            Self::FfhqAging => "FFHQ-Aging's table",
        }
    }

    /// Its command-line value.
    pub(super) fn flag(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// Detects the convention of the data set in `folder`: tables and lists first, then file names, then folders.
/// Also returns the pictures if they were listed.
///
/// # Errors
/// When the folder cannot be read or follows no convention.
pub(super) fn detect(folder: &Path) -> Result<(Choice, Option<Vec<PathBuf>>), DatasetError> {
    let by_file =
        |convention, file: String| (Choice { convention, evidence: format!("{file} exists") }, None);
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
        let evidence = format!("{}; the file names state no ages", groups.description());
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
    // `max_by_key` returns the last maximum, so the order is reversed.
    let counted = BY_NAME.into_iter().rev().map(|convention| (fits(convention), convention));
    let (count, convention) = counted.max_by_key(|(count, _)| *count)?;
    if 2 * count <= looked_at.len() {
        return None;
    }
    let (example, age) =
        looked_at.iter().find_map(|file| Some((file.file_name()?, parse_name(convention, file)?.age)))?;
    let evidence = format!(
        "{count} of {} names inspected follow it, such as {} ({age} years)",
        looked_at.len(),
        example.to_string_lossy()
    );
    Some(Choice { convention, evidence })
}

/// Compares the folders with the names of `faces`, which follow `convention`. Returns a remark, or `None` if
/// the folders have no labels.
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
                // The last year ends on the next birthday.
                let range = low - TOLERANCE_YEARS..high + 1.0 + TOLERANCE_YEARS;
                if !range.contains(&age) {
                    wrong.push((age, face.file.as_path()));
                }
            }
        }
    }
    let remark = match convention {
        _ if all == 0 => return Ok(None),
        Convention::FgNet if !numbered.is_empty() => "its folder numbers identify the persons",
        Convention::Wiki if !numbered.is_empty() => "its folder numbers have nothing to do with ages",
        _ => {
            wrong.extend(out_of_order(&numbered));
            "its folders agree with the names"
        }
    };
    let Some((age, example)) = wrong.first() else { return Ok(Some(remark)) };
    let inside = example.strip_prefix(folder).unwrap_or(example);
    Err(DatasetError::Contradiction {
        folder: folder.to_owned(),
        count: wrong.len(),
        all,
        example: format!("{} ({age} years according to its name)", inside.display()),
        by_name: convention.flag(),
    })
}

/// For folders numbered as groups of rising ages: the pictures that are younger than one in an earlier group.
fn out_of_order<'a>(groups: &BTreeMap<usize, Vec<(f32, &'a Path)>>) -> Vec<(f32, &'a Path)> {
    let (mut oldest, mut wrong) = (f32::NEG_INFINITY, Vec::new());
    for faces in groups.values() {
        wrong.extend(faces.iter().filter(|(age, _)| *age < oldest).copied());
        oldest = faces.iter().fold(oldest, |oldest, (age, _)| oldest.max(*age));
    }
    wrong
}

/// The label of the outermost folder of `file`, below the data set's own folder.
fn folder_label(folder: &Path, file: &Path) -> Option<AgeLabel> {
    let mut parts = file.strip_prefix(folder).ok()?.components();
    let outermost = parts.next()?.as_os_str().to_str()?;
    parts.next()?;
    folders::label(outermost)
}
