//! From a camera's raw buffer to an upright picture.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use image::{RgbImage, imageops};
use nokhwa::Buffer;
use nokhwa::utils::FrameFormat;
use thiserror::Error;

use super::Rotation;
use super::jpeg::decode_jpeg;
use super::yuyv::decode_yuyv;

/// Why a camera's frame is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum FrameError {
    /// Its end is missing.
    #[error("the frame is cut short")]
    CutShort,
    /// Its header claims another size than the stream has.
    #[error("the frame claims to be {width} x {height} pixels")]
    OtherSize {
        /// Width claimed.
        width: u32,
        /// Height claimed.
        height: u32,
    },
    /// It does not decode.
    #[error("the frame does not decode")]
    Undecodable,
}

/// What the reader thread drains from a stream.
pub(super) struct RawFrame {
    /// The bytes as the driver gave them, with the negotiated size and format.
    pub buffer: Buffer,
    /// When the camera captured it.
    pub captured: Instant,
}

/// Decodes the frames of one camera.
#[derive(Default)]
pub(super) struct FrameDecoder {
    /// Whether this camera has sent a frame that keeps to the JPEG standard. Some never do, and are
    /// then decoded leniently; of others a breach means damage.
    keeps_to_standard: bool,
}

impl FrameDecoder {
    /// Decodes `frame` to the size that was negotiated.
    ///
    /// # Errors
    /// [`FrameError`] when the frame is damaged. Never panics.
    pub(super) fn decode(&mut self, frame: &RawFrame) -> Result<RgbImage, FrameError> {
        // The decoder is fuzzed, but the bytes come from outside and the thread must live.
        catch_unwind(AssertUnwindSafe(|| self.decode_unguarded(frame)))
            .unwrap_or(Err(FrameError::Undecodable))
    }

    fn decode_unguarded(&mut self, frame: &RawFrame) -> Result<RgbImage, FrameError> {
        let (bytes, resolution) = (frame.buffer.buffer(), frame.buffer.resolution());
        let (width, height) = (resolution.width(), resolution.height());
        match frame.buffer.source_frame_format() {
            FrameFormat::MJPEG => self.decode_motion_jpeg(bytes, width, height),
            FrameFormat::YUYV => decode_yuyv(bytes, width, height),
            _ => Err(FrameError::Undecodable),
        }
    }

    fn decode_motion_jpeg(&mut self, bytes: &[u8], width: u32, height: u32) -> Result<RgbImage, FrameError> {
        match decode_jpeg(bytes, width, height, true) {
            Ok(picture) => {
                self.keeps_to_standard = true;
                Ok(picture)
            }
            Err(FrameError::Undecodable) if !self.keeps_to_standard => {
                decode_jpeg(bytes, width, height, false)
            }
            Err(error) => Err(error),
        }
    }
}

/// Turns `picture` and then, for a mirror, exchanges left and right.
pub(super) fn orient(picture: RgbImage, rotation: Rotation, mirror: bool) -> RgbImage {
    let mut turned = match rotation {
        Rotation::None => picture,
        Rotation::Quarter => imageops::rotate90(&picture),
        Rotation::Half => imageops::rotate180(&picture),
        Rotation::ThreeQuarters => imageops::rotate270(&picture),
    };
    if mirror {
        mirror_in_place(&mut turned);
    }
    turned
}

fn mirror_in_place(picture: &mut RgbImage) {
    let row_length = picture.width() as usize * 3;
    if row_length > 0 {
        for row in picture.chunks_exact_mut(row_length) {
            row.as_chunks_mut::<3>().0.reverse();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use nokhwa::utils::Resolution;
    use proptest::prelude::*;

    fn raw(bytes: &[u8], format: FrameFormat) -> RawFrame {
        RawFrame { buffer: Buffer::new(Resolution::new(16, 16), bytes, format), captured: Instant::now() }
    }

    /// The corners of a 3 x 2 picture, clockwise from the top left.
    fn corners(picture: &RgbImage) -> [u8; 4] {
        let (right, bottom) = (picture.width() - 1, picture.height() - 1);
        [(0, 0), (right, 0), (right, bottom), (0, bottom)].map(|(x, y)| picture.get_pixel(x, y).0[0])
    }

    fn marked() -> RgbImage {
        let mut picture = RgbImage::new(3, 2);
        for (value, (x, y)) in [(1, (0, 0)), (2, (2, 0)), (3, (2, 1)), (4, (0, 1))] {
            picture.put_pixel(x, y, image::Rgb([value, 0, 0]));
        }
        picture
    }

    #[test]
    fn rotations_turn_clockwise_and_the_mirror_comes_last() {
        assert_eq!(corners(&orient(marked(), Rotation::None, false)), [1, 2, 3, 4]);
        assert_eq!(corners(&orient(marked(), Rotation::Quarter, false)), [4, 1, 2, 3]);
        assert_eq!(corners(&orient(marked(), Rotation::Half, false)), [3, 4, 1, 2]);
        assert_eq!(corners(&orient(marked(), Rotation::ThreeQuarters, false)), [2, 3, 4, 1]);
        assert_eq!(corners(&orient(marked(), Rotation::None, true)), [2, 1, 4, 3]);
        assert_eq!(corners(&orient(marked(), Rotation::Quarter, true)), [1, 4, 3, 2]);
    }

    #[test]
    fn a_format_that_was_never_asked_for_is_refused() {
        let refused = FrameDecoder::default().decode(&raw(&[0; 2000], FrameFormat::NV12));
        assert_eq!(refused, Err(FrameError::Undecodable));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..1500), jpeg: bool) {
            let format = if jpeg { FrameFormat::MJPEG } else { FrameFormat::YUYV };
            let whole = !jpeg && bytes.len() >= 512;
            prop_assert_eq!(FrameDecoder::default().decode_unguarded(&raw(&bytes, format)).is_ok(), whole);
        }
    }
}
