//! The tree of groups: symbol tables behind B-trees, names in local heaps.

use super::object::{Object, object};
use super::{Datasets, Found, unsupported};
use crate::entry::{TensorEntry, Unread};
use crate::error::CheckpointError;
use crate::source::Source;

/// More objects than any network has; a tree that leads in circles ends here.
const MOST_OBJECTS: usize = 100_000;
/// Deeper than any tree of groups or table of one.
const DEEPEST: usize = 32;
/// No name is longer.
const LONGEST_NAME: u64 = 1024;
/// A link to another object by its path, which the object has as well.
const SOFT_LINK: u32 = 2;

/// Every dataset below the group at `root`, by its path.
///
/// # Errors
/// When the tree is damaged or leads in circles, or a tensor is of a kind that is not read.
pub(super) fn datasets_below(source: &Source, root: u64) -> Result<Datasets, CheckpointError> {
    let mut walk = Walk { source, objects: 0, found: Datasets::default() };
    walk.object(root, String::new(), 0)?;
    Ok(walk.found)
}

struct Walk<'a> {
    source: &'a Source,
    objects: usize,
    found: Datasets,
}

impl Walk<'_> {
    fn object(&mut self, address: u64, name: String, depth: usize) -> Result<(), CheckpointError> {
        self.objects += 1;
        if depth > DEEPEST || self.objects > MOST_OBJECTS {
            return Err(self.source.malformed(address, "its groups lead in circles"));
        }
        match object(self.source, address).map_err(|error| error.tensor(&name))? {
            Object::Group { tree, heap } => {
                let names = Heap::read(self.source, heap)?;
                self.table(tree, &names, &name, depth, 0)
            }
            Object::Tensor { shape, elements, big_endian, start } => {
                let entry = TensorEntry { name, shape, elements };
                self.found.tensors.push(Found { entry, start, big_endian });
                Ok(())
            }
            Object::Unread(what) => {
                self.found.unread.push(Unread { name, what });
                Ok(())
            }
            Object::Other => Ok(()),
        }
    }

    /// The objects in a node of a group's B-tree.
    fn table(
        &mut self,
        node: u64,
        names: &Heap,
        group: &str,
        depth: usize,
        level: usize,
    ) -> Result<(), CheckpointError> {
        let head: [u8; 8] = self.source.array(node, "a group's table")?;
        let count = u64::from(u16::from_le_bytes([head[6], head[7]]));
        if head.starts_with(b"SNOD") {
            return self.symbols(node + 8, count, names, group, depth);
        }
        if !head.starts_with(b"TREE") || head[4] != 0 {
            return Err(self.source.malformed(node, "a group's table is none"));
        }
        self.objects += 1;
        if level > DEEPEST || self.objects > MOST_OBJECTS {
            return Err(self.source.malformed(node, "a group's table leads in circles"));
        }
        for child in 0..count {
            // Keys and children alternate, after the node's two neighbours.
            let place = node + 24 + 16 * child + 8;
            let child = u64::from_le_bytes(self.source.array(place, "a group's table")?);
            self.table(child, names, group, depth, level + 1)?;
        }
        Ok(())
    }

    fn symbols(
        &mut self,
        start: u64,
        count: u64,
        names: &Heap,
        group: &str,
        depth: usize,
    ) -> Result<(), CheckpointError> {
        for symbol in 0..count {
            let entry: [u8; 40] = self.source.array(start + 40 * symbol, "a group's entry")?;
            let (offset, address) = (u64_at(&entry, 0), u64_at(&entry, 8));
            let kind = u32::from_le_bytes([entry[16], entry[17], entry[18], entry[19]]);
            if kind == SOFT_LINK {
                continue;
            }
            let own = names.name(self.source, offset)?;
            let name = if group.is_empty() { own } else { format!("{group}/{own}") };
            self.object(address, name, depth + 1)?;
        }
        Ok(())
    }
}

/// Where a group's names lie.
struct Heap {
    start: u64,
    length: u64,
}

impl Heap {
    fn read(source: &Source, address: u64) -> Result<Self, CheckpointError> {
        let head: [u8; 32] = source.array(address, "a group's names")?;
        if !head.starts_with(b"HEAP") {
            return Err(source.malformed(address, "a group's names are none"));
        }
        if head[4] != 0 {
            return Err(unsupported(source, format!("a heap of version {}", head[4])));
        }
        let heap = Self { start: u64_at(&head, 24), length: u64_at(&head, 8) };
        source.check_inside(heap.start, heap.length, "a group's names")?;
        Ok(heap)
    }

    fn name(&self, source: &Source, offset: u64) -> Result<String, CheckpointError> {
        let wrong = || source.malformed(self.start, "a name is none");
        let left = self.length.checked_sub(offset).ok_or_else(wrong)?;
        let bytes = source.bytes(self.start + offset, left.min(LONGEST_NAME), "a name")?;
        let end = bytes.iter().position(|byte| *byte == 0).ok_or_else(wrong)?;
        String::from_utf8(bytes[..end].to_vec()).map_err(|_| wrong())
    }
}

/// The eight bytes at `place` of a block that holds them.
pub(super) fn u64_at(bytes: &[u8], place: usize) -> u64 {
    let mut eight = [0; 8];
    if let Some(found) = bytes.get(place..place + 8) {
        eight.copy_from_slice(found);
    }
    u64::from_le_bytes(eight)
}
