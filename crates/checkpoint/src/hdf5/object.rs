//! Object headers: whether an object is a group or a tensor, and its properties.

use super::bytes::u64_at;
use super::datatype::{NumberType, number_type};
use super::unsupported;
use crate::entry::ElementType;
use crate::error::CheckpointError;
use crate::source::Source;

/// Largest number of messages in a header, including attributes; Keras writes fewer.
const MAX_MESSAGES: usize = 4096;
/// Largest number of axes; no network has more.
const MAX_AXES: usize = 32;
/// The undefined address.
const UNDEFINED_ADDRESS: u64 = u64::MAX;

const DATASPACE: u16 = 0x0001;
const LINK_INFO: u16 = 0x0002;
const DATATYPE: u16 = 0x0003;
const LAYOUT: u16 = 0x0008;
const FILTERS: u16 = 0x000b;
const CONTINUATION: u16 = 0x0010;
const SYMBOL_TABLE: u16 = 0x0011;

/// The kind of an object.
pub(super) enum Object {
    /// A group: addresses of its B-tree and of the heap with its names.
    Group { tree: u64, heap: u64 },
    /// A tensor; `start` is the offset of its values, if any were written.
    Tensor { shape: Vec<usize>, elements: ElementType, big_endian: bool, start: Option<u64> },
    /// A dataset of an unsupported type, with a description.
    Unread(String),
    /// Not a dataset.
    Other,
}

/// One message of a header.
struct Message {
    kind: u16,
    /// Whether it is stored elsewhere and shared by several objects.
    shared: bool,
    /// Offset of its body in the file.
    at: u64,
    body: Vec<u8>,
}

/// Reads the object whose header is at `address`.
///
/// # Errors
/// If it is damaged or of an unsupported kind.
pub(super) fn read_object(source: &Source, address: u64) -> Result<Object, CheckpointError> {
    let messages = messages(source, address)?;
    let find = |kind: u16| messages.iter().find(|message| message.kind == kind);
    if let Some(table) = find(SYMBOL_TABLE) {
        return Ok(Object::Group { tree: u64_at(&table.body, 0), heap: u64_at(&table.body, 8) });
    }
    if find(LINK_INFO).is_some() {
        return Err(unsupported(source, "a new-style group".to_owned()));
    }
    let (Some(space), Some(kind), Some(layout)) = (find(DATASPACE), find(DATATYPE), find(LAYOUT)) else {
        return Ok(Object::Other);
    };
    if !space.shared && is_null(&space.body) {
        return Ok(Object::Unread("no values (a null dataspace)".to_owned()));
    }
    if find(FILTERS).is_some() {
        return Err(unsupported(source, "a compressed tensor".to_owned()));
    }
    if kind.shared || space.shared {
        return Err(unsupported(source, "a datatype or shape shared by several tensors".to_owned()));
    }
    let NumberType { elements, big_endian } = match number_type(&kind.body) {
        Ok(found) => found,
        Err(what) => return Ok(Object::Unread(what)),
    };
    let shape = shape(source, address, &space.body)?;
    let start = values(source, layout.at, &layout.body)?;
    Ok(Object::Tensor { shape, elements, big_endian, start })
}

/// All messages of a header of version 1, including its continuations.
fn messages(source: &Source, address: u64) -> Result<Vec<Message>, CheckpointError> {
    let head: [u8; 16] = source.array(address, "an object's header")?;
    if head[0] != 1 {
        return Err(unsupported(source, "a new-style object header".to_owned()));
    }
    let size = u64::from(u32::from_le_bytes([head[8], head[9], head[10], head[11]]));
    let mut blocks = vec![(address.saturating_add(16), size)];
    let (mut messages, mut next) = (Vec::new(), 0);
    while let Some((start, length)) = blocks.get(next).copied() {
        next += 1;
        source.check_inside(start, length, "an object's header")?;
        let mut at = start;
        let end = start + length;
        while at + 8 <= end {
            let head: [u8; 8] = source.array(at, "an object's header")?;
            let size = u64::from(u16::from_le_bytes([head[2], head[3]]));
            if at + 8 + size > end || messages.len() >= MAX_MESSAGES || blocks.len() >= MAX_MESSAGES {
                return Err(source.malformed(at, "an object's header is longer than it claims"));
            }
            let body = source.bytes(at + 8, size, "an object's header")?;
            let kind = u16::from_le_bytes([head[0], head[1]]);
            if kind == CONTINUATION {
                blocks.push((u64_at(&body, 0), u64_at(&body, 8)));
            }
            messages.push(Message { kind, shared: head[4] & 2 != 0, at: at + 8, body });
            at += 8 + size;
        }
    }
    Ok(messages)
}

/// Whether a dataspace is null: it has no values at all, unlike a shape with a zero.
fn is_null(space: &[u8]) -> bool {
    matches!(space, [2, _, _, 2, ..])
}

fn shape(source: &Source, address: u64, body: &[u8]) -> Result<Vec<usize>, CheckpointError> {
    let wrong = || source.malformed(address, "a dataset has no valid shape");
    let [version, rank, ..] = body else { return Err(wrong()) };
    let start = match version {
        1 => 8,
        2 => 4,
        _ => return Err(unsupported(source, format!("a shape of version {version}"))),
    };
    let rank = usize::from(*rank);
    if rank > MAX_AXES || body.len() < start + 8 * rank {
        return Err(wrong());
    }
    (0..rank).map(|axis| usize::try_from(u64_at(body, start + 8 * axis)).map_err(|_| wrong())).collect()
}

/// Offset of the values in the file; `None` if none were written. `at` is the offset of `body`, which
/// contains the values itself if they are few.
fn values(source: &Source, at: u64, body: &[u8]) -> Result<Option<u64>, CheckpointError> {
    match body {
        [3, 0, low, high, rest @ ..] => {
            let length = usize::from(u16::from_le_bytes([*low, *high]));
            let inside = rest.len() >= length;
            inside.then_some(Some(at + 4)).ok_or_else(|| source.malformed(at, "the values are truncated"))
        }
        [3, 1, rest @ ..] if rest.len() >= 16 => {
            Ok(Some(u64_at(rest, 0)).filter(|at| *at != UNDEFINED_ADDRESS))
        }
        // Versions before HDF5 1.6: rank, class, five unused bytes, the address.
        [1 | 2, _, 1, rest @ ..] if rest.len() >= 13 => {
            Ok(Some(u64_at(rest, 5)).filter(|at| *at != UNDEFINED_ADDRESS))
        }
        [3, 2, ..] | [1 | 2, _, 2, ..] => Err(unsupported(source, "a chunked tensor".to_owned())),
        [version, ..] => Err(unsupported(source, format!("a layout of version {version}"))),
        [] => Err(source.malformed(at, "a tensor has no layout")),
    }
}
