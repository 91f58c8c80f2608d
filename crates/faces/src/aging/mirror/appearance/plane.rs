//! Square planes of values with low-resolution blurs and bilinear reads.

use crate::interpolation::centre;
use agemirror_kernels::widest;

/// A square plane of values.
#[derive(Clone)]
pub struct Plane {
    /// Side in pixels.
    pub side: usize,
    /// Values, row by row.
    pub values: Vec<f32>,
}

impl Plane {
    /// Wraps `side` squared values.
    pub fn new(side: usize, values: Vec<f32>) -> Self {
        debug_assert_eq!(values.len(), side * side);
        Self { side, values }
    }

    /// Combines the values with those of `other`, which has the same side.
    pub fn zip(&self, other: &Self, combine: impl Fn(f32, f32) -> f32) -> Self {
        let values = self.values.iter().zip(&other.values).map(|(a, b)| combine(*a, *b)).collect();
        Self { side: self.side, values }
    }

    /// Maps each value.
    pub fn map(&self, change: impl Fn(f32) -> f32) -> Self {
        Self { side: self.side, values: self.values.iter().map(|value| change(*value)).collect() }
    }

    /// Approximates a Gaussian blur of standard deviation `sigma` (pixels) by two box filters per direction,
    /// clamping at the edges.
    pub fn blurred(&self, sigma: f32) -> Self {
        self.box_blurred(blur_radius(sigma))
    }

    /// Two box filters of `radius` (pixels) per direction, clamping at the edges.
    pub fn box_blurred(&self, radius: usize) -> Self {
        let [blurred] = box_blurred([&self.values], self.side, radius);
        Self { side: self.side, values: blurred }
    }

    /// Blurs this plane within `weight`; see the function `blurred_within`.
    pub fn blurred_within(&self, weight: &Self, sigma: f32) -> Self {
        let [blurred] = blurred_within([self], weight, sigma);
        blurred
    }

    /// Downsamples by 2, averaging blocks of four values.
    pub fn halved(&self) -> Self {
        let side = self.side / 2;
        let mut values = Vec::with_capacity(side * side);
        for rows in self.values.chunks_exact(2 * self.side).take(side) {
            let (above, below) = rows.split_at(self.side);
            let pairs = above.chunks_exact(2).zip(below.chunks_exact(2));
            values.extend(pairs.map(|(above, below)| 0.25 * (above[0] + above[1] + below[0] + below[1])));
        }
        Self { side, values }
    }

    /// Mean of the values weighted by `weight`; `None` if the weights are almost zero.
    pub fn mean_within(&self, weight: &Self) -> Option<f32> {
        let total: f32 = weight.values.iter().sum();
        let sum: f32 = self.values.iter().zip(&weight.values).map(|(value, weight)| value * weight).sum();
        (total > 0.001 * self.values.len() as f32).then(|| sum / total)
    }

    /// Samples bilinearly at a point in fractions of the side, clamping at the edges.
    pub fn at(&self, [x, y]: [f32; 2]) -> f32 {
        let x = Between::of(x, self.side);
        let row = self.row_at(y);
        row[x.first] + (row[x.next] - row[x.first]) * x.share
    }

    /// The row at `y` in fractions of the side, interpolated between its neighbours and clamped at the edges.
    pub(super) fn row_at(&self, y: f32) -> Vec<f32> {
        let mut row = vec![0.0; self.side];
        self.row(Between::of(y, self.side), &mut row);
        row
    }

    /// Resizes bilinearly.
    pub fn resized(&self, side: usize) -> Self {
        if side == self.side {
            return self.clone();
        }
        let columns: Vec<Between> = (0..side).map(|x| Between::of(centre(x, side), self.side)).collect();
        let mut values = Vec::with_capacity(side * side);
        let mut row = vec![0.0; self.side];
        for y in 0..side {
            self.row(Between::of(centre(y, side), self.side), &mut row);
            values.extend(columns.iter().map(|x| row[x.first] + (row[x.next] - row[x.first]) * x.share));
        }
        Self { side, values }
    }

