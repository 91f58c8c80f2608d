//! Detects the format of a checkpoint from its content; names only matter for formats without a signature.

use std::path::{Path, PathBuf};

use agemirror_storage::folder_of;

use super::error::CheckpointError;
use super::hdf5;
use super::source::Source;
use super::tensorflow::is_named_like_tensorflow;
use super::unsupported::{describe_unsupported, has_extension};

/// Start of PyTorch files before 1.6, after the protocol: the number 0x1950a86a20f9469cfc6c.
const TORCH_LEGACY_MAGIC: [u8; 13] =
    [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, b'.'];
/// Opcode of a pickle's protocol, and the protocols that torch.save can write.
const PICKLE_PROTOCOL: u8 = 0x80;
const TORCH_PROTOCOLS: std::ops::RangeInclusive<u8> = 2..=5;
/// From protocol 4 on: opcode of a frame, and its length in bytes with the eight bytes of its argument.
const PICKLE_FRAME: u8 = 0x95;
const PICKLE_FRAME_LENGTH: usize = 9;
/// Number of bytes of a file that are examined; the signature of a tar archive is at 257.
const EXAMINED_BYTES: usize = 512;

/// The last eight bytes of a LevelDB table, which TensorFlow uses for indices and V1 files.
const TABLE_MAGIC: u64 = 0xdb47_7524_8b80_fb57;

/// The format of a file, with what its reader needs.
pub(super) enum Kind {
    Safetensors(Source),
    TorchZip(Source),
    /// With the length of its signature, in bytes.
    TorchLegacy(Source, u64),
    Hdf5(Source),
    /// A path for the TensorFlow reader to resolve: a folder, a prefix, or a file of a set.
    Tensorflow(PathBuf),
    /// A TensorFlow V1 file, or the index of a V2 bundle with an unusual name.
    TensorflowTable(Source),
}

/// # Errors
/// If the file cannot be read or its format is unknown; the error describes common mistakes.
pub(super) fn detect(path: &Path) -> Result<Kind, CheckpointError> {
    if path.is_dir() || is_named_like_tensorflow(path) {
        return Ok(Kind::Tensorflow(path.to_owned()));
    }
    detect_content(Source::open(path)?)
}

/// Like [`detect`], for a file whose name says nothing.
pub(super) fn detect_content(source: Source) -> Result<Kind, CheckpointError> {
    let mut start = [0; EXAMINED_BYTES];
    let start = &mut start[..source.length().min(EXAMINED_BYTES as u64) as usize];
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
    if ends_like_table(&source)? {
        return Ok(Kind::TensorflowTable(source));
    }
    if start.get(8) == Some(&b'{') || has_extension(source.path(), "safetensors") {
        return Ok(Kind::Safetensors(source));
    }
    if start.starts_with(b"model_checkpoint_path:") {
        return Ok(Kind::Tensorflow(folder_of(source.path()).to_owned()));
    }
    Err(source.error(describe_unsupported(start, source.path())))
}

/// The length of the signature of a PyTorch file before 1.6, for any protocol.
fn torch_legacy_signature(start: &[u8]) -> Option<u64> {
    let [PICKLE_PROTOCOL, protocol, rest @ ..] = start else { return None };
    let number = if rest.first() == Some(&PICKLE_FRAME) { rest.get(PICKLE_FRAME_LENGTH..)? } else { rest };
    let is_signature = TORCH_PROTOCOLS.contains(protocol) && number.starts_with(&TORCH_LEGACY_MAGIC);
    is_signature.then(|| (start.len() - number.len() + TORCH_LEGACY_MAGIC.len()) as u64)
}

fn ends_like_table(source: &Source) -> Result<bool, CheckpointError> {
    let Some(end) = source.length().checked_sub(8) else { return Ok(false) };
    Ok(u64::from_le_bytes(source.array(end, "its last bytes")?) == TABLE_MAGIC)
}
