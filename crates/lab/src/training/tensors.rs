//! Named tensors in a file.

use std::collections::HashMap;
use std::path::Path;

use candle_core::Tensor;

use super::TrainingError;
use agemirror_storage::write_atomically;

/// Writes `tensors` to `path` as safetensors, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write_tensors(tensors: &HashMap<String, Tensor>, path: &Path) -> Result<(), TrainingError> {
    let bytes = safetensors::serialize(tensors, None).map_err(candle_core::Error::wrap)?;
    Ok(write_atomically(path, |out| out.write_all(&bytes))?)
}