    /// Interpolates between two rows.
    pub(super) fn row(&self, y: Between, row: &mut [f32]) {
        let (above, below) = (&self.values[y.first * self.side..], &self.values[y.next * self.side..]);
        for ((to, above), below) in row.iter_mut().zip(above).zip(below) {
            *to = above + (below - above) * y.share;
        }
    }
}

/// Blurs several planes within `weight`, as weighted means (Knutsson and Westin, "Normalized and differential
/// convolution", 1993), so that nothing bleeds in from outside.
pub(super) fn blurred_within<const N: usize>(planes: [&Plane; N], weight: &Plane, sigma: f32) -> [Plane; N] {
    let weighted = planes.map(|plane| plane.zip(weight, |value, weight| value * weight));
    let radius = blur_radius(sigma);
    let mut sources: Vec<&[f32]> = vec![&weight.values];
    sources.extend(weighted.iter().map(|plane| plane.values.as_slice()));
    let mut blurred = sources.chunks(BLURRED_TOGETHER).flat_map(|sources| {
        let zeros: &[f32] = &[];
        let sources: [&[f32]; BLURRED_TOGETHER] =
            std::array::from_fn(|i| sources.get(i).copied().unwrap_or(zeros));
        box_blurred(sources, weight.side, radius)
    });
    let weights = blurred.next().unwrap_or_default();
    planes.map(|plane| {
        let sums = blurred.next().unwrap_or_default();
        let values = sums.iter().zip(&weights).map(|(sum, weight)| sum / weight.max(1e-4)).collect();
        Plane { side: plane.side, values }
    })
}

/// The values of pixel `index` in three planes.
pub(super) fn pixel(planes: &[Plane; 3], index: usize) -> [f32; 3] {
    planes.each_ref().map(|plane| plane.values[index])
}

/// Number of planes that are blurred at once.
const BLURRED_TOGETHER: usize = 4;

/// Radius in pixels of two box filters that together have the standard deviation `sigma`.
pub(super) fn blur_radius(sigma: f32) -> usize {
    // Two boxes of width w have the variance (w^2 - 1) / 6.
    (((6.0 * sigma * sigma + 1.0).sqrt() - 1.0) / 2.0).round() as usize
}

/// Blurs planes of `side` squared values by two box filters of `radius` per direction, clamping at the edges. The
/// pixels of all planes are processed side by side, because each sum depends on the one before. Missing planes may be
/// empty, and their results are zero.
fn box_blurred<const N: usize>(planes: [&[f32]; N], side: usize, radius: usize) -> [Vec<f32>; N] {
    if radius == 0 {
        return planes.map(<[f32]>::to_vec);
    }
    let radius = radius.min(side.saturating_sub(1) / 2);
    let mut pixels = vec![[0f32; N]; side * side];
    for (i, plane) in planes.iter().enumerate() {
        pixels.iter_mut().zip(*plane).for_each(|(pixel, value)| pixel[i] = *value);
    }
    let mut rows = vec![[0f32; N]; side + 2 * radius + 1];
    for row in pixels.chunks_exact_mut(side.max(1)) {
        box_row(row, &mut rows, radius);
        box_row(row, &mut rows, radius);
    }
    for _ in 0..2 {
        pixels = box_columns(&pixels, side, radius);
    }
    std::array::from_fn(|i| pixels.iter().map(|pixel| pixel[i]).collect())
}

/// Two neighbouring samples out of `side`, and the weight of the second.
#[derive(Clone, Copy)]
pub(super) struct Between {
    pub(super) first: usize,
    next: usize,
    pub(super) share: f32,
}

impl Between {
    /// For a point in fractions of the side.
    pub(super) fn of(at: f32, side: usize) -> Self {
        let at = (at * side as f32 - 0.5).clamp(0.0, (side - 1) as f32);
        let first = at as usize;
        Self { first, next: (first + 1).min(side - 1), share: at - first as f32 }
    }
}

