//! Pictures that a run writes on its way.

use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, RgbImage};

use super::TrainingError;
use agemirror_storage::{SaveError, write_atomically};

/// Writes a picture, in the format that the ending of `path` names, over one that an earlier part of the run
/// may have left there. The folder is made where it is missing.
///
/// # Errors
/// When it cannot be written.
pub fn write_sheet(path: &Path, picture: &RgbImage) -> Result<(), TrainingError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| SaveError::at(folder, source))?;
    }
    let format = ImageFormat::from_path(path).unwrap_or(ImageFormat::Png);
    let mut bytes = Cursor::new(Vec::new());
    let encoded = picture.write_to(&mut bytes, format);
    encoded.map_err(|error| SaveError::Encoding { path: path.to_owned(), reason: error.to_string() })?;
    Ok(write_atomically(path, |out| out.write_all(bytes.get_ref()))?)
}
