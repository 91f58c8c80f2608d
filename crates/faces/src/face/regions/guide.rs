//! Refines masks to the crop's own resolution along the picture's edges.
//!
//! A guided filter (He, Sun and Tang, "Guided Image Filtering", 2013) in its fast form (He and Sun, "Fast
//! Guided Filter", 2015): around every pixel of the downsampled crop the mask is a linear function of the
//! colour; these functions are upsampled and applied to the colours of the crop itself, so that the mask
//! follows single strands.

use candle_core::{Result, bail};
use image::RgbImage;

use super::box_mean::box_mean;
use super::network::{REGIONS_SIDE, shrunk};
use agemirror_kernels::widest;

/// Radius of the square in which a mask is a linear function of the colour, in pixels of the mask.
const RADIUS: usize = 3;
/// Regularisation: variances of colours in 0..1 below this do not bend a mask.
const EPSILON: f32 = 4e-4;
/// Number of colour channels.
const COLOURS: usize = 3;
/// Number of pixels of a downsampled crop.
const SIZE: usize = REGIONS_SIDE * REGIONS_SIDE;

/// The edges of one crop, for refining any number of masks.
pub struct EdgeGuide {
    /// Side of the crop, in pixels.
    side: usize,
    /// The crop's red, green and blue, in 0..1.
    colours: [Vec<f32>; COLOURS],
    /// The same for the downsampled crop.
    small: [Vec<f32>; COLOURS],
    /// Their local means.
    means: [Vec<f32>; COLOURS],
    /// Inverse covariances: red-red, red-green, red-blue, green-green, green-blue, blue-blue.
    inverse: [Vec<f32>; 6],
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
        let side = crop.width().min(crop.height()) as usize;
        let small = planes(&shrunk(crop, REGIONS_SIDE), REGIONS_SIDE);
        let means = [0, 1, 2].map(|c: usize| box_mean(&small[c], REGIONS_SIDE, RADIUS));
        let covariance = |a: usize, b: usize| {
            let products: Vec<f32> = small[a].iter().zip(&small[b]).map(|(a, b)| a * b).collect();
            let mut products = box_mean(&products, REGIONS_SIDE, RADIUS);
            for ((value, a), b) in products.iter_mut().zip(&means[a]).zip(&means[b]) {
                *value -= a * b;
            }
            products
        };
        let mut inverse =
            [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)].map(|(a, b): (usize, usize)| covariance(a, b));
        invert(&mut inverse);
        Self { side, colours: planes(crop, side), small, means, inverse, taps: taps(side) }
    }

    /// Side of the refined masks in pixels, equal to that of the crop.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Refines one mask ([`REGIONS_SIDE`] squared values in 0..=1, row by row) to the side of the crop, along
    /// its edges.
    ///
    /// # Errors
    /// When the mask has another size.
    pub fn refine(&self, plane: &[f32]) -> Result<Vec<f32>> {
        if plane.len() != SIZE {
            bail!("a mask to refine must have {SIZE} values, not {}", plane.len());
        }
        let wide = self.coefficients(plane).map(|coefficient| self.widen(&coefficient));
        let mut out = vec![0f32; self.side * self.side];
        let size = self.side.max(1);
        for (y, (to, tap)) in out.chunks_exact_mut(size).zip(&self.taps).enumerate() {
            let row = |plane: usize, row: usize| &wide[plane][row * size..][..size];
            let rows = [0, 1, 2, 3].map(|plane| [row(plane, tap.first), row(plane, tap.second)]);
            let colours = [0, 1, 2].map(|c: usize| &self.colours[c][y * size..][..size]);
            apply_row(to, &rows, &colours, tap.share);
        }
        Ok(out)
    }

    /// The local coefficients of the mask as a linear function of the colour: three slopes and a constant.
    fn coefficients(&self, plane: &[f32]) -> [Vec<f32>; COLOURS + 1] {
        let mean = box_mean(plane, REGIONS_SIDE, RADIUS);
        let products = [0, 1, 2].map(|c: usize| {
            let products: Vec<f32> = self.small[c].iter().zip(plane).map(|(a, b)| a * b).collect();
            box_mean(&products, REGIONS_SIDE, RADIUS)
        });
        let mut found: [Vec<f32>; COLOURS + 1] = std::array::from_fn(|_| vec![0f32; SIZE]);
        solve(&mut found, &mean, &products, &self.means, &self.inverse);
        found.map(|plane| box_mean(&plane, REGIONS_SIDE, RADIUS))
    }

    /// Upsamples the rows of a plane to the crop's width.
    fn widen(&self, plane: &[f32]) -> Vec<f32> {
        let mut wide = Vec::with_capacity(REGIONS_SIDE * self.side);
        for row in plane.chunks_exact(REGIONS_SIDE) {
            wide.extend(
                self.taps.iter().map(|tap| row[tap.first] + (row[tap.second] - row[tap.first]) * tap.share),
            );
        }
        wide
    }
}

