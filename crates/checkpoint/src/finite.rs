//! Infinite and NaN values: a network with one of them outputs nothing else.

use candle_core::{CpuStorage, Result, Storage, Tensor};

/// Number of values of `tensor` that are infinite or NaN.
///
/// # Errors
/// If the tensor is not contiguous on the CPU.
pub fn count_not_finite(tensor: &Tensor) -> Result<usize> {
    let (storage, layout) = tensor.storage_and_layout();
    let Storage::Cpu(storage) = &*storage else { candle_core::bail!("the tensor is not on the CPU") };
    let Some((start, end)) = layout.contiguous_offsets() else {
        candle_core::bail!("the tensor is not contiguous")
    };
    let bad = |wrong: &mut dyn Iterator<Item = bool>| wrong.filter(|wrong| *wrong).count();
    Ok(match storage {
        CpuStorage::F32(values) => bad(&mut values[start..end].iter().map(|value| !value.is_finite())),
        CpuStorage::F64(values) => bad(&mut values[start..end].iter().map(|value| !value.is_finite())),
        CpuStorage::F16(values) => bad(&mut values[start..end].iter().map(|value| !value.is_finite())),
        CpuStorage::BF16(values) => bad(&mut values[start..end].iter().map(|value| !value.is_finite())),
        _ => 0,
    })
}
