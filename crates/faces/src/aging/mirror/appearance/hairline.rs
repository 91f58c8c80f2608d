//! The hairline of a man recedes with age, at the temples most: the crop is warped, so that the skin of the forehead
//! stretches upwards and the hair above it is compressed. Nothing is painted.

use std::ops::Range;

use image::RgbImage;

use super::low_res::EYE_DISTANCES;
use super::plane::{Plane, RowReader};
use crate::aging::mirror::apply::sample;
use crate::face::regions::{Region, RegionMasks};
use crate::interpolation::{interpolate, smooth_step_between};

/// Average recession of a man's hairline at the temples by age in years, in eye distances.
const RECEDED_BY: [(f32, f32); 6] =
    [(24.0, 0.0), (36.0, 0.07), (48.0, 0.14), (60.0, 0.22), (76.0, 0.29), (86.0, 0.32)];
/// Mesh points between the brows and at the top of the forehead; the line through them points upwards.
const UPRIGHT: [usize; 2] = [9, 10];
/// Side of the plane of shifts, in pixels.
const SIDE: usize = 64;
/// Heights above the brows, in eye distances: the shift grows between the first two, and shrinks between the last two.
const HEIGHTS: [[f32; 2]; 2] = [[0.15, 1.0], [1.05, 1.75]];
/// Distance of the temples' corners from the middle, and the width of the recession there, in eye distances.
const CORNERS: [f32; 2] = [0.62, 0.36];
/// Fraction of the recession in the middle of the forehead.
const MIDDLE: f32 = 0.45;
/// Distances from the middle between which the recession ends at the sides, in eye distances.
const SIDES: [f32; 2] = [0.85, 1.15];
/// Standard deviation that softens the background, in eye distances: the outline of the head does not move.
const OUTLINE: f32 = 0.12;
/// Shifts below this many pixels are left out.
const FAINT: f32 = 0.05;

/// How far a hairline with the recession `weight` recedes from age `from` to age `to` (years), in eye distances. It does
/// not return: hair that is gone cannot be seen.
fn recession(from: f32, to: f32, weight: f32) -> f32 {
    weight * (interpolate(to, &RECEDED_BY) - interpolate(from, &RECEDED_BY)).max(0.0)
}

/// The hairline of a head crop.
pub(super) struct Hairline {
    /// Shift of each pixel for a recession of 1, 0..=1.
    shifts: Plane,
    /// The rows of `shifts` between which pixels move.
    rows: Range<usize>,
    /// Direction from the forehead's top to the brows, of length 1.
    down: [f32; 2],
    /// How much this person's hairline recedes, relative to the average man's.
    weight: f32,
}

impl Hairline {
    /// The hairline of a person whose recession has the given `weight`, relative to the average man's. `None` if it does
    /// not recede. The mesh is in fractions of the crop's side.
    pub(super) fn of(mesh: &[[f32; 2]], masks: &RegionMasks, weight: f32) -> Option<Self> {
        let [brows, top] = UPRIGHT.map(|point| mesh.get(point).copied());
        let (brows, top) = (brows?, top?);
        let [x, y] = [brows[0] - top[0], brows[1] - top[1]];
        let length = x.hypot(y);
        if weight <= 0.0 || length < 1e-3 {
            return None;
        }
        let down = [x / length, y / length];
        let background = Plane::new(masks.side(), masks.plane(Region::Background).to_vec()).resized(SIDE);
        let background = background.blurred(OUTLINE * SIDE as f32 / EYE_DISTANCES);
        let shift = |i: usize| {
            let at = [i % SIDE, i / SIDE].map(|v| (v as f32 + 0.5) / SIDE as f32);
            let [x, y] = [at[0] - brows[0], at[1] - brows[1]].map(|v| v * EYE_DISTANCES);
            let (height, across) = (-(x * down[0] + y * down[1]), x * down[1] - y * down[0]);
            let inside = 1.0 - smooth_step_between(0.05, 0.4, background.values[i]);
            inside * at_height(height) * beside_middle(across.abs())
        };
        let shifts: Vec<f32> = (0..SIDE * SIDE).map(shift).collect();
        let moves = |row: &[f32]| row.iter().any(|shift| *shift > 0.0);
        let first = shifts.chunks_exact(SIDE).position(moves)?;
        let last = shifts.chunks_exact(SIDE).rposition(moves)?;
        let rows = first.saturating_sub(1)..(last + 2).min(SIDE);
        Some(Self { shifts: Plane::new(SIDE, shifts), rows, down, weight })
    }

