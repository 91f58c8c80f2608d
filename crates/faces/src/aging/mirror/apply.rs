//! Applies a change predicted at the network's size at the crop's own resolution.

use candle_core::Tensor;
use image::{GrayImage, RgbImage};
use rayon::prelude::*;

use super::appearance::HeadAppearance;
use super::change::window_at;
use super::network::Change;
use super::shade::{fade_across, fade_down, shade};
use crate::aging::model::{AgedCrop, AgingError};
use crate::face::Similarity;
use agemirror_kernels::down2;

/// Channels of a change: red, green, blue, mask, flow in x, flow in y, gain.
const PLANES: usize = 7;

/// The square of a crop that the network sees, in pixels of the crop.
#[derive(Clone, Copy)]
pub(super) struct FaceWindow {
    pub left: f32,
    pub top: f32,
    pub side: f32,
}

impl FaceWindow {
    /// The transform from pixels of the crop to pixels of the network's input of `side` pixels.
    pub(super) fn to_input(self, side: u32) -> Similarity {
        let scale = side as f32 / self.side.max(1.0);
        Similarity { a: scale, b: 0.0, tx: -scale * self.left, ty: -scale * self.top }
    }
}

/// The input of [`apply_to_crop`].
pub(super) struct Canvas<'a> {
    /// The crop.
    pub crop: &'a RgbImage,
    /// The part that the network sees.
    pub window: FaceWindow,
    /// The network's input: (1, 3, side, side).
    pub small: &'a Tensor,
    /// What else age changes on the head, and the current age in years.
    pub appearance: Option<(&'a HeadAppearance, f32)>,
}

/// The change for one age: [`PLANES`] planes of `side` squared values.
struct Planes<'a> {
    values: &'a [f32],
    side: usize,
}

/// Applies the change for each of `ages` (years) to the crop.
pub(super) fn apply_to_crop(
    canvas: &Canvas,
    ages: &[f32],
    change: &Change,
) -> Result<Vec<AgedCrop>, AgingError> {
    let all = Tensor::cat(&[&change.residual, &change.mask, &change.flow, &change.gain], 1)?;
    let side = all.dim(2)?;
    let values = all.flatten_all()?.to_vec1::<f32>()?;
    let coarse = Coarse::of(canvas.small)?;
    let columns = columns(canvas, side);
    let planes = values.par_chunks_exact(PLANES * side * side).zip(ages);
    let aged = planes.map(|(values, age)| {
        let picture = match canvas.appearance {
            Some((appearance, present)) => appearance.recoloured(canvas.crop, present, *age),
            None => canvas.crop.clone(),
        };
        let picture = Planes { values, side }.apply(canvas, picture, &coarse, &columns);
        AgedCrop { mask: difference(canvas.crop, &picture), picture }
    });
    Ok(aged.collect())
}

/// 255 where two pictures of the same size differ, else 0.
fn difference(a: &RgbImage, b: &RgbImage) -> GrayImage {
    let mut mask = GrayImage::new(a.width(), a.height());
    let pixels = a.as_raw().chunks_exact(3).zip(b.as_raw().chunks_exact(3));
    mask.iter_mut().zip(pixels).for_each(|(mask, (a, b))| *mask = if a == b { 0 } else { 255 });
    mask
}

