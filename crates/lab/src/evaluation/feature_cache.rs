//! On-disk cache of a network's features, keyed by the picture's SHA-256, so that a run can resume and later
//! runs reuse its features.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use super::measure::EvaluationError;

/// First bytes of the file.
const MAGIC: &[u8; 16] = b"agemirror found\n";
/// A SHA-256 of a picture's file or of the network's weights.
pub(crate) type Key = [u8; 32];
/// Length of the header in bytes: magic, hash of the weights, length of a row.
const HEADER_BYTES: usize = 16 + 32 + 4;

/// Rows of features from one network, keyed by the hash of the picture's file.
pub(crate) struct FeatureCache {
    path: PathBuf,
    file: File,
    rows: HashMap<Key, Vec<f32>>,
}

impl FeatureCache {
    /// Opens or creates the cache at `path` for rows of `length` numbers from the network whose weights hash
    /// to `network`. Cuts off an incomplete row at the end, as a killed run leaves it.
    ///
    /// # Errors
    /// When the file belongs to another network, is not a cache, or cannot be read or written.
    pub(crate) fn open(path: &Path, network: &Key, length: usize) -> Result<Self, EvaluationError> {
        let io = |action| EvaluationError::io(path, action);
        let file = File::options().create(true).append(true).read(true).open(path).map_err(io("opened"))?;
        let size = file.metadata().map_err(io("read"))?.len();
        let mut cache = Self { path: path.to_owned(), file, rows: HashMap::new() };
        let header = [&MAGIC[..], network, &(length as u32).to_le_bytes()].concat();
        if size == 0 {
            cache.file.write_all(&header).map_err(io("written"))?;
            return Ok(cache);
        }
        let complete = cache.read(&header, length)?;
        if complete < size {
            cache.file.set_len(complete).map_err(io("written"))?;
        }
        Ok(cache)
    }

    /// Reads all complete rows and returns the offset in bytes at which they end.
    fn read(&mut self, header: &[u8], length: usize) -> Result<u64, EvaluationError> {
        let io = |action| EvaluationError::io(&self.path, action);
        let mut reader = BufReader::new(File::open(&self.path).map_err(io("read"))?);
        let mut found = vec![0; HEADER_BYTES];
        let same = reader.read_exact(&mut found).is_ok() && found == header;
        if !same {
            return Err(EvaluationError::OtherRun {
                folder: self.path.clone(),
                difference: "the file belongs to another network, or is no cache".to_owned(),
            });
        }
        let (mut complete, mut row) = (HEADER_BYTES as u64, vec![0; 32 + 4 * length]);
        loop {
            match reader.read_exact(&mut row) {
                Ok(()) => complete += row.len() as u64,
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(complete),
                Err(error) => return Err(io("read")(error)),
            }
            let (key, values) = row.split_at(32);
            let mut own = Key::default();
            own.copy_from_slice(key);
            let (values, _) = values.as_chunks::<4>();
            self.rows.insert(own, values.iter().map(|four| f32::from_le_bytes(*four)).collect());
        }
    }

    /// The cached row of a picture.
    pub(crate) fn get(&self, picture: &Key) -> Option<&[f32]> {
        self.rows.get(picture).map(Vec::as_slice)
    }

    /// Adds the row of a picture.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn add(&mut self, picture: Key, row: &[f32]) -> Result<(), EvaluationError> {
        let mut bytes = picture.to_vec();
        bytes.extend(row.iter().flat_map(|value| value.to_le_bytes()));
        self.file.write_all(&bytes).map_err(EvaluationError::io(&self.path, "written"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_back_and_an_incomplete_row_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("found");
        let mut cache = FeatureCache::open(&path, &[7; 32], 3).unwrap();
        cache.add([1; 32], &[1.0, -2.5, 3.0]).unwrap();
        cache.add([2; 32], &[4.0, 5.0, 6.0]).unwrap();
        drop(cache);
        let complete = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&complete[..], b"half a row"].concat()).unwrap();
        let cache = FeatureCache::open(&path, &[7; 32], 3).unwrap();
        assert_eq!(cache.get(&[1; 32]), Some(&[1.0, -2.5, 3.0][..]));
        assert_eq!((cache.get(&[2; 32]).unwrap()[2], cache.get(&[3; 32])), (6.0, None));
        drop(cache);
        assert_eq!(std::fs::read(&path).unwrap(), complete);
    }

    #[test]
    fn another_networks_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("found");
        FeatureCache::open(&path, &[7; 32], 3).unwrap();
        for (network, length) in [([8; 32], 3), ([7; 32], 4)] {
            let error = FeatureCache::open(&path, &network, length).err().unwrap().to_string();
            assert!(error.contains("another network"), "{error}");
        }
        std::fs::write(&path, "a text").unwrap();
        assert!(FeatureCache::open(&path, &[7; 32], 3).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"a text", "a refused file stays unchanged");
    }
}
