//! Where the mesh places lips and brows. It corrects the masks: the network of regions tends to let beards
//! cover the lips, and brows reach down to the lids.

use crate::face::regions::Region;
use crate::interpolation::{centre, smooth_step_between};

/// Mesh points around the lips.
const LIPS: [usize; 20] =
    [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146];
/// Mesh points around each brow.
const BROWS: [[usize; 10]; 2] =
    [[70, 63, 105, 66, 107, 55, 65, 52, 53, 46], [300, 293, 334, 296, 336, 285, 295, 282, 283, 276]];
/// Distances from the outline, in fractions of the crop's side, between which lips end; negative is inside.
const LIPS_END: [f32; 2] = [-0.002, 0.014];
/// The same for brows, whose outline in the mesh is only approximate.
const BROWS_END: [f32; 2] = [0.008, 0.03];

/// Soft masks of lips and brows, of the side of the region masks, 0..=1.
pub(super) struct Outlines {
    lips: Vec<f32>,
    brows: Vec<f32>,
}

impl Outlines {
    /// Draws the outlines of a mesh given in fractions of the crop's side.
    pub(super) fn of(mesh: &[[f32; 2]], side: usize) -> Self {
        let mut outlines = Self { lips: vec![0.0; side * side], brows: vec![0.0; side * side] };
        draw(&mut outlines.lips, side, &points(mesh, &LIPS), LIPS_END);
        BROWS.iter().for_each(|brow| draw(&mut outlines.brows, side, &points(mesh, brow), BROWS_END));
        outlines
    }

    /// Corrects the mask of the region that it shows.
    pub(super) fn correct(&self, region: Region, mask: &mut [f32]) {
        match region {
            Region::Beard => mask.iter_mut().zip(&self.lips).for_each(|(share, lips)| *share *= 1.0 - lips),
            Region::Brows => mask.iter_mut().zip(&self.brows).for_each(|(share, brow)| *share *= brow),
            _ => {}
        }
    }
}

fn points(mesh: &[[f32; 2]], outline: &[usize]) -> Vec<[f32; 2]> {
    outline.iter().filter_map(|point| mesh.get(*point).copied()).collect()
}

/// Draws a polygon (fractions of the side) whose border fades between the distances `end`.
fn draw(mask: &mut [f32], side: usize, polygon: &[[f32; 2]], end: [f32; 2]) {
    let range = |axis: usize| {
        let bounds = polygon
            .iter()
            .fold([1f32, 0f32], |[low, high], point| [low.min(point[axis]), high.max(point[axis])]);
        let pixel = |at: f32| (at * side as f32).clamp(0.0, side as f32) as usize;
        pixel(bounds[0] - end[1])..(pixel(bounds[1] + end[1]) + 1).min(side)
    };
    for y in range(1) {
        for x in range(0) {
            let at = [x, y].map(|index| centre(index, side));
            let share = 1.0 - smooth_step_between(end, distance(at, polygon));
            let value = &mut mask[y * side + x];
            *value = value.max(share);
        }
    }
}

/// Distance of a point from a polygon, negative inside.
fn distance([x, y]: [f32; 2], polygon: &[[f32; 2]]) -> f32 {
    let (mut nearest, mut is_inside) = (f32::INFINITY, false);
    for (i, &[ax, ay]) in polygon.iter().enumerate() {
        let [bx, by] = polygon[(i + 1) % polygon.len()];
        let (dx, dy) = (bx - ax, by - ay);
        let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy).max(1e-12)).clamp(0.0, 1.0);
        nearest = nearest.min((x - ax - along * dx).hypot(y - ay - along * dy));
        if (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * dx {
            is_inside = !is_inside;
        }
    }
    if is_inside { -nearest } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mesh whose lips are a circle around the middle and whose brows are far away.
    fn mesh() -> Vec<[f32; 2]> {
        let mut mesh = vec![[0.1125, 0.1125]; 468];
        for (i, point) in LIPS.iter().enumerate() {
            let angle = i as f32 / LIPS.len() as f32 * std::f32::consts::TAU;
            mesh[*point] = [0.5 + 0.2 * angle.cos(), 0.5 + 0.2 * angle.sin()];
        }
        mesh
    }

    #[test]
    fn a_beard_leaves_the_lips_and_brows_stay_near_their_outline() {
        let side = 40;
        let outlines = Outlines::of(&mesh(), side);
        let (mut beard, mut brows, mut hair) = (vec![1f32; 1600], vec![1f32; 1600], vec![1f32; 1600]);
        outlines.correct(Region::Beard, &mut beard);
        outlines.correct(Region::Brows, &mut brows);
        outlines.correct(Region::Hair, &mut hair);
        assert_eq!((beard[20 * side + 20], beard[20 * side + 32], beard[0]), (0.0, 1.0, 1.0));
        assert!(brows[4 * side + 4] > 0.9 && brows[20 * side + 20] == 0.0);
        assert!(hair.iter().all(|share| *share == 1.0));
    }

    #[test]
    fn distances_are_negative_inside() {
        let square = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        assert!((distance([0.5, 0.25], &square) + 0.25).abs() < 1e-6);
        assert!((distance([1.5, 0.5], &square) - 0.5).abs() < 1e-6);
    }
}
