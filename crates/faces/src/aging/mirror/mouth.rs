//! Lips get thin in old age, which the network hardly shows.

use super::change_pixels::ChangePixels;
use super::ellipse::Ellipse;
use super::face_window::input_to_head;
use crate::interpolation::left_between;

/// Mesh points of both corners of the mouth.
const CORNERS: [usize; 2] = [61, 291];
/// Mesh points of the upper edge of the upper lip and the lower edge of the lower lip.
const EDGES: [usize; 2] = [0, 17];
/// Half width of the mouth with its surroundings, in distances between its corners, and its half height in heights of
/// the lips.
const AXES: [f32; 2] = [0.75, 1.1];
/// Distances from the centre, in half axes, over which the effect fades out.
const SURROUNDINGS: [f32; 2] = [0.4, 1.0];
/// Fraction of the height of the lips that is gone by age in years, after what the network takes away: in two
/// collections lips of people over 70 cover 0.80 of what those of 20 to 39 do, in made pictures 0.93.
const THIN_BY: [(f32, f32); 3] = [(56.0, 0.0), (75.0, 0.2), (86.0, 0.24)];

/// The mouth of a face.
pub(super) struct Mouth(Ellipse);

impl Mouth {
    /// From a mesh in fractions of the head crop's side.
    pub(super) fn of(mesh: &[[f32; 2]]) -> Option<Self> {
        let point = |index: usize| mesh.get(index).copied();
        let ([left, right], [top, bottom]) = (CORNERS.map(point), EDGES.map(point));
        let (left, right, top, bottom) = (left?, right?, top?, bottom?);
        let width = (right[0] - left[0]).hypot(right[1] - left[1]).max(1e-6);
        let height = (bottom[0] - top[0]).hypot(bottom[1] - top[1]);
        Ellipse::between(left, right, [AXES[0], AXES[1] * height / width]).map(Self)
    }

    /// Corrects the network's change from age `from` to age `to` (years).
    pub(super) fn correct(&self, change: &mut ChangePixels, from: f32, to: f32) {
        let thinner = 1.0 - left_between(&THIN_BY, from, to);
        if thinner == 0.0 {
            return;
        }
        change.correct(|pixel, source| {
            let in_head = input_to_head(source);
            if self.0.touches(in_head[1]) {
                self.0.shrink(pixel, in_head, [0.0, thinner], SURROUNDINGS);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mouth 0.16 wide and 0.06 high, in the middle of the head crop's lower half.
    fn mouth() -> Mouth {
        let mut mesh = vec![[0.5; 2]; 468];
        for (index, at) in [(CORNERS[0], [0.42, 0.6]), (CORNERS[1], [0.58, 0.6])] {
            mesh[index] = at;
        }
        (mesh[EDGES[0]], mesh[EDGES[1]]) = ([0.5, 0.57], [0.5, 0.63]);
        Mouth::of(&mesh).unwrap()
    }

    /// The vertical flow above, in and below the mouth's middle.
    fn corrected(from: f32, to: f32) -> [f32; 3] {
        let mut change = ChangePixels { pixels: vec![[0.0; 8]; 64 * 64], side: 64 };
        mouth().correct(&mut change, from, to);
        [0.58, 0.62, 0.9].map(|y| {
            let row = (64.0 * (y - super::super::face_window::FACE_IN_HEAD[1]) / 0.5) as usize;
            change.pixels.get(64 * row + 32).map_or(0.0, |pixel| pixel[7])
        })
    }

    #[test]
    fn lips_get_thin_in_old_age_only_and_regain_their_height() {
        assert_eq!(corrected(25.0, 50.0), [0.0; 3]);
        assert_eq!(corrected(75.0, 75.0), [0.0; 3]);
        let [above, below, chin] = corrected(25.0, 80.0);
        assert!(above < -0.001 && below > 0.001 && chin == 0.0, "{above} {below}");
        let [above, below, _] = corrected(80.0, 25.0);
        assert!(above > 0.001 && below < -0.001, "{above} {below}");
    }

    #[test]
    fn a_mesh_without_width_has_no_mouth() {
        assert!(Mouth::of(&[[0.5; 2]; 468]).is_none());
        assert!(Mouth::of(&[]).is_none());
    }
}
