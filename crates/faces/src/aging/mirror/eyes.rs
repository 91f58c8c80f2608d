//! Corrects the network's change in the eyes.
//!
//! Towards a child's age, the network darkens and smooths the eyes and their surroundings, and lids even out like other
//! skin: deep-set eyes would turn into black blots. It enlarges the eyes towards a child's age too little, does not make
//! them smaller in the face of a child who grows up, and hardly lets the lids of old people hang.

use super::change_pixels::{ChangePixel, ChangePixels};
use super::coarse::Coarse;
use super::ellipse::{Ellipse, weight};
use super::face_window::{head_to_input, input_to_head};
use crate::interpolation::{centre, left_between, smooth_step_between};
use crate::pixels::luma;

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
/// Fractions of their width and height that the eyes of an adult gain towards a small child's age, after what the
/// network adds: with both, they cover as much as those of people of 3 to 6 do, within 5 %.
const LARGER: [f32; 2] = [0.04, 0.08];
/// Fraction of their height that hanging lids cover by age in years, after what the network takes away: in three
/// collections eyes of people over 70 cover 0.62 of what those of 20 to 39 do, in pictures of the previous network 0.79.
const HOODED_BY: [(f32, f32); 4] = [(40.0, 0.0), (60.0, 0.07), (75.0, 0.12), (86.0, 0.15)];
/// Maximum darkening around a child's eyeball and in it, as fractions of the luma there.
const MAX_DARKENING: [f32; 2] = [0.25, 0.4];
/// Luma around a child's eyeball and in it, relative to the cheek below, under which shadow is lifted, and the fraction
/// that is: the eyes of children are not deep-set.
const SHADED: [f32; 2] = [0.64, 0.34];
const LIFTED: f32 = 0.6;
/// How far below an eye's centre the cheek is, in half heights of its ellipse.
const CHEEK: f32 = 1.7;
/// Fraction of the network's brightening that the eyeball does not get.
const KEPT_DARK: f32 = 0.3;
/// Added to the gain of fine detail in a child's eyeball.
const SHARPENED: f32 = 0.1;
/// Fraction of the lines of the lids that does not fade.
const KEPT_LIDS: f32 = 0.8;

/// The eyes of a face.
pub(super) struct Eyes([Ellipse; 2]);

/// Limits the darkening and the smoothing of a pixel of a change at the distance `distance` from an eye, and lifts the
/// shadow there, as far as the face gets `childlike` (0..=1). The pixel is fetched from where the coarse picture has the
/// colour `own`; the cheek has the colour `cheek`, both 0..=255.
fn brighten(pixel: &mut ChangePixel, distance: f32, [own, cheek]: [[f32; 3]; 2], childlike: f32) {
    let (near, inside) = (weight(SURROUNDINGS, distance), weight(EYEBALL, distance));
    let [own_luma, cheek_luma] = [own, cheek].map(luma);
    let [red, green, blue, light, _, gain, _, _] = pixel;
    let brighter = match *light < 0.0 {
        true => {
            let darkest = MAX_DARKENING[0] + inside * (MAX_DARKENING[1] - MAX_DARKENING[0]);
            near * (light.max(-darkest * own_luma / 127.5) - *light)
        }
        false => -KEPT_DARK * inside * *light,
    };
    let lit = cheek_luma * (SHADED[0] + inside * (SHADED[1] - SHADED[0]));
    let lifted = childlike * near * LIFTED * (lit - own_luma).max(0.0) / 127.5;
    *light += childlike * brighter + lifted;
    // Shadow is lifted in the colour of the cheek: its own would show.
    for (channel, (own, cheek)) in [red, green, blue].into_iter().zip(own.into_iter().zip(cheek)) {
        *channel += lifted * (cheek / cheek_luma.max(1.0) - own / own_luma.max(1.0));
    }
    *gain = gain.max(*gain * (1.0 - childlike * near)) + SHARPENED * childlike * inside;
}

/// How much more childlike a face is at age `to` than at age `from` (years): -1..=1.
fn childlike(from: f32, to: f32) -> f32 {
    let grown = |age| smooth_step_between(GROWN_BY, age);
    grown(from) - grown(to)
}

/// Fractions of their width and height that the eyes lose in the face from age `from` to age `to` (years), negative if
/// they gain.
fn shrinking(from: f32, to: f32) -> [f32; 2] {
    let childlike = childlike(from, to);
    let by = if childlike > 0.0 { LARGER } else { SMALLER };
    let [width, height] = by.map(|by| -childlike * by);
    [width, height + 1.0 - left_between(&HOODED_BY, from, to)]
}

