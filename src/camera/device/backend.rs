//! What the rest of the room needs of a camera, whichever way the system speaks to it: V4L2 on Linux,
//! nokhwa elsewhere.

use std::time::{Duration, Instant};

use super::pixel_format::PixelFormat;
use super::trouble::Trouble;
use crate::camera::CameraDevice;

#[cfg(not(target_os = "linux"))]
pub(crate) use super::nokhwa_device::{OpenCamera, colours_of};
#[cfg(target_os = "linux")]
pub(crate) use super::v4l_device::{OpenCamera, colours_of};

/// Greatest age of a frame when it arrives; an older timestamp is not believed.
pub(crate) const OLDEST_FRAME: Duration = Duration::from_secs(2);

/// What was agreed with the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NegotiatedFormat {
    /// The pixel format on the wire.
    pub format: PixelFormat,
    /// Picture width in pixels.
    pub width: u32,
    /// Picture height in pixels.
    pub height: u32,
    /// Bytes from the start of a row of the first plane to the next; 0 where rows have no padding.
    pub stride: u32,
    /// Promised time between two frames.
    pub period: Duration,
}

/// A frame as the driver gave it.
pub(crate) struct CapturedFrame {
    /// The bytes that the driver wrote.
    pub bytes: Vec<u8>,
    /// When the camera captured it.
    pub captured: Instant,
    /// Whether the driver says, or the buffer shows, that a part is missing.
    pub is_damaged: bool,
}

/// Which colours a camera sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colours {
    /// All of them.
    Full,
    /// Brightness only, as infrared cameras do.
    Grey,
}

/// The cameras that may be opened when the user has chosen none, in the order in which to try them.
///
/// A camera with colours is taken, also a later one; infrared cameras and those that could not be asked
/// come into play only where there is none.
pub(crate) fn in_order_of_use(asked: Vec<(CameraDevice, Result<Colours, Trouble>)>) -> Vec<CameraDevice> {
    let rank = |answer: &Result<Colours, Trouble>| match answer {
        Ok(Colours::Full) => 0,
        Err(Trouble::UnknownFormat(_)) => 3,
        Err(_) => 1,
        Ok(Colours::Grey) => 2,
    };
    let has_colours = asked.iter().any(|(_, answer)| *answer == Ok(Colours::Full));
    let mut asked = asked;
    asked.retain(|(_, answer)| !has_colours || *answer == Ok(Colours::Full));
    asked.sort_by_key(|(_, answer)| rank(answer));
    asked.into_iter().map(|(device, _)| device).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(answers: Vec<Result<Colours, Trouble>>) -> Vec<u32> {
        let device = |index: u32| CameraDevice {
            name: format!("Camera {index}"),
            path: format!("/dev/video{index}"),
            index,
        };
        let asked = answers.into_iter().enumerate().map(|(index, answer)| (device(index as u32), answer));
        in_order_of_use(asked.collect()).into_iter().map(|device| device.index).collect()
    }

    #[test]
    fn colour_cameras_are_tried_in_their_order_and_no_others() {
        use Colours::{Full, Grey};
        assert_eq!(order(vec![Ok(Grey), Ok(Full), Err(Trouble::Denied), Ok(Full)]), [1, 3]);
        assert_eq!(order(vec![Ok(Grey), Ok(Grey)]), [0, 1]);
        assert_eq!(order(vec![Ok(Grey), Err(Trouble::Denied)]), [1, 0]);
        let h264 = Err(Trouble::UnknownFormat("H264".to_owned()));
        assert_eq!(order(vec![h264, Ok(Grey), Err(Trouble::Busy)]), [2, 1, 0]);
    }
}
