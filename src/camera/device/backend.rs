//! The platform-independent interface to a camera: V4L2 on Linux, nokhwa elsewhere.

use std::time::{Duration, Instant};

use super::pixel_format::PixelFormat;
use crate::camera::CameraDevice;
use crate::camera::error::CameraError;

#[cfg(not(target_os = "linux"))]
pub(crate) use super::nokhwa_device::{OpenCamera, colours_of};
#[cfg(target_os = "linux")]
pub(crate) use super::v4l_device::{OpenCamera, colours_of};

/// Maximum plausible age of a frame on arrival; older timestamps are not believed.
pub(crate) const MAX_FRAME_AGE: Duration = Duration::from_secs(2);

/// The format negotiated with the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NegotiatedFormat {
    /// Pixel format on the wire.
    pub format: PixelFormat,
    /// Picture width in pixels.
    pub width: u32,
    /// Picture height in pixels.
    pub height: u32,
    /// Bytes from the start of a row of the first plane to the next; 0 if rows have no padding.
    pub stride: u32,
    /// Promised frame period.
    pub period: Duration,
}

/// A frame as the driver delivered it.
pub(crate) struct CapturedFrame {
    /// The bytes that the driver wrote.
    pub bytes: Vec<u8>,
    /// When the camera captured it.
    pub captured: Instant,
    /// Whether a part is missing, according to the driver or the buffer.
    pub is_damaged: bool,
}

/// The colours that a camera sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colours {
    /// All.
    Full,
    /// Brightness only, as infrared cameras do.
    Grey,
}

/// The cameras to try if the user has chosen none, in order.
///
/// Colour cameras come first, wherever they are in the list; infrared cameras, and those that could not be
/// queried, are used only if there is no colour camera.
pub(crate) fn in_order_of_use(
    queried: Vec<(CameraDevice, Result<Colours, CameraError>)>,
) -> Vec<CameraDevice> {
    let rank = |answer: &Result<Colours, CameraError>| match answer {
        Ok(Colours::Full) => 0,
        Err(CameraError::UnknownFormat(_)) => 3,
        Err(_) => 1,
        Ok(Colours::Grey) => 2,
    };
    let has_colours = queried.iter().any(|(_, answer)| *answer == Ok(Colours::Full));
    let mut queried = queried;
    queried.retain(|(_, answer)| !has_colours || *answer == Ok(Colours::Full));
    queried.sort_by_key(|(_, answer)| rank(answer));
    queried.into_iter().map(|(device, _)| device).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(answers: Vec<Result<Colours, CameraError>>) -> Vec<u32> {
        let device = |index: u32| CameraDevice {
            name: format!("Camera {index}"),
            path: format!("/dev/video{index}"),
            index,
        };
        let queried = answers.into_iter().enumerate().map(|(index, answer)| (device(index as u32), answer));
        in_order_of_use(queried.collect()).into_iter().map(|device| device.index).collect()
    }

    #[test]
    fn colour_cameras_are_tried_in_their_order_and_no_others() {
        use Colours::{Full, Grey};
        assert_eq!(order(vec![Ok(Grey), Ok(Full), Err(CameraError::Denied), Ok(Full)]), [1, 3]);
        assert_eq!(order(vec![Ok(Grey), Ok(Grey)]), [0, 1]);
        assert_eq!(order(vec![Ok(Grey), Err(CameraError::Denied)]), [1, 0]);
        let h264 = Err(CameraError::UnknownFormat("H264".to_owned()));
        assert_eq!(order(vec![h264, Ok(Grey), Err(CameraError::Busy)]), [2, 1, 0]);
    }
}
