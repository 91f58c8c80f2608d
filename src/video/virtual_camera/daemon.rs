//! Whether PipeWire runs.

use std::path::{Path, PathBuf};

/// A connection to PipeWire on which nothing is sent. Its end is the end of PipeWire, which GStreamer does not notice.
pub(super) struct Daemon(#[cfg(unix)] std::os::unix::net::UnixStream);

impl Daemon {
    /// The socket of this user's PipeWire.
    pub(super) fn socket() -> PathBuf {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let folder =
            variable("PIPEWIRE_RUNTIME_DIR").or_else(|| variable("XDG_RUNTIME_DIR")).unwrap_or_default();
        Path::new(&folder).join(variable("PIPEWIRE_REMOTE").unwrap_or_else(|| "pipewire-0".into()))
    }

    /// Connects to the PipeWire that listens on `socket`; `None` if there is none.
    #[cfg(unix)]
    pub(super) fn connect(socket: &Path) -> Option<Self> {
        let stream = std::os::unix::net::UnixStream::connect(socket).ok()?;
        stream.set_nonblocking(true).ok()?;
        Some(Self(stream))
    }

    #[cfg(not(unix))]
    pub(super) fn connect(_socket: &Path) -> Option<Self> {
        None
    }

    /// Whether it still runs.
    #[cfg(unix)]
    pub(super) fn is_running(&mut self) -> bool {
        use std::io::Read;
        match self.0.read(&mut [0; 256]) {
            Ok(read) => read > 0,
            Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }

    #[cfg(not(unix))]
    pub(super) fn is_running(&mut self) -> bool {
        false
    }
}
