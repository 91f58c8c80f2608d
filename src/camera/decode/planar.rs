//! Decodes planar YUV (NV12, YU12) and grey frames to RGB.

use std::borrow::Cow;

use image::RgbImage;

use super::yuyv::{Chroma, pixel};
use crate::camera::device::pixel_format::Plane;
use crate::camera::error::FrameError;

/// Removes the padding at the ends of rows from a frame whose planes are consecutive in `bytes`. Borrows a
/// frame without padding.
///
/// # Errors
/// [`FrameError::CutShort`] when `bytes` ends before the last pixel.
pub(crate) fn without_padding<'a>(bytes: &'a [u8], planes: &[Plane]) -> Result<Cow<'a, [u8]>, FrameError> {
    if planes.iter().all(|plane| plane.stride == plane.row) {
        let length = planes.iter().map(|plane| plane.row * plane.rows).sum();
        return bytes.get(..length).map(Cow::Borrowed).ok_or(FrameError::CutShort);
    }
    let mut tight = Vec::with_capacity(planes.iter().map(|plane| plane.row * plane.rows).sum());
    let mut start = 0;
    for plane in planes {
        for row in 0..plane.rows {
            let from = start + row * plane.stride;
            tight.extend(bytes.get(from..from + plane.row).ok_or(FrameError::CutShort)?);
        }
        start += plane.stride * plane.rows;
    }
    Ok(Cow::Owned(tight))
}

/// Converts NV12 without padding to RGB. Each U and V applies to 2 x 2 pixels.
///
/// # Errors
/// [`FrameError::CutShort`] when `bytes` is shorter than the two planes.
pub(crate) fn decode_nv12(bytes: &[u8], width: u32, height: u32) -> Result<RgbImage, FrameError> {
    let (luma_length, chroma_width) = (width as usize * height as usize, width.div_ceil(2) as usize);
    let chroma_length = chroma_width * 2 * height.div_ceil(2) as usize;
    let luma = bytes.get(..luma_length).ok_or(FrameError::CutShort)?;
    let chroma = bytes.get(luma_length..luma_length + chroma_length).ok_or(FrameError::CutShort)?;
    let (pairs, _) = chroma.as_chunks::<2>();
    decode_420(luma, width, height, |index| pairs[index])
}

/// Converts YU12 without padding to RGB. Each U and V applies to 2 x 2 pixels.
///
/// # Errors
/// [`FrameError::CutShort`] when `bytes` is shorter than the three planes.
pub(crate) fn decode_yu12(bytes: &[u8], width: u32, height: u32) -> Result<RgbImage, FrameError> {
    let luma_length = width as usize * height as usize;
    let chroma_length = width.div_ceil(2) as usize * height.div_ceil(2) as usize;
    let luma = bytes.get(..luma_length).ok_or(FrameError::CutShort)?;
    let chroma = bytes.get(luma_length..luma_length + 2 * chroma_length).ok_or(FrameError::CutShort)?;
    let (u, v) = chroma.split_at(chroma_length);
    decode_420(luma, width, height, |index| [u[index], v[index]])
}

/// Converts 4:2:0 to RGB; `chroma` returns U and V by index into the half-size grid.
fn decode_420(
    luma: &[u8],
    width: u32,
    height: u32,
    chroma: impl Fn(usize) -> [u8; 2],
) -> Result<RgbImage, FrameError> {
    let (width_pixels, chroma_width) = (width as usize, width.div_ceil(2) as usize);
    let mut pixels = vec![0; luma.len() * 3];
    let (rgb, _) = pixels.as_chunks_mut::<3>();
    if width_pixels > 0 {
        for (y, (row, out)) in luma.chunks(width_pixels).zip(rgb.chunks_mut(width_pixels)).enumerate() {
            let first = y / 2 * chroma_width;
            for (x, (two, two_out)) in row.chunks(2).zip(out.chunks_mut(2)).enumerate() {
                let [u, v] = chroma(first + x);
                let chroma = Chroma::new(u, v);
                for (luma, out) in two.iter().zip(two_out) {
                    *out = pixel(*luma, chroma);
                }
            }
        }
    }
    RgbImage::from_raw(width, height, pixels).ok_or(FrameError::Undecodable)
}

