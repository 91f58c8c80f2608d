//! From crops to the network's size and back: a change made at the network's size, applied at the crop's own resolution.

use candle_core::Tensor;
use image::{GrayImage, RgbImage};
use rayon::prelude::*;

use super::change::window_at;
use super::network::Change;
use crate::aging::model::{AgedCrop, AgingError};
use crate::face::{Similarity, align};

/// The crop at `side` pixels as planes of -1..1.
pub(super) fn shrink(crop: &RgbImage, side: u32) -> Vec<f32> {
    let scale = side as f32 / crop.width().max(1) as f32;
    let small = align(crop, &Similarity { a: scale, b: 0.0, tx: 0.0, ty: 0.0 }, side);
    let plane = (side * side) as usize;
    let mut planes = vec![0f32; 3 * plane];
    for (i, pixel) in small.pixels().enumerate() {
        for (c, value) in pixel.0.iter().enumerate() {
            planes[c * plane + i] = f32::from(*value) / 127.5 - 1.0;
        }
    }
    planes
}

/// The planes of a change: red, green, blue, mask, flow in x, flow in y.
const PLANES: usize = 6;

/// The change of one age as planes of `side` squared floats.
struct Planes {
    values: Vec<f32>,
    side: usize,
}

/// Applies the change of every age to `crop`.
pub(super) fn apply_to_crop(crop: &RgbImage, change: &Change) -> Result<Vec<AgedCrop>, AgingError> {
    let all = Tensor::cat(&[&change.residual, &change.mask, &change.flow], 1)?;
    let (ages, _, side, _) = all.dims4()?;
    let values = all.flatten_all()?.to_vec1::<f32>()?;
    let columns = Columns::new(crop.width() as usize, side);
    let planes = values.par_chunks_exact((values.len() / ages).max(1));
    Ok(planes.map(|values| Planes { values: values.to_vec(), side }.apply(crop, &columns)).collect())
}

/// Which two columns of the change a column of the crop lies between.
struct Columns(Vec<(usize, f32)>);

impl Columns {
    fn new(width: usize, side: usize) -> Self {
        Self((0..width).map(|x| between(x, width, side)).collect())
    }
}

/// The first of the two samples out of `side` that position `i` of `count` lies between, and how far.
fn between(i: usize, count: usize, side: usize) -> (usize, f32) {
    let at = ((i as f32 + 0.5) * side as f32 / count as f32 - 0.5).clamp(0.0, (side - 1) as f32);
    let first = (at as usize).min(side.saturating_sub(2));
    (first, at - first as f32)
}

impl Planes {
    fn apply(&self, crop: &RgbImage, columns: &Columns) -> AgedCrop {
        let (width, height) = (crop.width() as usize, crop.height() as usize);
        let mut picture = crop.clone();
        let mut mask = GrayImage::new(crop.width(), crop.height());
        let mut rows = vec![0f32; PLANES * self.side];
        let out = picture.chunks_exact_mut(3 * width).zip(mask.chunks_exact_mut(width));
        for (y, (pixels, mask)) in out.enumerate() {
            self.row(y, height, &mut rows);
            let down = window_at((y as f32 + 0.5) / height as f32);
            for (x, &(first, far)) in columns.0.iter().enumerate() {
                let value = |plane: usize| {
                    let row = &rows[plane * self.side + first..][..2];
                    row[0] + (row[1] - row[0]) * far
                };
                let weight = value(3) * down * window_at((x as f32 + 0.5) / width as f32);
                mask[x] = (weight * 255.0 + 0.5) as u8;
                if mask[x] == 0 {
                    continue;
                }
                let from =
                    sample(crop, x as f32 + value(4) * width as f32, y as f32 + value(5) * height as f32);
                for (c, pixel) in pixels[3 * x..3 * x + 3].iter_mut().enumerate() {
                    let old = f32::from(*pixel);
                    let change = from[c] + 127.5 * value(c) - old;
                    *pixel = (old + weight * change + 0.5).clamp(0.0, 255.0) as u8;
                }
            }
        }
        AgedCrop { picture, mask }
    }

    /// Every plane on row `y` of a crop of `height`.
    fn row(&self, y: usize, height: usize, rows: &mut [f32]) {
        let (first, far) = between(y, height, self.side);
        let size = self.side * self.side;
        for (row, plane) in rows.chunks_exact_mut(self.side).zip(self.values.chunks_exact(size)) {
            let (upper, lower) = plane[first * self.side..(first + 2) * self.side].split_at(self.side);
            for ((to, a), b) in row.iter_mut().zip(upper).zip(lower) {
                *to = a + (b - a) * far;
            }
        }
    }
}

/// The crop at a point, bilinearly, its edge repeated outside.
fn sample(crop: &RgbImage, x: f32, y: f32) -> [f32; 3] {
    let (width, height) = (crop.width() as usize, crop.height() as usize);
    let (x, y) = (x.clamp(0.0, (width - 1) as f32), y.clamp(0.0, (height - 1) as f32));
    let (x0, y0) = (x as usize, y as usize);
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let (right, below) = (3 * usize::from(x0 + 1 < width), 3 * width * usize::from(y0 + 1 < height));
    let at = 3 * (y0 * width + x0);
    std::array::from_fn(|c| {
        let value = |offset: usize| f32::from(crop.as_raw()[at + offset + c]);
        let (top, bottom) = (
            value(0) + (value(right) - value(0)) * fx,
            value(below) + (value(below + right) - value(below)) * fx,
        );
        top + (bottom - top) * fy
    })
}
