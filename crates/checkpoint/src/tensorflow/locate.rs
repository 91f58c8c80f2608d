//! Finds the file that lists the tensors, from any path that a user gives.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use agemirror_storage::folder_of;

use super::proto::malformed;
use crate::{CheckpointError, Defect};

/// Folder in which the authors of CAAE published the parts of their data file.
pub(super) const PARTS_FOLDER: &str = "model_parts";
/// The text file in which TensorFlow records the newest checkpoint of a folder.
const STATE: &str = "checkpoint";
/// Largest size of that text file, in bytes.
const MAX_STATE: u64 = 1 << 20;
/// Largest number of files of a V1 checkpoint.
const MAX_SHARDS: u32 = 1000;
/// Placeholder for the number of a shard in the text file.
const ANY_SHARD: &str = "?????";

/// The role of a file in a checkpoint of several files, according to its name.
#[derive(Debug, PartialEq, Eq)]
enum Role<'a> {
    Index,
    /// The graph or a data file of the checkpoint with this prefix.
    Sibling(&'a str),
    Part,
    /// One of several files of a V1 checkpoint.
    Shard,
    Other,
}

fn role(name: &str) -> Role<'_> {
    if name.ends_with(".index") {
        Role::Index
    } else if part_number(name).is_some() {
        Role::Part
    } else if let Some(prefix) = name.strip_suffix(".meta").or_else(|| data_prefix(name)) {
        Role::Sibling(prefix)
    } else if shard_of(name).is_some() {
        Role::Shard
    } else {
        Role::Other
    }
}

/// The prefix of `prefix.data-00000-of-00001`.
fn data_prefix(name: &str) -> Option<&str> {
    let (prefix, numbers) = name.rsplit_once(".data-")?;
    let (shard, count) = numbers.split_once("-of-")?;
    (five_digits(shard).is_some() && five_digits(count).is_some()).then_some(prefix)
}

/// Prefix and number of files of `prefix-00000-of-00002`, and of `prefix-?????-of-00002`.
fn shard_of(name: &str) -> Option<(&str, u32)> {
    let (rest, count) = name.rsplit_once("-of-")?;
    let (prefix, shard) = rest.rsplit_once('-')?;
    let is_shard = shard == ANY_SHARD || five_digits(shard).is_some();
    five_digits(count).filter(|_| is_shard && !prefix.is_empty()).map(|count| (prefix, count))
}

