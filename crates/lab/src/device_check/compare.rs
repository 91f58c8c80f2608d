//! Compares what a device computes with what the kernels of the CPU compute.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Context, bail};
use candle_core::{DType, Device, Tensor};

use super::report::Comparison;
use agemirror_kernels::with_composed_operations;

/// A device that is compared with the kernels of the CPU. If it is the CPU itself, operations are composed of
/// candle's as on a GPU, so that the comparison is a rehearsal of the GPU's.
pub(super) struct Compared {
    pub device: Device,
    pub selection: Selection,
}

/// The parts to check: those whose name contains this text, or all.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection(pub Option<String>);

impl Selection {
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|text| name.to_lowercase().contains(&text.to_lowercase()))
    }
}

impl Compared {
    /// Whether this is a rehearsal on the CPU.
    pub(super) fn is_rehearsal(&self) -> bool {
        self.device.is_cpu()
    }

    /// Runs `work` as this device computes it.
    pub(super) fn run<T>(&self, work: impl FnOnce(&Device) -> T) -> T {
        match self.is_rehearsal() {
            true => with_composed_operations(|| work(&self.device)),
            false => work(&self.device),
        }
    }

    /// The tolerance that applies, of one in a rehearsal and one on a GPU.
    pub(super) fn tolerance(&self, [rehearsal, gpu]: [f32; 2]) -> f32 {
        if self.is_rehearsal() { rehearsal } else { gpu }
    }

    /// The 16-bit type of networks: bf16; in a rehearsal f16, because candle multiplies no bf16 on the CPU.
    pub(super) fn half(&self) -> DType {
        if self.is_rehearsal() { DType::F16 } else { DType::BF16 }
    }

    /// Compares the tensors that `work` returns on both devices; `None` if the part is not selected.
    pub(super) fn compare(
        &self,
        kind: &'static str,
        name: &str,
        tolerance: f32,
        work: impl Fn(&Device) -> anyhow::Result<Vec<Tensor>>,
    ) -> Option<Comparison> {
        if !self.selection.has(name) {
            return None;
        }
        let difference = guarded(|| {
            let expected = work(&Device::Cpu).context("on the CPU")?;
            let found = self.run(&work).context("on the device")?;
            largest_difference(&expected, &found)
        });
        Some(Comparison::new(kind, name, tolerance, difference))
    }
}

/// Runs `work`; a panic becomes an error, because CUDA's bindings panic where a library is missing.
pub(super) fn guarded<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        bail!("it panicked: {text}")
    })
}

/// The values of a tensor of any type and device.
pub(super) fn values(tensor: &Tensor) -> candle_core::Result<Vec<f32>> {
    tensor.to_device(&Device::Cpu)?.to_dtype(DType::F32)?.flatten_all()?.to_vec1()
}

/// The largest difference of each pair of tensors relative to the largest expected magnitude of the pair; the
/// maximum over all pairs.
///
/// # Errors
/// When the shapes differ, a value is not a number, or all expected values of a tensor are zero.
pub(super) fn largest_difference(expected: &[Tensor], found: &[Tensor]) -> anyhow::Result<f32> {
    if expected.is_empty() || expected.len() != found.len() {
        bail!("{} results instead of {}", found.len(), expected.len());
    }
    let mut largest = 0f32;
    for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
        if expected.dims() != found.dims() {
            bail!("result {index} has the shape {:?} instead of {:?}", found.dims(), expected.dims());
        }
        let (expected, found) = (values(expected)?, values(found)?);
        let scale = expected.iter().fold(0f32, |scale, value| scale.max(value.abs()));
        if scale == 0.0 || !scale.is_finite() {
            bail!("result {index} has no values to compare: the largest is {scale} on the CPU");
        }
        for (expected, found) in expected.iter().zip(&found) {
            let difference = (expected - found).abs() / scale;
            if difference.is_nan() {
                bail!("result {index} is not a number");
            }
            largest = largest.max(difference);
        }
    }
    Ok(largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(values: &[f32]) -> Tensor {
        Tensor::new(values, &Device::Cpu).unwrap()
    }

    #[test]
    fn differences_are_relative_to_the_largest_value() {
        let [a, b] = [tensor(&[4.0, -1.0]), tensor(&[4.0, -1.5])];
        assert_eq!(largest_difference(std::slice::from_ref(&a), &[b]).unwrap(), 0.125);
        for wrong in [tensor(&[4.0]), tensor(&[f32::NAN, -1.0])] {
            assert!(largest_difference(std::slice::from_ref(&a), &[wrong]).is_err());
        }
        assert!(largest_difference(&[tensor(&[0.0])], &[tensor(&[0.0])]).is_err());
        assert!(largest_difference(&[a], &[]).is_err());
    }

    #[test]
    fn wrong_values_errors_and_panics_fail_a_comparison() {
        let mut compared = Compared { device: Device::Cpu, selection: Selection::default() };
        let right = |device: &Device| Ok(vec![Tensor::new(&[3f32], device)?]);
        assert!(compared.compare("operation", "right", 1e-6, right).unwrap().passed());
        let calls = std::cell::Cell::new(0f32);
        let drifting = |device: &Device| {
            calls.set(calls.get() + 1.0);
            Ok(vec![Tensor::new(&[calls.get()], device)?])
        };
        let failed = compared.compare("operation", "drifting", 1e-3, drifting).unwrap();
        assert!(!failed.passed() && failed.difference == Some(1.0), "{failed:?}");
        let failed = compared.compare("operation", "broken", 1e-3, |_| bail!("no such operation")).unwrap();
        assert!(failed.failure.unwrap().contains("no such operation"));
        let failed =
            compared.compare("operation", "panics", 1e-3, |_| panic!("a library is missing")).unwrap();
        assert!(failed.failure.unwrap().contains("a library is missing"));
        compared.selection = Selection(Some("Conv".to_owned()));
        assert!(compared.compare("operation", "tanh", 1e-3, right).is_none());
        assert!(compared.compare("operation", "a conv", 1e-3, right).is_some());
    }
}
