//! Parts of a face as ellipses on the head crop.

use super::change_pixels::ChangePixel;
use super::face_window::FACE_IN_HEAD;
use crate::interpolation::smooth_step_between;

/// An ellipse, in fractions of the head crop.
pub(super) struct Ellipse {
    centre: [f32; 2],
    /// Direction of the first axis, of length 1.
    along: [f32; 2],
    /// Half the length of both axes.
    axes: [f32; 2],
}

impl Ellipse {
    /// Around the middle of the points `from` and `to`, which lie along its first axis; half its axes are `axes` times
    /// their distance long. `None` if they coincide.
    pub(super) fn between(from: [f32; 2], to: [f32; 2], axes: [f32; 2]) -> Option<Self> {
        let [x, y] = [to[0] - from[0], to[1] - from[1]];
        let length = x.hypot(y);
        (length > 1e-3).then(|| Self {
            centre: [0.5 * (to[0] + from[0]), 0.5 * (to[1] + from[1])],
            along: [x / length, y / length],
            axes: axes.map(|axis| axis * length),
        })
    }

    /// Position relative to the centre, in half axes.
    fn position(&self, at: [f32; 2]) -> [f32; 2] {
        let [x, y] = [at[0] - self.centre[0], at[1] - self.centre[1]];
        let [cos, sin] = self.along;
        [(x * cos + y * sin) / self.axes[0], (y * cos - x * sin) / self.axes[1]]
    }

    /// Distance from the centre, in half axes.
    pub(super) fn distance(&self, at: [f32; 2]) -> f32 {
        let [x, y] = self.position(at);
        x.hypot(y)
    }

    /// Whether row `y` of the head crop, in fractions, may touch the ellipse.
    pub(super) fn touches(&self, y: f32) -> bool {
        (y - self.centre[1]).abs() < self.axes[0].max(self.axes[1])
    }

    /// The point that lies `distance` times half the second axis below the centre.
    pub(super) fn below(&self, distance: f32) -> [f32; 2] {
        let [cos, sin] = self.along;
        let length = distance * self.axes[1] * if cos < 0.0 { -1.0 } else { 1.0 };
        [self.centre[0] - length * sin, self.centre[1] + length * cos]
    }

    /// Makes what is in the ellipse smaller by the fractions `smaller` of its width and height, in a pixel of a change that
    /// is fetched from `source`. The effect ends between the distances `falls_between` from the centre, in half axes.
    pub(super) fn shrink(
        &self,
        pixel: &mut ChangePixel,
        source: [f32; 2],
        smaller: [f32; 2],
        falls_between: [f32; 2],
    ) {
        let position = self.position(source);
        let near = weight(falls_between, position[0].hypot(position[1]));
        let [x, y] = [0, 1].map(|axis| near * smaller[axis] * position[axis] * self.axes[axis]);
        let [cos, sin] = self.along;
        let [.., flow_x, flow_y] = pixel;
        *flow_x += (x * cos - y * sin) / FACE_IN_HEAD[2];
        *flow_y += (x * sin + y * cos) / FACE_IN_HEAD[2];
    }
}

/// Weight at a distance from an ellipse's centre, in half axes.
pub(super) fn weight(falls_between: [f32; 2], distance: f32) -> f32 {
    1.0 - smooth_step_between(falls_between, distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_tilted_ellipse_gets_lower_and_its_surroundings_stay() {
        let tilted = Ellipse::between([0.4, 0.4], [0.6, 0.6], [1.0, 0.5]).unwrap();
        assert!(tilted.distance([0.5; 2]) < 1e-6 && (tilted.distance([0.7, 0.7]) - 1.0).abs() < 1e-5);
        assert!(tilted.touches(0.6) && !tilted.touches(0.9));
        let mirrored = Ellipse::between([0.6, 0.6], [0.4, 0.4], [1.0, 0.5]).unwrap();
        for ellipse in [&tilted, &mirrored] {
            let [x, y] = ellipse.below(2.0);
            assert!((x - 0.3).abs() < 1e-5 && (y - 0.7).abs() < 1e-5, "{x} {y}");
        }
        let shrunk = |source| {
            let mut pixel = [0.0; 8];
            tilted.shrink(&mut pixel, source, [0.0, 0.1], [0.9, 1.0]);
            [pixel[6], pixel[7]]
        };
        assert_eq!(shrunk([0.6, 0.6]).map(|flow| (1e4 * flow).round()), [0.0; 2], "on the first axis");
        let [x, y] = shrunk([0.45, 0.55]);
        assert!(
            x < 0.0 && (x + y).abs() < 1e-6 && (y - 0.1 * 0.05 / FACE_IN_HEAD[2]).abs() < 1e-5,
            "{x} {y}"
        );
        assert_eq!(shrunk([0.2, 0.8]), [0.0; 2]);
    }

    #[test]
    fn points_that_coincide_have_no_ellipse() {
        assert!(Ellipse::between([0.5; 2], [0.5; 2], [1.0; 2]).is_none());
    }
}
