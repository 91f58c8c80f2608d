//! Refines masks to the crop's own resolution along the picture's edges.
//!
//! A guided filter (He, Sun and Tang, "Guided Image Filtering", 2013) in its fast form (He and Sun, "Fast
//! Guided Filter", 2015): around every pixel of the downsampled crop the mask is a linear function of the
//! colour; these functions are upsampled and applied to the colours of the crop itself, so that the mask
//! follows single strands.

use std::ops::Range;

use candle_core::{Result, bail};
use image::RgbImage;

use super::box_mean::box_mean_quads;
use super::network::{REGIONS_SIDE, SmallHead};
use crate::pixels::separate_channels;
use agemirror_kernels::simd::Quad;
use agemirror_kernels::widest;

/// Radius of the square in which a mask is a linear function of the colour, in pixels of the mask.
const RADIUS: usize = 3;
/// Regularisation: variances of colours in 0..1 below this do not bend a mask.
const EPSILON: f32 = 4e-4;
/// Mask values below this count as zero where no larger one is near.
const FAINT: f32 = 0.002;
/// Number of pixels of a downsampled crop.
const SIZE: usize = REGIONS_SIDE * REGIONS_SIDE;

/// The edges of one crop, for refining any number of masks.
pub struct EdgeGuide {
    /// Side of the crop, in pixels.
    side: usize,
    /// The crop's red, green and blue.
    colours: [Vec<u8>; 3],
    /// Red, green and blue of the downsampled crop, in 0..1, and 1.
    small: Vec<[f32; 4]>,
    /// Local means of red, green and blue, and 1.
    means: Vec<[f32; 4]>,
    /// Columns of the inverse covariance of the colours.
    inverse: Vec<[[f32; 4]; 3]>,
    /// Position of each column or row of the crop in the mask.
    taps: Vec<Tap>,
}

/// Two neighbouring pixels of the mask, and the interpolation weight of the second.
struct Tap {
    first: usize,
    second: usize,
    share: f32,
}

impl EdgeGuide {
    /// Analyses a square `crop`; of another shape, only its upper left square is used.
    pub fn new(crop: &RgbImage) -> Self {
        Self::with_small(crop, &SmallHead::by_width(crop))
    }

    /// [`new`](Self::new) with the downsampled crop.
    pub fn with_small(crop: &RgbImage, small: &SmallHead) -> Self {
        let side = crop.width().min(crop.height()) as usize;
        let colour = |channel: &u8| f32::from(*channel) / 255.0;
        let small: Vec<[f32; 4]> = small
            .0
            .as_raw()
            .chunks_exact(3)
            .map(|p| [colour(&p[0]), colour(&p[1]), colour(&p[2]), 1.0])
            .collect();
        let mean = |pixels: Vec<[f32; 4]>| box_mean_quads(&pixels, REGIONS_SIDE, RADIUS);
        let means = box_mean_quads(&small, REGIONS_SIDE, RADIUS);
        let reds = mean(small.iter().map(|[r, g, b, _]| [r * r, r * g, r * b, 0.0]).collect());
        let others = mean(small.iter().map(|[_, g, b, _]| [g * g, g * b, b * b, 0.0]).collect());
        let mut inverse = vec![[[0f32; 4]; 3]; means.len()];
        invert(&mut inverse, &means, &reds, &others);
        Self { side, colours: channels(crop, side), small, means, inverse, taps: taps(side) }
    }

