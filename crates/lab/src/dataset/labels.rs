//! The table `labels.csv` of a folder of pictures.

use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use super::DatasetError;
use super::text_table::{TableRow, TextTable};
pub(crate) use agemirror_faces::age::Gender;
use agemirror_faces::face::FivePoints;

/// Maximum age in a label, in years.
pub(super) const MAX_AGE_YEARS: f32 = 130.0;

/// The use of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Split {
    /// Training.
    Train,
    /// Validation only.
    Validation,
}

/// A labelled picture of one face.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Face {
    /// The picture's path, relative to the table's folder.
    pub file: String,
    /// Name of the collection.
    pub dataset: String,
    /// The youngest possible age in years.
    pub age_low: f32,
    /// The oldest possible age in years; equal to `age_low` if the age is exact.
    pub age_high: f32,
    /// Gender as labelled.
    pub gender: Gender,
    /// Ethnicity as labelled.
    pub ethnicity: String,
    /// Landmarks in pixels; the eye at the left of the picture comes first.
    pub points: FivePoints,
    /// Offset of the nose from the middle of the eyes, in eye distances.
    pub yaw: f32,
    /// Variance of the Laplacian of the face at 128 pixels.
    pub sharpness: f32,
    /// Training or validation.
    pub split: Split,
    /// Whether the person has a beard, if the table's column `beard` says so.
    pub beard: Option<bool>,
    /// Whether the person wears glasses, if the table's column `glasses` says so.
    pub glasses: Option<bool>,
}

/// Required columns, in the order of [`Columns::index`]. `right_eye` is the person's right eye, which is at
/// the left of the picture.
const COLUMNS: [&str; 19] = [
    "file",
    "dataset",
    "age_low",
    "age_high",
    "gender",
    "ethnicity",
    "right_eye_x",
    "right_eye_y",
    "left_eye_x",
    "left_eye_y",
    "nose_x",
    "nose_y",
    "right_mouth_x",
    "right_mouth_y",
    "left_mouth_x",
    "left_mouth_y",
    "yaw",
    "sharpness",
    "split",
];
const FIRST_POINT: usize = 6;
/// The landmark columns in the order of [`FivePoints`], x before y.
pub(crate) const POINT_COLUMNS: &[&str] = COLUMNS.split_at(FIRST_POINT).1.split_at(10).0;
/// Optional columns with the values `yes`, `no` or nothing, in the order of [`Columns::optional`].
const OPTIONAL: [&str; 2] = ["beard", "glasses"];

/// Reads the table of labels at `table`. Blank lines are skipped.
///
/// # Errors
/// When the file cannot be read, lacks a column, or has an invalid field. The error names file, line and
/// column.
pub(crate) fn read_labels(table: &Path) -> Result<Vec<Face>, DatasetError> {
    read_labels_and_blanks(table).map(|(faces, _)| faces)
}

/// Like [`read_labels`], and also returns the numbers of the blank lines.
///
/// # Errors
/// As for [`read_labels`].
pub(super) fn read_labels_and_blanks(table: &Path) -> Result<(Vec<Face>, Vec<u64>), DatasetError> {
    let rows = TextTable::read(table).map_err(DatasetError::io(table, "read"))?;
    let columns = Columns::find(&rows, table)?;
    let (mut faces, mut blank) = (Vec::new(), Vec::new());
    for record in rows.rows() {
        let record = record.map_err(|reason| DatasetError::Table { file: table.to_owned(), reason })?;
        if record.is_blank() {
            blank.push(record.line());
        } else {
            faces.push(Row { table, columns: &columns, rows: &rows, record: &record }.face()?);
        }
    }
    Ok((faces, blank))
}

/// Reason for skipping a blank line.
pub(super) fn blank_line(line: u64) -> String {
    format!("line {line} is blank")
}

/// The error for the missing column `column` of `table`.
pub(super) fn missing_column(table: &TextTable, file: &Path, column: &'static str) -> DatasetError {
    let quoted: Vec<String> = table.headers().iter().map(|header| format!("`{header}`")).collect();
    DatasetError::MissingColumn { file: file.to_owned(), column, found: quoted.join(", ") }
}

/// The index of each of [`COLUMNS`] in this table.
struct Columns {
    index: [usize; COLUMNS.len()],
    /// The index of each of [`OPTIONAL`], if present.
    optional: [Option<usize>; OPTIONAL.len()],
}

impl Columns {
    fn find(rows: &TextTable, table: &Path) -> Result<Self, DatasetError> {
        let mut index = [0; COLUMNS.len()];
        for (index, column) in index.iter_mut().zip(COLUMNS) {
            *index = rows.find(column).ok_or_else(|| missing_column(rows, table, column))?;
        }
        let optional = OPTIONAL.map(|column| rows.find(column));
        Ok(Self { index, optional })
    }
}

/// A line of the table.
struct Row<'a> {
    table: &'a Path,
    columns: &'a Columns,
    rows: &'a TextTable,
    record: &'a TableRow,
}

