//! The reader of safetensors: a length, a header of JSON, then the values.
//!
//! The format: <https://github.com/huggingface/safetensors>. The header is read here rather than by the
//! format's own crate because that wants the whole file in memory and takes the last of two equal names.

use std::fmt;

use ::safetensors::Dtype;
use ::safetensors::tensor::TensorInfo;
use candle_core::Tensor;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

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
    /// When the header is damaged, or the tensors do not fill the rest of the file exactly and in order.
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
            let entry = checked(&source, name, info, values_start, &mut covered)?;
            starts.push(entry.1);
            entries.push(entry.0);
        }
        if covered != values {
            let what = format!("{} bytes after its last tensor belong to none", values - covered);
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

/// An entry and the byte of the file at which its values begin. `values_start` is where the header ends, `covered`
/// how many bytes behind it belong to the tensors before this one.
fn checked(
    source: &Source,
    name: String,
    info: TensorInfo,
    values_start: u64,
    covered: &mut u64,
) -> Result<(TensorEntry, u64), CheckpointError> {
    let wrong = |what: String| source.error(Defect::Malformed(what)).tensor(&name);
    if info.shape.len() > MOST_AXES {
        return Err(wrong(format!("it has {} axes", info.shape.len())));
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
        source.error(Defect::Unsupported(format!("elements of the type {:?}", info.dtype))).tensor(&name)
    })?;
    let bytes = element_count(&info.shape).and_then(|count| count.checked_mul(elements.size()));
    if bytes.is_none() || bytes != end.checked_sub(start) {
        return Err(wrong(format!("the shape {:?} does not fit the bytes {start}..{end}", info.shape)));
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
        let (mut tensors, mut has_metadata) = (Vec::new(), false);
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                if std::mem::replace(&mut has_metadata, true) {
                    return Err(de::Error::custom("`__metadata__` is there twice"));
                }
                map.next_value::<Texts>()?;
            } else {
                tensors.push((name, map.next_value::<TensorInfo>().map_err(de::Error::custom)?));
            }
        }
        Ok(tensors)
    }
}

/// What `__metadata__` must be: a map of texts to texts, which are not kept.
struct Texts;

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Texts {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`__metadata__` to be a map of texts to texts")
    }

    /// The format's own crate takes `null` for no metadata.
    fn visit_unit<E: de::Error>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<Text, Text>()?.is_some() {}
        Ok(self)
    }
}

/// A text that is not kept.
struct Text;

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Self)
    }
}

impl Visitor<'_> for Text {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text in `__metadata__`")
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }
}
