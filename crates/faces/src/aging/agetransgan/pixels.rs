//! Conversions between crops and the network's input and output.

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

use crate::face::{Similarity, align};

/// Resizes the picture to `side` pixels.
pub(super) fn resized(picture: &RgbImage, side: u32) -> RgbImage {
    if picture.dimensions() == (side, side) {
        return picture.clone();
    }
    let scale = side as f32 / picture.width().max(1) as f32;
    align(picture, &Similarity { a: scale, ..Similarity::IDENTITY }, side)
}

/// A square picture as (1, 3, side, side) in -1..1.
pub(super) fn planes(picture: &RgbImage, device: &Device) -> Result<Tensor> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let size = width * height;
    let mut planes = vec![0f32; 3 * size];
    for (i, pixel) in picture.pixels().enumerate() {
        for (c, value) in pixel.0.iter().enumerate() {
            planes[c * size + i] = (f32::from(*value) / 255.0 - 0.5) / 0.5;
        }
    }
    Tensor::from_vec(planes, (1, 3, height, width), device)
}

/// Converts the network's output, (1, 3, H, W), to a picture.
pub(super) fn picture(painted: &Tensor) -> Result<RgbImage> {
    let (_, _, height, width) = painted.dims4()?;
    let values = painted.flatten_all()?.to_vec1::<f32>()?;
    let size = width * height;
    Ok(RgbImage::from_fn(width as u32, height as u32, |x, y| {
        let at = y as usize * width + x as usize;
        image::Rgb(std::array::from_fn(|c| byte(values[c * size + at])))
    }))
}

/// The authors' rounding, slightly darker than the nearest value.
fn byte(value: f32) -> u8 {
    let share = (value.clamp(-1.0, 1.0) + 1.0) / (2.0 + 1e-5);
    (share * 255.0 + 0.5).clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_round_like_the_authors() {
        let values = [-1.0, -0.5, -0.004, 0.0, 0.25, 0.996, 1.0];
        assert_eq!(values.map(byte), [0, 64, 127, 127, 159, 254, 255]);
        assert_eq!([-7.0, 7.0, f32::NAN].map(byte), [0, 255, 0]);
    }

    #[test]
    fn a_picture_survives_the_round_trip() {
        let there = RgbImage::from_fn(9, 9, |x, y| image::Rgb([(x * 28) as u8, (y * 28) as u8, 200]));
        let back = picture(&planes(&there, &Device::Cpu).unwrap()).unwrap();
        assert!(there.iter().zip(back.iter()).all(|(a, b)| a.abs_diff(*b) <= 1));
        assert_eq!(resized(&there, 9), there);
        assert_eq!(resized(&there, 32).dimensions(), (32, 32));
    }
}
