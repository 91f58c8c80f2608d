//! Layout and filters of texture planes.

use agemirror_faces::face::field::{Bilinear, Grid};

/// Planes of a texture: red, green, blue, and the log strength of fine detail.
pub(super) const TEXTURE_PLANES: usize = 4;
/// Colour planes of a texture.
pub(super) const COLOUR_PLANES: usize = 3;

/// Passes of the binomial filter over a texture of 128 px that leave what is coarser than a cheek.
const LOW_PASS_PASSES: usize = 24;

/// The part of a plane that is coarser than a cheek.
pub(super) fn low_pass(plane: &[f32], side: usize) -> Vec<f32> {
    let mut low = plane.to_vec();
    for _ in 0..LOW_PASS_PASSES * side * side / (128 * 128) {
        binomial_blur(&mut low, side);
    }
    low
}

/// Filters with (1, 2, 1)/4 along each axis; edge pixels are repeated.
pub(super) fn binomial_blur(plane: &mut [f32], side: usize) {
    for row in plane.chunks_exact_mut(side) {
        let mut before = row[0];
        for x in 0..side {
            let (now, after) = (row[x], row[(x + 1).min(side - 1)]);
            row[x] = (before + 2.0 * now + after) / 4.0;
            before = now;
        }
    }
    let mut above = plane[..side].to_vec();
    for y in 0..side {
        let (head, below) = plane.split_at_mut((y + 1) * side);
        let row = &mut head[y * side..];
        for x in 0..side {
            let now = row[x];
            let after = below.get(x).copied().unwrap_or(now);
            row[x] = (above[x] + 2.0 * now + after) / 4.0;
            above[x] = now;
        }
    }
}

/// Samples a plane at `at`.
pub(super) fn sample_plane(grid: &Grid, plane: usize, at: [f32; 2]) -> f32 {
    Bilinear::of(at, grid.side).value(&grid.planes[plane])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blurring_spreads_a_point_evenly_and_keeps_the_sum() {
        let mut plane = vec![0.0; 49];
        plane[24] = 16.0;
        binomial_blur(&mut plane, 7);
        assert_eq!((plane[24], plane[23], plane[17], plane[16]), (4.0, 2.0, 2.0, 1.0));
        assert_eq!(plane.iter().sum::<f32>(), 16.0);
    }
}
