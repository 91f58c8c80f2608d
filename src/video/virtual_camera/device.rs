//! The device of a virtual camera.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::daemon::Daemon;
#[cfg(target_os = "linux")]
use super::loopback;
use super::pipewire::PipeWire;
use super::problem::DeviceProblem;
use super::yuyv::Yuyv;

/// Name of PipeWire, on the command line in lower case.
const PIPEWIRE: &str = "PipeWire";

/// Where the pictures of a virtual camera go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VirtualCameraDevice {
    /// A device of v4l2loopback or a pipe; `None` uses the first device of v4l2loopback.
    Path(Option<PathBuf>),
    /// A camera of PipeWire.
    PipeWire,
}

impl Default for VirtualCameraDevice {
    fn default() -> Self {
        Self::Path(None)
    }
}

impl From<PathBuf> for VirtualCameraDevice {
    /// `pipewire` names PipeWire; `./pipewire` is a path.
    fn from(path: PathBuf) -> Self {
        if path.as_os_str() == PIPEWIRE.to_lowercase().as_str() {
            Self::PipeWire
        } else {
            Self::Path(Some(path))
        }
    }
}

/// An open device.
pub(super) struct Device {
    path: PathBuf,
    name: String,
    size: [u32; 2],
    out: Output,
}

enum Output {
    #[cfg(target_os = "linux")]
    Video(v4l::Device),
    Pipe(File),
    PipeWire(PipeWire),
}

impl Device {
    /// Opens the device for pictures of `size` (width, height).
    pub(super) fn open(device: &VirtualCameraDevice, size: [u32; 2]) -> Result<Self, DeviceProblem> {
        let path = match device {
            VirtualCameraDevice::Path(Some(path)) => path.to_owned(),
            VirtualCameraDevice::Path(None) => first_loopback().ok_or(DeviceProblem::None)?,
            VirtualCameraDevice::PipeWire => {
                let path = std::env::var_os("PATH").unwrap_or_default();
                let out = Output::PipeWire(PipeWire::open(
                    &path,
                    &Daemon::socket(),
                    size,
                    Yuyv::new(size).bytes(),
                )?);
                return Ok(Self { name: PIPEWIRE.to_owned(), path: PathBuf::new(), size, out });
            }
        };
        let metadata = std::fs::metadata(&path).map_err(|cause| DeviceProblem::of(&path, cause))?;
        if is_pipe(&metadata) {
            let out = Output::Pipe(open_pipe(&path)?);
            return Ok(Self { name: path.display().to_string(), path, size, out });
        }
        Self::open_video(path, size)
    }

    #[cfg(target_os = "linux")]
    fn open_video(path: PathBuf, size: [u32; 2]) -> Result<Self, DeviceProblem> {
        use v4l::video::Output as _;
        let (device, caps) = loopback::open(&path)?;
        let wanted = v4l::Format::new(size[0], size[1], v4l::FourCC::new(b"YUYV"));
        let agreed = device.set_format(&wanted).map_err(|cause| loopback::refusal(&path, &caps, cause))?;
        if agreed.fourcc != wanted.fourcc || agreed.width % 2 != 0 || agreed.width == 0 || agreed.height == 0
        {
            return Err(DeviceProblem::Busy(path));
        }
        loopback::claim(&device);
        let name = format!("{} ({})", caps.card, path.display());
        let size = [agreed.width, agreed.height];
        Ok(Self { path, name, size, out: Output::Video(device) })
    }

    #[cfg(not(target_os = "linux"))]
    fn open_video(path: PathBuf, _size: [u32; 2]) -> Result<Self, DeviceProblem> {
        Err(DeviceProblem::NotAnOutput(path))
    }

    /// The name for the user.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Size of its pictures in pixels, which may differ from the requested one.
    pub(super) fn size(&self) -> [u32; 2] {
        self.size
    }

    /// Writes one picture; returns `false` if the device cannot take it now.
    pub(super) fn write(&mut self, picture: &[u8]) -> Result<bool, DeviceProblem> {
        let written = match &mut self.out {
            // A device takes a whole picture per write.
            #[cfg(target_os = "linux")]
            Output::Video(device) => device.write(picture).map(drop),
            Output::Pipe(pipe) => pipe.write_all(picture),
            Output::PipeWire(camera) => return camera.write(picture),
        };
        match written {
            Ok(()) => Ok(true),
            Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => {
                Err(DeviceProblem::NoReader(self.path.clone()))
            }
            Err(cause) => Err(DeviceProblem::of(&self.path, cause)),
        }
    }
}

#[cfg(target_os = "linux")]
fn first_loopback() -> Option<PathBuf> {
    loopback::first()
}

#[cfg(not(target_os = "linux"))]
fn first_loopback() -> Option<PathBuf> {
    None
}

#[cfg(unix)]
fn is_pipe(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_metadata: &std::fs::Metadata) -> bool {
    false
}

/// Opens a pipe without waiting for a reader. Later writes block, so that pictures are never cut.
#[cfg(unix)]
fn open_pipe(path: &Path) -> Result<File, DeviceProblem> {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::OpenOptionsExt;
    let opened = File::options().write(true).custom_flags(libc::O_NONBLOCK).open(path);
    let pipe = opened.map_err(|cause| match cause.raw_os_error() {
        Some(libc::ENXIO) => DeviceProblem::NoReader(path.to_owned()),
        _ => DeviceProblem::of(path, cause),
    })?;
    // SAFETY: the descriptor is open, and the call changes nothing but its flags.
    if unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETFL, 0) } != 0 {
        return Err(DeviceProblem::of(path, io::Error::last_os_error()));
    }
    Ok(pipe)
}

#[cfg(not(unix))]
fn open_pipe(path: &Path) -> Result<File, DeviceProblem> {
    Err(DeviceProblem::NotAnOutput(path.to_owned()))
}