/// Replaces each pixel by the mean over itself and `radius` neighbours on both sides; `padded` has room for the row and
/// what lies beyond its ends.
fn box_row<const N: usize>(row: &mut [[f32; N]], padded: &mut [[f32; N]], radius: usize) {
    let (side, width) = (row.len(), 2 * radius + 1);
    let scale = 1.0 / width as f32;
    padded[..radius].fill(row[0]);
    padded[radius..radius + side].copy_from_slice(row);
    padded[radius + side..].fill(row[side - 1]);
    let mut sum = [0f32; N];
    for pixel in &padded[..width] {
        sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value);
    }
    for (to, (entering, leaving)) in row.iter_mut().zip(padded[width..].iter().zip(&*padded)) {
        for i in 0..N {
            to[i] = sum[i] * scale;
            sum[i] += entering[i] - leaving[i];
        }
    }
}

/// The mean of each pixel over itself and `radius` neighbours above and below.
fn box_columns<const N: usize>(pixels: &[[f32; N]], side: usize, radius: usize) -> Vec<[f32; N]> {
    let row = |y: isize| {
        let y = y.clamp(0, side as isize - 1).unsigned_abs();
        pixels[y * side..(y + 1) * side].as_flattened()
    };
    let (mut sum, radius) = (vec![0f32; N * side], radius as isize);
    let mut means = vec![[0f32; N]; side * side];
    for y in -radius..=radius {
        add_row(&mut sum, row(y));
    }
    for (y, to) in means.chunks_exact_mut(side.max(1)).enumerate() {
        let y = y as isize;
        slide(
            to.as_flattened_mut(),
            &mut sum,
            row(y + radius + 1),
            row(y - radius),
            1.0 / (2 * radius + 1) as f32,
        );
    }
    means
}

widest! {
    fn add_row(sum: &mut [f32], row: &[f32]) {
        sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
}

widest! {
    /// Writes a row of means and moves the sums to the next row.
    fn slide(means: &mut [f32], sum: &mut [f32], entering: &[f32], leaving: &[f32], scale: f32) {
        for (((mean, sum), entering), leaving) in means.iter_mut().zip(sum).zip(entering).zip(leaving) {
            *mean = *sum * scale;
            *sum += entering - leaving;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blur_keeps_constants_and_has_the_requested_width() {
        let side = 101;
        assert!(
            Plane::new(side, vec![3.0; side * side])
                .blurred(4.0)
                .values
                .iter()
                .all(|v| (v - 3.0).abs() < 1e-4)
        );
        let mut point = vec![0.0; side * side];
        point[50 * side + 50] = 1.0;
        let blurred = Plane::new(side, point).blurred(5.0);
        let spread = |axis: fn(usize, usize) -> usize| -> f32 {
            let square = |i: usize| (axis(i, side) as f32 - 50.0).powi(2);
            blurred.values.iter().enumerate().map(|(i, v)| v * square(i)).sum()
        };
        for variance in [spread(|i, side| i / side), spread(|i, side| i % side)] {
            assert!((variance.sqrt() - 5.0).abs() < 0.3, "{variance}");
        }
    }

    #[test]
    fn a_blur_within_a_mask_takes_nothing_from_outside() {
        let side = 32;
        let left = |inside: f32, outside: f32| {
            (0..side * side).map(|i| if i % side < 16 { inside } else { outside }).collect::<Vec<_>>()
        };
        let blurred =
            Plane::new(side, left(2.0, 90.0)).blurred_within(&Plane::new(side, left(1.0, 0.0)), 4.0);
        assert!((blurred.values[5 * side + 15] - 2.0).abs() < 1e-3);
    }

    #[test]
    fn a_ramp_stays_a_ramp_when_it_is_resized() {
        let plane = Plane::new(8, (0..64).map(|i| (i % 8) as f32).collect());
        let wide = plane.resized(16);
        assert!((wide.values[16 * 3 + 7] - 3.25).abs() < 1e-6);
        assert!((plane.at([0.5, 0.3]) - 3.5).abs() < 1e-6);
        assert_eq!(plane.row_at(0.3), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    }
}
