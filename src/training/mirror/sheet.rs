//! A sheet of faces at many ages, to judge a run by eye.

use candle_core::{Device, Tensor};
use image::{Rgb, RgbImage};

use crate::aging::mirror::{Network, apply_change, window};
use crate::compose::TEN_GROUPS;
use crate::dataset::{Augmentation, Batch, BatchSpec, FacePack};
use crate::training::error::TrainingError;

/// Draws a row for each of the crops `indices`: the input, then the ten ages.
///
/// # Errors
/// When the network fails.
pub fn sheet(
    network: &Network,
    pack: &FacePack,
    indices: &[usize],
    side: u32,
    device: &Device,
) -> Result<RgbImage, TrainingError> {
    let ages = TEN_GROUPS.map(|group| group.age);
    let columns = ages.len() as u32 + 1;
    let mut out = RgbImage::new(columns * side, indices.len() as u32 * side);
    let spec = BatchSpec { side, feather: 1.0, augmentation: Augmentation::NONE };
    let size = side as usize;
    let window = window(size, device)?;
    for (row, index) in indices.iter().enumerate() {
        let batch = Batch::assemble(pack, &[*index], &spec, 0, 0)?;
        let input = Tensor::from_vec(batch.pixels, (1, 3, size, size), device)?;
        let change = network.decode(&network.encode(&input)?, &batch.ages, &ages)?;
        let many = input.broadcast_as((ages.len(), 3, size, size))?.contiguous()?;
        let aged = apply_change(&many, &change, &window)?;
        let all = Tensor::cat(&[&input, &aged], 0)?;
        for column in 0..columns {
            let planes = all.get(column as usize)?.flatten_all()?.to_vec1::<f32>()?;
            draw(&mut out, &planes, column * side, row as u32 * side, side);
        }
    }
    Ok(out)
}

fn draw(out: &mut RgbImage, planes: &[f32], left: u32, top: u32, side: u32) {
    let plane = (side * side) as usize;
    for y in 0..side {
        for x in 0..side {
            let i = (y * side + x) as usize;
            let channel = |c: usize| ((planes[c * plane + i] + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8;
            out.put_pixel(left + x, top + y, Rgb([channel(0), channel(1), channel(2)]));
        }
    }
}
