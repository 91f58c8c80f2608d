//! The group tree: symbol tables in B-trees, names in local heaps.

use super::bytes::u64_at;
use super::object::{Object, read_object};
use super::{Datasets, FoundTensor, unsupported};
use crate::entry::{TensorEntry, Unread};
use crate::error::CheckpointError;
use crate::source::Source;

/// Largest number of objects, more than any network has; it also stops cyclic trees.
const MAX_OBJECTS: usize = 100_000;
/// Largest depth of groups, and of the tables of a group.
const MAX_DEPTH: usize = 32;
/// Longest name, in bytes.
const MAX_NAME_LENGTH: u64 = 1024;
/// Kind of a link to another object by its path; that object is listed as well.
const SOFT_LINK: u32 = 2;

/// All datasets below the group at `root`, named by their paths.
///
/// # Errors
/// If the tree is damaged or cyclic, or contains a tensor of an unsupported kind.
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
        if depth > MAX_DEPTH || self.objects > MAX_OBJECTS {
            return Err(self.source.malformed(address, "its groups form a cycle"));
        }
        match read_object(self.source, address).map_err(|error| error.tensor(&name))? {
            Object::Group { tree, heap } => {
                let names = Heap::read(self.source, heap)?;
                self.table(tree, &names, &name, depth, 0)
            }
            Object::Tensor { shape, elements, big_endian, start } => {
                let entry = TensorEntry { name, shape, elements };
                self.found.tensors.push(FoundTensor { entry, start, big_endian });
                Ok(())
            }
            Object::Unread(what) => {
                self.found.unread.push(Unread { name, what });
                Ok(())
            }
            Object::Other => Ok(()),
        }
    }

    /// Visits the objects in a node of a group's B-tree.
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
            return Err(self.source.malformed(node, "a group has no valid table"));
        }
        self.objects += 1;
        if level > MAX_DEPTH || self.objects > MAX_OBJECTS {
            return Err(self.source.malformed(node, "a group's table contains a cycle"));
        }
        for child in 0..count {
            // Keys and children alternate, after the addresses of the node's two siblings.
            let at = node + 24 + 16 * child + 8;
            let child = u64::from_le_bytes(self.source.array(at, "a group's table")?);
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

/// The heap with a group's names.
struct Heap {
    start: u64,
    length: u64,
}

impl Heap {
    fn read(source: &Source, address: u64) -> Result<Self, CheckpointError> {
        let head: [u8; 32] = source.array(address, "a group's names")?;
        if !head.starts_with(b"HEAP") {
            return Err(source.malformed(address, "a group has no valid name heap"));
        }
        if head[4] != 0 {
            return Err(unsupported(source, format!("a heap of version {}", head[4])));
        }
        let heap = Self { start: u64_at(&head, 24), length: u64_at(&head, 8) };
        source.check_inside(heap.start, heap.length, "a group's names")?;
        Ok(heap)
    }

    fn name(&self, source: &Source, offset: u64) -> Result<String, CheckpointError> {
        let wrong = || source.malformed(self.start, "a name is not valid text");
        let left = self.length.checked_sub(offset).ok_or_else(wrong)?;
        let bytes = source.bytes(self.start + offset, left.min(MAX_NAME_LENGTH), "a name")?;
        let end = bytes.iter().position(|byte| *byte == 0).ok_or_else(wrong)?;
        String::from_utf8(bytes[..end].to_vec()).map_err(|_| wrong())
    }
}
