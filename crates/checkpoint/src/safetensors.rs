//! The safetensors reader: a length, a JSON header, then the values.
//!
//! Format: <https://github.com/huggingface/safetensors>. The header is parsed here rather than with the
//! `safetensors` crate because that crate needs the whole file in memory and silently takes the last of two
//! equal names.

use std::fmt;

use ::safetensors::Dtype;
use ::safetensors::tensor::TensorInfo;
use candle_core::Tensor;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

use super::TensorReader;
use super::entry::{ElementType, TensorEntry};
use super::error::{CheckpointError, Defect};
use super::source::Source;
use super::values::{Location, element_count, read_tensor};

/// Largest header, in bytes; those of large language models are a few MiB.
const MAX_HEADER_LENGTH: u64 = 8 << 20;
/// Largest number of axes; no network has more.
const MAX_AXES: usize = 32;
/// Offset of the header, after its length, in bytes.
const HEADER_START: u64 = 8;

/// An open safetensors file.
pub(super) struct SafetensorsReader {
    source: Source,
    entries: Vec<TensorEntry>,
    /// Offset of each entry's values, in bytes.
    starts: Vec<u64>,
}

impl SafetensorsReader {
    /// # Errors
    /// If the header is damaged, or the tensors do not fill the rest of the file exactly and in order.
    pub(super) fn new(source: Source) -> Result<Self, CheckpointError> {
        let length = header_length(&source)?;
        let header = source.bytes(HEADER_START, length, "the end of its header")?;
        let mut tensors = parse(&source, &header)?;
        drop(header);
        tensors.sort_by_key(|(_, info)| info.data_offsets);
        let values_start = HEADER_START + length;
        let values = source.length() - values_start;
        let mut entries = Vec::with_capacity(tensors.len());
        let mut starts = Vec::with_capacity(tensors.len());
        let mut covered = 0;
        for (name, info) in tensors {
            let entry = checked_entry(&source, name, info, values_start, &mut covered)?;
            starts.push(entry.1);
            entries.push(entry.0);
        }
        if covered != values {
            let what = format!("{} bytes after its last tensor belong to no tensor", values - covered);
            return Err(source.malformed(values_start + covered, what));
        }
        Ok(Self { source, entries, starts })
    }
}

impl TensorReader for SafetensorsReader {
    fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    fn read(&self, index: usize) -> Result<Tensor, CheckpointError> {
        let (Some(entry), Some(start)) = (self.entries.get(index), self.starts.get(index)) else {
            return Err(self.source.error(Defect::NoSuchTensor));
        };
        let location = Location::packed(*start, element_count(&entry.shape).unwrap_or(u64::MAX));
        read_tensor(&self.source, entry.elements, &entry.shape, &location)
            .map_err(|error| error.tensor(&entry.name))
    }
}

fn header_length(source: &Source) -> Result<u64, CheckpointError> {
    let length = u64::from_le_bytes(source.array(0, "the length of its header")?);
    if length > MAX_HEADER_LENGTH {
        return Err(source.malformed(0, format!("the header claims a length of {length} bytes")));
    }
    Ok(length)
}

/// The entry and the offset of its values. `values_start` is the end of the header, `covered` the number of
/// bytes after it that belong to previous tensors.
fn checked_entry(
    source: &Source,
    name: String,
    info: TensorInfo,
    values_start: u64,
    covered: &mut u64,
) -> Result<(TensorEntry, u64), CheckpointError> {
    let wrong = |what: String| source.error(Defect::Malformed(what)).tensor(&name);
    if info.shape.len() > MAX_AXES {
        return Err(wrong(format!("the tensor has {} axes", info.shape.len())));
    }
    let (start, end) = (info.data_offsets.0 as u64, info.data_offsets.1 as u64);
    let at = values_start.saturating_add(start);
    if end > source.length() - values_start {
        return Err(source.error(Defect::Truncated("the values of a tensor")).tensor(&name).offset(at));
    }
    if start < *covered {
        let what = "its values begin inside those of another tensor";
        return Err(source.malformed(at, what).tensor(&name));
    }
    if start > *covered {
        let what = format!("{} bytes before its values belong to no tensor", start - *covered);
        return Err(source.malformed(values_start + *covered, what).tensor(&name));
    }
    let elements = element_type(info.dtype).ok_or_else(|| {
        source.error(Defect::Unsupported(format!("the element type {:?}", info.dtype))).tensor(&name)
    })?;
    let bytes = element_count(&info.shape).and_then(|count| count.checked_mul(elements.size()));
    if bytes.is_none() || bytes != end.checked_sub(start) {
        return Err(wrong(format!("the shape {:?} does not match the bytes {start}..{end}", info.shape)));
    }
    *covered = end;
    Ok((TensorEntry { name, shape: info.shape, elements }, at))
}

fn element_type(dtype: Dtype) -> Option<ElementType> {
    Some(match dtype {
        Dtype::BOOL | Dtype::U8 => ElementType::U8,
        Dtype::I8 => ElementType::I8,
        Dtype::U16 => ElementType::U16,
        Dtype::U32 => ElementType::U32,
        Dtype::U64 => ElementType::U64,
        Dtype::I16 => ElementType::I16,
        Dtype::I32 => ElementType::I32,
        Dtype::I64 => ElementType::I64,
        Dtype::F16 => ElementType::F16,
        Dtype::BF16 => ElementType::BF16,
        Dtype::F32 => ElementType::F32,
        Dtype::F64 => ElementType::F64,
        _ => return None,
    })
}

/// The tensors of the header, sorted by name.
fn parse(source: &Source, header: &[u8]) -> Result<Vec<(String, TensorInfo)>, CheckpointError> {
    let mut json = serde_json::Deserializer::from_slice(header);
    let tensors = json.deserialize_map(Header).and_then(|tensors| json.end().map(|()| tensors));
    let mut tensors = tensors.map_err(|error| {
        let error = source.error(Defect::Malformed(format!("the header is invalid ({error})")));
        error.offset(HEADER_START)
    })?;
    tensors.sort_by(|(a, _), (b, _)| a.cmp(b));
    if let Some([(name, _), _]) = tensors.array_windows().find(|[(a, _), (b, _)]| a == b) {
        return Err(source.error(Defect::Malformed("duplicate tensor name".to_owned())).tensor(name));
    }
    Ok(tensors)
}

/// Deserializes the map of names to tensors; `__metadata__` is not a tensor.
struct Header;

impl<'de> Visitor<'de> for Header {
    type Value = Vec<(String, TensorInfo)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of names to tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut tensors, mut has_metadata) = (Vec::new(), false);
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                if std::mem::replace(&mut has_metadata, true) {
                    return Err(de::Error::custom("duplicate `__metadata__`"));
                }
                map.next_value::<StringMap>()?;
            } else {
                tensors.push((name, map.next_value::<TensorInfo>().map_err(de::Error::custom)?));
            }
        }
        Ok(tensors)
    }
}

/// Validates `__metadata__`, a map of strings to strings, without keeping it.
struct StringMap;

impl<'de> Deserialize<'de> for StringMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for StringMap {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`__metadata__` to be a map of strings to strings")
    }

    /// The `safetensors` crate accepts `null` as no metadata.
    fn visit_unit<E: de::Error>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<AnyString, AnyString>()?.is_some() {}
        Ok(self)
    }
}

/// A string that is not kept.
struct AnyString;

impl<'de> Deserialize<'de> for AnyString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Self)
    }
}

impl Visitor<'_> for AnyString {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string in `__metadata__`")
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }
}
