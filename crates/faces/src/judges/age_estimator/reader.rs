//! Estimates the ages of faces with a trained network.

use std::path::Path;

use candle_core::{DType, Device, Result};
use candle_nn::VarBuilder;
use image::RgbImage;
use image::imageops::flip_horizontal;

use super::network::{FoldedNetwork, Network, Statistics, expected_age};
use crate::bundled::{AGE_ESTIMATOR, decompress};
use crate::face::AlignmentTemplate;
use crate::pixels::planes;

/// Side of the crops, in pixels.
pub const SIDE: u32 = 64;

/// Positions of the landmarks in the crops: brow and chin inside, little else.
pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
    points: [[0.3125, 0.36], [0.6875, 0.36], [0.5, 0.56], [0.344, 0.7734], [0.656, 0.7734]],
};

/// Number of crops per batch, which bounds the memory used.
const TOGETHER: usize = 16;

/// The trained estimator.
pub struct AgeEstimator {
    network: FoldedNetwork,
    statistics: Statistics,
    device: Device,
}

impl AgeEstimator {
    /// Loads the bundled weights.
    ///
    /// # Errors
    /// When they belong to another network.
    pub fn bundled(device: &Device) -> Result<Self> {
        Self::from_bytes(decompress(AGE_ESTIMATOR)?, device)
    }

    /// Loads the weights at `path`.
    ///
    /// # Errors
    /// When the file cannot be read or belongs to another network.
    pub fn load(path: &Path, device: &Device) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| candle_core::Error::from(error).with_path(path))?;
        Self::from_bytes(bytes, device).map_err(|error| error.with_path(path))
    }

    /// Loads the weights from the bytes of a safetensors file.
    ///
    /// # Errors
    /// When they belong to another network.
    pub fn from_bytes(bytes: Vec<u8>, device: &Device) -> Result<Self> {
        let vb = VarBuilder::from_buffered_safetensors(bytes, DType::F32, device)?;
        let position = |index: usize| {
            let get = |part| vb.get_unchecked(&format!("statistics.{index}.{part}"));
            Ok([get("mean")?, get("variance")?])
        };
        let statistics = Statistics((0..Statistics::POSITIONS).map(position).collect::<Result<_>>()?);
        Self::new(&Network::new(vb)?, statistics, device)
    }

    /// An estimator with the current weights of `network`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn new(network: &Network, statistics: Statistics, device: &Device) -> Result<Self> {
        Ok(Self { network: network.fold()?, statistics, device: device.clone() })
    }

    /// Ages, in years, of crops of [`SIDE`] pixels aligned to [`TEMPLATE`]: the mean over each crop and its
    /// mirror image.
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
        let mirrored = crops.iter().map(flip_horizontal);
        let all: Vec<RgbImage> = crops.iter().cloned().chain(mirrored).collect();
        let x = planes(&all, SIDE, &self.device)?;
        let (logits, _) = self.network.forward(&x, Some(&self.statistics))?;
        let ages = expected_age(&logits)?;
        ages.reshape((2, crops.len()))?.mean(0)?.to_vec1()
    }
}
