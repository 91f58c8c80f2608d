//! Labels in a table beside the pictures.

use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::{AgeLabel, Labelled, Reading, folders};
use crate::dataset::{DatasetError, Gender, Split, read_labels};

/// A column that only the table with landmarks has.
const LANDMARKS: &str = "right_eye_x";
/// The names under which FFHQ-Aging's table goes.
const FFHQ: [&str; 2] = ["ffhq_aging_labels.csv", "labels_ffhq_aging.csv"];

/// A table whose first line names its columns.
struct Table {
    file: PathBuf,
    headers: StringRecord,
    records: Vec<StringRecord>,
}

impl Table {
    fn open(file: &Path) -> Result<Self, DatasetError> {
        let opened = std::fs::File::open(file).map_err(DatasetError::io(file, "read"))?;
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(std::io::BufReader::new(opened));
        let malformed = |source| DatasetError::Table { file: file.to_owned(), source };
        let headers = reader.headers().map_err(malformed)?.clone();
        let records = reader.records().collect::<Result<_, _>>().map_err(malformed)?;
        Ok(Self { file: file.to_owned(), headers, records })
    }

    fn find(&self, column: &str) -> Option<usize> {
        self.headers.iter().position(|header| header == column)
    }

    fn column(&self, column: &'static str) -> Result<usize, DatasetError> {
        self.find(column).ok_or_else(|| DatasetError::MissingColumn { file: self.file.clone(), column })
    }

    fn wrong(
        &self,
        record: &StringRecord,
        column: &'static str,
        value: &str,
        wanted: &'static str,
    ) -> DatasetError {
        DatasetError::Field {
            file: self.file.clone(),
            line: record.position().map_or(0, csv::Position::line),
            column,
            value: value.to_owned(),
            wanted,
        }
    }
}

fn gender(text: &str) -> Option<Gender> {
    match text {
        "male" | "Male" | "m" | "M" => Some(Gender::Male),
        "female" | "Female" | "f" | "F" => Some(Gender::Female),
        _ => None,
    }
}

/// `labels.csv`: with landmarks, of which the faces to train on are taken, or with file, ages and perhaps
/// genders alone.
pub(super) fn read_labels_csv(folder: &Path) -> Result<Reading, DatasetError> {
    let file = folder.join("labels.csv");
    let table = Table::open(&file)?;
    let faces =
        if table.find(LANDMARKS).is_some() { with_landmarks(folder, &file)? } else { plain(folder, &table)? };
    Ok(Reading { faces, skipped: Vec::new() })
}

fn with_landmarks(folder: &Path, file: &Path) -> Result<Vec<Labelled>, DatasetError> {
    let training = read_labels(file)?.into_iter().filter(|face| face.split == Split::Train);
    let labelled = training.map(|face| Labelled {
        file: folder.join(face.file),
        age: AgeLabel::Years { low: face.age_low, high: face.age_high },
        gender: Some(face.gender),
        points: Some(face.points),
    });
    Ok(labelled.collect())
}

fn plain(folder: &Path, table: &Table) -> Result<Vec<Labelled>, DatasetError> {
    let file = table.column("file")?;
    let ages = match table.find("age") {
        Some(age) => [age, age],
        None => [table.column("age_low")?, table.column("age_high")?],
    };
    let genders = table.find("gender");
    let face = |record: &StringRecord| {
        let field = |column: usize| record.get(column).unwrap_or_default();
        let age = |column: usize| match field(column).parse::<f32>() {
            Ok(age) if (0.0..=crate::dataset::labels::OLDEST).contains(&age) => Ok(age),
            _ => Err(table.wrong(record, "age", field(column), "an age in years")),
        };
        let age = AgeLabel::Years { low: age(ages[0])?, high: age(ages[1])? };
        Ok(Labelled::new(folder.join(field(file)), age, genders.and_then(|column| gender(field(column)))))
    };
    table.records.iter().map(face).collect()
}

/// The table of FFHQ-Aging in `folder`.
pub(super) fn ffhq_table(folder: &Path) -> Option<PathBuf> {
    FFHQ.iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

/// FFHQ-Aging's table (Or-El et al., 2020): number of the picture, group of ages such as `30-39`, gender. The
/// pictures are `00000.png`, or `00000/00000.png` in folders of a thousand, or both below `images1024x1024`.
pub(super) fn read_ffhq_aging(folder: &Path) -> Result<Reading, DatasetError> {
    let table = Table::open(&ffhq_table(folder).unwrap_or_else(|| folder.join(FFHQ[0])))?;
    let [number, group, gender_of] =
        [table.column("image_number")?, table.column("age_group")?, table.column("gender")?];
    let mut reading = Reading::default();
    for record in &table.records {
        let field = |column: usize| record.get(column).unwrap_or_default();
        let Ok(number) = field(number).parse::<u32>() else {
            return Err(table.wrong(record, "image_number", field(number), "a number"));
        };
        let Some(age @ AgeLabel::Years { .. }) = folders::label(field(group)) else {
            return Err(table.wrong(record, "age_group", field(group), "a group of years such as 30-39"));
        };
        match ffhq_picture(folder, number) {
            Some(file) => reading.faces.push(Labelled::new(file, age, gender(field(gender_of)))),
            None => {
                reading.skipped.push((folder.join(format!("{number:05}.png")), "it is not there".to_owned()))
            }
        }
    }
    Ok(reading)
}

fn ffhq_picture(folder: &Path, number: u32) -> Option<PathBuf> {
    let thousand = format!("{:05}", number / 1000 * 1000);
    let homes = [folder.to_owned(), folder.join("images1024x1024")];
    let homes = homes.into_iter().flat_map(|home| [home.join(&thousand), home]);
    let names = homes.flat_map(|home| ["png", "jpg"].map(|kind| home.join(format!("{number:05}.{kind}"))));
    names.into_iter().find(|path| path.is_file())
}
