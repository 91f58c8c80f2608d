//! Files before PyTorch 1.6: the signature, the version, the writer's machine, the objects, the keys of the
//! storages, each a pickle; then the storages in the order of the keys.

use std::collections::HashMap;

use super::super::error::{CheckpointError, Defect};
use super::super::source::Source;
use super::pickle::{Graph, Object, Tape, Value, run};
use super::tensors::{Extent, Storages, all_extents};
use super::{Wanted, collect};

const VERSION: Value = Value::Integer(1001);

/// The tensors, and where each storage begins.
///
/// `signature` is how many bytes the signature takes.
pub(super) fn read(
    source: &Source,
    signature: u64,
) -> Result<(Vec<Wanted>, Vec<Option<u64>>), CheckpointError> {
    let mut tape = Tape::new(source, signature, source.length());
    let at = tape.position();
    if run(&mut tape)?.1 != VERSION {
        let what = "another version of PyTorch's old format than 1001";
        return Err(source.error(Defect::Unsupported(what.to_owned())).offset(at));
    }
    let at = tape.position();
    let (about, machine) = run(&mut tape)?;
    if is_big_endian(&about, machine) {
        let what = "a file written on a big-endian machine";
        return Err(source.error(Defect::Unsupported(what.to_owned())).offset(at));
    }
    let at = tape.position();
    let (graph, root) = run(&mut tape)?;
    let (wanted, storages) = collect(source, at, &graph, root)?;
    // Also those that belong to no tensor that is read, such as an optimiser's: they have to be passed over.
    let extents = all_extents(&graph);
    drop(graph);
    let starts = find_storages(source, &mut tape, &storages, &extents)?;
    Ok((wanted, starts))
}

fn is_big_endian(graph: &Graph, about: Value) -> bool {
    let Some(Object::Dict(items)) = graph.object(about) else { return false };
    let order = items.iter().find(|(key, _)| graph.text(*key) == Some("little_endian"));
    order.is_some_and(|(_, little)| *little == Value::Truth(false))
}

/// Goes from storage to storage: each is its length and its elements.
fn find_storages(
    source: &Source,
    tape: &mut Tape,
    storages: &Storages,
    extents: &HashMap<String, Extent>,
) -> Result<Vec<Option<u64>>, CheckpointError> {
    let keys_at = tape.position();
    let (graph, keys) = run(tape)?;
    let keys = graph.sequence(keys);
    let keys = keys.ok_or_else(|| source.malformed(keys_at, "it has no list of storages"))?;
    let mut starts = vec![None; storages.all().len()];
    let mut at = tape.position();
    for key in keys {
        let key = graph.text(*key).unwrap_or_default();
        let unknown =
            || source.malformed(keys_at, format!("it lists the storage {key:?}, which nothing describes"));
        let extent = extents.get(key).ok_or_else(unknown)?;
        let length = u64::from_le_bytes(source.array(at, "the length of a storage")?);
        if length != extent.length {
            let what = format!("a storage of {} elements is said to have {length}", extent.length);
            return Err(source.malformed(at, what));
        }
        at += 8;
        let bytes = length.checked_mul(extent.width);
        let bytes = bytes.ok_or_else(|| source.malformed(at, "a storage is absurdly long"))?;
        source.check_inside(at, bytes, "the end of a storage")?;
        if let Some(index) = storages.find(key) {
            starts[index] = Some(at);
        }
        at += bytes;
    }
    Ok(starts)
}
