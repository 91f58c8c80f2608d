//! Interprets the calls of a pickle as tensors and their storages.

use std::collections::HashMap;

use super::pickle::{Graph, Object, Value};
use crate::entry::ElementType;

/// A storage, as the pickle describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Storage {
    pub key: String,
    pub elements: ElementType,
    /// Length in elements.
    pub length: u64,
}

/// A tensor, as the pickle describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TensorDescription {
    pub shape: Vec<usize>,
    pub strides: Vec<u64>,
    /// Index of its first value in the storage.
    pub first: u64,
    pub storage: Storage,
}

/// Why a call is not a tensor that can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TensorError {
    Malformed(&'static str),
    Unsupported(String),
}

use TensorError::{Malformed, Unsupported};

/// Largest number of axes of a tensor.
const MAX_AXES: usize = 16;
/// Longest key of a storage, in bytes; it is a decimal number.
const MAX_KEY_LENGTH: usize = 64;
/// Largest number of calls that wrap that of a tensor.
const MAX_WRAPPING_DEPTH: usize = 4;

/// The tensor that `value` describes, if it is a call of one of PyTorch's functions that rebuild tensors.
pub(super) fn describe_tensor(graph: &Graph, value: Value) -> Option<Result<TensorDescription, TensorError>> {
    let called = |value: Value| graph.call(value).map(|call| (call.function, call.arguments));
    let (mut function, mut arguments_of) = called(value)?;
    for _ in 0..MAX_WRAPPING_DEPTH {
        let arguments = graph.sequence(arguments_of).unwrap_or_default();
        match graph.global(function)? {
            "torch._utils._rebuild_tensor" | "torch._utils._rebuild_tensor_v2" => {
                return Some(tensor(graph, arguments));
            }
            "torch._utils._rebuild_parameter"
            | "torch._utils._rebuild_parameter_with_state"
            | "torch.nn.parameter.Parameter" => (function, arguments_of) = called(*arguments.first()?)?,
            // A tensor with attributes or of a subclass: the function, its type, and its arguments.
            "torch._tensor._rebuild_from_type_v2" | "torch._tensor._rebuild_from_type" => {
                (function, arguments_of) = (*arguments.first()?, *arguments.get(2)?);
            }
            name if name.starts_with("torch._utils._rebuild_") => {
                return Some(Err(Unsupported(format!("a tensor of the kind {name}"))));
            }
            _ => return None,
        }
    }
    None
}

/// Reads the arguments: storage, offset, size, stride, and others that only training needs.
fn tensor(graph: &Graph, arguments: &[Value]) -> Result<TensorDescription, TensorError> {
    let [storage, first, size, stride, ..] = arguments else {
        return Err(Malformed("a tensor has too few arguments"));
    };
    let (storage, view) = self::storage(graph, *storage)?;
    let first = natural(*first).and_then(|first| first.checked_add(view));
    let naturals = |value| {
        let values = graph.sequence(value).filter(|values| values.len() <= MAX_AXES)?;
        values.iter().map(|side| natural(*side)).collect::<Option<_>>()
    };
    let sides: Option<Vec<u64>> = naturals(*size);
    let strides: Option<Vec<u64>> = naturals(*stride);
    let shape = sides.and_then(|sides| sides.into_iter().map(|side| usize::try_from(side).ok()).collect());
    let (Some(first), Some(shape), Some(strides)) = (first, shape, strides) else {
        return Err(Malformed("a tensor's offset, shape or strides are invalid"));
    };
    Ok(TensorDescription { shape, strides, first, storage })
}

/// The storage, and the offset of the view into it.
fn storage(graph: &Graph, value: Value) -> Result<(Storage, u64), TensorError> {
    let Some(Object::Persistent(description)) = graph.object(value) else {
        return Err(Malformed("a tensor has no storage"));
    };
    let Some([tag, kind, key, _location, length, rest @ ..]) = graph.sequence(*description) else {
        return Err(Malformed("a storage has too few arguments"));
    };
    if graph.text(*tag) != Some("storage") {
        return Err(Malformed("a tensor's storage is not a storage"));
    }
    let elements = element_type(graph.global(*kind).unwrap_or_default())?;
    let (Some(key), Some(length)) = (graph.text(*key), natural(*length)) else {
        return Err(Malformed("a storage has no key or no length"));
    };
    let view = view(graph, rest.first().copied().unwrap_or(Value::None), length)?;
    if key.len() > MAX_KEY_LENGTH {
        return Err(Malformed("the key of a storage is implausibly long"));
    }
    Ok((Storage { key: key.to_owned(), elements, length }, view))
}

