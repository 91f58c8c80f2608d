//! The table of a data folder: pictures of heads with their masks.

use std::path::{Path, PathBuf};

use super::error::RegionDataError;
use crate::dataset::{POINT_COLUMNS, Split, TextTable};
use agemirror_faces::face::FivePoints;

/// Minimum age of a beard, in years.
const MIN_BEARD_AGE: f32 = 16.0;

/// One picture with its mask.
pub(super) struct Entry {
    /// The picture's name in the table.
    pub file: String,
    /// The picture.
    pub picture: PathBuf,
    /// Its mask.
    pub mask: PathBuf,
    /// The split it belongs to.
    pub split: Split,
    /// Whether the mask is hand-made: the table of such a folder names the masks.
    pub hand_made: bool,
    /// Whether the face is that of a man old enough for a beard, if the table contains it.
    pub male: Option<bool>,
    /// The five landmarks in pixels, if the table has them.
    pub points: Option<FivePoints>,
}

/// Reads `labels.csv` of `folder`: the columns `file` and `split`, and if present `mask`, `gender` and landmarks.
/// Without a column `mask`, the masks are `masks/NAME.png`, and pictures without one are skipped.
///
/// # Errors
/// When the table cannot be read, lacks a column, or has an invalid field.
pub(super) fn read_table(folder: &Path) -> Result<Vec<Entry>, RegionDataError> {
    let file = folder.join("labels.csv");
    let wrong = |reason: String| RegionDataError::Table { file: file.clone(), reason };
    let table = TextTable::read(&file).map_err(|error| wrong(error.to_string()))?;
    let column = |name: &str| table.find(name);
    let needed = |name: &str| column(name).ok_or_else(|| wrong(format!("the column `{name}` is missing")));
    let (file_column, split_column) = (needed("file")?, needed("split")?);
    let (mask_column, gender_column, age_column) = (column("mask"), column("gender"), column("age_high"));
    let point_columns: Option<Vec<usize>> = POINT_COLUMNS.iter().map(|name| column(name)).collect();
    let mut entries = Vec::new();
    for row in table.rows() {
        let row = row.map_err(wrong)?;
        let field = |index: usize| row.field(index);
        let name = field(file_column);
        let split = split_of(field(split_column))
            .map_err(|reason| wrong(format!("line {}: {reason}", row.line())))?;
        let stem = Path::new(name).file_stem().unwrap_or_default();
        let mask = match mask_column {
            Some(column) => folder.join(field(column)),
            None => folder.join("masks").join(stem).with_extension("png"),
        };
        if mask_column.is_none() && !mask.exists() {
            continue;
        }
        let age = age_column.and_then(|column| field(column).parse::<f32>().ok());
        let child = age.is_some_and(|age| age < MIN_BEARD_AGE);
        let points = point_columns.as_ref().and_then(|columns| landmarks(columns.iter().map(|i| field(*i))));
        entries.push(Entry {
            file: name.to_owned(),
            picture: folder.join(name),
            mask,
            split,
            hand_made: mask_column.is_some(),
            male: gender_column.map(|column| field(column) == "male" && !child),
            points,
        });
    }
    Ok(entries)
}

fn split_of(field: &str) -> Result<Split, String> {
    match field {
        "train" => Ok(Split::Train),
        "validation" => Ok(Split::Validation),
        other => Err(format!("`{other}` is neither `train` nor `validation`")),
    }
}

/// The landmarks from the fields of their coordinates; `None` if one is not a number.
fn landmarks<'a>(fields: impl Iterator<Item = &'a str>) -> Option<FivePoints> {
    let values: Vec<f32> = fields.filter_map(|field| field.parse().ok()).collect();
    let points: Vec<[f32; 2]> = values.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    FivePoints::try_from(points).ok()
}
