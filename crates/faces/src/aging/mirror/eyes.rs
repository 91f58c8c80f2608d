//! Corrects the network's change in the eyes.
//!
//! Towards a child's age, the network darkens and smooths the eyes and their surroundings, and lids even out like other
//! skin: deep-set eyes would turn into black blots. It enlarges the eyes towards a child's age enough, but does not make
//! them smaller in the face of a child who grows up.

use super::change_pixels::{ChangePixel, ChangePixels};
use super::coarse::Coarse;
use super::face_window::{FACE_IN_HEAD, input_to_head};
use crate::interpolation::{centre, smooth_step_between};

/// Mesh points of the outer and inner corners of both eyes.
const CORNERS: [[usize; 2]; 2] = [[33, 133], [263, 362]];
/// Half width and half height of an eye with its lids, in distances between its corners.
const AXES: [f32; 2] = [0.85, 0.6];
/// Distances from the centre, in half axes, over which the weights of the eye's surroundings, of its lids and of the
/// eyeball fall from 1 to 0.
const SURROUNDINGS: [f32; 2] = [0.5, 1.0];
const LIDS: [f32; 2] = [0.45, 0.85];
const EYEBALL: [f32; 2] = [0.3, 0.75];
/// Ages in years between which eyes reach an adult's size in the face.
const GROWN_BY: [f32; 2] = [3.0, 17.0];
/// Fractions of their width and height that the eyes of a small child lose in the face until it has grown up.
const SMALLER: [f32; 2] = [0.07, 0.14];
/// Maximum darkening around a child's eyeball and in it, as fractions of the luma there.
const MAX_DARKENING: [f32; 2] = [0.25, 0.4];
/// Fraction of the network's brightening that the eyeball does not get.
const KEPT_DARK: f32 = 0.3;
/// Added to the gain of fine detail in a child's eyeball.
const SHARPENED: f32 = 0.35;
/// Fraction of the lines of the lids that does not fade.
const KEPT_LIDS: f32 = 0.8;

/// The eyes of a face.
pub(super) struct Eyes([Eye; 2]);

/// The position of an eye, in fractions of the head crop.
struct Eye {
    centre: [f32; 2],
    /// Distance from its outer to its inner corner.
    width: f32,
    /// Direction from its outer to its inner corner, of length 1.
    along: [f32; 2],
}

impl Eye {
    /// From its outer and inner corner.
    fn between(outer: [f32; 2], inner: [f32; 2]) -> Option<Self> {
        let [x, y] = [inner[0] - outer[0], inner[1] - outer[1]];
        let width = x.hypot(y);
        (width > 1e-3).then(|| Self {
            centre: [0.5 * (inner[0] + outer[0]), 0.5 * (inner[1] + outer[1])],
            width,
            along: [x / width, y / width],
        })
    }

    /// Position relative to the centre, in half axes.
    fn position(&self, at: [f32; 2]) -> [f32; 2] {
        let [x, y] = [at[0] - self.centre[0], at[1] - self.centre[1]];
        let [cos, sin] = self.along;
        [(x * cos + y * sin) / (AXES[0] * self.width), (y * cos - x * sin) / (AXES[1] * self.width)]
    }

    /// Distance from the centre, in half axes.
    fn distance(&self, at: [f32; 2]) -> f32 {
        let [x, y] = self.position(at);
        x.hypot(y)
    }

    /// A displacement, in fractions of the head crop, from one in half axes.
    fn displacement(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let ([cos, sin], [x, y]) = (self.along, [x * AXES[0] * self.width, y * AXES[1] * self.width]);
        [x * cos - y * sin, x * sin + y * cos]
    }

    /// Whether row `y` of the head crop, in fractions, may touch the eye.
    fn touches(&self, y: f32) -> bool {
        (y - self.centre[1]).abs() < AXES[0] * self.width
    }

    /// Limits the darkening and the smoothing of a pixel of a change, as far as the face gets `childlike` (0..=1). The
    /// pixel is fetched from `source`, in fractions of the head crop, where the coarse picture has the luma `luma`,
    /// 0..=255.
    fn brighten(&self, pixel: &mut ChangePixel, source: [f32; 2], luma: f32, childlike: f32) {
        let distance = self.distance(source);
        let (near, inside) = (weight(SURROUNDINGS, distance), weight(EYEBALL, distance));
        let [.., light, _, gain, _, _] = pixel;
        let brighter = match *light < 0.0 {
            true => {
                let darkest = MAX_DARKENING[0] + inside * (MAX_DARKENING[1] - MAX_DARKENING[0]);
                near * (light.max(-darkest * luma / 127.5) - *light)
            }
            false => -KEPT_DARK * inside * *light,
        };
        *light += childlike * brighter;
        *gain = gain.max(*gain * (1.0 - childlike * near)) + SHARPENED * childlike * inside;
    }

    /// Makes the eye smaller in a pixel of a change that is fetched from `source`, in fractions of the head crop, by the
    /// fraction `grown` of all growth.
    fn shrink(&self, pixel: &mut ChangePixel, source: [f32; 2], grown: f32) {
        let near = grown * weight(SURROUNDINGS, self.distance(source));
        let position = self.position(source);
        let [x, y] = self.displacement([0, 1].map(|axis| near * SMALLER[axis] * position[axis]));
        let [.., flow_x, flow_y] = pixel;
        *flow_x += x / FACE_IN_HEAD[2];
        *flow_y += y / FACE_IN_HEAD[2];
    }
}

/// Weight at a distance from an eye's centre, in half axes.
fn weight(falls_between: [f32; 2], distance: f32) -> f32 {
    1.0 - smooth_step_between(falls_between, distance)
}

