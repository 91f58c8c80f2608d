//! Device for training.

use anyhow::bail;
use candle_core::Device;

use agemirror_kernels::{ChosenDevice, DeviceChoice, choose_device};

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
        Ok(self.choose()?.device)
    }

    /// Opens the device, with its description.
    ///
    /// # Errors
    /// When there is no such device.
    pub(in crate::commands) fn choose(self) -> anyhow::Result<ChosenDevice> {
        let choice = if self == Self::Cpu { DeviceChoice::Cpu } else { DeviceChoice::Automatic };
        let chosen = choose_device(choice);
        if self == Self::Cuda && !chosen.device.is_cuda() {
            bail!("no CUDA device found: {}; use --device cpu", chosen.description);
        }
        Ok(chosen)
    }
}
