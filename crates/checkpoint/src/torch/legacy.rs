//! Files before PyTorch 1.6: signature, version, the writer's platform, objects and storage keys, each a
//! pickle; then the storages in the order of the keys.

use std::collections::HashMap;

use super::pickle::{ByteReader, Graph, Object, Value, run};
use super::tensors::{Extent, Storages, all_extents};
use super::{StoredTensor, collect_tensors};
use crate::error::{CheckpointError, Defect};
use crate::source::Source;

const VERSION: Value = Value::Integer(1001);

/// Returns the tensors, and the offset of each storage.
///
/// `signature` is the length of the signature in bytes.
pub(super) fn read(
    source: &Source,
    signature: u64,
) -> Result<(Vec<StoredTensor>, Vec<Option<u64>>), CheckpointError> {
    let mut reader = ByteReader::new(source, signature, source.length());
    let at = reader.position();
    if run(&mut reader)?.1 != VERSION {
        let what = "a version of PyTorch's old format other than 1001";
        return Err(source.error(Defect::Unsupported(what.to_owned())).offset(at));
    }
    let at = reader.position();
    let (platform, root) = run(&mut reader)?;
    if is_big_endian(&platform, root) {
        let what = "a file written on a big-endian machine";
        return Err(source.error(Defect::Unsupported(what.to_owned())).offset(at));
    }
    let at = reader.position();
    let (graph, root) = run(&mut reader)?;
    let (tensors, storages) = collect_tensors(source, at, &graph, root)?;
    // Include storages that no tensor uses, such as an optimiser's: they have to be skipped.
    let extents = all_extents(&graph);
    drop(graph);
    let starts = find_storages(source, &mut reader, &storages, &extents)?;
    Ok((tensors, starts))
}

fn is_big_endian(graph: &Graph, root: Value) -> bool {
    let Some(Object::Dict(items)) = graph.object(root) else { return false };
    let order = items.iter().find(|(key, _)| graph.text(*key) == Some("little_endian"));
    order.is_some_and(|(_, little)| *little == Value::Bool(false))
}

/// Walks from storage to storage: each is its length followed by its elements.
fn find_storages(
    source: &Source,
    reader: &mut ByteReader,
    storages: &Storages,
    extents: &HashMap<String, Extent>,
) -> Result<Vec<Option<u64>>, CheckpointError> {
    let keys_at = reader.position();
    let (graph, keys) = run(reader)?;
    let keys = graph.sequence(keys);
    let keys = keys.ok_or_else(|| source.malformed(keys_at, "it has no list of storages"))?;
    let mut starts = vec![None; storages.all().len()];
    let mut at = reader.position();
    for key in keys {
        let key = graph.text(*key).unwrap_or_default();
        let unknown =
            || source.malformed(keys_at, format!("it lists the storage {key:?}, which nothing describes"));
        let extent = extents.get(key).ok_or_else(unknown)?;
        let length = u64::from_le_bytes(source.array(at, "the length of a storage")?);
        if length != extent.length {
            let what = format!("a storage of {} elements claims a length of {length}", extent.length);
            return Err(source.malformed(at, what));
        }
        at += 8;
        let bytes = length.checked_mul(extent.width);
        let bytes = bytes.ok_or_else(|| source.malformed(at, "a storage is implausibly long"))?;
        source.check_inside(at, bytes, "the end of a storage")?;
        if let Some(index) = storages.find(key) {
            starts[index] = Some(at);
        }
        at += bytes;
    }
    Ok(starts)
}
