//! Where the points of a head crop are on the skull.

use super::super::low_res::EYE_DISTANCES;
use super::super::plane::Plane;
use crate::face::field::centres;
use crate::interpolation::smooth_step_between;

/// Mesh points between the brows and at the top of the forehead; the line through them points upwards.
const UPRIGHT: [usize; 2] = [9, 10];
/// Mesh points at the temples.
pub(crate) const TEMPLES: [usize; 2] = [127, 356];
/// Height of the skull's centre above the brows, and its half width and half height above that, in eye distances.
const SKULL: [f32; 3] = [0.25, 1.22, 1.3];
/// Fraction by which the scalp darkens towards the outline, and the radii between which it does.
const TURNED_AWAY: f32 = 0.3;
const ROUND: [f32; 2] = [0.6, 1.1];
/// Fraction by which the scalp shines, the shine's height above the brows, and its half width and half height in eye
/// distances.
const SHINE: f32 = 0.07;
const SHINE_AT: [f32; 3] = [1.05, 0.45, 0.22];

/// The position of a head crop's points on the skull.
pub(crate) struct Skull {
    brows: [f32; 2],
    down: [f32; 2],
    /// Distance of the middle of the temples from the brows, in eye distances.
    middle: f32,
}

impl Skull {
    /// From a mesh in fractions of the crop's side.
    pub(crate) fn of(mesh: &[[f32; 2]]) -> Option<Self> {
        let [brows, top] = UPRIGHT.map(|point| mesh.get(point).copied());
        let [left, right] = TEMPLES.map(|point| mesh.get(point).copied());
        let (brows, top, left, right) = (brows?, top?, left?, right?);
        let [x, y] = [brows[0] - top[0], brows[1] - top[1]];
        let length = x.hypot(y);
        if length < 1e-3 {
            return None;
        }
        let mut skull = Self { brows, down: [x / length, y / length], middle: 0.0 };
        skull.middle = 0.5 * (skull.position(left)[0] + skull.position(right)[0]);
        Some(skull)
    }

    /// The point between the brows, in fractions of the crop's side.
    pub(crate) fn brows(&self) -> [f32; 2] {
        self.brows
    }

    /// Direction from the forehead's top to the brows, of length 1.
    pub(crate) fn down(&self) -> [f32; 2] {
        self.down
    }

    /// Distance from the middle and height above the brows of a point in fractions of the crop's side, in eye distances.
    pub(crate) fn position(&self, at: [f32; 2]) -> [f32; 2] {
        let [x, y] = [at[0] - self.brows[0], at[1] - self.brows[1]].map(|v| v * EYE_DISTANCES);
        [x * self.down[1] - y * self.down[0] - self.middle, -(x * self.down[0] + y * self.down[1])]
    }

    /// The point at such a position, in fractions of the crop's side.
    pub(super) fn point(&self, [across, height]: [f32; 2]) -> [f32; 2] {
        let (x, [right, down]) = (across + self.middle, self.down);
        let offset = [x * down - height * right, -x * right - height * down];
        [0, 1].map(|axis| self.brows[axis] + offset[axis] / EYE_DISTANCES)
    }

    /// A plane of `side` pixels whose values depend on their [`position`](Self::position) on the skull.
    pub(super) fn plane(&self, side: usize, value: impl Fn([f32; 2]) -> f32) -> Plane {
        Plane::new(side, centres(side).map(|at| value(self.position(at))).collect())
    }
}

/// Distance of a position on the skull from its centre, as a fraction of the radius there, and angle from the top in
/// degrees.
pub(super) fn polar([across, height]: [f32; 2]) -> [f32; 2] {
    let (x, y) = (across / SKULL[1], (height - SKULL[0]) / SKULL[2]);
    [x.hypot(y), x.abs().atan2(y).to_degrees()]
}

/// Brightness of the scalp at a position on the skull relative to a flat one: it is round and shines.
pub(crate) fn shading(at: [f32; 2]) -> f32 {
    let [height, wide, high] = SHINE_AT;
    let shine = (at[0] / wide).powi(2) + ((at[1] - height) / high).powi(2);
    1.0 - TURNED_AWAY * smooth_step_between(ROUND, polar(at)[0]) + SHINE * (-shine).exp()
}

/// An upright skull in the middle of a crop for tests: brows at 0.4 of the side.
#[cfg(test)]
pub(crate) fn upright() -> Skull {
    Skull { brows: [0.5, 0.4], down: [0.0, 1.0], middle: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilted_head_has_the_positions_of_an_upright_one() {
        let turned = |[x, y]: [f32; 2]| {
            let (sin, cos) = 0.4f32.sin_cos();
            [0.5 + cos * (x - 0.5) - sin * (y - 0.5), 0.5 + sin * (x - 0.5) + cos * (y - 0.5)]
        };
        let mut mesh = vec![[0.5, 0.5]; 468];
        for (point, at) in [(9, [0.5, 0.4]), (10, [0.5, 0.28]), (127, [0.33, 0.44]), (356, [0.67, 0.44])] {
            mesh[point] = turned(at);
        }
        let skull = Skull::of(&mesh).unwrap();
        for at in [[0.5, 0.3], [0.6, 0.25], [0.2, 0.45]] {
            let (tilted, upright) = (skull.position(turned(at)), upright().position(at));
            assert!(tilted.iter().zip(upright).all(|(a, b)| (a - b).abs() < 1e-4), "{tilted:?} {upright:?}");
            let back = skull.point(tilted);
            assert!(back.iter().zip(turned(at)).all(|(a, b)| (a - b).abs() < 1e-5), "{back:?}");
        }
        assert!(Skull::of(&[]).is_none());
    }

    #[test]
    fn the_scalp_darkens_towards_the_outline_and_shines_in_front() {
        let [front, top, outline] = [[0.0, 1.05], [0.0, 1.35], [0.0, 1.6]].map(shading);
        assert!(front > 1.02 && top < front && outline < 0.85, "{front} {top} {outline}");
    }
}
