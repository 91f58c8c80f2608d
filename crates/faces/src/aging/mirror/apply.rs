//! Applies a change predicted at the network's size at the crop's own resolution.

use image::{GrayImage, RgbImage};
use rayon::prelude::*;

use super::appearance::HeadAppearance;
use super::change::window_at;
use super::change_pixels::{ChangePixel, ChangePixels};
use super::coarse::Coarse;
use super::face_window::FaceWindow;
use super::shade::{fade_across, fade_down, shade_quad};
use agemirror_kernels::simd::Quad;
use agemirror_kernels::widest;

/// A crop, or a rectangle of it.
pub(super) struct CropPart<'a> {
    pub picture: &'a RgbImage,
    /// Left and upper edge in the crop, in pixels.
    pub left: usize,
    pub top: usize,
}

impl<'a> CropPart<'a> {
    /// The whole crop.
    pub(super) fn whole(crop: &'a RgbImage) -> Self {
        Self { picture: crop, left: 0, top: 0 }
    }
}

/// The input of [`apply_to_crop`].
pub(super) struct Canvas<'a> {
    /// What is aged of the crop. It has a margin around the part that the network sees, as wide as pixels move.
    pub part: CropPart<'a>,
    /// The part of the crop that the network sees.
    pub window: FaceWindow,
    /// The crop's low frequencies there.
    pub coarse: &'a Coarse,
    /// What else age changes on the head, and the current age in years.
    pub appearance: Option<(&'a HeadAppearance, f32)>,
}

/// Applies the change for each of `ages` (years) to the canvas's part of the crop.
pub(super) fn apply_to_crop(canvas: &Canvas, ages: &[f32], changes: &[ChangePixels]) -> Vec<RgbImage> {
    let window = canvas.window.within(canvas.part.left, canvas.part.top);
    let side = changes.first().map_or(1, |change| change.side);
    let columns = columns(window, canvas.part.picture.width(), side);
    let aged = changes.par_iter().zip(ages).map(|(change, age)| {
        let (picture, network_weight) = match canvas.appearance {
            Some((appearance, current_age)) => appearance.recoloured(&canvas.part, current_age, *age),
            None => (canvas.part.picture.clone(), Vec::new()),
        };
        change.apply(window, canvas.coarse, picture, &network_weight, &columns)
    });
    aged.collect()
}

/// 255 where two pictures of the same size differ, else 0.
pub(super) fn difference(a: &RgbImage, b: &RgbImage) -> GrayImage {
    let mut mask = GrayImage::new(a.width(), a.height());
    mark_differences(&mut mask, a, b);
    mask
}

widest! {
    fn mark_differences(mask: &mut [u8], a: &[u8], b: &[u8]) {
        for ((mask, a), b) in mask.iter_mut().zip(a.chunks_exact(3)).zip(b.chunks_exact(3)) {
            let off = (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]);
            *mask = if off == 0 { 0 } else { 255 };
        }
    }
}

/// Distance, in pixels, of clamped positions from the last pixel of a row or column, so that the pixels to their right
/// and below exist; the interpolation is off by less than a thousandth.
const BELOW_LAST: f32 = 1e-3;

/// Values that are the same in every row of one column of the picture.
struct Column {
    /// Index of the column in the picture.
    x: usize,
    /// First of the two columns of the change that surround it, and the fraction towards the second.
    first: usize,
    weight: f32,
    window: f32,
    fade: f32,
}

/// The columns of a picture of `length` columns that the network sees, for a change `side` columns wide.
fn columns(window: FaceWindow, length: u32, side: usize) -> Vec<Column> {
    let FaceWindow { left, side: width, .. } = window;
    let column = |x: usize| {
        let at = (x as f32 + 0.5 - left) / width;
        let (first, weight) = between(at, side);
        Column { x, first, weight, window: window_at(at), fade: fade_across(at) }
    };
    pixels_between(left, width, length).map(column).collect()
}

/// The pixels, out of `length`, whose centres are between `first` and `first + width`.
fn pixels_between(first: f32, width: f32, length: u32) -> std::ops::Range<usize> {
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

impl ChangePixels {
    /// Applies the change to `from`, the recoloured picture, of which the network sees the part `window`.
    fn apply(
        &self,
        window: FaceWindow,
        coarse: &Coarse,
        from: RgbImage,
        network_weight: &[u8],
        columns: &[Column],
    ) -> RgbImage {
        let FaceWindow { left, top, side } = window;
        let width = from.width() as usize;
        let mut source = Vec::with_capacity(from.as_raw().len() + PAIR_BYTES);
        source.extend_from_slice(from.as_raw());
        source.extend([0; PAIR_BYTES]);
        let mut picture = from;
        let scale = coarse.side as f32 / side;
        let last = |side: usize| ((side.max(1) - 1) as f32 - BELOW_LAST).max(0.0);
        let job = RowJob {
            source: &source,
            width,
            network_weight,
            coarse,
            columns,
            scale: [side, side, side * scale, side * scale],
            last: [last(width), last(picture.height() as usize), last(coarse.side), last(coarse.side)],
            coarse_left: (0.5 - left) * scale - 0.5,
            coarse_step: scale,
        };
        let mut changes = vec![[0f32; 8]; self.side];
        for y in pixels_between(top, side, picture.height()) {
            let at = (y as f32 + 0.5 - top) / side;
            let (first, share) = between(at, self.side);
            let (upper, lower) = self.pixels[first * self.side..].split_at(self.side);
            interpolate_rows(&mut changes, upper, &lower[..self.side], share);
            let at = RowAt {
                y: y as f32,
                coarse_y: (y as f32 + 0.5 - top) * scale - 0.5,
                window: window_at(at),
                fade: 127.5 * fade_down(at),
            };
            let row = &mut picture.as_mut()[3 * width * y..3 * width * (y + 1)];
            shade_row(row, &changes, &job, &at);
        }
        picture
    }
}

widest! {
    fn interpolate_rows(to: &mut [ChangePixel], upper: &[ChangePixel], lower: &[ChangePixel], share: f32) {
        let rows = upper.as_flattened().iter().zip(lower.as_flattened());
        for (to, (a, b)) in to.as_flattened_mut().iter_mut().zip(rows) {
            *to = a + (b - a) * share;
        }
    }
}

/// What all rows of one age share.
struct RowJob<'a> {
    /// The recoloured picture, and [`PAIR_BYTES`] bytes more.
    source: &'a [u8],
    /// Its width in pixels.
    width: usize,
    /// Weight of the network's colours at each pixel, of 255; empty for 255 everywhere.
    network_weight: &'a [u8],
    coarse: &'a Coarse,
    columns: &'a [Column],
    /// Pixels per unit of flow: in the picture (x, y), and in the coarse picture (x, y).
    scale: [f32; 4],
    /// Largest positions, in the same order.
    last: [f32; 4],
    /// Position of the picture's first column in the coarse picture, and the distance between columns there.
    coarse_left: f32,
    coarse_step: f32,
}

