//! Labels from tables.

use std::path::{Path, PathBuf};

use super::{AgeLabel, Labelled, Labels, folders};
use crate::dataset::labels::{MAX_AGE_YEARS, blank_line, missing_column, read_labels_and_blanks};
use crate::dataset::text_table::{TableRow, TextTable};
use crate::dataset::{DatasetError, Gender, Split};

/// A column that only tables with landmarks have.
const LANDMARKS: &str = "right_eye_x";
/// File names of FFHQ-Aging's table.
const FFHQ: [&str; 2] = ["ffhq_aging_labels.csv", "labels_ffhq_aging.csv"];
/// Prefixes of the folders in which the downloaders of FFHQ and FFHQ-Aging store pictures of one size.
const FFHQ_FOLDERS: [&str; 3] = ["ffhq_aging", "images", "thumbnails"];
/// Values for an unknown gender.
const NO_GENDER: [&str; 5] = ["nan", "none", "null", "unknown", "-"];

/// A table and its path.
struct Table {
    file: PathBuf,
    text: TextTable,
}

impl Table {
    fn open(file: &Path) -> Result<Self, DatasetError> {
        let text = TextTable::read(file).map_err(DatasetError::io(file, "read"))?;
        Ok(Self { file: file.to_owned(), text })
    }

    fn column(&self, column: &'static str) -> Result<usize, DatasetError> {
        self.text.find(column).ok_or_else(|| missing_column(&self.text, &self.file, column))
    }

    /// Labels every line that is not blank; blank lines are listed as skipped.
    fn labels(
        &self,
        mut label: impl FnMut(&TableRow, &mut Labels) -> Result<(), DatasetError>,
    ) -> Result<Labels, DatasetError> {
        let mut labels = Labels::default();
        for row in self.text.rows() {
            let row = row.map_err(|reason| DatasetError::Table { file: self.file.clone(), reason })?;
            if row.is_blank() {
                labels.skipped.push((self.file.clone(), blank_line(row.line())));
            } else {
                label(&row, &mut labels)?;
            }
        }
        Ok(labels)
    }

    fn wrong(
        &self,
        row: &TableRow,
        column: &'static str,
        value: &str,
        expected: &'static str,
    ) -> DatasetError {
        DatasetError::Field {
            file: self.file.clone(),
            line: row.line(),
            column,
            value: value.to_owned(),
            expected,
        }
    }

    /// The gender in a field, which may be empty or unknown.
    fn gender(&self, row: &TableRow, text: &str) -> Result<Option<Gender>, DatasetError> {
        let is_unknown = text.is_empty() || NO_GENDER.iter().any(|word| text.eq_ignore_ascii_case(word));
        match Gender::parse(text) {
            None if !is_unknown => Err(self.wrong(row, "gender", text, Gender::WORDS)),
            gender => Ok(gender),
        }
    }
}

/// Reads `labels.csv`: either with landmarks, of which only the training faces are used, or with only file,
/// age and optionally gender.
pub(super) fn read_labels_csv(folder: &Path) -> Result<Labels, DatasetError> {
    let file = folder.join("labels.csv");
    let table = Table::open(&file)?;
    if table.text.find(LANDMARKS).is_some() { with_landmarks(folder, &file) } else { plain(folder, &table) }
}

fn with_landmarks(folder: &Path, file: &Path) -> Result<Labels, DatasetError> {
    let (faces, blank) = read_labels_and_blanks(file)?;
    let training = faces.into_iter().filter(|face| face.split == Split::Train);
    let labelled = training.map(|face| Labelled {
        file: folder.join(face.file),
        age: AgeLabel::Years { low: face.age_low, high: face.age_high },
        gender: Some(face.gender),
        points: Some(face.points),
    });
    let skipped = blank.into_iter().map(|line| (file.to_owned(), blank_line(line)));
    Ok(Labels { faces: labelled.collect(), skipped: skipped.collect() })
}

