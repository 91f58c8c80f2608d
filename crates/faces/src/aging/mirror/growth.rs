//! Moves the features of children who grow up farther than the network does.
//!
//! The network learned from adults in the main: a child whom it moves to 25 keeps a child's proportions.

use super::appearance::outgrown;
use super::change_pixels::ChangePixels;
use crate::interpolation::{centre, smooth_step};

/// Ages in years between which a face grows.
const GROWS: [f32; 2] = [2.0, 20.0];
/// Fraction by which the flow is too small for a face that grows from the first of these ages to the last.
const MISSING: f32 = 0.6;
/// Width at the left and right edges, as a fraction of the side, over which what is added fades out: ears would be
/// pulled into the background.
const FADE: f32 = 0.3;

/// Enlarges the flow of a change from age `from` to age `to` (years) by what is missing.
pub(super) fn add_growth(change: &mut ChangePixels, from: f32, to: f32) {
    // What is present at the older age and absent at the younger one has grown.
    let missing = MISSING * outgrown(GROWS, to, from);
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
    fn adults_and_those_who_get_younger_do_not_grow() {
        for (from, to) in [(20.0, 80.0), (40.0, 3.0), (8.0, 2.0), (7.0, 7.0)] {
            assert!(grown(from, to).iter().all(|flow| *flow == 0.02));
        }
    }
}
