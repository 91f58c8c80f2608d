//! Which pictures are compared.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::camera::{PictureError, collect_pictures};
use crate::evaluation::table::{Sheet, TableError};

/// Two pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The picture of the person.
    pub input: PathBuf,
    /// The picture that is to show the same person, such as an aged one.
    pub output: PathBuf,
    /// The group of ages that was asked for, such as `50–69`.
    pub group: Option<String>,
    /// Whether they are one person; pairs of different people give the threshold.
    pub same: bool,
}

/// A group's label as the tables write it, with an en dash.
pub fn group_label(text: &str) -> String {
    text.replace('-', "–").replace(' ', "")
}

/// Reads the pairs in a table with the columns `input` and `output`, and where there are such `group` (or
/// `age`) and `same` (`yes` or `no`). Files are seen from the table's folder.
///
/// # Errors
/// When the table cannot be read, lacks a column, or a field makes no sense.
pub fn read_pairs(table: &Path) -> Result<Vec<Pair>, TableError> {
    let sheet = Sheet::read(table)?;
    sheet.need(&["input"])?;
    sheet.need(&["output"])?;
    let same = |text: &str| match text.to_ascii_lowercase().as_str() {
        "yes" | "1" | "true" => Some(true),
        "no" | "0" | "false" => Some(false),
        _ => None,
    };
    let pair = |row: crate::evaluation::table::Row| {
        Ok(Pair {
            input: row.path("input")?,
            output: row.path("output")?,
            group: row.text("group").or(row.text("age")).map(group_label),
            same: row.parsed("same", "`yes` or `no`", same)?.unwrap_or(true),
        })
    };
    sheet.rows().map(pair).collect()
}

/// The pairs of two folders, and what has no partner.
#[derive(Debug, Default)]
pub struct PairedFolders {
    /// Pictures of equal names, in the order of their names.
    pub pairs: Vec<Pair>,
    /// Pictures of either folder whose name the other one does not have.
    pub alone: Vec<PathBuf>,
}

/// Pairs the pictures of `outputs` with those of `inputs` that have the same path within their folder.
///
/// # Errors
/// When a folder cannot be read or has no picture.
pub fn pairs_of_folders(outputs: &Path, inputs: &Path) -> Result<PairedFolders, PictureError> {
    let (made, given) = (names_in(outputs)?, names_in(inputs)?);
    let pair = |name: &OsString| Pair {
        input: inputs.join(name),
        output: outputs.join(name),
        group: None,
        same: true,
    };
    let alone_in = |folder: &Path, names: &BTreeSet<OsString>, others: &BTreeSet<OsString>| {
        names.difference(others).map(|name| folder.join(name)).collect::<Vec<_>>()
    };
    let mut alone = alone_in(outputs, &made, &given);
    alone.extend(alone_in(inputs, &given, &made));
    Ok(PairedFolders { pairs: made.intersection(&given).map(pair).collect(), alone })
}

fn names_in(folder: &Path) -> Result<BTreeSet<OsString>, PictureError> {
    let (pictures, errors) = collect_pictures(&[folder.to_owned()]);
    match errors.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(pictures
            .iter()
            .map(|path| path.strip_prefix(folder).unwrap_or(path).as_os_str().to_owned())
            .collect()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use image::RgbImage;

    #[test]
    fn a_table_names_pairs_groups_and_different_people() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("pairs.csv");
        std::fs::write(&table, "input,output,group,same\na.png,b.png,50-69,\na.png,c.png,70+,no\n").unwrap();
        let pairs = read_pairs(&table).unwrap();
        assert_eq!(pairs[0].input, folder.path().join("a.png"));
        assert_eq!((pairs[0].group.as_deref(), pairs[0].same), (Some("50–69"), true));
        assert_eq!((pairs[1].group.as_deref(), pairs[1].same), (Some("70+"), false));
        std::fs::write(&table, "input,output,same\na.png,b.png,maybe\n").unwrap();
        assert!(read_pairs(&table).unwrap_err().to_string().contains("`yes` or `no`"));
        std::fs::write(&table, "input,result\na.png,b.png\n").unwrap();
        assert!(read_pairs(&table).unwrap_err().to_string().contains("`output`"));
    }

    #[test]
    fn folders_pair_by_name_and_the_rest_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in
            ["made/a.png", "made/in/b.png", "made/x.png", "given/a.png", "given/in/b.png", "given/y.png"]
        {
            std::fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            RgbImage::new(2, 2).save(at(name)).unwrap();
        }
        let found = pairs_of_folders(&at("made"), &at("given")).unwrap();
        assert_eq!(found.alone, [at("made/x.png"), at("given/y.png")]);
        let outputs: Vec<_> = found.pairs.iter().map(|pair| pair.output.clone()).collect();
        assert_eq!(outputs, [at("made/a.png"), at("made/in/b.png")]);
        assert!(found.pairs.iter().all(|pair| pair.same && pair.input.starts_with(at("given"))));
        assert!(pairs_of_folders(&at("nothing"), &at("given")).is_err());
    }
}