/// Red, green and blue of the upper left square of a picture, in 0..1.
fn planes(picture: &RgbImage, side: usize) -> [Vec<f32>; COLOURS] {
    let width = picture.width() as usize;
    [0, 1, 2].map(|channel: usize| {
        let mut plane = Vec::with_capacity(side * side);
        for row in picture.as_raw().chunks_exact((3 * width).max(1)).take(side) {
            plane.extend(row.chunks_exact(3).take(side).map(|pixel| f32::from(pixel[channel]) / 255.0));
        }
        plane
    })
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
    /// Inverts covariances in place, after adding [`EPSILON`] to the variances.
    fn invert(planes: &mut [Vec<f32>; 6]) {
        let [rr, rg, rb, gg, gb, bb] = planes;
        let size = rr.len();
        let (rr, rg, rb) = (&mut rr[..size], &mut rg[..size], &mut rb[..size]);
        let (gg, gb, bb) = (&mut gg[..size], &mut gb[..size], &mut bb[..size]);
        for i in 0..size {
            let (a, b, c) = (rr[i] + EPSILON, rg[i], rb[i]);
            let (d, e, f) = (gg[i] + EPSILON, gb[i], bb[i] + EPSILON);
            let (x, y, z) = (d * f - e * e, c * e - b * f, b * e - c * d);
            let scale = 1.0 / (a * x + b * y + c * z);
            rr[i] = x * scale;
            rg[i] = y * scale;
            rb[i] = z * scale;
            gg[i] = (a * f - c * c) * scale;
            gb[i] = (b * c - a * e) * scale;
            bb[i] = (a * d - b * b) * scale;
        }
    }
}

widest! {
    /// Slopes and constants from the mask's means, its products with the colours, and the colours'
    /// statistics.
    fn solve(
        found: &mut [Vec<f32>; 4],
        mean: &[f32],
        products: &[Vec<f32>; 3],
        means: &[Vec<f32>; 3],
        inverse: &[Vec<f32>; 6],
    ) {
        let size = mean.len();
        let [red, green, blue, constant] = found;
        let (red, green, blue) = (&mut red[..size], &mut green[..size], &mut blue[..size]);
        let constant = &mut constant[..size];
        let [pr, pg, pb] = [&products[0][..size], &products[1][..size], &products[2][..size]];
        let [mr, mg, mb] = [&means[0][..size], &means[1][..size], &means[2][..size]];
        let [rr, rg, rb] = [&inverse[0][..size], &inverse[1][..size], &inverse[2][..size]];
        let [gg, gb, bb] = [&inverse[3][..size], &inverse[4][..size], &inverse[5][..size]];
        for i in 0..size {
            let (x, y, z) = (pr[i] - mr[i] * mean[i], pg[i] - mg[i] * mean[i], pb[i] - mb[i] * mean[i]);
            let (r, g, b) = (
                rr[i] * x + rg[i] * y + rb[i] * z,
                rg[i] * x + gg[i] * y + gb[i] * z,
                rb[i] * x + gb[i] * y + bb[i] * z,
            );
            red[i] = r;
            green[i] = g;
            blue[i] = b;
            constant[i] = mean[i] - r * mr[i] - g * mg[i] - b * mb[i];
        }
    }
}

widest! {
    /// Computes one row of a refined mask; `rows` are the slopes and the constant above and below it.
    fn apply_row(to: &mut [f32], rows: &[[&[f32]; 2]; 4], colours: &[&[f32]; 3], share: f32) {
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
            to[i] = (r * red[i] + g * green[i] + b * blue[i] + c).clamp(0.0, 1.0);
        }
    }
}
