//! Files since PyTorch 1.6: `NAME/data.pkl` describes the tensors, `NAME/data/KEY` are the storages.

use super::archive::Archive;
use super::pickle::{ByteReader, run};
use super::{StoredTensor, collect_tensors};
use crate::error::{CheckpointError, Defect};
use crate::source::Source;

/// Returns the tensors, and the offset of each storage.
pub(super) fn read(source: &Source) -> Result<(Vec<StoredTensor>, Vec<Option<u64>>), CheckpointError> {
    let archive = Archive::open(source)?;
    let folder = folder(source, &archive)?;
    check_byte_order(source, &archive, folder)?;
    let (start, length) = archive.locate(source, &format!("{folder}/data.pkl"))?;
    let mut reader = ByteReader::new(source, start, start + length);
    let (graph, root) = run(&mut reader)?;
    let (tensors, storages) = collect_tensors(source, start, &graph, root)?;
    let mut starts = Vec::with_capacity(storages.all().len());
    for storage in storages.all() {
        let (start, bytes) = archive.locate(source, &format!("{folder}/data/{}", storage.key))?;
        if storage.length.checked_mul(storage.elements.size()) != Some(bytes) {
            let what =
                format!("the storage {} has {bytes} bytes, not {} elements", storage.key, storage.length);
            return Err(source.malformed(start, what));
        }
        starts.push(Some(start));
    }
    Ok((tensors, starts))
}

/// The folder in the archive that contains everything.
fn folder<'a>(source: &Source, archive: &'a Archive) -> Result<&'a str, CheckpointError> {
    let is_folder = |name: &&str| !name.is_empty() && !name.contains('/');
    let mut folders = archive.names().filter_map(|name| name.strip_suffix("/data.pkl")).filter(is_folder);
    match (folders.next(), folders.next()) {
        (Some(folder), None) => Ok(folder),
        (None, _) => {
            let what =
                "a zip archive that torch.save did not write; if it contains the weight file, unpack it";
            Err(source.error(Defect::Unsupported(what.to_owned())))
        }
        _ => Err(source.error(Defect::Malformed("it contains data.pkl twice".to_owned()))),
    }
}

fn check_byte_order(source: &Source, archive: &Archive, folder: &str) -> Result<(), CheckpointError> {
    let name = format!("{folder}/byteorder");
    if !archive.names().any(|entry| entry == name) {
        return Ok(());
    }
    let (start, length) = archive.locate(source, &name)?;
    if length == 6 && &source.array::<6>(start, "its byte order")? == b"little" {
        return Ok(());
    }
    let what = "a file written on a big-endian machine";
    Err(source.error(Defect::Unsupported(what.to_owned())).offset(start))
}
