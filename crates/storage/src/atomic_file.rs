//! Writes a named file: a regular file completely or not at all, anything else directly.
//!
//! The content of a regular file goes to a hidden temporary file in the same folder, which is flushed to the
//! disk and then renamed. A crash can leave the hidden file behind, but never a half-written one under the
//! real name. Symbolic links are followed: the target is replaced, the link stays. Devices, pipes and sockets
//! are never replaced; the content is written to them.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// Prefix of the hidden names of temporary files and folders.
const TEMPORARY_PREFIX: &str = ".agemirror-unfinished-";

/// Mode of a new file before the umask is applied.
const NEW_FILE_MODE: u32 = 0o666;

/// Maximum number of symbolic links that are followed, as in Linux.
#[cfg(unix)]
const MAX_LINKS: usize = 40;

/// A named file being written. If dropped before [`AtomicFile::commit`], a regular file is left unchanged;
/// what was sent to a device, pipe or socket cannot be undone.
pub struct AtomicFile {
    output: Output,
}

enum Output {
    /// A regular file, or a free name.
    Regular { file: NamedTempFile, target: PathBuf },
    /// A device, a pipe, a socket, or an open descriptor.
    Direct(File),
}

/// What a path resolves to.
enum Target {
    /// The path of a regular file or a free name, with all links resolved.
    Regular(PathBuf),
    /// An open descriptor, such as `/dev/stdout`.
    Descriptor,
}

impl AtomicFile {
    /// Whether writing `path` creates or replaces a regular file, so that it can be written repeatedly; a
    /// device, pipe or socket receives everything that is written.
    #[must_use]
    pub fn replaces(path: &Path) -> bool {
        fs::metadata(path).map_or(true, |metadata| metadata.is_file())
            && matches!(target_of(path), Ok(Target::Regular(_)))
    }

    /// Starts writing the file at `path`. A regular file that it replaces keeps its mode, and its owner if
    /// the system permits it. Opening a pipe blocks until it has a reader.
    ///
    /// # Errors
    /// If `path` is a folder, its parent folder does not exist, or the system denies writing there.
    pub fn create(path: &Path) -> io::Result<Self> {
        let existing = match fs::metadata(path) {
            Ok(metadata) => Some(metadata),
            // This includes a link to a name that is free.
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        match &existing {
            Some(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Some(metadata) if !metadata.is_file() => {
                return Ok(Self { output: Output::Direct(open_directly(path, metadata)?) });
            }
            _ => {}
        }
        let output = match target_of(path)? {
            Target::Regular(target) => {
                let builder = temporary_builder(if existing.is_some() { 0o600 } else { NEW_FILE_MODE });
                let file = builder.tempfile_in(folder_of(&target))?;
                if let Some(existing) = &existing {
                    copy_permissions(file.as_file(), existing)?;
                }
                Output::Regular { file, target }
            }
            // Append, because what the descriptor's owner wrote before stays.
            Target::Descriptor => Output::Direct(File::options().append(true).open(path)?),
        };
        Ok(Self { output })
    }

    /// Flushes a regular file to the disk, then gives it its name.
    ///
    /// # Errors
    /// If the disk or the folder refuses it; the old file is then unchanged.
    pub fn commit(self) -> io::Result<()> {
        let Output::Regular { file, target } = self.output else { return Ok(()) };
        file.as_file().sync_all()?;
        file.persist(&target).map_err(|error| error.error)?;
        sync_folder(folder_of(&target));
        Ok(())
    }

    fn file(&mut self) -> &mut File {
        match &mut self.output {
            Output::Regular { file, .. } => file.as_file_mut(),
            Output::Direct(file) => file,
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

/// A builder of temporary files and folders with hidden names. `tempfile` makes them private to the user;
/// they become ordinary files, so they get `mode`, limited by the umask.
pub fn temporary_builder(mode: u32) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(TEMPORARY_PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    builder
}

/// The folder that contains `path`.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a rename survive a power failure, on file systems that support it; the file is complete either way.
pub fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Err(error) = File::open(folder).and_then(|folder| folder.sync_all())
    {
        tracing::debug!("{} cannot be synced: {error}", folder.display());
    }
}

/// Opens a device, a pipe or a socket.
#[cfg(unix)]
fn open_directly(path: &Path, metadata: &Metadata) -> io::Result<File> {
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::FileTypeExt;
    use std::os::unix::net::UnixStream;
    if metadata.file_type().is_socket() {
        return Ok(File::from(OwnedFd::from(UnixStream::connect(path)?)));
    }
    File::options().write(true).open(path)
}

#[cfg(not(unix))]
fn open_directly(path: &Path, _metadata: &Metadata) -> io::Result<File> {
    File::options().write(true).open(path)
}

/// Follows symbolic links from `path` to the name to replace, which may be free.
#[cfg(unix)]
fn target_of(path: &Path) -> io::Result<Target> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let folder = folder_of(&path).canonicalize()?;
        // Links in there name descriptors, such as `pipe:[123]`, instead of paths.
        if folder.starts_with("/proc") {
            return Ok(Target::Descriptor);
        }
        let Some(name) = path.file_name() else { return Err(io::ErrorKind::IsADirectory.into()) };
        let target = folder.join(name);
        match fs::read_link(&target) {
            Ok(next) => path = folder.join(next),
            Err(_) => return Ok(Target::Regular(target)),
        }
    }
    Err(io::Error::from_raw_os_error(libc::ELOOP))
}

#[cfg(not(unix))]
fn target_of(path: &Path) -> io::Result<Target> {
    let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    Ok(Target::Regular(if is_link { path.canonicalize()? } else { path.to_owned() }))
}

/// Copies the mode and owner of the replaced file to the new one, before it contains anything.
#[cfg(unix)]
fn copy_permissions(file: &File, replaced: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let own = file.metadata()?;
    let same_owner = (own.uid(), own.gid()) == (replaced.uid(), replaced.gid())
        || fchown(file, Some(replaced.uid()), Some(replaced.gid())).is_ok();
    if !same_owner {
        // Most users may not change the owner; keep the group if the user belongs to it.
        let _ = fchown(file, None, Some(replaced.gid()));
    }
    // Set-user-ID is only valid with the original owner.
    let mode = replaced.mode() & if same_owner { 0o7777 } else { 0o777 };
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn copy_permissions(_file: &File, _replaced: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
#[path = "atomic_file_tests.rs"]
mod tests;
