//! The data file of a bundle's shard, which may be split into parts.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use agemirror_storage::folder_of;

use super::locate;
use crate::{CheckpointError, Defect};

/// A file with a section of the data.
struct Part {
    path: PathBuf,
    length: u64,
}

/// A data file, or the parts that it was split into.
pub(super) struct DataFile {
    path: PathBuf,
    parts: Vec<Part>,
}

impl DataFile {
    /// Opens `path`. If it does not exist and is the only data file of its bundle, the files `part0001`,
    /// `part0002`, ... replace it: from the folder `model_parts` beside it, or from its own folder.
    pub(super) fn open(path: &Path, only: bool) -> Result<Self, CheckpointError> {
        let paths = if path.exists() { vec![path.to_owned()] } else { parts_of(path, only)? };
        let parts: Result<_, _> = paths.into_iter().map(measure).collect();
        Ok(Self { path: path.to_owned(), parts: parts? })
    }

    /// The file, or its parts in order.
    pub(super) fn into_paths(self) -> Vec<PathBuf> {
        self.parts.into_iter().map(|part| part.path).collect()
    }

    /// Total length of all parts in bytes.
    pub(super) fn length(&self) -> u64 {
        self.parts.iter().fold(0, |sum, part| sum.saturating_add(part.length))
    }

    /// The file that contains the byte `offset` of the joined data, and its offset there.
    pub(super) fn locate(&self, mut offset: u64) -> (&Path, u64) {
        for part in &self.parts {
            if offset < part.length {
                return (&part.path, offset);
            }
            offset -= part.length;
        }
        (self.parts.last().map_or(&self.path, |part| &part.path), offset)
    }

    /// Reads the joined data from `offset` on.
    pub(super) fn reader(&self, offset: u64) -> DataReader<'_> {
        DataReader { parts: &self.parts, skip: offset, open: None }
    }
}

fn measure(path: PathBuf) -> Result<Part, CheckpointError> {
    let length = std::fs::metadata(&path).map_err(|error| CheckpointError::new(&path, error))?.len();
    Ok(Part { path, length })
}

fn parts_of(path: &Path, only: bool) -> Result<Vec<PathBuf>, CheckpointError> {
    let folder = folder_of(path);
    let folders = [folder.join(locate::PARTS_FOLDER), folder.to_owned()];
    for folder in folders.iter().filter(|_| only) {
        let parts = locate::parts_in(folder);
        if let Some(missing) =
            (1..).zip(&parts).find_map(|(wanted, (number, _))| (wanted != *number).then_some(wanted))
        {
            let path = folder.join(format!("part{missing:04}"));
            return Err(CheckpointError::new(&path, absent("it is one of the parts of a data file")));
        }
        if !parts.is_empty() {
            return Ok(parts.into_iter().map(|(_, path)| path).collect());
        }
    }
    Err(CheckpointError::new(
        path,
        absent("it contains the values listed in the index file; put it beside that"),
    ))
}

fn absent(why: &str) -> Defect {
    std::io::Error::new(ErrorKind::NotFound, format!("there is no such file, but {why}")).into()
}

/// Reads from one part on into the next.
pub(super) struct DataReader<'a> {
    parts: &'a [Part],
    /// Bytes to skip before the first requested one.
    skip: u64,
    open: Option<File>,
}

impl Read for DataReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while let [part, rest @ ..] = self.parts {
            if self.open.is_none() && self.skip < part.length {
                let mut file = File::open(&part.path)?;
                file.seek(SeekFrom::Start(self.skip))?;
                self.open = Some(file);
            }
            let count = self.open.as_mut().map_or(Ok(0), |file| file.read(buffer))?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            self.skip = if self.open.take().is_some() { 0 } else { self.skip - part.length };
            self.parts = rest;
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(parts: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in parts {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        folder
    }

    fn read(folder: &Path, offset: u64, length: u64) -> Vec<u8> {
        let data = DataFile::open(&folder.join("m.data-00000-of-00001"), true).unwrap();
        let mut bytes = Vec::new();
        data.reader(offset).take(length).read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn parts_are_joined_in_numerical_order() {
        let parts: [(&str, &[u8]); 3] = [
            ("model_parts/part0002", b"def"),
            ("model_parts/part0001", b"abc"),
            ("model_parts/part0003", b"g"),
        ];
        let folder = folder(&parts);
        assert_eq!(read(folder.path(), 0, 7), b"abcdefg");
        assert_eq!(read(folder.path(), 2, 3), b"cde");
        assert_eq!(read(folder.path(), 6, 9), b"g");
        let data = DataFile::open(&folder.path().join("m.data-00000-of-00001"), true).unwrap();
        assert_eq!(data.length(), 7);
        assert_eq!(data.locate(4), (folder.path().join("model_parts/part0002").as_path(), 1));
    }

    #[test]
    fn the_file_itself_comes_before_parts() {
        let folder = folder(&[("part0001", b"wrong"), ("m.data-00000-of-00001", b"right")]);
        assert_eq!(read(folder.path(), 0, 5), b"right");
    }

    #[test]
    fn a_missing_part_is_named() {
        let folder = folder(&[("part0001", b"a"), ("part0003", b"c")]);
        let error = DataFile::open(&folder.path().join("m.data-00000-of-00001"), true).err().unwrap();
        assert_eq!(error.file, folder.path().join("part0002"));
    }
}
