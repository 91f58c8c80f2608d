//! Why a virtual camera shows nothing.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::text::{Message, message};

/// Why pictures cannot be sent.
#[derive(Debug)]
pub(super) enum DeviceProblem {
    /// No v4l2loopback device exists.
    None,
    /// The named device does not exist.
    Missing(PathBuf),
    /// The device does not accept pictures.
    NotAnOutput(PathBuf),
    /// Another program writes to the device.
    Busy(PathBuf),
    /// The user may not open the device.
    Denied(PathBuf),
    /// A pipe without a reader.
    NoReader(PathBuf),
    /// A program or an element of GStreamer that PipeWire's camera needs is not installed.
    PipeWireNeeds(String),
    /// PipeWire does not run for this user.
    NoPipeWire,
    /// PipeWire's camera has ended, with this cause.
    PipeWireEnded(String),
    /// Anything else.
    Other {
        /// The device.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
}

impl fmt::Display for DeviceProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(formatter)
    }
}

impl DeviceProblem {
    /// The problem, in words for the user.
    pub(super) fn message(&self) -> Message {
        match self {
            Self::None => message!("no-virtual-camera"),
            Self::Missing(path) => message!("virtual-camera-missing", device = path.display()),
            Self::NotAnOutput(path) => message!("virtual-camera-no-output", device = path.display()),
            Self::Busy(path) => message!("virtual-camera-busy", device = path.display()),
            Self::Denied(path) => message!("virtual-camera-denied", device = path.display()),
            Self::NoReader(path) => message!("virtual-camera-no-reader", device = path.display()),
            Self::PipeWireNeeds(name) => message!("pipewire-needs", name = name),
            Self::NoPipeWire => message!("pipewire-not-running"),
            Self::PipeWireEnded(cause) => message!("pipewire-ended", cause = cause),
            Self::Other { path, cause } => {
                message!("name-and-value", name = path.display(), value = cause.to_string())
            }
        }
    }

    /// The problem of the device at `path` that failed with `cause`.
    pub(super) fn of(path: &Path, cause: io::Error) -> Self {
        let path = path.to_owned();
        match cause.kind() {
            io::ErrorKind::NotFound => Self::Missing(path),
            _ if is_gone(&cause) => Self::Missing(path),
            io::ErrorKind::PermissionDenied => Self::Denied(path),
            io::ErrorKind::ResourceBusy => Self::Busy(path),
            io::ErrorKind::InvalidInput => Self::NotAnOutput(path),
            _ => Self::Other { path, cause },
        }
    }
}

/// Whether the system reports that a device has vanished while it was open.
#[cfg(unix)]
fn is_gone(cause: &io::Error) -> bool {
    matches!(cause.raw_os_error(), Some(libc::ENODEV | libc::ENXIO))
}

#[cfg(not(unix))]
fn is_gone(_cause: &io::Error) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_refuses_pictures_is_no_virtual_camera() {
        let cause = io::Error::from_raw_os_error(libc::EINVAL);
        let problem = DeviceProblem::of(Path::new("/dev/video1"), cause).to_string();
        assert!(problem.starts_with("/dev/video1 is not a virtual camera"), "{problem}");
    }

    #[test]
    fn a_device_that_vanishes_is_missing() {
        for error in [libc::ENODEV, libc::ENXIO, libc::ENOENT] {
            let problem = DeviceProblem::of(Path::new("/dev/video9"), io::Error::from_raw_os_error(error));
            assert!(problem.to_string().starts_with("/dev/video9 does not exist"), "{problem}");
        }
    }
}
