//! Lists of files beside the pictures, as IPCGAN and its relatives have them.
//!
//! Either `train_age_group_0.txt`, `train_age_group_1.txt` and so on, whose lines begin with a path, or one
//! `train.txt` whose lines are a path and the number of a group. Paths are relative to the folder.

use std::path::{Path, PathBuf};

use super::{AgeLabel, Labelled, Reading};
use crate::dataset::DatasetError;

/// Groups whose lists are looked for.
const MOST_GROUPS: usize = 100;
const ALL: &str = "train.txt";

fn of_group(folder: &Path, group: usize) -> PathBuf {
    folder.join(format!("train_age_group_{group}.txt"))
}

pub(super) fn are_there(folder: &Path) -> bool {
    of_group(folder, 0).is_file() || folder.join(ALL).is_file()
}

pub(super) fn read(folder: &Path) -> Result<Reading, DatasetError> {
    let mut reading = Reading::default();
    let mut lists = (0..MOST_GROUPS)
        .map(|group| (group, of_group(folder, group)))
        .filter(|(_, l)| l.is_file())
        .peekable();
    if lists.peek().is_none() {
        reading.faces = lines(folder, &folder.join(ALL), None)?;
        return Ok(reading);
    }
    for (group, list) in lists {
        reading.faces.extend(lines(folder, &list, Some(group))?);
    }
    Ok(reading)
}

/// The pictures of one list; `group` is the list's own, or stands behind each path.
fn lines(folder: &Path, list: &Path, group: Option<usize>) -> Result<Vec<Labelled>, DatasetError> {
    let text = std::fs::read_to_string(list).map_err(DatasetError::io(list, "read"))?;
    let numbered = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let face = |(number, line): (u64, &str)| {
        let mut fields = line.split_whitespace();
        let path = fields.next().unwrap_or_default();
        let own = || fields.next().and_then(|field| field.parse().ok());
        let Some(group) = group.or_else(own) else {
            return Err(DatasetError::Field {
                file: list.to_owned(),
                line: number,
                column: "group",
                value: line.to_owned(),
                wanted: "a path and the number of a group",
            });
        };
        Ok(Labelled::new(folder.join(path), AgeLabel::Group(group), None))
    };
    numbered.map(face).collect()
}
