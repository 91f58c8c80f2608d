//! Converts pictures to tensors in -1..1, pixels to channels and back, and colours to luma.

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

use agemirror_kernels::widest;

/// Luma weights of red, green and blue (ITU-R BT.601).
pub(crate) const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// Luma of a colour, in the units of its channels.
#[inline(always)]
pub fn luma([red, green, blue]: [f32; 3]) -> f32 {
    LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
}

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

widest! {
    /// Separates the channels of a row of pixels.
    pub(crate) fn separate_channels(red: &mut [u8], green: &mut [u8], blue: &mut [u8], pixels: &[u8]) {
        for (((red, green), blue), pixel) in red.iter_mut().zip(green).zip(blue).zip(pixels.chunks_exact(3)) {
            (*red, *green, *blue) = (pixel[0], pixel[1], pixel[2]);
        }
    }
}

widest! {
    /// Writes the channels of a row to its pixels.
    pub(crate) fn join_channels(pixels: &mut [u8], red: &[u8], green: &[u8], blue: &[u8]) {
        for (((pixel, red), green), blue) in pixels.chunks_exact_mut(3).zip(red).zip(green).zip(blue) {
            (pixel[0], pixel[1], pixel[2]) = (*red, *green, *blue);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_separated_and_joined() {
        let pixels: Vec<u8> = (0..99).collect();
        let [mut red, mut green, mut blue] = [(); 3].map(|()| vec![0u8; 33]);
        separate_channels(&mut red, &mut green, &mut blue, &pixels);
        assert_eq!((red[1], green[1], blue[32]), (3, 4, 98));
        let mut joined = vec![0u8; 99];
        join_channels(&mut joined, &red, &green, &blue);
        assert_eq!(joined, pixels);
    }

    #[test]
    fn planes_are_separated_and_other_sizes_refused() {
        let crop = RgbImage::from_fn(2, 2, |x, y| image::Rgb([0, (255 * x) as u8, (255 * y) as u8]));
        let planes =
            planes(&[crop], 2, &Device::Cpu).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(planes, [-1., -1., -1., -1., -1., 1., -1., 1., -1., -1., 1., 1.]);
        assert!(super::planes(&[RgbImage::new(2, 3)], 2, &Device::Cpu).is_err());
    }
}
