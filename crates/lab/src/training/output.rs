//! Pictures and tensors that a run writes.

use std::collections::HashMap;
use std::path::Path;

use candle_core::Tensor;
use image::RgbImage;

use super::TrainingError;
use agemirror_faces::compose::PictureFormat;
use agemirror_storage::{SaveError, write_atomically};

/// Writes a picture in the format of the file extension of `path` (see [`PictureFormat`]), replacing an existing file.
/// Creates the folder if missing.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write_sheet(path: &Path, picture: &RgbImage) -> Result<(), TrainingError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| SaveError::at(folder, source))?;
    }
    let format = PictureFormat::of(path)?;
    Ok(write_atomically(path, |out| format.write(picture, None, out))?)
}

/// Writes `tensors` to `path` as safetensors; the file appears only when complete.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write_tensors(tensors: &HashMap<String, Tensor>, path: &Path) -> Result<(), TrainingError> {
    let bytes = safetensors::serialize(tensors, None).map_err(candle_core::Error::wrap)?;
    Ok(write_atomically(path, |out| out.write_all(&bytes))?)
}
