//! A camera of macOS and Windows, through nokhwa.

use std::time::{Duration, Instant, SystemTime};

use nokhwa::utils::{
    CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution,
};
use nokhwa::{Buffer, Camera, NokhwaError};

use super::backend::{CapturedFrame, Colours, NegotiatedFormat, OLDEST_FRAME};
use super::negotiation::{Interval, Mode, ranked};
use super::pixel_format::PixelFormat;
use super::trouble::{Trouble, system_error_number};
use crate::camera::decode::jpeg::outline;
use crate::camera::session::freshness::Ring;
use crate::camera::{CameraDevice, CameraSettings};

/// The formats that are asked for.
const DECODABLE: [FrameFormat; 2] = [FrameFormat::MJPEG, FrameFormat::YUYV];

/// Modes that are tried; some drivers refuse what they list.
const MAX_ATTEMPTS: usize = 4;

/// An open camera; the stream starts with the first read. Dropping it closes the device, and may panic
/// where the driver does not stop properly.
pub(crate) struct OpenCamera {
    camera: Camera,
    negotiated: NegotiatedFormat,
    ring: Ring,
}

impl OpenCamera {
    /// Opens `device` in the mode nearest to the wanted one.
    ///
    /// # Errors
    /// The [`Trouble`] that the driver's answer means.
    pub(crate) fn open(device: &CameraDevice, settings: &CameraSettings) -> Result<Self, Trouble> {
        let any = RequestedFormat::with_formats(RequestedFormatType::None, &DECODABLE);
        let mut camera =
            Camera::new(CameraIndex::Index(device.index), any).map_err(|error| trouble_of(&error))?;
        let offered = camera.compatible_camera_formats().map_err(|error| trouble_of(&error))?;
        if !offered.iter().any(|format| pixel_format(format.format()).is_some()) {
            let mut names: Vec<String> = offered.iter().map(|format| format.format().to_string()).collect();
            names.dedup();
            return Err(Trouble::UnknownFormat(names.join(", ")));
        }
        let modes = offered.into_iter().filter_map(mode_of).collect();
        let mut refused = Trouble::Other("it refuses every mode that it offers".to_owned());
        for mode in ranked(modes, settings).into_iter().take(MAX_ATTEMPTS) {
            let exactly =
                RequestedFormat::with_formats(RequestedFormatType::Exact(format_of(mode)), &DECODABLE);
            match camera.set_camera_requset(exactly).and_then(|_| camera.open_stream()) {
                Ok(()) => {
                    let negotiated = negotiated(&camera)?;
                    return Ok(Self { camera, negotiated, ring: Ring::default() });
                }
                Err(error) => refused = trouble_of(&error),
            }
            if !matches!(refused, Trouble::Other(_)) {
                break;
            }
        }
        Err(refused)
    }

    /// What was agreed with the driver.
    pub(crate) fn negotiated(&self) -> NegotiatedFormat {
        self.negotiated
    }

    /// Waits for the next frame, without a time-out.
    ///
    /// # Errors
    /// The [`Trouble`] that the driver's answer means.
    pub(crate) fn next_frame(&mut self) -> Result<CapturedFrame, Trouble> {
        let buffer = self.camera.frame().map_err(|error| trouble_of(&error))?;
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

/// Whether `device` sends colours; all that are read here do.
///
/// # Errors
/// None; elsewhere a device has to be opened for it.
pub(crate) fn colours_of(_device: &CameraDevice) -> Result<Colours, Trouble> {
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

fn negotiated(camera: &Camera) -> Result<NegotiatedFormat, Trouble> {
    let agreed = camera.camera_format();
    let Some(format) = pixel_format(agreed.format()) else {
        return Err(Trouble::UnknownFormat(agreed.format().to_string()));
    };
    Ok(NegotiatedFormat {
        format,
        width: agreed.width(),
        height: agreed.height(),
        stride: 0,
        period: Interval::of_rate(agreed.frame_rate()).duration().unwrap_or(Duration::from_secs(1)),
    })
}

/// What an error of the library means. The system's error number is only in its text.
fn trouble_of(error: &NokhwaError) -> Trouble {
    let text = error.to_string();
    Trouble::of_error(system_error_number(&text), text)
}

/// When the frame was captured. The library gives it by the clock on the wall, which may be set at any
/// moment, so only a plausible age is believed; else the frame was captured when it arrived.
fn capture_time(buffer: &Buffer, now: Instant) -> Instant {
    let age = buffer.capture_timestamp().and_then(|since_epoch| {
        let captured = SystemTime::UNIX_EPOCH.checked_add(since_epoch)?;
        SystemTime::now().duration_since(captured).ok()
    });
    age.filter(|&age| age < OLDEST_FRAME).and_then(|age| now.checked_sub(age)).unwrap_or(now)
}
