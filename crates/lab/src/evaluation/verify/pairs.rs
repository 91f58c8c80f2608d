//! Which pictures are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::evaluation::table::{Sheet, TableError};
use agemirror_pictures::{PictureError, collect_pictures};

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
    /// Pictures of one name, in the order of the names of the outputs.
    pub pairs: Vec<Pair>,
    /// Pictures of either folder without a partner in the other, each with the reason.
    pub alone: Vec<(PathBuf, &'static str)>,
}

/// Why a picture has no partner.
const NO_PARTNER: &str = "the other folder has no picture of its name, with whatever ending";
const TAKEN: &str = "another picture of its name is compared with the one in the other folder";
const SEVERAL: &str =
    "several pictures of its name differ in their endings only, so that its partner is not clear";

/// Pairs the pictures of `outputs` with those of `inputs` that have the same path within their folder; what is left
/// is paired by the path without its ending, where that leaves no choice.
///
/// # Errors
/// When a folder cannot be read or has no picture.
pub fn pairs_of_folders(outputs: &Path, inputs: &Path) -> Result<PairedFolders, PictureError> {
    let (mut made, mut given) = (names_in(outputs)?, names_in(inputs)?);
    let equal: Vec<OsString> = made.intersection(&given).cloned().collect();
    let mut names: Vec<(OsString, OsString)> =
        equal.iter().map(|name| (name.clone(), name.clone())).collect();
    for name in &equal {
        made.remove(name);
        given.remove(name);
    }
    let (made, given) = (by_stem(made), by_stem(given));
    let mut found = PairedFolders::default();
    let taken: BTreeSet<PathBuf> = equal.iter().map(|name| Path::new(name).with_extension("")).collect();
    for (stem, outputs_of) in &made {
        match (&outputs_of[..], given.get(stem).map(Vec::as_slice)) {
            _ if taken.contains(stem) => found.leave(outputs, outputs_of, TAKEN),
            ([output], Some([input])) => names.push((output.clone(), input.clone())),
            (_, None) => found.leave(outputs, outputs_of, NO_PARTNER),
            _ => found.leave(outputs, outputs_of, SEVERAL),
        }
    }
    for (stem, inputs_of) in &given {
        match (made.get(stem).map(Vec::as_slice), &inputs_of[..]) {
            _ if taken.contains(stem) => found.leave(inputs, inputs_of, TAKEN),
            (Some([_]), [_]) => {}
            (None, _) => found.leave(inputs, inputs_of, NO_PARTNER),
            _ => found.leave(inputs, inputs_of, SEVERAL),
        }
    }
    names.sort();
    let pair = |(output, input): &(OsString, OsString)| Pair {
        input: inputs.join(input),
        output: outputs.join(output),
        group: None,
        same: true,
    };
    found.pairs = names.iter().map(pair).collect();
    Ok(found)
}

impl PairedFolders {
    fn leave(&mut self, folder: &Path, names: &[OsString], why: &'static str) {
        self.alone.extend(names.iter().map(|name| (folder.join(name), why)));
    }
}

/// Names by what they are without their endings.
fn by_stem(names: BTreeSet<OsString>) -> BTreeMap<PathBuf, Vec<OsString>> {
    let mut stems = BTreeMap::<PathBuf, Vec<OsString>>::new();
    for name in names {
        stems.entry(Path::new(&name).with_extension("")).or_default().push(name);
    }
    stems
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
    fn endings_do_not_matter_where_they_leave_no_choice() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in [
            "made/p0.png",
            "made/p1.png",
            "made/p2.png",
            "made/p2.jpg",
            "made/in/p3.jpg",
            "made/p4.png",
            "given/p0.JPG",
            "given/p1.png",
            "given/p1.jpg",
            "given/p2.bmp",
            "given/p3.jpg",
            "given/p4.jpg",
            "given/p4.bmp",
        ] {
            std::fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            RgbImage::new(2, 2).save_with_format(at(name), image::ImageFormat::Png).unwrap();
        }
        let found = pairs_of_folders(&at("made"), &at("given")).unwrap();
        let pairs: Vec<_> =
            found.pairs.iter().map(|pair| (pair.output.clone(), pair.input.clone())).collect();
        let names = |output, input| (at(output), at(input));
        assert_eq!(pairs, [names("made/p0.png", "given/p0.JPG"), names("made/p1.png", "given/p1.png")]);
        let alone = |name, why| (at(name), why);
        assert_eq!(
            found.alone,
            [
                alone("made/in/p3.jpg", NO_PARTNER),
                alone("made/p2.jpg", SEVERAL),
                alone("made/p2.png", SEVERAL),
                alone("made/p4.png", SEVERAL),
                alone("given/p1.jpg", TAKEN),
                alone("given/p2.bmp", SEVERAL),
                alone("given/p3.jpg", NO_PARTNER),
                alone("given/p4.bmp", SEVERAL),
                alone("given/p4.jpg", SEVERAL),
            ]
        );
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
        assert_eq!(found.alone, [(at("made/x.png"), NO_PARTNER), (at("given/y.png"), NO_PARTNER)]);
        let outputs: Vec<_> = found.pairs.iter().map(|pair| pair.output.clone()).collect();
        assert_eq!(outputs, [at("made/a.png"), at("made/in/b.png")]);
        assert!(found.pairs.iter().all(|pair| pair.same && pair.input.starts_with(at("given"))));
        assert!(pairs_of_folders(&at("nothing"), &at("given")).is_err());
    }
}