impl Eyes {
    /// From a mesh in fractions of the head crop's side.
    pub(super) fn of(mesh: &[[f32; 2]]) -> Option<Self> {
        let eye = |[outer, inner]: [usize; 2]| Ellipse::between(*mesh.get(outer)?, *mesh.get(inner)?, AXES);
        let [right, left] = CORNERS.map(eye);
        Some(Self([right?, left?]))
    }

    /// Corrects the network's change from age `from` to age `to` (years) of the face with the coarse picture `coarse`.
    pub(super) fn correct(&self, change: &mut ChangePixels, coarse: &Coarse, from: f32, to: f32) {
        let (childlike, smaller) = (childlike(from, to).max(0.0), shrinking(from, to));
        if childlike == 0.0 && smaller == [0.0; 2] {
            return;
        }
        let cheeks = self.0.each_ref().map(|eye| coarse.colour_at(head_to_input(eye.below(CHEEK))));
        change.correct(|pixel, source| {
            let in_head = input_to_head(source);
            for (eye, cheek) in self.0.iter().zip(cheeks).filter(|(eye, _)| eye.touches(in_head[1])) {
                if childlike > 0.0 {
                    let colours = [coarse.colour_at(source), cheek];
                    brighten(pixel, eye.distance(in_head), colours, childlike);
                }
                eye.shrink(pixel, in_head, smaller, SURROUNDINGS);
            }
        });
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
        let [left, top, side] = crate::aging::mirror::face_window::FACE_IN_HEAD;
        let [x, y] = [(point[0] - left) / side, (point[1] - top) / side].map(|v| (64.0 * v) as usize);
        64 * y + x
    }

    #[test]
    fn eyes_of_children_get_no_blots_and_the_rest_of_the_face_keeps_its_change() {
        let mut change = change(-0.5);
        eyes().correct(&mut change, &coarse(), 40.0, 3.0);
        let [.., light, _, gain, _, _] = change.pixels[at([0.42, 0.42])];
        assert!((light + MAX_DARKENING[1] * 100.0 / 127.5).abs() < 0.01 && gain > 0.05, "{light} {gain}");
        let [.., lids, _, _, _, _] = change.pixels[at([0.42, 0.4575])];
        assert!(lids > -0.3, "{lids}");
        let [.., right, below] = change.pixels[at([0.45, 0.435])];
        assert!(right < -0.0002 && below < -0.0002, "the eyes get larger: {right} {below}");
        let cheek = change.pixels[at([0.42, 0.55])];
        assert_eq!(cheek, [0.0, 0.0, 0.0, -0.5, 1.0, -0.4, 0.0, 0.0]);
    }

    #[test]
    fn the_shadow_of_deep_set_eyes_is_lifted_for_children_only() {
        let mut dark = coarse();
        for (i, pixel) in dark.pixels.iter_mut().enumerate() {
            let [_, y] = input_to_head([0.5, centre(i / 64, 64)]);
            *pixel = if y < 0.46 { [30.0; 4] } else { [150.0; 4] };
        }
        let lifted = |from, to| {
            let mut change = change(0.0);
            eyes().correct(&mut change, &dark, from, to);
            [[0.42, 0.42], [0.42, 0.55]].map(|point| change.pixels[at(point)][3])
        };
        let [eye, cheek] = lifted(40.0, 3.0);
        assert!((0.08..0.2).contains(&eye) && cheek == 0.0, "{eye} {cheek}");
        assert_eq!(lifted(40.0, 25.0), [0.0; 2]);
    }

    #[test]
    fn eyes_of_adults_keep_the_networks_change_and_those_of_children_who_grow_up_get_smaller() {
        let adapted = |from, to| {
            let mut change = change(-0.5);
            eyes().correct(&mut change, &coarse(), from, to);
            assert!(change.pixels.iter().all(|pixel| pixel[3] == -0.5 && pixel[5] == -0.4));
            change.pixels
        };
        for (from, to) in [(40.0, 20.0), (20.0, 40.0), (5.0, 5.0), (80.0, 80.0)] {
            assert!(adapted(from, to).iter().all(|pixel| pixel[6..] == [0.0; 2]));
        }
        let [.., right, below] = adapted(3.0, 40.0)[at([0.45, 0.435])];
        assert!(right > 0.0005 && below > 0.0005, "{right} {below}");
    }

    #[test]
    fn lids_hang_in_old_age() {
        let mut old = change(0.0);
        eyes().correct(&mut old, &coarse(), 30.0, 80.0);
        let [.., right, below] = old.pixels[at([0.45, 0.435])];
        assert!(right.abs() < 1e-6 && below > 0.0005, "{right} {below}");
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
