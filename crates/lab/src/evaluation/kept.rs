//! What a network found in pictures, kept in a file, so that a long run goes on and a second one need not look
//! again.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use super::measure::EvaluationError;

/// How the file begins.
const MAGIC: &[u8; 16] = b"agemirror found\n";
/// A SHA-256: of a picture's file, or of the weights.
pub type Key = [u8; 32];
/// Magic, the weights' hash, the length of a row.
const HEAD: usize = 16 + 32 + 4;

/// The rows of numbers that one network found, by the hash of the picture's file.
pub struct Kept {
    path: PathBuf,
    file: File,
    rows: HashMap<Key, Vec<f32>>,
}

impl Kept {
    /// Opens or makes the file at `path` for rows of `length` numbers by the network whose weights have the hash
    /// `network`. Half a row at its end, as a kill leaves it, is cut off.
    ///
    /// # Errors
    /// When it is another file, was made by another network, or cannot be read or written.
    pub fn open(path: &Path, network: &Key, length: usize) -> Result<Self, EvaluationError> {
        let io = |action| EvaluationError::io(path, action);
        let file = File::options().create(true).append(true).read(true).open(path).map_err(io("opened"))?;
        let size = file.metadata().map_err(io("read"))?.len();
        let mut kept = Self { path: path.to_owned(), file, rows: HashMap::new() };
        let head = [&MAGIC[..], network, &(length as u32).to_le_bytes()].concat();
        if size == 0 {
            kept.file.write_all(&head).map_err(io("written"))?;
            return Ok(kept);
        }
        let whole = kept.read(&head, length)?;
        if whole < size {
            kept.file.set_len(whole).map_err(io("written"))?;
        }
        Ok(kept)
    }

    /// Reads all whole rows and returns where they end.
    fn read(&mut self, head: &[u8], length: usize) -> Result<u64, EvaluationError> {
        let io = |action| EvaluationError::io(&self.path, action);
        let mut reader = BufReader::new(File::open(&self.path).map_err(io("read"))?);
        let mut found = vec![0; HEAD];
        let same = reader.read_exact(&mut found).is_ok() && found == head;
        if !same {
            return Err(EvaluationError::OtherRun {
                folder: self.path.clone(),
                difference: "it was kept of another network, or is another file".to_owned(),
            });
        }
        let (mut whole, mut row) = (HEAD as u64, vec![0; 32 + 4 * length]);
        loop {
            match reader.read_exact(&mut row) {
                Ok(()) => whole += row.len() as u64,
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(whole),
                Err(error) => return Err(io("read")(error)),
            }
            let (key, values) = row.split_at(32);
            let mut own = Key::default();
            own.copy_from_slice(key);
            let (values, _) = values.as_chunks::<4>();
            self.rows.insert(own, values.iter().map(|four| f32::from_le_bytes(*four)).collect());
        }
    }

    /// What was found in the picture before.
    pub fn get(&self, picture: &Key) -> Option<&[f32]> {
        self.rows.get(picture).map(Vec::as_slice)
    }

    /// Keeps what was found in a picture.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, picture: Key, row: &[f32]) -> Result<(), EvaluationError> {
        let mut bytes = picture.to_vec();
        bytes.extend(row.iter().flat_map(|value| value.to_le_bytes()));
        self.file.write_all(&bytes).map_err(EvaluationError::io(&self.path, "written"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_again_and_half_a_row_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("found");
        let mut kept = Kept::open(&path, &[7; 32], 3).unwrap();
        kept.add([1; 32], &[1.0, -2.5, 3.0]).unwrap();
        kept.add([2; 32], &[4.0, 5.0, 6.0]).unwrap();
        drop(kept);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&whole[..], b"half a row"].concat()).unwrap();
        let kept = Kept::open(&path, &[7; 32], 3).unwrap();
        assert_eq!(kept.get(&[1; 32]), Some(&[1.0, -2.5, 3.0][..]));
        assert_eq!((kept.get(&[2; 32]).unwrap()[2], kept.get(&[3; 32])), (6.0, None));
        drop(kept);
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn another_networks_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("found");
        Kept::open(&path, &[7; 32], 3).unwrap();
        for (network, length) in [([8; 32], 3), ([7; 32], 4)] {
            let error = Kept::open(&path, &network, length).err().unwrap().to_string();
            assert!(error.contains("another network"), "{error}");
        }
        std::fs::write(&path, "a text").unwrap();
        assert!(Kept::open(&path, &[7; 32], 3).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"a text", "it is left as it is");
    }
}
