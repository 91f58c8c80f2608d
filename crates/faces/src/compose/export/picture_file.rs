//! Writes pictures atomically.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use image::RgbImage;
use tempfile::NamedTempFile;

use crate::compose::{PictureFormat, Provenance};
use agemirror_storage::{SaveError, folder_of, sync_folder, temporary_builder};

/// Writes a picture atomically, in the format of its extension (png, jpg, webp).
///
/// # Errors
/// [`SaveError::Exists`] when the file exists, which is kept; see [`SaveError`] for the rest.
pub fn write_picture(path: &Path, picture: &RgbImage) -> Result<(), SaveError> {
    let format = PictureFormat::of(path)?;
    if path.symlink_metadata().is_ok() {
        return Err(SaveError::Exists(path.to_owned()));
    }
    let file = written(path, |out| format.write(picture, None, out))?;
    file.persist_noclobber(path).map_err(|error| SaveError::at(path, error.error))?;
    sync_folder(folder_of(path));
    Ok(())
}

/// Writes an aged picture like [`write_picture`], with its origin, but if the name is taken, tries `name-2`,
/// `name-3` and so on. Returns the path that was written.
///
/// # Errors
/// As [`write_picture`].
pub fn write_picture_numbered(
    path: &Path,
    picture: &RgbImage,
    provenance: &Provenance,
) -> Result<PathBuf, SaveError> {
    let format = PictureFormat::of(path)?;
    let mut file = written(path, |out| format.write(picture, Some(provenance), out))?;
    for candidate in numbered(path, true) {
        match file.persist_noclobber(&candidate) {
            Ok(_) => {
                sync_folder(folder_of(&candidate));
                return Ok(candidate);
            }
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => file = error.file,
            Err(error) => return Err(SaveError::at(&candidate, error.error)),
        }
    }
    Err(SaveError::Exists(path.to_owned()))
}

/// A path, then the same with `-2`, `-3` and so on: before a file's extension, at the end of a folder's name.
pub(crate) fn numbered(path: &Path, has_ending: bool) -> impl Iterator<Item = PathBuf> + '_ {
    let ending = path.extension().filter(|_| has_ending);
    let stem = if has_ending { path.file_stem() } else { path.file_name() }.unwrap_or_default();
    (1_u32..10_000).map(move |number| {
        let mut name = stem.to_owned();
        if number > 1 {
            name.push(format!("-{number}"));
        }
        if let Some(ending) = ending {
            name.push(".");
            name.push(ending);
        }
        path.with_file_name(name)
    })
}

/// A temporary file beside `path` with the output of `write`, synced to disk.
fn written(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<NamedTempFile, SaveError> {
    let attempt = || {
        let mut file = temporary_builder(0o666).tempfile_in(folder_of(path))?;
        write_synced(file.as_file_mut(), write)?;
        Ok(file)
    };
    attempt().map_err(|error| SaveError::at(path, error))
}

/// Writes through a buffer and syncs to disk.
pub(crate) fn write_synced(
    file: &mut File,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, &mut *file);
    write(&mut out)?;
    out.flush()?;
    drop(out);
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use image::Rgb;

    use super::*;

    fn picture(value: u8) -> RgbImage {
        RgbImage::from_pixel(20, 10, Rgb([value; 3]))
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn pictures_never_overwrite_anything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let aged = Provenance::changing();
        write_picture(&path, &picture(1)).unwrap();
        assert!(matches!(write_picture(&path, &picture(2)), Err(SaveError::Exists(found)) if found == path));
        assert_eq!(write_picture_numbered(&path, &picture(3), &aged).unwrap(), folder.path().join("a-2.png"));
        assert_eq!(write_picture_numbered(&path, &picture(4), &aged).unwrap(), folder.path().join("a-3.png"));
        assert_eq!(image::open(&path).unwrap().to_rgb8(), picture(1));
        assert_eq!(names(folder.path()), ["a-2.png", "a-3.png", "a.png"]);
    }

    #[test]
    fn concurrent_writers_of_one_name_each_get_their_own_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        std::thread::scope(|scope| {
            for value in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    write_picture_numbered(path, &picture(value), &Provenance::changing()).unwrap()
                });
            }
        });
        let mut values: Vec<_> = names(folder.path())
            .iter()
            .map(|name| image::open(folder.path().join(name)).unwrap().to_rgb8().get_pixel(0, 0).0[0])
            .collect();
        values.sort_unstable();
        assert_eq!(values, [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn a_missing_folder_and_a_file_in_its_place_are_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), b"").unwrap();
        for parent in ["missing", "file"] {
            let path = folder.path().join(parent).join("a.png");
            assert!(
                matches!(write_picture(&path, &picture(1)), Err(SaveError::NoFolder(found)) if found == path)
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_default_permissions_apply() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (plain, ours) = (folder.path().join("plain"), folder.path().join("a.png"));
        fs::write(&plain, b"").unwrap();
        write_picture(&ours, &picture(1)).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }
}
