//! A camera on Linux, through V4L2.

use std::path::Path;
use std::time::{Duration, Instant};

use v4l::Device;
use v4l::buffer::{Flags, Type};
use v4l::format::{Format, FourCC};
use v4l::fraction::Fraction;
use v4l::frameinterval::FrameIntervalEnum;
use v4l::framesize::FrameSizeEnum;
use v4l::io::mmap::Stream;
use v4l::io::traits::CaptureStream;
use v4l::timestamp::Timestamp;
use v4l::video::Capture;
use v4l::video::capture::Parameters;

use super::backend::{CapturedFrame, Colours, MAX_FRAME_AGE, NegotiatedFormat};
use super::negotiation::{
    Interval, MAX_SIDE, Mode, OfferedInterval, OfferedSize, Offers, Steps, nearest_modes,
};
use super::pixel_format::PixelFormat;
use crate::camera::error::CameraError;
use crate::camera::{CameraDevice, CameraSettings};

/// Number of buffers in the driver's ring.
const BUFFERS: u32 = 4;

/// Maximum number of modes to try; some drivers reject modes that they list.
const MAX_ATTEMPTS: usize = 6;

/// Assumed frame period if the driver reports no rate.
const DEFAULT_PERIOD: Duration = Duration::from_secs(1);

/// An open camera; the stream starts with the first read. Dropping it closes the device, and may panic if
/// the stream does not stop properly.
pub(crate) struct OpenCamera {
    stream: Stream<'static>,
    negotiated: NegotiatedFormat,
}

impl OpenCamera {
    /// Opens `device` in the mode nearest to `settings`.
    ///
    /// # Errors
    /// [`CameraError`], by the driver's answer.
    pub(crate) fn open(device: &CameraDevice, settings: &CameraSettings) -> Result<Self, CameraError> {
        let node = Device::with_path(&device.path)?;
        let formats = decodable_formats(&node, device)?;
        let mut refused = CameraError::Other("it rejects every mode that it offers".to_owned());
        for mode in nearest_modes(&formats, &DriverOffers(&node), settings).into_iter().take(MAX_ATTEMPTS) {
            match Self::open_in_mode(&node, mode) {
                Ok(camera) => return Ok(camera),
                Err(error) => refused = error,
            }
            if !matches!(refused, CameraError::Other(_)) {
                break;
            }
        }
        Err(refused)
    }

    /// Requests `mode` and accepts what the driver answers.
    fn open_in_mode(node: &Device, mode: Mode) -> Result<Self, CameraError> {
        let code = FourCC::new(&mode.format.code());
        let answer = node.set_format(&Format::new(mode.width, mode.height, code))?;
        let Some(format) = PixelFormat::of_code(answer.fourcc.repr) else {
            return Err(CameraError::UnknownFormat(code_name(answer.fourcc.repr)));
        };
        let sides = 1..=MAX_SIDE;
        if !sides.contains(&answer.width) || !sides.contains(&answer.height) {
            return Err(CameraError::Other(format!("it sends {} x {} pixels", answer.width, answer.height)));
        }
        let interval = set_interval(node, mode.interval).or(mode.interval);
        let negotiated = NegotiatedFormat {
            format,
            width: answer.width,
            height: answer.height,
            stride: answer.stride,
            period: interval.and_then(Interval::duration).unwrap_or(DEFAULT_PERIOD),
        };
        let stream = Stream::with_buffers(node, Type::VideoCapture, BUFFERS)?;
        Ok(Self { stream, negotiated })
    }

    /// The format negotiated with the driver.
    pub(crate) fn negotiated(&self) -> NegotiatedFormat {
        self.negotiated
    }

    /// Waits for the next frame, without a timeout; a signal ends the wait.
    ///
    /// # Errors
    /// [`CameraError`], by the driver's answer.
    pub(crate) fn next_frame(&mut self) -> Result<CapturedFrame, CameraError> {
        let (buffer, metadata) = self.stream.next()?;
        let bytes = buffer.get(..metadata.bytesused as usize).unwrap_or(buffer).to_vec();
        let now = Instant::now();
        let captured = match metadata.flags.contains(Flags::TIMESTAMP_MONOTONIC) {
            true => capture_time(metadata.timestamp, now),
            false => now,
        };
        Ok(CapturedFrame { bytes, captured, is_damaged: metadata.flags.contains(Flags::ERROR) })
    }
}

/// The colours that `device` sends, determined without starting a stream.
///
/// # Errors
/// [`CameraError`] if it cannot be opened, or [`CameraError::UnknownFormat`].
pub(crate) fn colours_of(device: &CameraDevice) -> Result<Colours, CameraError> {
    let node = Device::with_path(&device.path)?;
    let formats = decodable_formats(&node, device)?;
    let is_grey = formats.iter().all(|format| *format == PixelFormat::Grey);
    Ok(if is_grey { Colours::Grey } else { Colours::Full })
}