/// The offset of a view, which is described as (key, offset, length) within the storage.
fn view(graph: &Graph, value: Value, length: u64) -> Result<u64, TensorError> {
    if value == Value::None {
        return Ok(0);
    }
    let Some([_key, offset, size]) = graph.sequence(value) else {
        return Err(Malformed("a view of a storage is not described by three values"));
    };
    let offset = natural(*offset)
        .zip(natural(*size))
        .filter(|(offset, size)| offset.checked_add(*size).is_some_and(|end| end <= length));
    offset.map(|(offset, _)| offset).ok_or(Malformed("a view extends beyond its storage"))
}

/// The size of a storage in a file of the old format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Size of an element in bytes.
    pub width: u64,
    /// Number of elements.
    pub length: u64,
}

/// The extents of all storages that a pickle references, including those that no tensor uses. What is not a
/// storage of known size is skipped.
pub(super) fn all_extents(graph: &Graph) -> HashMap<String, Extent> {
    let extents = graph.persistent().filter_map(|description| {
        let [_, kind, key, _, length, ..] = graph.sequence(description)? else { return None };
        let key = graph.text(*key).filter(|key| key.len() <= MAX_KEY_LENGTH)?;
        let extent = Extent { width: width(graph.global(*kind)?)?, length: natural(*length)? };
        Some((key.to_owned(), extent))
    });
    extents.collect()
}

/// Size in bytes of a storage's elements, including types that are not supported.
fn width(name: &str) -> Option<u64> {
    let class = name.strip_prefix("torch.")?;
    Some(match class.strip_prefix("cuda.").unwrap_or(class) {
        "storage.UntypedStorage"
        | "UntypedStorage"
        | "QInt8Storage"
        | "QUInt8Storage"
        | "QUInt4x2Storage"
        | "QUInt2x4Storage" => 1,
        "QInt32Storage" => 4,
        "ComplexFloatStorage" => 8,
        "ComplexDoubleStorage" => 16,
        _ => element_type(name).ok()?.size(),
    })
}

fn element_type(name: &str) -> Result<ElementType, TensorError> {
    let class = name.strip_prefix("torch.").map(|rest| rest.strip_prefix("cuda.").unwrap_or(rest));
    Ok(match class {
        Some("HalfStorage") => ElementType::F16,
        Some("BFloat16Storage") => ElementType::BF16,
        Some("FloatStorage") => ElementType::F32,
        Some("DoubleStorage") => ElementType::F64,
        Some("ByteStorage" | "BoolStorage") => ElementType::U8,
        Some("CharStorage") => ElementType::I8,
        Some("ShortStorage") => ElementType::I16,
        Some("IntStorage") => ElementType::I32,
        Some("LongStorage") => ElementType::I64,
        _ => return Err(Unsupported(format!("a storage of the type {name}"))),
    })
}

fn natural(value: Value) -> Option<u64> {
    match value {
        Value::Integer(number) => u64::try_from(number).ok(),
        _ => None,
    }
}

/// The distinct storages.
#[derive(Default)]
pub(super) struct Storages {
    all: Vec<Storage>,
    by_key: HashMap<String, usize>,
}

impl Storages {
    /// The index of `storage`, which is added if it is new.
    pub(super) fn index_of(&mut self, storage: Storage) -> Result<usize, TensorError> {
        let Some(index) = self.by_key.get(&storage.key).copied() else {
            self.by_key.insert(storage.key.clone(), self.all.len());
            self.all.push(storage);
            return Ok(self.all.len() - 1);
        };
        if self.all[index] != storage {
            return Err(Malformed("two descriptions of a storage differ"));
        }
        Ok(index)
    }

    pub(super) fn all(&self) -> &[Storage] {
        &self.all
    }

    pub(super) fn find(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }
}