/// How much more childlike a face is at age `to` than at age `from` (years): -1..=1.
fn childlike(from: f32, to: f32) -> f32 {
    let grown = |age| smooth_step_between(GROWN_BY, age);
    grown(from) - grown(to)
}

impl Eyes {
    /// From a mesh in fractions of the head crop's side.
    pub(super) fn of(mesh: &[[f32; 2]]) -> Option<Self> {
        let eye = |[outer, inner]: [usize; 2]| Eye::between(*mesh.get(outer)?, *mesh.get(inner)?);
        let [right, left] = CORNERS.map(eye);
        Some(Self([right?, left?]))
    }

    /// Corrects the network's change from age `from` to age `to` (years) of the face with the coarse picture `coarse`.
    pub(super) fn correct(&self, change: &mut ChangePixels, coarse: &Coarse, from: f32, to: f32) {
        let childlike = childlike(from, to);
        if childlike == 0.0 {
            return;
        }
        let side = change.side;
        for (y, row) in change.pixels.chunks_exact_mut(side.max(1)).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                let [.., flow_x, flow_y] = *pixel;
                let source = [centre(x, side) + flow_x, centre(y, side) + flow_y];
                let in_head = input_to_head(source);
                for eye in self.0.iter().filter(|eye| eye.touches(in_head[1])) {
                    match childlike > 0.0 {
                        true => eye.brighten(pixel, in_head, coarse.luma_at(source), childlike),
                        false => eye.shrink(pixel, in_head, -childlike),
                    }
                }
            }
        }
    }

    /// Reduces the coverage of skin that evens out in the lids, in row `y` of the head crop.
    pub(super) fn keep_lids(&self, skin: &mut [f32], y: usize) {
        let side = skin.len();
        let y = centre(y, side);
        for eye in self.0.iter().filter(|eye| eye.touches(y)) {
            for (x, skin) in skin.iter_mut().enumerate() {
                *skin *= 1.0 - KEPT_LIDS * weight(LIDS, eye.distance([centre(x, side), y]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mesh whose eyes are level, 0.1 wide, in the middle of the head crop's upper half.
    fn eyes() -> Eyes {
        let mut mesh = vec![[0.5, 0.6]; 468];
        for ([outer, inner], middle, side) in [(CORNERS[0], 0.42, -1.0), (CORNERS[1], 0.58, 1.0)] {
            mesh[outer] = [middle + side * 0.05, 0.42];
            mesh[inner] = [middle - side * 0.05, 0.42];
        }
        Eyes::of(&mesh).unwrap()
    }

    /// A coarse picture of luma 100 everywhere.
    fn coarse() -> Coarse {
        Coarse { pixels: vec![[100.0; 4]; 64 * 64], side: 64 }
    }

    /// The same change at every pixel, whose lightness is `light`.
    fn change(light: f32) -> ChangePixels {
        ChangePixels { pixels: vec![[0.0, 0.0, 0.0, light, 1.0, -0.4, 0.0, 0.0]; 64 * 64], side: 64 }
    }

    /// Index of the pixel nearest to a point of the head crop.
    fn at(point: [f32; 2]) -> usize {
        let [left, top, side] = FACE_IN_HEAD;
        let [x, y] = [(point[0] - left) / side, (point[1] - top) / side].map(|v| (64.0 * v) as usize);
        64 * y + x
    }

    #[test]
    fn eyes_of_children_get_no_blots_and_the_rest_of_the_face_keeps_its_change() {
        let mut change = change(-0.5);
        eyes().correct(&mut change, &coarse(), 40.0, 3.0);
        let [.., light, _, gain, _, _] = change.pixels[at([0.42, 0.42])];
        assert!((light + MAX_DARKENING[1] * 100.0 / 127.5).abs() < 0.01 && gain > 0.2, "{light} {gain}");
        let [.., lids, _, _, _, _] = change.pixels[at([0.42, 0.4575])];
        assert!(lids > -0.3, "{lids}");
        assert!(change.pixels.iter().all(|pixel| pixel[6..] == [0.0; 2]), "the flow stays");
        let cheek = change.pixels[at([0.42, 0.55])];
        assert_eq!(cheek, [0.0, 0.0, 0.0, -0.5, 1.0, -0.4, 0.0, 0.0]);
    }

    #[test]
    fn eyes_of_adults_keep_the_networks_change_and_those_of_children_who_grow_up_get_smaller() {
        let adapted = |from, to| {
            let mut change = change(-0.5);
            eyes().correct(&mut change, &coarse(), from, to);
            assert!(change.pixels.iter().all(|pixel| pixel[3] == -0.5 && pixel[5] == -0.4));
            change.pixels
        };
        for (from, to) in [(40.0, 20.0), (30.0, 80.0), (5.0, 5.0)] {
            assert!(adapted(from, to).iter().all(|pixel| pixel[6..] == [0.0; 2]));
        }
        let [.., right, below] = adapted(3.0, 40.0)[at([0.45, 0.435])];
        assert!(right > 0.0005 && below > 0.0005, "{right} {below}");
    }

    #[test]
    fn lids_do_not_even_out_like_skin() {
        let row = |y: usize| {
            let mut skin = vec![1.0; 100];
            eyes().keep_lids(&mut skin, y);
            skin
        };
        let lids = row(42);
        assert!(lids[42] < 0.25 && lids[58] < 0.25 && lids[30] == 1.0 && lids[70] == 1.0, "{lids:?}");
        assert!(row(55).iter().all(|share| *share == 1.0));
    }

    #[test]
    fn a_mesh_without_width_has_no_eyes() {
        assert!(Eyes::of(&[[0.5; 2]; 468]).is_none());
        assert!(Eyes::of(&[]).is_none());
    }
}
