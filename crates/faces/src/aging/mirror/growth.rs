//! Moves the features of children who grow up, and of adults who get older, farther than the network does.
//!
//! The network learned from adults in the main: a child whom it moves to 25 keeps a child's proportions. On adults its
//! flow has the right direction, but too little length: over 50 people of 20 to 39 from each of two collections, made
//! meshes moved 0.23 to 0.85 of the way to the mean mesh of real people over 40, 0.6 in the mean.

use super::appearance::outgrown;
use super::change_pixels::ChangePixels;
use crate::interpolation::{centre, smooth_step, smooth_step_between};

/// Ages in years between which a face grows.
const GROWS: [f32; 2] = [2.0, 20.0];
/// Fraction by which the flow is too small for a face that grows from the first of these ages to the last.
const MISSING: f32 = 0.6;
/// Ages in years between which the flow towards an older age becomes too small, and by which fraction: less than what
/// is missing, because each face sags in its own way and the mean makes all alike.
const SAGS: [f32; 2] = [25.0, 50.0];
const MISSING_OLD: f32 = 0.4;
/// Width at the left and right edges, as a fraction of the side, over which what is added fades out: ears would be
/// pulled into the background.
const FADE: f32 = 0.3;

/// Enlarges the flow of a change from age `from` to age `to` (years) by what is missing.
pub(super) fn add_growth(change: &mut ChangePixels, from: f32, to: f32) {
    // What is present at the older age and absent at the younger one has grown.
    let grown = MISSING * outgrown(GROWS, to, from);
    let sagged = if to > from { MISSING_OLD * smooth_step_between(SAGS, to) } else { 0.0 };
    let missing = grown.max(sagged);
    if missing <= 0.0 {
        return;
    }
    let side = change.side.max(1);
    for (i, pixel) in change.pixels.iter_mut().enumerate() {
        let x = centre(i % side, side);
        let factor = 1.0 + missing * smooth_step(x.min(1.0 - x), FADE);
        let [.., flow_x, flow_y] = pixel;
        *flow_x *= factor;
        *flow_y *= factor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The horizontal flow of each pixel of the middle row, for a flow of 0.02 everywhere.
    fn grown(from: f32, to: f32) -> Vec<f32> {
        let mut change = ChangePixels { pixels: vec![[0.02; 8]; 32 * 32], side: 32 };
        add_growth(&mut change, from, to);
        assert!(change.pixels.iter().all(|pixel| pixel[..6] == [0.02; 6] && pixel[6] == pixel[7]));
        change.pixels[16 * 32..17 * 32].iter().map(|pixel| pixel[6]).collect()
    }

    #[test]
    fn children_who_grow_up_move_farther_in_the_middle_of_the_face_only() {
        let adult = grown(2.0, 30.0);
        assert!((adult[16] - 0.032).abs() < 1e-6, "{adult:?}");
        assert!(adult[0] < 0.0202 && adult[31] < 0.0202, "{adult:?}");
        let teenager = grown(2.0, 10.0);
        assert!(teenager[16] > 0.021 && teenager[16] < adult[16], "{teenager:?}");
    }

    #[test]
    fn adults_move_farther_towards_old_ages() {
        let old = grown(30.0, 75.0);
        assert!((old[16] - 0.028).abs() < 1e-6, "{old:?}");
        let older = grown(30.0, 40.0);
        assert!(older[16] > 0.021 && older[16] < old[16], "{older:?}");
    }

    #[test]
    fn young_adults_and_those_who_get_younger_keep_the_networks_flow() {
        for (from, to) in [(20.0, 25.0), (40.0, 3.0), (80.0, 60.0), (8.0, 2.0), (7.0, 7.0), (60.0, 60.0)] {
            assert!(grown(from, to).iter().all(|flow| *flow == 0.02));
        }
    }
}
