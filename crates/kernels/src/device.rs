//! Which device runs the networks, and why that one.

use candle_core::Device;
use serde::{Deserialize, Serialize};

/// Which device is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceChoice {
    /// A graphics processor where the program was built for one and one answers, else the CPU.
    #[default]
    Automatic,
    /// The CPU, whatever else there is.
    Cpu,
}

/// A device with the reason it was chosen.
#[derive(Clone, Debug)]
pub struct ChosenDevice {
    /// The device.
    pub device: Device,
    /// What the user reads, such as `CPU, 2 threads (built without CUDA)`.
    pub description: String,
}

/// Whether the kernels of this folder run on `device`; elsewhere, and anywhere with the feature `stock-kernels`,
/// the same is made of candle's own operations.
pub(super) fn has_kernels(device: &Device) -> bool {
    device.is_cpu() && !cfg!(feature = "stock-kernels")
}

/// Opens the wanted device, and says why another is used where that is so.
pub fn choose_device(choice: DeviceChoice) -> ChosenDevice {
    let answer = match choice {
        DeviceChoice::Automatic => accelerator(),
        DeviceChoice::Cpu => Err("as chosen".to_owned()),
    };
    match answer {
        Ok(chosen) => chosen,
        Err(reason) => {
            let threads = rayon::current_num_threads();
            let noun = if threads == 1 { "thread" } else { "threads" };
            ChosenDevice { device: Device::Cpu, description: format!("CPU, {threads} {noun} ({reason})") }
        }
    }
}

#[cfg(feature = "cuda")]
fn accelerator() -> Result<ChosenDevice, String> {
    // Where a library of CUDA's is missing or too old, the binding panics instead of answering.
    let opened = std::panic::catch_unwind(|| Device::new_cuda(0));
    match opened {
        Ok(Ok(device)) => Ok(ChosenDevice { device, description: "CUDA device 0".to_owned() }),
        Ok(Err(error)) if error.to_string().contains("CUDA_ERROR_NO_DEVICE") => {
            Err("no NVIDIA driver or device was found".to_owned())
        }
        Ok(Err(error)) => Err(format!("CUDA does not answer: {}", first_line(&error.to_string()))),
        Err(_) => Err("CUDA's libraries are missing".to_owned()),
    }
}

#[cfg(all(feature = "metal", not(feature = "cuda")))]
fn accelerator() -> Result<ChosenDevice, String> {
    match Device::new_metal(0) {
        Ok(device) => Ok(ChosenDevice { device, description: "Metal device 0".to_owned() }),
        Err(error) => Err(format!("Metal does not answer: {}", first_line(&error.to_string()))),
    }
}

#[cfg(not(any(feature = "cuda", feature = "metal")))]
fn accelerator() -> Result<ChosenDevice, String> {
    Err("built without CUDA".to_owned())
}

/// The first line of an error, for it may carry a whole backtrace.
#[cfg(any(feature = "cuda", feature = "metal"))]
fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_device_says_what_it_is_and_why() {
        let chosen = choose_device(DeviceChoice::Automatic);
        assert!(!chosen.description.is_empty());
        assert_eq!(chosen.device.is_cpu(), chosen.description.starts_with("CPU, "), "{}", chosen.description);
        let chosen = choose_device(DeviceChoice::Cpu);
        assert!(chosen.device.is_cpu() && chosen.description.ends_with("(as chosen)"));
    }
}