fn plain(folder: &Path, table: &Table) -> Result<Labels, DatasetError> {
    let file = table.column("file")?;
    let ages = match table.text.find("age") {
        Some(age) => [(age, "age"), (age, "age")],
        None => [(table.column("age_low")?, "age_low"), (table.column("age_high")?, "age_high")],
    };
    let genders = table.text.find("gender");
    table.labels(|row, labels| {
        let path = folder.join(row.field(file));
        if row.field(file).is_empty() {
            labels.skipped.push((table.file.clone(), format!("line {} names no picture", row.line())));
            return Ok(());
        }
        if ages.iter().any(|(column, _)| row.field(*column).is_empty()) {
            labels.skipped.push((path, format!("line {} of the table states no age", row.line())));
            return Ok(());
        }
        let age = |(column, name): (usize, &'static str)| {
            let age = table.text.number(row.field(column)).filter(|age| (0.0..=MAX_AGE_YEARS).contains(age));
            age.ok_or_else(|| table.wrong(row, name, row.field(column), "an age in years, 0 to 130"))
        };
        let age = AgeLabel::Years { low: age(ages[0])?, high: age(ages[1])? };
        let gender = genders.map_or(Ok(None), |column| table.gender(row, row.field(column)))?;
        labels.faces.push(Labelled::new(path, age, gender));
        Ok(())
    })
}

/// The table of FFHQ-Aging in `folder`, or in its parent if `folder` is that of the pictures.
pub(super) fn ffhq_table(folder: &Path) -> Option<PathBuf> {
    let own = name_of(folder);
    let is_pictures = FFHQ_FOLDERS.iter().any(|start| own.starts_with(start));
    let beside = folder.parent().filter(|_| is_pictures);
    let mut tables =
        [Some(folder), beside].into_iter().flatten().flat_map(|home| FFHQ.map(|name| home.join(name)));
    tables.find(|path| path.is_file())
}

fn name_of(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

/// Reads FFHQ-Aging's table (Or-El et al., 2020): number of the picture, age group such as `30-39`, gender.
/// The pictures are `00000.png`, or `00000/00000.png` in folders of a thousand, optionally in a folder such
/// as `ffhq_aging256x256` or `images1024x1024`.
pub(super) fn read_ffhq_aging(folder: &Path) -> Result<Labels, DatasetError> {
    let table = Table::open(&ffhq_table(folder).unwrap_or_else(|| folder.join(FFHQ[0])))?;
    let [number, group, gender_of] =
        [table.column("image_number")?, table.column("age_group")?, table.column("gender")?];
    let homes = ffhq_homes(folder);
    table.labels(|row, labels| {
        let Ok(number) = row.field(number).parse::<u32>() else {
            return Err(table.wrong(row, "image_number", row.field(number), "a number"));
        };
        let Some(age @ AgeLabel::Years { .. }) = folders::label(row.field(group)) else {
            return Err(table.wrong(row, "age_group", row.field(group), "a group of years such as 30-39"));
        };
        let gender = table.gender(row, row.field(gender_of))?;
        match ffhq_picture(&homes, number) {
            Some(file) => labels.faces.push(Labelled::new(file, age, gender)),
            None => labels
                .skipped
                .push((folder.join(format!("{number:05}.png")), "the file does not exist".to_owned())),
        }
        Ok(())
    })
}

/// The folders that may have pictures: `folder` itself, then those of one size, largest first.
fn ffhq_homes(folder: &Path) -> Vec<PathBuf> {
    let side = |name: &str| name.rsplit_once('x').and_then(|(_, side)| side.parse::<u32>().ok()).unwrap_or(0);
    let inner = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut sized: Vec<(u32, PathBuf)> = inner
        .filter(|path| path.is_dir() && FFHQ_FOLDERS.iter().any(|start| name_of(path).starts_with(start)))
        .map(|path| (side(&name_of(&path)), path))
        .collect();
    sized.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    std::iter::once(folder.to_owned()).chain(sized.into_iter().map(|(_, path)| path)).collect()
}

fn ffhq_picture(homes: &[PathBuf], number: u32) -> Option<PathBuf> {
    let thousand = format!("{:05}", number / 1000 * 1000);
    let homes = homes.iter().flat_map(|home| [home.join(&thousand), home.clone()]);
    let mut names =
        homes.flat_map(|home| ["png", "jpg"].map(|kind| home.join(format!("{number:05}.{kind}"))));
    names.find(|path| path.is_file())
}
