//! Converts a checkpoint of any format to safetensors.
//!
//! Only one tensor at a time is in memory. Names stay the same except for a prefix, and so do layouts and
//! element types; only signed bytes and unsigned 64-bit integers become signed 64-bit integers, and unsigned
//! 16-bit integers signed 32-bit ones.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use candle_core::{CpuStorage, Storage, Tensor};
use serde_json::{Map, json};
use sha2::{Digest, Sha256};

use super::finite::count_not_finite;
use super::values::element_count;
use super::{Checkpoint, CheckpointError, ElementType, TensorEntry};
use agemirror_storage::AtomicFile;

/// Why a checkpoint could not be converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The checkpoint could not be read.
    #[error(transparent)]
    Read(#[from] CheckpointError),
    /// No tensor has the prefix.
    #[error("{0} contains no tensors to convert")]
    Empty(PathBuf),
    /// The caller cancelled the conversion.
    #[error("the conversion was cancelled")]
    Cancelled,
    /// The output could not be written.
    #[error("{file}: cannot be written: {error}")]
    Write {
        /// The output file.
        file: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
}

/// The result of a conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// Number of tensors.
    pub tensors: usize,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Names of the tensors with infinite or NaN values.
    pub not_finite: Vec<String>,
}

/// Writes the tensors of `checkpoint` whose names begin with `prefix`, without the prefix, to `file` with
/// [`AtomicFile`]: a regular file is replaced completely or not at all. `progress` receives the finished
/// fraction, 0 to 1, and returns whether to continue.
///
/// # Errors
/// If a tensor cannot be read, the file cannot be written, or `progress` cancels.
pub fn convert(
    checkpoint: &Checkpoint,
    prefix: &str,
    file: &Path,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<Converted, ConvertError> {
    let write_error = |error| ConvertError::Write { file: file.to_owned(), error };
    let mut unfinished = AtomicFile::create(file).map_err(write_error)?;
    let mut out = Hashing::new(io::BufWriter::with_capacity(1 << 16, &mut unfinished));
    let mut selected = select(checkpoint, prefix);
    if selected.is_empty() {
        return Err(ConvertError::Empty(checkpoint.path().to_owned()));
    }
    // Widest elements first, as the `safetensors` crate writes them, so that values are aligned.
    selected.sort_by_key(|tensor| std::cmp::Reverse(tensor.width));
    write_header(&selected, &mut out).map_err(write_error)?;
    let total = selected.iter().map(|tensor| tensor.bytes).sum::<u64>().max(1) as f32;
    let mut done = 0;
    let mut not_finite = Vec::new();
    for Selected { name, entry, bytes, .. } in &selected {
        let tensor = checkpoint.tensor(&entry.name)?;
        if count_not_finite(&tensor).map_err(|e| checkpoint.values_error(&entry.name, e))? > 0 {
            not_finite.push((*name).to_owned());
        }
        write_values(&tensor, &mut out).map_err(write_error)?;
        done += bytes;
        if progress(done as f32 / total).is_break() {
            return Err(ConvertError::Cancelled);
        }
    }
    let (bytes, sha256) = out.finish().map_err(write_error)?;
    unfinished.commit().map_err(write_error)?;
    Ok(Converted { tensors: selected.len(), bytes, sha256, not_finite })
}

/// A tensor to write.
struct Selected<'a> {
    name: &'a str,
    entry: &'a TensorEntry,
    /// Name of the element type in the header, and size of an element in bytes.
    dtype: &'static str,
    width: u64,
    bytes: u64,
}

fn select<'a>(checkpoint: &'a Checkpoint, prefix: &str) -> Vec<Selected<'a>> {
    let under = checkpoint.entries().iter().filter_map(|entry| {
        let name = entry.name.strip_prefix(prefix)?;
        let (dtype, width) = written_type(entry.elements);
        let bytes = element_count(&entry.shape)?.checked_mul(width)?;
        Some(Selected { name, entry, dtype, width, bytes })
    });
    under.collect()
}

fn written_type(elements: ElementType) -> (&'static str, u64) {
    match elements {
        ElementType::F16 => ("F16", 2),
        ElementType::BF16 => ("BF16", 2),
        ElementType::F32 => ("F32", 4),
        ElementType::F64 => ("F64", 8),
        ElementType::U8 => ("U8", 1),
        ElementType::I16 => ("I16", 2),
        ElementType::I32 | ElementType::U16 => ("I32", 4),
        ElementType::U32 => ("U32", 4),
        ElementType::I8 | ElementType::I64 | ElementType::U64 => ("I64", 8),
    }
}

fn write_header(selected: &[Selected], out: &mut impl Write) -> io::Result<()> {
    let mut header = Map::new();
    let mut start = 0;
    for Selected { name, entry, dtype, bytes, .. } in selected {
        let end = start + bytes;
        let description = json!({ "dtype": dtype, "shape": entry.shape, "data_offsets": [start, end] });
        header.insert((*name).to_owned(), description);
        start = end;
    }
    let mut header = serde_json::to_vec(&header)?;
    // Pad with spaces to a multiple of eight, as the format requires.
    header.resize(header.len().next_multiple_of(8), b' ');
    out.write_all(&(header.len() as u64).to_le_bytes())?;
    out.write_all(&header)
}

fn write_values(tensor: &Tensor, out: &mut impl Write) -> io::Result<()> {
    let (storage, layout) = tensor.storage_and_layout();
    let (Storage::Cpu(storage), Some((start, end))) = (&*storage, layout.contiguous_offsets()) else {
        return Err(io::Error::other("a tensor is not contiguous in CPU memory"));
    };
    match storage {
        CpuStorage::U8(values) => out.write_all(&values[start..end]),
        CpuStorage::U32(values) => each(&values[start..end], out, |value| value.to_le_bytes()),
        CpuStorage::I16(values) => each(&values[start..end], out, |value| value.to_le_bytes()),
        CpuStorage::I32(values) => each(&values[start..end], out, |value| value.to_le_bytes()),
        CpuStorage::I64(values) => each(&values[start..end], out, |value| value.to_le_bytes()),
        CpuStorage::F16(values) => each(&values[start..end], out, |value| value.to_le_bytes()),
        CpuStorage::BF16(values) => each(&values[start..end], out, |value| value.to_le_bytes()),
        CpuStorage::F32(values) => each(&values[start..end], out, |value| value.to_le_bytes()),
        CpuStorage::F64(values) => each(&values[start..end], out, |value| value.to_le_bytes()),
        _ => Err(io::Error::other("a tensor has an element type that no reader produces")),
    }
}

fn each<T, const N: usize>(
    values: &[T],
    out: &mut impl Write,
    bytes: impl Fn(&T) -> [u8; N],
) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(1 << 12);
    for part in values.chunks((1 << 12) / N) {
        buffer.clear();
        buffer.extend(part.iter().flat_map(&bytes));
        out.write_all(&buffer)?;
    }
    Ok(())
}

/// Counts and hashes the bytes written through it.
struct Hashing<W> {
    out: W,
    hasher: Sha256,
    bytes: u64,
}

impl<W: Write> Hashing<W> {
    fn new(out: W) -> Self {
        Self { out, hasher: Sha256::new(), bytes: 0 }
    }

    fn finish(mut self) -> io::Result<(u64, String)> {
        self.out.flush()?;
        Ok((self.bytes, format!("{:x}", self.hasher.finalize())))
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
