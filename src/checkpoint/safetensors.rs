//! The reader of safetensors: a length, a header of JSON, then the values.
//!
//! The format: <https://github.com/huggingface/safetensors>. The header is read here rather than by the
//! format's own crate because that wants the whole file in memory and takes the last of two equal names.

use std::fmt;

use ::safetensors::Dtype;
use ::safetensors::tensor::TensorInfo;
use candle_core::Tensor;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::TensorReader;
use super::entry::{ElementType, TensorEntry};
use super::error::{CheckpointError, Defect};
use super::source::Source;
use super::values::{Place, element_count, read_tensor};

/// A header is small: the longest of large language models are a few MiB.
const LONGEST_HEADER: u64 = 8 << 20;
/// No network's tensor has more.
const MOST_AXES: usize = 32;
/// The values begin after the header, and that after its length.
const HEADER_START: u64 = 8;

/// A safetensors file.
pub(super) struct SafetensorsReader {
    source: Source,
    entries: Vec<TensorEntry>,
    /// Where each entry's values begin.
    starts: Vec<u64>,
}

impl SafetensorsReader {
    /// # Errors
    /// When the header is damaged or tensors overlap or do not fit the file.
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
            let entry = checked(&source, name, info, values, &mut covered)?;
            starts.push(values_start + entry.1);
            entries.push(entry.0);
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
        let place = Place::packed(*start, element_count(&entry.shape).unwrap_or(u64::MAX));
        read_tensor(&self.source, entry.elements, &entry.shape, &place)
            .map_err(|error| error.tensor(&entry.name))
    }
}

fn header_length(source: &Source) -> Result<u64, CheckpointError> {
    let length = u64::from_le_bytes(source.array(0, "the length of its header")?);
    if length > LONGEST_HEADER {
        return Err(source.malformed(0, format!("its header is said to be {length} bytes long")));
    }
    Ok(length)
}

/// An entry and the place of its values, counted from the end of the header.
fn checked(
    source: &Source,
    name: String,
    info: TensorInfo,
    values: u64,
    covered: &mut u64,
) -> Result<(TensorEntry, u64), CheckpointError> {
    let wrong = |what: String| source.error(Defect::Malformed(what)).tensor(&name);
    if info.shape.len() > MOST_AXES {
        return Err(wrong(format!("it has {} axes", info.shape.len())));
    }
    let (start, end) = (info.data_offsets.0 as u64, info.data_offsets.1 as u64);
    if end > values {
        return Err(source.error(Defect::Truncated("the values of a tensor")).tensor(&name).offset(start));
    }
    if start < *covered {
        return Err(wrong(format!("its values begin at {start}, inside those of another tensor")));
    }
    let elements = element_type(info.dtype).ok_or_else(|| {
        source.error(Defect::Unsupported(format!("elements of the type {:?}", info.dtype))).tensor(&name)
    })?;
    let bytes = element_count(&info.shape).and_then(|count| count.checked_mul(elements.size()));
    if bytes.is_none() || bytes != end.checked_sub(start) {
        return Err(wrong(format!("the shape {:?} does not fit the bytes {start}..{end}", info.shape)));
    }
    *covered = end;
    Ok((TensorEntry { name, shape: info.shape, elements }, start))
}

fn element_type(dtype: Dtype) -> Option<ElementType> {
    Some(match dtype {
        Dtype::BOOL | Dtype::U8 => ElementType::U8,
        Dtype::I8 => ElementType::I8,
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

/// The header's tensors in its order.
fn parse(source: &Source, header: &[u8]) -> Result<Vec<(String, TensorInfo)>, CheckpointError> {
    let mut json = serde_json::Deserializer::from_slice(header);
    let tensors = json.deserialize_map(Header).and_then(|tensors| json.end().map(|()| tensors));
    let mut tensors = tensors.map_err(|error| {
        let error =
            source.error(Defect::Malformed(format!("its header is not what safetensors writes ({error})")));
        error.offset(HEADER_START)
    })?;
    tensors.sort_by(|(a, _), (b, _)| a.cmp(b));
    if let Some([(name, _), _]) = tensors.array_windows().find(|[(a, _), (b, _)]| a == b) {
        return Err(source.error(Defect::Malformed("its name is there twice".to_owned())).tensor(name));
    }
    Ok(tensors)
}

/// The map of names to tensors; `__metadata__` is no tensor.
struct Header;

impl<'de> Visitor<'de> for Header {
    type Value = Vec<(String, TensorInfo)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of names to tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut tensors = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                map.next_value::<IgnoredAny>()?;
            } else {
                tensors.push((name, map.next_value::<TensorInfo>().map_err(de::Error::custom)?));
            }
        }
        Ok(tensors)
    }
}
