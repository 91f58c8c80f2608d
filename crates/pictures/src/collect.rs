//! Files and folders dropped together, as a list of picture files.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::PictureError;
use crate::kind::{Kind, LOOKED_AT, foreign_by_ending, has_picture_ending, has_readable_ending, kind_of};

/// How deep folders in folders are followed; links may lead in circles.
const DEEPEST: usize = 8;

/// How many files of one folder, with those within it, are looked at.
const MOST_FILES: usize = 100_000;

/// Expands folders into the pictures in them, sorted by path, and keeps single files as they are, in
/// the order given. A file in a folder counts as a picture by its extension or by how it begins, also
/// when it is of a kind that cannot be read, so that none is left out without a word; hidden ones are
/// passed over.
///
/// Also returns what is wrong: a path that is not there, a folder that cannot be read or has no picture
/// in it.
#[must_use]
pub fn collect_pictures(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<PictureError>) {
    let (mut pictures, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => match pictures_in(path) {
                Ok(found) => pictures.extend(found),
                Err(error) => errors.push(error),
            },
            Ok(_) => pictures.push(path.clone()),
            Err(cause) => errors.push(PictureError::Unreadable { name: path.display().to_string(), cause }),
        }
    }
    (pictures, errors)
}

fn pictures_in(folder: &Path) -> Result<Vec<PathBuf>, PictureError> {
    let name = || folder.display().to_string();
    let (mut found, mut looked_at) = (Vec::new(), 0);
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((inner, depth)) = folders.pop() {
        let entries = match fs::read_dir(&inner) {
            Ok(entries) => entries,
            // Only the folder that the user named must be readable.
            Err(cause) if depth == 0 => return Err(PictureError::Unreadable { name: name(), cause }),
            Err(_) => continue,
        };
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| !is_hidden(path)) {
            looked_at += 1;
            if looked_at > MOST_FILES {
                return Err(PictureError::TooManyFiles { name: name() });
            }
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() && depth < DEEPEST => folders.push((path, depth + 1)),
                Ok(metadata) if metadata.is_file() && looks_like_picture(&path) => found.push(path),
                _ => {}
            }
        }
    }
    if found.is_empty() {
        return Err(PictureError::EmptyFolder { name: name() });
    }
    found.sort();
    Ok(found)
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// Whether the file at `path` is a picture, readable or not, by its name or by how it begins.
pub fn looks_like_picture(path: &Path) -> bool {
    has_picture_ending(path) || begins_like_picture(path)
}

fn begins_like_picture(path: &Path) -> bool {
    first_bytes(path).is_some_and(|start| kind_of(&start, &path.to_string_lossy()).is_some())
}

/// The bytes that tell the kind of the file at `path`.
fn first_bytes(path: &Path) -> Option<Vec<u8>> {
    let mut start = Vec::new();
    File::open(path).and_then(|file| file.take(LOOKED_AT as u64).read_to_end(&mut start)).ok()?;
    Some(start)
}

/// Counts and names those of `pictures` that are of a kind that is not read, in one sentence; `None` when
/// there are none. Only those are opened whose ending is not that of a kind that is read.
#[must_use]
pub fn unreadable_among(pictures: &[PathBuf]) -> Option<String> {
    let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
    for path in pictures.iter().filter(|path| !has_readable_ending(path)) {
        let name = path.to_string_lossy();
        let kind = match first_bytes(path).and_then(|start| kind_of(&start, &name)) {
            Some(Kind::Foreign(kind)) => kind,
            Some(_) => continue,
            None => foreign_by_ending(path).unwrap_or("of an unknown kind"),
        };
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        match kinds.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, names)) => names.push(name),
            None => kinds.push((kind, vec![name])),
        }
    }
    let count: usize = kinds.iter().map(|(_, names)| names.len()).sum();
    let listed: Vec<String> = kinds
        .iter()
        .map(|(kind, names)| match names.len() {
            1 => format!("“{}” ({kind})", names[0]),
            several => format!("“{}” and {} more ({kind})", names[0], several - 1),
        })
        .collect();
    let listed = listed.join(", ");
    (count > 0).then(|| {
        format!("{count} of {} pictures cannot be read: {listed}; save them as JPEG or PNG.", pictures.len())
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbImage};

    fn write_png(path: &Path) {
        RgbImage::new(2, 2).save_with_format(path, ImageFormat::Png).unwrap();
    }

    #[test]
    fn a_folder_becomes_the_pictures_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("inner/deep")).unwrap();
        for name in ["b.png", "a.PNG", "no-extension", "inner/deep/c.png", ".hidden.png"] {
            write_png(&at(name));
        }
        fs::write(at("notes.txt"), "no picture").unwrap();
        fs::write(at("broken.jpg"), "no picture either, but its name says so").unwrap();
        let (pictures, errors) = collect_pictures(&[folder.path().to_owned()]);
        let expected = ["a.PNG", "b.png", "broken.jpg", "inner/deep/c.png", "no-extension"].map(at);
        assert_eq!(pictures, expected);
        assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn pictures_that_cannot_be_read_are_listed_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.heic", "b.jxl", "c.CR3", "d.psd"] {
            fs::write(at(name), "told by its ending").unwrap();
        }
        fs::write(at("e"), b"8BPS\0\x01").unwrap();
        fs::write(at("f.mp4"), b"\0\0\0\x10ftypisom\0\0\0\0").unwrap();
        let (pictures, errors) = collect_pictures(&[folder.path().to_owned()]);
        assert_eq!(pictures, ["a.heic", "b.jxl", "c.CR3", "d.psd", "e"].map(at));
        assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn files_stay_in_the_order_given_and_what_is_wrong_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("empty")).unwrap();
        fs::write(at("empty/notes.txt"), "no picture").unwrap();
        write_png(&at("z.png"));
        write_png(&at("a.png"));
        let given = [at("z.png"), at("empty"), at("missing.png"), at("a.png")];
        let (pictures, errors) = collect_pictures(&given);
        assert_eq!(pictures, [at("z.png"), at("a.png")]);
        let [PictureError::EmptyFolder { name: empty }, PictureError::Unreadable { name: missing, .. }] =
            &errors[..]
        else {
            panic!("{errors:?}")
        };
        assert!(empty.ends_with("empty") && missing.ends_with("missing.png"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_folder_itself_ends() {
        let folder = tempfile::tempdir().unwrap();
        write_png(&folder.path().join("a.png"));
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        let (pictures, errors) = collect_pictures(&[folder.path().to_owned()]);
        assert!(errors.is_empty() && !pictures.is_empty() && pictures.len() <= DEEPEST + 1, "{pictures:?}");
    }
}
