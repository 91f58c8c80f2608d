//! Rotates pictures by multiples of 45 degrees, so that the detector finds faces lying on their side.

use image::{GrayImage, Luma, imageops};

/// Fill value beyond a picture rotated by an odd multiple of 45 degrees.
const GREY: f32 = 128.0;

/// A clockwise rotation of the picture around its centre, in multiples of 45 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn(u8);

impl Turn {
    /// No rotation.
    pub(super) const NONE: Self = Self(0);
    /// Rotations of pictures without an orientation tag, most frequent first.
    pub(super) const QUARTERS: [Self; 3] = [Self(2), Self(6), Self(4)];
    /// Rotations for a head that leans far to one side, most frequent first.
    pub(super) const DIAGONALS: [Self; 4] = [Self(1), Self(7), Self(3), Self(5)];

    /// The rotated picture; an odd multiple of 45 degrees needs a larger square.
    pub(super) fn apply(self, picture: GrayImage) -> GrayImage {
        match self.0 {
            0 => picture,
            2 => imageops::rotate90(&picture),
            4 => imageops::rotate180(&picture),
            6 => imageops::rotate270(&picture),
            _ => self.sample(&picture),
        }
    }

    fn angle(self) -> f32 {
        f32::from(self.0) * std::f32::consts::FRAC_PI_4
    }

    /// Size of a picture after the rotation.
    fn turned_size(self, [width, height]: [f32; 2]) -> [f32; 2] {
        match self.0 {
            0 | 4 => [width, height],
            2 | 6 => [height, width],
            _ => [((width + height) * std::f32::consts::FRAC_1_SQRT_2).ceil(); 2],
        }
    }

    /// Maps a point of the rotated picture back to the original, which has the size `size`.
    pub(super) fn back(self, point: [f32; 2], size: [f32; 2]) -> [f32; 2] {
        let turned = self.turned_size(size);
        let (sin, cos) = self.angle().sin_cos();
        let [x, y] = [0, 1].map(|axis| point[axis] - turned[axis] / 2.0);
        [size[0] / 2.0 + cos * x + sin * y, size[1] / 2.0 + cos * y - sin * x]
    }

    /// Roll, in radians, of a face that is upright in the rotated picture.
    pub(super) fn roll(self) -> f32 {
        -self.angle()
    }

    fn sample(self, picture: &GrayImage) -> GrayImage {
        let size = [picture.width() as f32, picture.height() as f32];
        let [side, _] = self.turned_size(size);
        GrayImage::from_fn(side as u32, side as u32, |x, y| {
            let at = self.back([x as f32 + 0.5, y as f32 + 0.5], size);
            Luma([bilinear(picture, at.map(|value| value - 0.5))])
        })
    }
}

/// Samples at a point whose integer coordinates are pixel centres; grey outside the picture.
fn bilinear(picture: &GrayImage, [x, y]: [f32; 2]) -> u8 {
    let at = |x: f32, y: f32| {
        let inside = x >= 0.0 && y >= 0.0 && x < picture.width() as f32 && y < picture.height() as f32;
        if inside { f32::from(picture.get_pixel(x as u32, y as u32).0[0]) } else { GREY }
    };
    let (left, top) = (x.floor(), y.floor());
    let (u, v) = (x - left, y - top);
    let upper = at(left, top) * (1.0 - u) + at(left + 1.0, top) * u;
    let lower = at(left, top + 1.0) * (1.0 - u) + at(left + 1.0, top + 1.0) * u;
    (upper * (1.0 - v) + lower * v + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Centroid of the pixels brighter than the grey around them, in continuous coordinates.
    fn spot(picture: &GrayImage) -> [f32; 2] {
        let mut sums = [0.0_f32; 3];
        for (x, y, pixel) in picture.enumerate_pixels() {
            let weight = (f32::from(pixel.0[0]) - GREY).max(0.0);
            sums[0] += weight;
            sums[1] += weight * (x as f32 + 0.5);
            sums[2] += weight * (y as f32 + 0.5);
        }
        [sums[1] / sums[0], sums[2] / sums[0]]
    }

    #[test]
    fn a_rotated_point_is_mapped_back() {
        let mut picture = GrayImage::from_pixel(70, 50, Luma([128]));
        (30..50).for_each(|x| picture.put_pixel(x, 12, Luma([250])));
        let wanted = spot(&picture);
        for turn in [Turn::NONE].iter().chain(&Turn::QUARTERS).chain(&Turn::DIAGONALS) {
            let turned = turn.apply(picture.clone());
            let [x, y] = turn.back(spot(&turned), [70.0, 50.0]);
            assert!((x - wanted[0]).abs() < 0.3 && (y - wanted[1]).abs() < 0.3, "{turn:?}: {x} {y}");
        }
    }

    #[test]
    fn the_roll_is_that_of_a_level_line_in_the_rotated_picture() {
        for turn in Turn::QUARTERS.iter().chain(&Turn::DIAGONALS) {
            let ends = [[20.0, 30.0], [40.0, 30.0]].map(|point| turn.back(point, [70.0, 50.0]));
            let angle = (ends[1][1] - ends[0][1]).atan2(ends[1][0] - ends[0][0]);
            let difference = (angle - turn.roll()).rem_euclid(std::f32::consts::TAU);
            assert!(difference.min(std::f32::consts::TAU - difference) < 1e-4, "{turn:?}");
        }
    }
}
