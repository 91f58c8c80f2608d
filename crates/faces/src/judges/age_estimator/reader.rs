//! Reading ages off faces with a trained network.

use std::path::Path;

use candle_core::{DType, Device, Result};
use candle_nn::VarBuilder;
use image::RgbImage;
use image::imageops::flip_horizontal;

use super::network::{FoldedNetwork, Network, Statistics, expected_age};
use crate::face::AlignmentTemplate;
use crate::judges::pixels::planes;

/// The side of the crops in pixels.
pub const SIDE: u32 = 64;

/// Where the crops have the landmarks: brow and chin inside, little else.
pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
    points: [[0.3125, 0.36], [0.6875, 0.36], [0.5, 0.56], [0.344, 0.7734], [0.656, 0.7734]],
};

/// The weights that come with the program, half precision.
const BUNDLED: &[u8] = include_bytes!("../../../../../weights/age_estimator.safetensors");

/// How many crops go through the network together: bounds the memory used.
const TOGETHER: usize = 16;

/// The trained estimator.
pub struct AgeEstimator {
    network: FoldedNetwork,
    statistics: Statistics,
    device: Device,
}

impl AgeEstimator {
    /// Takes the weights that come with the program.
    ///
    /// # Errors
    /// When they are not this network's.
    pub fn bundled(device: &Device) -> Result<Self> {
        Self::from_bytes(BUNDLED.to_vec(), device)
    }

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
        let place = |index: usize| {
            let get = |part| vb.get_unchecked(&format!("statistics.{index}.{part}"));
            Ok([get("mean")?, get("variance")?])
        };
        let statistics = Statistics((0..Statistics::PLACES).map(place).collect::<Result<_>>()?);
        Self::new(&Network::new(vb)?, statistics, device)
    }

    /// An estimator with the weights of `network` as they are now.
    ///
    /// # Errors
    /// When the device fails.
    pub fn new(network: &Network, statistics: Statistics, device: &Device) -> Result<Self> {
        Ok(Self { network: network.fold()?, statistics, device: device.clone() })
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
        let mirrored = crops.iter().map(flip_horizontal);
        let all: Vec<RgbImage> = crops.iter().cloned().chain(mirrored).collect();
        let x = planes(&all, SIDE, &self.device)?;
        let (logits, _) = self.network.forward(&x, Some(&self.statistics))?;
        let ages = expected_age(&logits)?;
        ages.reshape((2, crops.len()))?.mean(0)?.to_vec1()
    }
}
