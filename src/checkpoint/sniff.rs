//! Tells the format of a weight file from its content; names only help with files that have no signature.

use std::path::{Path, PathBuf};

use super::error::{CheckpointError, Defect};
use super::hdf5;
use super::source::Source;
use super::tensorflow::is_named_like_tensorflow;

/// The pickle with which PyTorch's files before 1.6 begin: protocol 2, the number 0x1950a86a20f9469cfc6c.
pub(super) const TORCH_LEGACY_SIGNATURE: [u8; 15] =
    [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, b'.'];

/// The last eight bytes of a table of LevelDB, in which TensorFlow keeps indices and V1 files.
const TABLE_MAGIC: u64 = 0xdb47_7524_8b80_fb57;

/// Which reader a file is for.
pub(super) enum Kind {
    Safetensors(Source),
    TorchZip(Source),
    TorchLegacy(Source),
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
    let mut start = [0; 32];
    let start = &mut start[..source.length().min(32) as usize];
    source.fill(0, start, "its first bytes")?;
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return Ok(Kind::TorchZip(source));
    }
    if start.starts_with(&TORCH_LEGACY_SIGNATURE) {
        return Ok(Kind::TorchLegacy(source));
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
    Err(source.error(unknown(start)))
}

/// What is usually taken for a weight file by mistake.
fn unknown(start: &[u8]) -> Defect {
    let first = start.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    let what = if start.is_empty() {
        return Defect::Truncated("its first byte");
    } else if start.starts_with(b"version https://git-lfs") {
        "a pointer of Git LFS, which stands for the real file; download the file itself"
    } else if first == Some(b'<') {
        "a web page, saved where the weights were wanted; open the link in a browser, confirm the \
         download there and take the file that comes"
    } else if start[0] == 0x80 && start.get(1).is_some_and(|version| (1..=5).contains(version)) {
        "a Python pickle that torch.save did not write"
    } else {
        return Defect::UnknownFormat;
    };
    Defect::Unsupported(what.to_owned())
}

fn ends_as_table(source: &Source) -> Result<bool, CheckpointError> {
    let Some(end) = source.length().checked_sub(8) else { return Ok(false) };
    Ok(u64::from_le_bytes(source.array(end, "its last bytes")?) == TABLE_MAGIC)
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending))
}