    /// Side of the refined masks in pixels, equal to that of the crop.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Refines one mask ([`REGIONS_SIDE`] squared values in 0..=1, row by row) to the side of the crop, along
    /// its edges. Rows in which the mask is nearly zero, as are the rows around them, become zero.
    ///
    /// # Errors
    /// When the mask has another size.
    pub fn refine(&self, plane: &[f32]) -> Result<Vec<f32>> {
        if plane.len() != SIZE {
            bail!("a mask to refine must have {SIZE} values, not {}", plane.len());
        }
        let mut out = vec![0f32; self.side * self.side];
        let Some(rows) = rows_in_use(plane) else { return Ok(out) };
        let coefficients = self.coefficients(plane);
        let size = self.side.max(1);
        let mut wide: [Vec<f32>; 4] = std::array::from_fn(|_| vec![0f32; size * rows.len()]);
        for (row, y) in rows.clone().enumerate() {
            let to = wide.each_mut().map(|plane| &mut plane[row * size..(row + 1) * size]);
            widen(to, &coefficients[y * REGIONS_SIDE..(y + 1) * REGIONS_SIDE], &self.taps);
        }
        for (y, (to, tap)) in out.chunks_exact_mut(size).zip(&self.taps).enumerate() {
            if !rows.contains(&tap.first) || !rows.contains(&tap.second) {
                continue;
            }
            let row = |plane: usize, row: usize| &wide[plane][(row - rows.start) * size..][..size];
            let rows = [0, 1, 2, 3].map(|plane| [row(plane, tap.first), row(plane, tap.second)]);
            let colours = self.colours.each_ref().map(|plane| &plane[y * size..][..size]);
            apply_row(to, &rows, &colours, tap.share);
        }
        Ok(out)
    }

    /// The local coefficients of the mask as a linear function of the colour: three slopes and a constant.
    fn coefficients(&self, plane: &[f32]) -> Vec<[f32; 4]> {
        let products: Vec<[f32; 4]> =
            self.small.iter().zip(plane).map(|(colour, mask)| colour.map(|value| value * mask)).collect();
        let mut found = box_mean_quads(&products, REGIONS_SIDE, RADIUS);
        solve(&mut found, &self.means, &self.inverse);
        box_mean_quads(&found, REGIONS_SIDE, RADIUS)
    }
}

/// The rows of a mask that the refined mask depends on; `None` if all values are faint.
fn rows_in_use(plane: &[f32]) -> Option<Range<usize>> {
    let in_use = |row: &[f32]| row.iter().any(|share| *share > FAINT);
    let first = plane.chunks_exact(REGIONS_SIDE).position(in_use)?;
    let last = plane.chunks_exact(REGIONS_SIDE).rposition(in_use)?;
    // A value reaches as far as both means together.
    const REACH: usize = 2 * RADIUS + 1;
    Some(first.saturating_sub(REACH)..(last + REACH + 1).min(REGIONS_SIDE))
}

/// Red, green and blue of the upper left square of a picture.
fn channels(picture: &RgbImage, side: usize) -> [Vec<u8>; 3] {
    let [mut red, mut green, mut blue] = [(); 3].map(|()| vec![0u8; side * side]);
    let rows = picture.as_raw().chunks_exact((3 * picture.width() as usize).max(1));
    let targets = red.chunks_exact_mut(side.max(1)).zip(green.chunks_exact_mut(side.max(1)));
    let targets = targets.zip(blue.chunks_exact_mut(side.max(1)));
    for (((red, green), blue), row) in targets.zip(rows) {
        separate_channels(red, green, blue, row);
    }
    [red, green, blue]
}

fn taps(side: usize) -> Vec<Tap> {
    let ratio = REGIONS_SIDE as f32 / side.max(1) as f32;
    let last = REGIONS_SIDE - 1;
    let tap = |i: usize| {
        let at = ((i as f32 + 0.5) * ratio - 0.5).clamp(0.0, last as f32);
        let first = at as usize;
        Tap { first, second: (first + 1).min(last), share: at - first as f32 }
    };
    (0..side).map(tap).collect()
}

