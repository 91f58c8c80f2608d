//! A folder for each group of ages.

use std::path::{Path, PathBuf};

use super::{AgeLabel, Labelled, Reading, pictures_in};
use crate::dataset::DatasetError;
use crate::dataset::labels::OLDEST;

/// Whether `folder` holds two folders of groups at least.
pub(super) fn are_there(folder: &Path) -> bool {
    groups(folder).is_ok_and(|groups| groups.len() > 1)
}

/// Reads the pictures in the folders of groups; other folders are passed over.
pub(super) fn read(folder: &Path) -> Result<Reading, DatasetError> {
    let mut reading = Reading::default();
    for (group, age) in groups(folder)? {
        let files = pictures_in(&group)?;
        reading.faces.extend(files.into_iter().map(|file| Labelled::new(file, age, None)));
    }
    Ok(reading)
}

/// The folders of groups in `folder`, sorted by their names.
fn groups(folder: &Path) -> Result<Vec<(PathBuf, AgeLabel)>, DatasetError> {
    let entries = std::fs::read_dir(folder).map_err(DatasetError::io(folder, "read"))?;
    let inner = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir());
    let named = |path: PathBuf| Some((label(path.file_name()?.to_str()?)?, path));
    let mut found: Vec<(PathBuf, AgeLabel)> =
        inner.filter_map(named).map(|(age, path)| (path, age)).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// `3`, `21-30`, `21_30`, `51+`, `70-`: a number alone is that of a group.
pub(super) fn label(name: &str) -> Option<AgeLabel> {
    let number = |text: &str| text.trim().parse::<u8>().ok();
    if let Some(group) = number(name) {
        return Some(AgeLabel::Group(usize::from(group)));
    }
    let (low, high) = name.split_once(['-', '_', '+'])?;
    let low = f32::from(number(low)?);
    let high = if high.is_empty() { OLDEST } else { f32::from(number(high)?) };
    (low <= high).then_some(AgeLabel::Years { low, high })
}
