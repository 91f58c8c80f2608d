//! Converts pictures to tensors in -1..1.

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

/// The red, green and blue planes of a picture, row by row, in -1..1.
pub(crate) fn signed_planes(picture: &RgbImage) -> Vec<f32> {
    let bytes = picture.as_raw();
    let plane =
        |channel: usize| bytes.chunks_exact(3).map(move |pixel| f32::from(pixel[channel]) / 127.5 - 1.0);
    [0, 1, 2].into_iter().flat_map(plane).collect()
}

/// Converts crops of `side` pixels to a tensor (N, 3, side, side), RGB in -1..1.
///
/// # Errors
/// When a crop has another size.
pub fn planes(crops: &[RgbImage], side: u32, device: &Device) -> Result<Tensor> {
    if let Some(crop) = crops.iter().find(|crop| crop.dimensions() != (side, side)) {
        candle_core::bail!("a crop must be {side} pixels wide and high, not {:?}", crop.dimensions());
    }
    let values: Vec<f32> = crops.iter().flat_map(signed_planes).collect();
    let side = side as usize;
    Tensor::from_vec(values, (crops.len(), 3, side, side), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_are_separated_and_other_sizes_refused() {
        let crop = RgbImage::from_fn(2, 2, |x, y| image::Rgb([0, (255 * x) as u8, (255 * y) as u8]));
        let planes =
            planes(&[crop], 2, &Device::Cpu).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(planes, [-1., -1., -1., -1., -1., 1., -1., 1., -1., -1., 1., 1.]);
        assert!(super::planes(&[RgbImage::new(2, 3)], 2, &Device::Cpu).is_err());
    }
}