widest! {
    /// Inverts the covariances of the colours, after adding [`EPSILON`] to the variances. `reds` are the means of the
    /// products of red with red, green and blue; `others` of green with green, green with blue and blue with blue.
    fn invert(to: &mut [[[f32; 4]; 3]], means: &[[f32; 4]], reds: &[[f32; 4]], others: &[[f32; 4]]) {
        for (to, ((mean, reds), others)) in to.iter_mut().zip(means.iter().zip(reds).zip(others)) {
            let [r, g, b, _] = *mean;
            let (a, b_, c) = (reds[0] - r * r + EPSILON, reds[1] - r * g, reds[2] - r * b);
            let (d, e, f) = (others[0] - g * g + EPSILON, others[1] - g * b, others[2] - b * b + EPSILON);
            let (x, y, z) = (d * f - e * e, c * e - b_ * f, b_ * e - c * d);
            let scale = 1.0 / (a * x + b_ * y + c * z);
            let (gg, gb, bb) = (a * f - c * c, b_ * c - a * e, a * d - b_ * b_);
            *to = [[x, y, z, 0.0], [y, gg, gb, 0.0], [z, gb, bb, 0.0]].map(|column| column.map(|v| v * scale));
        }
    }
}

widest! {
    /// Turns the means of a mask's products with red, green, blue and 1 into slopes and a constant.
    fn solve(found: &mut [[f32; 4]], means: &[[f32; 4]], inverse: &[[[f32; 4]; 3]]) {
        for (found, (mean, inverse)) in found.iter_mut().zip(means.iter().zip(inverse)) {
            let (products, colours) = (Quad::new(found), Quad::new(mean));
            let mask = products.lane::<3>();
            let off = products - colours * mask;
            let [red, green, blue] = [Quad::new(&inverse[0]), Quad::new(&inverse[1]), Quad::new(&inverse[2])];
            let slopes = red * off.lane::<0>() + green * off.lane::<1>() + blue * off.lane::<2>();
            let constant = found[3] - (slopes * colours).sum();
            *found = slopes.to_array();
            found[3] = constant;
        }
    }
}

/// Scales slopes from colours in 0..1 to bytes.
const PER_BYTE: [f32; 4] = [1.0 / 255.0, 1.0 / 255.0, 1.0 / 255.0, 1.0];

widest! {
    /// Upsamples a row of coefficients to the crop's width, each to its own plane, with slopes per byte of colour.
    fn widen(to: [&mut [f32]; 4], from: &[[f32; 4]], taps: &[Tap]) {
        let [red, green, blue, constant] = to;
        let targets = red.iter_mut().zip(green).zip(blue).zip(constant).zip(taps);
        for ((((red, green), blue), constant), tap) in targets {
            let (Some(a), Some(b)) = (from.get(tap.first), from.get(tap.second)) else { continue };
            let value = Quad::new(a).mix(Quad::new(b), Quad::splat(tap.share)) * Quad::new(&PER_BYTE);
            [*red, *green, *blue, *constant] = value.to_array();
        }
    }
}

widest! {
    /// Computes one row of a refined mask; `rows` are the slopes and the constant above and below it.
    fn apply_row(to: &mut [f32], rows: &[[&[f32]; 2]; 4], colours: &[&[u8]; 3], share: f32) {
        let size = to.len();
        let [[r0, r1], [g0, g1], [b0, b1], [c0, c1]] = *rows;
        let (r0, r1, g0, g1) = (&r0[..size], &r1[..size], &g0[..size], &g1[..size]);
        let (b0, b1, c0, c1) = (&b0[..size], &b1[..size], &c0[..size], &c1[..size]);
        let [red, green, blue] = [&colours[0][..size], &colours[1][..size], &colours[2][..size]];
        for i in 0..size {
            let r = r0[i] + (r1[i] - r0[i]) * share;
            let g = g0[i] + (g1[i] - g0[i]) * share;
            let b = b0[i] + (b1[i] - b0[i]) * share;
            let c = c0[i] + (c1[i] - c0[i]) * share;
            let value = r * f32::from(red[i]) + g * f32::from(green[i]) + b * f32::from(blue[i]) + c;
            to[i] = value.clamp(0.0, 1.0);
        }
    }
}
