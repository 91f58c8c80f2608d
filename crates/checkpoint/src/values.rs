//! Decoding of a file's bytes to tensors.
//!
//! Values are decoded through a small buffer, so reading a tensor takes no more memory than the tensor.

use candle_core::{CpuStorage, Device, Storage, Tensor, WithDType};
use half::{bf16, f16};

use super::entry::ElementType;
use super::error::{CheckpointError, Defect};
use super::source::Source;

/// Bytes read at a time; a multiple of every element size.
const WINDOW: usize = 1 << 16;

/// The location of a tensor's values in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// Offset of the storage that contains the values, in bytes.
    pub start: u64,
    /// Length of the storage, in elements.
    pub length: u64,
    /// Index of the first value in the storage.
    pub first: u64,
    /// Stride along each axis, in elements; `None` for packed row-major values.
    pub strides: Option<Vec<u64>>,
    /// Whether the elements are big-endian.
    pub big_endian: bool,
}

impl Location {
    /// Contiguous values from byte `start` on.
    pub(crate) fn packed(start: u64, count: u64) -> Self {
        Self { start, length: count, first: 0, strides: None, big_endian: false }
    }
}

/// Rejects unsigned 64-bit integers that were read as signed ones and do not fit.
pub(crate) fn check_unsigned(tensor: &Tensor) -> Result<(), Defect> {
    let (storage, _) = tensor.storage_and_layout();
    let fits = match &*storage {
        Storage::Cpu(CpuStorage::I64(values)) => values.iter().all(|value| *value >= 0),
        _ => true,
    };
    let what = "unsigned 64-bit integers above 9223372036854775807";
    if fits { Ok(()) } else { Err(Defect::Unsupported(what.to_owned())) }
}

/// The number of elements of a shape; `None` on overflow.
pub(crate) fn element_count(shape: &[usize]) -> Option<u64> {
    shape.iter().try_fold(1_u64, |count, side| count.checked_mul(u64::try_from(*side).ok()?))
}

/// Reads a tensor of `shape` from `location`.
///
/// # Errors
/// If its values are not all inside the storage and the file, overlap, or cannot be read.
pub(crate) fn read_tensor(
    source: &Source,
    elements: ElementType,
    shape: &[usize],
    location: &Location,
) -> Result<Tensor, CheckpointError> {
    let reader = ValueReader::new(source, elements, shape, location)?;
    match elements {
        ElementType::F16 => reader.tensor(f16::from_le_bytes),
        ElementType::BF16 => reader.tensor(bf16::from_le_bytes),
        ElementType::F32 => reader.tensor(f32::from_le_bytes),
        ElementType::F64 => reader.tensor(f64::from_le_bytes),
        ElementType::U8 => reader.tensor(u8::from_le_bytes),
        ElementType::I8 => reader.tensor(|bytes| i64::from(i8::from_le_bytes(bytes))),
        ElementType::U16 => reader.tensor(|bytes| i32::from(u16::from_le_bytes(bytes))),
        ElementType::U32 => reader.tensor(u32::from_le_bytes),
        ElementType::U64 => {
            let tensor = reader.tensor(i64::from_le_bytes)?;
            check_unsigned(&tensor).map_err(|defect| source.error(defect).offset(location.start))?;
            Ok(tensor)
        }
        ElementType::I16 => reader.tensor(i16::from_le_bytes),
        ElementType::I32 => reader.tensor(i32::from_le_bytes),
        ElementType::I64 => reader.tensor(i64::from_le_bytes),
    }
}

/// Checks that a tensor of `shape` at `location` can be read, without reading it.
///
/// # Errors
/// Like [`read_tensor`], except for errors that only reading reveals.
pub(crate) fn check_tensor(
    source: &Source,
    elements: ElementType,
    shape: &[usize],
    location: &Location,
) -> Result<(), CheckpointError> {
    ValueReader::new(source, elements, shape, location).map(drop)
}

/// One axis of a strided tensor.
#[derive(Clone, Copy)]
struct Axis {
    side: u64,
    /// Distance between neighbours in the storage, in elements.
    stride: u64,
    /// Distance between neighbours in the tensor, in elements.
    step: usize,
}

/// A tensor whose values are known to lie inside the file.
struct ValueReader<'a> {
    source: &'a Source,
    shape: &'a [usize],
    count: usize,
    /// Offset of the first value, in bytes.
    origin: u64,
    /// The axes in the order of the storage, slowest first; `None` if the values are packed.
    axes: Option<Vec<Axis>>,
    big_endian: bool,
}

impl<'a> ValueReader<'a> {
    fn new(
        source: &'a Source,
        elements: ElementType,
        shape: &'a [usize],
        location: &Location,
    ) -> Result<Self, CheckpointError> {
        let wrong = |what: &str| source.malformed(location.start, what);
        let width = elements.size();
        let count = element_count(shape).ok_or_else(|| wrong("the shape is implausibly large"))?;
        let bytes =
            location.length.checked_mul(width).ok_or_else(|| wrong("the storage is implausibly long"))?;
        source.check_inside(location.start, bytes, "the values of a tensor")?;
        source.check_memory(count, elements.size_in_memory())?;
        let axes = match &location.strides {
            None => None,
            Some(strides) => axes(shape, strides).map_err(|what| wrong(&what))?,
        };
        let end = match &axes {
            _ if count == 0 => Some(0),
            None => location.first.checked_add(count),
            Some(axes) => last(axes).and_then(|last| location.first.checked_add(last)?.checked_add(1)),
        };
        if end.is_none_or(|end| end > location.length) {
            return Err(wrong("the values extend beyond their storage"));
        }
        let count = usize::try_from(count).map_err(|_| wrong("the shape is implausibly large"))?;
        // The values are inside the storage and the storage is inside the file, so this does not overflow.
        let origin = location.start.saturating_add(location.first.saturating_mul(width));
        Ok(Self { source, shape, count, origin, axes, big_endian: location.big_endian })
    }