impl Row<'_> {
    fn face(&self) -> Result<Face, DatasetError> {
        let (age_low, age_high) = (self.age(2)?, self.age(3)?);
        if age_high < age_low {
            return Err(self.wrong(3, "an age at or above `age_low`"));
        }
        let gender = Gender::parse(self.text(4)).ok_or_else(|| self.wrong(4, Gender::WORDS))?;
        let split = match self.text(18) {
            "train" => Split::Train,
            "validation" => Split::Validation,
            _ => return Err(self.wrong(18, "`train` or `validation`")),
        };
        let mut points = FivePoints::default();
        for (point, first) in points.iter_mut().zip((FIRST_POINT..).step_by(2)) {
            *point = [self.number(first)?, self.number(first + 1)?];
        }
        Ok(Face {
            file: self.relative_path()?,
            dataset: self.text(1).to_owned(),
            age_low,
            age_high,
            gender,
            ethnicity: self.text(5).to_owned(),
            points,
            yaw: self.number(16)?,
            sharpness: self.number(17)?,
            split,
            beard: self.yes_or_no(0)?,
            glasses: self.yes_or_no(1)?,
        })
    }

    /// The value of the optional column.
    fn yes_or_no(&self, column: usize) -> Result<Option<bool>, DatasetError> {
        let text = self.columns.optional[column].map_or("", |index| self.record.field(index));
        match text {
            "" => Ok(None),
            "yes" => Ok(Some(true)),
            "no" => Ok(Some(false)),
            other => Err(DatasetError::Field {
                file: self.table.to_owned(),
                line: self.record.line(),
                column: OPTIONAL[column],
                value: other.to_owned(),
                expected: "`yes`, `no` or empty",
            }),
        }
    }

    fn text(&self, column: usize) -> &str {
        self.record.field(self.columns.index[column])
    }

    fn number(&self, column: usize) -> Result<f32, DatasetError> {
        self.rows.number(self.text(column)).ok_or_else(|| self.wrong(column, "a number"))
    }

    fn age(&self, column: usize) -> Result<f32, DatasetError> {
        let age = self.number(column)?;
        if (0.0..=MAX_AGE_YEARS).contains(&age) {
            Ok(age)
        } else {
            Err(self.wrong(column, "an age in years, 0 to 130"))
        }
    }

    /// The file of this line; it must be inside the table's folder.
    fn relative_path(&self) -> Result<String, DatasetError> {
        let text = self.text(0);
        let stays = Path::new(text).components().all(|part| matches!(part, Component::Normal(_)));
        if !text.is_empty() && stays {
            Ok(text.to_owned())
        } else {
            Err(self.wrong(0, "a path inside the table's folder"))
        }
    }

    fn wrong(&self, column: usize, expected: &'static str) -> DatasetError {
        DatasetError::Field {
            file: self.table.to_owned(),
            line: self.record.line(),
            column: COLUMNS[column],
            value: self.text(column).to_owned(),
            expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "a/b.png,a,3,9,female,other,10,20,30,21,20,30,12,40,28,41.5,0.01,90,train";

    fn read(lines: &[&str]) -> Result<Vec<Face>, DatasetError> {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("labels.csv");
        let header = COLUMNS.join(",");
        std::fs::write(&table, format!("{header}\n{}\n", lines.join("\n"))).unwrap();
        read_labels(&table)
    }

    #[test]
    fn a_line_becomes_a_face() {
        let faces = read(&[LINE]).unwrap();
        assert_eq!(faces.len(), 1);
        let face = &faces[0];
        assert_eq!(
            (face.age_low, face.age_high, face.gender, face.split),
            (3.0, 9.0, Gender::Female, Split::Train)
        );
        assert_eq!(face.points[0], [10.0, 20.0]);
        assert_eq!(face.points[4], [28.0, 41.5]);
        assert_eq!(face.file, "a/b.png");
    }

    #[test]
    fn extra_columns_are_read_or_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("labels.csv");
        let text = |glasses: &str| {
            format!("{},prompt,glasses\n{LINE},an old man; smiling,{glasses}\n{LINE},,\n", COLUMNS.join(","))
        };
        std::fs::write(&table, text("yes")).unwrap();
        let faces = read_labels(&table).unwrap();
        assert_eq!((faces[0].glasses, faces[1].glasses, faces[0].beard), (Some(true), None, None));
        std::fs::write(&table, text("perhaps")).unwrap();
        let message = read_labels(&table).unwrap_err().to_string();
        assert!(message.contains("line 2") && message.contains("`glasses`"), "{message}");
    }

    #[test]
    fn a_wrong_field_is_named_with_its_line_and_column() {
        for (from, to, column) in [
            ("3,9,", "3,x,", "age_high"),
            ("3,9,", "9,3,", "age_high"),
            ("3,9,", "-1,3,", "age_low"),
            ("female", "unknown", "gender"),
            ("10,20", "nan,20", "right_eye_x"),
            ("train", "test", "split"),
            ("a/b.png", "../b.png", "file"),
            ("a/b.png", "/b.png", "file"),
        ] {
            let message = read(&[LINE, &LINE.replace(from, to)]).unwrap_err().to_string();
            assert!(message.contains("labels.csv, line 3"), "{message}");
            assert!(message.contains(&format!("`{column}`")), "{message}");
        }
    }

    #[test]
    fn blank_lines_are_skipped() {
        let blank = ",".repeat(COLUMNS.len() - 1);
        assert_eq!(read(&[&blank, LINE, &blank]).unwrap().len(), 1);
        let semicolons = LINE.replace(',', ";").replace("41.5", "41,5").replace("female", "F");
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("labels.csv");
        let header = COLUMNS.join(";").to_ascii_uppercase();
        std::fs::write(&table, format!("{header}\n{semicolons}\n{}\n", ";".repeat(18))).unwrap();
        let (faces, blank) = read_labels_and_blanks(&table).unwrap();
        assert_eq!((faces[0].points[4], faces[0].gender, blank), ([28.0, 41.5], Gender::Female, vec![3]));
    }

    #[test]
    fn short_lines_missing_columns_and_missing_tables_are_reported() {
        assert!(matches!(read(&["a,b"]), Err(DatasetError::Table { .. })));
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("labels.csv");
        assert!(matches!(read_labels(&table), Err(DatasetError::Io { .. })));
        std::fs::write(&table, "file,dataset\n").unwrap();
        let message = read_labels(&table).unwrap_err().to_string();
        assert!(message.contains("no column `age_low`"), "{message}");
    }
}
