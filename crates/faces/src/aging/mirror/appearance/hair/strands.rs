//! Strands for hair whose picture shows none: black hair has hardly any contrast in 8 bits, and would become a flat
//! sheet when it turns grey. The strands are a fixed pattern on the head crop, so that they stay in place from frame to
//! frame.

use std::f32::consts::LN_2;
use std::sync::OnceLock;

use super::super::low_res::EYE_DISTANCES;
use super::strand_pattern::{DEVIATION, DIRECTIONS, Pattern, TILE, pattern};

/// Width of a texel in sharp pictures, in pixels, and how much wider it is per pixel of blur.
const TEXEL: [f32; 2] = [0.95, 0.7];
/// Minimum width of a texel in eye distances.
const MIN_TEXEL: f32 = 0.008;
/// Width of a texel of the finest scale in eye distances; each next scale is twice as wide.
const FIRST_SCALE: f32 = 0.001;
/// Offset of each scale from the one before, in texels.
const OFFSET: f32 = 37.3;

/// The pattern of strands for crops of one size and sharpness.
pub(crate) struct Strands {
    pattern: &'static Pattern,
    /// Texels per pixel of two scales.
    texels: [f32; 2],
    /// Offsets of the two scales in texels.
    offsets: [f32; 2],
    /// Weights of the two scales, which give the standard deviation 1.
    weights: [f32; 2],
}

impl Strands {
    /// For a crop of `side` pixels that is blurred by a standard deviation of `blur` pixels: strands are as fine as it
    /// can show.
    pub(crate) fn of(side: usize, blur: f32) -> Self {
        static PATTERN: OnceLock<Vec<[i8; DIRECTIONS]>> = OnceLock::new();
        let pixel = EYE_DISTANCES / side.max(1) as f32;
        let finest = (pixel * (TEXEL[0] + TEXEL[1] * blur)).max(MIN_TEXEL);
        let scale = (finest / FIRST_SCALE).ln() / LN_2;
        // Between two scales, so that no strand jumps when the crop's size changes.
        let (first, fine) = (scale.ceil(), scale.ceil() - scale);
        let scales = [first, first + 1.0];
        let texels = scales.map(|scale| pixel / (FIRST_SCALE * scale.exp2()));
        let offsets = scales.map(|scale| OFFSET * scale.max(0.0));
        let weights = [fine, 1.0 - fine].map(|weight| weight / fine.hypot(1.0 - fine) / DEVIATION);
        Self { pattern: PATTERN.get_or_init(pattern), texels, offsets, weights }
    }

    /// Writes row `y` of the pattern with the mean 0 and the standard deviation 1 where hair of the coverage `alpha` is.
    /// `flow` is its direction: cosine and sine of twice its angle, of any length.
    pub(crate) fn fill(&self, to: &mut [f32], y: usize, alpha: &[f32], [cosine, sine]: [&[f32]; 2]) {
        for (x, (((to, alpha), cosine), sine)) in to.iter_mut().zip(alpha).zip(cosine).zip(sine).enumerate() {
            if *alpha <= 0.0 {
                *to = 0.0;
                continue;
            }
            let direction = Direction::of(*cosine, *sine);
            let value = |scale: usize| {
                let at = [x, y].map(|v| self.offsets[scale] + self.texels[scale] * (v as f32 + 0.5));
                self.weights[scale] * direction.sample(self.pattern, at)
            };
            *to = value(0) + value(1);
        }
    }
}

/// Two neighbouring directions of the pattern, and the weight of the second.
struct Direction {
    first: usize,
    next: usize,
    share: f32,
}

impl Direction {
    #[inline(always)]
    fn of(cosine: f32, sine: f32) -> Self {
        let across = cosine / (cosine.abs() + sine.abs()).max(1e-9);
        let quarters = if sine >= 0.0 { 1.0 - across } else { 3.0 + across };
        let at = quarters * (DIRECTIONS as f32 / 4.0);
        let first = at as usize;
        Self { first: first % DIRECTIONS, next: (first + 1) % DIRECTIONS, share: at - first as f32 }
    }

