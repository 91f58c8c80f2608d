//! Maps Keras's names and layouts to torchvision's.

use std::collections::HashMap;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

use agemirror_checkpoint::{Checkpoint, inception_layers};

/// Tensors of a Keras .h5 file under torchvision's names and in its layout.
///
/// Keras numbers convolutions and normalizations in order of creation, `conv2d_1` to `conv2d_94` in the
/// published file. Its normalizations have no scale.
///
/// # Errors
/// When the file contains another network.
pub(super) fn tensors(checkpoint: &Checkpoint, device: &Device) -> Result<VarBuilder<'static>> {
    let layers = inception_layers();
    let mut found = HashMap::new();
    let parts = [
        ("conv2d", "kernel:0", "conv.weight"),
        ("batch_normalization", "beta:0", "bn.bias"),
        ("batch_normalization", "moving_mean:0", "bn.running_mean"),
        ("batch_normalization", "moving_variance:0", "bn.running_var"),
    ];
    for (kind, ending, part) in parts {
        let names = numbered(checkpoint, kind, ending);
        if names.len() != layers.len() {
            candle_core::bail!(
                "{} has {} tensors {kind}_N/{ending} where Keras's Inception-v3 has {}",
                checkpoint.path().display(),
                names.len(),
                layers.len()
            );
        }
        for (name, (layer, _)) in names.iter().zip(&layers) {
            found.insert(format!("{layer}.{part}"), tensor(checkpoint, name, device)?);
        }
    }
    for (ending, part) in [("kernel:0", "fc.weight"), ("bias:0", "fc.bias")] {
        let named = |name: &&str| name.ends_with(&format!("predictions/{ending}"));
        if let Some(name) = names_of(checkpoint).find(named) {
            found.insert(part.to_owned(), tensor(checkpoint, name, device)?);
        }
    }
    Ok(VarBuilder::from_tensors(found, DType::F32, device))
}

fn names_of(checkpoint: &Checkpoint) -> impl Iterator<Item = &str> {
    checkpoint.entries().iter().map(|entry| entry.name.as_str())
}

/// The tensors `KIND_N/ENDING`, sorted by number; the first may have no number.
fn numbered<'a>(checkpoint: &'a Checkpoint, kind: &str, ending: &str) -> Vec<&'a str> {
    let number = |name: &str| -> Option<u32> {
        let mut parts = name.rsplit('/');
        if parts.next()? != ending {
            return None;
        }
        match parts.next()?.strip_prefix(kind)? {
            "" => Some(0),
            number => number.strip_prefix('_')?.parse().ok(),
        }
    };
    let mut names: Vec<(u32, &str)> =
        names_of(checkpoint).filter_map(|name| Some((number(name)?, name))).collect();
    names.sort();
    names.into_iter().map(|(_, name)| name).collect()
}

/// A tensor with its output dimension moved to the front; Keras puts it last.
fn tensor(checkpoint: &Checkpoint, name: &str, device: &Device) -> Result<Tensor> {
    let tensor = checkpoint.tensor(name).map_err(candle_core::Error::wrap)?;
    let tensor = tensor.to_dtype(DType::F32)?.to_device(device)?;
    match tensor.rank() {
        4 => tensor.permute((3, 2, 0, 1))?.contiguous(),
        2 => tensor.t()?.contiguous(),
        _ => Ok(tensor),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The file is written by h5py (`tests/reference/make_keras_files.py`) and has three layers instead of
    /// 94.
    #[test]
    fn names_are_sorted_by_number_and_outputs_come_first() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference/keras/weights.h5");
        let checkpoint = Checkpoint::open(&file).unwrap();
        let names = numbered(&checkpoint, "conv2d", "kernel:0");
        assert_eq!(names, [1, 2, 3].map(|i| format!("conv2d_{i}/conv2d_{i}/kernel:0")));
        assert!(numbered(&checkpoint, "batch_normalization", "beta:0").is_empty());
        // Height 1, width 2, one input, two outputs: 2, 2.5, 3, 3.5 in file order.
        let kernel = tensor(&checkpoint, names[1], &Device::Cpu).unwrap();
        assert_eq!(kernel.dims(), [2, 1, 1, 2]);
        assert_eq!(kernel.flatten_all().unwrap().to_vec1::<f32>().unwrap(), [2.0, 3.0, 2.5, 3.5]);
        let error = tensors(&checkpoint, &Device::Cpu).err().unwrap().to_string();
        assert!(error.contains("3 tensors conv2d_N/kernel:0") && error.contains("94"), "{error}");
    }
}
