//! Decodes YUYV (YUV 4:2:2, packed) to RGB.

use image::RgbImage;

use crate::camera::error::FrameError;

/// Converts YUYV to RGB. Two pixels take four bytes, `Y0 U Y1 V`, in ITU-R BT.601 with limited range (Y from
/// 16 to 235), as the USB video class specifies.
///
/// # Errors
/// [`FrameError::CutShort`] when `bytes` has fewer than `2 * width * height` bytes,
/// [`FrameError::Undecodable`] when the width is odd, which the format cannot represent.
pub(crate) fn decode_yuyv(bytes: &[u8], width: u32, height: u32) -> Result<RgbImage, FrameError> {
    if !width.is_multiple_of(2) {
        return Err(FrameError::Undecodable);
    }
    let length = width as usize * height as usize * 2;
    let frame = bytes.get(..length).ok_or(FrameError::CutShort)?;
    let mut pixels = vec![0; length / 2 * 3];
    let (pairs, _) = frame.as_chunks::<4>();
    let (pixel_pairs, _) = pixels.as_chunks_mut::<6>();
    for (&[y0, u, y1, v], pixels) in pairs.iter().zip(pixel_pairs) {
        let chroma = Chroma::new(u, v);
        let ([r0, g0, b0], [r1, g1, b1]) = (pixel(y0, chroma), pixel(y1, chroma));
        *pixels = [r0, g0, b0, r1, g1, b1];
    }
    RgbImage::from_raw(width, height, pixels).ok_or(FrameError::Undecodable)
}

/// The contribution of U and V to red, green and blue, times 256, plus 128 for rounding.
#[derive(Clone, Copy)]
pub(crate) struct Chroma {
    red: i32,
    green: i32,
    blue: i32,
}

impl Chroma {
    /// Uses the coefficients of BT.601, times 256.
    #[inline]
    pub(crate) fn new(u: u8, v: u8) -> Self {
        let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
        Self { red: 409 * v + 128, green: 128 - 100 * u - 208 * v, blue: 516 * u + 128 }
    }
}

/// The colour of a pixel with brightness `y`, 16 black to 235 white.
#[inline]
pub(crate) fn pixel(y: u8, chroma: Chroma) -> [u8; 3] {
    let y = 298 * (i32::from(y) - 16);
    [y + chroma.red, y + chroma.green, y + chroma.blue].map(|sum| (sum >> 8).clamp(0, 255) as u8)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;
    use crate::camera::decode::planar::tests::BARS;
    use proptest::prelude::*;

    #[test]
    fn the_colour_bars_of_the_standard_decode() {
        for ([y, u, v], rgb) in BARS {
            let picture = decode_yuyv(&[y, u, y, v], 2, 1).unwrap();
            for pixel in picture.pixels() {
                let worst = pixel.0.iter().zip(rgb).map(|(&is, should)| is.abs_diff(should)).max();
                assert!(worst <= Some(2), "{y} {u} {v} gave {pixel:?}, not {rgb:?}");
            }
        }
    }

    #[test]
    fn the_two_pixels_of_a_pair_keep_their_own_brightness() {
        let picture = decode_yuyv(&[16, 128, 235, 128], 2, 1).unwrap();
        assert_eq!(picture.into_raw(), [0, 0, 0, 255, 255, 255]);
    }

    #[test]
    fn a_short_frame_is_refused_and_a_long_one_cut() {
        assert_eq!(decode_yuyv(&[128; 4 * 4 * 2 - 1], 4, 4), Err(FrameError::CutShort));
        assert_eq!(decode_yuyv(&[128; 4 * 4 * 2 + 9], 4, 4).unwrap().dimensions(), (4, 4));
        assert_eq!(decode_yuyv(&[128; 100], 3, 4), Err(FrameError::Undecodable));
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), width in 0u32..20, height in 0u32..20) {
            let whole = bytes.len() >= (width * height * 2) as usize && width % 2 == 0;
            prop_assert_eq!(decode_yuyv(&bytes, width, height).is_ok(), whole);
        }
    }
}