    /// The pattern at a point in texels, not negative.
    #[inline(always)]
    fn sample(&self, pattern: &Pattern, [u, v]: [f32; 2]) -> f32 {
        let (left, top) = (u as usize, v as usize);
        let (fu, fv) = (u - left as f32, v - top as f32);
        let value = |x: usize, y: usize| {
            let texel = &pattern[(y % TILE) * TILE + x % TILE];
            let [a, b] = [self.first, self.next].map(|direction| f32::from(texel[direction]));
            a + self.share * (b - a)
        };
        let [above, below] = [top, top + 1].map(|y| {
            let [a, b] = [left, left + 1].map(|x| value(x, y));
            a + fu * (b - a)
        });
        above + fv * (below - above)
    }
}

#[cfg(test)]
mod tests {
    use super::super::strand_pattern::angle;
    use super::*;

    /// Side of a crop, in pixels.
    const SIDE: usize = 320;

    /// The rows 100 to 163 of the pattern at some columns, for hair that lies in one direction.
    fn drawn(strands: &Strands, flow: [f32; 2]) -> Vec<Vec<f32>> {
        let row = |y: usize| {
            let mut row = vec![9.0; SIDE];
            let flow = flow.map(|value| vec![value; SIDE]);
            strands.fill(&mut row, y, &[1.0; SIDE], flow.each_ref().map(Vec::as_slice));
            row
        };
        (100..164).map(row).collect()
    }

    /// Mean difference of neighbours across and down.
    fn differences(rows: &[Vec<f32>]) -> [f32; 2] {
        let across = rows.iter().flat_map(|row| row.windows(2).map(|pair| (pair[0] - pair[1]).abs()));
        let down = rows.windows(2).flat_map(|pair| pair[0].iter().zip(&pair[1]).map(|(a, b)| (a - b).abs()));
        let (across, down): (Vec<f32>, Vec<f32>) = (across.collect(), down.collect());
        [across, down].map(|all| all.iter().sum::<f32>() / all.len() as f32)
    }

    #[test]
    fn strands_lie_in_the_direction_of_the_hair_and_are_of_unit_contrast() {
        let strands = Strands::of(SIDE, 0.5);
        for (flow, is_level) in [([1.0, 0.0], true), ([-3.0, 0.0], false)] {
            let rows = drawn(&strands, flow);
            let [across, down] = differences(&rows);
            assert!(if is_level { down > 3.0 * across } else { across > 3.0 * down }, "{across} {down}");
            let all: Vec<f32> = rows.concat();
            let mean = all.iter().sum::<f32>() / all.len() as f32;
            let deviation = (all.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / all.len() as f32).sqrt();
            assert!(mean.abs() < 0.25 && (0.65..1.25).contains(&deviation), "{mean} {deviation}");
        }
    }

    #[test]
    fn every_direction_has_its_own_angle() {
        for direction in 0..DIRECTIONS {
            let twice = 2.0 * angle(direction);
            let found = Direction::of(twice.cos(), twice.sin());
            let at = (found.first as f32 + found.share - direction as f32).abs();
            assert!(at < 1e-3 || (at - DIRECTIONS as f32).abs() < 1e-3, "{direction}: {at}");
        }
        assert!(Direction::of(0.0, 0.0).first < DIRECTIONS);
    }

    #[test]
    fn blurred_pictures_get_wide_strands_and_no_strand_jumps_with_the_sharpness() {
        let sharp = drawn(&Strands::of(SIDE, 0.0), [-1.0, 0.0]);
        let blurred = drawn(&Strands::of(SIDE, 3.0), [-1.0, 0.0]);
        let [fine, wide] = [sharp, blurred].map(|rows| differences(&rows)[0]);
        assert!(wide < 0.6 * fine, "{wide} {fine}");
        let rows: Vec<Vec<f32>> = (0..300)
            .map(|i| drawn(&Strands::of(SIDE, 0.01 * i as f32), [-1.0, 0.0]).swap_remove(0))
            .collect();
        for pair in rows.windows(2) {
            let most = pair[0].iter().zip(&pair[1]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(most < 0.12, "{most}");
        }
    }

    #[test]
    fn there_are_no_strands_without_hair() {
        let mut row = [9.0; 2];
        Strands::of(SIDE, 1.0).fill(&mut row, 5, &[0.0, 0.5], [&[1.0; 2], &[0.0; 2]]);
        assert!(row[0] == 0.0 && row[1] != 9.0);
    }
}
