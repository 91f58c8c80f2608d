//! Moves the pixels of a hairline, row by row.

use std::ops::Range;

use image::RgbImage;

use super::super::rows::{PixelRows, byte};
use super::thinning::scalp_share;
use crate::aging::mirror::apply::{PAIR_BYTES, bilinear, pixel_pair};
use crate::interpolation::smooth_step_between;
use agemirror_kernels::simd::Quad;
use agemirror_kernels::widest;

/// Coverage by hair from which it hides the scalp in part, and fully.
const THICK: [f32; 2] = [0.45, 1.0];
/// Shift, in eye distances, from which the scalp is fully shown.
const SHOWN: f32 = 0.15;
/// Shifts below this many pixels are left out.
pub(crate) const FAINT: f32 = 0.05;

/// The part of a crop in which a hairline moves.
pub(crate) struct MovedPart<'a> {
    pub picture: &'a mut RgbImage,
    /// Weight of the network's colours at each pixel, of 255.
    pub weights: &'a mut [u8],
    /// Left and upper edge in the crop, in pixels.
    pub at: [usize; 2],
    /// How much the hair thins out, 0..=1.
    pub thinning: f32,
}

/// Which way a hairline moves, and how far.
pub(super) struct Shift {
    /// Direction towards where each pixel was before, of length 1.
    pub towards: [f32; 2],
    /// Largest shift, in eye distances, and the same in pixels of the crop.
    pub reach: f32,
    pub reach_px: f32,
    /// Fraction of the hair on top that is lost.
    pub lost: f32,
}

/// What all pixels of a hairline that moves share.
pub(super) struct Move<'a> {
    rows: &'a PixelRows,
    /// A part of the picture before, and [`PAIR_BYTES`] bytes more.
    picture: Vec<u8>,
    /// The weights of the network's colours before, and those of one row and one pixel more.
    weights: Vec<u8>,
    /// Left and upper edge of that part in the crop, and its width, in pixels.
    left: usize,
    top: usize,
    width: usize,
    /// Smallest and largest positions in the crop that can be read: x, y.
    bounds: [Quad; 2],
    shift: Shift,
}

/// One row of pixels that move.
pub(super) struct MovedRow<'a> {
    pub pixels: &'a mut [u8],
    pub weights: &'a mut [u8],
    /// Shift of each pixel as a fraction of the largest.
    pub shifts: &'a [f32],
    /// Where the scalp is shown, 0..=1.
    pub bare: &'a [f32],
    /// Red, green and blue of the scalp.
    pub scalp: [&'a [u8]; 3],
    /// Column of the crop at which the row starts.
    pub first: usize,
}

/// Values of the pixels of one row, each fetched from where it was before the hairline moved.
pub(super) struct Fetched {
    /// Red, green and blue.
    colours: Vec<[f32; 4]>,
    /// Coverage by hair, of 255.
    hair: Vec<f32>,
    /// The loss at which it falls out, in steps.
    falls_at: Vec<f32>,
    /// Share of the scalp, 0..=1.
    shares: Vec<f32>,
}

impl Fetched {
    /// For rows of `length` pixels.
    pub(crate) fn new(length: usize) -> Self {
        let row = || vec![0.0; length];
        Self { colours: vec![[0.0; 4]; length], hair: row(), falls_at: row(), shares: row() }
    }
}

impl<'a> Move<'a> {
    /// Keeps what is read to move the rows `lines` of the crop.
    pub(crate) fn of(moved: &MovedPart, rows: &'a PixelRows, lines: &Range<usize>, shift: Shift) -> Self {
        let [width, height] = [moved.picture.width(), moved.picture.height()].map(|length| length as usize);
        let ([left, first], margin) = (moved.at, shift.reach_px.ceil() as usize + 1);
        let top = lines.start.saturating_sub(margin).max(first);
        let end = (lines.end + margin).min(first + height);
        let part = width * (top - first)..width * (end - first);
        let mut picture = moved.picture.as_raw()[3 * part.start..3 * part.end].to_vec();
        picture.extend([0; PAIR_BYTES]);
        let mut weights = moved.weights[part].to_vec();
        weights.resize(weights.len() + width + 1, 0);
        let bounds = [[left, top], [left + width - 1, end - 1]];
        let bounds = bounds.map(|[x, y]| Quad::new(&[x as f32, y as f32, 0.0, 0.0]));
        Self { rows, picture, weights, left, top, width, bounds, shift }
    }

