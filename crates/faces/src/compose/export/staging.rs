//! A folder that appears with all its files or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use image::RgbImage;
use tempfile::TempDir;

use super::picture_file::{numbered, write_synced};
use crate::compose::{PictureFormat, Provenance};
use agemirror_storage::SaveError;
use agemirror_storage::{folder_of, sync_folder, temporary_builder};

/// A folder in preparation, under a hidden name beside its final one. Dropping it before it is published
/// removes it and its content.
pub(crate) struct StagedFolder {
    parent: PathBuf,
    unfinished: TempDir,
}

impl StagedFolder {
    /// Creates a folder in preparation inside `parent`, which is created if missing.
    pub(crate) fn begin(parent: &Path) -> Result<Self, SaveError> {
        let attempt = || {
            fs::create_dir_all(parent)?;
            temporary_builder(0o777).tempdir_in(parent)
        };
        let unfinished = attempt().map_err(|error| match error.kind() {
            // A file occupies the folder's path.
            io::ErrorKind::AlreadyExists => SaveError::NoFolder(parent.to_owned()),
            _ => SaveError::at(parent, error),
        })?;
        Ok(Self { parent: parent.to_owned(), unfinished })
    }

    /// Path of a file until the folder is published.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.unfinished.path().join(name)
    }

    /// Writes one file of the folder and syncs it to disk. Errors name its final path.
    pub(crate) fn write(
        &self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), SaveError> {
        let attempt = || write_synced(&mut File::create_new(self.path(name))?, write);
        attempt().map_err(|error| SaveError::at(&self.parent.join(name), error))
    }

    /// Writes one picture of the folder, in the format of its extension, with its origin if it was aged.
    pub(crate) fn write_picture(
        &self,
        name: &str,
        picture: &RgbImage,
        provenance: Option<&Provenance>,
    ) -> Result<(), SaveError> {
        let format = PictureFormat::of(Path::new(name))?;
        self.write(name, |out| format.write(picture, provenance, out))
    }

    /// Renames the folder to `name`, or to the first free one of `name-2`, `name-3` and so on, in one step.
    pub(crate) fn publish(self, name: &std::ffi::OsStr) -> Result<PathBuf, SaveError> {
        sync_folder(self.unfinished.path());
        let wanted = self.parent.join(name);
        for path in numbered(&wanted, false) {
            match rename_to_new(self.unfinished.path(), &path) {
                Ok(()) => {
                    let _old_path = self.unfinished.keep();
                    sync_folder(folder_of(&path));
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(SaveError::at(&path, error)),
            }
        }
        Err(SaveError::Exists(wanted))
    }
}

/// Renames a folder to an unused name. On Unix a rename would replace an empty folder, so the name is first
/// claimed by creating it, which only one process can do.
fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return match to.symlink_metadata() {
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => fs::rename(from, to),
        };
    }
    fs::create_dir(to)?;
    fs::rename(from, to).inspect_err(|_| {
        // Only our own empty claim can be removed here.
        let _ = fs::remove_dir(to);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn an_abandoned_folder_leaves_nothing() {
        let outer = tempfile::tempdir().unwrap();
        let parent = outer.path().join("made/on/the/way");
        let staged = StagedFolder::begin(&parent).unwrap();
        staged.write("a", |out| out.write_all(b"1")).unwrap();
        let failed = staged.write("b", |_| Err(io::ErrorKind::StorageFull.into()));
        assert!(matches!(failed, Err(SaveError::DiskFull(path)) if path == parent.join("b")));
        assert_eq!(count(&parent), 1);
        drop(staged);
        assert_eq!(count(&parent), 0);
    }

    #[test]
    fn taken_names_are_left_alone_even_empty_folders() {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir(parent.path().join("view.1")).unwrap();
        fs::write(parent.path().join("view.1-2"), b"file").unwrap();
        let staged = StagedFolder::begin(parent.path()).unwrap();
        staged.write("a", |out| out.write_all(b"1")).unwrap();
        let path = staged.publish("view.1".as_ref()).unwrap();
        assert_eq!(path, parent.path().join("view.1-3"));
        assert_eq!(fs::read(path.join("a")).unwrap(), b"1");
        assert_eq!(count(&parent.path().join("view.1")), 0);
        assert_eq!(fs::read(parent.path().join("view.1-2")).unwrap(), b"file");
        assert_eq!(count(parent.path()), 3);
    }

    #[test]
    fn concurrent_folders_get_distinct_names() {
        let parent = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let staged = StagedFolder::begin(parent.path()).unwrap();
                    staged.write("a", |out| out.write_all(b"1")).unwrap();
                    staged.publish("view".as_ref()).unwrap()
                });
            }
        });
        assert_eq!(count(parent.path()), 8);
        assert!(parent.path().join("view-8").join("a").is_file());
    }

    #[test]
    fn a_file_at_the_folders_path_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        fs::write(&file, b"").unwrap();
        assert!(matches!(StagedFolder::begin(&file), Err(SaveError::NoFolder(path)) if path == file));
    }

    #[cfg(unix)]
    #[test]
    fn the_default_permissions_apply() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let plain = parent.path().join("plain");
        fs::create_dir(&plain).unwrap();
        let ours = StagedFolder::begin(parent.path()).unwrap().publish("ours".as_ref()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }
}
