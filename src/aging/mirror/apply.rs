//! From crops to the network's size and back: a change made at the network's size, applied at the crop's own resolution.

use candle_core::Tensor;
use image::{GrayImage, RgbImage};
use rayon::prelude::*;

use super::change::window_at;
use super::network::Change;
use super::shade::{SHADOW, fade_across, fade_down, shade};
use crate::aging::model::{AgedCrop, AgingError};
use crate::face::{Similarity, align};
use crate::tensor::down2;

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

/// The planes of a change: red, green, blue, mask, flow in x, flow in y, gain.
const PLANES: usize = 7;

/// The change of one age as planes of `side` squared floats, and its lines, if it has any.
struct Planes {
    values: Vec<f32>,
    lines: Option<Vec<f32>>,
    side: usize,
}

/// Applies the change of every age to `crop`, of which `small` (1, 3, side, side) is what the network saw.
pub(super) fn apply_to_crop(
    crop: &RgbImage,
    small: &Tensor,
    change: &Change,
) -> Result<Vec<AgedCrop>, AgingError> {
    let all = Tensor::cat(&[&change.residual, &change.mask, &change.flow, &change.gain], 1)?;
    let (ages, _, side, _) = all.dims4()?;
    let values = all.flatten_all()?.to_vec1::<f32>()?;
    let coarse = Coarse::of(small)?;
    let columns = columns(crop.width() as usize, side);
    let lines = change.lines.as_ref().map(|lines| lines.flatten_all()?.to_vec1::<f32>()).transpose()?;
    let lines_of = |age: usize| {
        let lines = lines.as_ref()?.chunks_exact(side * side).nth(age)?;
        lines.iter().any(|line| *line != 0.0).then(|| lines.to_vec())
    };
    let planes = values.par_chunks_exact((values.len() / ages).max(1)).enumerate();
    let planes = planes.map(|(age, values)| Planes { values: values.to_vec(), lines: lines_of(age), side });
    Ok(planes.map(|planes| planes.apply(crop, &coarse, &columns)).collect())
}

/// What of the crop is coarse, at half the network's size; between its pixels it is linear.
struct Coarse {
    pixels: Vec<[f32; 3]>,
    side: usize,
}

impl Coarse {
    fn of(small: &Tensor) -> Result<Self, AgingError> {
        let half = down2(small)?;
        let side = half.dim(3)?;
        let values = ((half.flatten_all()? + 1.0)? * 127.5)?.to_vec1::<f32>()?;
        let plane = side * side;
        let pixels = (0..plane).map(|i| [values[i], values[plane + i], values[2 * plane + i]]).collect();
        Ok(Self { pixels, side })
    }

    /// The colour at a point given in pixels of a crop that is `scale` times as large.
    fn at(&self, x: f32, y: f32, scale: [f32; 2]) -> [f32; 3] {
        let last = (self.side - 1) as f32;
        let place = |v: f32, scale: f32| ((v + 0.5) / scale - 0.5).clamp(0.0, last);
        let (x, y) = (place(x, scale[0]), place(y, scale[1]));
        let (x0, y0) = (x as usize, y as usize);
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let (right, below) = (usize::from(x0 + 1 < self.side), self.side * usize::from(y0 + 1 < self.side));
        let at = y0 * self.side + x0;
        let [a, b] = [self.pixels[at], self.pixels[at + right]];
        let [c, d] = [self.pixels[at + below], self.pixels[at + below + right]];
        std::array::from_fn(|i| {
            let (top, bottom) = (a[i] + (b[i] - a[i]) * fx, c[i] + (d[i] - c[i]) * fx);
            top + (bottom - top) * fy
        })
    }
}

/// What is the same in every row for a column of the crop.
struct Column {
    /// The first of the two columns of the change it lies between, and how far.
    first: usize,
    far: f32,
    window: f32,
    fade: f32,
}

/// The columns of a crop of this width, for a change of `side` columns.
fn columns(width: usize, side: usize) -> Vec<Column> {
    let column = |x: usize| {
        let (first, far) = between(x as f32, width, side);
        let at = (x as f32 + 0.5) / width as f32;
        Column { first, far, window: window_at(at), fade: fade_across(at) }
    };
    (0..width).map(column).collect()
}

/// The first of the two samples out of `side` that the position `at` of `count` lies between, and how far.
fn between(at: f32, count: usize, side: usize) -> (usize, f32) {
    let at = ((at + 0.5) * side as f32 / count as f32 - 0.5).clamp(0.0, (side - 1) as f32);
    let first = (at as usize).min(side.saturating_sub(2));
    (first, at - first as f32)
}

impl Planes {
    fn apply(&self, crop: &RgbImage, coarse: &Coarse, columns: &[Column]) -> AgedCrop {
        let (width, height) = (crop.width() as usize, crop.height() as usize);
        let mut picture = crop.clone();
        let mut mask = GrayImage::new(crop.width(), crop.height());
        let mut rows = vec![0f32; PLANES * self.side];
        let scale = [width, height].map(|length| length as f32 / coarse.side as f32);
        let out = picture.chunks_exact_mut(3 * width).zip(mask.chunks_exact_mut(width));
        for (y, (pixels, mask)) in out.enumerate() {
            self.row(y, height, &mut rows);
            let at = (y as f32 + 0.5) / height as f32;
            let (window, fade) = (window_at(at), fade_down(at));
            for (x, column) in columns.iter().enumerate() {
                let value = |plane: usize| {
                    let row = &rows[plane * self.side + column.first..][..2];
                    row[0] + (row[1] - row[0]) * column.far
                };
                let weight = value(3) * window * column.window;
                mask[x] = (weight * 255.0 + 0.5) as u8;
                if mask[x] == 0 {
                    continue;
                }
                let from = [
                    x as f32 + weight * value(4) * width as f32,
                    y as f32 + weight * value(5) * height as f32,
                ];
                let (fine, gain) = (sample(crop, from[0], from[1]), weight * (value(6) - 1.0));
                let smooth = coarse.at(from[0], from[1], scale);
                let line = weight * self.line_at(from, [width, height]);
                let shade = shade([0, 1, 2].map(value), smooth.map(|value| value / 127.5 - 1.0));
                let faded = 127.5 * weight * fade * column.fade;
                for (c, pixel) in pixels[3 * x..3 * x + 3].iter_mut().enumerate() {
                    let new = fine[c] + gain * (fine[c] - smooth[c]) + faded * shade[c];
                    let new = if line == 0.0 { new } else { new * (line * SHADOW[c]).exp() };
                    *pixel = (new + 0.5).clamp(0.0, 255.0) as u8;
                }
            }
        }
        AgedCrop { picture, mask }
    }

    /// The line at a point of a crop of this width and height.
    fn line_at(&self, [x, y]: [f32; 2], [width, height]: [usize; 2]) -> f32 {
        let Some(lines) = &self.lines else { return 0.0 };
        let ((x, right), (y, down)) = (between(x, width, self.side), between(y, height, self.side));
        let across = |y: usize| {
            let row = &lines[y * self.side + x..][..2];
            row[0] + (row[1] - row[0]) * right
        };
        let (upper, lower) = (across(y), across(y + 1));
        upper + (lower - upper) * down
    }

    /// Every plane on row `y` of a crop of `height`.
    fn row(&self, y: usize, height: usize, rows: &mut [f32]) {
        let (first, far) = between(y as f32, height, self.side);
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
