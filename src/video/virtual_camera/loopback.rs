//! The devices of v4l2loopback: which one is free, and taking over what an ended program left.
//!
//! With `exclusive_caps`, a device offers output only while no program writes to it. Version 0.12 does not notice the
//! end of a program that wrote without starting a stream, as FFmpeg does: the device offers no output from then on.
//! Starting a stream and closing the device repairs that. Later versions notice it.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use v4l::Device;
use v4l::capability::{Capabilities, Flags};

use super::problem::DeviceProblem;

/// Time without a picture after which the program that wrote to a device counts as ended.
const SILENCE: Duration = Duration::from_secs(3);
/// The folder that describes the driver while it is loaded. Its file `version` is missing in old versions.
const MODULE_FOLDER: &str = "/sys/module/v4l2loopback";
/// More pictures than a device keeps for its readers.
const MAX_KEPT: usize = 64;

/// Whether pictures can be written to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Availability {
    /// No program writes.
    Free,
    /// The program that wrote has ended, but the device does not offer output again.
    Abandoned,
    /// A program writes, or has ended while another one reads.
    Held,
    /// The device does not accept pictures.
    NotAnOutput,
}

impl Availability {
    fn of(caps: &Capabilities) -> Self {
        if caps.capabilities.contains(Flags::VIDEO_OUTPUT) {
            Self::Free
        } else if !is_loopback(caps) {
            Self::NotAnOutput
        } else if caps.capabilities.contains(Flags::VIDEO_CAPTURE) {
            Self::Held
        } else {
            Self::Abandoned
        }
    }
}

fn is_loopback(caps: &Capabilities) -> bool {
    caps.driver.starts_with("v4l2 loopback")
}

/// The first device of v4l2loopback to which no other program writes, otherwise the first one.
pub(super) fn first() -> Option<PathBuf> {
    let mut nodes: Vec<PathBuf> =
        v4l::context::enum_devices().iter().map(|node| node.path().to_owned()).collect();
    nodes.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
    let loopbacks: Vec<(PathBuf, Availability)> = nodes
        .into_iter()
        .filter_map(|path| {
            let caps = Device::with_path(&path).and_then(|device| device.query_caps()).ok()?;
            is_loopback(&caps).then(|| (path, Availability::of(&caps)))
        })
        .collect();
    let free = loopbacks.iter().find(|(_, availability)| *availability != Availability::Held);
    free.or(loopbacks.first()).map(|(path, _)| path.clone())
}

/// Opens a device to which pictures can be written.
pub(super) fn open(path: &Path) -> Result<(Device, Capabilities), DeviceProblem> {
    let (mut device, caps) = open_any(path)?;
    match Availability::of(&caps) {
        Availability::Free => Ok((device, caps)),
        Availability::NotAnOutput => Err(DeviceProblem::NotAnOutput(path.to_owned())),
        Availability::Abandoned => {
            claim(&device);
            drop(device);
            open_any(path)
        }
        // Reading from a later version would keep other readers away.
        Availability::Held if misses_ends() && is_silent(&mut device, SILENCE) => Ok((device, caps)),
        Availability::Held => Err(DeviceProblem::Busy(path.to_owned())),
    }
}

/// Whether the driver that is loaded does not notice the end of a program that only wrote.
fn misses_ends() -> bool {
    let folder = Path::new(MODULE_FOLDER);
    folder.is_dir() && is_old(&fs::read_to_string(folder.join("version")).unwrap_or_default())
}

/// Whether a version of the driver, such as `0.12.7`, is before 0.13; an empty one is.
fn is_old(version: &str) -> bool {
    if version.trim().is_empty() {
        return true;
    }
    let mut numbers = version.trim().split('.').map(|number| number.parse::<u32>().ok());
    numbers.next() == Some(Some(0)) && matches!(numbers.next(), Some(Some(..=12)))
}

/// The problem of a device that refuses the format of the pictures: a program has started to write to a free one.
pub(super) fn refusal(path: &Path, caps: &Capabilities, cause: io::Error) -> DeviceProblem {
    match cause.kind() {
        io::ErrorKind::InvalidInput if is_loopback(caps) => DeviceProblem::Busy(path.to_owned()),
        _ => DeviceProblem::of(path, cause),
    }
}

fn open_any(path: &Path) -> Result<(Device, Capabilities), DeviceProblem> {
    let device = Device::with_path(path).map_err(|cause| DeviceProblem::of(path, cause))?;
    let caps = device.query_caps().map_err(|_| DeviceProblem::NotAnOutput(path.to_owned()))?;
    Ok((device, caps))
}

/// Starts a stream, so that the device offers output again once it is closed. Devices that refuse do not need it.
pub(super) fn claim(device: &Device) {
    let mut kind = v4l::buffer::Type::VideoOutput as std::ffi::c_int;
    let kind = std::ptr::from_mut(&mut kind).cast();
    // SAFETY: the descriptor is open, and the request reads one number.
    let started = unsafe { v4l::v4l2::ioctl(device.handle().fd(), v4l::v4l2::vidioc::VIDIOC_STREAMON, kind) };
    if let Err(error) = started {
        tracing::debug!("the virtual camera starts no stream: {error}");
    }
}

/// Whether a device that can be read gets no picture for `silence`.
fn is_silent(device: &mut impl Read, silence: Duration) -> bool {
    // The rest of a picture is discarded.
    let mut has_picture =
        || !matches!(device.read(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
    if (0..MAX_KEPT).all(|_| has_picture()) {
        return false;
    }
    std::thread::sleep(silence);
    !has_picture()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_device_is_free_abandoned_or_held() {
        let availability = |driver: &str, capabilities| {
            let (driver, card, bus) = (driver.to_owned(), String::new(), String::new());
            Availability::of(&Capabilities { driver, card, bus, version: (6, 1, 0), capabilities })
        };
        let io = Flags::STREAMING | Flags::READ_WRITE;
        assert_eq!(availability("v4l2 loopback", io | Flags::VIDEO_OUTPUT), Availability::Free);
        assert_eq!(availability("v4l2 loopback", io | Flags::VIDEO_CAPTURE), Availability::Held);
        assert_eq!(availability("v4l2 loopback", io), Availability::Abandoned);
        assert_eq!(availability("uvcvideo", io | Flags::VIDEO_CAPTURE), Availability::NotAnOutput);
    }

    #[test]
    fn versions_before_0_13_are_old() {
        for (version, expected) in [
            ("", true),
            ("0.12.7\n", true),
            ("0.9.1", true),
            ("0.13.2\n", false),
            ("0.15.0", false),
            ("1.0", false),
        ] {
            assert_eq!(is_old(version), expected, "{version}");
        }
    }

    /// Has pictures for the given number of reads, then none.
    struct Reads(usize);

    impl Read for Reads {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::WouldBlock)?;
            Ok(1)
        }
    }

    /// Has none at first, and one later.
    struct Later(bool);

    impl Read for Later {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) { Ok(1) } else { Err(io::ErrorKind::WouldBlock.into()) }
        }
    }

    #[test]
    fn a_device_is_silent_if_no_picture_follows_those_that_it_kept() {
        assert!(is_silent(&mut Reads(3), Duration::ZERO));
        assert!(!is_silent(&mut Later(false), Duration::ZERO), "a program writes slowly");
        assert!(
            !is_silent(&mut io::repeat(0), Duration::ZERO),
            "a program writes faster than pictures are read"
        );
    }
}
