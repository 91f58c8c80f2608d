//! The choice of the device that runs the networks.

use std::cell::Cell;
use std::fmt;

use candle_core::Device;
use serde::{Deserialize, Serialize};

/// The requested device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceChoice {
    /// A GPU if the program was built for one and one responds, otherwise the CPU.
    #[default]
    Automatic,
    /// Always the CPU.
    Cpu,
}

/// Why the CPU was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CpuReason {
    /// The user chose it.
    Chosen,
    /// The program was built without support of a GPU.
    NoGpuBuild,
    /// A GPU is missing or does not respond, for this reason.
    NoGpu(String),
}

/// A device, for the user. [`fmt::Display`] writes it as `CPU, 2 threads (built without CUDA)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceDescription {
    /// The CPU.
    Cpu {
        /// Number of threads.
        threads: usize,
        /// Why it was chosen.
        reason: CpuReason,
    },
    /// A GPU, by its name.
    Gpu(&'static str),
}

impl fmt::Display for CpuReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Chosen => "as chosen",
            Self::NoGpuBuild => "built without CUDA",
            Self::NoGpu(reason) => reason,
        })
    }
}

impl fmt::Display for DeviceDescription {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu { threads: 1, reason } => write!(formatter, "CPU, 1 thread ({reason})"),
            Self::Cpu { threads, reason } => write!(formatter, "CPU, {threads} threads ({reason})"),
            Self::Gpu(name) => formatter.write_str(name),
        }
    }
}

/// A device and the reason for choosing it.
#[derive(Clone, Debug)]
pub struct ChosenDevice {
    /// The device.
    pub device: Device,
    /// What it is, for the user.
    pub description: DeviceDescription,
}

thread_local! {
    static COMPOSED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the kernels of this crate run on `device`. On other devices, within [`with_composed_operations`],
/// and everywhere with the feature `stock-kernels`, operations are composed of candle's own.
pub fn has_kernels(device: &Device) -> bool {
    device.is_cpu() && !cfg!(feature = "stock-kernels") && !COMPOSED.get()
}

/// Runs `work` on this thread with the operations that devices without kernels use, those composed of candle's.
/// So what a GPU computes can be checked without one.
pub fn with_composed_operations<T>(work: impl FnOnce() -> T) -> T {
    let _previous = Previous(COMPOSED.replace(true));
    work()
}

/// Whether this thread is within [`with_composed_operations`].
pub(super) fn composes_operations() -> bool {
    COMPOSED.get()
}

/// Restores the setting of this thread when dropped, also after a panic.
struct Previous(bool);

impl Drop for Previous {
    fn drop(&mut self) {
        COMPOSED.set(self.0);
    }
}

/// Opens the requested device, or the CPU with the reason why not.
pub fn choose_device(choice: DeviceChoice) -> ChosenDevice {
    let opened = match choice {
        DeviceChoice::Automatic => accelerator(),
        DeviceChoice::Cpu => Err(CpuReason::Chosen),
    };
    match opened {
        Ok(chosen) => chosen,
        Err(reason) => {
            let threads = rayon::current_num_threads();
            ChosenDevice { device: Device::Cpu, description: DeviceDescription::Cpu { threads, reason } }
        }
    }
}

#[cfg(feature = "cuda")]
fn accelerator() -> Result<ChosenDevice, CpuReason> {
    // If a CUDA library is missing or too old, the binding panics instead of returning an error.
    let opened = std::panic::catch_unwind(|| Device::new_cuda(0));
    match opened {
        Ok(Ok(device)) => Ok(ChosenDevice { device, description: DeviceDescription::Gpu("CUDA device 0") }),
        Ok(Err(error)) if error.to_string().contains("CUDA_ERROR_NO_DEVICE") => {
            Err(CpuReason::NoGpu("no NVIDIA driver or device was found".to_owned()))
        }
        Ok(Err(error)) => {
            let reason = format!("CUDA does not respond: {}", first_line(&error.to_string()));
            Err(CpuReason::NoGpu(reason))
        }
        Err(_) => Err(CpuReason::NoGpu("the CUDA libraries are missing".to_owned())),
    }
}

#[cfg(all(feature = "metal", not(feature = "cuda")))]
fn accelerator() -> Result<ChosenDevice, CpuReason> {
    match Device::new_metal(0) {
        Ok(device) => Ok(ChosenDevice { device, description: DeviceDescription::Gpu("Metal device 0") }),
        Err(error) => {
            let reason = format!("Metal does not respond: {}", first_line(&error.to_string()));
            Err(CpuReason::NoGpu(reason))
        }
    }
}

#[cfg(not(any(feature = "cuda", feature = "metal")))]
fn accelerator() -> Result<ChosenDevice, CpuReason> {
    Err(CpuReason::NoGpuBuild)
}

/// The first line of an error, which may include a whole backtrace.
#[cfg(any(feature = "cuda", feature = "metal"))]
fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_names_the_device_and_the_reason() {
        let chosen = choose_device(DeviceChoice::Automatic);
        let description = chosen.description.to_string();
        assert_eq!(chosen.device.is_cpu(), description.starts_with("CPU, "), "{description}");
        let chosen = choose_device(DeviceChoice::Cpu);
        assert!(chosen.device.is_cpu() && chosen.description.to_string().ends_with("(as chosen)"));
    }

    #[test]
    fn operations_are_composed_only_within_the_call() {
        let has = || has_kernels(&Device::Cpu);
        let outside = has();
        assert!(!with_composed_operations(has));
        let panicked = std::panic::catch_unwind(|| with_composed_operations(|| panic!("in the call")));
        assert!(panicked.is_err() && has() == outside);
    }
}
