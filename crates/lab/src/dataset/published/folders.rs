//! Labels from one folder per age group.

use std::path::{Path, PathBuf};

use super::{AgeLabel, Labelled, Labels, pictures_in};
use crate::dataset::DatasetError;
use crate::dataset::labels::MAX_AGE_YEARS;

/// Folder numbers below this are age groups: no model has more than ten groups, while data sets have folders
/// for persons, or for the last two digits of a number.
const MAX_GROUPS: usize = 20;

/// The folders of age groups in a folder.
pub(super) struct Groups {
    /// Each folder with its label, sorted by name.
    folders: Vec<(PathBuf, AgeLabel)>,
}

impl Groups {
    /// Finds the folders of groups in `folder`.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(super) fn of(folder: &Path) -> Result<Self, DatasetError> {
        let entries = std::fs::read_dir(folder).map_err(DatasetError::io(folder, "read"))?;
        let inner = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir());
        let named = |path: PathBuf| Some((label(path.file_name()?.to_str()?)?, path));
        let mut folders: Vec<(PathBuf, AgeLabel)> =
            inner.filter_map(named).map(|(age, path)| (path, age)).collect();
        folders.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Self { folders })
    }

    /// Whether there are at least two, with plausible numbers.
    pub(super) fn are_plausible(&self) -> bool {
        self.folders.len() > 1 && self.highest_number().is_none_or(|number| number < MAX_GROUPS)
    }

    /// The highest folder number.
    pub(super) fn highest_number(&self) -> Option<usize> {
        let number = |age: &AgeLabel| match age {
            AgeLabel::Group(number) => Some(*number),
            AgeLabel::Years { .. } => None,
        };
        self.folders.iter().filter_map(|(_, age)| number(age)).max()
    }

    /// Text for an error if the numbers are too high for age groups.
    pub(super) fn too_high_hint(&self) -> Option<String> {
        let highest = self.highest_number().filter(|number| *number >= MAX_GROUPS)?;
        Some(format!(
            ". Its folders have numbers up to {highest}, too high for age groups; --convention folders \
             uses them as groups anyway"
        ))
    }

    /// As text, such as `5 folders of groups, such as 21-30`.
    pub(super) fn description(&self) -> String {
        let example = self.folders.first().and_then(|(path, _)| path.file_name()).unwrap_or_default();
        format!("{} folders of groups, such as {}", self.folders.len(), example.to_string_lossy())
    }
}

/// Reads the pictures in the folders of groups; other folders are ignored.
pub(super) fn read(folder: &Path) -> Result<Labels, DatasetError> {
    let mut labels = Labels::default();
    for (group, age) in Groups::of(folder)?.folders {
        let files = pictures_in(&group)?;
        labels.faces.extend(files.into_iter().map(|file| Labelled::new(file, age, None)));
    }
    Ok(labels)
}

/// Parses `3`, `21-30`, `21_30`, `51+`, `70-`; a single number is that of a group.
pub(super) fn label(name: &str) -> Option<AgeLabel> {
    let number = |text: &str| text.trim().parse::<u8>().ok();
    if let Some(group) = number(name) {
        return Some(AgeLabel::Group(usize::from(group)));
    }
    let (low, high) = name.split_once(['-', '_', '+'])?;
    let low = f32::from(number(low)?);
    let high = if high.is_empty() { MAX_AGE_YEARS } else { f32::from(number(high)?) };
    (low <= high).then_some(AgeLabel::Years { low, high })
}