    fn tensor<T: WithDType, const N: usize>(
        &self,
        decode: impl Fn([u8; N]) -> T,
    ) -> Result<Tensor, CheckpointError> {
        let decode = |mut bytes: [u8; N]| {
            if self.big_endian {
                bytes.reverse();
            }
            decode(bytes)
        };
        let values = match &self.axes {
            None => self.packed(decode)?,
            Some(axes) => self.strided(axes, decode)?,
        };
        Tensor::from_vec(values, self.shape, &Device::Cpu)
            .map_err(|error| self.source.error(Defect::from(error)))
    }

    fn packed<T, const N: usize>(&self, decode: impl Fn([u8; N]) -> T) -> Result<Vec<T>, CheckpointError> {
        let mut values = Vec::with_capacity(self.count);
        let mut buffer = vec![0; WINDOW.min(self.count * N)];
        let mut offset = self.origin;
        while values.len() < self.count {
            let chunk_length = buffer.len().min((self.count - values.len()) * N);
            self.source.fill(offset, &mut buffer[..chunk_length], "the values of a tensor")?;
            let (elements, _) = buffer[..chunk_length].as_chunks::<N>();
            values.extend(elements.iter().map(|bytes| decode(*bytes)));
            offset += chunk_length as u64;
        }
        Ok(values)
    }

    /// Visits the values in the storage's order, so that the file is read once, forwards.
    fn strided<T: WithDType, const N: usize>(
        &self,
        axes: &[Axis],
        decode: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, CheckpointError> {
        let mut values = vec![T::zero(); self.count];
        let mut window = Window::<N>::new(self.source);
        let mut index = vec![0_u64; axes.len()];
        for _ in 0..self.count {
            let (mut from, mut to) = (0, 0);
            for (at, axis) in index.iter().zip(axes) {
                from += at * axis.stride;
                to += *at as usize * axis.step;
            }
            values[to] = decode(window.element(self.origin + from * N as u64)?);
            advance(&mut index, axes);
        }
        Ok(values)
    }
}

/// Advances to the next index, last axis fastest.
fn advance(index: &mut [u64], axes: &[Axis]) {
    for (at, axis) in index.iter_mut().zip(axes).rev() {
        *at += 1;
        if *at < axis.side {
            return;
        }
        *at = 0;
    }
}

/// The axes longer than one in the storage's order; `None` if they are packed in row-major order.
fn axes(shape: &[usize], strides: &[u64]) -> Result<Option<Vec<Axis>>, String> {
    if shape.len() != strides.len() {
        return Err(format!("the tensor has {} axes but {} strides", shape.len(), strides.len()));
    }
    let mut step = 1;
    let mut axes = Vec::with_capacity(shape.len());
    for (side, stride) in shape.iter().zip(strides).rev() {
        if *side > 1 {
            axes.push(Axis { side: *side as u64, stride: *stride, step });
        }
        step = step.saturating_mul((*side).max(1));
    }
    axes.reverse();
    if shape.contains(&0) || axes.iter().all(|axis| axis.stride == axis.step as u64) {
        return Ok(None);
    }
    axes.sort_by_key(|axis| std::cmp::Reverse(axis.stride));
    let mut reach = 1_u64;
    for axis in axes.iter().rev().filter(|axis| axis.stride > 0) {
        if axis.stride < reach {
            return Err("the values overlap in their storage".to_owned());
        }
        reach = axis.side.checked_mul(axis.stride).ok_or("the strides are implausibly large")?;
    }
    Ok(Some(axes))
}

/// Index of the last value, relative to the first.
fn last(axes: &[Axis]) -> Option<u64> {
    axes.iter().try_fold(0_u64, |sum, axis| sum.checked_add((axis.side - 1).checked_mul(axis.stride)?))
}

/// A buffered section of the file that moves forwards.
struct Window<'a, const N: usize> {
    source: &'a Source,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a, const N: usize> Window<'a, N> {
    fn new(source: &'a Source) -> Self {
        Self { source, start: 0, bytes: Vec::new() }
    }

    fn element(&mut self, offset: u64) -> Result<[u8; N], CheckpointError> {
        let inside = |window: &Self| {
            let at = usize::try_from(offset.checked_sub(window.start)?).ok()?;
            window.bytes.get(at..)?.first_chunk::<N>().copied()
        };
        if let Some(bytes) = inside(self) {
            return Ok(bytes);
        }
        let length = (WINDOW as u64).min(self.source.length().saturating_sub(offset));
        self.bytes.resize(length as usize, 0);
        self.source.fill(offset, &mut self.bytes, "the values of a tensor")?;
        self.start = offset;
        inside(self)
            .ok_or_else(|| self.source.error(Defect::Truncated("the values of a tensor")).offset(offset))
    }
}