/// Converts 8-bit brightness, 0 black to 255 white, to RGB.
///
/// # Errors
/// [`FrameError::CutShort`] when `bytes` has fewer than `width * height` bytes.
pub(crate) fn decode_grey(bytes: &[u8], width: u32, height: u32) -> Result<RgbImage, FrameError> {
    let frame = bytes.get(..width as usize * height as usize).ok_or(FrameError::CutShort)?;
    let pixels = frame.iter().flat_map(|&value| [value; 3]).collect();
    RgbImage::from_raw(width, height, pixels).ok_or(FrameError::Undecodable)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
pub(crate) mod tests {
    use super::*;
    use crate::camera::device::pixel_format::PixelFormat;
    use proptest::prelude::*;

    /// The 100 % colour bars of BT.601 in 8 bits, from the standard: Y, U, V and R, G, B.
    pub(crate) const BARS: [([u8; 3], [u8; 3]); 8] = [
        ([235, 128, 128], [255, 255, 255]),
        ([210, 16, 146], [255, 255, 0]),
        ([170, 166, 16], [0, 255, 255]),
        ([145, 54, 34], [0, 255, 0]),
        ([106, 202, 222], [255, 0, 255]),
        ([81, 90, 240], [255, 0, 0]),
        ([41, 240, 110], [0, 0, 255]),
        ([16, 128, 128], [0, 0, 0]),
    ];
    /// Width in pixels: two pixels per bar.
    const WIDTH: u32 = 16;
    const HEIGHT: u32 = 4;

    /// Colour bars in planes, with rows padded by `padding` bytes.
    fn bars(format: PixelFormat, padding: usize) -> Vec<u8> {
        let luma_row: Vec<u8> = BARS.iter().flat_map(|(yuv, _)| [yuv[0]; 2]).collect();
        let u: Vec<u8> = BARS.iter().map(|(yuv, _)| yuv[1]).collect();
        let v: Vec<u8> = BARS.iter().map(|(yuv, _)| yuv[2]).collect();
        let uv: Vec<u8> = u.iter().zip(&v).flat_map(|(u, v)| [*u, *v]).collect();
        let planes = match format {
            PixelFormat::Nv12 => vec![(luma_row, HEIGHT, padding), (uv, HEIGHT / 2, padding)],
            _ => {
                vec![(luma_row, HEIGHT, padding), (u, HEIGHT / 2, padding / 2), (v, HEIGHT / 2, padding / 2)]
            }
        };
        let mut bytes = Vec::new();
        for (row, rows, padding) in planes {
            for _ in 0..rows {
                bytes.extend(&row);
                bytes.extend(vec![77; padding]);
            }
        }
        bytes
    }

    fn decoded(format: PixelFormat, bytes: &[u8], stride: u32) -> Result<RgbImage, FrameError> {
        let tight = without_padding(bytes, &format.planes(WIDTH, HEIGHT, stride).unwrap())?;
        match format {
            PixelFormat::Nv12 => decode_nv12(&tight, WIDTH, HEIGHT),
            _ => decode_yu12(&tight, WIDTH, HEIGHT),
        }
    }

    #[test]
    fn colour_bars_decode_with_and_without_padding() {
        for format in [PixelFormat::Nv12, PixelFormat::Yu12] {
            for padding in [0, 16] {
                let picture = decoded(format, &bars(format, padding), WIDTH + padding as u32).unwrap();
                for (x, y, is) in picture.enumerate_pixels() {
                    let should = BARS[x as usize / 2].1;
                    let worst = is.0.iter().zip(should).map(|(is, should)| is.abs_diff(should)).max();
                    assert!(worst <= Some(2), "{format:?}, {padding}: {x}, {y} is {is:?}, not {should:?}");
                }
            }
        }
    }

    #[test]
    fn each_chroma_value_applies_to_its_own_four_pixels() {
        // 3 x 3 pixels of mid grey; only the chroma of the lower right corner is red.
        let mut nv12 = vec![81; 9];
        nv12.extend([128, 128, 128, 128, 128, 128, 90, 240]);
        let mut yu12 = vec![81; 9];
        yu12.extend([128, 128, 128, 90, 128, 128, 128, 240]);
        for picture in [decode_nv12(&nv12, 3, 3).unwrap(), decode_yu12(&yu12, 3, 3).unwrap()] {
            for (x, y, pixel) in picture.enumerate_pixels() {
                let is_red = pixel.0[0] > 250 && pixel.0[1] < 5;
                assert_eq!(is_red, (x, y) == (2, 2), "{x}, {y}: {pixel:?}");
                assert!(is_red || pixel.0 == [76; 3], "{x}, {y}: {pixel:?}");
            }
        }
    }

    #[test]
    fn grey_keeps_its_values() {
        let picture = decode_grey(&[0, 16, 128, 235, 255, 1, 9, 9], 3, 2).unwrap();
        let values: Vec<u8> = picture.pixels().map(|pixel| pixel.0[0]).collect();
        assert_eq!(values, [0, 16, 128, 235, 255, 1]);
        assert!(picture.pixels().all(|pixel| pixel.0 == [pixel.0[0]; 3]));
    }

    #[test]
    fn a_short_frame_is_refused() {
        for format in [PixelFormat::Nv12, PixelFormat::Yu12] {
            for (padding, spare) in [(0, 0), (16, 8)] {
                let whole = bars(format, padding);
                let cut = &whole[..whole.len() - spare - 9];
                assert_eq!(decoded(format, cut, WIDTH + padding as u32), Err(FrameError::CutShort));
            }
        }
        assert_eq!(decode_grey(&[1; 5], 3, 2), Err(FrameError::CutShort));
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), width in 0u32..12, height in 0u32..12, stride in 0u32..24) {
            for format in PixelFormat::ALL {
                let Some(planes) = format.planes(width, height, stride) else { continue };
                let Ok(tight) = without_padding(&bytes, &planes) else { continue };
                let picture = match format {
                    PixelFormat::Nv12 => decode_nv12(&tight, width, height),
                    PixelFormat::Yu12 => decode_yu12(&tight, width, height),
                    PixelFormat::Grey => decode_grey(&tight, width, height),
                    _ => continue,
                };
                prop_assert_eq!(picture.unwrap().dimensions(), (width, height));
            }
        }
    }
}
