//! Access to candle's storage as slices.

use candle_core::{CpuStorage, Layout, Result, Storage, Tensor, bail};

use crate::device::composes_operations;

/// The floats of a contiguous f32 tensor on the CPU, for a kernel.
///
/// # Errors
/// If it is not contiguous or not f32, or while operations are composed of candle's own.
pub fn floats<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    if composes_operations() {
        bail!("an operation uses a kernel of the CPU, which a GPU does not have");
    }
    let Some((start, end)) = layout.contiguous_offsets() else {
        bail!("a tensor of shape {:?} must be contiguous", layout.shape());
    };
    Ok(&storage.as_slice::<f32>()?[start..end])
}

/// Calls `f` with the floats of a CPU tensor, copying only if it is not contiguous.
pub(super) fn with_floats<T>(tensor: &Tensor, f: impl FnOnce(&[f32]) -> Result<T>) -> Result<T> {
    let tensor = tensor.contiguous()?;
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => f(floats(storage, layout)?),
        _ => bail!("the tensor must be on the CPU"),
    }
}

/// The dimensions of an NCHW tensor.
pub(super) fn nchw(layout: &Layout) -> Result<[usize; 4]> {
    let (n, c, h, w) = layout.shape().dims4()?;
    Ok([n, c, h, w])
}
