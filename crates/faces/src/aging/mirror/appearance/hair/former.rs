//! The colour and the contrast of hair before it turned grey.

use super::super::low_res::{FLOOR, LowRes};
use super::super::plane::{Plane, pixel};
use crate::interpolation::smooth_step_between;
use crate::pixels::luma;

/// Minimum skin luma, 0..=255, for the brightness of grey hair: on dark skin it is as light as on any other.
pub(crate) const DARK_SKIN: f32 = 105.0;
/// Mean deviation of strands in dark hair, as a fraction of its luma: grey hair has less, and regains it with its
/// colour.
const DARK_CONTRAST: f32 = 0.17;
/// Maximum flatness of grey hair.
const MAX_FLATNESS: f32 = 1.5;
/// Luma of hair whose former colour is unknown, as a fraction of the skin's luma, on dark and on light skin.
pub(super) const USUAL_LUMA: [f32; 2] = [0.28, 0.36];
/// Colour of hair whose former colour is unknown, on dark and on light skin: red, green and blue of luma 1.
const USUAL_COLOUR: [[f32; 3]; 2] = [[1.07, 0.985, 0.9], [1.13, 0.97, 0.82]];
/// Luma of dark and of light skin, 0..=255.
const SKIN_LUMA: [f32; 2] = [80.0, 145.0];
/// Maximum fraction of hair, the darkest, that determines the former colour.
const TELLING: f32 = 0.15;

/// Greyness of a hair colour on a head whose skin has the luma `skin_luma`: 0..=1.
pub(crate) fn greyness(colour: [f32; 3], skin_luma: f32) -> f32 {
    let highest = colour.iter().fold(1.0f32, |a, b| a.max(*b));
    let lowest = colour.iter().fold(255.0f32, |a, b| a.min(*b));
    let light = smooth_step_between([0.35 * skin_luma, 0.62 * skin_luma], luma(colour));
    light * (1.0 - smooth_step_between([0.12, 0.28], (highest - lowest) / highest))
}

/// Luma and colour (of luma 1) of the hair before it turned grey: from the darkest hair that is not grey if
/// there is enough, else typical values.
pub(crate) fn former(small: &LowRes, hair: &Plane, skin_luma: f32) -> (f32, [f32; 3]) {
    let sure = |i: usize| hair.values[i] > 0.6;
    let mut lumas: Vec<f32> =
        (0..small.luma.values.len()).filter(|i| sure(*i)).map(|i| small.luma.values[i]).collect();
    let usual = usual(skin_luma);
    if lumas.len() < 50 {
        return usual;
    }
    let index = (TELLING * lumas.len() as f32) as usize;
    let (_, border, _) = lumas.select_nth_unstable_by(index, f32::total_cmp);
    let border = *border;
    let dark = (0..small.luma.values.len()).filter(|i| sure(*i) && small.luma.values[*i] <= border);
    let (mut sum, mut count) = ([0f32; 3], 0f32);
    for i in dark {
        let colour = pixel(&small.colours, i);
        let telling = telling(colour, skin_luma);
        count += telling;
        sum.iter_mut().zip(colour).for_each(|(sum, value)| *sum += telling * value);
    }
    let mean = sum.map(|value| value / count.max(1.0));
    let value = luma(mean);
    if count < 0.3 * index as f32 || value < 4.0 {
        return usual;
    }
    // The darkest hair is darker than average, and shadow has little colour.
    let mixed: [f32; 3] = std::array::from_fn(|c| 0.5 * mean[c] / value + 0.5 * usual.1[c]);
    ((1.35 * value).clamp(0.18 * skin_luma, 0.45 * skin_luma), mixed)
}

/// Luma and colour (of luma 1) of hair on skin of the luma `skin_luma` before it turned grey.
fn usual(skin_luma: f32) -> (f32, [f32; 3]) {
    let light = smooth_step_between(SKIN_LUMA, skin_luma);
    let between = |[dark, fair]: [f32; 2]| dark + (fair - dark) * light;
    let colour = std::array::from_fn(|c| between(USUAL_COLOUR.map(|colour| colour[c])));
    (between(USUAL_LUMA) * skin_luma.max(DARK_SKIN), colour)
}

/// How much flatter than dark hair `hair` of the mean luma `mean` is, for [`deepened`].
pub(super) fn flatness(contrast: &Plane, hair: &Plane, mean: f32) -> f32 {
    let own = contrast.mean_within(hair).map_or(DARK_CONTRAST, |contrast| contrast / (mean + FLOOR));
    (0.5 * DARK_CONTRAST / own.max(1e-3) - 1.0).clamp(0.0, MAX_FLATNESS)
}

/// A shading or strand's ratio in grey hair as it is in dark hair: small deviations from 1 grow `2 + 2 * flatness`
/// times.
#[inline(always)]
pub(super) fn deepened(ratio: f32, flatness: f32) -> f32 {
    let square = ratio * ratio;
    square * (1.0 + flatness * (square - 1.0)).max(0.1)
}

/// Confidence that a hair colour is not grey in shadow: it is colourful, or nearly black. 0..=1.
fn telling(colour: [f32; 3], skin_luma: f32) -> f32 {
    let highest = colour.iter().fold(1.0f32, |a, b| a.max(*b));
    let lowest = colour.iter().fold(255.0f32, |a, b| a.min(*b));
    let brightness = luma(colour) / skin_luma.max(1.0);
    let coloured = smooth_step_between([0.2, 0.4], (highest - lowest) / highest)
        * (1.0 - smooth_step_between([0.5, 0.75], brightness));
    coloured.max(1.0 - smooth_step_between([0.16, 0.3], brightness))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_hair_is_grey_and_fair_brown_and_black_hair_is_not() {
        let grey = |colour| greyness(colour, 160.0);
        assert!(grey([190.0, 188.0, 184.0]) > 0.95);
        for colour in [[190.0, 150.0, 95.0], [90.0, 65.0, 50.0], [30.0, 28.0, 30.0]] {
            assert!(grey(colour) < 0.1, "{colour:?}");
        }
    }

    #[test]
    fn white_hair_regains_the_contrast_of_dark_hair() {
        let plane = |value: f32| Plane::new(8, vec![value; 64]);
        let flat = flatness(&plane(8.0), &plane(1.0), 200.0);
        let dark = flatness(&plane(8.0), &plane(1.0), 40.0);
        assert!(flat > 0.8 && dark == 0.0, "{flat} {dark}");
        assert_eq!((deepened(1.0, flat), deepened(1.1, dark)), (1.0, 1.1f32 * 1.1));
        assert!(deepened(1.04, flat) - deepened(0.96, flat) > 0.27, "strands of 4 % become strands of 14 %");
        let (dark_skin, light_skin) = (usual(60.0), usual(170.0));
        assert!(
            dark_skin.0 < light_skin.0 && dark_skin.1[0] < light_skin.1[0],
            "{dark_skin:?} {light_skin:?}"
        );
    }
}
