//! Smooth fields through scattered points, stored in planes with bilinear lookup.

use crate::interpolation::centre;

/// Planes of `side` squared values; points are given in fractions of the side.
#[derive(Clone)]
pub struct Grid {
    /// Planes, row by row.
    pub planes: Vec<Vec<f32>>,
    /// Side in pixels.
    pub side: usize,
}

/// Bilinear interpolation at a point: four pixels and the weights between them.
#[derive(Clone, Copy)]
pub struct Bilinear {
    corners: [usize; 4],
    weights: [f32; 2],
}

impl Bilinear {
    /// Interpolation at the point `at` (fractions) in planes of `side` pixels, clamped to the edge.
    pub fn of(at: [f32; 2], side: usize) -> Self {
        let last = (side - 1) as f32;
        let [x, y] = at.map(|v| (v * side as f32 - 0.5).clamp(0.0, last));
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(side - 1), (y0 + 1).min(side - 1));
        let corners = [y0 * side + x0, y0 * side + x1, y1 * side + x0, y1 * side + x1];
        Self { corners, weights: [x - x0 as f32, y - y0 as f32] }
    }

    /// Interpolates `plane`.
    pub fn value(&self, plane: &[f32]) -> f32 {
        let [a, b, c, d] = self.corners.map(|corner| plane[corner]);
        let (top, bottom) = (a + (b - a) * self.weights[0], c + (d - c) * self.weights[0]);
        top + (bottom - top) * self.weights[1]
    }
}

/// Centres of a plane's pixels, row by row, in fractions of its side.
pub fn centres(side: usize) -> impl Iterator<Item = [f32; 2]> {
    (0..side * side).map(move |i| [centre(i % side, side), centre(i / side, side)])
}

/// A field through the values at some points: close to a point it nearly has the point's value, and far from
/// all points it fades to zero. `reach` is the standard deviation of a point's influence, `calm` the total
/// weight below which a pixel counts as far.
#[derive(Clone, Copy)]
struct Spread {
    side: usize,
    reach: f32,
    calm: f32,
}

impl Spread {
    /// Weighted means of `values` around each pixel (normalised convolution: Knutsson and Westin, 1993).
    fn field(&self, points: &[[f32; 2]], values: &[[f32; 2]]) -> Grid {
        let side = self.side;
        let mut sums = vec![vec![0f32; side * side]; 3];
        let bell = |at: f32, i: usize| {
            let off = (centre(i, side) - at) / self.reach;
            (-0.5 * off * off).exp()
        };
        // Beyond this distance a point's weight is below a ten-thousandth.
        let radius = (4.3 * self.reach * side as f32).ceil();
        let near = |at: f32| {
            let middle = at * side as f32;
            let bound = |v: f32| v.clamp(0.0, side as f32) as usize;
            bound(middle - radius)..bound(middle + radius + 1.0)
        };
        let mut across = vec![0f32; side];
        for (point, value) in points.iter().zip(values) {
            let columns = near(point[0]);
            let across = &mut across[columns.clone()];
            across.iter_mut().zip(columns.clone()).for_each(|(to, x)| *to = bell(point[0], x));
            for y in near(point[1]) {
                let down = bell(point[1], y);
                for (sum, value) in sums.iter_mut().zip([value[0], value[1], 1.0]) {
                    let factor = down * value;
                    let row = &mut sum[y * side..][columns.clone()];
                    row.iter_mut().zip(&*across).for_each(|(to, weight)| *to += factor * weight);
                }
            }
        }
        let weights = sums.pop().unwrap_or_default();
        for sum in &mut sums {
            sum.iter_mut().zip(&weights).for_each(|(sum, weight)| *sum /= weight + self.calm);
        }
        Grid { planes: sums, side }
    }
}

/// The wide field moves whole regions, the narrow one adds single features.
const WIDE: Spread = Spread { side: 16, reach: 0.1, calm: 3.0 };
const NARROW: Spread = Spread { side: 64, reach: 0.03, calm: 0.5 };

/// Displacement of the square when each of `points` moves by its entry in `moves` (fractions of the side):
/// two planes of 64 px.
pub fn displacement(points: &[[f32; 2]], moves: &[[f32; 2]]) -> Grid {
    let wide = WIDE.field(points, moves);
    let left: Vec<[f32; 2]> = points
        .iter()
        .zip(moves)
        .map(|(point, value)| {
            let here = Bilinear::of(*point, wide.side);
            [value[0] - here.value(&wide.planes[0]), value[1] - here.value(&wide.planes[1])]
        })
        .collect();
    let mut field = NARROW.field(points, &left);
    for (i, centre) in centres(NARROW.side).enumerate() {
        let here = Bilinear::of(centre, wide.side);
        for (to, from) in field.planes.iter_mut().zip(&wide.planes) {
            to[i] += here.value(from);
        }
    }
    field
}

/// Coverage of each pixel of 64 x 64 by the points: 1 inside, fading out within a tenth of the side.
pub fn inside(points: &[[f32; 2]]) -> Grid {
    NARROWER.field(points, &vec![[1.0, 1.0]; points.len()])
}

const NARROWER: Spread = Spread { side: 64, reach: 0.04, calm: 1.5 };

#[cfg(test)]
mod tests {
    use super::*;

    fn lattice() -> Vec<[f32; 2]> {
        centres(20).map(|[x, y]| [0.2 + 0.6 * x, 0.2 + 0.6 * y]).collect()
    }

    #[test]
    fn a_common_shift_is_kept_inside_and_fades_outside() {
        let points = lattice();
        let field = displacement(&points, &vec![[0.05, -0.02]; points.len()]);
        let at = |x: f32, y: f32| {
            field.planes.iter().map(|p| Bilinear::of([x, y], field.side).value(p)).collect::<Vec<_>>()
        };
        let middle = at(0.5, 0.5);
        assert!((middle[0] - 0.05).abs() < 2e-3 && (middle[1] + 0.02).abs() < 1e-3, "{middle:?}");
        let corner = at(0.0, 0.0);
        assert!(corner[0] < 0.02, "{corner:?}");
        let mask = inside(&points);
        assert!(Bilinear::of([0.5, 0.5], 64).value(&mask.planes[0]) > 0.8);
        assert!(Bilinear::of([0.02, 0.5], 64).value(&mask.planes[0]) < 0.05);
    }

    #[test]
    fn one_feature_may_move_against_its_surroundings() {
        let points = lattice();
        let moves: Vec<[f32; 2]> = points
            .iter()
            .map(|[x, y]| if (x - 0.5).hypot(y - 0.5) < 0.1 { [0.03, 0.0] } else { [0.0, 0.0] })
            .collect();
        let field = displacement(&points, &moves);
        let at = |x: f32| Bilinear::of([x, 0.5], field.side).value(&field.planes[0]);
        assert!(at(0.5) > 0.022 && at(0.75).abs() < 0.005, "{} {}", at(0.5), at(0.75));
    }

    #[test]
    fn planes_are_interpolated_and_clamped() {
        let plane = vec![0.0, 1.0, 2.0, 3.0];
        let at = |x, y| Bilinear::of([x, y], 2).value(&plane);
        assert_eq!((at(0.25, 0.25), at(0.5, 0.5), at(-3.0, 9.0)), (0.0, 1.5, 2.0));
    }
}