/// What all pixels of one row share.
struct RowAt {
    y: f32,
    /// Position of the row in the coarse picture.
    coarse_y: f32,
    window: f32,
    fade: f32,
}

widest! {
    /// Changes one row of the picture: fetches each pixel from where the flow points, scales its fine detail and adds the
    /// shaded residual. `changes` is a row of the change.
    fn shade_row(row: &mut [u8], changes: &[ChangePixel], job: &RowJob, at: &RowAt) {
        let (scale, last) = (Quad::new(&job.scale), Quad::new(&job.last));
        for column in job.columns {
            let Some([left, right]) = changes.get(column.first..column.first + 2) else { continue };
            let share = Quad::splat(column.weight);
            let bend = second_half(left).mix(second_half(right), share);
            let [mask, gain, ..] = bend.to_array();
            let weight = mask * at.window * column.window;
            if weight < 1.0 / 510.0 {
                continue;
            }
            let x = column.x as f32;
            let here = Quad::new(&[x, at.y, job.coarse_left + x * job.coarse_step, at.coarse_y]);
            let moved = here + bend.last_two_twice() * scale * Quad::splat(weight);
            let (whole, fraction) = moved.max(Quad::splat(0.0)).min(last).split();
            let index = whole[1] as usize * job.width + whole[0] as usize;
            let upper = pixel_pair(job.source, 3 * index);
            let lower = pixel_pair(job.source, 3 * (index + job.width));
            let fine = bilinear([upper, lower], fraction.lane::<0>(), fraction.lane::<1>());
            let index_in_coarse = whole[3] as usize * job.coarse.side + whole[2] as usize;
            let upper = coarse_pair(job.coarse, index_in_coarse);
            let lower = coarse_pair(job.coarse, index_in_coarse + job.coarse.side);
            let smooth = bilinear([upper, lower], fraction.lane::<2>(), fraction.lane::<3>());
            let network_weight = job.network_weight.get(index).map_or(1.0, |weight| f32::from(*weight) / 255.0);
            let weight = network_weight * weight;
            let own = first_half(left).mix(first_half(right), share);
            let shade = shade_quad(own, smooth);
            let new = fine
                + (fine - smooth) * Quad::splat(weight * gain)
                + shade * Quad::splat(weight * at.fade * column.fade);
            let new = new.to_bytes();
            if let Some(pixel) = row.get_mut(3 * column.x..3 * column.x + 3) {
                pixel.copy_from_slice(&new[..3]);
            }
        }
    }
}

#[inline(always)]
fn first_half([a, b, c, d, ..]: &ChangePixel) -> Quad {
    Quad::new(&[*a, *b, *c, *d])
}

#[inline(always)]
fn second_half([.., a, b, c, d]: &ChangePixel) -> Quad {
    Quad::new(&[*a, *b, *c, *d])
}

/// Interpolates between the upper two and the lower two values.
#[inline(always)]
pub(super) fn bilinear([[a, b], [c, d]]: [[Quad; 2]; 2], x: Quad, y: Quad) -> Quad {
    a.mix(b, x).mix(c.mix(d, x), y)
}

/// Bytes that are read for two neighbouring pixels, each as four bytes.
pub(super) const PAIR_BYTES: usize = 8;

/// The pixel that starts at byte `at` and the next one; their fourth values mean nothing. Pixels beyond the picture are
/// black; they have no weight.
#[inline(always)]
pub(super) fn pixel_pair(bytes: &[u8], at: usize) -> [Quad; 2] {
    let bytes: &[u8; PAIR_BYTES] =
        bytes.get(at..).and_then(|bytes| bytes.first_chunk()).unwrap_or(&[0; PAIR_BYTES]);
    let [a, b, c, d, e, f, g, _] = *bytes;
    [Quad::from_bytes([a, b, c, d]), Quad::from_bytes([d, e, f, g])]
}

/// A pixel of the coarse picture and the next one.
#[inline(always)]
fn coarse_pair(coarse: &Coarse, at: usize) -> [Quad; 2] {
    match coarse.pixels.get(at..at + 2) {
        Some([left, right]) => [Quad::new(left), Quad::new(right)],
        // Only the last pixel of the picture has no next one; it has no weight.
        _ => [coarse.pixels.get(at).map_or(Quad::splat(0.0), Quad::new); 2],
    }
}
