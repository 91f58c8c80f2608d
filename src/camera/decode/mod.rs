//! Decodes a camera's raw buffer to an upright picture.

pub(super) mod jpeg;
mod planar;
mod yuyv;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use image::{RgbImage, imageops};

use super::Rotation;
use super::decode::jpeg::decode_jpeg;
use super::decode::planar::{decode_grey, decode_nv12, decode_yu12, without_padding};
use super::decode::yuyv::decode_yuyv;
use super::device::backend::NegotiatedFormat;
use super::device::pixel_format::PixelFormat;
use super::error::FrameError;

/// An undecoded frame.
pub(super) struct RawFrame {
    /// The bytes as the driver delivered them.
    pub bytes: Vec<u8>,
    /// Their format.
    pub negotiated: NegotiatedFormat,
    /// When the camera captured it.
    pub captured: Instant,
}

/// Decodes the frames of one camera.
#[derive(Default)]
pub(super) struct FrameDecoder {
    /// Whether this camera has sent a frame that conforms to the JPEG standard. Some cameras never do; their
    /// frames are decoded leniently. From others, a violation means damage.
    conforms_to_standard: bool,
}

impl FrameDecoder {
    /// Decodes `frame` to the negotiated size.
    ///
    /// # Errors
    /// [`FrameError`] when the frame is damaged. Never panics.
    pub(super) fn decode(&mut self, frame: &RawFrame) -> Result<RgbImage, FrameError> {
        // The decoder is fuzzed, but the bytes come from outside and the thread must survive.
        catch_unwind(AssertUnwindSafe(|| self.decode_unguarded(frame)))
            .unwrap_or(Err(FrameError::Undecodable))
    }

    fn decode_unguarded(&mut self, frame: &RawFrame) -> Result<RgbImage, FrameError> {
        let NegotiatedFormat { format, width, height, stride, .. } = frame.negotiated;
        let Some(planes) = format.planes(width, height, stride) else {
            return self.decode_motion_jpeg(&frame.bytes, width, height);
        };
        let bytes = without_padding(&frame.bytes, &planes)?;
        match format {
            PixelFormat::MotionJpeg => Err(FrameError::Undecodable),
            PixelFormat::Yuyv => decode_yuyv(&bytes, width, height),
            PixelFormat::Nv12 => decode_nv12(&bytes, width, height),
            PixelFormat::Yu12 => decode_yu12(&bytes, width, height),
            PixelFormat::Grey => decode_grey(&bytes, width, height),
        }
    }

    fn decode_motion_jpeg(&mut self, bytes: &[u8], width: u32, height: u32) -> Result<RgbImage, FrameError> {
        match decode_jpeg(bytes, width, height, true) {
            Ok(picture) => {
                self.conforms_to_standard = true;
                Ok(picture)
            }
            Err(FrameError::Undecodable) if !self.conforms_to_standard => {
                decode_jpeg(bytes, width, height, false)
            }
            Err(error) => Err(error),
        }
    }
}

/// Rotates `picture`, and then flips left and right if `mirror`.
pub(super) fn orient(picture: RgbImage, rotation: Rotation, mirror: bool) -> RgbImage {
    let mut rotated = match rotation {
        Rotation::None => picture,
        Rotation::Quarter => imageops::rotate90(&picture),
        Rotation::Half => imageops::rotate180(&picture),
        Rotation::ThreeQuarters => imageops::rotate270(&picture),
    };
    if mirror {
        mirror_in_place(&mut rotated);
    }
    rotated
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
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn raw(bytes: &[u8], format: PixelFormat, stride: u32) -> RawFrame {
        let period = Duration::from_millis(33);
        let negotiated = NegotiatedFormat { format, width: 16, height: 16, stride, period };
        RawFrame { bytes: bytes.to_vec(), negotiated, captured: Instant::now() }
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
    fn rotations_are_clockwise_and_precede_the_mirror() {
        assert_eq!(corners(&orient(marked(), Rotation::None, false)), [1, 2, 3, 4]);
        assert_eq!(corners(&orient(marked(), Rotation::Quarter, false)), [4, 1, 2, 3]);
        assert_eq!(corners(&orient(marked(), Rotation::Half, false)), [3, 4, 1, 2]);
        assert_eq!(corners(&orient(marked(), Rotation::ThreeQuarters, false)), [2, 3, 4, 1]);
        assert_eq!(corners(&orient(marked(), Rotation::None, true)), [2, 1, 4, 3]);
        assert_eq!(corners(&orient(marked(), Rotation::Quarter, true)), [1, 4, 3, 2]);
    }

    #[test]
    fn padded_rows_decode_like_rows_without_padding() {
        // YUYV as padded by one driver: 16 pixels take 32 bytes, a row 40.
        let rows = |padding: usize| -> Vec<u8> {
            (0..16)
                .flat_map(|row| [[row * 15, 128, 200, 90].repeat(8), vec![255; padding]].concat())
                .collect()
        };
        let decode =
            |bytes: &[u8], stride| FrameDecoder::default().decode(&raw(bytes, PixelFormat::Yuyv, stride));
        let tight = decode(&rows(0), 32).unwrap();
        assert_eq!(decode(&rows(8), 40).unwrap(), tight);
        assert_eq!(decode(&rows(0), 0).unwrap(), tight);
        assert_eq!(decode(&rows(8)[..600], 40), Err(FrameError::CutShort));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..1500), jpeg: bool) {
            let format = if jpeg { PixelFormat::MotionJpeg } else { PixelFormat::Yuyv };
            let whole = !jpeg && bytes.len() >= 512;
            prop_assert_eq!(FrameDecoder::default().decode_unguarded(&raw(&bytes, format, 0)).is_ok(), whole);
        }
    }
}
