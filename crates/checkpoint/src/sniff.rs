//! Tells the format of a weight file from its content; names only help with files that have no signature.

use std::path::{Path, PathBuf};

use super::error::CheckpointError;
use super::hdf5;
use super::mistaken::mistaken;
use super::source::Source;
use super::tensorflow::is_named_like_tensorflow;

/// What PyTorch's files before 1.6 begin with, behind the protocol: the number 0x1950a86a20f9469cfc6c.
const TORCH_LEGACY_NUMBER: [u8; 13] =
    [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, b'.'];
/// Instruction that names a pickle's protocol, and the protocols that torch.save can be told to write.
const PICKLE: u8 = 0x80;
const TORCH_PROTOCOLS: std::ops::RangeInclusive<u8> = 2..=5;
/// From protocol 4 on, the instruction that says how many bytes belong together; eight bytes follow it.
const FRAME: u8 = 0x95;
const FRAME_LENGTH: usize = 9;
/// Bytes of a file that are looked at: the signature of a tar archive is at 257.
const LOOKED_AT: usize = 512;

/// The last eight bytes of a table of LevelDB, in which TensorFlow keeps indices and V1 files.
const TABLE_MAGIC: u64 = 0xdb47_7524_8b80_fb57;

/// Which reader a file is for.
pub(super) enum Kind {
    Safetensors(Source),
    TorchZip(Source),
    /// With the length of its signature, in bytes.
    TorchLegacy(Source, u64),
    Hdf5(Source),
    /// What the TensorFlow reader is to find: a folder, a prefix, or a file of a set.
    Tensorflow(PathBuf),
    /// A TensorFlow V1 file, or the index of a V2 bundle under a strange name.
    TensorflowTable(Source),
}

/// # Errors
/// When the file cannot be read or is nothing known; the usual mistakes are named.
pub(super) fn sniff(path: &Path) -> Result<Kind, CheckpointError> {
    if path.is_dir() || is_named_like_tensorflow(path) {
        return Ok(Kind::Tensorflow(path.to_owned()));
    }
    sniff_content(Source::open(path)?)
}

/// As [`sniff`], for a file whose name says nothing.
pub(super) fn sniff_content(source: Source) -> Result<Kind, CheckpointError> {
    let mut start = [0; LOOKED_AT];
    let start = &mut start[..source.length().min(LOOKED_AT as u64) as usize];
    source.fill(0, start, "its first bytes")?;
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return Ok(Kind::TorchZip(source));
    }
    if let Some(length) = torch_legacy_signature(start) {
        return Ok(Kind::TorchLegacy(source, length));
    }
    if start.starts_with(hdf5::SIGNATURE) {
        return Ok(Kind::Hdf5(source));
    }
    if ends_as_table(&source)? {
        return Ok(Kind::TensorflowTable(source));
    }
    if start.get(8) == Some(&b'{') || has_ending(source.path(), "safetensors") {
        return Ok(Kind::Safetensors(source));
    }
    if start.starts_with(b"model_checkpoint_path:") {
        let folder = source.path().parent().filter(|folder| !folder.as_os_str().is_empty());
        return Ok(Kind::Tensorflow(folder.unwrap_or(Path::new(".")).to_owned()));
    }
    Err(source.error(mistaken(start, source.path())))
}

/// The length of the signature of a PyTorch file before 1.6, of any protocol.
fn torch_legacy_signature(start: &[u8]) -> Option<u64> {
    let [PICKLE, protocol, rest @ ..] = start else { return None };
    let number = if rest.first() == Some(&FRAME) { rest.get(FRAME_LENGTH..)? } else { rest };
    let is_signature = TORCH_PROTOCOLS.contains(protocol) && number.starts_with(&TORCH_LEGACY_NUMBER);
    is_signature.then(|| (start.len() - number.len() + TORCH_LEGACY_NUMBER.len()) as u64)
}

fn ends_as_table(source: &Source) -> Result<bool, CheckpointError> {
    let Some(end) = source.length().checked_sub(8) else { return Ok(false) };
    Ok(u64::from_le_bytes(source.array(end, "its last bytes")?) == TABLE_MAGIC)
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending))
}