    /// Moves the hairline of a crop from age `from` to age `to`, in years.
    pub(super) fn recede(&self, crop: &mut RgbImage, from: f32, to: f32) {
        let side = crop.width() as usize;
        let reach = recession(from, to, self.weight) * side as f32 / EYE_DISTANCES;
        if reach < FAINT {
            return;
        }
        let source = crop.clone();
        let mut reader = RowReader::new([&self.shifts], side);
        let mut shifts = [vec![0.0; side]];
        let rows = [self.rows.start, self.rows.end].map(|row| row * side / SIDE);
        for (y, row) in crop.chunks_exact_mut(3 * side).enumerate().take(rows[1]).skip(rows[0]) {
            reader.read(y, &mut shifts);
            for (x, (pixel, shift)) in row.chunks_exact_mut(3).zip(&shifts[0]).enumerate() {
                let shift = reach * shift;
                if shift > FAINT {
                    let from = [x as f32 + shift * self.down[0], y as f32 + shift * self.down[1]];
                    pixel.copy_from_slice(&sample(&source, from[0], from[1]).map(|v| (v + 0.5) as u8));
                }
            }
        }
    }
}

/// Share of the recession at a height above the brows, in eye distances.
fn at_height(height: f32) -> f32 {
    let [[low, full], [high, end]] = HEIGHTS;
    smooth_step_between(low, full, height) * (1.0 - smooth_step_between(high, end, height))
}

/// Share of the recession at a distance from the middle, in eye distances.
fn beside_middle(distance: f32) -> f32 {
    let corner = (-((distance - CORNERS[0]) / CORNERS[1]).powi(2)).exp();
    (MIDDLE + (1.0 - MIDDLE) * corner) * (1.0 - smooth_step_between(SIDES[0], SIDES[1], distance))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CROP: u32 = 192;

    /// The mesh of an upright head: brows at 0.4 of the side, the top of the forehead at 0.28.
    fn mesh() -> Vec<[f32; 2]> {
        let mut mesh = vec![[0.5, 0.5]; 468];
        (mesh[UPRIGHT[0]], mesh[UPRIGHT[1]]) = ([0.5, 0.4], [0.5, 0.28]);
        mesh
    }

    fn masks(background: f32) -> RegionMasks {
        let planes = (0..crate::face::regions::REGIONS * 64 * 64)
            .map(|i| if i / (64 * 64) == Region::Background as usize { background } else { 0.0 });
        RegionMasks::from_planes(64, planes.collect()).unwrap()
    }

    /// Bright skin below a dark hairline one eye distance above the brows.
    fn head() -> RgbImage {
        let hairline = 0.4 - 1.0 / EYE_DISTANCES;
        RgbImage::from_fn(CROP, CROP, |_, y| {
            image::Rgb(if (y as f32) < hairline * CROP as f32 { [40; 3] } else { [200; 3] })
        })
    }

    /// The first bright row at a distance from the middle, in eye distances.
    fn hairline_at(picture: &RgbImage, across: f32) -> u32 {
        let x = ((0.5 + across / EYE_DISTANCES) * CROP as f32) as u32;
        (0..CROP).find(|y| picture.get_pixel(x, *y).0[0] > 120).unwrap()
    }

    #[test]
    fn a_hairline_recedes_most_at_the_temples_and_only_with_age() {
        let hairline = Hairline::of(&mesh(), &masks(0.0), 1.0).unwrap();
        let (young, mut old, mut child) = (head(), head(), head());
        hairline.recede(&mut old, 25.0, 80.0);
        hairline.recede(&mut child, 60.0, 8.0);
        assert!(child == young, "gone hair does not return");
        let receded = |across: f32| hairline_at(&young, across) - hairline_at(&old, across);
        let [middle, temple, side] = [0.0, CORNERS[0], 1.3].map(receded);
        assert!(temple > middle && middle > 0 && side == 0, "{middle} {temple} {side}");
        let below = |picture: &RgbImage| picture.as_raw()[picture.as_raw().len() * 2 / 5..].to_vec();
        assert!(below(&young) == below(&old), "nothing below the brows moves");
    }

    #[test]
    fn neither_background_nor_a_head_without_recession_moves() {
        assert!(Hairline::of(&mesh(), &masks(0.0), 0.0).is_none());
        assert!(Hairline::of(&[], &masks(0.0), 1.0).is_none());
        assert!(Hairline::of(&mesh(), &masks(1.0), 1.0).is_none());
    }
}
