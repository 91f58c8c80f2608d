//! Device for training.

use anyhow::bail;
use candle_core::Device;

use agemirror_kernels::{DeviceChoice, choose_device};

/// Device to train on.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
pub(in crate::commands) enum TrainingDevice {
    /// CPU
    Cpu,
    /// GPU, through CUDA
    Cuda,
}

impl TrainingDevice {
    /// Opens the device.
    ///
    /// # Errors
    /// When there is no such device.
    pub(in crate::commands) fn open(self) -> anyhow::Result<Device> {
        if self == Self::Cpu {
            return Ok(Device::Cpu);
        }
        let chosen = choose_device(DeviceChoice::Automatic);
        if !chosen.device.is_cuda() {
            bail!("no CUDA device found: {}; use --device cpu", chosen.description);
        }
        Ok(chosen.device)
    }
}
