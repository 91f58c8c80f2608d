//! Opening a device in the format nearest to the wanted one.

use nokhwa::utils::{CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType};
use nokhwa::{Camera, NokhwaError};

use super::status::Trouble;
use super::{CameraDevice, CameraSettings};

/// The formats that we decode.
const DECODABLE: [FrameFormat; 2] = [FrameFormat::MJPEG, FrameFormat::YUYV];

/// Drivers that give sizes as steps are listed with sizes they refuse; so a few are tried.
const ATTEMPTS: usize = 4;

/// No side of a camera picture is longer.
const LONGEST_SIDE: u32 = 16_384;

/// The error numbers of Linux, which the library passes on in words.
const NOT_PERMITTED: i32 = 1;
const NO_SUCH_FILE: i32 = 2;
const NO_SUCH_ADDRESS: i32 = 6;
const NO_ACCESS: i32 = 13;
const BUSY: i32 = 16;
const NO_SUCH_DEVICE: i32 = 19;
const NO_SPACE: i32 = 28;

/// Opens `device` and agrees on a format; the stream starts with the first read.
///
/// # Errors
/// The [`Trouble`] that the driver's answer means.
pub(super) fn open_camera(device: &CameraDevice, settings: &CameraSettings) -> Result<Camera, Trouble> {
    let any = RequestedFormat::with_formats(RequestedFormatType::None, &DECODABLE);
    let mut camera =
        Camera::new(CameraIndex::Index(device.index), any).map_err(|error| trouble_of(&error))?;
    let offered = camera.compatible_camera_formats().map_err(|error| trouble_of(&error))?;
    let mut refused = Trouble::Other("it offers neither Motion JPEG nor YUYV pictures".to_owned());
    for format in ranked(offered, settings).into_iter().take(ATTEMPTS) {
        let exactly = RequestedFormat::with_formats(RequestedFormatType::Exact(format), &DECODABLE);
        match camera.set_camera_requset(exactly).and_then(|_| camera.open_stream()) {
            Ok(()) => return Ok(camera),
            Err(error) => refused = trouble_of(&error),
        }
        if !matches!(refused, Trouble::Other(_)) {
            break;
        }
    }
    Err(refused)
}

/// The offered formats that we decode, the nearest to the wanted one first: by size, then rate. Of
/// equals Motion JPEG is first: it crosses the cable in a fraction of a frame period.
fn ranked(mut offered: Vec<CameraFormat>, settings: &CameraSettings) -> Vec<CameraFormat> {
    offered.retain(|format| {
        let sides = 1..=LONGEST_SIDE;
        DECODABLE.contains(&format.format())
            && sides.contains(&format.width())
            && sides.contains(&format.height())
    });
    offered.sort_by_key(|format| {
        let size = format.width().abs_diff(settings.width) + format.height().abs_diff(settings.height);
        let too_slow = settings.rate.saturating_sub(format.frame_rate());
        let too_fast = format.frame_rate().saturating_sub(settings.rate);
        (size, too_slow, too_fast, format.format() != FrameFormat::MJPEG)
    });
    offered
}

/// What an error of the library means. The system's error number is only in its text.
pub(super) fn trouble_of(error: &NokhwaError) -> Trouble {
    let text = error.to_string();
    match system_error_number(&text) {
        Some(NO_SUCH_FILE | NO_SUCH_ADDRESS | NO_SUCH_DEVICE) => Trouble::Gone,
        Some(BUSY) => Trouble::Busy,
        Some(NO_ACCESS | NOT_PERMITTED) => Trouble::Denied,
        Some(NO_SPACE) => Trouble::Other("its USB port has too little bandwidth left".to_owned()),
        _ => Trouble::Other(text),
    }
}

fn system_error_number(text: &str) -> Option<i32> {
    let (_, rest) = text.rsplit_once("(os error ")?;
    rest.split_once(')')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nokhwa::utils::Resolution;

    fn format(width: u32, height: u32, kind: FrameFormat, rate: u32) -> CameraFormat {
        CameraFormat::new(Resolution::new(width, height), kind, rate)
    }

    fn wanted(width: u32, height: u32, rate: u32) -> CameraSettings {
        CameraSettings { width, height, rate, ..CameraSettings::default() }
    }

    #[test]
    fn the_nearest_format_comes_first() {
        use FrameFormat::{MJPEG, NV12, YUYV};
        let offered = vec![
            format(1920, 1080, MJPEG, 30),
            format(640, 480, NV12, 30),
            format(640, 480, YUYV, 30),
            format(640, 480, MJPEG, 15),
            format(640, 480, MJPEG, 60),
            format(640, 480, MJPEG, 30),
            format(1280, 720, YUYV, 10),
        ];
        let first = |settings| ranked(offered.clone(), &settings)[0];
        assert_eq!(first(wanted(640, 480, 30)), format(640, 480, MJPEG, 30));
        assert_eq!(first(wanted(640, 480, 25)), format(640, 480, MJPEG, 30));
        assert_eq!(first(wanted(640, 480, 120)), format(640, 480, MJPEG, 60));
        assert_eq!(first(wanted(1280, 720, 30)), format(1280, 720, YUYV, 10));
        assert_eq!(first(wanted(4000, 3000, 30)), format(1920, 1080, MJPEG, 30));
        assert!(ranked(offered.clone(), &wanted(640, 480, 30)).iter().all(|format| format.format() != NV12));
    }

    #[test]
    fn sizes_that_cannot_be_true_are_left_out() {
        let offered =
            vec![format(0, 480, FrameFormat::YUYV, 30), format(100_000, 480, FrameFormat::MJPEG, 30)];
        assert_eq!(ranked(offered, &CameraSettings::default()), []);
    }

    #[test]
    fn the_words_of_the_library_are_understood() {
        let error = |text: &str| trouble_of(&NokhwaError::ReadFrameError(text.to_owned()));
        assert_eq!(error("No such device (os error 19)"), Trouble::Gone);
        assert_eq!(error("Device or resource busy (os error 16)"), Trouble::Busy);
        assert_eq!(error("V4L2 Error: Permission denied (os error 13)"), Trouble::Denied);
        assert!(matches!(error("Input/output error (os error 5)"), Trouble::Other(_)));
        assert!(matches!(error("odd"), Trouble::Other(_)));
    }
}
