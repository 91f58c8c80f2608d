//! Opens the user's weight file for a judging network.

use std::path::Path;
use std::sync::Arc;

use candle_core::{Device, Result};
use candle_nn::VarBuilder;

use agemirror_checkpoint::{Checkpoint, System, recognise, var_builder};

/// Tensors of the file at `path` as 32-bit floats on `device`, without the prefix of their names.
///
/// # Errors
/// When the file cannot be read or contains another network than `wanted`.
pub(super) fn tensors(path: &Path, wanted: System, device: &Device) -> Result<VarBuilder<'static>> {
    let checkpoint = Checkpoint::open(path).map_err(candle_core::Error::wrap)?;
    tensors_of(checkpoint, |system| system == wanted, &wanted.to_string(), device)
}

/// The same for an open file whose system satisfies `is_wanted`.
///
/// # Errors
/// When the file contains another network.
pub(super) fn tensors_of(
    checkpoint: Checkpoint,
    is_wanted: impl Fn(System) -> bool,
    wanted: &str,
    device: &Device,
) -> Result<VarBuilder<'static>> {
    let file = checkpoint.path().display();
    match recognise(&checkpoint) {
        Some(known) if is_wanted(known.system) => {
            Ok(var_builder(Arc::new(checkpoint), &known.prefix, device))
        }
        Some(known) => candle_core::bail!("{file} holds {}, not {wanted}", known.system),
        None => {
            candle_core::bail!("{file} does not hold {wanted}; run `agemirror inspect` to see what it holds")
        }
    }
}
