//! Turns an added change of lightness into colour. Added lightness takes the colour of the skin beneath, and
//! shadow is warmer still, as on real skin: white added to dark skin would look like ash. Only a fraction of
//! a change's own colour is kept, so that skin reddens and pales a little and never turns blue. The change
//! fades out well before the crop ends, in hair and beside the head, where the end of a brightening would
//! show as an edge in the whole picture.

use candle_core::{Device, Result, Tensor};

use crate::face::dlib::CropWindow;
use crate::interpolation::{centre, smooth_step};
use crate::pixels::LUMA;
use agemirror_kernels::simd::Quad;

/// Relative darkening of red, green and blue where a change casts a shadow, per unit of lightness. Over 650
/// faces lit from one side, comparing one cheek with the other, it is 0.76, 1.12 and 1.36 (medians of
/// logarithms), because red light penetrates skin farthest. But a change is not a shadow of the light, and at
/// full strength it looks like red-brown patches.
pub(super) const SHADOW: [f32; 3] = [0.93, 1.02, 1.08];
/// Ambient light, for a range of 2: a nearly black pixel has no measurable colour.
pub(super) const AMBIENT: f32 = 0.12;
/// Fraction of its own colour that a change keeps. Residuals are within -1..1, so this also bounds the
/// colour.
pub(super) const OWN_COLOUR: f32 = 0.1;
/// Widths over which brightness and colour rise from the crop's upper edge, its left and right edges, and its
/// lower edge, as fractions of the side.
const FADES: [f32; 3] = [0.3, 0.2, 0.1];

/// [`LUMA`] and [`SHADOW`] with a fourth lane that counts nothing.
const LUMA_QUAD: [f32; 4] = [LUMA[0], LUMA[1], LUMA[2], 0.0];
const WARMTH_QUADS: [[f32; 4]; 2] = [[1.0; 4], [SHADOW[0], SHADOW[1], SHADOW[2], 1.0]];

/// The colour to add to a pixel: `residual` holds its own colour, [`OWN_COLOUR`] times its difference
/// from its lightness, and in the last lane the lightness; `near` is the coarse picture's colour in 0..=255.
#[inline(always)]
pub(super) fn shade_quad(residual: Quad, near: Quad) -> Quad {
    let [.., light] = residual.to_array();
    let warmth = Quad::new(&WARMTH_QUADS[usize::from(light < 0.0)]);
    let colour = (near * Quad::splat(1.0 / 127.5) + Quad::splat(AMBIENT)) * warmth;
    colour * Quad::splat(light / (colour * Quad::new(&LUMA_QUAD)).sum()) + residual
}

/// Weight of brightness and colour at `x` of the width (0..1).
pub(super) fn fade_across(x: f32) -> f32 {
    smooth_step(x.min(1.0 - x), FADES[1])
}

/// Weight of brightness and colour at `y` of the height (0..1, downwards).
pub(super) fn fade_down(y: f32) -> f32 {
    smooth_step(y, FADES[0]) * smooth_step(1.0 - y, FADES[2])
}

/// The product of a weight by x and a weight by y, both 0..1 within `window`, at the pixels of a plane:
/// (1, 1, side, side).
pub(super) fn weight_plane(
    [across, down]: [fn(f32) -> f32; 2],
    window: &CropWindow,
    side: usize,
    device: &Device,
) -> Result<Tensor> {
    let line = |weight: fn(f32) -> f32, from: f32| -> Vec<f32> {
        (0..side).map(|i| weight((centre(i, side) - from) / window.width())).collect()
    };
    let across = Tensor::from_vec(line(across, window.left), (1, 1, 1, side), device)?;
    Tensor::from_vec(line(down, window.top), (1, 1, side, 1), device)?.broadcast_mul(&across)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::pixels::luma;

    /// The colour to add for a residual where the coarse picture has the colour `near` (-1..1).
    pub(in super::super) fn shade(residual: [f32; 3], near: [f32; 3]) -> [f32; 3] {
        let light = luma(residual);
        let [r, g, b] = residual.map(|value| OWN_COLOUR * (value - light));
        let bytes = near.map(|value| 127.5 * (value + 1.0));
        let added = shade_quad(Quad::new(&[r, g, b, light]), Quad::new(&[bytes[0], bytes[1], bytes[2], 0.0]));
        let [r, g, b, _] = added.to_array();
        [r, g, b]
    }

    pub(in super::super) const SKINS: [[f32; 3]; 3] =
        [[0.6, 0.2, 0.0], [-0.5, -0.7, -0.8], [-1.0, -1.0, -1.0]];

    #[test]
    fn light_keeps_the_hue_of_skin_shadow_warms_it_and_black_turns_grey() {
        for near in SKINS {
            let shadow = shade([-0.2; 3], near);
            assert!((luma(shadow) + 0.2).abs() < 1e-6, "{shadow:?}");
            assert!(shade([0.0; 3], near) == [0.0; 3]);
        }
        let [fair, dark, black] = SKINS;
        for near in [fair, dark] {
            let ratio = |added: [f32; 3]| {
                let value = |c: usize| near[c] + 1.0 + AMBIENT + added[c];
                value(0) / value(2)
            };
            let plain = ratio([0.0; 3]);
            assert!((ratio(shade([0.1; 3], near)) - plain).abs() < 1e-5);
            assert!(ratio(shade([-0.1; 3], near)) > 1.003 * plain);
        }
        assert!(shade([0.3; 3], black).iter().all(|value| (value - 0.3).abs() < 1e-6));
    }

    #[test]
    fn nothing_is_left_at_the_edge_and_everything_in_the_face() {
        let side = 20;
        let fades = [fade_across as fn(f32) -> f32, fade_down];
        let fade = weight_plane(fades, &CropWindow::WHOLE, side, &Device::Cpu)
            .unwrap()
            .flatten_all()
            .unwrap()
            .to_vec1::<f32>()
            .unwrap();
        let at = |x: usize, y: usize| fade[y * side + x];
        assert!(at(0, 10) < 0.05 && at(10, 0) < 0.05 && at(10, 19) < 0.2);
        assert!(at(10, 3) < at(3, 10), "hair above the face fades sooner than its side");
        assert_eq!([at(10, 10), at(6, 8), at(13, 16)], [1.0; 3]);
    }
}