    /// Moves the pixels of row `y`.
    pub(crate) fn draw(&self, row: &mut MovedRow, y: usize, fetched: &mut Fetched) {
        fetch(fetched, row, y, self);
        let Fetched { colours, hair, falls_at, shares } = fetched;
        fill_shares(shares, [row.bare, row.shifts, hair, falls_at], self.shift.reach, self.shift.lost);
        write_pixels(row, colours, shares, self.shift.reach_px);
    }

    /// The coverage by hair, the loss at which it falls out, and the weight of the network's colours at a pixel of the
    /// crop, whose weight has the given index, and at its right and lower neighbours.
    #[inline(always)]
    fn hair_and_weights(&self, [x, y]: [usize; 2], index: usize) -> [[Quad; 2]; 2] {
        let last = self.rows.side() - 1;
        let next = usize::from(x < last);
        [0, 1].map(|below| {
            let [alpha, falls_at] = self.rows.hair_and_loss((y + below).min(last));
            let weights = &self.weights[index + below * self.width..];
            [0, next]
                .map(|right| Quad::from_bytes([alpha[x + right], falls_at[x + right], weights[right], 0]))
        })
    }
}

widest! {
    /// Fetches each pixel that moves from where it was, and moves the weights.
    fn fetch(to: &mut Fetched, row: &mut MovedRow, y: usize, job: &Move) {
        let Shift { towards: [towards_x, towards_y], reach_px, .. } = job.shift;
        let fetched = to.colours.iter_mut().zip(&mut to.hair).zip(&mut to.falls_at);
        let moved = row.weights.iter_mut().zip(row.shifts).zip(fetched).enumerate();
        for (x, ((weight, relative), ((colour, hair), falls_at))) in moved {
            let shift = reach_px * relative;
            if shift <= FAINT {
                continue;
            }
            let at = [(row.first + x) as f32 + shift * towards_x, y as f32 + shift * towards_y, 0.0, 0.0];
            let (whole, fraction) = Quad::new(&at).max(job.bounds[0]).min(job.bounds[1]).split();
            let (across, down) = (fraction.lane::<0>(), fraction.lane::<1>());
            let [x, y] = [whole[0] as usize, whole[1] as usize];
            let index = (y - job.top) * job.width + x - job.left;
            let colours = [index, index + job.width].map(|index| pixel_pair(&job.picture, 3 * index));
            *colour = bilinear(colours, across, down).to_array();
            let moved_weight;
            let hair_and_weights = bilinear(job.hair_and_weights([x, y], index), across, down);
            [*hair, *falls_at, moved_weight, _] = hair_and_weights.to_array();
            *weight = byte(moved_weight);
        }
    }
}

widest! {
    /// Writes the share of the scalp in each pixel that moves.
    fn fill_shares(to: &mut [f32], planes: [&[f32]; 4], reach: f32, lost: f32) {
        let size = to.len();
        let [bare, shifts, hair, falls_at] = planes.map(|plane| &plane[..size]);
        for i in 0..size {
            let hair = smooth_step_between(THICK, hair[i] / 255.0) * (1.0 - scalp_share(falls_at[i], lost));
            to[i] = bare[i] * smooth_step_between([0.0, SHOWN], reach * shifts[i]) * (1.0 - hair);
        }
    }
}

widest! {
    /// Writes the pixels that move.
    fn write_pixels(row: &mut MovedRow, colours: &[[f32; 4]], shares: &[f32], reach_px: f32) {
        let [red, green, blue] = row.scalp;
        let scalp = red.iter().zip(green).zip(blue).zip(shares);
        let moved = row.pixels.chunks_exact_mut(3).zip(row.shifts).zip(colours).zip(scalp);
        for (((pixel, relative), own), (((red, green), blue), share)) in moved {
            if reach_px * relative > FAINT {
                let scalp = Quad::from_bytes([*red, *green, *blue, 0]);
                let shown = Quad::new(own).mix(scalp, Quad::splat(*share));
                pixel.copy_from_slice(&shown.to_bytes()[..3]);
            }
        }
    }
}
