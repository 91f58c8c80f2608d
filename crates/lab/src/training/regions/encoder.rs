//! Initial weights of the encoder: EfficientNet-Lite0, trained on ImageNet.

use std::path::Path;

use candle_core::{Device, Result};
use candle_nn::VarBuilder;

use crate::training::mirror::features::{fold_batch_norm, read_weights};
use crate::training::{NamedTensors, TrainingError};
use agemirror_faces::face::regions::layers::{Layer, layers};

/// The prefix of the encoder's layers.
pub(super) const ENCODER: &str = "encoder.";

/// Reads the encoder's weights from `efficientnet_lite0.pth` or `efficientnet_lite0.safetensors` in `folder`: for each
/// layer `NAME.weight` and `NAME.bias`, with the normalisation folded in.
///
/// # Errors
/// When neither file exists, or the file contains another network.
pub(crate) fn read_encoder(folder: &Path) -> std::result::Result<NamedTensors, TrainingError> {
    read_weights(folder, &Device::Cpu, encoder_of)
}

/// The encoder's weights from the network in `vb`, in the names of the PyPI package.
fn encoder_of(vb: &VarBuilder<'_>) -> Result<NamedTensors> {
    let mut weights = NamedTensors::new();
    for layer in layers() {
        let Some((convolution, norm)) = published(&layer) else { continue };
        let (outputs, inputs, kernel, _) = layer.filter_shape();
        let (filter, bias) = fold_batch_norm(&vb.pp(convolution), &vb.pp(norm), (outputs, inputs, kernel))?;
        weights.insert(format!("{}.weight", layer.name), filter);
        weights.insert(format!("{}.bias", layer.name), bias);
    }
    Ok(weights)
}

/// The names of a layer's convolution and of the normalisation after it in the package; `None` for the decoder.
fn published(layer: &Layer) -> Option<(String, String)> {
    let name = layer.name.strip_prefix(ENCODER)?;
    let Some((block, part)) = name.split_once('.') else {
        return Some(("_conv_stem".to_owned(), "_bn0".to_owned()));
    };
    let norm = match part {
        "expand" => 0,
        "depthwise" => 1,
        _ => 2,
    };
    Some((format!("_blocks.{block}._{part}_conv"), format!("_blocks.{block}._bn{norm}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::mirror::features::tests::hashed_weights;

    #[test]
    fn every_layer_of_the_encoder_has_its_weights() {
        let weights = encoder_of(&hashed_weights()).unwrap();
        let encoder: Vec<Layer> =
            layers().into_iter().filter(|layer| layer.name.starts_with(ENCODER)).collect();
        assert_eq!(weights.len(), 2 * encoder.len());
        for layer in encoder {
            let shape = weights[&format!("{}.weight", layer.name)].dims4().unwrap();
            assert_eq!(shape, layer.filter_shape(), "{}", layer.name);
        }
        assert!(read_encoder(Path::new("nowhere")).is_err());
    }
}
