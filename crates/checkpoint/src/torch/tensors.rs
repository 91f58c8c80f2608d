//! From the records of a pickle to tensors and the storages they lie in.

use std::collections::HashMap;

use super::super::entry::ElementType;
use super::pickle::{Graph, Object, Value};

/// A storage, as the pickle describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Storage {
    pub key: String,
    pub elements: ElementType,
    /// Its length in elements.
    pub length: u64,
}

/// A tensor, as the pickle describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Described {
    pub shape: Vec<usize>,
    pub strides: Vec<u64>,
    /// Its first value's place in the storage, in elements.
    pub first: u64,
    pub storage: Storage,
}

/// Why a record is no tensor that can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Malformed(&'static str),
    Unsupported(String),
}

use Fault::{Malformed, Unsupported};

/// A tensor has at most so many axes.
const MOST_AXES: usize = 16;
/// A storage's key is a decimal number.
const LONGEST_KEY: usize = 64;
/// How many records may be wrapped around a tensor's own.
const DEEPEST_WRAPPING: usize = 4;

/// The tensor that `value` describes, if it is the call of one of PyTorch's functions that make tensors.
pub(super) fn described(graph: &Graph, value: Value) -> Option<Result<Described, Fault>> {
    let called = |value: Value| graph.call(value).map(|call| (call.function, call.arguments));
    let (mut function, mut arguments_of) = called(value)?;
    for _ in 0..DEEPEST_WRAPPING {
        let arguments = graph.sequence(arguments_of).unwrap_or_default();
        match graph.global(function)? {
            "torch._utils._rebuild_tensor" | "torch._utils._rebuild_tensor_v2" => {
                return Some(tensor(graph, arguments));
            }
            "torch._utils._rebuild_parameter"
            | "torch._utils._rebuild_parameter_with_state"
            | "torch.nn.parameter.Parameter" => (function, arguments_of) = called(*arguments.first()?)?,
            // A tensor with attributes or of a class of its own: the function, its type, and its arguments.
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

/// From the arguments: storage, offset, size, stride, and what only training needs.
fn tensor(graph: &Graph, arguments: &[Value]) -> Result<Described, Fault> {
    let [storage, first, size, stride, ..] = arguments else {
        return Err(Malformed("a tensor has too few arguments"));
    };
    let (storage, view) = self::storage(graph, *storage)?;
    let first = natural(*first).and_then(|first| first.checked_add(view));
    let naturals = |value| {
        let values = graph.sequence(value).filter(|values| values.len() <= MOST_AXES)?;
        values.iter().map(|side| natural(*side)).collect::<Option<_>>()
    };
    let sides: Option<Vec<u64>> = naturals(*size);
    let strides: Option<Vec<u64>> = naturals(*stride);
    let shape = sides.and_then(|sides| sides.into_iter().map(|side| usize::try_from(side).ok()).collect());
    let (Some(first), Some(shape), Some(strides)) = (first, shape, strides) else {
        return Err(Malformed("a tensor's offset, shape or strides make no sense"));
    };
    Ok(Described { shape, strides, first, storage })
}

/// The storage, and where the part of it begins that is meant.
fn storage(graph: &Graph, value: Value) -> Result<(Storage, u64), Fault> {
    let Some(Object::Persistent(description)) = graph.object(value) else {
        return Err(Malformed("a tensor has no storage"));
    };
    let Some([tag, kind, key, _location, length, rest @ ..]) = graph.sequence(*description) else {
        return Err(Malformed("a storage has too few arguments"));
    };
    if graph.text(*tag) != Some("storage") {
        return Err(Malformed("what should be a storage is none"));
    }
    let elements = element_type(graph.global(*kind).unwrap_or_default())?;
    let (Some(key), Some(length)) = (graph.text(*key), natural(*length)) else {
        return Err(Malformed("a storage has no key or no length"));
    };
    let view = view(graph, rest.first().copied().unwrap_or(Value::None), length)?;
    if key.len() > LONGEST_KEY {
        return Err(Malformed("the key of a storage is absurdly long"));
    }
    Ok((Storage { key: key.to_owned(), elements, length }, view))
}

/// Where a view begins: its description is (key, offset, length) within the storage.
fn view(graph: &Graph, value: Value, length: u64) -> Result<u64, Fault> {
    if value == Value::None {
        return Ok(0);
    }
    let Some([_key, offset, size]) = graph.sequence(value) else {
        return Err(Malformed("a view of a storage is not described by three values"));
    };
    let offset = natural(*offset)
        .zip(natural(*size))
        .filter(|(offset, size)| offset.checked_add(*size).is_some_and(|end| end <= length));
    offset.map(|(offset, _)| offset).ok_or(Malformed("a view reaches past the end of its storage"))
}

/// How much of a file of the old format a storage takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Bytes of an element.
    pub width: u64,
    /// Elements.
    pub length: u64,
}

/// The extents of all storages that a pickle names, also of those that no tensor is read from. What is no storage
/// that can be measured is left out.
pub(super) fn all_extents(graph: &Graph) -> HashMap<String, Extent> {
    let extents = graph.persistent().filter_map(|description| {
        let [_, kind, key, _, length, ..] = graph.sequence(description)? else { return None };
        let key = graph.text(*key).filter(|key| key.len() <= LONGEST_KEY)?;
        let extent = Extent { width: width(graph.global(*kind)?)?, length: natural(*length)? };
        Some((key.to_owned(), extent))
    });
    extents.collect()
}

/// Bytes of an element of a storage, also of those whose values are not read.
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

fn element_type(name: &str) -> Result<ElementType, Fault> {
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

/// Every storage once.
#[derive(Default)]
pub(super) struct Storages {
    all: Vec<Storage>,
    by_key: HashMap<String, usize>,
}

impl Storages {
    /// The place of `storage` among all.
    pub(super) fn place(&mut self, storage: Storage) -> Result<usize, Fault> {
        let Some(place) = self.by_key.get(&storage.key).copied() else {
            self.by_key.insert(storage.key.clone(), self.all.len());
            self.all.push(storage);
            return Ok(self.all.len() - 1);
        };
        if self.all[place] != storage {
            return Err(Malformed("a storage is described in two ways"));
        }
        Ok(place)
    }

    pub(super) fn all(&self) -> &[Storage] {
        &self.all
    }

    pub(super) fn find(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }
}
