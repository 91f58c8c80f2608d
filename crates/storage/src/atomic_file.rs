//! Writes a named file: a plain file whole or not at all, anything else directly.
//!
//! The content of a plain file goes to a hidden temporary file in the same folder, which is flushed to the
//! disk and then renamed. A kill can leave the hidden file behind, never a half-written one under the real
//! name. A symbolic link is followed: its target is replaced, the link stays. A device, a pipe and a socket
//! are never replaced; the content is written to them.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// How the hidden names of unfinished files and folders begin.
const UNFINISHED: &str = ".agemirror-unfinished-";

/// Mode of a new file before the user's mask is applied.
const NEW_FILE_MODE: u32 = 0o666;

/// Most symbolic links followed from one name, as in Linux.
#[cfg(unix)]
const MAX_LINKS: usize = 40;

/// A named file while it is written. Dropped before [`AtomicFile::commit`], a plain file is left as it was;
/// what a device, pipe or socket was sent cannot be taken back.
pub struct AtomicFile {
    output: Output,
}

enum Output {
    /// A plain file, or a name that is free.
    Plain { file: NamedTempFile, target: PathBuf },
    /// A device, a pipe, a socket, or a descriptor that is already open.
    Direct(File),
}

/// What a path leads to.
enum Target {
    /// The path of a plain file or a free name, all links followed.
    Plain(PathBuf),
    /// An open descriptor, such as `/dev/stdout`.
    Descriptor,
}

impl AtomicFile {
    /// Whether writing `path` replaces a plain file or makes one, so that it can be written again and again;
    /// a device, pipe or socket gets everything that is written.
    #[must_use]
    pub fn replaces(path: &Path) -> bool {
        fs::metadata(path).map_or(true, |metadata| metadata.is_file())
            && matches!(target_of(path), Ok(Target::Plain(_)))
    }

    /// Begins to write the file at `path`. A plain file that it replaces keeps its mode, and its owner where
    /// the system permits it. Opening a pipe waits for its reader.
    ///
    /// # Errors
    /// When `path` is a folder, its folder is missing, or the system refuses to write there.
    pub fn create(path: &Path) -> io::Result<Self> {
        let existing = match fs::metadata(path) {
            Ok(metadata) => Some(metadata),
            // Also a link to a name that is still free.
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
            Target::Plain(target) => {
                let builder = unfinished(if existing.is_some() { 0o600 } else { NEW_FILE_MODE });
                let file = builder.tempfile_in(folder_of(&target))?;
                if let Some(existing) = &existing {
                    keep_rights(file.as_file(), existing)?;
                }
                Output::Plain { file, target }
            }
            // Appended, because what the descriptor's owner has written before stays.
            Target::Descriptor => Output::Direct(File::options().append(true).open(path)?),
        };
        Ok(Self { output })
    }

    /// Gives a plain file its name, once the disk has it.
    ///
    /// # Errors
    /// When the disk or the folder refuses it; then what was there is unchanged.
    pub fn commit(self) -> io::Result<()> {
        let Output::Plain { file, target } = self.output else { return Ok(()) };
        file.as_file().sync_all()?;
        file.persist(&target).map_err(|error| error.error)?;
        sync_folder(folder_of(&target));
        Ok(())
    }

    fn file(&mut self) -> &mut File {
        match &mut self.output {
            Output::Plain { file, .. } => file.as_file_mut(),
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

/// Makes temporary files and folders under a hidden name. They are private by default; these become the
/// user's own, so they get `mode` under the user's mask.
pub fn unfinished(mode: u32) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    builder
}

/// The folder that holds `path`.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a rename last through a power cut. Some file systems cannot; the file is whole all the same.
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

/// Follows symbolic links from `path` to the name that is to be replaced, which may be free.
#[cfg(unix)]
fn target_of(path: &Path) -> io::Result<Target> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let folder = folder_of(&path).canonicalize()?;
        // The links there name descriptors by words such as `pipe:[123]`, not by paths.
        if folder.starts_with("/proc") {
            return Ok(Target::Descriptor);
        }
        let Some(name) = path.file_name() else { return Err(io::ErrorKind::IsADirectory.into()) };
        let target = folder.join(name);
        match fs::read_link(&target) {
            Ok(next) => path = folder.join(next),
            Err(_) => return Ok(Target::Plain(target)),
        }
    }
    Err(io::Error::from_raw_os_error(libc::ELOOP))
}

#[cfg(not(unix))]
fn target_of(path: &Path) -> io::Result<Target> {
    let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    Ok(Target::Plain(if is_link { path.canonicalize()? } else { path.to_owned() }))
}

/// Gives a new file the mode and the owner of the one that it replaces, before it holds anything.
#[cfg(unix)]
fn keep_rights(file: &File, replaced: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let own = file.metadata()?;
    let same_owner = (own.uid(), own.gid()) == (replaced.uid(), replaced.gid())
        || fchown(file, Some(replaced.uid()), Some(replaced.gid())).is_ok();
    if !same_owner {
        // Not everybody may give a file away; the group is kept where the user belongs to it.
        let _ = fchown(file, None, Some(replaced.gid()));
    }
    // Set-user-ID is only right with the owner it was given to.
    let mode = replaced.mode() & if same_owner { 0o7777 } else { 0o777 };
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_rights(_file: &File, _replaced: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
#[path = "atomic_file_tests.rs"]
mod tests;
