//! Lists the pictures in a folder of a data set, which may have hundreds of thousands.

use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};

use crate::dataset::DatasetError;
use agemirror_pictures::looks_like_picture;

/// Maximum number of files: four times those of IMDB-WIKI, the largest supported data set.
pub(super) const MAX_FILES: usize = 2_000_000;
/// Maximum depth of folders; links may form cycles.
const MAX_DEPTH: usize = 8;

/// The pictures in `folder` and its subfolders, sorted by path. Hidden files and folders are skipped.
///
/// # Errors
/// When the folder cannot be read, has no pictures, or has more than `max_files` files.
pub(super) fn pictures_below(folder: &Path, max_files: usize) -> Result<Vec<PathBuf>, DatasetError> {
    let (mut found, mut looked_at) = (Vec::new(), 0);
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((inner, depth)) = folders.pop() {
        let entries = match fs::read_dir(&inner) {
            Ok(entries) => entries,
            // Only the given folder must be readable.
            Err(cause) if depth == 0 => return Err(DatasetError::io(folder, "read")(cause)),
            Err(_) => continue,
        };
        for entry in entries.filter_map(Result::ok).filter(|entry| !is_hidden(entry)) {
            looked_at += 1;
            if looked_at > max_files {
                return Err(DatasetError::TooManyFiles { folder: folder.to_owned(), max_files });
            }
            let (is_folder, is_file) = kind(&entry);
            let path = entry.path();
            if is_folder && depth < MAX_DEPTH {
                folders.push((path, depth + 1));
            } else if is_file && looks_like_picture(&path) {
                found.push(path);
            }
        }
    }
    if found.is_empty() {
        return Err(DatasetError::NoPictures { folder: folder.to_owned() });
    }
    found.sort_unstable();
    Ok(found)
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Whether an entry is a folder and whether it is a file, following links. Only links need another system
/// call.
fn kind(entry: &DirEntry) -> (bool, bool) {
    match entry.file_type() {
        Ok(kind) if kind.is_symlink() => {
            fs::metadata(entry.path()).map_or((false, false), |data| (data.is_dir(), data.is_file()))
        }
        Ok(kind) => (kind.is_dir(), kind.is_file()),
        Err(_) => (false, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_in_order_and_their_number_has_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("b/c")).unwrap();
        for name in ["b/c/z.JPG", "b/a.png", "a.jpg", ".hidden.jpg", "notes.txt"] {
            fs::write(at(name), "").unwrap();
        }
        let found = pictures_below(folder.path(), 6).unwrap();
        assert_eq!(found, ["a.jpg", "b/a.png", "b/c/z.JPG"].map(at));
        let error = pictures_below(folder.path(), 5).unwrap_err().to_string();
        assert!(error.contains("more than 5 files"), "{error}");
        fs::create_dir(at("empty")).unwrap();
        assert!(matches!(pictures_below(&at("empty"), 9), Err(DatasetError::NoPictures { .. })));
        assert!(matches!(pictures_below(&at("nothing"), 9), Err(DatasetError::Io { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_folder_itself_ends() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.png"), "").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        assert_eq!(pictures_below(folder.path(), 1000).unwrap().len(), MAX_DEPTH + 1);
    }
}
