//! The pattern of invented strands in every direction.

use rayon::prelude::*;

/// Number of directions of the pattern, which are half a turn together.
pub(super) const DIRECTIONS: usize = 16;
/// Side of the pattern in texels, after which it repeats: a power of 2.
pub(super) const TILE: usize = 128;
/// Samples along a strand on both sides of its middle.
const REACH: i32 = 16;
/// Texels between the samples along a strand.
const STEP: f32 = 1.6;
/// Weight and width (texels) of locks in the noise that strands are drawn from.
const LOCKS: (f32, usize) = (0.9, 5);
/// Value of the pattern at one standard deviation.
pub(super) const DEVIATION: f32 = 40.0;

/// The pattern: for each texel its value in each direction, with the standard deviation [`DEVIATION`].
pub(super) type Pattern = [[i8; DIRECTIONS]];

/// Angle of a direction of the pattern in radians. The directions divide the sum of the amounts of cosine and sine of
/// twice the angle evenly, which is faster to find than the angle.
pub(crate) fn angle(direction: usize) -> f32 {
    let quarters = 4.0 * direction as f32 / DIRECTIONS as f32;
    let cosine = if quarters < 2.0 { 1.0 - quarters } else { quarters - 3.0 };
    let sine = (1.0 - cosine.abs()).copysign(2.0 - quarters);
    0.5 * sine.atan2(cosine)
}

/// Draws the pattern: noise smeared along each direction (Cabral and Leedom, "Imaging vector fields using line integral
/// convolution", 1993).
pub(super) fn pattern() -> Vec<[i8; DIRECTIONS]> {
    let noise = noise();
    let planes: Vec<Vec<f32>> =
        (0..DIRECTIONS).into_par_iter().map(|direction| smeared(&noise, angle(direction))).collect();
    (0..TILE * TILE)
        .map(|i| std::array::from_fn(|direction| (DEVIATION * planes[direction][i]).round() as i8))
        .collect()
}

/// A value in -0.5..=0.5 that looks random from number to number (the last step of Appleby's MurmurHash3).
fn random(number: u32) -> f32 {
    let mixed = (number ^ (number >> 16)).wrapping_mul(0x85eb_ca6b);
    let mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35);
    (mixed ^ (mixed >> 16)) as f32 / u32::MAX as f32 - 0.5
}

/// Noise of single strands and of locks.
fn noise() -> Vec<f32> {
    let strands: Vec<f32> = (0..TILE * TILE).map(|i| random(i as u32)).collect();
    let (weight, width) = LOCKS;
    let lock = |i: usize| -> f32 {
        let at = |d: usize| strands[(i / TILE + d / width) % TILE * TILE + (i % TILE + d % width) % TILE];
        (0..width * width).map(at).sum::<f32>() / width as f32
    };
    strands.iter().enumerate().map(|(i, strand)| strand + weight * lock(i)).collect()
}

/// The two texels around the texel `at` moved by `off`, and the weight of the second.
fn neighbours(at: usize, off: f32) -> ([usize; 2], f32) {
    let moved = at as f32 + off;
    let first = moved.floor();
    ([first, first + 1.0].map(|at| (at as i32).rem_euclid(TILE as i32) as usize), moved - first)
}

/// Noise smeared along an angle, with the mean 0 and the standard deviation 1.
fn smeared(noise: &[f32], angle: f32) -> Vec<f32> {
    let (sine, cosine) = angle.sin_cos();
    let taps: Vec<(f32, [f32; 2])> = (1 - REACH..REACH)
        .map(|i| (i as f32 / REACH as f32, i as f32 * STEP))
        .map(|(at, along)| ((1.0 - at * at).powi(2), [along * cosine, along * sine]))
        .collect();
    let mut sums = vec![0f32; TILE * TILE];
    for (weight, [dx, dy]) in taps {
        let columns: Vec<_> = (0..TILE).map(|x| neighbours(x, dx)).collect();
        for (y, sums) in sums.chunks_exact_mut(TILE).enumerate() {
            let ([top, bottom], fy) = neighbours(y, dy);
            let [above, below] = [top, bottom].map(|row| &noise[row * TILE..][..TILE]);
            for (sum, ([left, right], fx)) in sums.iter_mut().zip(&columns) {
                let [above, below] = [above, below].map(|row| row[*left] + fx * (row[*right] - row[*left]));
                *sum += weight * (above + fy * (below - above));
            }
        }
    }
    let mean = sums.iter().sum::<f32>() / sums.len() as f32;
    let variance = sums.iter().map(|sum| (sum - mean).powi(2)).sum::<f32>() / sums.len() as f32;
    sums.iter().map(|sum| ((sum - mean) / variance.sqrt()).clamp(-3.0, 3.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_place_of_the_pattern_is_brighter_than_others() {
        let noise = noise();
        for i in 0..64 {
            let (left, top) = (i % 8 * 16, i / 8 * 16);
            let block = (0..256).map(|i| noise[(top + i / 16) * TILE + left + i % 16]);
            let mean = block.sum::<f32>() / 256.0;
            assert!(mean.abs() < 0.3, "{mean}");
        }
    }
}
