//! Pictures and tensors that a run writes.

use std::collections::HashMap;
use std::io::Cursor;
use std::path::Path;

use candle_core::Tensor;
use image::{ImageFormat, RgbImage};

use super::TrainingError;
use agemirror_storage::{SaveError, write_atomically};

/// Writes a picture in the format of the file extension of `path`, replacing an existing file. Creates the
/// folder if missing.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write_sheet(path: &Path, picture: &RgbImage) -> Result<(), TrainingError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| SaveError::at(folder, source))?;
    }
    let format = ImageFormat::from_path(path).unwrap_or(ImageFormat::Png);
    let mut bytes = Cursor::new(Vec::new());
    let encoded = picture.write_to(&mut bytes, format);
    encoded.map_err(|error| SaveError::Encoding { path: path.to_owned(), reason: error.to_string() })?;
    Ok(write_atomically(path, |out| out.write_all(bytes.get_ref()))?)
}

/// Writes `tensors` to `path` as safetensors; the file appears only when complete.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write_tensors(tensors: &HashMap<String, Tensor>, path: &Path) -> Result<(), TrainingError> {
    let bytes = safetensors::serialize(tensors, None).map_err(candle_core::Error::wrap)?;
    Ok(write_atomically(path, |out| out.write_all(&bytes))?)
}
