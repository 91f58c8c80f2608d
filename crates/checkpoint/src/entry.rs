//! Metadata of tensors, known before their values are read.

use std::fmt;

/// The supported file formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// safetensors.
    Safetensors,
    /// PyTorch 1.6 and later: a zip archive.
    TorchZip,
    /// PyTorch before 1.6: pickles followed by raw storages.
    TorchLegacy,
    /// A TensorFlow V2 bundle: an index and data files.
    TensorflowV2,
    /// A TensorFlow V1 file.
    TensorflowV1,
    /// HDF5 as written by Keras.
    Hdf5,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Safetensors => "safetensors",
            Self::TorchZip => "PyTorch, 1.6 and later",
            Self::TorchLegacy => "PyTorch, before 1.6",
            Self::TensorflowV2 => "TensorFlow V2 bundle",
            Self::TensorflowV1 => "TensorFlow V1",
            Self::Hdf5 => "HDF5",
        })
    }
}

/// The element type of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ElementType {
    /// IEEE half.
    F16,
    /// bfloat16: the upper half of an IEEE single.
    BF16,
    /// IEEE single.
    F32,
    /// IEEE double.
    F64,
    /// Unsigned byte; also booleans.
    U8,
    /// Signed byte, widened to 64 bits when read.
    I8,
    /// Two bytes, unsigned; widened to signed 32 bits when read.
    U16,
    /// Four bytes, unsigned.
    U32,
    /// Eight bytes, unsigned; read as signed, and rejected if a value does not fit.
    U64,
    /// Two bytes, signed.
    I16,
    /// Four bytes, signed.
    I32,
    /// Eight bytes, signed.
    I64,
}

impl ElementType {
    /// Size of one element in memory, in bytes.
    pub(crate) fn size_in_memory(self) -> u64 {
        match self {
            Self::I8 => 8,
            Self::U16 => 4,
            other => other.size(),
        }
    }

    /// Size of one element in the file, in bytes.
    pub fn size(self) -> u64 {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::F16 | Self::BF16 | Self::I16 | Self::U16 => 2,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F64 | Self::I64 | Self::U64 => 8,
        }
    }
}

/// A tensor's name, shape and element type.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TensorEntry {
    /// The name, with dots between the keys of nested dictionaries (`g_ema.conv1.conv.weight`); TensorFlow's
    /// slashes stay.
    pub name: String,
    /// The shape as stored.
    pub shape: Vec<usize>,
    /// The elements as stored.
    pub elements: ElementType,
}

/// A tensor of a file whose type is not supported.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Unread {
    /// The name, as in [`TensorEntry::name`].
    pub name: String,
    /// What it contains instead of supported numbers, such as `complex numbers`.
    pub what: String,
}
