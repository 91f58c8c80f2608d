//! Where a network is trained.

use anyhow::bail;
use candle_core::Device;

use agemirror_kernels::{DeviceChoice, choose_device};

/// The device to train on.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
pub(super) enum TrainingDevice {
    /// The processor
    Cpu,
    /// A graphics processor through CUDA
    Cuda,
}

impl TrainingDevice {
    /// Opens the device.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn open(self) -> anyhow::Result<Device> {
        if self == Self::Cpu {
            return Ok(Device::Cpu);
        }
        let chosen = choose_device(DeviceChoice::Automatic);
        if !chosen.device.is_cuda() {
            bail!("there is no CUDA device to train on: {}; give --device cpu", chosen.description);
        }
        Ok(chosen.device)
    }
}
