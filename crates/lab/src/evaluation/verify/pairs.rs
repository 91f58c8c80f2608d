//! Which pictures are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::evaluation::csv_table::{CsvTable, TableError};
use agemirror_pictures::{PictureError, collect_pictures};

/// Two pictures to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// Picture of the person.
    pub input: PathBuf,
    /// Picture that should show the same person, such as an aged one.
    pub output: PathBuf,
    /// Target age group, such as `50–69`.
    pub group: Option<String>,
    /// Whether both show one person; pairs of different people give the threshold.
    pub same: bool,
}

/// A group's label with an en dash, as the report writes it.
pub(crate) fn group_label(text: &str) -> String {
    text.replace('-', "–").replace(' ', "")
}

/// Reads the pairs of a table with the columns `input` and `output`, and optionally `group` (or `age`) and
/// `same` (`yes` or `no`). Paths are relative to the table's folder.
///
/// # Errors
/// When the table cannot be read, lacks a column, or has an invalid field.
pub(crate) fn read_pairs(table: &Path) -> Result<Vec<Pair>, TableError> {
    let csv = CsvTable::read(table)?;
    csv.require(&["input"])?;
    csv.require(&["output"])?;
    let same = |text: &str| match text.to_ascii_lowercase().as_str() {
        "yes" | "1" | "true" => Some(true),
        "no" | "0" | "false" => Some(false),
        _ => None,
    };
    let pair = |row: crate::evaluation::csv_table::Row| {
        Ok(Pair {
            input: row.path("input")?,
            output: row.path("output")?,
            group: row.text("group").or(row.text("age")).map(group_label),
            same: row.parsed("same", "`yes` or `no`", same)?.unwrap_or(true),
        })
    };
    csv.rows().map(pair).collect()
}

/// The pairs of two folders, and the pictures without a partner.
#[derive(Debug, Default)]
pub(crate) struct PairedFolders {
    /// Pictures of the same name, sorted by the output's name.
    pub pairs: Vec<Pair>,
    /// Unpaired pictures of either folder, each with the reason.
    pub unpaired: Vec<(PathBuf, &'static str)>,
}

/// Reasons why a picture has no partner.
const NO_PARTNER: &str = "the other folder has no picture of this name, with any extension";
const ALREADY_PAIRED: &str = "the picture of this name in the other folder is already paired";
const AMBIGUOUS: &str =
    "several pictures of this name differ only in their extension, so the partner is ambiguous";

/// Pairs the pictures of `outputs` with those of `inputs` that have the same relative path. The rest are
/// paired by path without extension where that is unambiguous.
///
/// # Errors
/// When a folder cannot be read or has no picture.
pub(crate) fn pairs_of_folders(outputs: &Path, inputs: &Path) -> Result<PairedFolders, PictureError> {
    let (mut output_names, mut input_names) = (names_in(outputs)?, names_in(inputs)?);
    let equal: Vec<OsString> = output_names.intersection(&input_names).cloned().collect();
    let mut names: Vec<(OsString, OsString)> =
        equal.iter().map(|name| (name.clone(), name.clone())).collect();
    for name in &equal {
        output_names.remove(name);
        input_names.remove(name);
    }
    let (output_names, input_names) = (by_stem(output_names), by_stem(input_names));
    let mut found = PairedFolders::default();
    let paired_stems: BTreeSet<PathBuf> =
        equal.iter().map(|name| Path::new(name).with_extension("")).collect();
    for (stem, outputs_of) in &output_names {
        match (&outputs_of[..], input_names.get(stem).map(Vec::as_slice)) {
            _ if paired_stems.contains(stem) => found.add_unpaired(outputs, outputs_of, ALREADY_PAIRED),
            ([output], Some([input])) => names.push((output.clone(), input.clone())),
            (_, None) => found.add_unpaired(outputs, outputs_of, NO_PARTNER),
            _ => found.add_unpaired(outputs, outputs_of, AMBIGUOUS),
        }
    }
    for (stem, inputs_of) in &input_names {
        match (output_names.get(stem).map(Vec::as_slice), &inputs_of[..]) {
            _ if paired_stems.contains(stem) => found.add_unpaired(inputs, inputs_of, ALREADY_PAIRED),
            (Some([_]), [_]) => {}
            (None, _) => found.add_unpaired(inputs, inputs_of, NO_PARTNER),
            _ => found.add_unpaired(inputs, inputs_of, AMBIGUOUS),
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
    fn add_unpaired(&mut self, folder: &Path, names: &[OsString], why: &'static str) {
        self.unpaired.extend(names.iter().map(|name| (folder.join(name), why)));
    }
}

/// Groups names by their path without extension.
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
    fn extensions_are_ignored_where_that_is_unambiguous() {
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
        let unpaired = |name, why| (at(name), why);
        assert_eq!(
            found.unpaired,
            [
                unpaired("made/in/p3.jpg", NO_PARTNER),
                unpaired("made/p2.jpg", AMBIGUOUS),
                unpaired("made/p2.png", AMBIGUOUS),
                unpaired("made/p4.png", AMBIGUOUS),
                unpaired("given/p1.jpg", ALREADY_PAIRED),
                unpaired("given/p2.bmp", AMBIGUOUS),
                unpaired("given/p3.jpg", NO_PARTNER),
                unpaired("given/p4.bmp", AMBIGUOUS),
                unpaired("given/p4.jpg", AMBIGUOUS),
            ]
        );
    }

    #[test]
    fn folders_pair_by_name_and_the_rest_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in
            ["made/a.png", "made/in/b.png", "made/x.png", "given/a.png", "given/in/b.png", "given/y.png"]
        {
            std::fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            RgbImage::new(2, 2).save(at(name)).unwrap();
        }
        let found = pairs_of_folders(&at("made"), &at("given")).unwrap();
        assert_eq!(found.unpaired, [(at("made/x.png"), NO_PARTNER), (at("given/y.png"), NO_PARTNER)]);
        let outputs: Vec<_> = found.pairs.iter().map(|pair| pair.output.clone()).collect();
        assert_eq!(outputs, [at("made/a.png"), at("made/in/b.png")]);
        assert!(found.pairs.iter().all(|pair| pair.same && pair.input.starts_with(at("given"))));
        assert!(pairs_of_folders(&at("nothing"), &at("given")).is_err());
    }
}
