//! Reading ages off faces with a trained network.

use std::path::Path;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;
use image::RgbImage;

use super::network::{FoldedNetwork, Network, expected_age};
use crate::face::AlignmentTemplate;

/// The side of the crops in pixels.
pub const SIDE: u32 = 64;

/// Where the crops have the landmarks: brow and chin inside, little else.
pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
    points: [[0.3125, 0.36], [0.6875, 0.36], [0.5, 0.56], [0.344, 0.7734], [0.656, 0.7734]],
};

/// How many crops go through the network together: bounds the memory used.
const TOGETHER: usize = 16;

/// The trained estimator.
pub struct AgeEstimator {
    network: FoldedNetwork,
    device: Device,
}

impl AgeEstimator {
    /// Reads the weights at `path`.
    ///
    /// # Errors
    /// When the file cannot be read or is that of another network.
    pub fn load(path: &Path, device: &Device) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| candle_core::Error::from(error).with_path(path))?;
        Self::from_bytes(bytes, device).map_err(|error| error.with_path(path))
    }

    /// Takes the weights from the bytes of a safetensors file.
    ///
    /// # Errors
    /// When they are another network's.
    pub fn from_bytes(bytes: Vec<u8>, device: &Device) -> Result<Self> {
        let vb = VarBuilder::from_buffered_safetensors(bytes, DType::F32, device)?;
        Self::new(&Network::new(vb)?, device)
    }

    /// An estimator with the weights of `network` as they are now.
    ///
    /// # Errors
    /// When the device fails.
    pub fn new(network: &Network, device: &Device) -> Result<Self> {
        Ok(Self { network: network.fold()?, device: device.clone() })
    }

    /// The ages in years of crops of [`SIDE`] pixels aligned to [`TEMPLATE`]: the mean of what the crop and
    /// its mirror image are read as.
    ///
    /// # Errors
    /// When a crop has another size.
    pub fn read(&self, crops: &[RgbImage]) -> Result<Vec<f32>> {
        let mut ages = Vec::with_capacity(crops.len());
        for some in crops.chunks(TOGETHER) {
            ages.extend(self.read_together(some)?);
        }
        Ok(ages)
    }

    fn read_together(&self, crops: &[RgbImage]) -> Result<Vec<f32>> {
        let side = SIDE as usize;
        let mut pixels = Vec::with_capacity(crops.len() * 6 * side * side);
        for crop in crops {
            if crop.dimensions() != (SIDE, SIDE) {
                candle_core::bail!("a crop must have {SIDE} pixels a side, not {:?}", crop.dimensions());
            }
            for mirrored in [false, true] {
                push_planes(crop, mirrored, &mut pixels);
            }
        }
        let x = Tensor::from_vec(pixels, (crops.len() * 2, 3, side, side), &self.device)?;
        let ages = expected_age(&self.network.logits(&x)?)?;
        ages.reshape((crops.len(), 2))?.mean(1)?.to_vec1()
    }
}

/// Appends red, green and blue in -1..1.
fn push_planes(crop: &RgbImage, mirrored: bool, pixels: &mut Vec<f32>) {
    for channel in 0..3 {
        for row in crop.as_raw().chunks_exact(3 * SIDE as usize) {
            let start = pixels.len();
            pixels.extend(row.chunks_exact(3).map(|pixel| f32::from(pixel[channel]) / 127.5 - 1.0));
            if mirrored {
                pixels[start..].reverse();
            }
        }
    }
}
