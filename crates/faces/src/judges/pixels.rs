//! Pictures as tensors.

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

/// Crops of `side` pixels as (N, 3, side, side), RGB in -1..1.
pub fn planes(crops: &[RgbImage], side: u32, device: &Device) -> Result<Tensor> {
    let size = side as usize;
    let mut pixels = Vec::with_capacity(crops.len() * 3 * size * size);
    for crop in crops {
        if crop.dimensions() != (side, side) {
            candle_core::bail!("a crop must have {side} pixels a side, not {:?}", crop.dimensions());
        }
        for channel in 0..3 {
            let values = crop.as_raw().chunks_exact(3).map(|pixel| f32::from(pixel[channel]) / 127.5 - 1.0);
            pixels.extend(values);
        }
    }
    Tensor::from_vec(pixels, (crops.len(), 3, size, size), device)
}
