//! An object's header: whether it is a group or a tensor, and of what kind.

use super::groups::u64_at;
use super::unsupported;
use crate::checkpoint::entry::ElementType;
use crate::checkpoint::error::CheckpointError;
use crate::checkpoint::source::Source;

/// More messages than any object of Keras's has, its attributes among them.
const MOST_MESSAGES: usize = 4096;
/// No network's tensor has more.
const MOST_AXES: usize = 32;
/// An address that leads nowhere.
const NOWHERE: u64 = u64::MAX;

const DATASPACE: u16 = 0x0001;
const LINK_INFO: u16 = 0x0002;
const DATATYPE: u16 = 0x0003;
const LAYOUT: u16 = 0x0008;
const FILTERS: u16 = 0x000b;
const CONTINUATION: u16 = 0x0010;
const SYMBOL_TABLE: u16 = 0x0011;

/// What an object is.
pub(super) enum Object {
    /// A group: its B-tree and the heap of its names.
    Group { tree: u64, heap: u64 },
    /// A tensor; `start` is where its values begin, where some were written.
    Tensor { shape: Vec<usize>, elements: ElementType, start: Option<u64> },
    /// Something that holds no numbers.
    Other,
}

/// One message of a header.
struct Message {
    kind: u16,
    /// Whether it stands elsewhere and several objects share it.
    shared: bool,
    body: Vec<u8>,
}

/// The object whose header is at `address`.
///
/// # Errors
/// When it is damaged or of a kind that is not read.
pub(super) fn object(source: &Source, address: u64) -> Result<Object, CheckpointError> {
    let messages = messages(source, address)?;
    let find = |kind: u16| messages.iter().find(|message| message.kind == kind);
    if let Some(table) = find(SYMBOL_TABLE) {
        return Ok(Object::Group { tree: u64_at(&table.body, 0), heap: u64_at(&table.body, 8) });
    }
    if find(LINK_INFO).is_some() {
        return Err(unsupported(source, "a group of the newer kind".to_owned()));
    }
    let (Some(space), Some(kind), Some(layout)) = (find(DATASPACE), find(DATATYPE), find(LAYOUT)) else {
        return Ok(Object::Other);
    };
    if find(FILTERS).is_some() {
        return Err(unsupported(source, "a compressed tensor".to_owned()));
    }
    if kind.shared || space.shared {
        return Err(unsupported(source, "a kind of numbers that several tensors share".to_owned()));
    }
    let Some(elements) = elements(&kind.body) else {
        return Ok(Object::Other);
    };
    Ok(Object::Tensor {
        shape: shape(source, address, &space.body)?,
        elements,
        start: values(source, &layout.body)?,
    })
}

/// All messages of a header of version 1, with those of its continuations.
fn messages(source: &Source, address: u64) -> Result<Vec<Message>, CheckpointError> {
    let head: [u8; 16] = source.array(address, "an object's header")?;
    if head[0] != 1 {
        return Err(unsupported(source, "an object's header of the newer kind".to_owned()));
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
            if at + 8 + size > end || messages.len() >= MOST_MESSAGES || blocks.len() >= MOST_MESSAGES {
                return Err(source.malformed(at, "an object's header is longer than it says"));
            }
            let body = source.bytes(at + 8, size, "an object's header")?;
            let kind = u16::from_le_bytes([head[0], head[1]]);
            if kind == CONTINUATION {
                blocks.push((u64_at(&body, 0), u64_at(&body, 8)));
            }
            messages.push(Message { kind, shared: head[4] & 2 != 0, body });
            at += 8 + size;
        }
    }
    Ok(messages)
}

fn shape(source: &Source, address: u64, body: &[u8]) -> Result<Vec<usize>, CheckpointError> {
    let wrong = || source.malformed(address, "a shape is none");
    let [version, rank, ..] = body else { return Err(wrong()) };
    let start = match version {
        1 => 8,
        2 => 4,
        _ => return Err(unsupported(source, format!("a shape of version {version}"))),
    };
    let rank = usize::from(*rank);
    if rank > MOST_AXES || body.len() < start + 8 * rank {
        return Err(wrong());
    }
    (0..rank).map(|axis| usize::try_from(u64_at(body, start + 8 * axis)).map_err(|_| wrong())).collect()
}

/// The elements, where they are numbers that are read.
pub(super) fn elements(body: &[u8]) -> Option<ElementType> {
    let [class, flags, ..] = body else { return None };
    let size = u32::from_le_bytes(body.get(4..8)?.try_into().ok()?);
    let is_little_endian = flags & 1 == 0;
    let precision = u16::from_le_bytes(body.get(10..12)?.try_into().ok()?);
    if !is_little_endian || u64::from(precision) != 8 * u64::from(size) {
        return None;
    }
    let is_signed = flags & 8 != 0;
    match (class & 0x0f, size) {
        (0, 1) if is_signed => Some(ElementType::I8),
        (0, 1) => Some(ElementType::U8),
        (0, 2) if is_signed => Some(ElementType::I16),
        (0, 4) if is_signed => Some(ElementType::I32),
        (0, 8) if is_signed => Some(ElementType::I64),
        // The length of the exponent tells IEEE's numbers from others of their size.
        (1, 2) if body.get(13) == Some(&5) => Some(ElementType::F16),
        (1, 4) if body.get(13) == Some(&8) => Some(ElementType::F32),
        (1, 8) if body.get(13) == Some(&11) => Some(ElementType::F64),
        _ => None,
    }
}

/// Where the values begin, if there are some.
fn values(source: &Source, body: &[u8]) -> Result<Option<u64>, CheckpointError> {
    match body {
        [3, 1, rest @ ..] if rest.len() >= 16 => Ok(Some(u64_at(rest, 0)).filter(|at| *at != NOWHERE)),
        _ => Err(unsupported(source, "a tensor in pieces".to_owned())),
    }
}
