//! A camera on macOS and Windows, through nokhwa.

use std::time::{Duration, Instant, SystemTime};

use nokhwa::utils::{
    CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution,
};
use nokhwa::{Buffer, Camera, NokhwaError};

use super::backend::{CapturedFrame, Colours, MAX_FRAME_AGE, NegotiatedFormat};
use super::freshness::Ring;
use super::negotiation::{Interval, Mode, ranked};
use super::pixel_format::PixelFormat;
use crate::camera::decode::jpeg::outline;
use crate::camera::error::{CameraError, system_error_number};
use crate::camera::{CameraDevice, CameraSettings};

/// The formats to request.
const DECODABLE: [FrameFormat; 2] = [FrameFormat::MJPEG, FrameFormat::YUYV];

/// Maximum number of modes to try; some drivers reject modes that they list.
const MAX_ATTEMPTS: usize = 4;

/// An open camera; the stream starts with the first read. Dropping it closes the device, and may panic if
/// the stream does not stop properly.
pub(crate) struct OpenCamera {
    camera: Camera,
    negotiated: NegotiatedFormat,
    ring: Ring,
}

impl OpenCamera {
    /// Opens `device` in the mode nearest to `settings`.
    ///
    /// # Errors
    /// [`CameraError`], by the driver's answer.
    pub(crate) fn open(device: &CameraDevice, settings: &CameraSettings) -> Result<Self, CameraError> {
        let any = RequestedFormat::with_formats(RequestedFormatType::None, &DECODABLE);
        let mut camera =
            Camera::new(CameraIndex::Index(device.index), any).map_err(|error| camera_error(&error))?;
        let offered = camera.compatible_camera_formats().map_err(|error| camera_error(&error))?;
        if !offered.iter().any(|format| pixel_format(format.format()).is_some()) {
            let mut names: Vec<String> = offered.iter().map(|format| format.format().to_string()).collect();
            names.dedup();
            return Err(CameraError::UnknownFormat(names.join(", ")));
        }
        let modes = offered.into_iter().filter_map(mode_of).collect();
        let mut refused = CameraError::Other("it rejects every mode that it offers".to_owned());
        for mode in ranked(modes, settings).into_iter().take(MAX_ATTEMPTS) {
            let exactly =
                RequestedFormat::with_formats(RequestedFormatType::Exact(format_of(mode)), &DECODABLE);
            match camera.set_camera_requset(exactly).and_then(|_| camera.open_stream()) {
                Ok(()) => {
                    let negotiated = negotiated(&camera)?;
                    return Ok(Self { camera, negotiated, ring: Ring::default() });
                }
                Err(error) => refused = camera_error(&error),
            }
            if !matches!(refused, CameraError::Other(_)) {
                break;
            }
        }
        Err(refused)
    }

    /// The format negotiated with the driver.
    pub(crate) fn negotiated(&self) -> NegotiatedFormat {
        self.negotiated
    }

    /// Waits for the next frame, without a timeout.
    ///
    /// # Errors
    /// [`CameraError`], by the driver's answer.
    pub(crate) fn next_frame(&mut self) -> Result<CapturedFrame, CameraError> {
        let buffer = self.camera.frame().map_err(|error| camera_error(&error))?;
        let captured = capture_time(&buffer, Instant::now());
        let whole = buffer.buffer().len();
        let length = match self.negotiated.format {
            PixelFormat::MotionJpeg => outline(buffer.buffer()).map_or(whole, |outline| outline.length),
            _ => whole,
        };
        let bytes = buffer.buffer().to_vec();
        let is_damaged = !self.ring.is_fresh(&bytes, length);
        Ok(CapturedFrame { bytes, captured, is_damaged })
    }
}

/// The colours that `device` sends: all cameras supported here send colours.
///
/// # Errors
/// Never; on Linux a device must be opened for this.
pub(crate) fn colours_of(_device: &CameraDevice) -> Result<Colours, CameraError> {
    Ok(Colours::Full)
}

fn pixel_format(format: FrameFormat) -> Option<PixelFormat> {
    match format {
        FrameFormat::MJPEG => Some(PixelFormat::MotionJpeg),
        FrameFormat::YUYV => Some(PixelFormat::Yuyv),
        _ => None,
    }
}

fn mode_of(offered: CameraFormat) -> Option<Mode> {
    Some(Mode {
        format: pixel_format(offered.format())?,
        width: offered.width(),
        height: offered.height(),
        interval: Some(Interval::of_rate(offered.frame_rate())),
    })
}

fn format_of(mode: Mode) -> CameraFormat {
    let format = if mode.format == PixelFormat::MotionJpeg { FrameFormat::MJPEG } else { FrameFormat::YUYV };
    let rate = mode.interval.map_or(0, |interval| interval.denominator);
    CameraFormat::new(Resolution::new(mode.width, mode.height), format, rate)
}

fn negotiated(camera: &Camera) -> Result<NegotiatedFormat, CameraError> {
    let format_in_use = camera.camera_format();
    let Some(format) = pixel_format(format_in_use.format()) else {
        return Err(CameraError::UnknownFormat(format_in_use.format().to_string()));
    };
    Ok(NegotiatedFormat {
        format,
        width: format_in_use.width(),
        height: format_in_use.height(),
        stride: 0,
        period: Interval::of_rate(format_in_use.frame_rate()).duration().unwrap_or(Duration::from_secs(1)),
    })
}

/// Converts an error of the library. The system's error number is only in its message.
fn camera_error(error: &NokhwaError) -> CameraError {
    let text = error.to_string();
    CameraError::of_error(system_error_number(&text), text)
}

/// When the frame was captured. The library reports wall-clock time, which may be adjusted at any moment,
/// so an implausible timestamp is replaced by `now`.
fn capture_time(buffer: &Buffer, now: Instant) -> Instant {
    let age = buffer.capture_timestamp().and_then(|since_epoch| {
        let captured = SystemTime::UNIX_EPOCH.checked_add(since_epoch)?;
        SystemTime::now().duration_since(captured).ok()
    });
    age.filter(|&age| age < MAX_FRAME_AGE).and_then(|age| now.checked_sub(age)).unwrap_or(now)
}
