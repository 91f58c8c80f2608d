//! Errors of cameras and of their frames.

use thiserror::Error;

/// Why a camera's frame is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum FrameError {
    /// Its end is missing.
    #[error("the frame is cut short")]
    CutShort,
    /// Its header claims another size than was negotiated.
    #[error("the frame claims to be {width} x {height} pixels")]
    OtherSize {
        /// Claimed width in pixels.
        width: u32,
        /// Claimed height in pixels.
        height: u32,
    },
    /// It does not decode.
    #[error("the frame does not decode")]
    Undecodable,
}

/// Why a camera could not be used, or no longer can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CameraError {
    /// The device is not there.
    Gone,
    /// Another program uses it.
    Busy,
    /// The system denies access.
    Denied,
    /// A running stream ended with an error, but the device may still be there.
    Broken,
    /// It offers only pixel formats that cannot be decoded; their names.
    UnknownFormat(String),
    /// Anything else: the driver's message.
    Other(String),
}

impl CameraError {
    /// The meaning of a system error with this number and message.
    #[cfg(unix)]
    pub(super) fn of_error(number: Option<i32>, text: String) -> Self {
        match number {
            Some(libc::ENOENT | libc::ENXIO | libc::ENODEV) => Self::Gone,
            Some(libc::EBUSY) => Self::Busy,
            Some(libc::EACCES | libc::EPERM) => Self::Denied,
            Some(libc::ENOSPC) => Self::Other("its USB port has too little bandwidth left".to_owned()),
            // Only the watchdog interrupts a read, when the stream is silent.
            Some(libc::EINTR) => Self::Broken,
            _ => Self::Other(text),
        }
    }

    /// The meaning of a system error with this number and message.
    #[cfg(not(unix))]
    pub(super) fn of_error(number: Option<i32>, text: String) -> Self {
        use std::io::{Error, ErrorKind};
        match number.map(|number| Error::from_raw_os_error(number).kind()) {
            Some(ErrorKind::NotFound) => Self::Gone,
            Some(ErrorKind::ResourceBusy) => Self::Busy,
            Some(ErrorKind::PermissionDenied) => Self::Denied,
            _ => Self::Other(text),
        }
    }
}

#[cfg(target_os = "linux")]
impl From<std::io::Error> for CameraError {
    fn from(error: std::io::Error) -> Self {
        Self::of_error(error.raw_os_error(), error.to_string())
    }
}

/// Extracts the system's error number from the message of a library's error.
#[cfg(any(not(target_os = "linux"), test))]
pub(super) fn system_error_number(text: &str) -> Option<i32> {
    let (_, rest) = text.rsplit_once("(os error ")?;
    rest.split_once(')')?.0.parse().ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_error_number_in_a_message_is_understood() {
        let error = |text: &str| CameraError::of_error(system_error_number(text), text.to_owned());
        assert_eq!(error("No such device (os error 19)"), CameraError::Gone);
        assert_eq!(error("Device or resource busy (os error 16)"), CameraError::Busy);
        assert_eq!(error("V4L2 Error: Permission denied (os error 13)"), CameraError::Denied);
        assert_eq!(error("Interrupted system call (os error 4)"), CameraError::Broken);
        assert!(matches!(error("Input/output error (os error 5)"), CameraError::Other(_)));
        assert!(matches!(error("odd"), CameraError::Other(_)));
    }
}
