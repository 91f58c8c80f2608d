//! An object's header: whether it is a group or a tensor, and of what kind.

use super::datatype::{Numbers, numbers};
use super::groups::u64_at;
use super::unsupported;
use crate::entry::ElementType;
use crate::error::CheckpointError;
use crate::source::Source;

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
    Tensor { shape: Vec<usize>, elements: ElementType, big_endian: bool, start: Option<u64> },
    /// A dataset that is not read, by what it holds.
    Unread(String),
    /// No dataset.
    Other,
}

/// One message of a header.
struct Message {
    kind: u16,
    /// Whether it stands elsewhere and several objects share it.
    shared: bool,
    /// The byte of the file at which its body begins.
    at: u64,
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
    if !space.shared && is_null(&space.body) {
        return Ok(Object::Unread("no values: it has HDF5's null shape".to_owned()));
    }
    if find(FILTERS).is_some() {
        return Err(unsupported(source, "a compressed tensor".to_owned()));
    }
    if kind.shared || space.shared {
        return Err(unsupported(source, "a kind of numbers that several tensors share".to_owned()));
    }
    let Numbers { elements, big_endian } = match numbers(&kind.body) {
        Ok(numbers) => numbers,
        Err(what) => return Ok(Object::Unread(what)),
    };
    let shape = shape(source, address, &space.body)?;
    let start = values(source, layout.at, &layout.body)?;
    Ok(Object::Tensor { shape, elements, big_endian, start })
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
            messages.push(Message { kind, shared: head[4] & 2 != 0, at: at + 8, body });
            at += 8 + size;
        }
    }
    Ok(messages)
}

/// Whether a dataspace says that there are no values at all, which is not the same as a shape with a zero.
fn is_null(space: &[u8]) -> bool {
    matches!(space, [2, _, _, 2, ..])
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

/// The byte of the file at which the values begin; none where none were written. `at` is the byte at which `body`
/// begins, which holds the values itself where they are few.
fn values(source: &Source, at: u64, body: &[u8]) -> Result<Option<u64>, CheckpointError> {
    match body {
        [3, 0, low, high, rest @ ..] => {
            let length = usize::from(u16::from_le_bytes([*low, *high]));
            let inside = rest.len() >= length;
            inside.then_some(Some(at + 4)).ok_or_else(|| source.malformed(at, "its values are cut off"))
        }
        [3, 1, rest @ ..] if rest.len() >= 16 => Ok(Some(u64_at(rest, 0)).filter(|at| *at != NOWHERE)),
        // Versions before HDF5 1.6: rank, class, five unused bytes, the address.
        [1 | 2, _, 1, rest @ ..] if rest.len() >= 13 => Ok(Some(u64_at(rest, 5)).filter(|at| *at != NOWHERE)),
        [3, 2, ..] | [1 | 2, _, 2, ..] => Err(unsupported(source, "a tensor in pieces".to_owned())),
        [version, ..] => Err(unsupported(source, format!("a layout of version {version}"))),
        [] => Err(source.malformed(at, "a tensor has no layout")),
    }
}
