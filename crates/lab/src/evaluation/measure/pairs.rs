//! Table of pictures made by other programs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::record::Label;
use super::traits::InputTraits;
use crate::dataset::Gender;
use crate::evaluation::csv_table::{CsvTable, Row, TableError};
use crate::evaluation::verify::group_label;
use agemirror_faces::age::{AgeGroup, AgeTarget, FOUR_GROUPS, TEN_GROUPS};

/// Oldest possible age in years; a person without a known age is between 0 and this.
const OLDEST_YEARS: f32 = 130.0;

/// An input and its outputs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PairedInput {
    /// Input picture.
    pub file: PathBuf,
    /// What the table says about the person.
    pub label: Label,
    /// The person's traits according to the table.
    pub traits: InputTraits,
    /// Output at each target age of the table, if any.
    pub outputs: Vec<Option<PathBuf>>,
}

/// The pairs of a table, grouped by input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PairTable {
    /// Target ages in ascending order.
    pub targets: Vec<AgeTarget>,
    /// Inputs in table order.
    pub inputs: Vec<PairedInput>,
}

impl PairTable {
    /// Reads a table with the columns `input`, `output`, and `group` (such as 50-69) or `age` (in years) for
    /// the target. The columns `input_age`, `gender`, `ethnicity`, `dataset`, `beard` and `glasses` (`yes` or
    /// `no`) are optional. Paths are relative to the table's folder.
    ///
    /// # Errors
    /// When the table cannot be read, lacks a column, or has an invalid field.
    pub(crate) fn read(table: &Path) -> Result<Self, TableError> {
        let csv = CsvTable::read(table)?;
        csv.require(&["input"])?;
        csv.require(&["output"])?;
        csv.require(&["group", "age"])?;
        let mut lines = Vec::new();
        for row in csv.rows() {
            let traits = InputTraits {
                beard: yes_or_no(&row, "beard")?,
                glasses: yes_or_no(&row, "glasses")?,
                ..InputTraits::default()
            };
            lines.push((row.path("input")?, row.path("output")?, target(&row)?, label(&row)?, traits));
        }
        let mut targets: Vec<AgeTarget> = lines.iter().map(|line| line.2.clone()).collect();
        targets.sort_by(|a, b| a.age.total_cmp(&b.age).then_with(|| a.label.cmp(&b.label)));
        targets.dedup();
        let mut inputs: Vec<PairedInput> = Vec::new();
        let mut indices: BTreeMap<PathBuf, usize> = BTreeMap::new();
        for (input, output, target, label, traits) in lines {
            let Some(target_index) = targets.iter().position(|known| *known == target) else { continue };
            let known =
                indices.get(&input).copied().filter(|index| inputs[*index].outputs[target_index].is_none());
            // A second output at the same age starts another record of the input.
            let index = known.unwrap_or_else(|| {
                inputs.push(PairedInput {
                    file: input.clone(),
                    label: label.clone(),
                    traits,
                    outputs: vec![None; targets.len()],
                });
                inputs.len() - 1
            });
            inputs[index].outputs[target_index] = Some(output);
            indices.insert(input, index);
        }
        Ok(Self { targets, inputs })
    }
}

fn yes_or_no(row: &Row, column: &'static str) -> Result<Option<bool>, TableError> {
    let parse = |text: &str| match text.to_ascii_lowercase().as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    row.parsed(column, "`yes` or `no`", parse)
}

fn target(row: &Row) -> Result<AgeTarget, TableError> {
    if row.text("group").is_some() {
        let expected = "a group such as 0-2, 15-19, 50-69 or 70+";
        let parse = |text: &str| group(&group_label(text)).map(AgeTarget::from);
        return row.parsed("group", expected, parse)?.ok_or_else(|| row.field_error("group", expected));
    }
    let expected = "an age in years";
    let age = row.number("age")?.filter(|age| (0.0..=OLDEST_YEARS).contains(age));
    age.map(AgeTarget::years).ok_or_else(|| row.field_error("age", expected))
}

fn group(label: &str) -> Option<&'static AgeGroup> {
    TEN_GROUPS.iter().chain(&FOUR_GROUPS).find(|group| group.label == label)
}

fn label(row: &Row) -> Result<Label, TableError> {
    let age = row.number("input_age")?;
    if age.is_some_and(|age| !(0.0..=OLDEST_YEARS).contains(&age)) {
        return Err(row.field_error("input_age", "an age in years"));
    }
    let text = |column: &str| row.text(column).unwrap_or_default().to_owned();
    Ok(Label {
        file: text("input"),
        dataset: text("dataset"),
        gender: row.parsed("gender", Gender::WORDS, Gender::parse)?,
        ethnicity: text("ethnicity"),
        age_low: age.unwrap_or(0.0),
        age_high: age.unwrap_or(OLDEST_YEARS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PairTable, TableError> {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("pairs.csv");
        std::fs::write(&table, text).unwrap();
        PairTable::read(&table)
    }

    #[test]
    fn pairs_are_grouped_by_input_and_age() {
        let table = read(
            "input,output,group,age,input_age,gender\na.png,a70.png,70+,,25,female\na.png,a8.png,7-9,,25,female\n\
             b.png,b33.png,,33,,\na.png,again.png,70+,,25,female\n",
        )
        .unwrap();
        let labels: Vec<&str> = table.targets.iter().map(|target| target.label.as_str()).collect();
        assert_eq!(labels, ["7–9", "33", "70+"]);
        let names = |input: &PairedInput| {
            input
                .outputs
                .iter()
                .map(|o| o.as_ref().map(|o| o.file_name().unwrap().to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(table.inputs.len(), 3);
        assert_eq!(names(&table.inputs[0]), [Some("a8.png".into()), None, Some("a70.png".into())]);
        assert_eq!(names(&table.inputs[1]), [None, Some("b33.png".into()), None]);
        assert_eq!(names(&table.inputs[2]), [None, None, Some("again.png".into())]);
        let (known, unknown) = (&table.inputs[0].label, &table.inputs[1].label);
        assert_eq!((known.exact_age(), known.gender), (Some(25.0), Some(Gender::Female)));
        assert_eq!((unknown.exact_age(), unknown.gender), (None, None));
    }

    #[test]
    fn wrong_columns_and_fields_are_named() {
        for (text, word) in [
            ("picture,output,age\na,b,3\n", "`input`"),
            ("input,output\na,b\n", "`group` or `age`"),
            ("input,output,group\na,b,old\n", "\"old\""),
            ("input,output,age\na,b,300\n", "line 2"),
            ("input,output,age,gender\na,b,30,x\n", "`gender`"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
