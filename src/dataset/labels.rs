//! The table `labels.csv` that lies beside folders of pictures.

use std::path::{Component, Path};

use csv::StringRecord;
use serde::{Deserialize, Serialize};

use super::DatasetError;
use crate::face::FivePoints;

/// The oldest age that a label may state, in years.
pub(super) const OLDEST: f32 = 130.0;

/// Gender as labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// Labelled female.
    Female,
    /// Labelled male.
    Male,
}

impl Gender {
    /// 1 for male, 0 for female.
    pub fn male(self) -> f32 {
        f32::from(u8::from(self == Self::Male))
    }
}

/// What a face may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// Training.
    Train,
    /// Measuring only.
    Validation,
}

/// One labelled picture of one face.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// The picture, relative to the table's folder.
    pub file: String,
    /// The collection it comes from.
    pub dataset: String,
    /// The youngest the person can be, in years.
    pub age_low: f32,
    /// The oldest the person can be, in years; equal to `age_low` where the age is exact.
    pub age_high: f32,
    /// Gender as labelled.
    pub gender: Gender,
    /// Ethnicity as labelled.
    pub ethnicity: String,
    /// Landmarks in pixels of the picture, the eye at the left of the picture first.
    pub points: FivePoints,
    /// Offset of the nose from the middle of the eyes, in eye distances.
    pub yaw: f32,
    /// Variance of the Laplacian of the face at 128 pixels.
    pub sharpness: f32,
    /// What it may be used for.
    pub split: Split,
}

/// The columns, in the order in which [`Columns::index`] keeps them. `right_eye` is the person's right
/// eye, the one at the left of the picture.
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

/// Reads the table of labels at `table`.
///
/// # Errors
/// When it cannot be read, lacks a column, or a field makes no sense; the message names file, line, column.
pub fn read_labels(table: &Path) -> Result<Vec<Face>, DatasetError> {
    let file = std::fs::File::open(table).map_err(DatasetError::io(table, "read"))?;
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(std::io::BufReader::new(file));
    let malformed = |source| DatasetError::Table { file: table.to_owned(), source };
    let columns = Columns::find(reader.headers().map_err(malformed)?, table)?;
    let mut faces = Vec::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        faces.push(Row { table, columns: &columns, record: &record }.face()?);
    }
    Ok(faces)
}

/// Where each of [`COLUMNS`] stands in this table.
struct Columns {
    index: [usize; COLUMNS.len()],
}

impl Columns {
    fn find(headers: &StringRecord, table: &Path) -> Result<Self, DatasetError> {
        let mut index = [0; COLUMNS.len()];
        for (place, column) in index.iter_mut().zip(COLUMNS) {
            *place = headers
                .iter()
                .position(|header| header == column)
                .ok_or_else(|| DatasetError::MissingColumn { file: table.to_owned(), column })?;
        }
        Ok(Self { index })
    }
}

/// One line of the table.
struct Row<'a> {
    table: &'a Path,
    columns: &'a Columns,
    record: &'a StringRecord,
}

impl Row<'_> {
    fn face(&self) -> Result<Face, DatasetError> {
        let (age_low, age_high) = (self.age(2)?, self.age(3)?);
        if age_high < age_low {
            return Err(self.wrong(3, "an age at or above `age_low`"));
        }
        let gender = match self.text(4) {
            "female" => Gender::Female,
            "male" => Gender::Male,
            _ => return Err(self.wrong(4, "`female` or `male`")),
        };
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
        })
    }

    fn text(&self, column: usize) -> &str {
        self.record.get(self.columns.index[column]).unwrap_or_default()
    }

    fn number(&self, column: usize) -> Result<f32, DatasetError> {
        match self.text(column).parse::<f32>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(self.wrong(column, "a number")),
        }
    }

    fn age(&self, column: usize) -> Result<f32, DatasetError> {
        let age = self.number(column)?;
        if (0.0..=OLDEST).contains(&age) { Ok(age) } else { Err(self.wrong(column, "an age in years")) }
    }

    /// A table must not lead out of its own folder.
    fn relative_path(&self) -> Result<String, DatasetError> {
        let text = self.text(0);
        let stays = Path::new(text).components().all(|part| matches!(part, Component::Normal(_)));
        if !text.is_empty() && stays {
            Ok(text.to_owned())
        } else {
            Err(self.wrong(0, "a path inside the table's folder"))
        }
    }

    fn wrong(&self, column: usize, wanted: &'static str) -> DatasetError {
        DatasetError::Field {
            file: self.table.to_owned(),
            line: self.record.position().map_or(0, csv::Position::line),
            column: COLUMNS[column],
            value: self.text(column).to_owned(),
            wanted,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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
    fn short_lines_missing_columns_and_missing_tables_are_told() {
        assert!(matches!(read(&["a,b"]), Err(DatasetError::Table { .. })));
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("labels.csv");
        assert!(matches!(read_labels(&table), Err(DatasetError::Io { .. })));
        std::fs::write(&table, "file,dataset\n").unwrap();
        let message = read_labels(&table).unwrap_err().to_string();
        assert!(message.contains("no column `age_low`"), "{message}");
    }
}
