//! Labels from lists of files, in the format of IPCGAN and related programs.
//!
//! Either `train_age_group_0.txt`, `train_age_group_1.txt` and so on, whose lines begin with a path, or one
//! `train.txt` whose lines have a path and the number of a group. Paths are relative to the folder.

use std::path::{Path, PathBuf};

use super::{AgeLabel, Labelled, Labels};
use crate::dataset::DatasetError;
use crate::dataset::text::read_text;

/// Maximum number of groups with lists.
const MAX_GROUPS: usize = 100;
const ALL: &str = "train.txt";

fn of_group(group: usize) -> String {
    format!("train_age_group_{group}.txt")
}

/// The name of a list in `folder`, if there is one.
pub(super) fn first(folder: &Path) -> Option<String> {
    [of_group(0), ALL.to_owned()].into_iter().find(|name| folder.join(name).is_file())
}

pub(super) fn read(folder: &Path) -> Result<Labels, DatasetError> {
    let mut labels = Labels::default();
    let mut lists = (0..MAX_GROUPS)
        .map(|group| (group, folder.join(of_group(group))))
        .filter(|(_, list)| list.is_file())
        .peekable();
    if lists.peek().is_none() {
        labels.faces = labelled(folder, &folder.join(ALL), None)?;
        return Ok(labels);
    }
    for (group, list) in lists {
        labels.faces.extend(labelled(folder, &list, Some(group))?);
    }
    Ok(labels)
}

/// The files in the list `list`, in its order; paths are relative to `folder`.
///
/// # Errors
/// When the list cannot be read.
pub(crate) fn listed_files(list: &Path, folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    Ok(lines(folder, list)?.into_iter().map(|line| line.path).collect())
}

/// A line of a list.
struct Line {
    number: u64,
    text: String,
    path: PathBuf,
    /// The first number after the path.
    group: Option<usize>,
}

fn lines(folder: &Path, list: &Path) -> Result<Vec<Line>, DatasetError> {
    let text = read_text(list).map_err(DatasetError::io(list, "read"))?;
    let numbered = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
    let line = |(number, text): (u64, &str)| {
        let (path, group) = split_line(text, |path| folder.join(path).is_file());
        Line { number, text: text.to_owned(), path: folder.join(path), group }
    };
    Ok(numbered.map(line).collect())
}

/// Splits a line into its path, which may contain spaces, and the first of the numbers after it. `exists` is
/// only called for paths with spaces.
fn split_line(line: &str, exists: impl Fn(&str) -> bool) -> (&str, Option<usize>) {
    let (mut path, mut group) = (line, None);
    while let Some((before, last)) = path.rsplit_once(char::is_whitespace) {
        let Ok(number) = last.parse() else { break };
        (path, group) = (before.trim_end(), Some(number));
    }
    let first = line.split_whitespace().next().unwrap_or_default();
    if path.contains(char::is_whitespace) && !exists(path) && exists(first) {
        // Other columns than numbers follow the path.
        let number = line[first.len()..].split_whitespace().next().and_then(|field| field.parse().ok());
        return (first, number);
    }
    (path, group)
}

/// The pictures of one list; without `group`, a number after each path is its group.
fn labelled(folder: &Path, list: &Path, group: Option<usize>) -> Result<Vec<Labelled>, DatasetError> {
    let face = |line: Line| match group.or(line.group) {
        Some(group) => Ok(Labelled::new(line.path, AgeLabel::Group(group), None)),
        None => Err(DatasetError::Field {
            file: list.to_owned(),
            line: line.number,
            column: "group",
            value: line.text,
            expected: "a path and a group number",
        }),
    };
    lines(folder, list)?.into_iter().map(face).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_may_have_spaces() {
        let there = ["my pictures/0.jpg", "a.jpg"];
        let divide = |line| split_line(line, |path| there.contains(&path));
        assert_eq!(divide("my pictures/0.jpg 3"), ("my pictures/0.jpg", Some(3)));
        assert_eq!(divide("my pictures/0.jpg"), ("my pictures/0.jpg", None));
        assert_eq!(divide("my pictures/9.jpg\t2"), ("my pictures/9.jpg", Some(2)));
        assert_eq!(divide("a.jpg 3 48"), ("a.jpg", Some(3)));
        assert_eq!(divide("a.jpg 3 male"), ("a.jpg", Some(3)));
        assert_eq!(divide("a.jpg"), ("a.jpg", None));
        assert_eq!(divide("7"), ("7", None));
    }
}