/// The formats of a device that can be decoded.
fn decodable_formats(node: &Device, device: &CameraDevice) -> Result<Vec<PixelFormat>, CameraError> {
    let offered: Vec<[u8; 4]> = node.enum_formats()?.into_iter().map(|format| format.fourcc.repr).collect();
    let decodable: Vec<PixelFormat> = offered.iter().filter_map(|code| PixelFormat::of_code(*code)).collect();
    if !decodable.is_empty() {
        return Ok(decodable);
    }
    // The list is also empty if the device vanishes meanwhile.
    if offered.is_empty() {
        return Err(match Path::new(&device.path).exists() {
            true => CameraError::Other("it offers no pictures".to_owned()),
            false => CameraError::Gone,
        });
    }
    let names: Vec<String> = offered.into_iter().map(code_name).collect();
    Err(CameraError::UnknownFormat(names.join(", ")))
}

/// A four-character code as text for the user.
fn code_name(code: [u8; 4]) -> String {
    String::from_utf8_lossy(&code).trim_matches(['\0', ' ']).escape_default().to_string()
}

/// Requests a frame interval and returns the one the driver chose; `None` if it cannot be set.
fn set_interval(node: &Device, wanted: Option<Interval>) -> Option<Interval> {
    let wanted = wanted?;
    let parameters = Parameters::new(Fraction::new(wanted.numerator, wanted.denominator));
    match node.set_params(&parameters) {
        Ok(answer) => Some(interval(answer.interval)).filter(|interval| interval.duration().is_some()),
        Err(error) => {
            tracing::debug!("the camera keeps its own rate: {error}");
            None
        }
    }
}

fn interval(fraction: Fraction) -> Interval {
    Interval { numerator: fraction.numerator, denominator: fraction.denominator }
}

/// The modes that the driver of an open device lists.
struct DriverOffers<'a>(&'a Device);

impl Offers for DriverOffers<'_> {
    fn sizes(&self, format: PixelFormat) -> Vec<OfferedSize> {
        let listed = self.0.enum_framesizes(FourCC::new(&format.code())).unwrap_or_default();
        let size = |size: FrameSizeEnum| match size {
            FrameSizeEnum::Discrete(size) => OfferedSize::Exact { width: size.width, height: size.height },
            FrameSizeEnum::Stepwise(s) => OfferedSize::Range {
                width: Steps { min: s.min_width, max: s.max_width, step: s.step_width },
                height: Steps { min: s.min_height, max: s.max_height, step: s.step_height },
            },
        };
        listed.into_iter().map(|listed| size(listed.size)).collect()
    }

    fn intervals(&self, format: PixelFormat, width: u32, height: u32) -> Vec<OfferedInterval> {
        let code = FourCC::new(&format.code());
        let listed = self.0.enum_frameintervals(code, width, height).unwrap_or_default();
        let offered = |listed: FrameIntervalEnum| match listed {
            FrameIntervalEnum::Discrete(fraction) => OfferedInterval::Exact(interval(fraction)),
            FrameIntervalEnum::Stepwise(range) => {
                OfferedInterval::Range { shortest: interval(range.min), longest: interval(range.max) }
            }
        };
        listed.into_iter().map(|listed| offered(listed.interval)).collect()
    }
}

/// Converts a timestamp of the monotonic clock. An implausible one is replaced by `now`.
fn capture_time(timestamp: Timestamp, now: Instant) -> Instant {
    let captured = u64::try_from(timestamp.sec).ok().zip(u32::try_from(timestamp.usec).ok());
    let captured = captured.map(|(seconds, micros)| {
        Duration::from_secs(seconds).saturating_add(Duration::from_micros(u64::from(micros)))
    });
    let age = captured.and_then(|captured| monotonic_clock().checked_sub(captured));
    age.filter(|&age| age < MAX_FRAME_AGE).and_then(|age| now.checked_sub(age)).unwrap_or(now)
}

/// The time of the monotonic clock, which drivers use for timestamps.
fn monotonic_clock() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists on every Linux, and `time` is valid for writing.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_as_old_as_its_timestamp_says() {
        let (clock, now) = (monotonic_clock(), Instant::now());
        let stamp = |age: Duration| {
            let captured = clock.checked_sub(age).unwrap_or_default();
            Timestamp::new(captured.as_secs() as i64, i64::from(captured.subsec_micros()))
        };
        let age = now - capture_time(stamp(Duration::from_millis(500)), now);
        assert!(age >= Duration::from_millis(499) && age < MAX_FRAME_AGE, "{age:?}");
        // Timestamps long ago or in the future are not believed.
        assert_eq!(capture_time(Timestamp::new(-1, -1), now), now);
        assert_eq!(capture_time(Timestamp::new(i64::MAX, 0), now), now);
    }

    #[test]
    fn codes_are_shown_as_text() {
        assert_eq!(code_name(*b"H264"), "H264");
        assert_eq!(code_name(*b"Y16 "), "Y16");
        assert_eq!(code_name([1, b'A', 0, 0]), "\\u{1}A");
    }
}
