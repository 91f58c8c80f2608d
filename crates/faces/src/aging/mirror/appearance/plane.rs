//! Square planes of values with low-resolution blurs and bilinear reads.

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
        // Two boxes of width w have the variance (w^2 - 1) / 6.
        let radius = (((6.0 * sigma * sigma + 1.0).sqrt() - 1.0) / 2.0).round() as usize;
        let mut plane = self.clone();
        if radius > 0 {
            for _ in 0..2 {
                box_rows(&mut plane.values, self.side, radius);
                plane = plane.transposed();
                box_rows(&mut plane.values, self.side, radius);
                plane = plane.transposed();
            }
        }
        plane
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

    fn transposed(&self) -> Self {
        let mut values = vec![0.0; self.values.len()];
        // In blocks, so that both planes stay in the cache.
        const BLOCK: usize = 16;
        for y0 in (0..self.side).step_by(BLOCK) {
            for x0 in (0..self.side).step_by(BLOCK) {
                for y in y0..(y0 + BLOCK).min(self.side) {
                    for x in x0..(x0 + BLOCK).min(self.side) {
                        values[x * self.side + y] = self.values[y * self.side + x];
                    }
                }
            }
        }
        Self { side: self.side, values }
    }

    /// Mean of the values weighted by `weight`; `None` if the weights are almost zero.
    pub fn mean_within(&self, weight: &Self) -> Option<f32> {
        let total: f32 = weight.values.iter().sum();
        let sum: f32 = self.values.iter().zip(&weight.values).map(|(value, weight)| value * weight).sum();
        (total > 0.001 * self.values.len() as f32).then(|| sum / total)
    }

    /// Samples bilinearly at a point in fractions of the side, clamping at the edges.
    pub fn at(&self, [x, y]: [f32; 2]) -> f32 {
        let (x, y) = (Between::of(x, self.side), Between::of(y, self.side));
        let across = |row: usize| {
            let row = &self.values[row * self.side..];
            row[x.first] + (row[x.next] - row[x.first]) * x.share
        };
        let (above, below) = (across(y.first), across(y.next));
        above + (below - above) * y.share
    }

    /// Resizes bilinearly.
    pub fn resized(&self, side: usize) -> Self {
        if side == self.side {
            return self.clone();
        }
        let columns: Vec<Between> =
            (0..side).map(|x| Between::of((x as f32 + 0.5) / side as f32, self.side)).collect();
        let mut values = Vec::with_capacity(side * side);
        let mut row = vec![0.0; self.side];
        for y in 0..side {
            self.row(Between::of((y as f32 + 0.5) / side as f32, self.side), &mut row);
            values.extend(columns.iter().map(|x| row[x.first] + (row[x.next] - row[x.first]) * x.share));
        }
        Self { side, values }
    }

    /// Interpolates between two rows.
    fn row(&self, y: Between, row: &mut [f32]) {
        let (above, below) = (&self.values[y.first * self.side..], &self.values[y.next * self.side..]);
        for ((to, above), below) in row.iter_mut().zip(above).zip(below) {
            *to = above + (below - above) * y.share;
        }
    }
}

/// Blurs several planes within `weight`, as weighted means (Knutsson and Westin, "Normalized and differential
/// convolution", 1993), so that nothing bleeds in from outside.
pub(super) fn blurred_within<const N: usize>(planes: [&Plane; N], weight: &Plane, sigma: f32) -> [Plane; N] {
    let weights = weight.blurred(sigma);
    planes.map(|plane| {
        let sums = plane.zip(weight, |value, weight| value * weight).blurred(sigma);
        sums.zip(&weights, |sum, weight| sum / weight.max(1e-4))
    })
}

/// Reads rows of several planes, upsampled to a larger side.
pub(super) struct RowReader<'a, const N: usize> {
    planes: [&'a Plane; N],
    /// For each plane, the interpolation of each column.
    columns: [Vec<Between>; N],
    side: usize,
    narrow: Vec<f32>,
}

impl<'a, const N: usize> RowReader<'a, N> {
    /// Creates a reader of `planes` upsampled to `side`.
    pub(super) fn new(planes: [&'a Plane; N], side: usize) -> Self {
        let columns = planes.map(|plane| {
            (0..side).map(|x| Between::of((x as f32 + 0.5) / side as f32, plane.side)).collect()
        });
        let widest = planes.iter().map(|plane| plane.side).max().unwrap_or(1);
        Self { planes, columns, side, narrow: vec![0.0; widest] }
    }

    /// Reads row `y` of every plane into `rows`, each `side` values long.
    pub(super) fn read(&mut self, y: usize, rows: &mut [Vec<f32>; N]) {
        for ((plane, columns), row) in self.planes.iter().zip(&self.columns).zip(rows) {
            let narrow = &mut self.narrow[..plane.side];
            plane.row(Between::of((y as f32 + 0.5) / self.side as f32, plane.side), narrow);
            for (to, x) in row.iter_mut().zip(columns) {
                *to = narrow[x.first] + (narrow[x.next] - narrow[x.first]) * x.share;
            }
        }
    }
}

/// Two neighbouring samples out of `side`, and the weight of the second.
#[derive(Clone, Copy)]
struct Between {
    first: usize,
    next: usize,
    share: f32,
}

impl Between {
    /// For a point in fractions of the side.
    fn of(at: f32, side: usize) -> Self {
        let at = (at * side as f32 - 0.5).clamp(0.0, (side - 1) as f32);
        let first = at as usize;
        Self { first, next: (first + 1).min(side - 1), share: at - first as f32 }
    }
}

/// Replaces each value by the mean over itself and `radius` neighbours on both sides, along each row.
fn box_rows(values: &mut [f32], side: usize, radius: usize) {
    let radius = radius.min(side.saturating_sub(1) / 2);
    let scale = 1.0 / (2 * radius + 1) as f32;
    let mut padded = vec![0.0; side + 2 * radius + 1];
    for row in values.chunks_exact_mut(side) {
        padded[..radius].fill(row[0]);
        padded[radius..radius + side].copy_from_slice(row);
        padded[radius + side..].fill(row[side - 1]);
        let mut sum: f32 = padded[..2 * radius + 1].iter().sum();
        for (x, value) in row.iter_mut().enumerate() {
            *value = sum * scale;
            sum += padded[x + 2 * radius + 1] - padded[x];
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
    }
}