fn five_digits(text: &str) -> Option<u32> {
    (text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn shard_path(prefix: &Path, shard: u32, count: u32) -> PathBuf {
    with_suffix(prefix, &format!("-{shard:05}-of-{count:05}"))
}

/// All files of the V1 checkpoint that the file at `path` belongs to.
fn all_shards(path: &Path) -> Result<Vec<PathBuf>, CheckpointError> {
    let Some((prefix, count)) = shard_of(file_name(path)) else { return Ok(vec![path.to_owned()]) };
    if !(1..=MAX_SHARDS).contains(&count) {
        let what = format!("a checkpoint in {count} files; 1 to {MAX_SHARDS} are read");
        return Err(CheckpointError::new(path, Defect::Unsupported(what)));
    }
    let prefix = path.with_file_name(prefix);
    let shards: Vec<_> = (0..count).map(|shard| shard_path(&prefix, shard, count)).collect();
    match shards.iter().find(|shard| !shard.is_file()) {
        Some(missing) => {
            let why = format!("there is no such file, but it is one of the {count} files of the checkpoint");
            Err(CheckpointError::new(missing, std::io::Error::new(ErrorKind::NotFound, why)))
        }
        None => Ok(shards),
    }
}

/// The number of `part0001`.
fn part_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("part")?;
    (digits.len() >= 2 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// The numbered parts in `folder`, in ascending order.
pub(super) fn parts_in(folder: &Path) -> Vec<(u32, PathBuf)> {
    let mut parts: Vec<_> =
        files_in(folder).filter_map(|(name, path)| Some((part_number(&name)?, path))).collect();
    parts.sort();
    parts
}

fn files_in(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
}

/// Whether `path` has the name of a checkpoint's file, or is the prefix of one.
pub(super) fn is_named_like_tensorflow(path: &Path) -> bool {
    role(file_name(path)) != Role::Other || (!path.exists() && with_prefix(path).is_some())
}

/// The index file of the V2 bundle, or the files of the V1 checkpoint, that `path` belongs to: a folder, a
/// prefix, or any file of the checkpoint.
pub(super) fn table_files(path: &Path) -> Result<Vec<PathBuf>, CheckpointError> {
    all_shards(&table_file(path)?)
}

/// The same, but only one of several files.
fn table_file(path: &Path) -> Result<PathBuf, CheckpointError> {
    if path.is_dir() {
        return in_folder(path);
    }
    match role(file_name(path)) {
        Role::Part if path.is_file() => in_folder(folder_of(path)),
        Role::Sibling(prefix) => {
            let prefix = path.with_file_name(prefix);
            with_prefix(&prefix).ok_or_else(|| not_found(&with_suffix(&prefix, ".index")))
        }
        _ if path.is_file() => Ok(path.to_owned()),
        _ => with_prefix(path).ok_or_else(|| not_found(path)),
    }
}

/// The file at `prefix.index`, otherwise at `prefix`, otherwise the first of several at
/// `prefix-00000-of-00002`.
fn with_prefix(prefix: &Path) -> Option<PathBuf> {
    let one = [with_suffix(prefix, ".index"), prefix.to_owned()].into_iter().find(|path| path.is_file());
    one.or_else(|| first_shard(prefix))
}

/// The first file of a sharded V1 checkpoint; `prefix` may have the form of the text file.
fn first_shard(prefix: &Path) -> Option<PathBuf> {
    let name = file_name(prefix);
    if let Some((inner, count)) = shard_of(name) {
        let first = shard_path(&prefix.with_file_name(inner), 0, count);
        return Some(first).filter(|first| first.is_file());
    }
    let firsts = files_in(folder_of(prefix)).filter(|(file, _)| {
        let is_first = file.contains("-00000-of-") && data_prefix(file).is_none();
        is_first && shard_of(file).is_some_and(|(inner, _)| inner == name)
    });
    firsts.map(|(_, path)| path).min()
}

fn in_folder(folder: &Path) -> Result<PathBuf, CheckpointError> {
    // The parts of a data file are in a folder below the index.
    let full = std::path::absolute(folder).unwrap_or_default();
    let parts_only = full.file_name().is_some_and(|name| name == PARTS_FOLDER);
    let folder = if parts_only { folder_of(&full) } else { folder };
    if let Some(found) = newest(folder)? {
        return Ok(found);
    }
    let mut indices: Vec<_> = files_in(folder).filter(|(name, _)| name.ends_with(".index")).collect();
    match (indices.pop(), indices.len()) {
        (Some((_, path)), 0) => Ok(path),
        (Some(_), more) => {
            let what = format!("a folder of {} checkpoints; choose the .index file of one", more + 1);
            Err(CheckpointError::new(folder, Defect::Unsupported(what)))
        }
        (None, _) => {
            let what = "a folder without a file named checkpoint or one ending in .index, which a TensorFlow \
                        checkpoint has; choose the weight file itself";
            Err(CheckpointError::new(folder, Defect::Unsupported(what.to_owned())))
        }
    }
}

/// The checkpoint that the text file in `folder` names, if that file exists.
///
/// # Errors
/// If the checkpoint is not in the folder: another one would have other weights.
fn newest(folder: &Path) -> Result<Option<PathBuf>, CheckpointError> {
    let state = folder.join(STATE);
    if !state.is_file() {
        return Ok(None);
    }
    let named = read_state(&state)?;
    let found = candidates(&named).find_map(|name| with_prefix(&folder.join(name)));
    found.map(Some).ok_or_else(|| {
        let what = format!(
            "it names the checkpoint {named:?}, which is not in its folder; put it there, or choose the .index file \
             of the checkpoint that you want"
        );
        CheckpointError::new(&state, Defect::Unsupported(what))
    })
}

/// Possible paths of the named checkpoint in its folder: the path as written, if it leads into the folder, or
/// its last component, if the folder was moved.
fn candidates(named: &str) -> impl Iterator<Item = PathBuf> {
    let last = named.rsplit(['/', '\\']).next().map(PathBuf::from);
    let relative = Some(PathBuf::from(named)).filter(|path| leads_inwards(path));
    relative.into_iter().chain(last.filter(|path| leads_inwards(path)))
}

fn leads_inwards(path: &Path) -> bool {
    let mut parts = path.components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// The value of `model_checkpoint_path` in the text file `path`.
fn read_state(path: &Path) -> Result<String, CheckpointError> {
    let mut text = Vec::new();
    let file = File::open(path).map_err(|error| CheckpointError::new(path, error))?;
    file.take(MAX_STATE).read_to_end(&mut text).map_err(|error| CheckpointError::new(path, error))?;
    let value = String::from_utf8(text).ok().and_then(|text| {
        text.lines().find_map(|line| {
            let value = line.trim().strip_prefix("model_checkpoint_path:")?.trim();
            unescape(value.strip_prefix('"')?.strip_suffix('"')?)
        })
    });
    let defect =
        || malformed("it does not name a checkpoint in the format of TensorFlow's file of this name");
    value.ok_or_else(|| CheckpointError::new(path, defect()))
}

/// Unescapes a string literal of protocol buffers' text format; bytes beyond ASCII are octal.
fn unescape(literal: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = literal.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'\\' {
            bytes.push(*first);
        } else if let [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', tail @ ..] = rest {
            bytes.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
            rest = tail;
        } else {
            let [escaped @ (b'\\' | b'"' | b'\''), tail @ ..] = rest else { return None };
            bytes.push(*escaped);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

fn not_found(path: &Path) -> CheckpointError {
    CheckpointError::new(path, std::io::Error::new(ErrorKind::NotFound, "there is no such file"))
}

#[cfg(test)]
#[path = "locate_tests.rs"]
mod tests;
