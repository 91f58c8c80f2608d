//! Box filter: the mean over a square around every pixel, in time independent of the square's size.

use agemirror_kernels::simd::Quad;
use agemirror_kernels::widest;

/// Mean of `plane` (`side * side` values) over the square of `2 * radius + 1` pixels around every pixel,
/// cropped at the edges.
pub fn box_mean(plane: &[f32], side: usize, radius: usize) -> Vec<f32> {
    let mut rows = vec![0f32; plane.len()];
    for (from, to) in plane.chunks_exact(side.max(1)).zip(rows.chunks_exact_mut(side.max(1))) {
        along(from, to, radius);
    }
    let mut out = vec![0f32; rows.len()];
    down(&rows, &mut out, side, radius);
    out
}

/// Means along one row.
fn along(from: &[f32], to: &mut [f32], radius: usize) {
    let side = from.len();
    let mut sum: f32 = from.iter().take(radius).sum();
    for (x, to) in to.iter_mut().enumerate() {
        if let Some(entering) = from.get(x + radius) {
            sum += entering;
        }
        if x > radius {
            sum -= from[x - radius - 1];
        }
        let count = (x + radius + 1).min(side) - x.saturating_sub(radius);
        *to = sum / count as f32;
    }
}

/// Adds the means along all columns of `side` rows, of any width, to `out`.
fn down(rows: &[f32], out: &mut [f32], side: usize, radius: usize) {
    let width = rows.len() / side.max(1);
    let mut sum = vec![0f32; width];
    let row = |y: usize| rows.get(y * width..(y + 1) * width).unwrap_or_default();
    for y in 0..radius.min(side) {
        add(&mut sum, row(y), 1.0);
    }
    for ((y, out), share) in out.chunks_exact_mut(width.max(1)).enumerate().zip(shares(side, radius)) {
        add(&mut sum, row(y + radius), 1.0);
        if y > radius {
            add(&mut sum, row(y - radius - 1), -1.0);
        }
        add(out, &sum, share);
    }
}

/// Like [`box_mean`], for four planes whose values lie side by side.
pub(super) fn box_mean_quads(pixels: &[[f32; 4]], side: usize, radius: usize) -> Vec<[f32; 4]> {
    let shares = shares(side, radius);
    let mut rows = vec![[0f32; 4]; pixels.len()];
    for (from, to) in pixels.chunks_exact(side.max(1)).zip(rows.chunks_exact_mut(side.max(1))) {
        along_quads(from, to, &shares, radius);
    }
    let mut out = vec![[0f32; 4]; pixels.len()];
    down(rows.as_flattened(), out.as_flattened_mut(), side, radius);
    out
}

/// One over the number of pixels in the square, along one axis, at each position.
fn shares(side: usize, radius: usize) -> Vec<f32> {
    let count = |x: usize| (x + radius + 1).min(side) - x.saturating_sub(radius);
    (0..side).map(|x| 1.0 / count(x) as f32).collect()
}

widest! {
    fn along_quads(from: &[[f32; 4]], to: &mut [[f32; 4]], shares: &[f32], radius: usize) {
        let zero = Quad::splat(0.0);
        let at = |x: usize| from.get(x).map_or(zero, Quad::new);
        let mut sum = (0..radius).fold(zero, |sum, x| sum + at(x));
        for (x, (to, share)) in to.iter_mut().zip(shares).enumerate() {
            sum = sum + at(x + radius);
            if x > radius {
                sum = sum - at(x - radius - 1);
            }
            *to = (sum * Quad::splat(*share)).to_array();
        }
    }
}

widest! {
    fn add(to: &mut [f32], from: &[f32], factor: f32) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to += from * factor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_has_the_mean_of_its_square() {
        let side = 9;
        let plane: Vec<f32> = (0..side * side).map(|i| (i * 7919 % 83) as f32).collect();
        for radius in [0, 1, 3, 20] {
            let means = box_mean(&plane, side, radius);
            for (pixel, mean) in means.iter().enumerate() {
                let near = |a: usize, b: usize| a.abs_diff(b) <= radius;
                let members: Vec<f32> = (0..side * side)
                    .filter(|other| near(other / side, pixel / side) && near(other % side, pixel % side))
                    .map(|other| plane[other])
                    .collect();
                let wanted = members.iter().sum::<f32>() / members.len() as f32;
                assert!((mean - wanted).abs() < 1e-3, "{radius} {pixel}: {mean} {wanted}");
            }
            let quads: Vec<[f32; 4]> = plane.iter().map(|value| [*value, 0.0, 2.0 * value, 1.0]).collect();
            for (mean, quad) in means.iter().zip(box_mean_quads(&quads, side, radius)) {
                let expected = [*mean, 0.0, 2.0 * mean, 1.0];
                assert!(
                    quad.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-3),
                    "{quad:?} {expected:?}"
                );
            }
        }
    }
}