/// The low frequencies of the crop at half the network's size, interpolated bilinearly.
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

    /// Colour at a point given in pixels of a crop that is `scale` times larger.
    fn at(&self, x: f32, y: f32, scale: [f32; 2]) -> [f32; 3] {
        let last = (self.side - 1) as f32;
        let position = |v: f32, scale: f32| ((v + 0.5) / scale - 0.5).clamp(0.0, last);
        let (x, y) = (position(x, scale[0]), position(y, scale[1]));
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

/// Values that are the same in every row of one column of the crop.
struct Column {
    /// Index of the column in the crop.
    x: usize,
    /// First of the two columns of the change that surround it, and the fraction towards the second.
    first: usize,
    weight: f32,
    window: f32,
    fade: f32,
}

/// The columns of the crop that the network sees, for a change `side` columns wide.
fn columns(canvas: &Canvas, side: usize) -> Vec<Column> {
    let FaceWindow { left, side: width, .. } = canvas.window;
    let column = |x: usize| {
        let at = (x as f32 + 0.5 - left) / width;
        let (first, weight) = between(at, side);
        Column { x, first, weight, window: window_at(at), fade: fade_across(at) }
    };
    pixels(left, width, canvas.crop.width()).map(column).collect()
}

/// The pixels, out of `length`, whose centres are inside the window.
fn pixels(first: f32, width: f32, length: u32) -> std::ops::Range<usize> {
    let bound = |at: f32| (at - 0.5).ceil().clamp(0.0, length as f32) as usize;
    bound(first)..bound(first + width)
}

/// First of the two samples out of `side` that surround the point `at` (0..=1), and the fraction towards the
/// second.
fn between(at: f32, side: usize) -> (usize, f32) {
    let at = (at * side as f32 - 0.5).clamp(0.0, (side - 1) as f32);
    let first = (at as usize).min(side.saturating_sub(2));
    (first, at - first as f32)
}

impl Planes<'_> {
    /// Applies the change to `from`, the recoloured crop.
    fn apply(&self, canvas: &Canvas, from: RgbImage, coarse: &Coarse, columns: &[Column]) -> RgbImage {
        let FaceWindow { left, top, side } = canvas.window;
        let width = from.width() as usize;
        let mut picture = from.clone();
        let mut rows = vec![0f32; PLANES * self.side];
        let scale = [side / coarse.side as f32; 2];
        for y in pixels(top, side, from.height()) {
            let at = (y as f32 + 0.5 - top) / side;
            self.row(at, &mut rows);
            let (window, fade) = (window_at(at), fade_down(at));
            let row = &mut picture.as_mut()[3 * width * y..3 * width * (y + 1)];
            for column in columns {
                let value = |plane: usize| {
                    let row = &rows[plane * self.side + column.first..][..2];
                    row[0] + (row[1] - row[0]) * column.weight
                };
                let weight = value(3) * window * column.window;
                if weight < 1.0 / 510.0 {
                    continue;
                }
                let at = [column.x as f32 + weight * value(4) * side, y as f32 + weight * value(5) * side];
                let fine = sample(&from, at[0], at[1]);
                let network_weight =
                    canvas.appearance.map_or(1.0, |(appearance, _)| appearance.network_weight(at[0], at[1]));
                let gain = network_weight * weight * (value(6) - 1.0);
                let smooth = coarse.at(at[0] - left, at[1] - top, scale);
                let shade = shade([0, 1, 2].map(value), smooth.map(|value| value / 127.5 - 1.0));
                let faded = 127.5 * network_weight * weight * fade * column.fade;
                for (c, pixel) in row[3 * column.x..3 * column.x + 3].iter_mut().enumerate() {
                    let new = fine[c] + gain * (fine[c] - smooth[c]) + faded * shade[c];
                    *pixel = (new + 0.5).clamp(0.0, 255.0) as u8;
                }
            }
        }
        picture
    }

    /// Interpolates every plane at the row `at` (0..=1).
    fn row(&self, at: f32, rows: &mut [f32]) {
        let (first, weight) = between(at, self.side);
        let size = self.side * self.side;
        for (row, plane) in rows.chunks_exact_mut(self.side).zip(self.values.chunks_exact(size)) {
            let (upper, lower) = plane[first * self.side..(first + 2) * self.side].split_at(self.side);
            for ((to, a), b) in row.iter_mut().zip(upper).zip(lower) {
                *to = a + (b - a) * weight;
            }
        }
    }
}

/// Samples a picture bilinearly, clamping to its edges: 0..=255. Integer coordinates are pixel centres.
pub fn sample(crop: &RgbImage, x: f32, y: f32) -> [f32; 3] {
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
